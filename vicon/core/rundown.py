"""The rundown: what comes when, what is on, how far behind the plan it is. Lanjut does the whole
cue in one act: the item, the room on air, its microphone, who comes next."""

from __future__ import annotations

import re
from typing import NamedTuple

from vicon.core import alarms, floor, mics
from vicon.core import commands_ceremony as do
from vicon.core.ceremony import LONGEST_ITEM_S, MAX_ITEMS, Item, Run, Rundown
from vicon.core.events import Event, MicAsked, MicChanged, NextChanged
from vicon.core.events_ceremony import (
    RundownEdited,
    RundownMoved,
    RundownPaused,
    RundownSkipped,
    RundownUndone,
    SpotlightChanged,
)
from vicon.core.evolve import evolve
from vicon.core.model import Conference
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub, present

LONGEST_TITLE, LONGEST_NOTES = 200, 2_000
SAME_DAY_MS = 12 * 3_600_000
"""A beginning that is further from the planned one is not that one late, but another."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Timing(NamedTuple):
    """Of the whole rundown at a moment. Times are Unix ms, lengths ms."""

    elapsed: int
    """Of the current item, pauses left out; 0 when there is none."""
    left: int
    """Of the current item; negative when it overruns."""
    behind: int
    """How much later than planned the rundown is; negative: earlier."""
    ends_at: int | None
    """When it will end if all that is to come takes as long as planned; None before the first
    item and without a planned beginning, or when it is over."""


def item_of(rundown: Rundown, id: str | None) -> Item | None:
    return next((item for item in rundown.items if item.id == id), None)


def pending(rundown: Rundown) -> list[Item]:
    """Items that are still to come, in their order: after the current one first."""
    order = [item.id for item in rundown.items]
    place = order.index(rundown.current) + 1 if rundown.current in order else 0
    turned = (*rundown.items[place:], *rundown.items[:place])
    return [item for item in turned if item.id not in rundown.runs]


def elapsed(rundown: Rundown, run: Run, now: int) -> int:
    """How long an item has taken so far, pauses left out, ms."""
    end = run.ended_at if run.ended_at is not None else now
    paused = run.paused_ms
    if run.ended_at is None and rundown.paused_at is not None:
        paused += max(0, now - rundown.paused_at)
    return max(0, end - run.started_at - paused)


def timing(state: Conference, now: int) -> Timing:
    """Behind the plan is: what has passed since the planned beginning, less what was planned for
    that time. Before the first item only a late beginning counts."""
    rundown = state.rundown
    current = item_of(rundown, rundown.current)
    begins = _planned_begin(state, now)
    to_come = sum(item.planned_s for item in pending(rundown)) * 1000
    if current is None:
        return _idle(state, begins, to_come, now)
    spent = elapsed(rundown, rundown.runs[current.id], now)
    left = current.planned_s * 1000 - spent
    ends_at = now + max(0, left) + to_come
    whole = sum(item.planned_s for item in rundown.items if not _skipped(rundown, item)) * 1000
    behind = ends_at - (begins + whole) if begins is not None else 0
    return Timing(spent, left, behind, ends_at)


def _idle(state: Conference, begins: int | None, to_come: int, now: int) -> Timing:
    if state.rundown.runs or begins is None:
        return Timing(0, 0, 0, None)
    late = max(0, now - begins)
    return Timing(0, 0, late, begins + late + to_come)


def _planned_begin(state: Conference, now: int) -> int | None:
    """As planned; without a plan, or where it is of another day (a rehearsal, the example tried
    out), the first item's own beginning."""
    first = min((run.started_at for run in state.rundown.runs.values()), default=None)
    planned = state.plan.starts_at
    if planned is None:
        return first
    away = abs(first - planned) if first is not None else now - planned
    return planned if away <= SAME_DAY_MS else first


def _skipped(rundown: Rundown, item: Item) -> bool:
    run = rundown.runs.get(item.id)
    return run is not None and run.skipped


def edit(state: Conference, asker: Who, command: do.EditRundown, now: int) -> Outcome:
    """Items that ran, or run now, stay: what happened is not edited away."""
    rundown = state.rundown
    if command.version != rundown.version:
        return Refused("rundown_edited")
    if command.items == rundown.items:
        return []
    ids = [item.id for item in command.items]
    wrong = len(ids) > MAX_ITEMS or len(set(ids)) != len(ids)
    if wrong or not all(_sound(state, item) for item in command.items):
        return Refused("bad_rundown", {"most": MAX_ITEMS})
    for id, run in rundown.runs.items():
        if not run.skipped and id not in ids:
            return Refused("item_ran")
    return [RundownEdited(items=list(command.items))]


