"""The line to the standby, at the first's end: sends what the standby does not have, in order, and
reads what it has confirmed. See vicon.pair.words."""

from __future__ import annotations

import asyncio
import hmac
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import structlog
from aiohttp import WSMsgType, web

from vicon import __version__
from vicon.ops.claims import BadToken
from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError
from vicon.pair import words
from vicon.pair.files import Watch, pieces
from vicon.pair.first import First
from vicon.pair.record import read_key
from vicon.pair.rules import BEAT_S, Epoch
from vicon.ports import Clock
from vicon.store.mirror import Head, Source
from vicon.store.trials import SqliteTrials
from vicon.web.api import bearer, json_response, problem
from vicon.web.refusals import refusal

log = structlog.get_logger("vicon.pair")
WINDOW = 64
"""Frames that the standby has not confirmed yet, at most."""
SILENT_S = 10.0
"""A standby that confirms nothing for so long has gone."""
RENOUNCE_S = 1.0
RUNS = 20
"""Trial calls in one frame."""


class Line:
    """One standby's connection. first.Progress."""

    def __init__(self, socket: web.WebSocketResponse, first: First, clock: Clock) -> None:
        self._socket, self._first, self._clock = socket, first, clock
        self._work, self._room = asyncio.Event(), asyncio.Event()
        self._n = 0
        self._sent: deque[tuple[int, float, tuple[str, int] | None, int, str]] = deque()
        """Number, when, what entry it brings, what mark it settles, which council it names."""
        self._confirmed: dict[str, int] = {}
        self._asked, self._settled = 0, 0
        self.wanted: int | None = None
        """The epoch for which the standby has asked to serve."""

    # --- first.Progress -------------------------------------------------------------------------

    def wake(self) -> None:
        self._work.set()

    def has(self, conference: str, sequence: int) -> bool:
        return self._confirmed.get(conference, 0) >= sequence

    def ask(self) -> int:
        self._asked += 1
        self._work.set()
        return self._asked

    def settled(self, mark: int) -> bool:
        return self._settled >= mark

    # --- sending --------------------------------------------------------------------------------

    async def send(
        self, body: words.Body, brings: tuple[str, int] | None = None, settles: int = 0
    ) -> None:
        """Waits while too much is on its way. Raises TimeoutError, ConnectionError."""
        async with asyncio.timeout(SILENT_S):
            while len(self._sent) >= WINDOW:
                self._room.clear()
                await self._room.wait()
            self._n += 1
            right = self._first.rules.right and self._first.line is self
            council = self._first.halls.councils.latest if right else None
            named = council.id if council is not None else ""
            self._sent.append((self._n, self._clock.monotonic(), brings, settles, named))
            frame = words.Frame(n=self._n, right=right, body=body, council=council)
            await self._socket.send_bytes(words.encode(frame))

    async def renounce(self) -> None:
        """The standby is told that it has no right any more, before anything counts without it."""
        try:
            async with asyncio.timeout(RENOUNCE_S):
                await self.send(words.Beat())
        except (TimeoutError, ConnectionError):
            log.warning("x standby", why="takes nothing any more")
            await self._socket.close()

    async def pause(self) -> None:
        """Until there is something to send, or the next beat is due."""
        try:
            async with asyncio.timeout(BEAT_S):
                await self._work.wait()
        except TimeoutError:
            return
        finally:
            self._work.clear()

    async def confirmed(self) -> None:
        """All of it. Raises TimeoutError."""
        async with asyncio.timeout(SILENT_S):
            while self._sent:
                self._room.clear()
                await self._room.wait()

    @property
    def asked(self) -> int:
        return self._asked

    @property
    def quiet(self) -> bool:
        """Everything that was sent is confirmed."""
        return not self._sent

    # --- reading --------------------------------------------------------------------------------

    async def read(self) -> None:
        """Until the connection ends, or says nothing. Raises NotUnderstood, TimeoutError."""
        while True:
            message = await self._socket.receive(timeout=SILENT_S)
            if message.type is not WSMsgType.BINARY:
                return
            said = words.from_standby(message.data)
            if isinstance(said, words.Have):
                self._take(said.n)
            elif isinstance(said, words.TakeOver):
                self.wanted = said.number
                self._work.set()

    def _take(self, n: int) -> None:
        while self._sent and self._sent[0][0] <= n:
            _, at, brings, settles, council = self._sent.popleft()
            self._first.rules.answered(at)
            self._first.halls.councils.confirmed(council)
            self._settled = max(self._settled, settles)
            if brings is not None:
                self._confirmed[brings[0]] = brings[1]
        self._room.set()
        self._first.news.set()

    def start_at(self, confirmed: Mapping[str, int]) -> None:
        self._confirmed = dict(confirmed)


