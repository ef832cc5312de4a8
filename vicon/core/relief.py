"""What a conference does under pressure: who is let in, and what is shown (core.pressure says how
much). Halls and those who guide come in at every level, and so does who was here."""

from __future__ import annotations

from typing import Literal

from vicon.core import commands_server as do
from vicon.core.events import Event
from vicon.core.events_server import ClockJumped, PressureChanged, ServerTakenOver
from vicon.core.model import MAX_JUMPS, Conference, DeviceKind, Role, Via
from vicon.core.pressure import CLOSED, NORMAL, PAUSED, SMALL, SOUND, STAGE
from vicon.core.refusals import Outcome, Refused, Who


def note_pressure(state: Conference, asker: Who, command: do.NotePressure, now: int) -> Outcome:
    known = state.pressure
    if not NORMAL <= command.level <= SOUND:
        return Refused("bad_phase")
    why = command.why if command.level else ""
    if (known.level, known.why) == (command.level, why):
        return []
    return [PressureChanged(level=command.level, why=why)]


def note_clock(state: Conference, asker: Who, command: do.NoteClock, now: int) -> Outcome:
    """A clock that jumps without end is entered so often, and then no more."""
    if not command.by_ms or state.jumps >= MAX_JUMPS:
        return []
    jumped: Event = ClockJumped(by_ms=command.by_ms, followed=command.followed)
    return [jumped]


def note_takeover(state: Conference, asker: Who, command: do.NoteTakeover, now: int) -> Outcome:
    """Once: a server that dies before it knows that this is durable asks again when it starts."""
    if state.phase == "closed" or command.epoch <= state.epoch:
        return []
    taken: Event = ServerTakenOver(
        why=command.why,
        epoch=command.epoch,
        server=command.server,
        by=command.by,
        away_ms=command.away_ms,
    )
    return [taken]


def unwelcome(
    state: Conference, role: Role, kind: DeviceKind, via: Via, hall: str = ""
) -> Refused | None:
    """Why a device that is not here yet has to wait outside; None: it may come in. `hall`: of a
    hall's display, which comes in as long as the hall's other devices do."""
    level = state.pressure.level
    looks_on = via == "whep" or (role == "observer" and not hall)
    beside = bool(hall) or (kind in ("companion", "document", "screen") and role == "operator")
    if (looks_on and level >= CLOSED) or (beside and level >= PAUSED):
        return Refused("server_full")
    return None


def picture(state: Conference, rank: int, *, staged: bool) -> Literal["none", "least", "whole"]:
    """In which form a picture of this rank (layout.Want) is sent where it would be; `staged`: of a
    room that everybody looks at."""
    level, thumbnail = state.pressure.level, rank >= 2
    if level >= SOUND or (level >= STAGE and not staged) or (level >= PAUSED and thumbnail):
        return "none"
    return "least" if level >= SMALL and thumbnail else "whole"
