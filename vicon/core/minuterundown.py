"""The rundown in the minutes: what was planned, what came, how late it was."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from vicon.core import events as ev
from vicon.core import events_ceremony as ce
from vicon.core.ceremony import Item, Run, Rundown
from vicon.core.minutewords import ItemMinutes, RundownMinutes
from vicon.core.model import Conference
from vicon.core.rundown import elapsed, timing


class _Far(Struct, frozen=True):
    """How far the rundown has come."""

    behind: Mapping[str, int] = {}
    """At the end of each item that ended, ms."""
    ended_at: int | None = None


class RundownTrail:
    """How late the rundown was at the end of each item; the rest is in the state."""

    def __init__(self) -> None:
        self._far = self._before = _Far()
        """`before`: the last step, which may be taken back."""

    def take(self, before: Conference | None, event: ev.Event, at: int) -> None:
        if isinstance(event, ce.RundownUndone):
            self._far = self._before
        if before is None or not isinstance(event, ce.RundownMoved):
            return
        behind, current = self._far.behind, before.rundown.current
        if current is not None:
            found = timing(before, at)
            # What an item leaves of its time is made good for those that follow.
            behind = {**behind, current: found.behind - max(0, found.left)}
        self._before = self._far
        self._far = _Far(behind, at if event.item is None else None)

    def told(self, state: Conference, end: int) -> RundownMinutes:
        """`end`: until when an item lasts that did not end."""
        rundown, behind = state.rundown, self._far.behind
        ran = {id: run for id, run in rundown.runs.items() if not run.skipped}
        ended = [id for id in ran if id in behind]
        lengths = [item.planned_s for item in rundown.items]
        planned = [_planned(state, before) for before in accumulate(lengths, initial=0)]
        return RundownMinutes(
            items=[
                self._item(rundown, item, planned_at, end)
                for item, planned_at in zip(rundown.items, planned, strict=False)
            ],
            planned_s=sum(lengths),
            edits=rundown.version,
            began_at=min((run.started_at for run in ran.values()), default=None),
            ended_at=self._far.ended_at,
            behind_ms=behind[ended[-1]] if ended else None,
        )

    def _item(self, rundown: Rundown, item: Item, planned_at: int | None, end: int) -> ItemMinutes:
        told = ItemMinutes(
            id=item.id,
            kind=item.kind,
            title=item.title,
            room=item.room,
            planned_at=planned_at,
            planned_s=item.planned_s,
        )
        run = rundown.runs.get(item.id)
        if run is None:
            return told
        if run.skipped:
            return replace(told, skipped=True)
        return replace(
            told,
            began_at=run.started_at,
            ended_at=run.ended_at,
            taken_ms=elapsed(rundown, run, end),
            paused_ms=_paused(rundown, run, end),
            behind_ms=self._far.behind.get(item.id),
        )


def _planned(state: Conference, before_s: int) -> int | None:
    """When an item was to begin, with so many seconds planned before it."""
    begin = state.plan.starts_at
    return None if begin is None else begin + before_s * 1000


def _paused(rundown: Rundown, run: Run, end: int) -> int:
    if run.ended_at is None and rundown.paused_at is not None:
        return run.paused_ms + max(0, end - rundown.paused_at)
    return run.paused_ms
