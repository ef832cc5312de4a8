"""A conference's plan after its beginning: changed while nobody has opened the session, put away,
brought back; and what the journal notes of its links."""

from __future__ import annotations

from vicon.core import commands_office as do
from vicon.core import mics
from vicon.core.events import Event, NextChanged
from vicon.core.events_office import (
    ConferenceArchived,
    ConferenceRestored,
    LinkExpiryChanged,
    LinkReleased,
    LinkRevoked,
    LinksIssued,
    PlanChanged,
)
from vicon.core.evolve import evolve
from vicon.core.model import Conference, Plan, Room
from vicon.core.presence import departures
from vicon.core.refusals import Outcome, Refused, Who


def change(state: Conference, asker: Who, command: do.ChangePlan, now: int) -> Outcome:
    """Before the session is live. A room in which somebody is, or has signed, stays; a rundown that
    has begun and a pact that was signed stay as they are."""
    old, plan = state.plan, command.plan
    if plan == old:
        return []
    if plan.id != old.id:
        return Refused("not_allowed")
    if state.phase not in ("draft", "lobby"):
        return Refused("plan_fixed")
    if plan.rundown != old.rundown and state.rundown.runs:
        return Refused("rundown_begun")
    if plan.pact != old.pact and any(not one.struck_by for one in state.pact.signatures):
        return Refused("pact_signed")
    for code in _displaced(old, plan):
        if _in_use(state, code):
            return Refused("room_in_use", {"room": state.rooms[code].plan.name})
    changed = PlanChanged(plan=plan)
    after = evolve(state, changed, now)
    return [changed, *_next(state, after), *_locks(state, after)]


def _displaced(old: Plan, new: Plan) -> list[str]:
    """Rooms that are no more, and those that are the hub no more, or become it."""
    kept = {room.code for room in (new.hub, *new.rooms)}
    gone = [room.code for room in (old.hub, *old.rooms) if room.code not in kept]
    if old.hub.code == new.hub.code:
        return gone
    known = {room.code for room in (old.hub, *old.rooms)}
    return list(dict.fromkeys([*gone, old.hub.code, *({new.hub.code} & known)]))


def _in_use(state: Conference, code: str) -> bool:
    room: Room = state.rooms[code]
    devices = any(code in (device.room, device.plays) for device in state.devices.values())
    persons = any(one.present for one in room.attendance.values())
    return devices or persons or any(one.room == code for one in state.pact.signatures)


def _next(before: Conference, after: Conference) -> list[Event]:
    """Who comes first, as at the beginning of a conference, unless a moderator chose another."""
    first = before.plan.rooms[0].code
    chosen = after.next is not None and before.next != first
    free = [room.code for room in after.plan.rooms if room.code != after.floor]
    if chosen or not free or free[0] == after.next:
        return []
    return [NextChanged(room=free[0])]


def _locks(before: Conference, after: Conference) -> list[Event]:
    """As the policy says where it changed; a lock that stands covers the rooms that are new."""
    wanted = after.plan.policy.mute_lock
    if wanted == before.plan.policy.mute_lock or wanted == after.mic_lock:
        halls = {room.code for room in before.plan.rooms}
        return mics.closing(
            after, [c for c in after.rooms if c not in halls and mics.locked(after, c)]
        )
    return mics.lock_events(after, None, on=wanted)


def archive(state: Conference, asker: Who, command: do.ArchiveConference, now: int) -> Outcome:
    """Everybody leaves, and nobody comes in any more. Not while the session is live."""
    if state.phase == "live":
        return Refused("conference_live")
    return [*departures(state, tuple(state.devices), "archived", now), ConferenceArchived()]


def restore(state: Conference, asker: Who, command: do.RestoreConference, now: int) -> Outcome:
    return [ConferenceRestored()] if state.archived else []


def note_links(state: Conference, asker: Who, command: do.NoteLinks, now: int) -> Outcome:
    return [LinksIssued(links=list(command.links))] if command.links else []


def revoke(state: Conference, asker: Who, command: do.RevokeLink, now: int) -> Outcome:
    """Who came with the link leaves at once: no place is kept for it."""
    named = dict.fromkeys(command.devices)
    here = tuple(device for device in named if device in state.devices)
    return [*departures(state, here, "revoked", now), LinkRevoked(link=command.link)]


def note_expiry(state: Conference, asker: Who, command: do.NoteExpiry, now: int) -> Outcome:
    return [LinkExpiryChanged(link=command.link)]


def release(state: Conference, asker: Who, command: do.ReleaseLink, now: int) -> Outcome:
    return [LinkReleased(link=command.link, on=command.on)]
