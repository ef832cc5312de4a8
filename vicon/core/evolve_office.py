"""What the organizer's events make of the state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from msgspec.structs import replace

from vicon.core import events_office as ev
from vicon.core.ceremony import Rundown
from vicon.core.events import Event
from vicon.core.model import Conference, Plan, Room, RoomPlan
from vicon.core.pactwords import Pact


def _plan(state: Conference, event: ev.PlanChanged, at: int) -> Conference:
    """All that speaks of a room which is no more is forgotten, and what could be taken back too."""
    plan = event.plan
    rooms = {room.code: _room(state.rooms.get(room.code), room) for room in (plan.hub, *plan.rooms)}
    halls = {room.code for room in plan.rooms}
    return replace(
        state,
        plan=plan,
        rooms=rooms,
        room_sets=state.room_sets + (set(rooms) != set(state.rooms)),
        floor=_known(state.floor, halls),
        next=_known(state.next, halls),
        beside=_known(state.beside, rooms),
        pinned=_known(state.pinned, rooms),
        hands=tuple(code for code in state.hands if code in halls),
        roll={code: mark for code, mark in state.roll.items() if code in halls},
        cues=tuple(cue for cue in state.cues if cue.room is None or cue.room in rooms),
        rundown=_rundown(state, plan, rooms),
        pact=_pact(state, plan, halls),
        point=state.point if plan.pact == state.plan.pact else 0,
        floor_change=None,
        rundown_change=None,
    )


def _known(code: str | None, codes: Collection[str]) -> str | None:
    return code if code in codes else None


def _room(old: Room | None, plan: RoomPlan) -> Room:
    """An allowance beyond the cap stays as long as it is one."""
    if old is None:
        return Room(plan=plan, limit=plan.cap)
    allowed = old.limit > max(old.plan.cap, plan.cap)
    limit, reason = (old.limit, old.limit_reason) if allowed else (plan.cap, "")
    return replace(old, plan=plan, limit=limit, limit_reason=reason)


def _rundown(state: Conference, plan: Plan, rooms: Collection[str]) -> Rundown:
    old = state.rundown
    if plan.rundown != state.plan.rundown:
        return replace(old, items=plan.rundown, version=old.version + 1)
    items = tuple(
        item if item.room is None or item.room in rooms else replace(item, room=None)
        for item in old.items
    )
    return old if items == old.items else replace(old, items=items, version=old.version + 1)


def _pact(state: Conference, plan: Plan, halls: Collection[str]) -> Pact:
    old = state.pact
    changed = plan.pact != state.plan.pact
    document = plan.pact if changed else old.document
    return replace(
        old,
        document=document,
        open=old.open and document is not None,
        signatories={code: who for code, who in old.signatories.items() if code in halls},
        witnesses={code: who for code, who in old.witnesses.items() if code in halls},
    )


def _archived(state: Conference, event: ev.ConferenceArchived, at: int) -> Conference:
    return replace(state, archived=True)


def _restored(state: Conference, event: ev.ConferenceRestored, at: int) -> Conference:
    return replace(state, archived=False)


def _noted(state: Conference, event: Event, at: int) -> Conference:
    """For the record: who may come in is in the book of links."""
    return state


EVOLVERS: Mapping[type[Event], Callable[[Conference, Any, int], Conference]] = {
    ev.PlanChanged: _plan,
    ev.ConferenceArchived: _archived,
    ev.ConferenceRestored: _restored,
    ev.LinksIssued: _noted,
    ev.LinkRevoked: _noted,
    ev.LinkExpiryChanged: _noted,
    ev.LinkReleased: _noted,
}
