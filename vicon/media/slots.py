"""The slots of a down connection: made from a plan, offered, and agreed with what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from vicon.media.fast.consumers import FastAudioConsumer, FastVideoConsumer
from vicon.media.fast.fan import FlightLink, Way
from vicon.media.sfu.consumer import Consumer
from vicon.media.sfu.picture import VideoConsumer
from vicon.media.sfu.retransmit import Retransmissions
from vicon.media.sfu.sound import AudioConsumer
from vicon.media.sfu.subscriber import SlotKey, Subscriber
from vicon.ports import Slot, SlotPlan
from vicon.rtc import codecs, negotiate, sdp
from vicon.rtc.negotiate import TRANSPORT_WIDE_ID
from vicon.rtc.rtp import PLAYOUT_DELAY, TRANSPORT_WIDE

MOST_ONE_BYTE_ID = 14
_ANY_ID = (PLAYOUT_DELAY, TRANSPORT_WIDE)
_OURS = {"audio": codecs.AUDIO_EXTENSIONS, "video": codecs.VIDEO_EXTENSIONS}


class Lane(NamedTuple):
    """The faster way to one receiver."""

    way: Way
    flight: FlightLink


def make_slots(
    plan: Sequence[SlotPlan],
    send: Callable[[bytes], None],
    randbits: Callable[[int], int],
    lane: Lane | None = None,
) -> dict[SlotKey, Consumer]:
    """A consumer for each; none of them fed yet. `randbits`: secrets.randbits. `lane`: where there
    is one."""
    return {(slot.room, slot.kind): _consumer(slot, send, randbits, lane) for slot in plan}


def _consumer(
    slot: SlotPlan,
    send: Callable[[bytes], None],
    randbits: Callable[[int], int],
    lane: Lane | None,
) -> Consumer:
    common: dict[str, Any] = {
        "ssrc": randbits(32) | 1,
        "first_sequence": randbits(15),
        "send": send,
    }
    if slot.kind == "audio":
        common["types"] = {"opus": (negotiate.OPUS_TYPE, None)}
        common["clock_rate"] = negotiate.OPUS_RATE
        return AudioConsumer(**common) if lane is None else FastAudioConsumer(*lane, **common)
    common["types"] = {"vp8": (negotiate.VP8_TYPE, negotiate.RTX_TYPE)}
    common["clock_rate"] = negotiate.VIDEO_RATE
    common["again"] = Retransmissions(randbits(32) | 1, randbits(15))
    return VideoConsumer(**common) if lane is None else FastVideoConsumer(*lane, **common)


def offered(slot: Slot, consumer: Consumer) -> negotiate.DownSlot:
    """The section that offers a slot."""
    rtx = consumer.again.ssrc if isinstance(consumer, VideoConsumer) else None
    return negotiate.DownSlot(
        mid=slot.mid,
        kind=slot.kind,
        stream=_stream(slot.room),
        ssrc=consumer.ssrc,
        rtx_ssrc=rtx,
    )


def agree(subscriber: Subscriber, slots: Sequence[Slot], answer: sdp.Description) -> None:
    """Take over what the receiver's answer says; slots that it refuses are dropped. Raises
    SdpError."""
    by_mid = {section.mid: section for section in answer.sections}
    agreed: dict[SlotKey, negotiate.Accepted | None] = {}
    for slot in slots:
        section = by_mid.get(slot.mid)
        gone = section is None or section.rejected or section.direction == "inactive"
        agreed[slot.room, slot.kind] = (
            None if section is None or gone else negotiate.accepted(section)
        )
    take_over(subscriber, agreed)


def answer_player(
    offer: sdp.Description,
    transport: sdp.Transport,
    plan: Sequence[SlotPlan],
    consumers: Mapping[SlotKey, Consumer],
    session: int,
) -> tuple[sdp.Description, dict[SlotKey, negotiate.Accepted | None]]:
    """The answer to a player's offer, and what it takes of each slot. Raises SdpError."""
    slots = [
        offered(Slot(mid="", room=s.room, kind=s.kind), consumers[s.room, s.kind]) for s in plan
    ]
    answer, fed = negotiate.answer_play(_sendable(offer), transport, slots, session)
    kinds = {kind: accepted for _, kind, accepted in fed}
    return answer, {(slot.room, slot.kind): kinds.get(slot.kind) for slot in plan}


def _sendable(offer: sdp.Description) -> sdp.Description:
    """With those header extensions alone to which it gives the number under which we send them;
    those of transport-wide feedback and playout delay may have any of one byte."""
    sections = tuple(
        replace(
            section,
            extensions=tuple(
                extension
                for extension in section.extensions
                if extension in _OURS.get(section.kind, ())
                or (extension[1] in _ANY_ID and extension[0] <= MOST_ONE_BYTE_ID)
            ),
        )
        for section in offer.sections
    )
    return replace(offer, sections=sections)


def take_over(subscriber: Subscriber, agreed: Mapping[SlotKey, negotiate.Accepted | None]) -> None:
    for key, accepted in agreed.items():
        consumer = subscriber.slots.get(key)
        if consumer is None:
            continue
        if accepted is None:
            subscriber.drop(key)
            continue
        types = dict(accepted.codecs)
        if accepted.red is not None:
            types["red"] = (accepted.red, None)
        known = accepted.send_time_id if consumer.video else accepted.level_id
        wide = accepted.twcc_id is not None
        subscriber.counted = subscriber.counted or wide
        consumer.agreed(
            types,
            extensions=known is not None,
            sent=subscriber.link.sent if wide else None,
            wide_id=accepted.twcc_id or TRANSPORT_WIDE_ID,
        )
        if isinstance(consumer, VideoConsumer) and accepted.delay_id is not None:
            consumer.knows_delay(accepted.delay_id)


def _stream(room: str) -> str:
    """A room code as a stream id: only characters that an SDP token may hold (RFC 8830)."""
    return "room-" + "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "_" for c in room)
