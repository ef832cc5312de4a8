"""The serving server's side of a pair: what may be acknowledged, who has been fenced, how the
standby stands. The line itself is vicon.pair.feed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

import structlog
from msgspec import Struct
from msgspec.structs import replace

from signaling.messages import StandbyState, WitnessWord
from vicon.ops.data import DataDir, DataError
from vicon.ops.words import Words
from vicon.pair.halls import FROZEN, Halls
from vicon.pair.record import Fences, Record, host_of, origin_of, write_record
from vicon.pair.rules import Epoch, FirstRules
from vicon.pair.words import Attach, State
from vicon.ports import Clock
from vicon.store.faults import JournalFault, fault

log = structlog.get_logger("vicon.pair")
Stand = Literal["none", "away", "behind", "synced"]
"""none: this server never had a standby. away: it is not connected. behind: it is catching up, and
acts do not wait for it. synced: it has everything that was acknowledged."""
FENCED = Words(
    "Server ini sudah digantikan server cadangan, jadi tidak menulis apa pun lagi. Pakai server "
    "yang lain; lihat `vicon standby`.",
    "This server has been replaced by its standby, so it writes nothing any more. Use the other "
    "server; see `vicon standby`.",
)
STOPPING = Words(
    "Server sedang berhenti; catatan ini belum sampai ke server cadangan.",
    "The server is stopping; this entry has not reached the standby.",
)
ASK_S = 3.0
"""Between two questions to a standby that is away."""
REST_S = 0.25
"""Longest wait before the rules are looked at again."""


class Told(Struct, frozen=True, kw_only=True):
    """How the standby stands, for persons."""

    stand: Stand
    behind: int = 0
    """Entries that it does not have."""
    since: int = 0
    """Unix ms."""
    url: str = ""


class Progress(Protocol):
    """How far a standby's line is."""

    def wake(self) -> None: ...

    def has(self, conference: str, sequence: int) -> bool: ...

    def settled(self, mark: int) -> bool: ...

    async def renounce(self) -> None:
        """Tell the standby that it has no right any more."""
        ...

    def ask(self) -> int:
        """A mark that is settled once everything of now is at the standby."""
        ...


async def _nothing() -> None:
    """There is no line."""


async def _nobody() -> State | None:
    """There is no other server."""
    return None


