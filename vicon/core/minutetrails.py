"""Trails that the minutes follow through a journal, each its own matter: who is on air, whose
camera is away, messages, calls for help, who acted. Fed with every entry in its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from vicon.core import events as ev
from vicon.core import events_ceremony as ce
from vicon.core import events_talk as talk
from vicon.core.minutewords import (
    Announced,
    CueMinutes,
    CueSeenAt,
    Guide,
    GuideRole,
    HelpMinutes,
    LineMinutes,
    Outage,
    OutageKind,
    Turn,
)
from vicon.core.model import Conference
from vicon.core.rooms import main_device, on_air, present
from vicon.core.talk import TECHNICIANS


class _Turn(Struct):
    room: str
    began_at: int
    ended_at: int | None = None


class FloorTrail:
    """While the session is live. A change that was undone counts as if it had not been."""

    def __init__(self) -> None:
        self._turns: list[_Turn] = []

    def take(self, state: Conference, event: ev.Event, at: int) -> None:
        last = self._turns[-1] if self._turns else None
        going = last is not None and last.ended_at is None
        if isinstance(event, ev.FloorUndone) and going and self._undo(on_air(state)):
            return
        room = on_air(state) if state.phase == "live" else None
        if last is not None and going:
            if last.room == room:
                return
            last.ended_at = at
            if last.began_at == at:
                self._turns.pop()
        if room is not None:
            self._turns.append(_Turn(room, at))

    def _undo(self, room: str) -> bool:
        """Whether the turn before goes on."""
        if len(self._turns) < 2 or self._turns[-2].room != room:
            return False
        self._turns.pop()
        self._turns[-1].ended_at = None
        return True

    def of(self, room: str) -> list[Turn]:
        return [
            Turn(began_at=turn.began_at, ended_at=turn.ended_at)
            for turn in self._turns
            if turn.room == room
        ]


class _Outage(Struct):
    kind: OutageKind
    room: str
    why: str
    began_at: int
    live: bool
    ended_at: int | None = None
    back: Literal["returned", "replaced"] | None = None


class OutageTrail:
    """Main cameras that were lost, or that sent nothing although they were connected."""

    def __init__(self) -> None:
        self._all: list[_Outage] = []
        self._open: dict[tuple[OutageKind, str], _Outage] = {}

    def take(self, state: Conference, event: ev.Event, at: int) -> None:
        if isinstance(event, ev.DeviceLost):
            self._begin("link", state, event.device, event.why, at)
        elif isinstance(event, ev.PublishingChanged) and not event.on:
            device = state.devices[event.device]
            if device.connected:
                self._begin("media", state, event.device, "", at)
        for outage in list(self._open.values()):
            outage.live = outage.live or state.phase == "live"
            if self._over(outage, state):
                outage.ended_at = at
                returned = outage.kind == "media" or isinstance(event, ev.DeviceReturned)
                outage.back = "returned" if returned else "replaced"
                del self._open[outage.kind, outage.room]

    def _begin(self, kind: OutageKind, state: Conference, device: str, why: str, at: int) -> None:
        room = state.devices[device].room
        main = main_device(state, room) if room is not None else None
        if room is None or main is None or main.id != device or (kind, room) in self._open:
            return
        outage = _Outage(kind, room, why, at, state.phase == "live")
        self._open[kind, room] = outage
        self._all.append(outage)

    @staticmethod
    def _over(outage: _Outage, state: Conference) -> bool:
        if outage.room not in state.rooms or not present(state, outage.room):
            return False
        main = main_device(state, outage.room)
        return outage.kind == "link" or (main is not None and main.publishing)

    def told(self, end: int) -> list[Outage]:
        """`end`: until when one lasted that did not end."""
        return [
            Outage(
                kind=one.kind,
                room=one.room,
                why=one.why,
                began_at=one.began_at,
                ended_at=one.ended_at,
                lasted_ms=max(0, (end if one.ended_at is None else one.ended_at) - one.began_at),
                back=one.back,
                live=one.live,
            )
            for one in self._all
        ]


class PresenceTrail:
    """When each room's main camera was there first, and when it went last."""

    def __init__(self) -> None:
        self._here: frozenset[str] = frozenset()
        self._joined: dict[str, int] = {}
        self._left: dict[str, int] = {}

    def take(self, before: Conference | None, state: Conference, at: int) -> None:
        if before is not None and before.devices is state.devices and before.rooms is state.rooms:
            return
        here = frozenset(code for code in state.rooms if present(state, code))
        for code in here - self._here:
            self._joined.setdefault(code, at)
        for code in self._here - here:
            self._left[code] = at
        self._here = here

    def joined_at(self, code: str) -> int | None:
        return self._joined.get(code)

    def left_at(self, code: str) -> int | None:
        return None if code in self._here else self._left.get(code)


