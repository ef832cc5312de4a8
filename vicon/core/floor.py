"""The floor: which room is on air, which one is next, and the queue of raised hands."""

from __future__ import annotations

from vicon.core import alarms, mics
from vicon.core import commands as do
from vicon.core import commands_ceremony as ceremony
from vicon.core.events import (
    Event,
    FloorChanged,
    FloorUndone,
    HandsChanged,
    MicChanged,
    NextChanged,
)
from vicon.core.evolve import evolve
from vicon.core.model import Conference, FloorChange
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub, main_device, present


def next_after(state: Conference, code: str) -> str | None:
    """Who follows `code` in the floor's order: the next present room, else simply the next one;
    round the end; never `code` itself (None when there is no other room)."""
    order = [room.code for room in state.plan.rooms]
    place = order.index(code) + 1
    following = order[place:] + order[: place - 1]
    ready = (other for other in following if present(state, other))
    return next(ready, following[0] if following else None)


def handover(state: Conference, to: str | None, hands: tuple[str, ...]) -> FloorChanged:
    """The floor goes to a room, or back to the hub (None), with `hands` as the queue afterwards.

    The microphone of the new room opens if its operator agreed; that of the old one closes again
    under a lock.
    """
    changed: dict[str, bool] = {}
    old = state.floor
    if old is not None and state.rooms[old].mic and mics.locked(state, old):
        changed[old] = False
    if to is not None and state.rooms[to].consent and not state.rooms[to].mic:
        changed[to] = True
    following = state.next if to is None else next_after(state, to)
    return FloorChanged(room=to, next=following, hands=list(hands), mics=changed)


def give(state: Conference, asker: Who, command: do.GiveFloor, now: int) -> Outcome:
    code = command.room
    if is_hub(state, code):
        return _back(state)
    if not present(state, code):
        return Refused("room_absent", {"room": state.rooms[code].plan.name})
    if state.floor == code:
        return lowered(state, code)
    if alarms.refuses_floor(state, code):
        return Refused("room_over", {"room": state.rooms[code].plan.name})
    return [handover(state, code, tuple(hand for hand in state.hands if hand != code))]


def take(state: Conference, asker: Who, command: do.TakeFloor, now: int) -> Outcome:
    return _back(state)


def _back(state: Conference) -> Outcome:
    return [] if state.floor is None else [handover(state, None, state.hands)]


def cue(state: Conference, asker: Who, command: do.CueRoom, now: int) -> Outcome:
    """Name who comes next, present or not yet; the hub and the room on air are never next."""
    if is_hub(state, command.room):
        return Refused("not_allowed")
    if command.room in (state.next, state.floor):
        return []
    return [NextChanged(room=command.room)]


def undo(state: Conference, asker: Who, command: do.UndoFloor, now: int) -> Outcome:
    """Back to before the last change: floor, next, the hand and the microphones it touched."""
    change = state.floor_change
    if change is None:
        return Refused("nothing_to_undo")
    if now - change.at > state.plan.policy.undo_ms:
        return Refused("undo_too_late")
    return undone(state, now)


def undone(state: Conference, now: int) -> Outcome:
    """What takes the last change of the floor back; there is one."""
    change = state.floor_change
    assert change is not None
    if change.floor is not None and main_device(state, change.floor) is None:
        return Refused("room_absent", {"room": state.rooms[change.floor].plan.name})
    undone: list[Event] = [FloorUndone()]
    hands = _hands_before(state, change)
    if hands != change.hands:
        undone.append(HandsChanged(hands=list(hands)))
    return undone + _closed_again(state, now)


def _hands_before(state: Conference, change: FloorChange) -> tuple[str, ...]:
    """Today's queue with the hand that the change lowered back in its place: hands raised or
    lowered since then stay as their rooms left them."""
    code = state.floor
    if code is None or code not in change.hands or code in state.hands:
        return state.hands
    before = change.hands[: change.hands.index(code)]
    place = sum(hand in before for hand in state.hands)
    return (*state.hands[:place], code, *state.hands[place:])


def _closed_again(state: Conference, now: int) -> list[Event]:
    """A lock may have come since: the room that loses the floor does not stay open under it."""
    after = evolve(state, FloorUndone(), now)
    code = state.floor
    if code is None or not after.rooms[code].mic or not mics.locked(after, code):
        return []
    return [MicChanged(room=code, on=False)]


def raise_hand(state: Conference, asker: Who, command: do.RaiseHand, now: int) -> Outcome:
    if is_hub(state, command.room):
        return Refused("not_allowed")
    if command.room in state.hands:
        return []
    return [HandsChanged(hands=[*state.hands, command.room])]


def move_hand(state: Conference, asker: Who, command: ceremony.MoveHand, now: int) -> Outcome:
    if command.room not in state.hands:
        return []
    others = [hand for hand in state.hands if hand != command.room]
    place = max(0, min(len(others), command.place - 1))
    hands = [*others[:place], command.room, *others[place:]]
    return [] if tuple(hands) == state.hands else [HandsChanged(hands=hands)]


def lower_hand(state: Conference, asker: Who, command: do.LowerHand, now: int) -> Outcome:
    return lowered(state, command.room)


def lowered(state: Conference, code: str) -> list[Event]:
    """The queue without this room's hand."""
    if code not in state.hands:
        return []
    return [HandsChanged(hands=[hand for hand in state.hands if hand != code])]
