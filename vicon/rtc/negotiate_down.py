"""The server's part of what is sent down: it offers to devices and answers players (WHEP). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from vicon.rtc import codecs as known
from vicon.rtc.codecs import TRANSPORT_CC, VIDEO_CODECS
from vicon.rtc.description import Codec, Description, SdpError, Section, Transport
from vicon.rtc.rtp import ABS_SEND_TIME, AUDIO_LEVEL, MID, PLAYOUT_DELAY, TRANSPORT_WIDE
from vicon.rtc.sections import answering, extension_id, rejection, used, with_extensions

_EXTENSIONS = frozenset((ABS_SEND_TIME, MID, PLAYOUT_DELAY, TRANSPORT_WIDE))


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


class Accepted(Struct, frozen=True, kw_only=True):
    """What a receiver takes in a section. Ids are of header extensions; None: not agreed."""

    codecs: dict[str, tuple[int, int | None]]
    """Payload types by the codec's name in lower case: its own, its retransmissions'. Empty: the
    section is not received."""
    level_id: int | None = None
    send_time_id: int | None = None
    mid_id: int | None = None
    twcc_id: int | None = None
    delay_id: int | None = None
    """Of the playout delay: pictures alone."""
    red: int | None = None
    """Payload type of RED around Opus."""


def offer_subscribe(
    slots: Sequence[DownSlot], transport: Transport, session: int = 1
) -> Description:
    """The server's offer of a down connection with these sections, each sending. A video section
    offers every codec that a source may send: its payload type follows the source."""
    sections = tuple(
        sending(slot, (known.OPUS, known.RED) if slot.kind == "audio" else known.ALL_VIDEO)
        for slot in slots
    )
    return Description(transport=transport, sections=sections, session=session, mixed=True)


def sending(slot: DownSlot, codecs: Sequence[Codec]) -> Section:
    """The section in which we offer to send what the slot carries."""
    audio = slot.kind == "audio"
    section = Section(
        kind="audio" if audio else "video",
        mid=slot.mid,
        direction="sendonly",
        codecs=tuple(codecs),
        extensions=known.AUDIO_EXTENSIONS if audio else known.VIDEO_EXTENSIONS,
    )
    return _with_sources(section, slot)


def _with_sources(section: Section, slot: DownSlot) -> Section:
    """With what is told of the streams that we send in it."""
    again = slot.rtx_ssrc is not None and any(known.named(section.codecs, "rtx"))
    pairs = ((slot.ssrc, slot.rtx_ssrc),) if again and slot.rtx_ssrc is not None else ()
    return replace(
        section,
        ssrcs=(slot.ssrc, *(rtx for _, rtx in pairs)),
        retransmissions=pairs,
        cname=slot.stream,
        stream=slot.stream,
    )


def accepted(section: Section) -> Accepted:
    """What the other side takes in a section that it receives: of an answer to our offer, or of a
    player's own offer."""
    if section.rejected or section.direction not in ("recvonly", "sendrecv"):
        return Accepted(codecs={})
    audio = section.kind == "audio"
    found: dict[str, tuple[int, int | None]] = {}
    chosen = _usable(section)
    for name, codec in chosen.items():
        rtx = None if audio else known.rtx_of(section.codecs, codec)
        found[name] = (codec.payload_type, rtx.payload_type if rtx else None)
    red = known.red_of(section.codecs, chosen["opus"]) if "opus" in chosen else None
    counted = any(TRANSPORT_CC in codec.feedback for codec in chosen.values())
    return Accepted(
        codecs=found,
        level_id=extension_id(section, AUDIO_LEVEL, "recvonly") if audio else None,
        send_time_id=extension_id(section, ABS_SEND_TIME, "recvonly"),
        mid_id=extension_id(section, MID, "recvonly"),
        twcc_id=extension_id(section, TRANSPORT_WIDE, "recvonly") if counted else None,
        delay_id=None if audio else extension_id(section, PLAYOUT_DELAY, "recvonly"),
        red=red.payload_type if red else None,
    )


def _usable(section: Section) -> dict[str, Codec]:
    """Of each codec that we may send the form to send it in."""
    names = ("opus",) if section.kind == "audio" else VIDEO_CODECS
    picked = ((name, known.pick(section.codecs, (name,))) for name in names)
    return {name: codec for name, codec in picked if codec is not None}


def answer_play(
    offer: Description, transport: Transport, slots: Sequence[DownSlot], session: int = 1
) -> tuple[Description, list[tuple[str, str, Accepted]]]:
    """The server's answer to a player (WHEP): its first audio and first video section get the
    first slot of their kind, all others are rejected. With it mid, kind and what was agreed for
    each section that is fed; a slot's own mid is of no account. Raises SdpError when none is."""
    sources: dict[str, DownSlot] = {}
    for slot in slots:
        sources.setdefault(slot.kind, slot)
    chosen = used(offer, ("recvonly", "sendrecv"))
    agreed: list[tuple[str, str, Accepted]] = []
    sections = []
    for section in offer.sections:
        source = sources.get(section.kind) if chosen.get(section.kind) is section else None
        what = accepted(section)
        if source is None or not what.codecs:
            sections.append(rejection(section))
            continue
        agreed.append((section.mid, section.kind, what))
        sections.append(_playing(section, what, source))
    if not agreed:
        raise SdpError("the offer can receive none of Opus, VP8, H.264, VP9 and AV1")
    answer = Description(
        transport=answering(offer, transport),
        sections=tuple(sections),
        session=session,
        mixed=offer.mixed,
    )
    return answer, agreed


def _playing(section: Section, what: Accepted, slot: DownSlot) -> Section:
    taken = {number for pair in what.codecs.values() for number in pair} | {what.red}
    audio = section.kind == "audio"
    feedback = known.feedback(section.kind, counted=what.twcc_id is not None)
    answer = Section(
        kind=section.kind,
        mid=section.mid,
        direction="sendonly",
        codecs=tuple(
            known.with_feedback(codec, feedback)
            for codec in section.codecs
            if codec.payload_type in taken
        ),
    )
    wanted = _EXTENSIONS | {AUDIO_LEVEL} if audio else _EXTENSIONS
    return _with_sources(with_extensions(answer, section, wanted, "recvonly"), slot)
