"""Who offers and answers what on a leg of a trial call. Pure.

Unlike the session's connections, a leg carries both ways at once and every packet has a
transport-wide number, so that each loss on the line is seen, repaired or not.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from vicon.rtc.description import MIRROR, Codec, Description, SdpError, Section, Transport
from vicon.rtc.negotiate import (
    OPUS_RATE,
    OPUS_TYPE,
    RTX_TYPE,
    VIDEO_RATE,
    VP8_TYPE,
    Choice,
    choose,
)
from vicon.rtc.rtp import ABS_SEND_TIME, MID, TRANSPORT_WIDE
from vicon.rtc.sections import rejection

LegKind = Literal["call", "path", "load"]
PINNED_KBPS = 7000
"""The noise picture of a load is asked for at this rate, whatever the line says."""
_PINNED = (
    f"x-google-min-bitrate={PINNED_KBPS};x-google-start-bitrate={PINNED_KBPS};"
    f"x-google-max-bitrate={PINNED_KBPS + 1000}"
)
_STREAM = "trial"
_KNOWN = frozenset((ABS_SEND_TIME, MID, TRANSPORT_WIDE))
_AUDIO_FEEDBACK = ("transport-cc",)
_VIDEO_FEEDBACK = ("nack", "nack pli", "ccm fir", "transport-cc")
_EXTENSIONS = ((2, ABS_SEND_TIME), (3, MID), (4, TRANSPORT_WIDE))
_OPUS = Codec(OPUS_TYPE, "opus", OPUS_RATE, 2, "minptime=10;useinbandfec=1", _AUDIO_FEEDBACK)
_VP8 = Codec(VP8_TYPE, "VP8", VIDEO_RATE, 1, "", _VIDEO_FEEDBACK)
_RTX = Codec(RTX_TYPE, "rtx", VIDEO_RATE, 1, f"apt={VP8_TYPE}")


class Ssrcs(Struct, frozen=True, kw_only=True):
    """With which one end sends."""

    audio: int
    video: int
    rtx: int


class TrialMedia(Struct, frozen=True, kw_only=True):
    """What was agreed for a leg. A choice's SSRCs are the other end's."""

    audio: Choice | None
    video: Choice | None
    ssrcs: Ssrcs


def answer_trial(
    offer: Description, transport: Transport, kind: LegKind, ssrcs: Ssrcs, session: int = 1
) -> tuple[Description, TrialMedia]:
    """The server's answer to a station. Raises SdpError when nothing is left that can be used."""
    sections: list[Section] = []
    chosen: dict[str, Choice] = {}
    for section in offer.sections:
        if section.rejected or section.kind == "application" or section.kind in chosen:
            sections.append(rejection(section))
            continue
        chosen[section.kind] = choose(section)
        sections.append(_answer(section, chosen[section.kind], kind, ssrcs))
    if not chosen:
        raise SdpError("nothing is offered that could be used for a trial")
    media = TrialMedia(audio=chosen.get("audio"), video=chosen.get("video"), ssrcs=ssrcs)
    return Description(transport=transport, sections=tuple(sections), session=session), media


def _answer(section: Section, choice: Choice, kind: LegKind, ssrcs: Ssrcs) -> Section:
    if kind == "load":
        codec = replace(choice.codec, parameters=_PINNED, feedback=())
        return Section(kind=section.kind, mid=section.mid, direction="recvonly", codecs=(codec,))
    direction = MIRROR[section.direction]
    sends = direction in ("sendrecv", "sendonly")
    audio = section.kind == "audio"
    feedback = _AUDIO_FEEDBACK if audio else _VIDEO_FEEDBACK
    offered = frozenset(choice.codec.feedback)
    codec = replace(choice.codec, feedback=tuple(wish for wish in feedback if wish in offered))
    codecs = (codec, replace(choice.rtx, feedback=())) if choice.rtx else (codec,)
    answer = Section(
        kind=section.kind,
        mid=section.mid,
        direction=direction,
        codecs=codecs,
        extensions=tuple((n, uri) for n, uri in section.extensions if uri in _KNOWN and n < 15),
    )
    return _sending(answer, ssrcs, rtx=choice.rtx is not None) if sends else answer


def _sending(section: Section, ssrcs: Ssrcs, *, rtx: bool = True) -> Section:
    """With what is told of the streams that we send in it."""
    section = replace(section, cname=_STREAM, stream=_STREAM)
    if section.kind == "audio":
        return replace(section, ssrcs=(ssrcs.audio,))
    if not rtx:
        return replace(section, ssrcs=(ssrcs.video,))
    both = (ssrcs.video, ssrcs.rtx)
    return replace(section, ssrcs=both, retransmissions=(both,))


def offer_trial(transport: Transport, ssrcs: Ssrcs, session: int = 1) -> Description:
    """A program's offer of a call: section 0 sound, section 1 picture, both ways."""
    audio = Section(
        kind="audio", mid="0", direction="sendrecv", codecs=(_OPUS,), extensions=_EXTENSIONS
    )
    video = Section(
        kind="video", mid="1", direction="sendrecv", codecs=(_VP8, _RTX), extensions=_EXTENSIONS
    )
    sections = (_sending(audio, ssrcs), _sending(video, ssrcs))
    return Description(transport=transport, sections=sections, session=session)


def offer_path(transport: Transport, session: int = 1) -> Description:
    """A program's offer of a connection that carries nothing."""
    audio = Section(kind="audio", mid="0", direction="recvonly", codecs=(_OPUS,))
    return Description(transport=transport, sections=(audio,), session=session)


def agreed_trial(answer: Description, ssrcs: Ssrcs) -> TrialMedia:
    """What the server took of `offer_trial`. Raises SdpError when it took one kind alone."""
    taken = {s.kind: choose(s) for s in answer.sections if not s.rejected}
    if not {"audio", "video"} <= taken.keys():
        raise SdpError("the server does not take sound and picture")
    return TrialMedia(audio=taken["audio"], video=taken["video"], ssrcs=ssrcs)
