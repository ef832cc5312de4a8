"""Trial calls as the command line runs them: one station of our own or another's, watched to the
end; and the sweep of all rooms."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
import structlog
from msgspec.structs import replace

from signaling import messages as wire
from signaling.backoff import Uniform
from signaling.client import Client, CommandRefused, ConnectionLost, Rejected, TrialMessage
from vicon.agent.connections import Tools
from vicon.agent.device import device_cookie
from vicon.agent.station import Station
from vicon.measure.encode import Clip
from vicon.measure.run import Run

log = structlog.get_logger("vicon.agent")

CONNECT_S = 20.0
GRACE_S = 900.0
"""A full run lasts its call and about a minute more, but may have to wait for its turn to fill the
line: the server itself gives up after 840 s."""
SWEEP_ROOM_S = 300.0
"""Besides the calls, for each room of a sweep."""
SILENCE_S = 12.0
HTTP_S = 60.0


class CannotRun(Exception):
    """The trial could not be run; `text` says why and what to do."""

    def __init__(self, text: wire.Text) -> None:
        super().__init__(text.en)
        self.text = text


class TrialDesk:
    """A connection by which trials are run. Use it as `async with trial_desk(...)`."""

    def __init__(self, client: Client, link: str, tls: ssl.SSLContext | None) -> None:
        self.client = client
        self.runs: dict[str, wire.RunView] = {}
        self.sweep: wire.SweepView | None = None
        self.stations: list[wire.StationView] = []
        self.on_change: Callable[[], None] = lambda: None
        self._changed = asyncio.Event()
        self._link, self._tls = link, tls
        self._heard = False
        """Something was told of a run since it was last looked at."""

    def take(self, message: TrialMessage) -> None:
        if isinstance(message, wire.TrialRun):
            self.runs[message.run.id] = message.run
            self._heard = True
        elif isinstance(message, wire.TrialSweeping):
            self.sweep = message.sweep
        elif isinstance(message, wire.TrialStations):
            self.stations = message.stations
        self._changed.set()
        self.on_change()

    async def ready(self) -> wire.View:
        """Raises CannotRun."""
        try:
            return await self.client.ready(CONNECT_S)
        except Rejected as error:
            raise CannotRun(error.text) from error
        except (TimeoutError, ConnectionLost) as error:
            raise _out_of_reach(self.client.failure or str(error)) from error

    async def run(self, room: str, *, seconds: int, quick: bool, force: bool) -> wire.RunView:
        """Start a run and follow it to its end; cancelled, the run is stopped too. Raises
        CannotRun."""
        body = wire.TrialStart(
            room=room, kind="quick" if quick else "full", seconds=seconds, force=force
        )
        started = await self._ask(body)
        if not isinstance(started, wire.TrialStarted):
            raise _out_of_reach("no run was started")
        try:
            return await self.follow(started.run, seconds + GRACE_S)
        except asyncio.CancelledError:
            with suppress(CannotRun):
                await asyncio.shield(self._ask(wire.TrialStop(run=started.run)))
            raise

    async def follow(self, run: str, seconds: float) -> wire.RunView:
        """Raises CannotRun. A server that was restarted has closed the run and says nothing more
        of it: after a silence the stored one is asked for."""

        def over() -> bool:
            seen = self.runs.get(run)
            return seen is not None and seen.state != "running"

        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while not over():
            self._heard = False
            left = end - clock()
            if left <= 0:
                raise _out_of_reach("the trial did not come to its end")
            try:
                await self._until(lambda: over() or self._heard, min(SILENCE_S, left))
            except CannotRun:
                if self.client.rejected is not None:
                    raise
                await self._look_up(run)
        return self.runs[run]

    async def _look_up(self, run: str) -> None:
        seen = self.runs.get(run)
        if not self.client.connected or seen is None:
            return
        try:
            stored = await self.fetch(run)
        except CannotRun as error:
            log.info("x trial", run=run, why=str(error))
            return
        sentence = wire.Text(id=stored.sentence.id, en=stored.sentence.en)
        self.runs[run] = replace(
            seen, state=stored.state, verdict=stored.verdict, sentence=sentence
        )

    async def sweep_all(self, *, seconds: int, force: bool) -> wire.SweepView:
        """Sweep all rooms and follow it to its end. Raises CannotRun."""
        before = self.sweep.id if self.sweep is not None else ""
        await self._ask(wire.TrialSweep(seconds=seconds, force=force))
        await self._until(lambda: self.sweep is not None and self.sweep.id != before, CONNECT_S)

        def over() -> bool:
            sweep = self.sweep
            if sweep is None:
                return True  # a server that was restarted knows of none
            return sweep.id != before and sweep.state != "running"

        rooms = len(self.stations) + 2
        await self._until(over, rooms * (seconds + SWEEP_ROOM_S))
        if self.sweep is None:
            raise _lost_sweep()
        return self.sweep

    async def stop_sweep(self) -> None:
        await self._ask(wire.TrialSweepStop())

    async def _ask(self, body: wire.CommandBody) -> Any:
        try:
            return await self.client.command(body)
        except CommandRefused as error:
            raise CannotRun(error.text) from error
        except (ConnectionLost, TimeoutError) as error:
            raise _out_of_reach(str(error) or "no answer in time") from error

    async def _until(self, over: Callable[[], bool], seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not over():
                    if self.client.rejected is not None:
                        raise CannotRun(self.client.rejected.text)
                    self._changed.clear()
                    try:
                        async with asyncio.timeout(1.0):
                            await self._changed.wait()
                    except TimeoutError:
                        continue
        except TimeoutError as error:
            raise _out_of_reach("the trial did not come to its end") from error

    # --- what the server keeps ------------------------------------------------------------------

    async def fetch(self, run: str) -> Run:
        """The run whole. Raises CannotRun."""
        body = await self.download(f"/api/v1/trials/{run}")
        try:
            return msgspec.json.decode(body, type=_Answer).run
        except msgspec.MsgspecError as error:
            raise _out_of_reach(f"the server's answer is no run: {error}") from error

    async def download(self, path: str) -> bytes:
        """Raises CannotRun."""
        parts = urlsplit(self._link)
        url = f"{parts.scheme}://{parts.netloc}{path}"
        head = {"Authorization": f"Bearer {parts.fragment}", "Cookie": device_cookie(self._link)}
        limit = aiohttp.ClientTimeout(total=HTTP_S)
        try:
            async with aiohttp.ClientSession(timeout=limit, headers=head) as session:
                tls = self._tls if self._tls is not None else True
                async with session.get(url, ssl=tls) as answer:
                    body = await answer.read()
                    if answer.status != 200:
                        raise _refused(body, answer.status)
                    return body
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _out_of_reach(str(error) or type(error).__name__) from error


class _Answer(msgspec.Struct):
    run: Run


class _Problem(msgspec.Struct):
    text: wire.Text


def _refused(body: bytes, status: int) -> CannotRun:
    try:
        return CannotRun(msgspec.json.decode(body, type=_Problem).text)
    except msgspec.MsgspecError:
        return _out_of_reach(f"HTTP {status}")


def _lost_sweep() -> CannotRun:
    return CannotRun(
        wire.Text(
            id="Server dinyalakan ulang di tengah uji serentak. Mulai lagi; ruang yang sudah diuji "
            "ada di riwayat.",
            en="The server was restarted in the middle of the sweep. Start it again; the rooms "
            "that were tested are in the history.",
        )
    )


def _out_of_reach(why: str) -> CannotRun:
    return CannotRun(
        wire.Text(
            id=f"Server tidak dapat dihubungi atau tidak menjawab ({why}). Periksa tautan, "
            "jaringan dan --ca, lalu coba lagi.",
            en=f"The server is out of reach or does not answer ({why}). Check the link, the "
            "network and --ca, then try again.",
        )
    )


@asynccontextmanager
async def trial_desk(
    link: str,
    url: str,
    token: str,
    *,
    rng: Uniform,
    tools: Tools,
    clip: Callable[[], Awaitable[Clip]],
    station: str | None,
    lang: wire.Language,
    tls: ssl.SSLContext | None,
) -> AsyncIterator[TrialDesk]:
    """Connected to the server; with a `station` name this program can itself be tested."""
    client = Client(url, token, rng=rng, lang=lang, tls=tls, cookie=device_cookie(url))
    desk = TrialDesk(client, link, tls)
    client.on_trial = desk.take
    async with client:
        if station is None:
            yield desk
            return
        own = Station(client, tools, clip, station, tls=tls, others=desk.take)
        await desk.ready()
        await own.prepare()
        work = asyncio.create_task(own.run(), name="station")
        try:
            await own.offer()
            yield desk
        finally:
            work.cancel()
            await asyncio.wait([work])
