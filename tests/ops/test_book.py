"""The book of links in the hands of a running server: taken back, issued anew, another end."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from vicon.ops import book as books
from vicon.ops.book import BookFull, LinkBook
from vicon.ops.data import DataDir
from vicon.ops.links import (
    ArchivedToken,
    BadToken,
    ExpiredToken,
    Grant,
    Issue,
    RevokedToken,
    address_of,
    read_door_links,
    read_links,
    read_media_links,
)

NOW = 1_600_999_200_000
DAY = 86_400_000
OPERATOR = Grant(conference="k", role="operator", room="64.02", name="Operator Kukar")
DOOR = Grant(conference="k", role="door", room="64.02", name="Pintu Kukar")
PLAYER = Grant(conference="k", role="player", room=None, name="Pemutar")
OTHER = Grant(conference="l", role="observer", room=None, name="Pemantau")
ORGANIZER = Grant(conference="", role="organizer", room=None, name="Pengelola")
GRANTS = [OPERATOR, DOOR, PLAYER, OTHER, ORGANIZER]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DataDir]:
    with DataDir.claim(tmp_path / "data") as home:
        yield home


def opened(home: DataDir) -> LinkBook:
    return LinkBook.open(home, base="https://v", lifetime_ms=30 * DAY, secret=secrets.token_bytes)


@pytest.fixture
def book(home: DataDir) -> LinkBook:
    book = opened(home)
    book.bring_up(GRANTS, NOW)
    return book


def line(book: LinkBook, grant: Grant) -> Issue:
    """The newest of a grant."""
    return [issue for issue in book.issues if issue.grant == grant][-1]


def token(book: LinkBook, grant: Grant) -> str:
    return address_of(book.signer, line(book, grant), "https://v").url.partition("#")[2]


def test_the_organizers_token_is_of_its_own_kind(home: DataDir, book: LinkBook) -> None:
    own = token(book, ORGANIZER)
    assert book.signer.verify_office(own, NOW).name == "Pengelola"
    for verify in (book.signer.verify, book.signer.verify_media, book.signer.verify_resume):
        with pytest.raises(BadToken, match="another kind"):
            verify(own, NOW)
    with pytest.raises(BadToken, match="another kind"):
        book.signer.verify_office(token(book, OPERATOR), NOW)
    with pytest.raises(ExpiredToken):
        book.signer.verify_office(own, NOW + 30 * DAY)
    links = read_links(home)
    assert [(link.role, link.url.partition("#")[0]) for link in links][-1] == (
        "organizer",
        "https://v/kelola",
    )


def test_what_is_taken_back_counts_no_more_from_that_moment_and_after_a_restart(
    home: DataDir, book: LinkBook
) -> None:
    old, media = token(book, OPERATOR), read_media_links(home)[0].token
    resume = book.signer.sign_resume(book.signer.verify(old, NOW), "d1", NOW)
    (door,) = read_door_links(home)
    for grant in (OPERATOR, DOOR, PLAYER):
        book.revoke(line(book, grant), NOW)
    again = opened(home)
    again.bring_up(GRANTS, NOW)
    for signer in (book.signer, again.signer):
        with pytest.raises(RevokedToken):
            signer.verify(old, NOW)
        with pytest.raises(RevokedToken):
            signer.verify_resume(resume, NOW)
        with pytest.raises(RevokedToken):
            signer.verify_media(media, NOW)
        with pytest.raises(RevokedToken):
            signer.verify_door(door.url.rpartition("/")[2], NOW)
    assert [link.role for link in read_links(home)] == ["observer", "organizer"]
    assert not read_door_links(home)
    assert not read_media_links(home)


def test_nothing_is_issued_by_itself_in_place_of_what_was_taken_back(
    home: DataDir, book: LinkBook
) -> None:
    book.revoke(line(book, OPERATOR), NOW)
    for days in (0, 20, 40, 400):
        again = opened(home)
        new, _ = again.bring_up(GRANTS, NOW + days * DAY)
        assert new == []
        assert line(again, OPERATOR).revoked


def test_a_new_one_stands_beside_what_was_taken_back(home: DataDir, book: LinkBook) -> None:
    old = token(book, OPERATOR)
    fresh = book.renew(book.revoke(line(book, OPERATOR), NOW), NOW + DAY)
    assert line(book, OPERATOR) == fresh
    assert book.signer.verify(token(book, OPERATOR), NOW + DAY).room == "64.02"
    with pytest.raises(RevokedToken):
        book.signer.verify(old, NOW + DAY)
    later = opened(home)
    later.bring_up(GRANTS, NOW + 31 * DAY)
    assert [i.grant for i in later.issues].count(OPERATOR) == 1, "the old one tells nothing more"


@pytest.mark.parametrize("days", [1, 300])
def test_a_chosen_end_holds_for_what_was_handed_out(
    home: DataDir, book: LinkBook, days: int
) -> None:
    old = token(book, OPERATOR)
    book.expire(line(book, OPERATOR), NOW + days * DAY)
    again = opened(home)
    again.bring_up(GRANTS, NOW + (days - 1) * DAY)
    for signer in (book.signer, again.signer):
        assert signer.verify(old, NOW + days * DAY - 1).expires_at == NOW + days * DAY
        with pytest.raises(ExpiredToken):
            signer.verify(old, NOW + days * DAY)


def test_the_links_of_an_archived_conference_rest_and_wake(home: DataDir, book: LinkBook) -> None:
    old = token(book, OPERATOR)
    book.rest("k")
    with pytest.raises(ArchivedToken):
        book.signer.verify(old, NOW)
    again = opened(home)
    new, gone = again.bring_up([OTHER, ORGANIZER], NOW, resting={"k"})
    assert (new, gone) == ([], [])
    with pytest.raises(ArchivedToken):
        again.signer.verify(old, NOW)
    assert [link.conference for link in read_links(home)] == ["l", ""]
    again.bring_up(GRANTS, NOW)
    assert again.signer.verify(old, NOW).room == "64.02"


def test_it_tells_what_is_new_and_what_is_gone(book: LinkBook) -> None:
    assert book.bring_up(GRANTS, NOW) == ([], [])
    gone = line(book, OPERATOR)
    assert book.bring_up(GRANTS[1:], NOW) == ([], [gone])
    new, _ = book.bring_up(GRANTS, NOW)
    assert [issue.grant for issue in new] == [OPERATOR]
    assert new[0].jti != gone.jti


def test_a_book_of_an_earlier_version_is_read(home: DataDir, book: LinkBook) -> None:
    plain = json.loads(home.links.read_text())
    del plain["archived"]
    for issue in plain["issues"]:
        del issue["revoked"], issue["chosen"]
    old = token(book, OPERATOR)
    home.links.write_text(json.dumps(plain))
    again = opened(home)
    again.bring_up(GRANTS, NOW)
    again.signer.verify(old, NOW)


def test_a_full_book_takes_no_link_more_and_takes_links_back(
    home: DataDir, book: LinkBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "MOST_BYTES", home.links.stat().st_size + 20)
    before = home.links.read_bytes()
    gone = book.revoke(line(book, OPERATOR), NOW)
    with pytest.raises(BookFull) as full:
        book.renew(gone, NOW)
    assert "links.json" in full.value.words.id
    assert "stop the server" in full.value.words.en.lower()
    more = [*GRANTS, Grant(conference="m", role="observer", room=None, name="Pemantau")]
    assert not book.fits(more, NOW)
    with pytest.raises(BookFull):
        book.bring_up(more, NOW)
    assert line(book, OPERATOR).revoked, "what was taken back before stays so"
    assert home.links.read_bytes() != before
    assert [i.grant for i in opened(home).issues] == GRANTS, "nothing of it is kept"
    assert book.fits(GRANTS, NOW)
    book.bring_up(GRANTS, NOW)
    book.expire(line(book, DOOR), NOW + 400 * DAY)
    assert book.fits(GRANTS[1:], NOW), "what makes it smaller goes on"