class CueTrail:
    """Every message, also those that the state has forgotten."""

    def __init__(self) -> None:
        self._cues: list[CueMinutes] = []
        self._places: dict[str, int] = {}
        """Of the newest message with an id: one that was withdrawn leaves its id free."""

    def take(self, event: ev.Event, at: int) -> None:
        if isinstance(event, ce.CueSent):
            self._places[event.cue] = len(self._cues)
            sent = CueMinutes(
                at=at, by=event.by, room=event.room, text=event.text, seen=[], withdrawn_at=None
            )
            self._cues.append(sent)
        elif isinstance(event, ce.CueSeen):
            seen = self._cues[self._places[event.cue]].seen
            self._change(event.cue, seen=[*seen, CueSeenAt(room=event.room, at=at)])
        elif isinstance(event, ce.CueWithdrawn):
            self._change(event.cue, withdrawn_at=at)

    def _change(self, cue: str, **changes: Any) -> None:
        place = self._places[cue]
        self._cues[place] = replace(self._cues[place], **changes)

    def told(self) -> list[CueMinutes]:
        return list(self._cues)


class HelpTrail:
    """A call that says more is one of its own; an answer answers all of the room's."""

    def __init__(self) -> None:
        self._calls: list[HelpMinutes] = []

    def take(self, event: ev.Event, at: int) -> None:
        if isinstance(event, ce.HelpCalled):
            call = HelpMinutes(
                at=at,
                room=event.room,
                by=event.by,
                text=event.text,
                answered_at=None,
                answered_by="",
            )
            self._calls.append(call)
        elif isinstance(event, ce.HelpAnswered):
            self._calls = [
                replace(call, answered_at=at, answered_by=event.by)
                if call.room == event.room and call.answered_at is None
                else call
                for call in self._calls
            ]

    def told(self) -> list[HelpMinutes]:
        return list(self._calls)


class TalkTrail:
    """Announcements, of which one goes on at a time, and private lines."""

    def __init__(self) -> None:
        self._announced: list[Announced] = []
        self._lines: list[LineMinutes] = []
        self._places: dict[str, int] = {}
        """Of the newest line with an id: one that has ended leaves its id free."""

    def take(self, event: ev.Event, at: int) -> None:
        if isinstance(event, talk.AnnounceBegan):
            self._announced.append(Announced(at=at, by=event.by, ended_at=None, why=None))
        elif isinstance(event, talk.AnnounceEnded):
            self._announced[-1] = replace(self._announced[-1], ended_at=at, why=event.why)
        elif isinstance(event, talk.LineCalled):
            self._places[event.line] = len(self._lines)
            self._lines.append(_line_of(event, at))
        elif isinstance(event, talk.LineAnswered | talk.LineWritten | talk.LineEnded):
            place = self._places[event.line]
            self._lines[place] = _line_after(self._lines[place], event, at)

    def announced(self) -> list[Announced]:
        return list(self._announced)

    def lines(self) -> list[LineMinutes]:
        return list(self._lines)


def _line_of(event: talk.LineCalled, at: int) -> LineMinutes:
    return LineMinutes(
        at=at,
        room=None if event.room == TECHNICIANS else event.room,
        by=event.by,
        role=event.role,
        answered_at=None,
        answered_by="",
        texts=0,
        ended_at=None,
        why=None,
    )


def _line_after(
    line: LineMinutes, event: talk.LineAnswered | talk.LineWritten | talk.LineEnded, at: int
) -> LineMinutes:
    match event:
        case talk.LineAnswered():
            if line.answered_at is not None:
                return line
            return replace(line, answered_at=at, answered_by=event.by)
        case talk.LineWritten():
            return replace(line, texts=line.texts + 1)
        case talk.LineEnded():
            return replace(line, ended_at=at, why=event.why)


_GUIDES: Mapping[str, GuideRole] = {"moderator": "moderator", "technician": "technician"}


class _Times(Struct):
    first_at: int
    last_at: int


class ActorTrail:
    """Who acted, by the names of their links."""

    def __init__(self) -> None:
        self._guides: dict[tuple[GuideRole, str], _Times] = {}
        self._operators: dict[str, list[str]] = {}

    def take(self, actor: Mapping[str, str], at: int) -> None:
        name, room = actor.get("name", ""), actor.get("room", "")
        guide = _GUIDES.get(actor.get("role", ""))
        if guide is not None:
            times = self._guides.setdefault((guide, name), _Times(at, at))
            times.last_at = at
        elif actor.get("role", "") == "operator" and name not in self._operators.setdefault(
            room, []
        ):
            self._operators[room].append(name)

    def guides(self) -> list[Guide]:
        """Moderators first, each in the order of their first act."""
        ordered = sorted(self._guides.items(), key=lambda one: one[0][0])
        return [
            Guide(role=role, name=name, first_at=times.first_at, last_at=times.last_at)
            for (role, name), times in ordered
        ]

    def operators(self, room: str) -> list[str]:
        return list(self._operators.get(room, []))
