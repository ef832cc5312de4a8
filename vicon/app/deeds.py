"""What one desk does, told to the others: two moderators at work see each other's hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from signaling import messages as wire
from vicon.core.events import Event
from vicon.core.events_ceremony import RundownMoved
from vicon.core.model import Actor, Conference
from vicon.core.rundown import item_of


def deed(
    state: Conference, actor: Actor, body: wire.CommandBody, events: Sequence[Event], at: int
) -> wire.Deed | None:
    """`state`: after the act that led to `events`, or later. None: the others see it well enough,
    nothing came of it, or it was no desk's."""
    words = _TOLD.get(type(body))
    if words is None or not events or actor.role not in ("moderator", "technician"):
        return None
    return wire.Deed(
        at=at,
        by=actor.name,
        act=str(body.__struct_config__.tag),
        room=_room(state, body),
        what=words(state, body, events),
        on=getattr(body, "on", None),
    )


def _room(state: Conference, body: Struct) -> str | None:
    """Of a device its room; one that was removed has none any more."""
    room: str | None = getattr(body, "room", None)
    device = state.devices.get(getattr(body, "device", ""))
    return device.room if device is not None else room


_Words = Callable[[Conference, Struct, Sequence[Event]], str]


def _nothing(state: Conference, body: Struct, events: Sequence[Event]) -> str:
    return ""


def _field(name: str) -> _Words:
    def words(state: Conference, body: Struct, events: Sequence[Event]) -> str:
        value = getattr(body, name)
        return "" if value is None else str(value)

    return words


def _begun(state: Conference, body: Struct, events: Sequence[Event]) -> str:
    moved = next((event for event in events if isinstance(event, RundownMoved)), None)
    return _title(state, moved.item if moved is not None else None)


def _skipped(state: Conference, body: Struct, events: Sequence[Event]) -> str:
    return _title(state, getattr(body, "item", None))


def _current(state: Conference, body: Struct, events: Sequence[Event]) -> str:
    return _title(state, state.rundown.current)


def _title(state: Conference, id: str | None) -> str:
    item = item_of(state.rundown, id)
    return item.title if item is not None else ""


def _presented(state: Conference, body: Struct, events: Sequence[Event]) -> str:
    """Screen or documents."""
    shown = state.presentation
    return shown.kind if shown is not None else ""


_TOLD: dict[type[Struct], _Words] = {
    wire.RundownAdvance: _begun,
    wire.RundownUndo: _current,
    wire.RundownSkip: _skipped,
    wire.RundownPause: _nothing,
    wire.RundownEdit: _nothing,
    wire.FloorGive: _nothing,
    wire.FloorTake: _nothing,
    wire.FloorCue: _nothing,
    wire.FloorUndo: _nothing,
    wire.HandLower: _nothing,
    wire.HandMove: _nothing,
    wire.MicMute: _nothing,
    wire.MicAsk: _nothing,
    wire.MicMuteAll: _nothing,
    wire.MicLock: _nothing,
    wire.SpotlightBeside: _nothing,
    wire.SpotlightPin: _nothing,
    wire.SpotlightBlack: _nothing,
    wire.PresentationShow: _presented,
    wire.PresentationEnd: _nothing,
    wire.RollMark: _field("status"),
    wire.RollTake: _nothing,
    wire.CueSend: _field("text"),
    wire.CueWithdraw: _nothing,
    wire.AnnounceSet: _nothing,
    wire.HelpAnswer: _nothing,
    wire.PactEdit: _nothing,
    wire.PactShow: _field("point"),
    wire.PactOpen: _nothing,
    wire.PactStrike: _nothing,
    wire.PactName: _field("name"),
    wire.PactUnname: _nothing,
    wire.PactWitnesses: _nothing,
    wire.CountAllow: _field("limit"),
    wire.CountAcknowledge: _field("reason"),
    wire.CountAskReduce: _nothing,
    wire.ReadinessOverride: _nothing,
    wire.FallbackPin: _field("level"),
    wire.DeviceAdmit: _nothing,
    wire.DeviceRemove: _nothing,
    wire.PhaseSet: _field("phase"),
    wire.RecordingStart: _nothing,
    wire.RecordingStop: _nothing,
    wire.BroadcastStart: _nothing,
    wire.BroadcastStop: _nothing,
}
