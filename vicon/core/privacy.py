"""Which entries name persons who merely came, and what is left of them when their time is over.

A name becomes `#` and a number: the same for the same person of a room, so that who came of those
who were expected can still be counted. Institutions go; a role stays where it is one of the
conference's own, so that the figures by role stay. Works on events as JSON objects, not on their
types: fields that this version does not know stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

DAY_MS = 86_400_000
ENTRIES = ("attendee_entered", "attendee_corrected", "expected_changed", "device_joined")
"""Types of the events that can name persons who merely came."""
_PSEUDONYM = re.compile(r"#([1-9][0-9]*)")
_ATTENDED = ("attendee_entered", "attendee_corrected")
JsonObject = dict[str, Any]


class Keep(Struct, frozen=True, kw_only=True):
    """How long a conference's personal data are kept after its closing."""

    automatic: bool = False
    """The server removes by itself what is due."""
    attendance_days: int = 90
    trials_days: int = 365
    recordings_days: int = 365


class Due(Struct, frozen=True, kw_only=True):
    """What of a conference can be removed now, and what later. Times are Unix ms."""

    conference: str
    closed_at: int | None
    """None: it is not over, and nothing of it is due."""
    entries: int = 0
    """Of the journal, that name persons."""
    names: int = 0
    trials: int = 0
    """Runs of trial calls."""
    attendance_at: int | None = None
    trials_at: int | None = None
    recordings: int = 0
    recordings_at: int | None = None
    """When each is due; None: not known before the conference is over."""
    attendance_due: bool = False
    trials_due: bool = False
    recordings_due: bool = False

    @property
    def anything(self) -> bool:
        return bool(self.removes_entries or self.removes_trials or self.removes_recordings)

    @property
    def removes_entries(self) -> int:
        return self.entries if self.attendance_due else 0

    @property
    def removes_trials(self) -> int:
        return self.trials if self.trials_due else 0

    @property
    def removes_recordings(self) -> int:
        return self.recordings if self.recordings_due else 0


def due(
    conference: str,
    closed_at: int | None,
    keep: Keep,
    now: int,
    counted: tuple[int, int, int],
    recordings: int = 0,
) -> Due:
    """`counted`: entries, names, runs of trials that are still there, as `recordings` are."""
    entries, names, trials = counted
    if closed_at is None:
        return Due(
            conference=conference,
            closed_at=None,
            entries=entries,
            names=names,
            trials=trials,
            recordings=recordings,
        )
    attendance_at = closed_at + keep.attendance_days * DAY_MS
    trials_at = closed_at + keep.trials_days * DAY_MS
    recordings_at = closed_at + keep.recordings_days * DAY_MS
    return Due(
        conference=conference,
        closed_at=closed_at,
        entries=entries,
        names=names,
        trials=trials,
        attendance_at=attendance_at,
        trials_at=trials_at,
        attendance_due=attendance_at <= now,
        trials_due=trials_at <= now,
        recordings=recordings,
        recordings_at=recordings_at,
        recordings_due=recordings_at <= now,
    )


class Redaction(Struct, frozen=True, kw_only=True):
    """Events without names, by their places among those that were given."""

    changed: Mapping[int, JsonObject]
    names: int
    """How many different ones went."""


def redact(events: Sequence[JsonObject], roles: Iterable[str]) -> Redaction:
    """Of one conference's events, in their order. Those that need no change are not in the
    answer: a second time there is nothing to do."""
    names, kept = _Names(events), frozenset(roles)
    changed = {}
    for place, event in enumerate(events):
        fresh = _redacted(event, names, kept)
        if fresh != event:
            changed[place] = fresh
    return Redaction(changed=changed, names=names.given)


def is_clean(event: JsonObject) -> bool:
    """Whether an event can be what a purge has left: of the right type, naming nobody."""
    kind = event.get("type")
    if kind == "device_joined":
        return not event.get("label")
    if kind == "expected_changed":
        persons = event.get("persons")
        return isinstance(persons, list) and all(_is_nobody(person) for person in persons)
    return kind in _ATTENDED and _is_nobody(event)


def _is_nobody(person: Any) -> bool:
    if not isinstance(person, dict):
        return False
    name = person.get("name")
    return isinstance(name, str) and bool(_PSEUDONYM.fullmatch(name)) and not _inst(person)


class _Names:
    """The number of each person of each room, in the order of their first coming."""

    def __init__(self, events: Sequence[JsonObject]) -> None:
        self.given = 0
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._alone: dict[tuple[str, str], int] = {}
        """Of the first one of that name: as one is found who is expected by the name alone."""
        self._last: dict[str, int] = {}
        for event in events:
            for person in _persons(event):
                taken = _PSEUDONYM.fullmatch(person["name"])
                if taken:
                    room = event["room"]
                    self._last[room] = max(self._last.get(room, 0), int(taken[1]))
        for event in events:
            if event.get("type") in _ATTENDED:
                self.of(event["room"], event)

    def of(self, room: str, person: JsonObject) -> str:
        name, institution = _plain(person["name"]), _plain(_inst(person))
        if _PSEUDONYM.fullmatch(name) and not institution:
            return name
        number = self._numbers.get((room, name, institution))
        if number is None and not institution:
            number = self._alone.get((room, name))
        if number is None:
            number = self._last.get(room, 0) + 1
            self._last[room] = self._numbers[room, name, institution] = number
            self._alone.setdefault((room, name), number)
            self.given += 1
        return f"#{number}"


def _persons(event: JsonObject) -> list[JsonObject]:
    if event.get("type") in _ATTENDED:
        return [event]
    return event["persons"] if event.get("type") == "expected_changed" else []


def _redacted(event: JsonObject, names: _Names, roles: frozenset[str]) -> JsonObject:
    kind = event.get("type")
    if kind == "device_joined":
        return {**event, "label": ""} if event.get("label") else event
    if kind == "expected_changed":
        persons = [_nobody(event["room"], one, names, roles) for one in event["persons"]]
        return {**event, "persons": persons}
    return _nobody(event["room"], event, names, roles) if kind in _ATTENDED else event


def _nobody(room: str, person: JsonObject, names: _Names, roles: frozenset[str]) -> JsonObject:
    role = person.get("role", "")
    return {
        **person,
        "name": names.of(room, person),
        "institution": "",
        "role": role if role in roles else "",
    }


def _inst(person: JsonObject) -> str:
    return str(person.get("institution") or "")


def _plain(text: str) -> str:
    """As core.attendance compares names."""
    return " ".join(text.split()).casefold()
