"""What the ceremony's events make of the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from vicon.core import events_ceremony as ev
from vicon.core.ceremony import MAX_CUES, Cue, Help, RollMark, Run, Rundown, RundownChange
from vicon.core.change import BrokenHistory, with_room
from vicon.core.events import Event
from vicon.core.model import Conference
from vicon.core.presentwords import Presentation


def _edited(state: Conference, event: ev.RundownEdited, at: int) -> Conference:
    rundown = state.rundown
    edited = replace(rundown, items=tuple(event.items), version=rundown.version + 1)
    return replace(state, rundown=edited, rundown_change=None)


def _moved(state: Conference, event: ev.RundownMoved, at: int) -> Conference:
    before = state.rundown
    runs = dict(_ended(before, at).runs)
    if event.item is not None:
        runs.pop(event.item, None)
        runs[event.item] = Run(started_at=at)
    return replace(
        state,
        rundown=replace(before, current=event.item, runs=runs, paused_at=None),
        rundown_change=RundownChange(
            at=at, before=before, next=state.next, point=state.point, floor=event.floor
        ),
        point=event.point,
    )


def _ended(rundown: Rundown, at: int) -> Rundown:
    """With the current item, if any, over at `at`."""
    if rundown.current is None:
        return rundown
    run = rundown.runs[rundown.current]
    pause = at - rundown.paused_at if rundown.paused_at is not None else 0
    over = replace(run, ended_at=at, paused_ms=run.paused_ms + pause)
    return replace(rundown, runs={**rundown.runs, rundown.current: over})


def _skipped(state: Conference, event: ev.RundownSkipped, at: int) -> Conference:
    runs = {item: run for item, run in state.rundown.runs.items() if item != event.item}
    if event.on:
        runs[event.item] = Run(started_at=at, ended_at=at, skipped=True)
    return replace(state, rundown=replace(state.rundown, runs=runs), rundown_change=None)


def _paused(state: Conference, event: ev.RundownPaused, at: int) -> Conference:
    rundown = state.rundown
    if event.on:
        return replace(state, rundown=replace(rundown, paused_at=at), rundown_change=None)
    if rundown.paused_at is None or rundown.current is None:
        raise BrokenHistory("rundown_paused off without a pause")
    run = rundown.runs[rundown.current]
    run = replace(run, paused_ms=run.paused_ms + at - rundown.paused_at)
    runs = {**rundown.runs, rundown.current: run}
    going = replace(rundown, runs=runs, paused_at=None)
    return replace(state, rundown=going, rundown_change=None)


def _undone(state: Conference, event: ev.RundownUndone, at: int) -> Conference:
    change = state.rundown_change
    if change is None:
        raise BrokenHistory("rundown_undone without a step")
    # With the floor its own `next` is back already; else it may be on air by now.
    kept = change.floor or change.next == state.floor
    return replace(
        state,
        rundown=change.before,
        rundown_change=None,
        next=state.next if kept else change.next,
        point=change.point,
    )


def _roll(state: Conference, event: ev.RollMarked, at: int) -> Conference:
    marks = {room: mark for room, mark in state.roll.items() if room != event.room}
    if event.status is not None:
        marks[event.room] = RollMark(status=event.status, at=at, by=event.by)
    return replace(state, roll=marks)


def _cue(state: Conference, event: ev.CueSent, at: int) -> Conference:
    cue = Cue(id=event.cue, at=at, by=event.by, room=event.room, text=event.text)
    return replace(state, cues=(*state.cues, cue)[-MAX_CUES:])


def _cue_seen(state: Conference, event: ev.CueSeen, at: int) -> Conference:
    cues = (
        replace(cue, seen={**cue.seen, event.room: at}) if cue.id == event.cue else cue
        for cue in state.cues
    )
    return replace(state, cues=tuple(cues))


def _cue_gone(state: Conference, event: ev.CueWithdrawn, at: int) -> Conference:
    return replace(state, cues=tuple(cue for cue in state.cues if cue.id != event.cue))


def _help(state: Conference, event: ev.HelpCalled, at: int) -> Conference:
    return with_room(state, event.room, help=Help(at=at, by=event.by, text=event.text))


def _helped(state: Conference, event: ev.HelpAnswered, at: int) -> Conference:
    return with_room(state, event.room, help=None)


def _spotlight(state: Conference, event: ev.SpotlightChanged, at: int) -> Conference:
    return replace(state, beside=event.beside, pinned=event.pinned, black=event.black)


def _presented(state: Conference, event: ev.PresentationShown, at: int) -> Conference:
    shown = Presentation(
        device=event.device, room=event.room, kind=event.kind, since=at, by=event.by
    )
    return replace(state, presentation=shown)


def _hidden(state: Conference, event: ev.PresentationEnded, at: int) -> Conference:
    return replace(state, presentation=None)


EVOLVERS: Mapping[type[Event], Callable[[Conference, Any, int], Conference]] = {
    ev.RundownEdited: _edited,
    ev.RundownMoved: _moved,
    ev.RundownSkipped: _skipped,
    ev.RundownPaused: _paused,
    ev.RundownUndone: _undone,
    ev.RollMarked: _roll,
    ev.CueSent: _cue,
    ev.CueSeen: _cue_seen,
    ev.CueWithdrawn: _cue_gone,
    ev.HelpCalled: _help,
    ev.HelpAnswered: _helped,
    ev.SpotlightChanged: _spotlight,
    ev.PresentationShown: _presented,
    ev.PresentationEnded: _hidden,
}
