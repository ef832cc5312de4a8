"""The session descriptions of synthetic clients: a publisher's offer as Chromium makes it, with
simulcast where there are layers (RFC 8853), and a subscriber's answer to anybody's offer."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench import streams
from tests.bench.streams import Picture, Voice
from vicon.rtc import sdp
from vicon.rtc.rtp import ABS_SEND_TIME, AUDIO_LEVEL, MID, TRANSPORT_WIDE

_RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
_REPAIRED = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
_COPIES = ("rtx", "red", "ulpfec", "flexfec-03")


def _section(kind: str, mid: str, types: str, ours: sdp.Transport) -> list[str]:
    return [
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {types}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        *(f"a=candidate:{sdp.candidate_line(candidate)}" for candidate in ours.candidates),
        f"a=ice-ufrag:{ours.ufrag}",
        f"a=ice-pwd:{ours.password}",
        *(f"a=fingerprint:{f.algorithm} {f.value}" for f in ours.fingerprints),
        f"a=setup:{ours.setup}",
        f"a=mid:{mid}",
        f"a=extmap:{streams.SEND_TIME_ID} {ABS_SEND_TIME}",
        f"a=extmap:{streams.WIDE_ID} {TRANSPORT_WIDE}",
        f"a=extmap:{streams.MID_ID} {MID}",
        "a=sendonly",
        f"a=msid:bench {kind}",
        "a=rtcp-mux",
    ]


def publisher(ours: sdp.Transport, voice: Voice, pictures: Sequence[Picture]) -> str:
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    lines += ["a=extmap-allow-mixed", "a=msid-semantic: WMS bench"]
    lines += [
        *_section("audio", voice.mid, "111", ours),
        f"a=extmap:{streams.LEVEL_ID} {AUDIO_LEVEL}",
        "a=rtpmap:111 opus/48000/2",
        "a=rtcp-fb:111 transport-cc",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        f"a=ssrc:{voice.ssrc} cname:bench",
        *_section("video", pictures[0].mid, "96 97", ours),
        "a=rtcp-rsize",
        f"a=extmap:{streams.RID_ID} {_RID}",
        f"a=extmap:{streams.REPAIRED_ID} {_REPAIRED}",
        "a=rtpmap:96 VP8/90000",
        *(
            f"a=rtcp-fb:96 {w}"
            for w in ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")
        ),
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
    ]
    rids = [picture.layer.rid for picture in pictures]
    if any(rids):
        lines += [f"a=rid:{rid} send" for rid in rids]
        lines.append("a=simulcast:send " + ";".join(rids))
    else:
        only = pictures[0]
        lines.append(f"a=ssrc-group:FID {only.ssrc} {only.rtx}")
        lines += [f"a=ssrc:{ssrc} cname:bench" for ssrc in (only.ssrc, only.rtx)]
    return "\r\n".join(lines) + "\r\n"


class TransportWide:
    """Numbers packets where an answer asks for it."""

    def __init__(self, answer: sdp.Description) -> None:
        self._kinds = {s.kind for s in answer.sections if s.extension(TRANSPORT_WIDE) is not None}
        self._number = 0

    def allowed(self, kind: str) -> bool:
        return kind in self._kinds

    def next(self) -> int:
        self._number = (self._number + 1) & 0xFFFF
        return self._number


def subscriber(offer: sdp.Description, ours: sdp.Transport, *, twcc: bool) -> str:
    """Take all that is offered; transport-wide feedback, or else REMB, as browsers do without."""
    known = {ABS_SEND_TIME, AUDIO_LEVEL, MID} | ({TRANSPORT_WIDE} if twcc else set())
    sections = tuple(
        sdp.Section(
            kind=section.kind,
            mid=section.mid,
            direction="recvonly",
            codecs=tuple(_with_feedback(codec, twcc) for codec in section.codecs),
            extensions=tuple((n, uri) for n, uri in section.extensions if uri in known),
        )
        for section in offer.sections
    )
    return sdp.render(sdp.Description(transport=ours, sections=sections))


def _with_feedback(codec: sdp.Codec, twcc: bool) -> sdp.Codec:
    unwanted = "goog-remb" if twcc else "transport-cc"
    wishes = tuple(wish for wish in codec.feedback if wish != unwanted)
    return sdp.Codec(
        codec.payload_type, codec.name, codec.clock_rate, codec.channels, codec.parameters, wishes
    )


def wide_extension(offer: sdp.Description) -> int | None:
    """The id of the transport-wide numbers, which is one for the whole bundle."""
    found = (section.extension(TRANSPORT_WIDE) for section in offer.sections)
    return next((number for number in found if number is not None), None)


def media_types(offer: sdp.Description) -> set[int]:
    """Payload types that carry media and no copies of it."""
    return {
        codec.payload_type
        for section in offer.sections
        for codec in section.codecs
        if codec.name.lower() not in _COPIES
    }
