"""The halls' word on the real line: who may go on, and what each server does until it is known."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from signaling import messages as m
from signaling.reasons import text
from tests.e2e.until import until
from tests.pair.house import KEY, FirstHouse, first_house, standby_of, synced
from tests.pair.test_line import _part, paired, rows, tally
from tests.store.test_purge import fill
from vicon.ops.book import Book, make_signer
from vicon.ops.claims import Grant, Issue
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, write_private
from vicon.ops.links import Claims
from vicon.pair import follow
from vicon.pair.follow import Follower
from vicon.pair.halls import FROZEN
from vicon.pair.waiting import _Nobody
from vicon.pair.witnesses import Council

HALLS = frozenset(f"{name}.{name * 8}" for name in "abc")


def with_halls(house: FirstHouse, halls: frozenset[str] = HALLS) -> list[Council]:
    """Whom the first asks, as it does."""
    asked: list[Council] = []
    house.first.halls.here = lambda: halls
    house.first.halls.ask = asked.append
    return asked


async def named(house: FirstHouse, standby: Follower) -> Council:
    """The standby has the council of all three."""

    async def at_the_standby() -> Council | None:
        return standby._council.asking

    found = await until(
        at_the_standby,
        lambda one: one is not None and one.members == HALLS,
        5,
        "it has the council",
        every=0.02,
    )
    assert found is not None
    return found


def say(house: FirstHouse, hall: str, word: m.WitnessWord) -> None:
    """In every council that counts."""
    for council in house.first.halls.councils.asking:
        house.first.witnessed(council.id, hall, word)


def deaf(standby: Follower) -> asyncio.Event:
    """It takes nothing any more, until the event is set."""
    release, take = asyncio.Event(), standby._take

    async def stuck(body: object) -> None:
        await release.wait()
        await take(body)  # type: ignore[arg-type]

    standby._take = stuck  # type: ignore[method-assign]
    return release


async def test_the_first_acknowledges_nothing_without_its_standby_before_the_halls_have_said_so(
    tmp_path: Path,
) -> None:
    async with first_house(tmp_path / "a") as house, standby_of(house, tmp_path / "b") as standby:
        asked = with_halls(house)
        sent_on: list[frozenset[str]] = []
        house.first.halls.send_on = sent_on.append
        await fill(house.journal)
        await synced(house)
        council = await named(house, standby)
        deaf(standby)
        act = asyncio.create_task(tally(house, 1))
        house.clock.pace = 10.0

        async def frozen() -> bool:
            return bool(sent_on)

        await until(frozen, bool, 5, "who is no witness is sent to look elsewhere", every=0.02)
        assert not act.done()
        assert paired(house), "a restart asks before it serves"
        assert house.first.trouble() == FROZEN
        assert sent_on[0] == HALLS
        assert council in asked
        first, second, third = sorted(HALLS)
        say(house, first, "alone")
        say(house, second, "takeover")
        say(house, "x.yyyyyyyy", "alone")
        await asyncio.sleep(0.2)  # what must not happen, for a while
        assert not act.done()
        say(house, third, "alone")
        await asyncio.wait_for(act, 3)
        assert not paired(house)
        assert house.first.trouble() != FROZEN


async def test_of_two_halls_none_is_asked(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house, standby_of(house, tmp_path / "b") as standby:
        asked = with_halls(house, frozenset(sorted(HALLS)[:2]))
        await fill(house.journal)
        await synced(house)
        deaf(standby)
        house.clock.pace = 10.0
        await asyncio.wait_for(tally(house, 1), 3)
        assert asked == []


async def test_a_person_who_is_sure_lets_the_first_go_on(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house, standby_of(house, tmp_path / "b") as standby:
        asked = with_halls(house)
        await fill(house.journal)
        await synced(house)
        await named(house, standby)
        house.first.decide_alone()
        assert house.first.rules.right, "while all is well it means nothing"
        deaf(standby)
        house.clock.pace = 10.0
        act = asyncio.create_task(tally(house, 1))

        async def asking() -> bool:
            return bool(asked)

        async def decided() -> bool:
            house.first.decide_alone()  # a frame may still have been confirmed, and it asks anew
            return act.done()

        await until(asking, bool, 5, "the halls are asked", every=0.02)
        assert not act.done()
        await until(decided, bool, 5, "it goes on")
        await act


@pytest.fixture
def silent_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a machine that is not there: no refusal."""

    async def says_nothing(_url: str) -> bool:
        return False

    monkeypatch.setattr(follow, "refuses", says_nothing)


