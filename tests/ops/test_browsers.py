"""One-time links: one browser each, whatever comes in between."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from vicon.ops.browsers import (
    MOST_EACH,
    RELEASE_MS,
    TICKET_MS,
    Browsers,
    LinkTaken,
    NoCookie,
    TicketOver,
)
from vicon.ops.data import DataDir

LAPTOP, PHONE, THIEF, NOW = "l" * 43, "p" * 43, "t" * 43, 1_600_000_000_000


def opened(path: Path) -> Browsers:
    return Browsers(DataDir(path), secrets.token_bytes)


def test_the_first_browser_has_it_also_after_a_restart(tmp_path: Path) -> None:
    browsers = opened(tmp_path)
    assert not browsers.admit("a1", "", LAPTOP, NOW)
    browsers.write()
    assert LAPTOP not in DataDir(tmp_path).browsers.read_text("utf-8")
    for known in (browsers, opened(tmp_path)):
        assert not known.admit("a1", "", LAPTOP, NOW + 1)
        with pytest.raises(LinkTaken):
            known.admit("a1", "", THIEF, NOW + 1)
        assert not known.admit("b2", "", PHONE, NOW + 1)  # another hall's


def test_a_browser_without_a_cookie_is_told(tmp_path: Path) -> None:
    for cookie in ("", "short"):
        with pytest.raises(NoCookie):
            opened(tmp_path).admit("a1", "", cookie, NOW)


def test_what_was_let_go_takes_the_next_one_and_no_more(tmp_path: Path) -> None:
    browsers = opened(tmp_path)
    browsers.admit("a1", "", LAPTOP, NOW)
    assert browsers.release("a1", NOW) == NOW + RELEASE_MS
    browsers.write()
    browsers = opened(tmp_path)
    assert not browsers.admit("a1", "", LAPTOP, NOW)  # who has it stays, and does not use it up
    assert browsers.admit("a1", "", PHONE, NOW + 1)
    for cookie in (LAPTOP, THIEF):
        with pytest.raises(LinkTaken):
            browsers.admit("a1", "", cookie, NOW + 2)
    assert not browsers.knows("a1", LAPTOP)


def test_a_release_of_a_link_that_nobody_has_is_used_up_by_the_first(tmp_path: Path) -> None:
    browsers = opened(tmp_path)
    browsers.release("a1", NOW)
    browsers.admit("a1", "", LAPTOP, NOW)
    with pytest.raises(LinkTaken):
        browsers.admit("a1", "", THIEF, NOW)


def test_a_release_ends_by_time_or_by_hand(tmp_path: Path) -> None:
    browsers = opened(tmp_path)
    browsers.admit("a1", "", LAPTOP, NOW)
    until = browsers.release("a1", NOW)
    assert browsers.released("a1", NOW) == until
    assert browsers.released("a1", until) is None
    with pytest.raises(LinkTaken):
        browsers.admit("a1", "", THIEF, until)
    browsers.release("a1", NOW)
    browsers.hold("a1")
    with pytest.raises(LinkTaken):
        browsers.admit("a1", "", THIEF, NOW)


def test_a_ticket_is_good_for_one_browser_more_in_its_time(tmp_path: Path) -> None:
    browsers = opened(tmp_path)
    browsers.admit("a1", "", LAPTOP, NOW)
    ticket, late = browsers.ticket("a1", NOW), browsers.ticket("a1", NOW)
    browsers.write()
    browsers = opened(tmp_path)
    with pytest.raises(TicketOver):
        browsers.admit("b2", ticket, PHONE, NOW)  # of another link
    assert not browsers.admit("a1", ticket, PHONE, NOW + TICKET_MS - 1)
    assert not browsers.admit("a1", ticket, PHONE, NOW + TICKET_MS * 9)
    assert not browsers.admit("a1", "", PHONE, NOW)  # it is one of the hall's
    with pytest.raises(TicketOver):
        browsers.admit("a1", ticket, THIEF, NOW)
    with pytest.raises(TicketOver):
        browsers.admit("a1", late, THIEF, NOW + TICKET_MS)
    with pytest.raises(TicketOver):
        browsers.admit("a1", "00" * 9, THIEF, NOW)


def test_devices_of_a_link_are_bounded_and_the_first_one_stays(tmp_path: Path) -> None:
    browsers = opened(tmp_path)
    browsers.admit("a1", "", LAPTOP, NOW)
    for n in range(MOST_EACH + 2):
        browsers.admit("a1", browsers.ticket("a1", NOW), f"{n}" * 43, NOW + n)
    assert len(browsers.used("a1")) == MOST_EACH
    assert browsers.used("a1")[0].ticket == ""
    assert not browsers.admit("a1", "", LAPTOP, NOW)


def test_what_belongs_to_links_that_are_gone_is_forgotten(tmp_path: Path) -> None:
    browsers = opened(tmp_path)
    browsers.admit("a1", "", LAPTOP, NOW)
    browsers.release("a1", NOW)
    browsers.ticket("a1", NOW)
    browsers.write()
    assert "a1" in DataDir(tmp_path).browsers.read_text("utf-8")
    browsers.keep(set())
    browsers.write()
    assert browsers.used("a1") == []
    assert "a1" not in DataDir(tmp_path).browsers.read_text("utf-8")


class Halls(RuleBasedStateMachine):
    """Whatever is done: who was not let in by a first use, a ticket or a release is not in."""

    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.browsers = Browsers.__new__(Browsers)
        self.browsers._secret = secrets.token_bytes
        self.browsers._bound, self.browsers._tickets, self.browsers._released = [], {}, {}
        self.first: str | None = None
        self.more: set[str] = set()
        self.open_until = 0
        self.unused: dict[str, int] = {}
        self.now = NOW

    @rule(cookie=st.sampled_from([LAPTOP, PHONE, THIEF]))
    def come(self, cookie: str) -> None:
        mine = cookie == self.first or cookie in self.more
        free = self.first is None or self.open_until > self.now
        try:
            self.browsers.admit("a", "", cookie, self.now)
        except LinkTaken:
            assert not mine
            assert not free
            return
        assert mine or free
        if not mine:
            self.first, self.open_until = cookie, 0

    @rule(target=tickets)
    def ticket(self) -> str:
        number = self.browsers.ticket("a", self.now)
        self.unused[number] = self.now + TICKET_MS
        return number

    @rule(number=tickets, cookie=st.sampled_from([LAPTOP, PHONE, THIEF]))
    def come_by_ticket(self, number: str, cookie: str) -> None:
        mine = cookie == self.first or cookie in self.more
        try:
            self.browsers.admit("a", number, cookie, self.now)
        except TicketOver:
            assert not mine
            return
        if not mine:
            assert self.unused.pop(number) > self.now
            self.more.add(cookie)

    @rule()
    def release(self) -> None:
        self.open_until = self.browsers.release("a", self.now)

    @rule()
    def hold(self) -> None:
        self.browsers.hold("a")
        self.open_until = 0

    @rule(ms=st.sampled_from([1, TICKET_MS - 1, TICKET_MS, RELEASE_MS + 1]))
    def wait(self, ms: int) -> None:
        self.now += ms

    @invariant()
    def only_those_who_were_let_in_are_known(self) -> None:
        known = {c for c in (LAPTOP, PHONE, THIEF) if self.browsers.knows("a", c)}
        assert known == ({self.first} - {None}) | self.more


TestHalls = Halls.TestCase
TestHalls.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
