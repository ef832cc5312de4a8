"""Who offers and answers what: Opus and VP8 with retransmissions, an up connection that the
client offers and a down connection that the server offers. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from vicon.rtc.rtp import ABS_SEND_TIME, AUDIO_LEVEL, MID, TRANSPORT_WIDE
from vicon.rtc.sdp import Codec, Description, SdpError, Section, Transport

OPUS_TYPE, VP8_TYPE, RTX_TYPE = 111, 96, 97
"""Payload types of our own offers."""
AUDIO_LEVEL_ID, ABS_SEND_TIME_ID, MID_ID, TRANSPORT_WIDE_ID = 1, 2, 3, 4
"""Header extension ids of our own offers."""
OPUS_RATE, VIDEO_RATE = 48_000, 90_000
_VIDEO_FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb")
_OPUS = Codec(OPUS_TYPE, "opus", OPUS_RATE, 2, "minptime=10;useinbandfec=1")
_VP8 = Codec(VP8_TYPE, "VP8", VIDEO_RATE, 1, "", _VIDEO_FEEDBACK)
_RTX = Codec(RTX_TYPE, "rtx", VIDEO_RATE, 1, f"apt={VP8_TYPE}")
_EXTENSIONS = {
    "audio": ((AUDIO_LEVEL_ID, AUDIO_LEVEL), (MID_ID, MID)),
    "video": ((ABS_SEND_TIME_ID, ABS_SEND_TIME), (MID_ID, MID)),
}


class Choice(Struct, frozen=True, kw_only=True):
    """What was agreed for one track."""

    mid: str
    kind: str
    """audio or video"""
    codec: Codec
    rtx: Codec | None
    ssrc: int | None
    """As told in the offer; None: known from the first packet (its MID or payload type)."""
    rtx_ssrc: int | None
    level_id: int | None
    send_time_id: int | None
    mid_id: int | None
    twcc_id: int | None = None
    rids: tuple[str, ...] = ()
    """Simulcast encodings (RFC 8853), lowest first; empty: one encoding without a name."""
    rid_id: int | None = None
    repaired_id: int | None = None
    """Header extension ids of rid and repaired rid (RFC 8852)."""
    layer_ssrcs: tuple[tuple[int, int | None], ...] = ()
    """Media and RTX SSRC of each rid in their order, where the offer names them (SIM group)."""
    red: Codec | None = None
    """RFC 2198, for audio."""
    dependency_id: int | None = None
    """AV1's dependency descriptor extension."""


def choose(section: Section) -> Choice:
    """The codecs and numbers to use in a section that the other side described. Raises SdpError
    when it has neither Opus nor VP8."""
    wanted = "opus" if section.kind == "audio" else "vp8"
    codec = next((c for c in section.codecs if c.name.lower() == wanted), None)
    if codec is None:
        raise SdpError(f"section {section.mid} does not offer {wanted}")
    apt = f"apt={codec.payload_type}"
    rtx = next(
        (c for c in section.codecs if c.name.lower() == "rtx" and apt in _parameters(c)), None
    )
    retransmissions = dict(section.retransmissions)
    copies = set(retransmissions.values())
    ssrc = next((number for number in section.ssrcs if number not in copies), None)
    return Choice(
        mid=section.mid,
        kind=section.kind,
        codec=codec,
        rtx=rtx,
        ssrc=ssrc,
        rtx_ssrc=retransmissions.get(ssrc) if ssrc is not None else None,
        level_id=section.extension(AUDIO_LEVEL) if section.kind == "audio" else None,
        send_time_id=section.extension(ABS_SEND_TIME) if section.kind == "video" else None,
        mid_id=section.extension(MID),
        twcc_id=section.extension(TRANSPORT_WIDE),
    )


def _parameters(codec: Codec) -> list[str]:
    return codec.parameters.replace(" ", "").split(";")


