"""A clip is a loop of pictures and sound that any decoder understands from each key frame on."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.stream import Stream

from vicon.agent import clip, pattern
from vicon.measure.encode import (
    AUDIO_RATE,
    PACKET_TICKS,
    VIDEO_RATE,
    Clip,
    ClipError,
    Frame,
    Packet,
    Video,
    level,
)


@pytest.fixture(scope="module")
def made() -> Clip:
    return clip.make("64.02")


def decode(frames: tuple[Frame, ...]) -> list[av.VideoFrame]:
    decoder = av.VideoCodecContext.create("vp8", "r")
    return [picture for f in frames for picture in decoder.decode(av.Packet(f.data))]


def hear(packets: tuple[Packet, ...]) -> npt.NDArray[np.float64]:
    decoder = av.AudioCodecContext.create("opus", "r")
    decoder.sample_rate, decoder.layout = AUDIO_RATE, "mono"
    pieces = [f.to_ndarray() for p in packets for f in decoder.decode(av.Packet(p.data))]
    samples: npt.NDArray[np.float64] = np.concatenate(pieces, axis=1)[0].astype(np.float64)
    return samples


def test_each_version_is_a_loop_of_four_seconds_with_a_key_frame_in_every_second(
    made: Clip,
) -> None:
    assert made.seconds == 4
    assert [(v.width, v.height) for v in made.videos] == [
        (320, 180), (640, 360), (1280, 720),
    ]  # fmt: skip
    for video in made.videos:
        assert [f.at for f in video.frames] == [i * VIDEO_RATE // 15 for i in range(60)]
        assert [f.at // VIDEO_RATE for f in video.frames if f.key] == [0, 1, 2, 3]


@pytest.mark.parametrize(("height", "most_kbps"), [(180, 130), (360, 350), (720, 1000)])
def test_a_version_stays_within_its_bit_rate(made: Clip, height: int, most_kbps: int) -> None:
    video = made.version_for(height)
    assert sum(len(f.data) for f in video.frames) * 8 / made.seconds / 1000 < most_kbps


def test_the_versions_change_over_at_the_same_key_frames(made: Clip) -> None:
    small, *larger = made.videos
    for video in larger:
        assert [(f.at, f.key) for f in small.frames] == [(f.at, f.key) for f in video.frames]


@pytest.mark.parametrize("height", [180, 360, 720])
def test_every_picture_decodes_and_moves_over_the_end_of_the_loop_too(
    made: Clip, height: int
) -> None:
    frames = made.version_for(height).frames
    pictures = decode(frames + frames[:15])
    assert len(pictures) == 75
    lumas = [p.to_ndarray(format="gray").astype(int) for p in pictures]
    moved = [float(np.abs(b - a).mean()) for a, b in pairwise(lumas)]
    assert min(moved) > 1


def test_decoding_may_start_at_any_key_frame(made: Clip) -> None:
    frames = made.videos[-1].frames
    assert len(decode(frames[30:45])) == 15


def test_two_rooms_differ_in_colour_and_in_sound(made: Clip) -> None:
    other = clip.make("64.07")
    a, b = (decode(c.videos[0].frames[:1])[0].to_ndarray() for c in (made, other))
    assert float(np.abs(a[180:].astype(int) - b[180:].astype(int)).mean()) > 5
    assert [p.data for p in made.packets] != [p.data for p in other.packets]


def test_sound_is_speech_with_pauses_and_its_level_tells_which(made: Clip) -> None:
    assert [p.at for p in made.packets] == [i * PACKET_TICKS for i in range(200)]
    samples = hear(made.packets)
    speaking, pause = samples[:84_000], samples[88_000:96_000]
    assert np.abs(speaking).mean() > 20 * np.abs(pause).mean()
    levels = [p.level for p in made.packets]
    assert min(levels[:80]) < 20
    assert set(levels[88:100]) == {127}


def test_whoever_listens_for_half_a_second_hears_something(made: Clip) -> None:
    levels = [p.level for p in made.packets] * 2
    assert all(min(levels[at : at + 25]) < 30 for at in range(200))


def test_making_one_is_cheap() -> None:
    before = time.process_time()
    clip.make("64.71")
    assert time.process_time() - before < 2


def test_a_height_between_the_versions_gets_the_smaller(made: Clip) -> None:
    assert [made.version_for(h).height for h in (90, 180, 300, 360, 720)] == [
        180, 180, 180, 360, 720,
    ]  # fmt: skip


def test_level_is_in_decibels_below_full_scale() -> None:
    assert level(np.zeros(960, np.int16)) == 127
    assert level(np.full(960, 32_767, np.int16)) == 0
    assert level(np.full(960, 3_277, np.int16)) == 20


# --- files -----------------------------------------------------------------------------------


def write_webm(path: Path, video: Video, packets: tuple[Packet, ...]) -> None:
    with av.open(path, "w") as out:
        pictures = out.add_stream("libvpx", rate=15)
        pictures.width, pictures.height, pictures.pix_fmt = video.width, video.height, "yuv420p"
        sound = out.add_stream("libopus", rate=AUDIO_RATE)
        sound.layout = "mono"
        out.start_encoding()
        timed: list[tuple[float, av.Packet[Stream]]] = []
        for frame in video.frames:
            timed.append((frame.at / VIDEO_RATE, stored(frame.data, frame.at, pictures)))
            timed[-1][1].is_keyframe = frame.key
        timed += [(p.at / AUDIO_RATE, stored(p.data, p.at, sound)) for p in packets]
        for _, piece in sorted(timed, key=lambda entry: entry[0]):
            out.mux(piece)


def stored(data: bytes, at: int, stream: av.VideoStream | av.AudioStream) -> av.Packet[Stream]:
    packet: av.Packet[Stream] = av.Packet(data)
    packet.stream = stream
    packet.time_base = Fraction(1, VIDEO_RATE if stream.type == "video" else AUDIO_RATE)
    packet.pts = packet.dts = at
    return packet


def write_avi(path: Path) -> None:
    rng = np.random.default_rng(7)
    with av.open(path, "w") as out:
        pictures = out.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 320, 240, "yuv420p"
        sound = out.add_stream("pcm_s16le", rate=44_100)
        sound.layout = "stereo"
        background, sign = pattern.texture(320, 240), pattern.label("1")
        for index in range(50):
            plane = pattern.i420(pattern.luma(background, sign, index, 50), (90, 160))
            out.mux(pictures.encode(av.VideoFrame.from_ndarray(plane, format="yuv420p")))
        noise = rng.integers(-3000, 3000, (1, 2 * 44_100 * 2), np.int16)
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="stereo")
        frame.sample_rate = 44_100
        out.mux(sound.encode(frame))
        out.mux(pictures.encode(None))


def test_vp8_with_opus_is_taken_as_it_is(made: Clip, tmp_path: Path) -> None:
    path = tmp_path / "x.webm"
    write_webm(path, made.videos[-1], made.packets)
    got = clip.read(path)
    assert [f.data for f in got.videos[0].frames] == [f.data for f in made.videos[-1].frames]
    assert [f.key for f in got.videos[0].frames] == [f.key for f in made.videos[-1].frames]
    assert got.packets[5].data == made.packets[5].data
    assert got.seconds == pytest.approx(4, abs=0.01)
    assert min(p.level for p in got.packets) < 20


def test_a_file_that_starts_within_a_second_begins_with_its_first_key_frame(
    made: Clip, tmp_path: Path
) -> None:
    path = tmp_path / "x.webm"
    large = made.videos[-1]
    write_webm(path, Video(large.width, large.height, large.frames[7:]), made.packets)
    got = clip.read(path)
    assert got.videos[0].frames[0].at == 0
    assert got.videos[0].frames[0].data == large.frames[15].data
    assert got.seconds == pytest.approx(3, abs=0.01)
    assert got.packets[0].at < 2 * PACKET_TICKS


def test_other_codecs_are_encoded_once_in_every_size(tmp_path: Path) -> None:
    path = tmp_path / "x.avi"
    write_avi(path)
    got = clip.read(path)
    assert [(v.width, v.height) for v in got.videos] == [(240, 180), (480, 360), (960, 720)]
    assert got.seconds == pytest.approx(2, abs=0.1)
    assert len(decode(got.videos[1].frames)) == len(got.videos[1].frames) > 20
    assert len(got.packets) in range(95, 101)
    assert np.abs(hear(got.packets)).mean() > 0


def test_a_file_that_is_no_film_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a film")
    with pytest.raises(ClipError, match=r"notes\.txt"):
        clip.read(path)
    with pytest.raises(ClipError, match="nowhere"):
        clip.read(tmp_path / "nowhere")
