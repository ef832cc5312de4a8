"""The webhooks of a server: one task for each receiver, and the file that says how far they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog
from aiohttp import ClientSession, DummyCookieJar

from vicon.config.secret import WEBHOOK, secret_of
from vicon.config.settings import Webhook
from vicon.core.model import Conference
from vicon.gauges import ReceiverStanding
from vicon.hooks import sign
from vicon.hooks.notice import Place, mains_of
from vicon.hooks.places import PlaceBook, Places
from vicon.hooks.receiver import Entries, Receiver, Target
from vicon.ops.checks import Check
from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError, Words
from vicon.ports import START, Clock

KEEP_S = 1.0
"""So often at most it is written how far the receivers are."""
DEAD_S = 30.0
"""A receiver that has taken nothing for so long is told at the desks."""
log = structlog.get_logger("vicon.webhooks")


class Journal(Entries, Protocol):
    async def heads(self) -> dict[str, tuple[int, str]]: ...

    async def has(self, conference: str, head: tuple[int, str]) -> bool: ...


class Webhooks:
    """wrote() from the first entry on, start() once the conferences are there, stop() before the
    journal closes."""

    def __init__(
        self,
        settings: Sequence[Webhook],
        home: DataDir,
        journal: Journal,
        clock: Clock,
        state: Callable[[str], Conference | None],
    ) -> None:
        """`state`: of a living conference. Raises SpokenError for a secret that is none."""
        self._targets = [_target(one) for one in settings]
        self._book = PlaceBook(home.webhooks)
        self._journal, self._clock, self._state = journal, clock, state
        self._http: ClientSession | None = None
        self._receivers: list[Receiver] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._moved = asyncio.Event()
        self._heads: dict[str, int] = {}

    async def start(self) -> None:
        """A receiver that is new is told of what comes from now on. Raises JournalError,
        DataError."""
        self._book.read()
        heads = await self._journal.heads()
        for conference, head in heads.items():
            self._heads[conference] = max(head[0], self._heads.get(conference, 0))
        self._book.only({target.name for target in self._targets})
        self._http = ClientSession(cookie_jar=DummyCookieJar())
        for target in self._targets:
            new, places = not self._book.known(target.name), self._book.of(target.name)
            await self._settle(target.name, places, heads, new=new)
            self._receivers.append(
                Receiver(
                    target,
                    places,
                    self._heads,
                    self._journal,
                    self._clock,
                    self._http,
                    self._moved.set,
                )
            )
        await self._book.keep()
        self._tasks = [
            asyncio.create_task(one.run(), name=f"webhook {one.target.name}")
            for one in self._receivers
        ]
        self._tasks.append(asyncio.create_task(self._keep(), name="webhooks kept"))
        for task in self._tasks:
            task.add_done_callback(_tell_end)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()
            await self._book.keep()

    def wrote(self, conference: str, sequence: int) -> None:
        """The journal has entries up to this number."""
        self._heads[conference] = max(sequence, self._heads.get(conference, 0))
        for receiver in self._receivers:
            receiver.wake()

    def standings(self) -> Sequence[ReceiverStanding]:
        return [receiver.standing() for receiver in self._receivers]

    async def check(self) -> Sequence[Check]:
        """For /readyz and the desks: keeps nobody out."""
        dead = [
            one for one in self.standings() if one.failing_s is not None and one.failing_s >= DEAD_S
        ]
        if not dead:
            return [Check(name="webhooks", state="ok", words=Words("Baik.", "Good."))]
        return [Check(name="webhooks", state="warn", words=_DEAD, detail=_detail(dead))]

    async def _settle(
        self, name: str, places: Places, heads: Mapping[str, tuple[int, str]], *, new: bool
    ) -> None:
        """A place that is not in this journal (another one was restored) goes to its end. Of a
        conference that came while the server was down, a receiver that was known is told all."""
        for conference in places.keys() - heads.keys():
            del places[conference]
        for conference, head in heads.items():
            place = places.get(conference)
            lost = place is not None and not await self._journal.has(
                conference, (place.sequence, place.hash)
            )
            if lost:
                log.warning("x webhook", receiver=name, conference=conference, why="other journal")
            if lost or (new and place is None):
                state = self._state(conference)
                mains = mains_of(state) if state is not None else {}
                places[conference] = Place(*head, mains)
            elif place is None:
                places[conference] = Place(0, START, {})

    async def _keep(self) -> None:
        while True:
            await self._moved.wait()
            self._moved.clear()
            await self._book.keep()
            await self._clock.sleep(KEEP_S)


def _target(one: Webhook) -> Target:
    secret = secret_of(f"webhook {one.name}", one.secret, one.secret_file, WEBHOOK)
    try:
        key = sign.key_of(secret)
    except ValueError as error:
        raise SpokenError(
            f"Rahasia webhook {one.name} harus whsec_ lalu {sign.LEAST}-{sign.MOST} byte dalam "
            "base64: echo whsec_$(openssl rand -base64 32)",
            f"The secret of the webhook {one.name} must be whsec_ and {sign.LEAST}-{sign.MOST} "
            "bytes in base64: echo whsec_$(openssl rand -base64 32)",
        ) from error
    return Target(
        name=one.name,
        url=one.url,
        key=key,
        groups=frozenset(one.events),
        timeout_s=one.timeout_s,
        first_retry_s=one.first_retry_s,
        most_retry_s=one.most_retry_s,
    )


def _tell_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("x task", task=task.get_name(), exc_info=error)


_DEAD = Words(
    "Satu penerima webhook tidak menjawab; acara tidak terganggu.",
    "A receiver of webhooks does not answer; the session is not disturbed.",
)


def _detail(dead: Sequence[ReceiverStanding]) -> Words:
    names = ", ".join(f"{one.name} ({one.waiting})" for one in dead)
    return Words(
        f"Penerima webhook tidak menjawab: {names}. Kejadian disimpan dan dikirim begitu menjawab "
        "lagi. Periksa penerimanya, jaringannya dan rahasianya.",
        f"Receivers of webhooks do not answer: {names}. What happens is kept and sent once they "
        "do. Look at the receiver, its network and its secret.",
    )
