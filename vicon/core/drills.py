"""The last recovery drill, kept for the readiness board."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from msgspec.structs import replace

from vicon.core import commands_drill as do
from vicon.core.events import Event
from vicon.core.events_drill import DrillRecorded
from vicon.core.model import Conference
from vicon.core.recovered import LONGEST_S, MOST, DrillRun, Recovered
from vicon.core.refusals import Outcome, Refused, Who


def record(state: Conference, asker: Who, command: do.RecordDrill, now: int) -> Outcome:
    """Of each room and drill the last result counts; rooms that are not of the plan are left
    out."""
    if len(command.found) > MOST or not all(_sensible(one) for one in command.found):
        return Refused("bad_drill")
    known = {(one.room, one.kind): one for one in command.found if one.room in state.rooms}
    if not known:
        return []
    recorded: Event = DrillRecorded(by=asker.name or asker.role, found=list(known.values()))
    return [recorded]


def _sensible(one: Recovered) -> bool:
    return one.seconds is None or (isfinite(one.seconds) and 0 <= one.seconds <= LONGEST_S)


def _recorded(state: Conference, event: DrillRecorded, at: int) -> Conference:
    return replace(state, drill=DrillRun(at=at, by=event.by, found=tuple(event.found)))


EVOLVERS: Mapping[type[Event], Callable[[Conference, Any, int], Conference]] = {
    DrillRecorded: _recorded,
}
