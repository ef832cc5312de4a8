"""Webhooks of a whole server: every event in its order, whatever the receiver and the server do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.app.organizing import settings
from tests.hooks.receiving import SECRET, receiver
from tests.metrics.house import free_port
from vicon.compose import Listener, Server, running
from vicon.config.settings import Webhook
from vicon.core import events as core
from vicon.hooks.notice import Place, notice, pass_over
from vicon.hooks.service import DEAD_S, Webhooks
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ports import START
from vicon.store.sqlite import SqliteJournal

OURS, KUKAR = "kaltim-2020", "64.02"


@asynccontextmanager
async def serving(home: DataDir, *hooks: Webhook) -> AsyncIterator[Server]:
    wanted = replace(settings(), webhooks=list(hooks))
    listener = Listener(host="127.0.0.1", port=0)
    async with running(wanted, home, SystemClock(), [listener]) as server:
        yield server


@asynccontextmanager
async def hall(server: Server) -> AsyncIterator[Client]:
    link = next(one for one in server.links if (one.role, one.room) == ("operator", KUKAR))
    async with Client(*parse_link(link.url), rng=random.Random(1)) as client:
        await client.ready(10)
        yield client


async def count(client: Client, *values: int) -> None:
    for value in values:
        await client.command(m.CountSet(room=KUKAR, value=value))


async def all_told(home: DataDir, after: int = 0) -> list[tuple[str, str]]:
    """Id and type of what has to be told of the journal as it stands, after an entry."""
    journal, place, found = await SqliteJournal.open(home), Place(0, START, {}), []
    try:
        async for record in journal.replay(OURS):
            said = notice(record, place.mains)
            if said is not None and record.sequence > after:
                found.append((said.id, said.type))
            pass_over(place, record)
    finally:
        await journal.close()
    return found


async def test_a_receiver_that_fails_for_a_while_gets_every_event_in_order(tmp_path: Path) -> None:
    """It fails, hangs, is not there at all; the server is stopped and started in the middle."""
    port = free_port()
    with DataDir.claim(tmp_path / "data") as home:
        async with receiver(port) as center:
            hook = center.setting(timeout_s=0.3)
            async with serving(home, hook) as server, hall(server) as client:
                await client.command(m.RoomJoin())
                await count(client, 1, 2)
                await center.until(lambda: center.types().count("count.tally_changed") == 2)
                center.answers = 503
                tries = center.tries
                await count(client, 3, 4)
                await center.until(lambda: center.tries >= tries + 3)
                center.hangs = True
                await count(client, 5)
            taken = len(center.taken)
            # The server is gone: what happened at its end has not been told either.
            center.hangs, center.answers = False, 503
            async with serving(home, hook) as server, hall(server) as client:
                await count(client, 6)
                assert len(center.taken) == taken
                center.answers = 200
                await count(client, 7)
                await center.until(lambda: center.types().count("count.tally_changed") >= 7)
            last = list(center.once())
            bodies = dict(zip(center.ids, center.taken, strict=True))
        # Nobody listens for a while.
        async with serving(home, hook) as server, hall(server) as client:
            await count(client, 8)
        async with receiver(port) as center, serving(home, hook) as server:
            await center.until(lambda: "count.tally_changed" in center.types())
            async with hall(server) as client:
                await count(client, 9)
                await center.until(lambda: center.types().count("count.tally_changed") == 2)
            bodies |= dict(zip(center.ids, center.taken, strict=True))
            last += [id for id in center.once() if id not in last]
    with DataDir.claim(tmp_path / "data") as home:
        wanted = [id for id, _ in await all_told(home)]
    # From its first entry after the receiver was new; what came after the last look is not there.
    begin = wanted.index(last[0])
    assert last == wanted[begin : begin + len(last)]
    tallies = [one["data"]["tally"] for one in bodies.values() if "tally" in one["data"]]
    assert tallies == [1, 2, 3, 4, 5, 6, 7, 8, 9]


async def test_a_new_receiver_is_told_of_what_comes_and_of_what_it_asked_for(
    tmp_path: Path,
) -> None:
    async with receiver() as center:
        with DataDir.claim(tmp_path / "data") as home:
            async with serving(home) as server, hall(server) as client:
                await count(client, 1)
            hook = center.setting(events=["count"])
            async with serving(home, hook) as server, hall(server) as client:
                await client.command(m.RoomJoin())
                await count(client, 2)
                await center.until(lambda: bool(center.taken))
        assert [one["data"]["tally"] for one in center.taken] == [2]
        assert center.types() == ["count.tally_changed"]


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    async with receiver() as inside, receiver() as center:
        center.answers, center.location = 307, inside.url
        with DataDir.claim(tmp_path / "data") as home:
            async with serving(home, center.setting()) as server, hall(server) as client:
                await count(client, 1)
                await center.until(lambda: center.tries >= 3)
        assert inside.tries == 0


async def test_a_dead_receiver_disturbs_nobody_and_is_told(tmp_path: Path) -> None:
    """Beside it another one is told at once, and acts take no longer."""
    dead = Webhook(
        name="mati", url=f"http://127.0.0.1:{free_port()}/", secret=SECRET, first_retry_s=0.05
    )
    async with receiver() as center:
        with DataDir.claim(tmp_path / "data") as home:
            async with serving(home, dead, center.setting()) as server, hall(server) as client:
                async with asyncio.timeout(10):
                    await count(client, *range(1, 11))
                await center.until(lambda: center.types().count("count.tally_changed") == 10)


class Ahead(SystemClock):
    by = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.by


async def test_after_half_a_minute_it_stands_on_the_server_board(tmp_path: Path) -> None:
    clock = Ahead()
    dead = Webhook(
        name="mati", url=f"http://127.0.0.1:{free_port()}/", secret=SECRET, first_retry_s=0.05
    )
    with DataDir.claim(tmp_path / "data") as home:
        journal = await SqliteJournal.open(home)
        hooks = Webhooks([dead], home, journal, clock, lambda _: None)
        journal.told.append(lambda conference, sequence, _: hooks.wrote(conference, sequence))
        await hooks.start()
        try:
            await journal.append(OURS, 1, {}, [core.PhaseChanged(phase="lobby")])
            async with asyncio.timeout(10):
                while hooks.standings()[0].failing_s is None:
                    await asyncio.sleep(0.02)
            assert [one.state for one in await hooks.check()] == ["ok"]
            clock.by = DEAD_S
            (found,) = await hooks.check()
            assert found.state == "warn"
            assert "mati" not in found.words.en + found.words.id
            assert found.detail is not None
            assert "mati (1)" in found.detail.id
            assert hooks.standings()[0].waiting == 1
            assert hooks.standings()[0].attempts["unreachable"] >= 1
        finally:
            await hooks.stop()
            await journal.close()


async def test_with_another_journal_it_goes_on_at_its_end(tmp_path: Path) -> None:
    """A backup was restored: the entry up to which the receiver was told is not there."""
    async with receiver() as center:
        with DataDir.claim(tmp_path / "data") as home:
            journal = await SqliteJournal.open(home)
            await journal.append(OURS, 1, {}, [core.PhaseChanged(phase="lobby")])
            await _told(home, journal, center.setting(), [])
            book = home.webhooks.read_text("utf-8").replace('"sequence":1', '"sequence":7')
            home.webhooks.write_text(book, "utf-8")
            await _told(home, journal, center.setting(), ["live"])
            await journal.close()
        assert [one["data"]["phase"] for one in center.taken] == ["live"]


async def test_after_a_crash_what_may_not_have_come_is_sent_again(tmp_path: Path) -> None:
    """How far it was is what was written last: the same ids once more, none left out."""
    async with receiver() as center:
        with DataDir.claim(tmp_path / "data") as home:
            journal = await SqliteJournal.open(home)
            await _told(home, journal, center.setting(), ["lobby"])
            book = home.webhooks.read_bytes()
            await _told(home, journal, center.setting(), ["live", "closed"])
            home.webhooks.write_bytes(book)
            await _told(home, journal, center.setting(), ["lobby"])
            await journal.close()
        assert [one["data"]["phase"] for one in center.taken] == [
            "lobby", "live", "closed", "live", "closed", "lobby",
        ]  # fmt: skip
        assert [id.split("_")[1] for id in center.once()] == ["1", "2", "3", "4"]


async def _told(
    home: DataDir, journal: SqliteJournal, hook: Webhook, phases: Sequence[str]
) -> None:
    hooks = Webhooks([hook], home, journal, SystemClock(), lambda _: None)
    journal.told.append(lambda conference, sequence, _: hooks.wrote(conference, sequence))
    await hooks.start()
    try:
        for phase in phases:
            await journal.append(OURS, 2, {}, [core.PhaseChanged(phase=phase)])  # type: ignore[arg-type]
        async with asyncio.timeout(10):
            while hooks.standings()[0].waiting:
                await asyncio.sleep(0.02)
    finally:
        await hooks.stop()
