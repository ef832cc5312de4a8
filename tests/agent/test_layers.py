"""An agent's simulcast: three pictures of the same moment, each in a stream that says its rid."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import av
import pytest
from msgspec.structs import replace

from tests.agent.wires import AUDIO_SSRC, RTX_SSRC, SEED, START, VIDEO_SSRC, made_clip, play
from vicon.agent.layers import LayeredSender, layer_choices, rids_for
from vicon.measure.encode import Clip
from vicon.rtc import negotiate, rtcp, rtp, vp8
from vicon.rtc.negotiate import Choice
from vicon.rtc.sdp import Fingerprint, Transport

RIDS = ("q", "h", "f")
SSRCS = {"q": (21, 31), "h": (22, 32), "f": (23, 33)}
_ENDS = Transport(
    ufrag="abcd", password="p" * 24, fingerprints=(Fingerprint("sha-256", "00"),), setup="actpass"
)


def agreed() -> tuple[Choice, Choice]:
    offer = negotiate.offer_publish(_ENDS, AUDIO_SSRC, VIDEO_SSRC, RTX_SSRC, rids=RIDS)
    answer, _ = negotiate.answer_publish(offer, _ENDS)
    audio, video = (negotiate.choose_layers(section) for section in answer.sections)
    return replace(audio, ssrc=AUDIO_SSRC), video


def sender() -> LayeredSender:
    audio, video = agreed()
    choices = layer_choices(video, [SSRCS[rid] for rid in RIDS])
    made = LayeredSender(made_clip(), audio, choices, START, SEED)
    made.want(True, True, 720)
    return made


def streams(sent: Sequence[tuple[float, bytes]]) -> dict[int, list[rtp.Packet]]:
    found: dict[int, list[rtp.Packet]] = {}
    for _, packet in sent:
        read = rtp.parse(packet, range(1, 15))
        found.setdefault(read.ssrc, []).append(read)
    return found


def keys(packets: Sequence[rtp.Packet]) -> list[int]:
    """Timestamps at which a key frame begins."""
    return [p.timestamp for p in packets if vp8.parse_descriptor(p.payload).key]


def test_every_version_of_a_clip_is_a_layer() -> None:
    assert rids_for(made_clip()) == RIDS
    assert rids_for(replaced(made_clip().videos[:1])) == ()


def replaced(videos: tuple[object, ...]) -> Clip:
    clip = made_clip()
    return Clip(videos, clip.packets, clip.ticks)  # type: ignore[arg-type]


def test_each_layer_is_a_stream_of_its_size_that_says_its_rid_until_it_is_known() -> None:
    source = sender()
    sent = streams(play(source, START, 1.2))
    _, video = agreed()
    assert video.rid_id is not None
    for rid, height in zip(RIDS, (180, 360, 720), strict=True):
        packets = sent[SSRCS[rid][0]]
        assert {packet.extensions[video.rid_id] for packet in packets} == {rid.encode()}
        assert all(rtp.sequence_distance(b.sequence, a.sequence) == 1 for a, b in pairwise(packets))
        assert picture_height(packets) == height
    block = rtcp.ReportBlock(SSRCS["h"][0], 0, 0, 0, 0, 0, 0)
    source.receive([rtcp.ReceiverReport(1, (block,))], START + 1.2, 0)
    later = streams(play(source, START + 1.2, 0.3))
    assert video.rid_id not in later[SSRCS["h"][0]][-1].extensions
    assert video.rid_id in later[SSRCS["q"][0]][-1].extensions


def picture_height(packets: Sequence[rtp.Packet]) -> int:
    data = b""
    for packet in packets:
        data += packet.payload[vp8.parse_descriptor(packet.payload).length :]
        if packet.marker:
            break
    return int(av.VideoCodecContext.create("vp8", "r").decode(av.Packet(data))[0].height)


def test_sound_goes_once() -> None:
    sent = streams(play(sender(), START, 1.0))
    assert len(sent[AUDIO_SSRC]) == 50
    assert 0 not in sent


@pytest.mark.parametrize(
    ("height", "named", "going"),
    [
        (720, None, "qhf"),
        (180, None, "q"),
        (360, None, "qh"),
        (720, ("q",), "q"),
        (720, ("q", "f"), "qf"),
        (180, ("q", "h"), "qh"),  # persons are counted on it
        (180, ("q", "f"), "q"),
        (720, (), ""),
    ],
)
def test_what_nobody_receives_rests(height: int, named: tuple[str, ...] | None, going: str) -> None:
    source = sender()
    play(source, START, 0.5)
    source.want(True, True, height)
    if named is not None:
        source.want_layers(named)
    play(source, START + 0.5, 0.2)  # what was queued
    sent = streams(play(source, START + 0.7, 0.6))
    assert "".join(rid for rid in RIDS if SSRCS[rid][0] in sent) == going
    assert source.video_on == bool(going)


def test_a_key_frame_asked_of_one_comes_in_all_at_the_same_moment() -> None:
    source = sender()
    play(source, START, 0.5)
    before = source.sent.key_frames
    source.receive([rtcp.Pli(1, SSRCS["h"][0])], START + 0.5, 0)
    sent = streams(play(source, START + 0.5, 0.3))
    assert [len(keys(sent[SSRCS[rid][0]])) for rid in RIDS] == [1, 1, 1]
    assert (source.sent.key_frames, source.sent.key_requests) == (before + 3, 1)


def test_a_layer_that_rested_shows_the_same_as_the_others_again() -> None:
    source = sender()
    source.want_layers(("q", "h"))
    play(source, START, 0.6)
    source.receive([rtcp.Pli(1, SSRCS["q"][0])], START + 0.6, 0)  # the playhead jumps
    play(source, START + 0.6, 0.5)
    source.want_layers(RIDS)
    play(source, START + 1.1, 0.4)
    heads = {layer.frames[-1][2] for layer in source._layers}
    assert len(heads) == 1


def test_a_lost_packet_is_sent_again_in_its_own_layer() -> None:
    source = sender()
    sent = streams(play(source, START, 0.5))
    lost = sent[SSRCS["f"][0]][3].sequence
    copies = source.receive([rtcp.Nack(1, SSRCS["f"][0], (lost,))], START + 0.5, 0)
    (copy,) = (rtp.parse(packet, range(1, 15)) for packet in copies)
    _, video = agreed()
    assert copy.ssrc == SSRCS["f"][1]
    assert video.repaired_id is not None
    assert copy.extensions[video.repaired_id] == b"f"
    assert source.sent.retransmitted == 1


def test_as_many_layers_as_versions() -> None:
    audio, video = agreed()
    with pytest.raises(ValueError, match="as many layers"):
        LayeredSender(made_clip(), audio, layer_choices(video, [(1, 2)]), START, SEED)
