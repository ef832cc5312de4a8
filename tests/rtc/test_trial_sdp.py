"""What is agreed for a leg of a trial call, each through text and back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from vicon.rtc import sdp
from vicon.rtc.negotiate import RTX_TYPE, VP8_TYPE
from vicon.rtc.rtp import ABS_SEND_TIME, MID, TRANSPORT_WIDE
from vicon.rtc.trial_sdp import (
    LegKind,
    Ssrcs,
    TrialMedia,
    agreed_trial,
    answer_trial,
    offer_path,
    offer_trial,
)

END = sdp.Transport(
    ufrag="abcd",
    password="p" * 22,
    fingerprints=(sdp.Fingerprint("sha-256", "AB:CD"),),
    setup="actpass",
)
OURS, THEIRS = Ssrcs(audio=11, video=12, rtx=13), Ssrcs(audio=21, video=22, rtx=23)

# Shortened from an offer of Chromium 156 whose picture alone is sent, as for a load.
CHROMIUM_LOAD = """v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=ice-ufrag:EsAw
a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y
a=fingerprint:sha-256 49:66:12:17
a=setup:actpass
a=mid:0
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendonly
a=msid:s t
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=ssrc-group:FID 31 32
a=ssrc:31 cname:x
a=ssrc:32 cname:x
"""


def again(description: sdp.Description) -> sdp.Description:
    return sdp.parse(sdp.render(description))


def call() -> tuple[sdp.Description, TrialMedia, TrialMedia]:
    """The answer, what the server and what the station hold to be agreed."""
    answer, server = answer_trial(again(offer_trial(END, THEIRS)), END, "call", OURS)
    return again(answer), server, agreed_trial(again(answer), THEIRS)


def test_a_call_goes_both_ways_with_numbers_on_everything() -> None:
    answer, server, station = call()
    assert [section.direction for section in answer.sections] == ["sendrecv", "sendrecv"]
    for section in answer.sections:
        uris = {uri for _, uri in section.extensions}
        assert uris >= {TRANSPORT_WIDE, ABS_SEND_TIME, MID}
        assert "transport-cc" in section.codecs[0].feedback
    assert set(answer.sections[1].codecs[0].feedback) >= {"nack", "nack pli", "ccm fir"}
    for media in (server, station):
        assert media.audio is not None
        assert media.video is not None
        assert media.audio.twcc_id == media.video.twcc_id is not None


def test_each_end_knows_the_other_s_streams_and_its_own() -> None:
    answer, server, station = call()
    for media, other in ((server, THEIRS), (station, OURS)):
        assert media.audio is not None
        assert media.video is not None
        told = (media.audio.ssrc, media.video.ssrc, media.video.rtx_ssrc)
        assert told == (other.audio, other.video, other.rtx)
    assert (server.ssrcs, station.ssrcs) == (OURS, THEIRS)
    text = sdp.render(answer)
    assert "a=ssrc-group:FID 12 13" in text


@pytest.mark.parametrize("direction", ["sendonly", "recvonly"])
def test_the_answer_mirrors_the_direction(direction: sdp.Direction) -> None:
    offer = again(offer_trial(END, THEIRS))
    sections = tuple(replace(section, direction=direction) for section in offer.sections)
    answer, _ = answer_trial(replace(offer, sections=sections), END, "call", OURS)
    expected = {"sendonly": "recvonly", "recvonly": "sendonly"}[direction]
    for section in again(answer).sections:
        assert section.direction == expected
        assert bool(section.ssrcs) == (expected == "sendonly")


def test_a_load_pins_the_browser_s_rate_and_leaves_it_no_estimate() -> None:
    answer, media = answer_trial(sdp.parse(CHROMIUM_LOAD), END, "load", OURS)
    (section,) = again(answer).sections
    assert section.direction == "recvonly"
    assert section.extensions == ()
    (codec,) = section.codecs
    assert codec.payload_type == VP8_TYPE
    assert codec.feedback == ()
    for wish in ("min-bitrate=7000", "start-bitrate=7000", "max-bitrate=8000"):
        assert f"x-google-{wish}" in codec.parameters
    text = sdp.render(answer)
    assert "transport-cc" not in text
    assert "nack" not in text
    assert f"rtpmap:{RTX_TYPE}" not in text
    assert media.audio is None
    assert media.video is not None


@pytest.mark.parametrize("kind", ["path", "call"])
def test_a_path_is_answered_and_carries_nothing_but_a_connection(kind: LegKind) -> None:
    answer, media = answer_trial(again(offer_path(END)), END, kind, OURS)
    (section,) = again(answer).sections
    assert not section.rejected
    assert section.direction == "sendonly"
    assert media.video is None
    assert media.audio is not None


def test_an_offer_without_anything_to_use_is_refused() -> None:
    offer = again(offer_path(END))
    rejected = tuple(replace(section, rejected=True) for section in offer.sections)
    with pytest.raises(sdp.SdpError):
        answer_trial(replace(offer, sections=rejected), END, "call", OURS)


def test_a_server_that_takes_sound_alone_is_refused() -> None:
    answer, _, _ = call()
    silent = (answer.sections[0], replace(answer.sections[1], rejected=True))
    with pytest.raises(sdp.SdpError):
        agreed_trial(replace(answer, sections=silent), THEIRS)
