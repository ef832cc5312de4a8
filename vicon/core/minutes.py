"""The minutes of a session, as its journal tells them. Pure: the same entries give the same value,
and what they do not say is None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec.structs import replace

from vicon.core import events as ev
from vicon.core.attendance import arrivals
from vicon.core.course import Course, RoomCourse
from vicon.core.events_ceremony import RollMarked
from vicon.core.minutefallback import FallbackTrail
from vicon.core.minutepact import PactTrail
from vicon.core.minuterecordings import RecordingTrail
from vicon.core.minuterundown import RundownTrail
from vicon.core.minuteserver import ServerTrail
from vicon.core.minutetrails import (
    ActorTrail,
    CueTrail,
    FloorTrail,
    HelpTrail,
    OutageTrail,
    PresenceTrail,
    TalkTrail,
)
from vicon.core.minutewords import (
    Counts,
    CueMinutes,
    Decision,
    HelpMinutes,
    JournalMark,
    LineMinutes,
    Mark,
    Minutes,
    Narrowed,
    Outage,
    Person,
    RoomMinutes,
)
from vicon.core.model import Attendee, Conference, Room
from vicon.core.rooms import is_hub


class Entry(Protocol):
    """An entry of the journal; see ports.Record."""

    @property
    def sequence(self) -> int: ...
    @property
    def at(self) -> int: ...
    @property
    def actor(self) -> Mapping[str, str]: ...
    @property
    def event(self) -> ev.Event: ...
    @property
    def hash(self) -> str: ...


def minutes_of(entries: Iterable[Entry]) -> Minutes:
    """Of a conference's entries from the first on. Raises BrokenHistory; ValueError if there are
    none."""
    taker = MinuteTaker()
    for entry in entries:
        taker.take(entry)
    return taker.minutes()


class MinuteTaker:
    """Feed it with the entries in their order, then ask for the `minutes` as they stand."""

    def __init__(self) -> None:
        self._course = Course()
        self._floor, self._outages, self._presence = FloorTrail(), OutageTrail(), PresenceTrail()
        self._cues, self._help, self._actors = CueTrail(), HelpTrail(), ActorTrail()
        self._rundown, self._pact, self._talk = RundownTrail(), PactTrail(), TalkTrail()
        self._fallback, self._server = FallbackTrail(), ServerTrail()
        self._recordings = RecordingTrail()
        self._roll: dict[str, list[Mark]] = {}
        self._decisions: dict[str, list[Decision]] = {}
        self._first: int | None = None
        self._last: Entry | None = None
        self._at = 0

    def take(self, entry: Entry) -> None:
        """A clock that was set back counts as standing still. Raises BrokenHistory."""
        event, at = entry.event, max(entry.at, self._at)
        before = self._course.state
        self._course.take(at, event)
        state = self._course.state
        assert state is not None
        self._floor.take(state, event, at)
        self._outages.take(state, event, at)
        self._fallback.take(state, event, at)
        self._server.take(state, event, at)
        self._recordings.take(event, at)
        self._presence.take(before, state, at)
        self._cues.take(event, at)
        self._talk.take(event, at)
        self._help.take(event, at)
        self._actors.take(entry.actor, at)
        self._rundown.take(before, event, at)
        self._pact.take(event, at, entry.sequence, entry.hash)
        self._decide(state, event, at, entry.actor)
        if isinstance(event, RollMarked):
            mark = Mark(status=event.status, at=at, by=event.by)
            self._roll.setdefault(event.room, []).append(mark)
        if self._first is None:
            self._first = at
        self._last, self._at = entry, at

    def _decide(
        self, state: Conference, event: ev.Event, at: int, actor: Mapping[str, str]
    ) -> None:
        by = actor.get("name") or actor.get("role", "")
        if isinstance(event, ev.LimitChanged):
            decision = Decision(
                at=at,
                by=by,
                reason=event.reason,
                limit=event.limit,
                withdrawn=event.limit <= state.rooms[event.room].plan.cap,
            )
        elif isinstance(event, ev.GateOverridden):
            decision = Decision(at=at, by=by, reason=event.reason, withdrawn=not event.on)
        else:
            return
        self._decisions.setdefault(event.room, []).append(decision)

    def minutes(self) -> Minutes:
        """Until the last entry taken. Raises ValueError if there is none."""
        state, last = self._course.state, self._last
        if state is None or last is None or self._first is None:
            raise ValueError("no entry was taken")
        plan, course = state.plan, self._course
        end = self._end()
        rundown = self._rundown.told(state, end)
        counted = course.at(end).rooms
        begin = plan.starts_at
        return Minutes(
            conference=plan.id,
            title=plan.title,
            timezone=plan.timezone,
            timezone_label=plan.timezone_label,
            phase=state.phase,
            hub=plan.hub.code,
            planned_begin=begin,
            planned_end=begin + rundown.planned_s * 1000
            if begin is not None and rundown.items
            else None,
            begun_at=course.live_at,
            closed_at=course.closed_at,
            guides=self._actors.guides(),
            rooms=[self._room(state, code, counted[code], end) for code in state.rooms],
            rundown=rundown,
            cues=[_to_rooms(cue, state) for cue in self._cues.told() if _of_plan(cue, state)],
            announcements=self._talk.announced(),
            lines=[line for line in self._talk.lines() if _of_plan(line, state)],
            help=[call for call in self._help.told() if _of_plan(call, state)],
            outages=[outage for outage in self._outages.told(end) if _of_plan(outage, state)],
            narrowed=[one for one in self._fallback.told(end) if _of_plan(one, state)],
            server=self._server.told(end),
            recordings=self._recordings.told(end),
            pact=self._pact.told(state),
            journal=JournalMark(
                entries=last.sequence, first_at=self._first, last_at=self._at, hash=last.hash
            ),
        )

    def _end(self) -> int:
        """When the session was closed, else the last entry."""
        closed = self._course.closed_at
        return self._at if closed is None else closed

    def _room(self, state: Conference, code: str, counted: RoomCourse, end: int) -> RoomMinutes:
        room = state.rooms[code]
        turns = self._floor.of(code)
        return RoomMinutes(
            code=code,
            name=room.plan.name,
            hub=is_hub(state, code),
            cap=room.plan.cap,
            limit=room.limit,
            operators=self._actors.operators(code),
            joined_at=self._presence.joined_at(code),
            left_at=self._presence.left_at(code),
            attendance=_attendance(room),
            missing=[
                one
                for one, entry in zip(room.expected, arrivals(room), strict=True)
                if entry is None
            ],
            roll=list(self._roll.get(code, [])),
            counts=_counts(counted),
            decisions=list(self._decisions.get(code, [])),
            turns=turns,
            on_air_ms=sum(
                (end if turn.ended_at is None else turn.ended_at) - turn.began_at for turn in turns
            ),
            trial=room.trial,
        )


def _of_plan(
    told: CueMinutes | LineMinutes | HelpMinutes | Outage | Narrowed, state: Conference
) -> bool:
    """Whether the room is one of the plan still: before the session some may have gone."""
    return told.room is None or told.room in state.rooms


def _to_rooms(cue: CueMinutes, state: Conference) -> CueMinutes:
    return replace(cue, seen=[seen for seen in cue.seen if seen.room in state.rooms])


def _attendance(room: Room) -> list[Person]:
    found = arrivals(room)
    awaited = {attendee.id for attendee in found if attendee is not None}
    return [_person(attendee, attendee.id in awaited) for attendee in room.attendance.values()]


def _person(attendee: Attendee, expected: bool) -> Person:
    return Person(
        name=attendee.name,
        institution=attendee.institution,
        role=attendee.role,
        first_in=attendee.visits[0].entered_at,
        last_out=attendee.visits[-1].left_at,
        visits=len(attendee.visits),
        by=attendee.by,
        expected=expected,
    )


def _counts(course: RoomCourse) -> Counts:
    return Counts(
        begin=course.begin,
        peak=course.peak,
        peak_at=course.peak_at,
        end=course.end,
        camera_begin=course.camera_begin,
        camera_peak=course.camera_peak,
        camera_end=course.camera_end,
        person_minutes=round(course.person_minutes, 1),
        alarms=course.alarms,
    )