def answer_publish(
    offer: Description, transport: Transport, session: int = 1
) -> tuple[Description, list[Choice]]:
    """The server's answer to an up connection: the first audio and the first video section that
    send are received, all others rejected. Raises SdpError when nothing is left."""
    sections, choices = [], []
    taken: set[str] = set()
    for section in offer.sections:
        usable = section.kind != "application" and section.direction in ("sendonly", "sendrecv")
        if section.rejected or not usable or section.kind in taken:
            sections.append(_rejection(section))
            continue
        taken.add(section.kind)
        choice = choose(section)
        choices.append(choice)
        codecs = (choice.codec, choice.rtx) if choice.rtx else (choice.codec,)
        sections.append(_receiving(section, codecs))
    if not choices:
        raise SdpError("nothing is offered that could be received")
    return Description(transport=transport, sections=tuple(sections), session=session), choices


def _rejection(section: Section) -> Section:
    return Section(
        kind=section.kind,
        mid=section.mid,
        direction="inactive",
        codecs=section.codecs[:1],
        rejected=True,
    )


def _receiving(section: Section, codecs: Sequence[Codec]) -> Section:
    known = {ABS_SEND_TIME, AUDIO_LEVEL, MID}
    return Section(
        kind=section.kind,
        mid=section.mid,
        direction="recvonly",
        codecs=tuple(_with_feedback(codec) for codec in codecs),
        extensions=tuple((n, uri) for n, uri in section.extensions if uri in known and n < 15),
    )


def _with_feedback(codec: Codec) -> Codec:
    """The same codec, of its feedback only what we understand."""
    wishes = tuple(wish for wish in codec.feedback if wish in _VIDEO_FEEDBACK)
    return Codec(
        codec.payload_type, codec.name, codec.clock_rate, codec.channels, codec.parameters, wishes
    )


class DownSlot(Struct, frozen=True, kw_only=True):
    """A section of a down connection, with the SSRCs that it will always carry."""

    mid: str
    kind: str
    """audio or video"""
    stream: str
    """Sections of one stream are played in step."""
    ssrc: int
    rtx_ssrc: int | None = None
    """None for audio."""


def offer_subscribe(
    slots: Sequence[DownSlot], transport: Transport, session: int = 1
) -> Description:
    """The server's offer of a down connection with these sections, each sending."""
    sections = []
    for slot in slots:
        fid = () if slot.rtx_ssrc is None else ((slot.ssrc, slot.rtx_ssrc),)
        sections.append(_sending(slot.kind, slot.mid, slot.ssrc, fid, slot.stream))
    return Description(transport=transport, sections=tuple(sections), session=session)


def _sending(
    kind: str, mid: str, ssrc: int, fid: tuple[tuple[int, int], ...], stream: str
) -> Section:
    audio = kind == "audio"
    return Section(
        kind="audio" if audio else "video",
        mid=mid,
        direction="sendonly",
        codecs=(_OPUS,) if audio else (_VP8, _RTX),
        extensions=_EXTENSIONS[kind],
        ssrcs=(ssrc, *(copy for _, copy in fid)),
        retransmissions=fid,
        cname=stream,
        stream=stream,
    )


def answer_subscribe(offer: Description, transport: Transport, session: int = 1) -> Description:
    """A client's answer to a down connection: receive everything that is offered."""
    sections = []
    for section in offer.sections:
        if section.kind == "application" or section.rejected:
            sections.append(_rejection(section))
        else:
            sections.append(_receiving(section, section.codecs))
    return Description(transport=transport, sections=tuple(sections), session=session)


def offer_publish(
    transport: Transport,
    audio_ssrc: int,
    video_ssrc: int,
    rtx_ssrc: int,
    stream: str = "vicon",
    session: int = 1,
) -> Description:
    """A client's offer of an up connection: section 0 audio, section 1 video."""
    audio = _sending("audio", "0", audio_ssrc, (), stream)
    video = _sending("video", "1", video_ssrc, ((video_ssrc, rtx_ssrc),), stream)
    return Description(transport=transport, sections=(audio, video), session=session)
