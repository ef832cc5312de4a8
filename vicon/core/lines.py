"""Private lines: a moderator or a technician calls one room, or a moderator the technicians. The
other side answers, declines, or only writes; nobody's microphone opens before that."""

from __future__ import annotations

from vicon.core import commands_talk as do
from vicon.core.events import Event
from vicon.core.events_talk import (
    LineAnswered,
    LineCalled,
    LineEnded,
    LineQuieted,
    LineRung,
    LineWritten,
)
from vicon.core.model import Actor, Conference, Device
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub, members, on_stage
from vicon.core.talk import LONGEST_TEXT, RING_MS, TECHNICIANS, Line, LineEnd, LineQuiet, LineSide
from vicon.core.voices import can_talk, standing


def side(line: Line, asker: Actor) -> LineSide | None:
    """Which end of the line asks: the caller's own device, or anybody of whom it calls."""
    if asker.device is not None and asker.device == line.caller:
        return "caller"
    if line.room == TECHNICIANS:
        return "called" if asker.role == "technician" else None
    stands_there = asker.room == line.room and asker.role in ("operator", "moderator")
    return "called" if stands_there else None


def until(line: Line) -> int | None:
    """When it stops to ring, Unix ms; None: it does not ring."""
    return line.rung_at + RING_MS if line.rung_at is not None else None


def due(state: Conference, now: int) -> bool:
    """Whether WatchLines would change anything at `now` (Unix ms)."""
    return any(_rung_out(line, now) for line in standing(state))


def next_end(state: Conference) -> int | None:
    """When the first of those that ring stops to, Unix ms."""
    ends = [until(line) for line in standing(state)]
    return min((one for one in ends if one is not None), default=None)


def _rung_out(line: Line, now: int) -> bool:
    ends = until(line)
    return ends is not None and now >= ends


def call(state: Conference, asker: Actor, command: do.CallLine, now: int) -> Outcome:
    """The same id once more calls nobody."""
    if any(line.id == command.line for line in state.lines.values()):
        return []
    me = state.devices[asker.device or ""]
    room = TECHNICIANS if command.room is None else command.room
    if not can_talk(me) or _ends_there(asker, room):
        return Refused("not_allowed")
    refused = _taken(state, me.id, room) or (_on_air(state, room) if command.voice else None)
    if refused is None and room != TECHNICIANS and not _somebody(state, room):
        refused = Refused("line_nobody", {"room": _name(state, room)})
    if refused is not None:
        return refused
    role = "technician" if asker.role == "technician" else "moderator"
    called = LineCalled(
        line=command.line,
        room=room,
        caller=me.id,
        by=asker.name or asker.role,
        role=role,  # type: ignore[arg-type]
        voice=command.voice,
    )
    return [called]


def _ends_there(asker: Actor, room: str) -> bool:
    """Nobody calls the own side."""
    return asker.role == "technician" if room == TECHNICIANS else asker.room == room


def _taken(state: Conference, device: str, room: str) -> Refused | None:
    for line in standing(state):
        if line.room == room:
            if room == TECHNICIANS:
                return Refused("technicians_busy", {"by": line.by})
            return Refused("line_busy", {"room": _name(state, room), "by": line.by})
    return _own_line(state, device, None)


def _own_line(state: Conference, device: str, but: str | None) -> Refused | None:
    """A device is on one line: which one calls, or has answered with voices."""
    for line in standing(state):
        if line.id != but and device in (line.caller, line.answerer):
            return Refused("line_already")
    return None


def _name(state: Conference, room: str) -> str:
    return state.rooms[room].plan.name


def _somebody(state: Conference, room: str) -> bool:
    return any(can_talk(device) and device.connected for device in members(state, room))


def _on_air(state: Conference, room: str) -> Refused | None:
    """A hall that is on air is not rung: it would be heard."""
    if room == TECHNICIANS or not _airs(state, room):
        return None
    return Refused("line_on_air", {"room": _name(state, room)})


def _airs(state: Conference, room: str) -> bool:
    return not is_hub(state, room) and room in on_stage(state)


def ring(state: Conference, asker: Actor, command: do.RingLine, now: int) -> Outcome:
    line = _line(state, command.line)
    if line is None:
        return Refused("line_gone")
    if side(line, asker) != "caller":
        return Refused("not_allowed")
    if line.voice != "off":
        return []
    refused = _on_air(state, line.room)
    return refused or [LineRung(room=line.room, line=line.id)]


