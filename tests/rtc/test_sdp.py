from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import negotiate, sdp
from vicon.rtc.rtp import ABS_SEND_TIME, AUDIO_LEVEL

CANDIDATE = sdp.Candidate("1", 1, "udp", 2130706431, "192.0.2.7", 4000, "host")
END = sdp.Transport(
    ufrag="abcd",
    password="p" * 22,
    fingerprints=(sdp.Fingerprint("sha-256", "AB:CD"),),
    setup="actpass",
    candidates=(CANDIDATE,),
)
SLOTS = [
    negotiate.DownSlot(mid="0", kind="audio", stream="64.01", ssrc=1),
    negotiate.DownSlot(mid="1", kind="video", stream="64.01", ssrc=2, rtx_ssrc=3),
]

# Shortened from an offer of Chromium 156.
CHROMIUM = """v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS stream
m=audio 58779 UDP/TLS/RTP/SAVPF 111 63 9 110
c=IN IP4 192.0.2.2
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1467250027 1 udp 2122260223 192.0.2.2 58779 typ host generation 0 network-id 1
a=candidate:435653019 1 tcp 1518280447 192.0.2.2 9 typ host tcptype active generation 0
a=candidate:11 1 udp 2122260223 5a8f0f0e-0000-4000-8000-1234567890ab.local 58780 typ host
a=ice-ufrag:EsAw
a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y
a=ice-options:trickle
a=fingerprint:sha-256 49:66:12:17
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendonly
a=msid:stream audio-track
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=ssrc:3570614608 cname:4TOk42mSjXCkVIa6
m=video 9 UDP/TLS/RTP/SAVPF 96 97 103
c=IN IP4 0.0.0.0
a=ice-ufrag:EsAw
a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y
a=fingerprint:sha-256 49:66:12:17
a=setup:actpass
a=mid:1
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=sendonly
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:103 H264/90000
a=ssrc-group:FID 2231627014 632943048
a=ssrc:2231627014 cname:4TOk42mSjXCkVIa6
a=ssrc:632943048 cname:4TOk42mSjXCkVIa6
"""


def test_the_answer_takes_from_a_browser_what_we_can_forward() -> None:
    offer = sdp.parse(CHROMIUM)
    assert [c.address.endswith(".local") for c in offer.transport.candidates] == [
        False,
        False,
        True,
    ]
    answer, (audio, video) = negotiate.answer_publish(offer, END)
    assert (audio.ssrc, audio.rtx_ssrc, audio.level_id, audio.mid_id) == (3570614608, None, 1, 4)
    assert (video.ssrc, video.rtx_ssrc, video.send_time_id) == (2231627014, 632943048, 2)
    assert video.rtx is not None
    assert video.rtx.payload_type == 97
    read = sdp.parse(sdp.render(answer))
    assert [s.direction for s in read.sections] == ["recvonly", "recvonly"]
    assert [c.name for c in read.sections[1].codecs] == ["VP8", "rtx"]
    assert set(read.sections[1].codecs[0].feedback) == {"goog-remb", "ccm fir", "nack", "nack pli"}
    assert read.sections[0].extension(AUDIO_LEVEL) == 1
    assert read.transport.candidates == (CANDIDATE,)


def test_sections_that_cannot_be_received_are_rejected_in_their_place() -> None:
    offer = sdp.parse(CHROMIUM + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n")
    answer, _ = negotiate.answer_publish(offer, END)
    read = sdp.parse(sdp.render(answer))
    assert [s.rejected for s in read.sections] == [False, False, True]


def test_a_down_offer_and_its_answer_agree() -> None:
    offer = sdp.parse(sdp.render(negotiate.offer_subscribe(SLOTS, END)))
    assert [s.stream for s in offer.sections] == ["64.01", "64.01"]
    assert offer.sections[1].retransmissions == ((2, 3),)
    answer = sdp.parse(sdp.render(negotiate.answer_subscribe(offer, END)))
    chosen = [negotiate.choose(section) for section in answer.sections]
    assert chosen[1].rtx is not None
    assert chosen[1].send_time_id == offer.sections[1].extension(ABS_SEND_TIME)
    assert {s.direction for s in answer.sections} == {"recvonly"}


def test_an_up_offer_of_ours_is_understood() -> None:
    offer = sdp.parse(sdp.render(negotiate.offer_publish(END, 10, 20, 21)))
    _, (audio, video) = negotiate.answer_publish(offer, END)
    assert (audio.ssrc, video.ssrc, video.rtx_ssrc) == (10, 20, 21)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\n", ""),
        ("a=fingerprint:sha-256 49:66:12:17\n", ""),
        ("a=setup:actpass\n", ""),
        ("a=mid:1", "a=mid:0"),
        ("m=audio 58779 UDP", "m=audio 99999 UDP"),
        ("opus/48000/2", "opus"),
        ("m=audio", "m=text"),
        ("1 udp 2122260223", "1 udp -5"),
        ("a=msid:stream", "a=msid:\0"),
        ("a=msid:stream", "a=msid:\ud800"),
        ("a=extmap:1 ", "a=extmap:1/both "),
        ("a=sendonly", "a=rid:q sent"),
        ("a=sendonly", "a=simulcast:send"),
        ("a=sendonly", "a=simulcast:send q;;f"),
    ],
)
def test_a_broken_offer_is_refused_with_a_reason(old: str, new: str) -> None:
    broken = CHROMIUM.replace(old, new)
    assert broken != CHROMIUM
    with pytest.raises(sdp.SdpError):
        sdp.parse(broken)


def test_an_offer_without_our_codecs_is_refused() -> None:
    with pytest.raises(sdp.SdpError):
        negotiate.answer_publish(sdp.parse(CHROMIUM.replace("opus/", "pcmu/")), END)


@given(st.lists(st.sampled_from(CHROMIUM.splitlines()), max_size=40), st.text(max_size=30))
def test_shuffled_lines_raise_nothing_but_their_own_error(lines: list[str], junk: str) -> None:
    with contextlib.suppress(sdp.SdpError):
        negotiate.answer_publish(sdp.parse("\n".join([*lines, junk])), END)


def test_a_lite_agent_says_so_for_the_session() -> None:
    lite = msgspec.structs.replace(END, lite=True)
    offer = negotiate.offer_subscribe(SLOTS, lite)
    text = sdp.render(msgspec.structs.replace(offer, version=3))
    session, _, media = text.partition("m=")
    assert "\r\na=ice-lite\r\n" in session
    assert "\r\na=ice-options:trickle\r\n" in session
    assert " 3 IN IP4 " in session.splitlines()[1]
    assert "ice-lite" not in media
    assert sdp.parse(text).transport.lite
    assert not sdp.parse(sdp.render(negotiate.offer_subscribe(SLOTS, END))).transport.lite