def _sound(state: Conference, item: Item) -> bool:
    texts = item.title.isprintable() and len(item.title) <= LONGEST_TITLE
    lengths = 1 <= item.planned_s <= LONGEST_ITEM_S and len(item.notes) <= LONGEST_NOTES
    room = item.room is None or item.room in state.rooms
    named = bool(item.title.strip()) and _ID.fullmatch(item.id) is not None
    return texts and lengths and room and named and item.point >= 0


def advance(state: Conference, asker: Who, command: do.Advance, now: int) -> Outcome:
    """Refused when another moderator was quicker, and when the room to come on air is not here:
    then nothing happens, and the item can be skipped or waited for."""
    rundown = state.rundown
    if command.current != rundown.current:
        return Refused("rundown_moved")
    coming = pending(rundown)
    item = item_of(rundown, command.item) if command.item is not None else next(iter(coming), None)
    if command.item is not None and (item is None or item.id == rundown.current):
        return Refused("unknown_item")
    if item is None and rundown.current is None:
        return Refused("rundown_over")
    return _begin(state, item, now)


def _begin(state: Conference, item: Item | None, now: int) -> Outcome:
    to = item.room if item is not None else None
    to = None if to is not None and is_hub(state, to) else to
    handed = _hand_over(state, to) if to != state.floor else []
    if isinstance(handed, Refused):
        return handed
    moved = RundownMoved(
        item=item.id if item is not None else None,
        point=item.point if item is not None else 0,
        floor=bool(handed),
    )
    events = [*handed, moved]
    for event in events:
        state = evolve(state, event, now)
    return [*events, *_cue(state, item, to, now)]


def _cue(state: Conference, item: Item | None, to: str | None, now: int) -> list[Event]:
    """What else belongs to the beginning of an item; `state`: in which it has begun."""
    events: list[Event] = []
    if state.black or state.beside is not None:
        events.append(SpotlightChanged(beside=None, pinned=state.pinned, black=False))
    for event in events:
        state = evolve(state, event, now)
    following = _following(state)
    if following is None and to is not None and state.next is not None:
        events.append(NextChanged(room=None))  # the last hall of the rundown is on air
    elif following is not None and following not in (state.next, state.floor):
        events.append(NextChanged(room=following))
    room = state.rooms[to] if to is not None else None
    if to is not None and room is not None and not room.mic and not room.mic_asked:
        events.append(MicAsked(room=to))
    if item is not None and item.hush:
        events += mics.closing(state, [code for code in state.rooms if not is_hub(state, code)])
    return events


def _hand_over(state: Conference, to: str | None) -> Outcome:
    if to is None:
        return [floor.handover(state, None, state.hands)]
    name = state.rooms[to].plan.name
    if not present(state, to):
        return Refused("room_absent", {"room": name})
    if alarms.refuses_floor(state, to):
        return Refused("room_over", {"room": name})
    return [floor.handover(state, to, tuple(hand for hand in state.hands if hand != to))]


def _following(state: Conference) -> str | None:
    """The hall that comes on air next by the rundown; None: it names none."""
    rooms = (item.room for item in pending(state.rundown))
    return next((r for r in rooms if r is not None and not is_hub(state, r)), None)


def skip(state: Conference, asker: Who, command: do.SkipItem, now: int) -> Outcome:
    """Of items that are to come; what was skipped may come after all."""
    rundown = state.rundown
    if item_of(rundown, command.item) is None:
        return Refused("unknown_item")
    run = rundown.runs.get(command.item)
    if run is not None and not run.skipped:
        return Refused("item_ran")
    if command.on == (run is not None):
        return []
    event = RundownSkipped(item=command.item, on=command.on)
    following = _following(evolve(state, event, now))
    if following is None or following in (state.next, state.floor):
        return [event]
    return [event, NextChanged(room=following)]


def pause(state: Conference, asker: Who, command: do.PauseRundown, now: int) -> Outcome:
    rundown = state.rundown
    if rundown.current is None:
        return Refused("rundown_over")
    return [] if command.on == (rundown.paused_at is not None) else [RundownPaused(on=command.on)]


def undo(state: Conference, asker: Who, command: do.UndoRundown, now: int) -> Outcome:
    """Item, timer, floor and microphones as they were before the last step."""
    change = state.rundown_change
    if change is None:
        return Refused("nothing_to_undo")
    if now - change.at > state.plan.policy.undo_ms:
        return Refused("undo_too_late")
    back = floor.undone(state, now) if change.floor else []
    if isinstance(back, Refused):
        return back
    # Who was asked for this step's sake is not asked any more; what it muted stays so.
    asked = state.floor if change.floor else None
    if asked is not None and state.rooms[asked].mic_asked:
        back = [*back, MicChanged(room=asked, on=False)]
    return [RundownUndone(), *back]
