"""Is a room ready? From its last trial, the trial's age, and the equipment that was ticked."""

from __future__ import annotations

from typing import Literal, NamedTuple

from vicon.core import commands as do
from vicon.core.events import (
    DeviceAdmitted,
    EquipmentChecked,
    Event,
    GateOverridden,
    TrialRecorded,
)
from vicon.core.model import Conference, Room
from vicon.core.refusals import Outcome, Refused, Who

State = Literal["ready", "attention", "not_ready", "untested"]
ITEMS = (
    "camera",
    "microphone",
    "speakers",
    "display",
    "backup_power",
    "backup_line",
    "contact",
)
_NAMES = {
    "camera": ("kamera", "camera"),
    "microphone": ("mikrofon", "microphone"),
    "speakers": ("pengeras suara", "speakers"),
    "display": ("layar", "display"),
    "backup_power": ("listrik cadangan", "backup power"),
    "backup_line": ("jalur cadangan", "backup line"),
    "contact": ("narahubung", "contact person"),
}
_VERDICTS: dict[str, State] = {"pass": "ready", "warn": "attention", "fail": "not_ready"}
HOUR_MS = 3_600_000


class Readiness(NamedTuple):
    state: State
    id: str
    """Why, in a few words of Bahasa Indonesia; empty when ready."""
    en: str
    stale: bool


class Overall(NamedTuple):
    """How many rooms, the hub not counted."""

    ready: int
    attention: int
    not_ready: int
    untested: int

    @property
    def go(self) -> bool:
        """Nothing stands against the beginning; attention is the moderator's to weigh."""
        return not self.not_ready and not self.untested


def readiness(state: Conference, code: str, now: int) -> Readiness:
    """`now` in Unix ms: a trial grows old."""
    room = state.rooms[code]
    trial = room.trial
    if trial is None:
        return Readiness("untested", "Belum diuji.", "Not tested yet.", False)
    found = _VERDICTS[trial.verdict]
    stale = now - trial.at > state.plan.policy.trial_age_ms
    if found != "ready":
        return Readiness(found, trial.sentence_id, trial.sentence_en, stale)
    if stale:
        hours = (now - trial.at) // HOUR_MS
        return Readiness(
            "attention",
            f"Uji terakhir sudah {hours} jam yang lalu. Uji lagi.",
            f"The last trial was {hours} hours ago. Test again.",
            True,
        )
    if not trial.equipment:
        return Readiness(
            "attention",
            "Jalur baik; kamera dan mikrofon belum diuji di halaman uji.",
            "The line is good; camera and microphone were not tested on the test page.",
            False,
        )
    missing = _missing(room)
    if missing:
        id, en = (", ".join(_NAMES[item][n] for item in missing) for n in (0, 1))
        return Readiness("attention", f"Belum dicentang: {id}.", f"Not ticked: {en}.", False)
    return Readiness("ready", "", "", False)


def _missing(room: Room) -> list[str]:
    """What is not ticked, once somebody has begun to tick."""
    return [item for item in ITEMS if item not in room.ticks] if room.ticks else []


def overall(state: Conference, now: int) -> Overall:
    states = [readiness(state, room.code, now).state for room in state.plan.rooms]
    kinds: tuple[State, ...] = ("ready", "attention", "not_ready", "untested")
    return Overall(*(states.count(kind) for kind in kinds))


def blocked(state: Conference, code: str) -> bool:
    """The gate is on and this room may not come in by itself."""
    room = state.rooms[code]
    if not state.plan.policy.gate or room.override or code == state.plan.hub.code:
        return False
    return room.trial is None or room.trial.verdict == "fail"


def record(state: Conference, asker: Who, command: do.RecordTrial, now: int) -> Outcome:
    """A program that tries the same line cannot say that a hall's fault is mended."""
    if command.room not in state.rooms:
        return Refused("unknown_room")
    trial, before = command.trial, state.rooms[command.room].trial
    failed = before is not None and before.equipment and before.verdict == "fail"
    if failed and not trial.equipment and trial.verdict != "fail":
        return []
    return [TrialRecorded(room=command.room, trial=command.trial)]


def check(state: Conference, asker: Who, command: do.CheckEquipment, now: int) -> Outcome:
    if (command.item in state.rooms[command.room].ticks) == command.on:
        return []
    changed = EquipmentChecked(room=command.room, item=command.item, on=command.on, by=asker.name)
    return [changed]


def override(state: Conference, asker: Who, command: do.OverrideGate, now: int) -> Outcome:
    """Whoever waits only for the gate comes in with it."""
    room = state.rooms[command.room]
    if bool(room.override) == command.on:
        return []
    events: list[Event] = [GateOverridden(room=command.room, on=command.on, reason=command.reason)]
    main = state.devices.get(room.main or "")
    held = main is not None and main.waiting and state.plan.policy.admission != "ask"
    if command.on and held and main is not None and blocked(state, command.room):
        events.append(DeviceAdmitted(device=main.id))
    return events
