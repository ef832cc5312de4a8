"""The clip goes out in real time, in packets that a receiver can put together again."""

from __future__ import annotations

from itertools import pairwise

import av
import pytest

from tests.agent.wires import (
    AUDIO_SSRC,
    RTX_SSRC,
    START,
    VIDEO_SSRC,
    made_clip,
    of,
    play,
    sender,
)
from vicon.measure.clipsender import BURST, BURST_GAP
from vicon.measure.encode import Clip, Frame, Video
from vicon.rtc import rtcp, rtp, vp8


def frames_of(packets: list[rtp.Packet]) -> list[bytes]:
    """Depacketise: what lies between two markers."""
    frames, parts = [], b""
    for packet in packets:
        described = vp8.parse_descriptor(packet.payload)
        assert described.start == (not parts)
        parts += packet.payload[described.length :]
        if packet.marker:
            frames.append(parts)
            parts = b""
    return frames


def test_frames_come_out_of_the_packets_as_they_went_in_and_decode() -> None:
    video = [p for _, p in of(VIDEO_SSRC, play(sender(), START, 1.5))]
    frames = frames_of(video)
    assert frames == [f.data for f in made_clip().version_for(360).frames[: len(frames)]]
    decoder = av.VideoCodecContext.create("vp8", "r")
    picture = decoder.decode(av.Packet(frames[0]))[0]
    assert (picture.width, picture.height) == (640, 360)


def test_sequence_picture_id_and_timestamps_run_on_over_the_end_of_the_loop() -> None:
    video = [p for _, p in of(VIDEO_SSRC, play(sender(), START, 9))]
    assert all(rtp.sequence_distance(b.sequence, a.sequence) == 1 for a, b in pairwise(video))
    ends = [p for p in video if p.marker]
    assert len(ends) == 135
    assert {rtp.timestamp_distance(b.timestamp, a.timestamp) for a, b in pairwise(ends)} == {6000}
    ids = [vp8.parse_descriptor(p.payload).picture_id or 0 for p in ends]
    assert all((b - a) & 0x7FFF == 1 for a, b in pairwise(ids))
    audio = [p for _, p in of(AUDIO_SSRC, play(sender(), START, 9))]
    assert {rtp.timestamp_distance(b.timestamp, a.timestamp) for a, b in pairwise(audio)} == {960}


def test_packets_leave_in_real_time() -> None:
    sent = play(sender(), START, 4)
    for ssrc, rate in ((AUDIO_SSRC, 48_000), (VIDEO_SSRC, 90_000)):
        packets = of(ssrc, sent)
        for at, packet in packets:
            due = rtp.timestamp_distance(packet.timestamp, packets[0][1].timestamp) / rate
            assert 0 <= at - START - due < 0.03
    assert len(of(AUDIO_SSRC, sent)) == 200


def test_a_large_frame_is_spread_over_time() -> None:
    frame = Frame(0, True, b"\x00" + b"x" * 20_000)
    source = sender(Clip((Video(640, 360, (frame,)),), (), 90_000))
    first = source.poll(START)
    assert len([p for p in first if p[8:12] == VIDEO_SSRC.to_bytes(4, "big")]) == BURST
    assert source.deadline() == pytest.approx(START + BURST_GAP)
    rest = [p for _, p in of(VIDEO_SSRC, play(source, START + BURST_GAP, 0.5))]
    assert (len(first) + len(rest), rest[-1].marker) == (18, True)


def test_level_section_and_send_time_are_told() -> None:
    sent = play(sender(), START, 1)
    audio, video = sender()._audio.choice, sender()._video.choice
    for _, packet in of(AUDIO_SSRC, sent):
        assert packet.extensions[audio.level_id or 0][0] & 127 < 127
        assert packet.extensions[audio.mid_id or 0] == b"0"
    for at, packet in of(VIDEO_SSRC, sent):
        assert packet.extensions[video.send_time_id or 0] == rtp.abs_send_time(at)
        assert packet.extensions[video.mid_id or 0] == b"1"


def test_the_section_is_not_told_any_longer_once_the_server_has_reported() -> None:
    source = sender()
    play(source, START, 0.5)
    block = rtcp.ReportBlock(VIDEO_SSRC, 0, 3, 7, 0, 0, 0)
    source.receive([rtcp.ReceiverReport(1, (block,))], START + 0.5, 0.0)
    sent = play(source, START + 0.5, 0.5)
    mid = source._video.choice.mid_id or 0
    assert all(mid not in p.extensions for _, p in of(VIDEO_SSRC, sent))
    assert all(mid in p.extensions for _, p in of(AUDIO_SSRC, sent))
    assert source.sent.lost == 3


def test_a_muted_room_sends_no_sound_and_opens_again_with_a_marker() -> None:
    source = sender()
    play(source, START, 1)
    source.want(False, True, 360)
    quiet = play(source, START + 1, 1)
    assert of(AUDIO_SSRC, quiet) == []
    assert len([p for _, p in of(VIDEO_SSRC, quiet) if p.marker]) == 15
    source.want(True, True, 360)
    loud = [p for _, p in of(AUDIO_SSRC, play(source, START + 2, 1))]
    assert [p.marker for p in loud] == [True] + [False] * (len(loud) - 1)


