"""The sweep: trial calls of all rooms, one by one, then all at once under the session's load."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from signaling import messages as wire
from vicon.core.model import Actor
from vicon.measure.run import StepName, Words
from vicon.ports import Clock
from vicon.trial.runner import Runner
from vicon.trial.views import text

if TYPE_CHECKING:
    from vicon.trial.desk import TrialDesk

THUMBNAIL_KBPS = 100
"""Of each other room's picture, as the session sends it beside the floor's."""
TOGETHER_S = 20
_NO_STATION = Words(
    "Tidak ada halaman uji yang terbuka di ruang ini.", "No test page is open in this room."
)
_BUSY = Words("Ruang ini sedang diuji dari tempat lain.", "This room is being tested elsewhere.")
_LIVE = Words(
    "Sesi sudah dimulai; ruang ini tidak diuji lagi.",
    "The session has begun; this room is not tested any more.",
)
_RANK = {"pass": 0, "warn": 1, "fail": 2}


class Sweep:
    """One task; end() stops it at any time."""

    def __init__(
        self,
        desk: TrialDesk,
        id: str,
        conference: str,
        rooms: list[str],
        by: Actor,
        clock: Clock,
        *,
        seconds: int,
        force: bool,
        shown: Callable[[Sweep], None],
    ) -> None:
        self.id, self.conference = id, conference
        self._desk, self._by, self._clock = desk, by, clock
        self._seconds, self._force, self._shown = seconds, force, shown
        self._rooms = {
            code: wire.SweepRoomView(
                room=code,
                state="waiting",
                run=None,
                verdict=None,
                together=None,
                together_verdict=None,
                why=None,
            )
            for code in rooms
        }
        self._alone: dict[str, Runner] = {}
        self._state: wire.RunState = "running"
        self._part: Literal["one_by_one", "together", "over"] = "one_by_one"
        self._started = clock.now()
        self._ended: int | None = None
        self._now: list[Runner] = []
        self._ending = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        return self._state == "running"

    def view(self) -> wire.SweepView:
        return wire.SweepView(
            id=self.id,
            state=self._state,
            part=self._part,
            rooms=list(self._rooms.values()),
            started_at=self._started,
            ended_at=self._ended,
            by=self._by.name,
        )

    def start(self) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self._run(), name=f"sweep {self.id}")
        return self._task

    async def end(self, why: str) -> None:
        task = self._task
        if task is None or task.done():
            return
        self._ending = why
        runners = list(self._now)
        task.cancel()  # first, so that it begins no other run
        await asyncio.wait([task], timeout=15.0)
        await asyncio.gather(*(runner.end(why) for runner in runners))
        if self.running:  # cancelled before it had begun
            self._over(self._how())

    async def _run(self) -> None:
        self._shown(self)
        ended: wire.RunState = "broken"
        try:
            for code in self._rooms:
                await self._one(code)
            await self._together()
            ended = "done"
        except asyncio.CancelledError:
            ended = self._how()
        finally:
            self._over(ended)

    def _how(self) -> wire.RunState:
        """Either end() was called or the server stops."""
        return "stopped" if self._ending == "stopped" else "broken"

    def _over(self, ended: wire.RunState) -> None:
        self._state = ended
        self._part, self._ended = "over", self._clock.now()
        for code, room in self._rooms.items():
            if room.state in ("waiting", "running"):
                self._set(code, state="skipped")
        self._shown(self)

    def _set(self, code: str, **changes: object) -> None:
        self._rooms[code] = replace(self._rooms[code], **changes)
        self._shown(self)

    async def _one(self, code: str) -> None:
        station = self._desk.station(self.conference, code)
        if station is None or station.busy:
            why = _NO_STATION if station is None else _BUSY
            self._set(code, state="skipped", why=text(why))
            return
        if self._too_late():
            self._set(code, state="skipped", why=text(_LIVE))
            return
        runner = self._desk.begin(
            station,
            self._by,
            kind="full",
            seconds=self._seconds,
            todo=_all_steps(),
            force=self._force,
            sweep=self.id,
        )
        self._set(code, state="running", run=runner.run_now.id)
        await self._await([runner])
        run = runner.run_now
        self._alone[code] = runner
        said = None if run.state == "done" else text(run.sentence)
        self._set(code, state="done", verdict=run.verdict, why=said)

    def _too_late(self) -> bool:
        """The session began meanwhile: its line is not to be filled."""
        return not self._force and self._desk.live(self.conference)

    async def _await(self, runners: list[Runner]) -> None:
        self._now = runners
        await asyncio.gather(*(runner.over() for runner in runners))
        self._now = []

    async def _together(self) -> None:
        """All rooms whose call worked alone, at the same moment."""
        able = {
            code: runner
            for code, runner in self._alone.items()
            if runner.seen.chosen is not None and runner.station.visitor is not None
        }
        if len(able) < 2 or self._too_late():
            return
        self._part = "together"
        extra = THUMBNAIL_KBPS * (len(self._rooms) - 1)
        runners: dict[str, Runner] = {}
        for code, alone in able.items():
            if alone.station.busy:
                continue
            runners[code] = self._desk.begin(
                alone.station,
                self._by,
                kind="full",
                seconds=min(self._seconds, TOGETHER_S),
                todo=("media",),
                force=self._force,
                sweep=self.id,
                before=alone.seen,
                extra_kbps=extra,
            )
            self._set(code, together=runners[code].run_now.id)
        await self._await(list(runners.values()))
        for code, runner in runners.items():
            self._compare(code, able[code], runner)

    def _compare(self, code: str, alone: Runner, together: Runner) -> None:
        media, before = together.run_now.step("media"), alone.run_now.step("media")
        verdict = media.state if media.state in _RANK else None
        worse = media.cause is not None and _RANK.get(media.state, 0) > _RANK.get(before.state, 0)
        changes: dict[str, object] = {"together_verdict": verdict}
        if worse and media.cause is not None:
            changes["why"] = text(media.cause)
        elif together.run_now.state != "done":
            changes["why"] = text(together.run_now.sentence)
        self._set(code, **changes)


def _all_steps() -> tuple[StepName, ...]:
    return ("browser", "devices", "signalling", "paths", "media", "capacity", "reconnect")
