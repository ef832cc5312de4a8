"""Sessions as time passes: an open page keeps one alive, until its end in any case; what cannot be
written holds all the same."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection

import pytest

from tests.app.entry import CHEAP, PASSWORD, add, change
from vicon.app.people import WAITING, Denied, People
from vicon.core.model import Plan
from vicon.ops.accounts import Accounts
from vicon.ops.browsers import Browsers
from vicon.ops.claims import Browser, SessionOver, SignInNeeded
from vicon.ops.data import DataDir
from vicon.ops.sessions import Session, Sessions
from vicon.ops.tokens import Signer

MINUTE = 60_000
IDLE, LIFE = 10 * MINUTE, 60 * MINUTE


class Clock:
    def __init__(self) -> None:
        self.ms = 1_600_000_000_000

    def now(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


class House:
    """Notes who is sent away."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.here: set[str] = set()
        self.gone: list[tuple[str, str]] = []

    def plans(self) -> Collection[Plan]:
        return [self.plan]

    def present(self) -> Collection[str]:
        return self.here

    def dismiss(self, jtis: Collection[str], code: str) -> None:
        self.gone += [(jti, code) for jti in jtis]

    def displaced(self, link: str, knows: Callable[[str], bool]) -> None:
        self.gone.append((link, "link_taken"))

    def links(self) -> Collection[str]:
        return ["a1"]


class Scene:
    def __init__(self, home: DataDir, plan: Plan, *, required: bool = False) -> None:
        self.home, self.clock, self.house = home, Clock(), House(plan)
        self.signer = Signer(bytes(range(32)), frozenset())
        self.people = People(
            home,
            self.clock,
            self.signer,
            self.house,
            accounts=Accounts(home),
            sessions=Sessions(home, secrets.token_bytes, IDLE, LIFE),
            browsers=Browsers(home, secrets.token_bytes),
            passwords=CHEAP,
            required=required,
        )

    async def signed_in(self, name: str = "rini") -> tuple[Session, str]:
        done = await self.people.sign_in(name, PASSWORD, "10.0.0.5", "Firefox")
        assert not isinstance(done, Denied)
        return done


@pytest.fixture
def scene(home: DataDir, plan: Plan) -> Scene:
    add(home, "rini", "moderator", conference=plan.id)
    return Scene(home, plan)


async def test_an_open_page_keeps_its_session_until_the_end(scene: Scene) -> None:
    open_, cookie = await scene.signed_in()
    idle, other = await scene.signed_in()
    scene.house.here = {open_.id}
    for _ in range(LIFE // MINUTE - 1):
        scene.clock.ms += MINUTE
        scene.people.look()
    assert scene.people.session(other) is None
    assert (idle.id, "session_over") in scene.house.gone
    assert scene.people.session(cookie) is not None
    scene.clock.ms += MINUTE
    scene.people.look()
    assert scene.people.session(cookie) is None
    assert (open_.id, "session_over") in scene.house.gone


async def test_a_seat_is_the_sessions_own(scene: Scene) -> None:
    session, cookie = await scene.signed_in()
    url = scene.people.enter(session, "moderator", scene.house.plan.id)
    assert isinstance(url, str)
    page, _, token = url.partition("#")
    assert page == "/kendali"
    now = scene.clock.now()
    claims = scene.signer.verify(token, now, Browser(session=cookie))
    assert (claims.role, claims.room, claims.name) == ("moderator", "64", "Rini")
    assert claims.session
    for browser in (Browser(), Browser(session="x" * 64), Browser(device=cookie)):
        with pytest.raises(SessionOver):
            scene.signer.verify(token, now, browser)
    change(scene.home, "rini", rights=())
    with pytest.raises(SessionOver):
        scene.signer.verify(token, now, Browser(session=cookie))


async def test_a_signer_without_a_guard_takes_no_seat_and_no_one_time_link(scene: Scene) -> None:
    session, cookie = await scene.signed_in()
    url = scene.people.enter(session, "moderator", scene.house.plan.id)
    assert isinstance(url, str)
    scene.signer.guard = None
    from vicon.ops.claims import BadToken

    with pytest.raises(BadToken):
        scene.signer.verify(url.partition("#")[2], scene.clock.now(), Browser(session=cookie))


async def test_where_accounts_are_required_the_guard_says_so(home: DataDir, plan: Plan) -> None:
    Scene(home, plan).people.person()
    with pytest.raises(SignInNeeded):
        Scene(home, plan, required=True).people.person()


async def test_a_full_disk_throws_nobody_out(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.home.sessions.mkdir()  # it cannot be written
    _, cookie = await scene.signed_in()
    assert scene.people.session(cookie) is not None
    scene.home.sessions.rmdir()
    await scene.people.settle()
    assert Scene(scene.home, scene.house.plan).people.session(cookie) is not None


async def test_accounts_that_cannot_be_read_keep_who_is_in(scene: Scene) -> None:
    _, cookie = await scene.signed_in()
    scene.home.accounts.write_text("{", "utf-8")
    scene.people.look()
    assert scene.people.session(cookie) is not None
    from vicon.ops.data import DataError

    with pytest.raises(DataError):
        await scene.people.sign_in("rini", PASSWORD, "10.0.0.5", "Firefox")


async def test_a_crowd_of_passwords_is_told_that_the_server_is_busy(scene: Scene) -> None:
    import asyncio

    names = [f"n{n}" for n in range(WAITING + 10)]
    answers = await asyncio.gather(
        *(
            scene.people.sign_in(name, "salah sekali", f"10.0.1.{n}", "")
            for n, name in enumerate(names)
        )
    )
    codes = [one.code for one in answers if isinstance(one, Denied)]
    assert codes.count("busy") >= 1
    assert codes.count("wrong_password") >= WAITING
    await scene.signed_in()  # afterwards it goes on
