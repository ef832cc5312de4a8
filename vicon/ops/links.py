"""Links and the book of links: who may come in, as what.

A link is `BASE/PAGE#TOKEN`; the token sits in the fragment, which a browser never sends in a
request. The token of an encoder or a player is typed in beside its address. That of a room's door
stands in the path, since its page is a form that works without a script. They are signed (see
vicon.ops.tokens) by a key that never leaves DATA/keys. What was issued stands in DATA/links.json
(the book), without the tokens: they are the same each time they are made from it, so links can be
printed at any time, and an entry that leaves the book takes its links back. Time comes in as an
argument, Unix ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from vicon.ops.book import Book, LinkBook, make_signer, read_key
from vicon.ops.claims import (
    AnyRole,
    ArchivedToken,
    BadToken,
    Claims,
    DoorClaims,
    DoorRole,
    ExpiredToken,
    Grant,
    Issue,
    MediaClaims,
    MediaRole,
    OfficeClaims,
    OfficeRole,
    RevokedToken,
    Role,
)
from vicon.ops.data import DataDir, DataError, read_struct
from vicon.ops.net import for_itself_alone
from vicon.ops.tokens import Signer

__all__ = [
    "AnyRole",
    "ArchivedToken",
    "BadToken",
    "Book",
    "Claims",
    "DoorClaims",
    "DoorRole",
    "ExpiredToken",
    "Grant",
    "Issue",
    "MediaClaims",
    "MediaRole",
    "OfficeClaims",
    "OfficeRole",
    "RevokedToken",
    "Role",
    "Signer",
]

PAGES: Mapping[Role | OfficeRole, str] = {
    "moderator": "kendali",
    "operator": "ruang",
    "technician": "teknisi",
    "observer": "pantau",
    "tester": "uji",
    "organizer": "kelola",
}
DOOR_PAGE = "checkin"
DISPLAY_PAGE, EMBED_PAGE = "layar", "embed"
SIGN_IN_PAGE = "masuk"
SIGNING_IN = ("moderator", "technician", "organizer")
"""Roles that have accounts."""


class MediaLink(Struct, frozen=True, kw_only=True):
    """What is typed into an encoder or a player."""

    role: MediaRole
    room: str | None
    name: str
    conference: str
    url: str
    token: str


class DoorLink(Struct, frozen=True, kw_only=True):
    """The address of a door's check-in page, as its QR code holds it."""

    role: DoorRole
    room: str
    name: str
    conference: str
    url: str
    expires_at: int
    """Unix ms; a server that is started later may prolong it."""


class Link(Struct, frozen=True, kw_only=True):
    role: Role | OfficeRole | Literal["embed"]
    room: str | None
    name: str
    conference: str
    url: str
    once: bool = False
    """It admits one browser."""


def issue_links(
    home: DataDir,
    grants: Sequence[Grant],
    *,
    base: str,
    now: int,
    lifetime_ms: int,
    secret: Callable[[int], bytes],
) -> Signer:
    """Bring the book up to the configuration and give the signer that goes with it.

    A grant that has a link keeps it; past the half of its life a longer one is issued beside it,
    so that what was handed out works to its own end. Links of grants that are no longer configured
    count no more. `secret(n)` gives n random bytes (secrets.token_bytes).
    Only for the server that has claimed the data directory. Raises DataError.
    """
    book = LinkBook.open(home, base=base, lifetime_ms=lifetime_ms, secret=secret)
    book.bring_up(grants, now)
    return book.signer


def read_links(home: DataDir, *, own: bool = False) -> list[Link]:
    """The links of a data directory, whether its server runs or not, in the order of issue; those
    of roles that have to sign in are left out.

    The address is the configured one, else that where the server was reached last. `own`: for
    programs on this machine, which need not sign in and take no one-time link from its hall.
    Raises DataError: no server has run here yet, or a file is damaged.
    """
    signer, book, base = _read_book(home)
    return make_links(signer, book, base, own=own)


def sign_in_address(home: DataDir, *, anyway: bool = False) -> str:
    """Where moderators, technicians and organizers sign in; empty if they need not, unless it is
    asked for `anyway`. Raises DataError."""
    _, book, base = _read_book(home)
    return f"{base}/{SIGN_IN_PAGE}" if book.sign_in or anyway else ""


def link_of(home: DataDir, jti: str, ticket: str = "") -> str:
    """The address of a person's link, at which the server is reached as read_links() has it.
    `ticket`: see Signer.sign_link. Raises DataError; KeyError if the book has none such."""
    signer, book, base = _read_book(home)
    found = next((issue for issue in book.issues if issue.jti == jti), None)
    if found is None:
        raise KeyError(jti)
    return address_of(signer, found, base, ticket=ticket).url