class First:
    """store.Mirror, and what the edge asks. One per serving process."""

    def __init__(
        self, home: DataDir, record: Record, clock: Clock, fences: Fences, configured: str
    ) -> None:
        """`configured`: the standby's address of the configuration, or empty."""
        self._home, self._record, self._clock = home, record, clock
        self._fences, self._configured = fences, configured
        self.rules = FirstRules(record.epoch)
        self.fenced = asyncio.Event()
        """Set once and for all: stop serving."""
        self.halls = Halls(record.epoch)
        self._ending = asyncio.Lock()
        self.news = asyncio.Event()
        """Something was confirmed, or has ended."""
        self.changed: Callable[[], None] = lambda: None
        self._line: Progress | None = None
        self._held = self._closing = False
        self.end_line: Callable[[], Awaitable[None]] = _nothing
        self.ask_other: Callable[[], Awaitable[State | None]] = _nobody
        """What the other server is now, as far as it says."""
        stand: Stand = "away" if record.peer or configured else "none"
        self.told = Told(stand=stand, since=clock.now(), url=(self.servers() or [""])[0])

    # --- for the edge ---------------------------------------------------------------------------

    @property
    def record(self) -> Record:
        return self._record

    @property
    def fence(self) -> str:
        """What clients are to carry; empty where there is no second server."""
        return self._fences.make(self.rules.epoch) if self.servers() else ""

    def servers(self) -> list[str]:
        """Where clients may go when this server is gone: origins."""
        found = (origin_of(self._configured or self._record.peer),)
        return [one for one in found if one]

    def peer_hosts(self) -> frozenset[str]:
        """Names of the other server, whose pages may speak to this one."""
        known = (*self._record.peer_hosts, host_of(self._record.peer), host_of(self._configured))
        return frozenset(filter(None, known))

    def is_other(self, origin: str) -> bool:
        peers = (self._record.peer, self._configured)
        schemes = {one.partition(":")[0] for one in peers if one}
        return host_of(origin) in self.peer_hosts() and origin.partition(":")[0] in schemes

    async def close(self) -> None:
        """This server stops: what its own parts still note goes to nobody's screen."""
        self._closing = True
        self.news.set()
        await self.end_line()

    def shown(self, fence: str | None) -> bool:
        """A client carries this. True: of a later epoch, so that this server is over."""
        epoch = self._fences.read(fence)
        return epoch is not None and self.saw(epoch)

    def saw(self, epoch: Epoch) -> bool:
        if self.rules.saw(epoch):
            self._note(fenced_number=epoch.number, fenced_by=epoch.holder, paired=False)
            log.critical("x fenced", epoch=epoch.number, own=self.rules.epoch.number)
            self.fenced.set()
            self.news.set()
        return self.fenced.is_set()

    def state(self) -> StandbyState | None:
        if self.told.stand == "none":
            return None
        return StandbyState(
            stand=self.told.stand,
            behind=self.told.behind,
            since=self.told.since,
            servers=self.servers(),
            fence=self.fence,
        )

    def frozen_but(self) -> frozenset[str] | None:
        return self.halls.frozen_but(self._clock.monotonic())

    def witnessed(self, council: str, member: str, word: WitnessWord) -> None:
        self.halls.heard(council, member, word)
        self.news.set()

    def decide_alone(self) -> None:
        """A person is sure that the standby does not serve, and never will by itself."""
        if self.halls.asked:
            log.warning("- alone", why="a person is sure")
            self.halls.release()
            self.news.set()

    def trouble(self) -> Words | None:
        """For /readyz and the board: a standby that is not as it should be; keeps nobody out."""
        if self.frozen_but() is not None:
            return FROZEN
        if self.told.stand == "away":
            return Words(
                "Server cadangan tidak tersambung. Acara berjalan tanpa cadangan; periksa mesin "
                "cadangan dan jaringannya.",
                "The standby is not connected. The session goes on without one; check the "
                "standby's machine and network.",
            )
        if self.told.stand == "behind":
            return Words(
                f"Server cadangan tertinggal {self.told.behind} kejadian dan sedang menyusul.",
                f"The standby is {self.told.behind} entries behind and is catching up.",
            )
        return None

    # --- store.Mirror ---------------------------------------------------------------------------

    def admit(self) -> None:
        if self.fenced.is_set() or self._held:
            raise fault(FENCED)

    async def wrote(self, conference: str, sequence: int) -> None:
        if self._line is not None:
            self._line.wake()
        if not await self._wait(lambda line: line.has(conference, sequence)):
            raise fault(FENCED if self.fenced.is_set() else STOPPING)

    async def settle(self) -> bool:
        """Returns when everything that has changed until now is at the standby, or it has no right
        to take over. False: that cannot be said any more."""
        asked = self._line
        mark = asked.ask() if asked is not None else 0
        return await self._wait(lambda line: line is asked and line.settled(mark))

    async def _wait(self, done: Callable[[Progress], bool]) -> bool:
        """Until the line of the moment says so, or the standby could not take over any more; false:
        this server is fenced, or stops. A line that has ended leaves the right for a while: it may
        be that the standby is about to use it."""
        while self.rules.waits and not self.fenced.is_set() and not self._closing:
            await self.look()
            left = self.rules.waits_until() - self._clock.monotonic()
            self.news.clear()
            if not self.rules.waits or (self._line is not None and done(self._line)):
                return True
            try:
                async with asyncio.timeout(min(REST_S, max(left, 0.001))):
                    await self.news.wait()
            except TimeoutError:
                continue
        return not self.rules.waits and not self.fenced.is_set()

    # --- for the line ---------------------------------------------------------------------------

    def takes(self, holder: str) -> bool:
        """One standby at a time; another may come once this one can neither confirm nor take
        over."""
        known = self._record.peer_holder
        return holder == known or (self._line is None and not self._record.paired)

    def attached(self, line: Progress, attach: Attach, behind: int) -> None:
        self._line = line
        url = attach.url or self._record.peer
        self._note(peer=url, peer_hosts=tuple(attach.hosts), peer_holder=attach.holder)
        self.tell("behind", behind)

    def detached(self, line: Progress) -> None:
        """The right stays until its time is over: the standby may be about to take over."""
        if self._line is line:
            self._line = None
            self.tell("away")
            self.news.set()

    @property
    def line(self) -> Progress | None:
        return self._line

    def caught_up(self) -> None:
        """The standby has confirmed all that was there when the pass before the last began."""
        if self.fenced.is_set() or self._ending.locked():  # what is being taken is not given
            return
        self.halls.name()
        if not self.rules.waits:
            self.rules.prepare(self._clock.monotonic())
        elif not self.rules.right:
            self._note(paired=True)  # durable before the standby hears of it
            self.rules.grant()

    def release(self) -> None:
        """The standby has said that it has no right."""
        self.halls.release()
        if self._record.paired:
            self._note(paired=False)
        self.rules.alone()
        self.news.set()

    async def run(self) -> None:
        """Looks at the rules now and then, and after a standby that is away, until it is
        cancelled."""
        ask_at = 0.0
        while True:
            await self._clock.sleep(REST_S)
            try:
                await self.look()
                if self.told.stand == "away" and self._clock.monotonic() >= ask_at:
                    ask_at = self._clock.monotonic() + ASK_S
                    await self._look_after()
            except JournalFault:
                continue  # told in the log; until it can be noted, acts wait

    async def _look_after(self) -> None:
        """By a person's word it may have taken over meanwhile."""
        told = await self.ask_other()
        if told is not None and told.part == "first" and not told.fenced:
            self.saw(Epoch(told.number, told.holder))

    async def look(self) -> None:
        """Call now and then: a right ends by silence. Nothing counts without the standby before
        that is durable here, and has been said on the line."""
        async with self._ending:
            now = self._clock.monotonic()
            if not self.rules.silent(now):
                self.halls.calm()
                return
            if not self.halls.decided(now):
                return
            self._note(paired=False)
            self.rules.renounce()
            if self._line is not None:
                await self._line.renounce()
            self.rules.alone()
            self.halls.release()
            log.warning("- alone", why="the standby is silent")
            self.news.set()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Nothing is written meanwhile."""
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def bow(self, later: Epoch) -> None:
        """Durably: this server is over, whatever becomes of it."""
        self._note(fenced_number=later.number, fenced_by=later.holder, paired=False)

    def takeover_told(self) -> None:
        """It is in the journals. Where that cannot be noted, they are asked again, and say so."""
        try:
            self._note(taken=None)
        except JournalFault:
            log.warning("x takeover", why="it cannot be noted that it was told")

    def tell(self, stand: Stand, behind: int = 0) -> None:
        if (stand, behind) == (self.told.stand, self.told.behind):
            return
        since = self._clock.now() if stand != self.told.stand else self.told.since
        if stand != self.told.stand:
            log.info("- standby", stand=stand, behind=behind)
        url = (self.servers() or [""])[0]
        self.told = Told(stand=stand, behind=behind, since=since, url=url)
        self.changed()

    def _note(self, **values: object) -> None:
        """A record that cannot be written ends what hangs on it: nothing is granted, nothing
        acknowledged alone."""
        fresh = replace(self._record, **values)
        if fresh == self._record:
            return
        try:
            write_record(self._home, fresh)
        except DataError as error:
            log.critical("x standby.json", why=error.words.en)
            raise JournalFault(error.words.id, error.words.en) from error
        self._record = fresh
