"""The slots of a down connection: made from a plan, offered, and agreed with what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vicon.media.sfu.consumer import AudioConsumer, Consumer
from vicon.media.sfu.picture import VideoConsumer
from vicon.media.sfu.retransmit import Retransmissions
from vicon.media.sfu.subscriber import SlotKey, Subscriber
from vicon.ports import Slot, SlotPlan
from vicon.rtc import negotiate, sdp


def make_slots(
    plan: Sequence[SlotPlan], send: Callable[[bytes], None], randbits: Callable[[int], int]
) -> dict[SlotKey, Consumer]:
    """A consumer for each; none of them fed yet. `randbits`: secrets.randbits."""
    return {(slot.room, slot.kind): _consumer(slot, send, randbits) for slot in plan}


def _consumer(
    slot: SlotPlan, send: Callable[[bytes], None], randbits: Callable[[int], int]
) -> Consumer:
    ssrc = randbits(32) | 1
    if slot.kind == "audio":
        return AudioConsumer(
            ssrc=ssrc,
            types={"opus": (negotiate.OPUS_TYPE, None)},
            clock_rate=negotiate.OPUS_RATE,
            first_sequence=randbits(15),
            send=send,
        )
    return VideoConsumer(
        ssrc=ssrc,
        types={"vp8": (negotiate.VP8_TYPE, negotiate.RTX_TYPE)},
        clock_rate=negotiate.VIDEO_RATE,
        first_sequence=randbits(15),
        send=send,
        again=Retransmissions(randbits(32) | 1, randbits(15)),
    )


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
            types, extensions=known is not None, sent=subscriber.link.sent if wide else None
        )


def _stream(room: str) -> str:
    """A room code as a stream id: only characters that an SDP token may hold (RFC 8830)."""
    return "room-" + "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "_" for c in room)
