"""What the server answers to those who send: up connections of devices, WHIP. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from vicon.rtc import codecs as known
from vicon.rtc.codecs import TRANSPORT_CC, VIDEO_CODECS
from vicon.rtc.description import Codec, Description, Direction, Rid, SdpError, Section, Transport
from vicon.rtc.rtp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    DEPENDENCY_DESCRIPTOR,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_WIDE,
)
from vicon.rtc.sections import answering, extension_id, rejection, used, with_extensions

LAYERS = ("q", "h", "f")
"""Rids of our own clients, lowest first: a quarter, a half, the full size."""
MAX_LAYERS = 3
_SENT: tuple[Direction, ...] = ("sendonly", "sendrecv")


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


def choose(
    section: Section, prefer: Sequence[str] = ("vp8",), way: Direction | None = None
) -> Choice:
    """The codecs and numbers to use in a section that the other side described: Opus, or the
    first of the preferred video codecs. Of header extensions only those that go this `way`, as
    the other side sees it. Raises SdpError when it has none of the codecs."""
    audio = section.kind == "audio"
    wanted = ("opus",) if audio else prefer
    codec = known.pick(section.codecs, wanted)
    if codec is None:
        raise SdpError(f"section {section.mid} does not offer {' or '.join(wanted)}")
    retransmissions = dict(section.retransmissions)
    copies = set(retransmissions.values())
    ssrc = next((number for number in section.ssrcs if number not in copies), None)
    return Choice(
        mid=section.mid,
        kind=section.kind,
        codec=codec,
        rtx=known.rtx_of(section.codecs, codec),
        ssrc=ssrc,
        rtx_ssrc=retransmissions.get(ssrc) if ssrc is not None else None,
        level_id=extension_id(section, AUDIO_LEVEL, way) if audio else None,
        send_time_id=extension_id(section, ABS_SEND_TIME, way) if not audio else None,
        mid_id=extension_id(section, MID, way),
        twcc_id=extension_id(section, TRANSPORT_WIDE, way),
    )


def choose_layers(section: Section) -> Choice:
    """As `choose`, of what a server answered to an offer with simulcast: with the rids that it
    receives, in its order; none where it declines. Raises SdpError."""
    return replace(
        choose(section),
        rids=section.simulcast_recv,
        rid_id=extension_id(section, RID),
        repaired_id=extension_id(section, REPAIRED_RID),
    )


def answer_publish(
    offer: Description,
    transport: Transport,
    session: int = 1,
    prefer: Sequence[str] = VIDEO_CODECS,
) -> tuple[Description, list[Choice]]:
    """The server's answer to an up connection: the first audio and the first video section that
    send are received, all others rejected. Simulcast is taken where it is offered, and of the
    video codecs the first of `prefer`. Raises SdpError when nothing is left."""
    chosen = used(offer, _SENT)
    sections, choices = [], []
    for section in offer.sections:
        if chosen.get(section.kind) is not section:
            sections.append(rejection(section))
            continue
        choice = _with_layers(section, _up_choice(section, prefer))
        choices.append(choice)
        sections.append(_up_answer(section, choice))
    answer = Description(
        transport=answering(offer, transport),
        sections=tuple(sections),
        session=session,
        mixed=offer.mixed,
    )
    return answer, choices


def _up_choice(section: Section, prefer: Sequence[str]) -> Choice:
    choice = choose(section, prefer, "sendonly")
    if TRANSPORT_CC not in choice.codec.feedback:
        choice = replace(choice, twcc_id=None)
    if section.kind == "audio":
        return replace(choice, rtx=None, red=known.red_of(section.codecs, choice.codec))
    if choice.codec.name.lower() != "av1":
        return choice
    return replace(choice, dependency_id=extension_id(section, DEPENDENCY_DESCRIPTOR, "sendonly"))


def _with_layers(section: Section, choice: Choice) -> Choice:
    """The choice with its simulcast encodings, lowest first where the names tell which that is."""
    if section.kind == "audio":
        return choice
    names = _offered_rids(section, choice.codec)
    group = section.simulcast_ssrcs[:MAX_LAYERS]
    rtx = dict(section.retransmissions)
    sources = [(ssrc, rtx.get(ssrc)) for ssrc in group]
    if not names and len(group) < 2:
        return choice
    if not names:  # simulcast as it was before rids: SSRCs alone, lowest first
        names = LAYERS[: len(group)]
    if len(sources) != len(names):
        sources = []
    if set(names) <= set(LAYERS):
        by_name = dict(zip(names, sources, strict=False))
        names = tuple(name for name in LAYERS if name in names)
        sources = [by_name[name] for name in names if name in by_name]
    ssrc, rtx_ssrc = sources[0] if sources else (None, None)
    return replace(
        choice,
        rids=names,
        rid_id=extension_id(section, RID, "sendonly"),
        repaired_id=extension_id(section, REPAIRED_RID, "sendonly"),
        layer_ssrcs=tuple(sources),
        ssrc=ssrc,
        rtx_ssrc=rtx_ssrc,
    )


def _offered_rids(section: Section, codec: Codec) -> tuple[str, ...]:
    """The rids that are sent in this codec, in the order of the offer; none without the header
    extension that tells them apart."""
    if extension_id(section, RID, "sendonly") is None:
        return ()
    fit = {r.name for r in section.rids if r.direction == "send" and _allows(r, codec)}
    return tuple(name for name in section.simulcast_send if name in fit)[:MAX_LAYERS]


def _allows(rid: Rid, codec: Codec) -> bool:
    """RFC 8851 section 5: a rid may name the payload types that it is for."""
    for part in rid.restrictions.split(";"):
        name, _, value = part.strip().partition("=")
        if name == "pt":
            return str(codec.payload_type) in [number.strip() for number in value.split(",")]
    return True


def _up_answer(section: Section, choice: Choice) -> Section:
    names = _offered_rids(section, choice.codec)
    wanted = {ABS_SEND_TIME, MID}
    if choice.level_id is not None:
        wanted.add(AUDIO_LEVEL)
    if choice.twcc_id is not None:
        wanted.add(TRANSPORT_WIDE)
    if choice.dependency_id is not None:
        wanted.add(DEPENDENCY_DESCRIPTOR)
    if names:
        wanted |= {RID, REPAIRED_RID}
    feedback = known.feedback(section.kind, counted=choice.twcc_id is not None)
    taken = {codec.payload_type for codec in (choice.codec, choice.rtx, choice.red) if codec}
    codecs = [
        known.with_feedback(codec, feedback)
        for codec in section.codecs
        if codec.payload_type in taken
    ]
    answer = Section(
        kind=section.kind,
        mid=section.mid,
        direction="recvonly",
        codecs=tuple(map(_as_we_receive, codecs)),
        rids=tuple(Rid(name, "recv") for name in names),
        simulcast_recv=names,
    )
    return with_extensions(answer, section, wanted, "sendonly")


def _as_we_receive(codec: Codec) -> Codec:
    """Opus as we like to get it; H.264 with the offer's mode, profile and level (RFC 6184 section
    8.2.2) without what speaks of the sender alone; the others as they are offered."""
    name = codec.name.lower()
    if name == "opus":
        return replace(codec, parameters=known.OPUS_PARAMETERS)
    if name == "h264":
        return replace(codec, parameters=known.h264_parameters(codec))
    return codec


def offered_codecs(offer: Description) -> frozenset[str]:
    """The video codecs, by name, that a publisher could be asked for."""
    sections = [s for s in offer.sections if s.kind == "video" and not s.rejected]
    return frozenset(
        name for name in VIDEO_CODECS for s in sections if known.pick(s.codecs, (name,)) is not None
    )
