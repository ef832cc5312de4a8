"""What a server of a pair is, one after the other: it follows, asks, serves, or is over."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from msgspec.structs import replace

from vicon.cli.common import COULD_NOT, DONE
from vicon.cli.listen import address, listeners, listening_hosts
from vicon.cli.turnparts import NOT_SURE, REPLACED, Asked, StandbyOf, key_of, note, state_of
from vicon.compose import Listener, Server, running
from vicon.config import Settings
from vicon.listeners import served_names
from vicon.ops.data import DataDir, DataError, ServerInfo
from vicon.ops.words import Words
from vicon.pair import words
from vicon.pair.copy import Copy
from vicon.pair.follow import Follower, Own
from vicon.pair.reach import ask, check_url, trust
from vicon.pair.record import (
    Record,
    Taken,
    new_record,
    next_number,
    read_key,
    read_record,
    write_record,
)
from vicon.pair.rules import StandbyRules
from vicon.pair.settings import overlaid
from vicon.pair.state import Part, Standing, wisher, write_standing
from vicon.pair.waiting import Code, Waiting, Witnesses
from vicon.ports import Clock

log = structlog.get_logger("vicon.pair")
AGAIN_S = 0.5
TELL_S = 1.0
Ready = Callable[[Sequence[str]], None]


class Turns:
    """One process on one claimed data directory, until `stop`."""

    def __init__(
        self,
        settings: Settings,
        home: DataDir,
        clock: Clock,
        stop: asyncio.Event,
        standby: StandbyOf | None = None,
    ) -> None:
        self._settings, self._home, self._clock = settings, home, clock
        self._stop, self._standby = stop, standby
        self._where: list[Listener] = []
        self._asked = Asked()
        self._waiting_ready: Ready = lambda _: None

    async def run(
        self, ready: Callable[[Server, DataDir], None], waiting: Ready = lambda _: None
    ) -> int:
        """The exit code. `ready`: it serves; `waiting`: it listens and does not serve."""
        self._waiting_ready = waiting
        found = read_record(self._home)
        record = found or new_record(self._clock.now())
        if self._standby is not None and (
            found is None or found.part == "standby" or found.fenced is not None
        ):
            now = await self._follow(self._standby, record)
        elif record.fenced is not None or not record.peer:
            now = record
        else:
            now = await self._ask(record)
        while now is not None and not self._stop.is_set():
            before, self._asked.sure = record.number, False
            if now.fenced is not None:
                record, now = now, await self._over(now)
                continue
            if now.number > before:
                note(self._home, "took over", now.number)
            code, record = await self._serve(now, ready), now
            if code is not None:
                return code
            now = read_record(self._home)
        return DONE

    # --- serving --------------------------------------------------------------------------------

    async def _serve(self, record: Record, ready: Callable[[Server, DataDir], None]) -> int | None:
        """The exit code; None: it has been fenced."""
        settings = self._settings
        if self._standby is not None:
            settings = overlaid(self._home, settings)
        where = self._listeners()
        async with running(settings, self._home, self._clock, where, record) as server:
            first = server.first
            self._fix(server.urls)

            def standing() -> Standing:
                told = first.told
                return self._standing(
                    "fenced" if first.fenced.is_set() else "first",
                    first.record,
                    line=told.stand in ("behind", "synced"),
                    synced=told.stand == "synced",
                    behind=told.behind,
                    right=first.rules.right,
                    frozen=first.frozen_but() is not None,
                )

            self._asked.listener = lambda sure: first.decide_alone() if sure else None
            try:
                async with self._telling(standing):
                    ready(server, self._home)
                    ended = await _first(self._stop, server.failed, first.fenced)
            finally:
                self._asked.listener = None
        if ended is first.fenced:
            return None
        return COULD_NOT if ended is server.failed else DONE

    # --- not serving ----------------------------------------------------------------------------

    async def _over(self, record: Record) -> Record | None:
        """Another server has taken over: this one says so to whoever comes, until it is stopped
        (None), or a person wants it to serve again and is sure."""
        note(self._home, "fenced", record.fenced_number)
        log.critical("x fenced", epoch=record.fenced_number, own=record.number)

        async def wanted() -> Record | None:
            while not self._asked.sure:
                self._asked.refuse(REPLACED)
                await asyncio.sleep(AGAIN_S)
            return self._later(record)

        async with self._saying(lambda: "fenced", record, lambda: self._standing("fenced", record)):
            return await self._unless_stopped(wanted())

    async def _ask(self, record: Record) -> Record | None:
        """It was in a pair: the other may have taken over meanwhile."""
        key = read_key(self._home)
        if key is None:
            return record
        tls = trust(self._home, None)
        found = await self._word(record, key, tls)
        if found is not None:
            return found
        log.warning("- asks the other server", peer=record.peer)

        async def until() -> Record | None:
            while True:
                told = await self._word(record, key, tls)
                if told is not None:
                    return told
                if self._asked.sure:
                    return self._later(record)
                self._asked.refuse(NOT_SURE)
                await asyncio.sleep(AGAIN_S)

        state = lambda: self._standing("asking", record)  # noqa: E731
        async with self._saying(lambda: "asking_other", record, state):
            return await self._unless_stopped(until())

    def _later(self, record: Record) -> Record:
        """A person wants it to serve, and is sure."""
        number = next_number(record, self._clock.now())
        taken = Taken(why="decided", server=record.peer, by=wisher(self._home, self._clock.now()))
        later = replace(
            record,
            number=number,
            of="",
            paired=False,
            fenced_number=0,
            fenced_by="",
            part="first",
            taken=taken,
        )
        write_record(self._home, later)
        return later

    async def _word(self, record: Record, key: str, tls: ssl.SSLContext) -> Record | None:
        """The record as it stands after what the other says; None: it must be asked again."""
        told = await ask(record.peer, key, tls)
        if told is None:
            return None if record.paired else record
        serves = told.part == "first" and not told.fenced
        same = serves and told.number == record.number and told.holder > record.holder
        if same or told.number > record.number:
            record = replace(record, fenced_number=told.number, fenced_by=told.holder)
        record = replace(record, paired=False)
        write_record(self._home, record)
        return record

    async def _follow(self, standby: StandbyOf, record: Record) -> Record | None:
        url, key = check_url(standby.url), key_of(self._home, standby.key_file)
        fresh = record.fenced is not None or record.part == "first"
        if fresh:
            record = replace(record, part="standby", of="", synced=False)
        copy = await Copy.open(self._home, self._clock)
        try:
            follower = Follower(
                self._home,
                copy,
                record,
                StandbyRules(standby.takeover_s),
                self._clock,
                url,
                key,
                lambda: trust(self._home, standby.authority),
                self._own(),
                automatic=standby.takeover_s > 0,
            )
            return await self._unless_stopped(self._follow_on(follower))
        finally:
            await copy.close()

    async def _follow_on(self, follower: Follower) -> Record:
        """It listens once it has the pair's authority: its own certificate comes from that."""
        following = asyncio.create_task(follower.run(), name="standby")
        first_copy = asyncio.create_task(follower.synced.wait(), name="standby's first copy")

        def standing() -> Standing:
            return self._standing(
                "standby",
                follower.record,
                line=follower.attached,
                synced=follower.record.synced,
                right=follower.rules.right(self._clock.monotonic()),
                asks=follower.asks,
                answer=follower.answer,
            )

        self._asked.listener = lambda sure: follower.ask(sure=sure)
        try:
            async with self._telling(standing):
                if not follower.record.synced:
                    await asyncio.wait([following, first_copy], return_when=asyncio.FIRST_COMPLETED)
            state = lambda: state_of(follower.record, "standby")  # noqa: E731
            async with self._saying(
                lambda: "standing_by", follower.record, standing, state, follower.asked, follower
            ):
                await following
        finally:
            self._asked.listener = None
            for task in (following, first_copy):
                task.cancel()
            await asyncio.gather(following, first_copy, return_exceptions=True)
        return follower.record

    # --- the parts of it ------------------------------------------------------------------------

    def _listeners(self) -> list[Listener]:
        if not self._where:
            self._where = listeners(self._settings.server, self._home, self._clock)
        return self._where

    def _fix(self, urls: Sequence[str]) -> None:
        """The ports that were had once are those that are had again."""
        self._where = [
            replace(one, port=int(url.rsplit(":", 1)[1]))
            for one, url in zip(self._listeners(), urls, strict=True)
        ]

    def _own(self) -> Own:
        """Where clients reach this server: as configured, else by an address that others have."""
        server = self._settings.server
        places = listening_hosts(server)
        where = [Listener(host=host, port=server.port) for host in places]
        hosts = served_names(self._settings, where).names()
        url = server.public_url.rstrip("/") or (address(server, places) if server.port else "")
        return Own(url=url, hosts=hosts)

    @asynccontextmanager
    async def _saying(
        self,
        code: Callable[[], Code],
        record: Record,
        standing: Callable[[], Standing],
        state: Callable[[], words.State] | None = None,
        asked: Callable[[], None] = lambda: None,
        witnesses: Witnesses | None = None,
    ) -> AsyncIterator[None]:
        """Listening, and saying no."""

        def told() -> words.State:
            asked()
            return state() if state is not None else state_of(record, "first")

        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._telling(standing))
            waiting = Waiting(self._home, self._clock, code, told, witnesses)
            urls = await waiting.listen(stack, self._settings, self._listeners())
            self._fix(urls)
            self._home.write_server(
                ServerInfo(
                    url=urls[0],
                    port=int(urls[0].rsplit(":", 1)[1]),
                    pid=os.getpid(),
                    started=self._clock.now(),
                    urls=tuple(urls),
                )
            )
            log.info("- waits", url=urls[0], why=code(), pid=os.getpid())
            self._waiting_ready(urls)
            yield

    @asynccontextmanager
    async def _telling(self, standing: Callable[[], Standing]) -> AsyncIterator[None]:
        """For `vicon standby`; and a person's wish by signal (`vicon takeover`) is heard."""

        async def tell() -> None:
            while True:
                try:
                    write_standing(self._home, standing())
                except DataError as error:
                    log.warning("x standby-state.json", why=error.words.en)
                await asyncio.sleep(TELL_S)

        loop = asyncio.get_running_loop()
        for number, sure in ((signal.SIGUSR1, False), (signal.SIGUSR2, True)):
            loop.add_signal_handler(number, self._asked.ask, sure)
        telling = asyncio.create_task(tell(), name="standing")
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    def _standing(
        self,
        part: Part,
        record: Record,
        *,
        line: bool = False,
        synced: bool = False,
        behind: int = 0,
        right: bool = False,
        frozen: bool = False,
        asks: int | None = None,
        answer: Words | None = None,
    ) -> Standing:
        return Standing(
            at=self._clock.now(),
            pid=os.getpid(),
            part=part,
            number=record.fenced_number if part == "fenced" else record.number,
            peer=record.peer,
            line=line,
            synced=synced,
            behind=behind,
            right=right,
            frozen=frozen,
            asks=self._asked.count if asks is None else asks,
            answer=self._asked.answer if answer is None else answer,
        )

    async def _unless_stopped(self, work: Awaitable[Record | None]) -> Record | None:
        """None: the process is to end."""
        doing = asyncio.ensure_future(work)
        stopped = asyncio.create_task(self._stop.wait(), name="stop")
        try:
            await asyncio.wait([doing, stopped], return_when=asyncio.FIRST_COMPLETED)
            return doing.result() if doing.done() else None
        finally:
            for task in (doing, stopped):
                task.cancel()
            await asyncio.gather(doing, stopped, return_exceptions=True)


async def _first(*events: asyncio.Event) -> asyncio.Event:
    """The event that is set first."""
    waiting = {asyncio.create_task(event.wait()): event for event in events}
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return waiting[done.pop()]