def _line(state: Conference, id: str) -> Line | None:
    return next((line for line in standing(state) if line.id == id), None)


def answer(state: Conference, asker: Actor, command: do.AnswerLine, now: int) -> Outcome:
    """The microphone of the device that answers is the line's alone from now. The main camera of a
    hall on air does not answer: its microphone is the programme's."""
    line = _line(state, command.line)
    if line is None:
        return Refused("line_gone")
    me = state.devices[asker.device or ""]
    if side(line, asker) != "called" or not can_talk(me):
        return Refused("not_allowed")
    if line.voice != "ringing":
        return [] if line.answerer == me.id else Refused("line_gone")
    refused = _own_line(state, me.id, line.id)
    if refused is not None:
        return refused
    if _in_programme(state, line.room, me):
        return Refused("line_on_air", {"room": _name(state, line.room)})
    by = asker.name or asker.role
    return [LineAnswered(room=line.room, line=line.id, device=me.id, by=by)]


def _in_programme(state: Conference, room: str, device: Device) -> bool:
    return room != TECHNICIANS and _airs(state, room) and state.rooms[room].main == device.id


def decline(state: Conference, asker: Actor, command: do.DeclineLine, now: int) -> Outcome:
    line = _line(state, command.line)
    if line is None:
        return []
    if side(line, asker) != "called":
        return Refused("not_allowed")
    return [_quiet(line, "declined", asker.name or asker.role)] if line.voice == "ringing" else []


def _quiet(line: Line, why: LineQuiet, by: str = "") -> Event:
    """A line on which something was written stays to write on; another one is over."""
    if line.texts:
        return LineQuieted(room=line.room, line=line.id, why=why)
    return LineEnded(room=line.room, line=line.id, why=why or "hung_up", by=by)


def write(state: Conference, asker: Actor, command: do.WriteLine, now: int) -> Outcome:
    """With or without voices. The words themselves go by app/lines.py."""
    line = _line(state, command.line)
    if line is None:
        return Refused("line_gone")
    end = side(line, asker)
    if end is None:
        return Refused("not_allowed")
    if not readable(command.text):
        return Refused("bad_cue", {"most": LONGEST_TEXT})
    return [LineWritten(room=line.room, line=line.id, side=end)]


def readable(text: str) -> bool:
    """Whether it can be shown: not empty, nothing but printable characters and line breaks."""
    said = text.strip()
    return 0 < len(said) <= LONGEST_TEXT and said.replace("\n", " ").isprintable()


def end(state: Conference, asker: Actor, command: do.EndLine, now: int) -> Outcome:
    line = _line(state, command.line)
    if line is None:
        return []
    if side(line, asker) is None:
        return Refused("not_allowed")
    by = asker.name or asker.role
    return [LineEnded(room=line.room, line=line.id, why="hung_up", by=by)]


def watch(state: Conference, asker: Who, command: do.WatchLines, now: int) -> Outcome:
    return [_quiet(line, "unanswered") for line in standing(state) if _rung_out(line, now)]


def consequences(before: Conference, state: Conference) -> list[Event]:
    """Lines end with the session and with a device that is gone for good. A hall that comes on air
    is spoken with no longer: its microphone is the programme's."""
    events: list[Event] = []
    for line in standing(state):
        why = _over(before, state, line)
        if why is not None:
            events.append(LineEnded(room=line.room, line=line.id, why=why))
        elif _must_be_quiet(state, line):
            events.append(_quiet(line, "on_air"))
    return events


def _over(before: Conference, state: Conference, line: Line) -> LineEnd | None:
    if state.phase == "closed":
        return "closed"
    if line.room != TECHNICIANS and line.room not in state.rooms:
        return "left"  # the plan has changed
    for device in (line.caller, line.answerer):
        if device is not None and device not in state.devices:
            known = before.devices.get(device)
            return "left" if known is not None and known.connected else "lost"
    return None


def _must_be_quiet(state: Conference, line: Line) -> bool:
    if line.voice == "ringing":
        return _on_air(state, line.room) is not None
    answerer = state.devices.get(line.answerer or "")
    return line.voice == "on" and answerer is not None and _in_programme(state, line.room, answerer)
