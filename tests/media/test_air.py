"""The parts of a broadcast, each by itself: sound that is mixed, fragments, a playlist that goes on
over the death of its process, a channel that hangs."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest

from vicon.media.air.boxes import Cutter, Fragment
from vicon.media.air.encode import FPS, KEY_S, SOUND_FRAME, Encoder
from vicon.media.air.hls import KEPT, LISTED, Window, master
from vicon.media.air.mixer import RATE, Mixer
from vicon.media.air.push import Target, address
from vicon.media.air.pushing import Pushing


def tone(seconds: float, level: float) -> np.ndarray:
    return np.full(int(seconds * RATE), level, np.float32)


def test_rooms_are_heard_together_each_at_its_time() -> None:
    mixer = Mixer()
    mixer.lane("a").add(10.0, tone(0.02, 0.25))
    mixer.lane("a").add(10.0205, tone(0.02, 0.25))  # half a millisecond of jitter is no gap
    mixer.lane("b").add(10.01, tone(0.02, 0.5))
    mixed = mixer.take(10 * RATE, int(0.05 * RATE))
    ms = RATE // 1000
    assert mixed[5 * ms] == pytest.approx(0.25)
    assert mixed[15 * ms] == pytest.approx(0.75)
    assert mixed[35 * ms] == pytest.approx(0.25)
    assert mixed[45 * ms] == 0.0
    assert (mixed[: 30 * ms] > 0.2).all()


def test_all_speaking_at_once_is_not_too_loud_and_nothing_is_heard_twice() -> None:
    mixer = Mixer()
    for name in "abcde":
        mixer.lane(name).add(0.0, tone(0.1, 0.9))
    assert np.abs(mixer.take(0, RATE // 10)).max() <= 1.0
    mixer.lane("a").add(0.02, tone(0.05, 0.9))  # late: of a time that was
    assert not mixer.take(RATE // 10, 480).any()


def fragments(seconds: float, encoder: Encoder) -> list[Fragment]:
    found: list[Fragment] = []
    sounds = 0
    for number in range(int(seconds * FPS)):
        picture = np.full((96, 64), 16 + number % 200, np.uint8)
        found += encoder.picture(number, picture)
        while sounds < (number + 1) * RATE / FPS:
            found += encoder.sound(sounds, np.zeros(SOUND_FRAME, np.float32))
            sounds += SOUND_FRAME
    return found


def test_fragments_begin_with_key_frames_where_hls_is_to_cut() -> None:
    encoder = Encoder(64, 64, 300)
    found = fragments(7, encoder)
    keys = [round(one.at or 0.0, 1) for one in found if one.key]
    assert keys == [0.0, 2.0, 4.0, 6.0]
    assert encoder.codecs().startswith("avc1.4d")
    assert all((b.at or 0) - (a.at or 0) <= KEY_S for a, b in itertools.pairwise(found))


def test_pieces_of_any_size_are_cut_alike_and_what_is_no_file_is_refused() -> None:
    found = fragments(3, Encoder(64, 64, 300))
    whole = b"".join(one.data for one in found)
    cutter = Cutter()
    again = [one for at in range(0, len(whole), 7) for one in cutter.feed(whole[at : at + 7])]
    assert again == found
    with pytest.raises(ValueError, match="box"):
        list(Cutter().feed(b"\0\0\0\1mdat"))


def numbers(directory: Path) -> list[int]:
    lines = (directory / "live.m3u8").read_text("utf-8").splitlines()
    return [int(x.partition("-")[2][:-4]) for x in lines if x.endswith(".m4s")]


def test_a_playlist_rolls_on_over_the_death_of_its_process(tmp_path: Path) -> None:
    encoder = Encoder(64, 64, 300)
    made = fragments(8, encoder)
    at = 1_600_000_000_000
    for run, often in (("a", 6), ("b", 1)):
        window = Window(tmp_path, run)
        window.begin(encoder.head, master("avc1.4d401f,mp4a.40.2", 64, 64, FPS, 500_000))
        for again in range(often):
            for one in made:
                window.add(one._replace(at=(one.at or 0.0) + 8 * again), at)
    listed = numbers(tmp_path)
    assert listed == list(range(listed[0], listed[0] + LISTED))
    assert listed[0] > LISTED
    playlist = (tmp_path / "live.m3u8").read_text("utf-8")
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 1
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:0\n" in playlist
    assert 'URI="b-head.mp4"' in playlist
    assert len(list(tmp_path.glob("*.m4s"))) <= KEPT
    assert oct((tmp_path / "index.m3u8").stat().st_mode)[-2:] == "00"
    name = next(x for x in playlist.splitlines() if x.startswith("b-") and x.endswith("m4s"))
    with av.open(_joined(tmp_path, name)) as got:
        assert sum(1 for _ in got.decode(video=0)) == KEY_S * FPS


def _joined(directory: Path, name: str) -> Path:
    file = directory / "joined.mp4"
    file.write_bytes((directory / "b-head.mp4").read_bytes() + (directory / name).read_bytes())
    return file


def test_the_key_stands_in_the_address_and_in_no_argument(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(" abcd-1234 \n")
    target = Target(url="rtmp://channel.example/live2/", key_file=str(key))
    assert address(target) == "rtmp://channel.example/live2/abcd-1234"
    key.write_text("\n")
    with pytest.raises(ValueError, match="empty"):
        address(target)


def test_a_channel_that_hangs_is_ended_and_tried_again_ever_more_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process that sends is one that takes nothing and says nothing."""
    silent = [sys.executable, "-c", "import time; time.sleep(60)"]
    popen = subprocess.Popen
    started: list[float] = []

    def start(_command: object, **more: object) -> object:
        started.append(now)
        return popen(silent, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", start)
    one = Pushing(Target(url="rtmp://channel.example/live"))
    begins = time.monotonic()
    key = Fragment(b"x", 0.0, True)
    now = 0.0
    while now < 120:
        one.tick(now)
        one.add(b"head", key)
        now += 0.5
    assert one.state in ("connecting", "waiting")
    pauses = [b - a for a, b in itertools.pairwise(started)]
    assert len(pauses) >= 3
    assert pauses == sorted(pauses)
    assert time.monotonic() - begins < 10
    one.close()
    assert one.pid is None