@pytest.mark.usefixtures("silent_port")
async def test_the_standby_takes_over_from_a_silent_first_by_the_halls_word(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house:
        await fill(house.journal)
        with_halls(house)
        async with standby_of(house, tmp_path / "b", takeover_s=0.5) as standby:
            await synced(house)
            council = await named(house, standby)
            await tally(house, 1)
            last = rows(house.home)
            assert standby.asking() is None, "the first is there"
            await house.close()

            async def asking() -> Council | None:
                return standby.asking()

            assert await until(asking, bool, 5, "it asks") == council
            first, second, third = sorted(HALLS)
            standby.witnessed(council.id, first, "takeover")
            standby.witnessed(council.id, second, "alone")
            standby.witnessed("another", second, "takeover")
            await asyncio.sleep(1.0)  # what must not happen, for a while
            assert await _part(standby) == "standby"
            standby.witnessed(council.id, third, "takeover")
            await until(lambda: _part(standby), lambda part: part == "first", 5, "it serves")
            assert standby.record.taken is not None
            assert standby.record.taken.why == "halls"
            assert rows(DataDir(tmp_path / "b")) == last


@pytest.mark.usefixtures("silent_port")
@pytest.mark.parametrize("how", ["the first takes a line", "the first asks"])
async def test_the_halls_word_is_void_once_the_first_is_there(tmp_path: Path, how: str) -> None:
    async with first_house(tmp_path / "a") as house:
        await fill(house.journal)
        with_halls(house)
        async with standby_of(house, tmp_path / "b", takeover_s=0.5) as standby:
            await synced(house)
            council = await named(house, standby)
            if how == "the first asks":
                await house.close()
                standby.asked()
            else:
                standby._council.frame(None)
                await named(house, standby)
                house.first.halls.councils.release()
                assert standby._socket is not None
                await standby._socket.close()

                async def another() -> bool:
                    found = standby._council.asking
                    return found is not None and found.id != council.id

                await until(another, bool, 5, "a council of its own")
            for hall in HALLS:
                standby.witnessed(council.id, hall, "takeover")
            assert not standby._council.carried
            assert house.first.halls.councils.asking or how == "the first asks"


class _Conn:
    """A hall's connection."""

    def __init__(self) -> None:
        self.sent: list[object] = []
        self.code = ""

    def send(self, message: object) -> None:
        self.sent.append(message)

    def close(self, code: str) -> None:
        self.code = self.code or code


class _Asking:
    """A standby that has lost its first."""

    def __init__(self, members: frozenset[str]) -> None:
        self.council: Council | None = Council(id="k", members=members)
        self.wants = False
        self.said: list[tuple[str, str, str]] = []

    def asking(self) -> Council | None:
        return self.council if self.wants else None

    def holding(self) -> Council | None:
        return self.council

    def witnessed(self, council: str, member: str, word: str) -> None:
        self.said.append((council, member, word))


ISSUE = Issue(
    grant=Grant(conference="k", role="operator", room="64.02", name="n"),
    jti="0a",
    issued=1,
    expires=4_000_000_000,
)
BOOK = Book(base="", issues=[ISSUE])


def hello(device: str, life: str, key: bytes = KEY) -> m.Hello:
    claims = Claims(
        conference="k",
        role="operator",
        room="64.02",
        name="n",
        jti=ISSUE.jti,
        expires_at=ISSUE.expires * 1000,
    )
    resume = make_signer(key, BOOK).sign_resume(claims, device, SystemClock().now())
    return m.Hello(v=m.PROTOCOL_VERSION, token="t", resume=resume, life=life)


async def test_a_standby_asks_whom_the_first_has_named_and_nobody_else(tmp_path: Path) -> None:
    with DataDir.claim(tmp_path) as home:
        write_private(home.key, KEY)
        write_private(home.links, msgspec.json.encode(BOOK))
        asking = _Asking(frozenset({"hall.lifelifelife"}))
        nobody = _Nobody(home, SystemClock(), lambda: "standing_by", asking)
        for stranger in (
            hello("hall", "another-life"),
            hello("other", "lifelifelife"),
            hello("hall", "lifelifelife", b"x" * 32),
            m.Hello(v=m.PROTOCOL_VERSION, token="t", life="lifelifelife"),
            msgspec.structs.replace(hello("hall", "lifelifelife"), life=None),
        ):
            conn = _Conn()
            await nobody.hello(conn, stranger)  # type: ignore[arg-type]
            assert (conn.code, conn.sent) == ("standing_by", [])
            await nobody.witness(conn, m.Witness(council="k", word="takeover"))  # type: ignore[arg-type]
        assert asking.said == []
        conn = _Conn()
        await nobody.hello(conn, hello("hall", "lifelifelife"))  # type: ignore[arg-type]
        assert (conn.sent, conn.code) == ([], ""), "it is not time yet: it waits here"
        await nobody.witness(conn, m.Witness(council="k", word="takeover"))  # type: ignore[arg-type]
        assert asking.said == [], "it was not asked"
        looking = asyncio.create_task(nobody.look())
        asking.wants = True

        async def asked() -> int:
            return len(conn.sent)

        await until(asked, bool, 5, "it is asked in time")
        assert conn.sent == [m.WitnessAsk(council="k", word="takeover")]
        await nobody.witness(conn, m.Witness(council="k", word="takeover"))  # type: ignore[arg-type]
        assert asking.said == [("k", "hall.lifelifelife", "takeover")]
        assert conn.code == "", "it waits here"
        asking.council = None

        async def sent_away() -> str:
            return conn.code

        await until(sent_away, bool, 5, "it is told to look elsewhere")
        looking.cancel()
        assert text("standing_by").en
