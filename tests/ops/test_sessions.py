"""Sessions: found by their cookie alone, over in time, and there again after a restart."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from msgspec.structs import replace

from vicon.ops.accounts import Account, Accounts, Right, changing
from vicon.ops.data import DataDir, DataError
from vicon.ops.sessions import MOST_EACH, Sessions, Who, csrf, may, roles_in

IDLE, LIFE, NOW = 60_000, 600_000, 1_600_000_000_000
RIGHTS = (Right(role="moderator", conference="a"), Right(role="technician"))
RINI = Account(name="rini", shown="Rini", rights=RIGHTS, hash="x", changed=1)
WHO = Who(account="rini", shown="Rini", rights=RIGHTS, edition=1)


def opened(home: DataDir) -> Sessions:
    return Sessions(home, secrets.token_bytes, IDLE, LIFE)


@pytest.fixture
def home(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path)


def test_a_session_is_found_by_its_cookie_also_after_a_restart(home: DataDir) -> None:
    sessions = opened(home)
    made, cookie = sessions.make(WHO, NOW, "10.0.0.5", "Firefox")
    sessions.write()
    assert len(cookie) == 64
    assert cookie not in home.sessions.read_text("utf-8")
    for known in (sessions, opened(home)):
        assert known.of_cookie(cookie, NOW) == made
        for other in ("", cookie[:-1] + "x", made.id, made.key):
            assert known.of_cookie(other, NOW) is None


def test_it_is_over_when_nobody_uses_it_and_in_any_case_at_its_end(home: DataDir) -> None:
    sessions = opened(home)
    made, cookie = sessions.make(WHO, NOW)
    assert sessions.of_cookie(cookie, NOW + IDLE - 1) is not None
    assert sessions.of_cookie(cookie, NOW + IDLE) is None
    sessions.seen(made.id, NOW + IDLE)  # too late
    assert sessions.of_cookie(cookie, NOW + IDLE) is None
    _, cookie = sessions.make(WHO, NOW)
    for at in range(NOW, NOW + LIFE, IDLE // 2):
        found = sessions.of_cookie(cookie, at)
        assert found is not None
        sessions.seen(found.id, at)
    assert sessions.of_cookie(cookie, NOW + LIFE) is None


def test_what_ends_is_gone_for_good(home: DataDir) -> None:
    sessions = opened(home)
    made, cookie = sessions.make(WHO, NOW)
    assert [one.id for one in sessions.end([made.id, "nobody"])] == [made.id]
    sessions.write()
    assert opened(home).of_cookie(cookie, NOW) is None


def test_a_person_has_so_many_and_no_more(home: DataDir) -> None:
    sessions = opened(home)
    cookies = [sessions.make(WHO, NOW + n)[1] for n in range(MOST_EACH + 3)]
    living = [cookie for cookie in cookies if sessions.of_cookie(cookie, NOW + 100)]
    assert living == cookies[3:]


def test_a_changed_account_ends_them(home: DataDir) -> None:
    sessions = opened(home)
    made, _ = sessions.make(WHO, NOW)
    for account, over in (
        (RINI, []),
        (replace(RINI, disabled=True), [made.id]),
        (replace(RINI, edition=2), [made.id]),
        (None, [made.id]),
    ):
        assert sessions.over(NOW, lambda _, account=account: account) == over  # type: ignore[misc]


def test_signs_of_life_are_written_now_and_then(home: DataDir) -> None:
    sessions = opened(home)
    made, _ = sessions.make(WHO, NOW)
    sessions.write()
    sessions.seen(made.id, NOW + 1000)
    assert not sessions.changed
    sessions.seen(made.id, NOW + IDLE - 1)
    assert not sessions.changed
    sessions.seen(made.id, NOW + IDLE + 500)
    assert sessions.changed


def test_the_number_of_a_session_is_not_its_cookie() -> None:
    assert csrf("a" * 64) != csrf("b" * 64)
    assert "a" * 8 not in csrf("a" * 64)


def test_what_a_person_may_be() -> None:
    assert may(WHO, "moderator", "a")
    assert not may(WHO, "moderator", "b")
    assert may(WHO, "technician", "b")
    assert not may(WHO, "organizer", "")
    assert roles_in(WHO, "a") == ["moderator", "technician"]
    assert roles_in(WHO, "b") == ["technician"]


def test_accounts_are_read_as_they_are_now(home: DataDir) -> None:
    accounts = Accounts(home)
    assert accounts.all() == []
    with changing(home) as found:
        found["rini"] = RINI
    assert accounts.find(" RINI ") == RINI
    assert home.accounts.stat().st_mode & 0o777 == 0o600

    def broken_off() -> None:
        with changing(home) as found:
            del found["rini"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert accounts.find("rini") == RINI
    accounts.rehash(replace(RINI, hash="old"), "new")  # it was changed meanwhile
    assert accounts.find("rini") == RINI
    accounts.rehash(RINI, "new")
    assert accounts.find("rini") == replace(RINI, hash="new")
    home.accounts.write_text("{", "utf-8")
    with pytest.raises(DataError):
        accounts.find("rini")
    assert accounts.last("rini") is not None
