"""Beginning and end of a conference: draft, lobby, live, closed; only forward."""

from __future__ import annotations

from vicon.core import commands as do
from vicon.core import mics
from vicon.core.events import ConferenceCreated, Event, NextChanged, PhaseChanged
from vicon.core.evolve import evolve
from vicon.core.model import Conference, Plan
from vicon.core.presence import departures
from vicon.core.refusals import Outcome, Refused, Who

ORDER = ("draft", "lobby", "live", "closed")


def create(plan: Plan, now: int) -> list[Event]:
    """The first events of a conference: its plan, the first room as next, locks if so planned."""
    created = ConferenceCreated(plan=plan)
    events: list[Event] = [created]
    if plan.rooms:
        events.append(NextChanged(room=plan.rooms[0].code))
    if plan.policy.mute_lock:
        events += mics.lock_events(evolve(None, created, now), None, on=True)
    return events


def set_phase(state: Conference, asker: Who, command: do.SetPhase, now: int) -> Outcome:
    """Steps may be skipped. Closing sends every device away."""
    here, there = ORDER.index(state.phase), ORDER.index(command.phase)
    if here == there:
        return []
    if there < here:
        return Refused("conference_closed" if state.phase == "closed" else "bad_phase")
    changed = PhaseChanged(phase=command.phase)
    if command.phase != "closed":
        return [changed]
    return [*departures(state, tuple(state.devices), "closed", now), changed]
