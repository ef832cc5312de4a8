"""The line of a pair: everything goes over, in order, durably; acts wait for it; a standby that is
gone or wrong is told from one that is in order."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.e2e.until import until
from tests.pair.house import BOUNDS, FirstHouse, first_house, standby_of, synced
from tests.store import trial_writer
from tests.store.test_purge import WHO, fill
from vicon.cli.turnparts import state_of
from vicon.core.events import TallyChanged
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, DataError, write_private
from vicon.pair import files
from vicon.pair.follow import Follower
from vicon.pair.record import make_key, read_record
from vicon.pair.rules import Epoch
from vicon.pair.state import WISH_S, Wish, leave_wish, wisher
from vicon.pair.words import FORM, ROUTE, Attach, State, encode, frame
from vicon.ports import JournalError
from vicon.store import reader
from vicon.store.chain import Row
from vicon.web.api import json_response


def rows(home: DataDir, conference: str = "uji") -> list[Row]:
    return list(reader.rows(home.journal, conference))


def paired(house: FirstHouse) -> bool:
    return house.record.paired


async def tally(house: FirstHouse, n: int) -> None:
    await house.journal.append("uji", n, WHO, [TallyChanged(room="64.02", tally=n)])


async def test_what_was_there_and_what_comes_is_at_the_standby(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house:
        await fill(house.journal)
        await fill(house.journal, "lain")
        await house.trials.put(trial_writer.RECORD)
        await house.trials.add_report("digest", trial_writer.RECORD.id, "pdf", 7)
        write_private(house.home.links, b"{}")
        async with standby_of(house, tmp_path / "b") as standby:
            await synced(house)
            home = DataDir(tmp_path / "b")
            assert rows(home) == rows(house.home)
            assert rows(home, "lain") == rows(house.home, "lain")
            assert await standby._copy.trials.get(trial_writer.RECORD.id) == trial_writer.RECORD
            assert await standby._copy.trials.find_report("digest")
            assert home.links.read_bytes() == b"{}"
            for path in (home.key, home.links, home.path / "keys/standby.key"):
                assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
            for n in range(1, 20):
                await tally(house, n)
                assert rows(home) == rows(house.home), "before the act is answered"
            assert house.first.told.stand == "synced"
            assert house.record.paired
            assert house.record.peer == "https://two.example:8443"


async def test_a_change_of_a_file_is_at_the_standby_when_its_request_is_answered(
    tmp_path: Path,
) -> None:
    async with first_house(tmp_path / "a") as house, standby_of(house, tmp_path / "b"):
        await synced(house)
        home = DataDir(tmp_path / "b")
        write_private(house.home.conferences / "baru.toml", b"id = 1")
        write_private(house.home.links, b'{"base": ""}')
        await house.first.settle()
        assert (home.conferences / "baru.toml").read_bytes() == b"id = 1"
        assert home.links.read_bytes() == b'{"base": ""}'
        (house.home.conferences / "baru.toml").unlink()
        await house.first.settle()
        assert not (home.conferences / "baru.toml").exists()


@pytest.mark.parametrize("there", [True, False], ids=["live", "while away"])
async def test_a_purge_goes_over_and_the_chain_verifies(tmp_path: Path, there: bool) -> None:
    async with first_house(tmp_path / "a") as house:
        home = DataDir(tmp_path / "b")
        await fill(house.journal)
        async with standby_of(house, tmp_path / "b"):
            await synced(house)
            if there:
                await house.journal.purge("uji", 9, WHO, 0)
                assert rows(home) == rows(house.home)
        if not there:
            await tally(house, 3)
            await house.journal.purge("uji", 9, WHO, 0)
            await tally(house, 4)
            async with standby_of(house, tmp_path / "b"):
                await synced(house)
        assert rows(home) == rows(house.home)
        assert reader.verify(home.journal).sound
        assert b"Siti Rahasia" not in home.journal.read_bytes()


async def test_a_fresh_copy_of_a_purged_journal_verifies(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house:
        await fill(house.journal)
        await house.journal.purge("uji", 9, WHO, 0)
        await tally(house, 3)
        async with standby_of(house, tmp_path / "b"):
            await synced(house)
        home = DataDir(tmp_path / "b")
        assert rows(home) == rows(house.home)
        assert reader.verify(home.journal).sound


async def test_a_standby_that_went_another_way_begins_anew_and_its_own_is_kept(
    tmp_path: Path,
) -> None:
    async with first_house(tmp_path / "b") as other:
        await fill(other.journal)
        await tally(other, 99)
    async with first_house(tmp_path / "a") as house:
        await fill(house.journal)
        await tally(house, 1)
        async with standby_of(house, tmp_path / "b"):
            await synced(house)
        home = DataDir(tmp_path / "b")
        assert rows(home) == rows(house.home)
        (aside,) = (home.path / "aside").iterdir()
        kept = list(reader.rows(aside / "journal.sqlite", "uji"))
        assert b'"tally":99' in kept[-1].event


async def test_without_the_key_nothing_is_told(tmp_path: Path) -> None:
    async with (
        first_house(tmp_path / "a") as house,
        standby_of(house, tmp_path / "b", key="x" * 43) as standby,
    ):
        await fill(house.journal)

        async def trouble() -> str:
            return standby.trouble

        await until(trouble, lambda said: said == "key", 5, "the key is refused")
        assert not (tmp_path / "b" / "keys").exists()
        assert rows(DataDir(tmp_path / "b")) == []
        assert house.first.told.stand == "none"


async def test_acts_go_on_alone_when_the_standby_falls_silent(tmp_path: Path) -> None:
    async with (
        first_house(tmp_path / "a") as house,
        standby_of(house, tmp_path / "b") as standby,
    ):
        await fill(house.journal)
        await synced(house)
        release = asyncio.Event()
        take = standby._take

        async def stuck(body: object) -> None:
            await release.wait()
            await take(body)  # type: ignore[arg-type]

        standby._take = stuck  # type: ignore[method-assign]
        act = asyncio.create_task(tally(house, 1))
        done, _ = await asyncio.wait([act], timeout=0.5)
        assert not done, "it waits for the standby"
        assert paired(house)
        house.clock.pace = 10.0
        await asyncio.wait_for(act, 3)
        assert not paired(house), "durable before the act counts"
        release.set()

        async def copied() -> bool:
            return rows(DataDir(tmp_path / "b")) == rows(house.home)

        await until(copied, bool, 5, "and it catches up later")


async def test_a_later_fence_ends_the_first_for_good(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house:
        await fill(house.journal)
        first = house.first
        later = Epoch(first.rules.epoch.number + 1, "other")
        good = first._fences.make(later)
        forged = good[: good.rindex(".")]
        for wrong in ("", f"{forged}.00", good[:-1] + "x", "9" + good, good.replace("o", "z")):
            assert not first.shown(wrong), wrong
        assert not first.shown(first._fences.make(Epoch(first.rules.epoch.number - 1, "z")))
        assert first.shown(good)
        assert first.fenced.is_set()
        with pytest.raises(JournalError):
            await tally(house, 1)
        assert len(rows(house.home)) == 5, "nothing is written any more"
        record = read_record(house.home)
        assert record is not None
        assert record.fenced == later


async def test_the_line_outlives_the_times_of_an_answer(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house, standby_of(house, tmp_path / "b") as standby:
        await synced(house)
        line = standby._socket
        await asyncio.sleep(2 * (BOUNDS.body_s + BOUNDS.answer_s))
        assert standby._socket is line
        assert house.first.rules.right


async def test_a_handover_that_breaks_off_at_its_end_is_taken_up(tmp_path: Path) -> None:
    """The first is over, durably, and the line broke before it could say so."""
    async with first_house(tmp_path / "a") as house, standby_of(house, tmp_path / "b") as standby:
        await fill(house.journal)
        await synced(house)
        record = standby.record
        house.first.bow(Epoch(record.number + 7, record.holder))

        async def over(_: web.Request) -> web.StreamResponse:
            return web.Response(status=503)

        async def state(_: web.Request) -> web.StreamResponse:
            return json_response(state_of(house.record, "first"))

        house.app = web.Application()
        house.app.add_routes([web.get("/standby", over), web.get("/standby/state", state)])
        await house.again()
        await until(lambda: _part(standby), lambda part: part == "first", 5, "it serves")
        assert standby.record.number == record.number + 7
        assert standby.record.taken is not None
        assert standby.record.taken.why == "handed_over"


async def test_a_first_that_was_cut_off_learns_of_the_takeover_from_the_other(
    tmp_path: Path,
) -> None:
    async with first_house(tmp_path / "a") as house:
        await fill(house.journal)
        async with standby_of(house, tmp_path / "b"):
            await synced(house)
        number = house.first.rules.epoch.number

        async def other() -> State:
            return State(holder="b", part="first", number=number + 1, fenced=False)

        house.first.ask_other = other
        house.clock.pace = 10.0
        await asyncio.wait_for(house.first.fenced.wait(), 5)
        assert house.record.fenced == Epoch(number + 1, "b")


async def test_an_attach_that_came_late_gives_nothing_back(tmp_path: Path) -> None:
    """Of a line that the standby has given up: the network held it back. Nobody answers on it."""
    async with first_house(tmp_path / "a") as house, standby_of(house, tmp_path / "b") as standby:
        await synced(house)
        line = standby._socket
        late = Attach(
            form=FORM,
            vicon="x",
            holder=standby.record.holder,
            number=0,
            of="",
            url="",
            hosts=[],
            heads={},
            runs={},
            automatic=True,
        )
        head = {"Authorization": f"Bearer {make_key(house.home)}"}
        async with (
            ClientSession() as http,
            http.ws_connect(house.url + ROUTE, headers=head) as socket,
        ):
            await socket.send_bytes(encode(late))
            told = frame((await socket.receive(timeout=5)).data)
            assert not told.right, "not on this line"
            assert house.first.rules.right
            assert house.record.paired
        await fill(house.journal)
        assert house.first.rules.right, "the line that stands goes on"
        assert standby._socket is line


async def test_a_second_standby_is_refused_while_there_is_one(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house, standby_of(house, tmp_path / "b"):
        await synced(house)
        async with standby_of(house, tmp_path / "c") as other:

            async def trouble() -> str:
                return other.trouble

            await until(trouble, lambda said: said == "taken", 5, "it is told so")
        assert house.first.rules.right


async def test_the_standby_takes_over_when_the_port_refuses(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house:
        await fill(house.journal)
        async with standby_of(house, tmp_path / "b", takeover_s=0.5) as standby:
            await synced(house)
            await tally(house, 1)
            last = rows(house.home)
            await house.close()
            await until(lambda: _part(standby), lambda part: part == "first", 5, "it serves")
            assert standby.record.epoch > house.record.epoch
            taken = standby.record.taken
            assert taken is not None
            assert (taken.why, taken.server, taken.by) == ("ended", house.url, "")
            assert taken.heard_at is not None
            assert 500 <= SystemClock().now() - taken.heard_at < 5_000
            assert rows(DataDir(tmp_path / "b")) == last


async def test_a_standby_for_commands_alone_never_holds_acts_up(tmp_path: Path) -> None:
    async with (
        first_house(tmp_path / "a") as house,
        standby_of(house, tmp_path / "b", takeover_s=0) as standby,
    ):
        await fill(house.journal)

        async def stand() -> str:
            return house.first.told.stand

        await until(stand, lambda said: said == "synced", 10, "it has everything")
        assert not house.first.rules.waits
        await house.close()
        await asyncio.sleep(1.0)  # what must not happen, for a while
        assert await _part(standby) == "standby"
        standby.ask(sure=False)

        async def answer() -> str:
            return standby.answer.en

        await until(answer, lambda said: "--sure" in said, 5, "it says why not")
        home = DataDir(tmp_path / "b")
        leave_wish(home, Wish(at=SystemClock().now(), who="budi"))
        standby.ask(sure=True)
        await until(lambda: _part(standby), lambda part: part == "first", 5, "it serves")
        assert standby.record.taken is not None
        assert (standby.record.taken.why, standby.record.taken.by) == ("decided", "budi")


def test_a_wish_of_long_ago_is_nobodys_reason(tmp_path: Path) -> None:
    with DataDir.claim(tmp_path) as home:
        assert wisher(home, 0) == ""
        leave_wish(home, Wish(at=1_000, who="budi"))
        assert wisher(home, 1_000 + WISH_S * 999) == "budi"
        assert wisher(home, 1_000 + WISH_S * 1000) == ""


async def _part(standby: Follower) -> str:
    return standby.record.part


def test_many_files_go_in_frames_that_can_be_sent() -> None:
    big = b"x" * (files.MOST_BYTES // 2)
    found = files.Files(names=list("abcde"), changed=dict.fromkeys("abcd", big))
    parts = list(files.pieces(found))
    assert [sorted(part.changed) for part in parts] == [["a", "b"], ["c", "d"]]
    assert all(part.names == found.names for part in parts)
    (gone,) = files.pieces(files.Files(names=["a"], changed={}))
    assert gone.names == ["a"], "what is gone is told too"


@pytest.mark.parametrize(
    "name",
    ["lock", "journal.sqlite", "../x", "/etc/x", "a/../b", "cache/x", "tls/server.key", "x\0y", "",
     "standby.json", "vicon.toml", "a\\b", "keys/links.key.new", "trail.jsonl", "aside/1/x",
     "takeover.json"],
)  # fmt: skip
def test_no_file_of_the_machine_itself_goes_over(tmp_path: Path, name: str) -> None:
    assert not files.belongs(name)
    with pytest.raises(DataError):
        files.take(DataDir(tmp_path), files.Files(names=[name], changed={name: b"x"}))


@pytest.mark.parametrize(
    "name", ["links.json", "keys/links.key", "keys/seal.key", "tls/ca.key", "conferences/a.toml"]
)
def test_keys_links_and_conferences_go_over(name: str) -> None:
    assert files.belongs(name)