class Feed:
    """web.Part: the routes of the pair. `hosts`: names by which this server is known."""

    def __init__(
        self,
        home: DataDir,
        first: First,
        trials: SqliteTrials,
        clock: Clock,
        hosts: Callable[[], Sequence[str]],
    ) -> None:
        self._home, self._first, self._trials = home, first, trials
        self._clock, self._hosts = clock, hosts
        self._socket: web.WebSocketResponse | None = None

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get(words.ROUTE, self.stream), web.get(words.STATE_ROUTE, self.state)]

    async def close(self) -> None:
        """The server stops: the standby is told so by the line's end."""
        if self._socket is not None:
            await self._socket.close(code=1001)

    async def state(self, request: web.Request) -> web.StreamResponse:
        """To the other server, when it is started."""
        if not knows(self._home, request):
            return problem("bad_token", 401)
        epoch = self._first.rules.epoch
        return json_response(
            words.State(
                holder=epoch.holder,
                part="first",
                number=epoch.number,
                fenced=self._first.fenced.is_set(),
            )
        )

    async def stream(self, request: web.Request) -> web.StreamResponse:
        if not knows(self._home, request):
            return problem("bad_token", 401)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return refusal(400, words.ROUTE)
        socket = web.WebSocketResponse(max_msg_size=words.MOST_BYTES, compress=False)
        await socket.prepare(request)
        line = Line(socket, self._first, self._clock)
        try:
            await self._serve(socket, line)
        except (TimeoutError, ConnectionError, words.NotUnderstood, SpokenError, OSError) as error:
            log.warning("x standby", why=f"{type(error).__name__}: {error}")
        finally:
            self._first.detached(line)
            if self._socket is socket:
                self._socket = None
            await socket.close()
        return socket

    async def _serve(self, socket: web.WebSocketResponse, line: Line) -> None:
        message = await socket.receive(timeout=words.ATTACH_S)
        if message.type is not WSMsgType.BINARY:
            return
        attach = words.from_standby(message.data)
        if not isinstance(attach, words.Attach):
            raise words.NotUnderstood("no attach")
        source = await Source.open(self._home)
        try:
            why = await self._objection(attach, source)
            if why is not None:
                log.warning("x standby", why=why.why)
                await line.send(why)
                return
            await self._follow(socket, line, attach, source)
        finally:
            await source.close()

    async def _objection(self, attach: words.Attach, source: Source) -> words.Refuse | None:
        if attach.form != words.FORM:
            return words.Refuse(why="form")
        if self._first.saw(Epoch(attach.number, attach.of)):
            return words.Refuse(why="not_first")
        if not self._first.takes(attach.holder):
            return words.Refuse(why="taken")
        for conference, head in attach.heads.items():
            if not await source.has(conference, head):
                return words.Refuse(why="diverged")
        return None

    async def _follow(
        self, socket: web.WebSocketResponse, line: Line, attach: words.Attach, source: Source
    ) -> None:
        first = self._first
        sent = {name: head[0] for name, head in attach.heads.items()}
        epoch = first.rules.epoch
        await line.send(
            words.Accept(holder=epoch.holder, number=epoch.number, hosts=list(self._hosts()))
        )
        sending = asyncio.create_task(
            self._begin(socket, line, source, sent, attach), name="standby feed"
        )
        reading = asyncio.create_task(line.read(), name="standby reader")
        try:
            done, _ = await asyncio.wait([sending, reading], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, reading):
                task.cancel()
            await asyncio.gather(sending, reading, return_exceptions=True)
        for task in done:
            task.result()

    async def _begin(
        self,
        socket: web.WebSocketResponse,
        line: Line,
        source: Source,
        sent: dict[str, int],
        attach: words.Attach,
    ) -> None:
        """Once the standby has answered on this very line: an attach that the network held back,
        of a line that it has given up long ago, gives nothing back."""
        first = self._first
        await line.confirmed()
        if self._socket is not None:  # a line that is half dead gives way to its successor
            await self._socket.close()
        self._socket = socket
        behind = _behind(sent, await source.heads())
        first.release()  # by coming anew the standby has given it back
        line.start_at(sent)
        first.attached(line, attach, behind)
        log.info("- standby attached", vicon=attach.vicon, own=__version__, behind=behind)
        await self._send(line, source, sent, attach)

    async def _send(
        self, line: Line, source: Source, sent: dict[str, int], attach: words.Attach
    ) -> None:
        """Pass after pass, in an order in which each thing comes before what speaks of it."""
        first, watch = self._first, Watch(self._home)
        runs, reports, seen = dict(attach.runs), set[str](), -1
        while True:
            if line.quiet and seen >= 0:  # all that the passes before have sent
                first.tell("synced")
                if attach.automatic:
                    first.caught_up()
            elif not first.rules.waits:
                first.tell("behind", max(1, _behind(sent, await source.heads())))
            asked = line.asked
            changed = await asyncio.to_thread(watch.look)
            for part in pieces(changed) if changed is not None else ():
                await line.send(words.Moved(files=part))
            if seen != self._trials.changes:
                seen = self._trials.changes
                await self._send_trials(line, runs, reports)
            await self._send_entries(line, source, sent)
            if line.wanted is not None:
                await self._hand_over(line, Epoch(line.wanted, attach.holder), source, sent)
                return
            await line.send(words.Beat(), settles=asked)
            await line.pause()

    async def _send_entries(self, line: Line, source: Source, sent: dict[str, int]) -> None:
        for conference, head in (await source.heads()).items():
            while sent.get(conference, 0) < head[0]:
                batch = await source.after(conference, sent.get(conference, 0))
                if batch is None:
                    break
                await line.send(words.Entries(batch=batch), brings=(conference, batch.last))
                sent[conference] = batch.last

    async def _send_trials(self, line: Line, runs: dict[str, str], reports: set[str]) -> None:
        marks = await self._trials.marks()
        gone = [run for run in runs if run not in marks]
        if gone:
            await line.send(words.Gone(runs=gone))
        wanted = [run for run, mark in marks.items() if runs.get(run) != mark]
        for place in range(0, len(wanted), RUNS):
            found = [await self._trials.get(run) for run in wanted[place : place + RUNS]]
            records = [record for record in found if record is not None]
            await line.send(words.Runs(records=records, reports=[]))
        told = [one for one in await self._trials.reports() if one[0] not in reports]
        for place in range(0, len(told), 500):
            await line.send(words.Runs(records=[], reports=told[place : place + 500]))
        reports.update(one[0] for one in told)
        runs.clear()
        runs.update(marks)

    async def _hand_over(
        self, line: Line, wanted: Epoch, source: Source, sent: dict[str, int]
    ) -> None:
        """From here nothing is written; all that was goes over, then this server is over too."""
        first = self._first
        later = Epoch(max(wanted.number, first.rules.epoch.number + 1), wanted.holder)
        with first.holding():
            await self._send_entries(line, source, sent)
            await line.confirmed()
            first.bow(later)
            try:
                await line.send(words.Yours(number=later.number))
                await line.confirmed()
            finally:
                first.saw(later)


def knows(home: DataDir, request: web.Request) -> bool:
    """Whoever asks has the pair's key."""
    try:
        key, shown = read_key(home), bearer(request)
    except (SpokenError, BadToken) as error:
        log.info("x standby", remote=request.remote, why=type(error).__name__)
        return False
    good = key is not None and hmac.compare_digest(key.encode(), shown.encode())
    if not good:
        log.warning("x standby", remote=request.remote, why="key")
    return good


def _behind(sent: Mapping[str, int], heads: Mapping[str, Head]) -> int:
    return sum(max(0, head[0] - sent.get(name, 0)) for name, head in heads.items())