def read_media_links(home: DataDir) -> list[MediaLink]:
    """Addresses and tokens for encoders and players, likewise. Raises DataError."""
    return make_media_links(*_read_book(home))


def read_door_links(home: DataDir, asked: str = "") -> list[DoorLink]:
    """The addresses of the doors, for the phones of others: at the configured address, else at the
    one under which the server was `asked`, unless that is good on this machine alone, else at the
    first of the server's own that others can open. Raises DataError."""
    signer, book, last = _read_book(home)
    return make_door_links(signer, book, _base_for(home, book, asked) or last)


def read_display_links(home: DataDir, asked: str = "") -> list[Link]:
    """Those of the halls' displays, likewise. Raises DataError."""
    signer, book, last = _read_book(home)
    found = make_links(signer, book, _base_for(home, book, asked) or last)
    return [link for link in found if link.role == "observer" and link.room is not None]


def base_for(home: DataDir, asked: str) -> str:
    """At which address others reach the server: see read_door_links. Raises DataError."""
    _, book, last = _read_book(home)
    return _base_for(home, book, asked) or last


def _base_for(home: DataDir, book: Book, asked: str) -> str:
    server = home.read_server()
    base = book.base or ("" if for_itself_alone(asked) else asked)
    if not base and server is not None:
        base = next((url for url in server.urls if not for_itself_alone(url)), "")
    return base.rstrip("/")


def _read_book(home: DataDir) -> tuple[Signer, Book, str]:
    key, book = read_key(home), read_struct(home.links, Book)
    if key is None or book is None:
        raise _never_run(home)
    server = home.read_server()
    base = book.base or (server.url if server else "")
    if not base:
        raise _never_run(home)
    return make_signer(key, book), book, base.rstrip("/")


def make_links(signer: Signer, book: Book, base: str, *, own: bool = False) -> list[Link]:
    hidden = SIGNING_IN if book.sign_in and not own else ()
    return [
        Link(
            role=role,
            room=issue.grant.room,
            name=issue.grant.name,
            conference=issue.grant.conference,
            url=address_of(signer, issue, base, own=own).url,
            once=issue.grant.once,
        )
        for issue in book.counting()
        if (role := issue.grant.role) != "encoder" and role != "player" and role != "door"
        if role not in hidden
    ]


def make_media_links(signer: Signer, book: Book, base: str) -> list[MediaLink]:
    """An encoder's address names its room; a player's is that of the programme."""
    return [
        MediaLink(
            role=role,
            room=issue.grant.room,
            name=issue.grant.name,
            conference=issue.grant.conference,
            **address_of(signer, issue, base)._asdict(),
        )
        for issue in book.counting()
        if (role := issue.grant.role) == "encoder" or role == "player"
    ]


def make_door_links(signer: Signer, book: Book, base: str) -> list[DoorLink]:
    return [
        DoorLink(
            role="door",
            room=issue.grant.room,
            name=issue.grant.name,
            conference=issue.grant.conference,
            url=address_of(signer, issue, base).url,
            expires_at=issue.expires * 1000,
        )
        for issue in book.counting()
        if issue.grant.role == "door" and issue.grant.room is not None
    ]


class Address(NamedTuple):
    url: str
    token: str
    """To be typed in beside it; empty: the address has all."""


def address_of(
    signer: Signer, issue: Issue, base: str, *, ticket: str = "", own: bool = False
) -> Address:
    """Where a line of the book leads, on a server that is reached at `base`; `ticket`, `own`: see
    Signer.sign_link."""
    role = issue.grant.role
    if role == "door":
        return Address(f"{base}/{DOOR_PAGE}/{signer.sign_door(issue)}", "")
    token = signer.sign_link(issue, ticket=ticket, own=own)
    if role == "encoder" or role == "player":
        return Address(f"{base}{_endpoint(issue.grant)}", token)
    if role == "embed":
        return Address(f"{base}/{EMBED_PAGE}/{issue.grant.conference}#{token}", "")
    shown = role == "observer" and issue.grant.room is not None
    return Address(f"{base}/{DISPLAY_PAGE if shown else PAGES[role]}#{token}", "")


def _endpoint(grant: Grant) -> str:
    """Ids and codes hold nothing that a path would have to escape."""
    if grant.role == "encoder":
        return f"/whip/{grant.conference}/{grant.room}"
    return f"/whep/{grant.conference}"


def _never_run(home: DataDir) -> DataError:
    return DataError(
        f"Belum ada tautan di {home.path}: jalankan servernya dulu dengan --data ini.",
        f"There are no links in {home.path} yet: start the server with this --data first.",
    )
