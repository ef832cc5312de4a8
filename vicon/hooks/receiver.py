"""One receiver of webhooks: told of the journal's entries one after the other. Its queue is the
journal: whoever does not answer is told later, and nothing else waits for it."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from typing import Literal, Protocol

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from msgspec import Struct

from vicon.gauges import ReceiverStanding
from vicon.hooks import sign
from vicon.hooks.notice import Group, Notice, Place, notice, pass_over
from vicon.hooks.places import Places
from vicon.ports import START, Clock, JournalError, Record

LOOK_S = 30.0
"""Longest wait before it is looked whether there is something new, told or not."""
AHEAD = 500
"""Entries of a conference that are read before they are told."""
Outcome = Literal["ok", "status", "timeout", "unreachable"]
log = structlog.get_logger("vicon.webhooks")


class Entries(Protocol):
    """The journal."""

    def since(self, conference: str, head: tuple[int, str]) -> AsyncGenerator[Record]: ...


class Target(Struct, frozen=True, kw_only=True):
    """Where it is, and how it is told."""

    name: str
    url: str
    key: bytes
    groups: frozenset[Group]
    timeout_s: float
    first_retry_s: float
    most_retry_s: float


class Receiver:
    """run() until it is cancelled. `heads`: living; the last number of each conference's journal.
    `moved` is called after something was told."""

    def __init__(
        self,
        target: Target,
        places: Places,
        heads: Mapping[str, int],
        journal: Entries,
        clock: Clock,
        http: ClientSession,
        moved: Callable[[], None],
    ) -> None:
        self.target = target
        self.counts: Counter[Outcome] = Counter()
        """Attempts."""
        self.failing_since: float | None = None
        """Monotonic seconds; None: the last attempt went well."""
        self.why = ""
        """Of the last attempt that did not; nothing that the receiver wrote."""
        self._places, self._heads = places, heads
        self._journal, self._clock = journal, clock
        self._http, self._moved = http, moved
        self._ahead: dict[str, deque[Record]] = {}
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There is a new entry."""
        self._news.set()

    def standing(self) -> ReceiverStanding:
        waiting = sum(
            max(0, head - self._at(conference).sequence) for conference, head in self._heads.items()
        )
        since = self.failing_since
        return ReceiverStanding(
            name=self.target.name,
            failing_s=None if since is None else self._clock.monotonic() - since,
            waiting=waiting,
            attempts={str(outcome): count for outcome, count in self.counts.items()},
        )

    async def run(self) -> None:
        while True:
            self._news.clear()
            try:
                while (record := await self._next()) is not None:
                    await self._tell(record)
            except JournalError as error:  # told by the journal's own check; tried again later
                log.warning("x webhook", receiver=self.target.name, why=str(error))
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _at(self, conference: str) -> Place:
        return self._places.setdefault(conference, Place(0, START, {}))

    async def _next(self) -> Record | None:
        """The oldest entry that has not been told; of each conference in its order. Raises
        JournalError."""
        for conference, head in list(self._heads.items()):
            if not self._ahead.get(conference) and head > self._at(conference).sequence:
                self._ahead[conference] = await self._read(conference)
        heads = [waiting[0] for waiting in self._ahead.values() if waiting]
        if not heads:
            return None
        first = min(heads, key=lambda record: (record.at, record.conference))
        return self._ahead[first.conference].popleft()

    async def _read(self, conference: str) -> deque[Record]:
        place = self._at(conference)
        async with aclosing(self._journal.since(conference, (place.sequence, place.hash))) as found:
            return deque([record async for record in _first(found)])

    async def _tell(self, record: Record) -> None:
        """Returns once it has been told, or need not be."""
        place = self._at(record.conference)
        said = notice(record, place.mains)
        if said is not None and said.group in self.target.groups:
            await self._until_taken(said)
        pass_over(place, record)
        self._moved()

    async def _until_taken(self, said: Notice) -> None:
        pause = self.target.first_retry_s
        while not await self._try(said):
            await self._clock.sleep(pause)
            pause = min(self.target.most_retry_s, 2 * pause)

    async def _try(self, said: Notice) -> bool:
        outcome, why = await self._post(said)
        self.counts[outcome] += 1
        words = {"receiver": self.target.name, "type": said.type, "id": said.id}
        if outcome == "ok":
            if self.failing_since is not None:
                log.warning("- webhook", why="it is taken again", **words)
            self.failing_since, self.why = None, ""
            log.debug("> webhook", **words)
            return True
        if self.failing_since is None:
            self.failing_since = self._clock.monotonic()
            log.warning("x webhook", why=why, **words)
        self.why = why
        return False

    async def _post(self, said: Notice) -> tuple[Outcome, str]:
        """Redirects are not followed: only what the configuration names is spoken to."""
        target = self.target
        head = sign.headers(target.key, said.id, self._clock.now() // 1000, said.body)
        try:
            async with self._http.post(
                target.url,
                data=said.body,
                headers=head,
                allow_redirects=False,
                timeout=ClientTimeout(total=target.timeout_s),
            ) as answer:
                if 200 <= answer.status < 300:
                    return "ok", ""
                return "status", f"HTTP {answer.status}"
        except TimeoutError:
            return "timeout", f"no answer within {target.timeout_s:g} s"
        except (ClientError, OSError, ValueError) as error:
            return "unreachable", type(error).__name__


async def _first(entries: AsyncIterator[Record]) -> AsyncIterator[Record]:
    count = 0
    async for record in entries:
        yield record
        count += 1
        if count >= AHEAD:
            return
