"""The vision worker as the main process sees it: started, asked, started again when it dies or
hangs. Whatever happens, a question has an answer: a count, or nothing and why."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import sys
from collections import Counter as Counted
from collections.abc import Sequence

import msgspec
import structlog

from vicon.core.estimate import Quality
from vicon.core.model import Zone
from vicon.ops import trace
from vicon.ops.words import Words
from vicon.ports import Clock, Still
from vicon.vision.words import (
    LENGTH,
    Forget,
    FromWorker,
    Looked,
    Ready,
    Task,
    ToWorker,
    WordsError,
    from_worker,
    length,
    pack,
)

READY_S, LOOK_S, END_S = 20.0, 10.0, 2.0
"""Seconds for its start, for one answer, and to end by itself."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Before it is started again; twice as long after each start that came to nothing."""
PROVEN_S = 60.0
"""A worker that lived so long: the next pause is short again."""
MOST_WAITING = 32
"""Questions at a time; more are answered with `unavailable` at once."""
_DIED = Words(
    "Penghitung kamera berhenti dan dijalankan lagi; angka kamera kosong sementara.",
    "The camera counter ended and is being started again; there are no camera figures meanwhile.",
)
Answer = tuple[int | None, Quality]
NOTHING: Answer = (None, "unavailable")

log = structlog.get_logger("vicon.vision")


class Counter:
    """run() in a task of its own, for as long as the server lives; cancelling it ends the worker.
    Pictures are passed on and kept nowhere."""

    def __init__(self, detector: str, clock: Clock) -> None:
        """`detector`: a name of faces.DETECTORS."""
        self.problem: Words | None = None
        """Why rooms have no figure by their camera; None: nothing is known to be wrong."""
        self._needed, self._ready = asyncio.Event(), asyncio.Event()
        self.restarts = 0
        """How many workers have ended."""
        self.looks: Counted[Quality] = Counted()
        """Answers, by their quality."""
        self.pid: int | None = None
        """Of the worker that answers now."""
        self._detector = detector
        self._clock = clock
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._ids = itertools.count(1)

    async def run(self) -> None:
        """The worker is started when it is asked for the first time."""
        await self._needed.wait()
        pause = FIRST_PAUSE_S
        while True:
            began = self._clock.monotonic()
            try:
                why = await self._live()
            except OSError as error:  # no descriptor, no memory, no process left
                why = f"it did not start: {error}"
            self.restarts += 1
            if self.problem is None:
                self.problem = _DIED
            self._ready.set()  # whoever waits has an answer: nothing
            log.error("x vision worker", why=why)
            if self._clock.monotonic() - began >= PROVEN_S:
                pause = FIRST_PAUSE_S
            await self._clock.sleep(pause)
            pause = min(LONGEST_PAUSE_S, 2 * pause)

    async def look(self, room: str, still: Still, zones: Sequence[Zone] = ()) -> Answer:
        """See ports.CameraCounter."""
        answer = await self._look(room, still, zones)
        self.looks[answer[1]] += 1
        return answer

    async def _look(self, room: str, still: Still, zones: Sequence[Zone]) -> Answer:
        self._needed.set()
        if self._process is None and self.problem is None:
            await self._started()
        process = self._process
        if process is None or len(self._waiting) >= MOST_WAITING:
            return NOTHING
        task = Task(
            id=next(self._ids), room=room, still=still, zones=tuple(zones), trace=trace.current()
        )
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[task.id] = answer
        try:
            self._tell(process, task)
            async with asyncio.timeout(LOOK_S):
                return await answer
        except WordsError:  # no camera sends a picture that long
            return None, "unreadable"
        except TimeoutError:
            log.error("x vision worker", why="it hangs", pid=process.pid)
            with contextlib.suppress(ProcessLookupError):
                process.kill()  # run() starts another
            return NOTHING
        finally:
            self._waiting.pop(task.id, None)

    async def _started(self) -> None:
        """Wait for its first life."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_S):
                await self._ready.wait()

    def forget(self, room: str) -> None:
        """Nothing more is asked of this room."""
        if self._process is not None:
            self._tell(self._process, Forget(room=room))

    @staticmethod
    def _tell(process: asyncio.subprocess.Process, word: ToWorker) -> None:
        assert process.stdin is not None
        process.stdin.write(pack(word))

    async def _live(self) -> str:
        """One life of the worker. Returns why it ended; the process is then gone."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "vicon.vision.worker",
            "--detector",
            self._detector,
            "--log-level",  # as talkative as this process
            logging.getLevelName(logging.getLogger().getEffectiveLevel()).lower(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            return await self._converse(process)
        finally:
            self._process = self.pid = None
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_result(NOTHING)
            await _end(process)

    async def _converse(self, process: asyncio.subprocess.Process) -> str:
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_S):
                ready = await _heard(process.stdout)
            if not isinstance(ready, Ready):
                return "it greeted wrongly"
            self.problem = Words(*ready.problem) if ready.problem else None
            self._process, self.pid = process, process.pid
            self._ready.set()
            log.info("- vision worker ready", pid=process.pid, problem=self.problem)
            while isinstance(word := await _heard(process.stdout), Looked):
                answer = self._waiting.get(word.id)
                if answer is not None and not answer.done():
                    answer.set_result((word.count, word.quality))
        except TimeoutError:
            return "it did not become ready"
        except (asyncio.IncompleteReadError, ConnectionError):
            return "its process ended"
        except (WordsError, msgspec.MsgspecError) as error:
            return f"it broke the protocol: {error}"
        return "it greeted twice"


async def _heard(stream: asyncio.StreamReader) -> FromWorker:
    """Raises IncompleteReadError at the end, WordsError or MsgspecError for what is no word."""
    size = length(await stream.readexactly(LENGTH.size))
    word: FromWorker = from_worker.decode(await stream.readexactly(size))
    return word


async def _end(process: asyncio.subprocess.Process) -> None:
    """By closing its input, and if that does not help, at once."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
