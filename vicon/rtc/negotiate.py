"""Who offers and answers what. An up connection is offered by the client, a down connection by the
server (negotiate_down.py), a player's by the player. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from vicon.rtc import codecs as known
from vicon.rtc.codecs import (
    ABS_SEND_TIME_ID,
    AUDIO_LEVEL_ID,
    MID_ID,
    OPUS_RATE,
    OPUS_TYPE,
    RED_TYPE,
    REPAIRED_ID,
    RID_ID,
    RTX_TYPE,
    TRANSPORT_CC,
    TRANSPORT_WIDE_ID,
    VIDEO_CODECS,
    VIDEO_RATE,
    VP8_TYPE,
)
from vicon.rtc.description import Codec, Description, Rid, Section, Transport
from vicon.rtc.negotiate_down import (
    Accepted,
    DownSlot,
    accepted,
    answer_play,
    offer_subscribe,
    sending,
)
from vicon.rtc.negotiate_up import (
    LAYERS,
    Choice,
    answer_publish,
    choose,
    choose_layers,
    offered_codecs,
)
from vicon.rtc.rtp import ABS_SEND_TIME, AUDIO_LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_WIDE
from vicon.rtc.sections import answer_setup, answering, rejection, with_extensions

__all__ = [
    "ABS_SEND_TIME_ID",
    "AUDIO_LEVEL_ID",
    "LAYERS",
    "MID_ID",
    "OPUS_RATE",
    "OPUS_TYPE",
    "RED_TYPE",
    "REPAIRED_ID",
    "RID_ID",
    "RTX_TYPE",
    "TRANSPORT_WIDE_ID",
    "VIDEO_CODECS",
    "VIDEO_RATE",
    "VP8_TYPE",
    "Accepted",
    "Choice",
    "DownSlot",
    "accepted",
    "answer_play",
    "answer_publish",
    "answer_setup",
    "answer_subscribe",
    "choose",
    "choose_layers",
    "offer_publish",
    "offer_subscribe",
    "offered_codecs",
]


def answer_subscribe(
    offer: Description,
    transport: Transport,
    session: int = 1,
    take: Sequence[str] = ("opus", "vp8"),
    *,
    twcc: bool = False,
) -> Description:
    """A client's answer to a down connection: receive, in the codecs of `take` ("red" too can be
    taken). `twcc`: it numbers and reports every packet that comes (else it will get REMB)."""
    sections = []
    for section in offer.sections:
        codecs = _taken(section, take) if section.kind != "application" else []
        if section.rejected or not codecs:
            sections.append(rejection(section))
            continue
        wanted = {ABS_SEND_TIME, AUDIO_LEVEL, MID} | ({TRANSPORT_WIDE} if twcc else set())
        feedback = known.feedback(section.kind, counted=twcc)
        answer = Section(
            kind=section.kind,
            mid=section.mid,
            direction="recvonly",
            codecs=tuple(known.with_feedback(codec, feedback) for codec in codecs),
        )
        sections.append(with_extensions(answer, section, wanted, "sendonly"))
    return Description(
        transport=answering(offer, transport),
        sections=tuple(sections),
        session=session,
        mixed=offer.mixed,
    )


def _taken(section: Section, take: Sequence[str]) -> list[Codec]:
    picked = [c for name in take if name != "red" and (c := known.pick(section.codecs, (name,)))]
    more: list[Codec | None] = [known.rtx_of(section.codecs, codec) for codec in picked]
    if "red" in take and picked:
        more.append(known.red_of(section.codecs, picked[0]))
    numbers = {codec.payload_type for codec in [*picked, *more] if codec}
    return [codec for codec in section.codecs if codec.payload_type in numbers]


def offer_publish(
    transport: Transport,
    audio_ssrc: int,
    video_ssrc: int,
    rtx_ssrc: int,
    stream: str = "vicon",
    session: int = 1,
    rids: Sequence[str] = (),
    *,
    twcc: bool = False,
) -> Description:
    """A client's offer of an up connection: section 0 audio, section 1 video, in VP8. With `rids`
    (simulcast) the video's SSRCs are not told: the rid of each packet says what it belongs to.
    `twcc`: it numbers every packet that it sends."""
    audio = sending(DownSlot(mid="0", kind="audio", stream=stream, ssrc=audio_ssrc), (known.OPUS,))
    video = sending(
        DownSlot(mid="1", kind="video", stream=stream, ssrc=video_ssrc, rtx_ssrc=rtx_ssrc),
        known.VP8_CODECS,
    )
    if rids:
        video = replace(
            video,
            extensions=(*video.extensions, (RID_ID, RID), (REPAIRED_ID, REPAIRED_RID)),
            rids=tuple(Rid(name, "send") for name in rids),
            simulcast_send=tuple(rids),
            ssrcs=(),
            retransmissions=(),
        )
    sections = (audio, video) if twcc else (_uncounted(audio), _uncounted(video))
    return Description(transport=transport, sections=sections, session=session)


def _uncounted(section: Section) -> Section:
    """Without transport-wide numbers."""
    return replace(
        section,
        codecs=tuple(
            replace(codec, feedback=tuple(w for w in codec.feedback if w != TRANSPORT_CC))
            for codec in section.codecs
        ),
        extensions=tuple(pair for pair in section.extensions if pair[1] != TRANSPORT_WIDE),
    )