def test_a_camera_that_is_switched_on_again_begins_with_a_key_frame() -> None:
    source = sender()
    play(source, START, 1.2)
    source.want(True, False, 360)
    dark = play(source, START + 1.2, 0.3)
    source.want(True, True, 360)
    light = [p for _, p in of(VIDEO_SSRC, play(source, START + 1.5, 0.5))]
    assert len(of(VIDEO_SSRC, dark)) < 5  # what was still queued
    assert vp8.parse_descriptor(light[0].payload).key


def test_another_height_begins_with_a_key_frame_within_a_fifth_of_a_second() -> None:
    source = sender()
    play(source, START, 1.3)
    source.want(True, True, 180)
    frames = frames_of([p for _, p in of(VIDEO_SSRC, play(source, START + 1.35, 0.3))])
    assert source.height == 180
    first_small = next(f for f in frames if vp8.is_key_frame(f))
    picture = av.VideoCodecContext.create("vp8", "r").decode(av.Packet(first_small))[0]
    assert (picture.width, picture.height) == (320, 180)
    assert frames.index(first_small) <= 3


def test_a_request_brings_a_key_frame_at_once_and_many_requests_not_more() -> None:
    source = sender()
    play(source, START, 1.5)
    before = source.sent.key_frames
    for _ in range(11):
        source.receive([rtcp.Pli(1, VIDEO_SSRC)], START + 1.5, 0.0)
    sent = [p for _, p in of(VIDEO_SSRC, play(source, START + 1.5, 0.2))]
    assert vp8.parse_descriptor(sent[0].payload).key
    assert source.sent.key_frames == before + 1
    assert source.sent.key_requests == 11


def test_a_request_right_after_a_key_frame_is_deferred_and_not_forgotten() -> None:
    source = sender()
    play(source, START, 0.1)
    source.receive([rtcp.Fir(1, ((VIDEO_SSRC, 3),))], START + 0.1, 0.0)
    play(source, START + 0.1, 0.06)
    assert source.sent.key_frames == 1
    play(source, START + 0.16, 0.1)
    assert source.sent.key_frames == 2


def test_sound_stays_with_the_picture_after_a_jump() -> None:
    source = sender()
    play(source, START, 0.5)
    source.receive([rtcp.Pli(1, VIDEO_SSRC)], START + 0.5, 0.0)
    play(source, START + 0.5, 0.5)
    clip = made_clip()
    picture = clip.videos[0].frames[source._frame].at / 90_000
    sound = clip.packets[source._packet].at / 48_000
    assert abs(picture - sound) < 0.1


def test_what_is_asked_for_again_comes_as_a_copy_under_its_own_numbers() -> None:
    source = sender()
    sent = [p for _, p in of(VIDEO_SSRC, play(source, START, 1))]
    lost = [sent[3], sent[9]]
    nack = rtcp.Nack(1, VIDEO_SSRC, tuple(p.sequence for p in lost))
    copies = [rtp.parse(p) for p in source.receive([nack], START + 1, 0.0)]
    assert [c.ssrc for c in copies] == [RTX_SSRC] * 2
    originals = [rtp.rtx_original(c.payload) for c in copies]
    assert originals == [(p.sequence, p.payload) for p in lost]
    assert [(c.timestamp, c.marker) for c in copies] == [(p.timestamp, p.marker) for p in lost]
    assert source.receive([rtcp.Nack(1, VIDEO_SSRC, (40_000,))], START + 1, 0.0) == []


def test_sender_reports_tie_both_streams_to_one_clock() -> None:
    source = sender()
    assert source.report(START, 1_600_000_000.0) == b""
    sent = play(source, START, 3)
    reports = rtcp.parse(source.report(START + 3, 1_600_000_003.0))
    by_ssrc = {r.ssrc: r for r in reports if isinstance(r, rtcp.SenderReport)}
    assert set(by_ssrc) == {AUDIO_SSRC, VIDEO_SSRC}
    for ssrc, rate in ((AUDIO_SSRC, 48_000), (VIDEO_SSRC, 90_000)):
        packets = [p for _, p in of(ssrc, sent)]
        assert by_ssrc[ssrc].packets == len(packets)
        assert by_ssrc[ssrc].octets == sum(len(p.payload) for p in packets)
        told = rtp.timestamp_distance(by_ssrc[ssrc].timestamp, packets[0].timestamp)
        assert told / rate == pytest.approx(3, abs=0.01)


def test_a_pause_of_the_machine_is_left_out_and_not_sent_in_a_rush() -> None:
    source = sender()
    play(source, START, 1)
    woken = START + 3_600.5
    sent = source.poll(woken)
    assert len(sent) <= BURST + 1
    after = play(source, woken, 1)
    video = [p for _, p in of(VIDEO_SSRC, after)]
    assert vp8.parse_descriptor(video[0].payload).key
    assert len([p for p in video if p.marker]) in (14, 15, 16)
    first = of(VIDEO_SSRC, play(sender(), START, 0.1))[0][1]
    passed = (video[0].timestamp - first.timestamp) & 0xFFFFFFFF
    assert passed == pytest.approx(3_600.5 * 90_000 % 2**32, abs=9_000)


def test_a_clip_without_sound_sends_the_picture_alone() -> None:
    whole = made_clip()
    sent = play(sender(Clip(whole.videos, (), whole.ticks)), START, 1)
    assert of(AUDIO_SSRC, sent) == []
    assert len([p for _, p in of(VIDEO_SSRC, sent) if p.marker]) == 15
