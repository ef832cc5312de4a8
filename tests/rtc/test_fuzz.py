"""Whatever comes from the network: every parser returns, or raises its own error, and what it
returns can be used. Real messages are bent a little, so that the depths are reached too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rtc.offers import END, PLAYING, PUBLISHING, again, text
from tests.rtc.test_sdpfrag import RESTART, TRICKLE
from vicon.rtc import negotiate, rtcp, rtp, sdp
from vicon.rtc.trial_sdp import Ssrcs, answer_trial
from vicon.rtc.twcc import Twcc

# --- packets -----------------------------------------------------------------------------------

BLOCK = rtcp.ReportBlock(9, 12, -3, 70_000, 80, 5, 6)
COMPOUNDS = [
    rtcp.build(
        rtcp.SenderReport(1, 2**63, 3, 4, 5, (BLOCK, BLOCK)),
        rtcp.SourceName(((1, "name"), (2, ""))),
        rtcp.Bye((1, 2)),
    ),
    rtcp.build(
        rtcp.ReceiverReport(1, (BLOCK,)),
        rtcp.Nack(1, 2, (65_534, 0, 3, 40)),
        rtcp.Pli(1, 2),
        rtcp.Fir(1, ((2, 3),)),
        rtcp.Remb(1, 2_500_000, (2, 3)),
    ),
    rtcp.build(Twcc(1, 2, 65_530, 7, 8, (0, None, 90, 4000, 3999, None, 5000, 5001, 5100))),
]
PACKETS = [
    rtp.Packet(96, 1, 2, 3, b"payload", True, {1: b"\x20", 3: b"0", 10: b"q"}).build(),
    rtp.HEADER.pack(0xB2, 97, 1, 2, 3)
    + bytes(8)
    + b"\x10\x00\x00\x03\x03\x010\x00\x0a\x01q\x0c\x03abc\x00"
    + b"payload\0\0\3",
]


@st.composite
def bent(draw: st.DrawFn, samples: list[bytes]) -> bytes:
    """A sample with bits flipped, bytes put in or taken out, or its end cut off."""
    data = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        how = draw(st.sampled_from(("flip", "set", "insert", "remove", "cut")))
        if how == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=4))
        elif how == "cut":
            del data[at:]
        elif how == "remove":
            del data[at : at + draw(st.integers(1, 4))]
        elif data:
            value = draw(st.integers(0, 255))
            data[at] = data[at] ^ 1 << value % 8 if how == "flip" else value
    return bytes(data)


@given(bent(PACKETS) | st.binary(max_size=60))
def test_rtp(data: bytes) -> None:
    try:
        bounds = rtp.locate(data)
        packet = rtp.parse(data, range(1, 256))
    except rtp.RtpError:
        return
    assert bounds.payload_start <= bounds.payload_end <= len(data)
    assert len(packet.payload) == bounds.payload_end - bounds.payload_start
    block = data[bounds.extension_start : bounds.extension_end]
    assert all(value in block for value in packet.extensions.values())
    try:
        original, payload = rtp.rtx_original(packet.payload)
    except rtp.RtpError:
        assert len(packet.payload) < 2
    else:
        assert rtp.rtx_payload(original, payload) == packet.payload


@given(bent(COMPOUNDS) | st.binary(max_size=60))
def test_rtcp_and_transport_wide_feedback(data: bytes) -> None:
    rtcp.is_rtcp(data)
    try:
        packets = rtcp.parse(data)
    except rtcp.RtcpError:
        return
    for packet in packets:
        if isinstance(packet, Twcc):
            assert len(packet.arrivals) <= 0xFFFF
        if isinstance(packet, rtcp.Remb):
            assert 0 <= packet.bitrate < 2**82
        if isinstance(packet, rtcp.Nack):
            assert all(0 <= number <= 0xFFFF for number in packet.sequences)
        if isinstance(packet, rtcp.SenderReport | rtcp.ReceiverReport):
            for block in packet.blocks:
                rtcp.round_trip(rtcp.to_ntp(1.0), block)


# --- descriptions ------------------------------------------------------------------------------

OWN = sdp.render(
    negotiate.offer_subscribe(
        [
            negotiate.DownSlot(mid="0", kind="audio", stream="s", ssrc=1),
            negotiate.DownSlot(mid="1", kind="video", stream="s", ssrc=2, rtx_ssrc=3),
        ],
        END,
    )
)
TEXTS = [text(name) for name in (*PUBLISHING, *PLAYING)] + [OWN]
STRANGE = (
    "a=simulcast:send ;,~ recv", "a=simulcast:send q;h recv f", "a=rid:q recv pt=;max-fps=",
    "a=rid:", "a=rid:q", "a=ssrc:\u00b2 cname:x", "a=extmap:\u00b2 x", "a=mid:\u00b2",
    "a=ssrc-group:SIM 1 2 3", "a=ssrc-group:FID 1 1", "a=ssrc-group:", "a=extmap:0 x",
    "a=extmap:15/recvonly urn:x", "a=extmap:300 urn:x", "a=fmtp:96 apt=96", "a=rtpmap:96 /",
    "a=rtpmap:96 rtx/90000", "a=fmtp:97 ;=;;apt", "a=rtcp-fb:* transport-cc", "a=bundle-only",
    "a=mid:", "a=mid:0", "a=group:BUNDLE", "a=inactive", "a=recvonly", "a=setup:holdconn",
    "a=ice-lite", "a=ice-ufrag:\u0661\u0662\u0663\u0664", "a=candidate:", "m=video 0 x 96 97",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=audio 9 RTP 111 111 63", "a=msid:",
    "a=fingerprint:", "a=candidate:1 1 udp 1 ::1 1 typ host raddr", "a=fmtp:111 a=\x0bb",
)  # fmt: skip


_BENDS = ("double", "remove", "swap", "insert", "insert", "insert", "change", "cut")


@st.composite
def bent_text(draw: st.DrawFn, samples: list[str]) -> str:
    """A sample with lines doubled, left out, moved, put in or cut, and with single characters
    changed."""
    lines = draw(st.sampled_from(samples)).splitlines()
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        other = draw(st.integers(0, max(0, len(lines) - 1)))
        how = draw(st.sampled_from(_BENDS))
        if how == "insert" or not lines:
            lines.insert(at, draw(st.sampled_from(STRANGE)))
        elif how == "double":
            lines.insert(other, lines[at])
        elif how == "remove":
            del lines[at]
        elif how == "swap":
            lines[at], lines[other] = lines[other], lines[at]
        else:
            line = lines[at]
            place = draw(st.integers(0, len(line)))
            middle = "" if how == "cut" else draw(st.text(max_size=2))
            lines[at] = line[:place] + middle + (line[place + 1 :] if how == "change" else "")
    return draw(st.sampled_from(("\r\n", "\n"))).join(lines)


def publish(offer: sdp.Description) -> sdp.Description:
    answer, choices = negotiate.answer_publish(offer, END)
    assert len(choices) == sum(not section.rejected for section in answer.sections)
    for choice in choices:
        assert len(choice.rids) <= 3
        assert len(set(choice.rids)) == len(choice.rids)
        assert len(choice.layer_ssrcs) in (0, len(choice.rids))
        assert not choice.rids or choice.layer_ssrcs or choice.rid_id is not None
    return answer


def play(offer: sdp.Description) -> sdp.Description:
    slots = [
        negotiate.DownSlot(mid="", kind="video", stream="s", ssrc=1, rtx_ssrc=2),
        negotiate.DownSlot(mid="", kind="audio", stream="s", ssrc=3),
    ]
    answer, agreed = negotiate.answer_play(offer, END, slots)
    mids = {mid for mid, _, accepted in agreed if accepted.codecs}
    assert mids == {section.mid for section in answer.sections if not section.rejected}
    return answer


def take(offer: sdp.Description) -> sdp.Description:
    for section in offer.sections:
        negotiate.accepted(section)
    return negotiate.answer_subscribe(offer, END, take=("opus", "red", "h264", "vp8"), twcc=True)


def trial(offer: sdp.Description) -> sdp.Description:
    return answer_trial(offer, END, "call", Ssrcs(audio=1, video=2, rtx=3))[0]


@pytest.mark.parametrize("respond", [publish, play, take, trial])
@given(told=bent_text(TEXTS))
def test_offers(respond: Callable[[sdp.Description], sdp.Description], told: str) -> None:
    try:
        offer = sdp.parse(told)
        answer = respond(offer)
    except sdp.SdpError:
        return
    if all(section.rejected for section in answer.sections):
        return
    read = again(answer)
    assert [s.mid for s in read.sections] == [s.mid for s in offer.sections]
    assert [s.kind for s in read.sections] == [s.kind for s in offer.sections]
    for section, offered in zip(read.sections, offer.sections, strict=True):
        types = [codec.payload_type for codec in section.codecs]
        assert len(set(types)) == len(types)
        assert set(types) <= {codec.payload_type for codec in offered.codecs}
        assert set(section.extensions) <= set(offered.extensions)
        assert len({number for number, _ in section.extensions}) == len(section.extensions)


@given(bent_text(TEXTS))
def test_what_was_read_is_read_again_from_what_is_rendered(told: str) -> None:
    try:
        description = sdp.parse(told)
    except sdp.SdpError:
        return
    read = again(description)
    for before, after in zip(description.sections, read.sections, strict=True):
        if not before.rejected:
            assert after.codecs == before.codecs
            assert after.rids == before.rids
            assert after.simulcast_send == before.simulcast_send
            assert after.ssrcs == before.ssrcs
            assert after.extensions == before.extensions


@given(bent_text([TRICKLE, RESTART, text("firefox")]))
def test_trickled_fragments(told: str) -> None:
    try:
        fragment = sdp.parse_fragment(told)
    except sdp.SdpError:
        return
    read = sdp.parse_fragment(sdp.render_fragment(fragment))
    assert (read.ufrag, read.password) == (fragment.ufrag, fragment.password)
    assert read.candidates == fragment.candidates


@given(st.sampled_from(TRICKLE.splitlines()).map(lambda line: line[12:]), st.data())
def test_candidates(line: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(line)))
    try:
        candidate = sdp.parse_candidate(line[:place] + data.draw(st.text(max_size=3)))
    except sdp.SdpError:
        return
    assert sdp.parse_candidate(sdp.candidate_line(candidate)) == candidate
