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

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vicon.ops.data import DataDir, DataError, read_struct, write_private
from vicon.ops.net import for_itself_alone
from vicon.ops.tokens import (
    BadToken,
    Claims,
    DoorClaims,
    DoorRole,
    ExpiredToken,
    Grant,
    Issue,
    MediaClaims,
    MediaRole,
    Role,
    Signer,
)

__all__ = [
    "BadToken",
    "Claims",
    "DoorClaims",
    "DoorRole",
    "ExpiredToken",
    "Grant",
    "Issue",
    "MediaClaims",
    "MediaRole",
    "Role",
    "Signer",
]

PAGES: Mapping[Role, str] = {
    "moderator": "kendali",
    "operator": "ruang",
    "technician": "teknisi",
    "observer": "pantau",
    "tester": "uji",
}
DOOR_PAGE = "checkin"
KEY_BYTES = 32


class Book(Struct, frozen=True, kw_only=True):
    base: str
    """Where the server is reached by configuration; empty: see server.json."""
    issues: list[Issue]


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
    role: Role
    room: str | None
    name: str
    conference: str
    url: str


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
    key = _read_key(home) or _make_key(home, secret)
    old = read_struct(home.links, Book)
    kept = {_identity(issue.grant): issue for issue in (old.issues if old else [])}
    issues = [
        _renewed(kept.get(_identity(grant)), grant, now, lifetime_ms)
        or Issue(
            grant=grant,
            jti=secret(9).hex(),
            issued=now // 1000,
            expires=(now + lifetime_ms) // 1000,
        )
        for grant in grants
    ]
    book = Book(base=base, issues=issues)
    if book != old:
        write_private(home.links, msgspec.json.format(msgspec.json.encode(book)) + b"\n")
    return _signer(key, book)


def _identity(grant: Grant) -> tuple[str, ...]:
    """A person's link belongs to the name; a room's stays when only a name was corrected."""
    personal = grant.role in ("moderator", "technician")
    return grant.conference, grant.role, grant.room or "", grant.name if personal else ""


def _renewed(issue: Issue | None, grant: Grant, now: int, lifetime_ms: int) -> Issue | None:
    if issue is None:
        return None
    if issue.expires * 1000 - now < lifetime_ms // 2:
        issue = replace(issue, issued=now // 1000, expires=(now + lifetime_ms) // 1000)
    return replace(issue, grant=grant)


def read_links(home: DataDir) -> list[Link]:
    """The links of a data directory, whether its server runs or not, in the order of issue.

    The address is the configured one, else that where the server was reached last.
    Raises DataError: no server has run here yet, or a file is damaged.
    """
    return make_links(*_read_book(home))


def read_media_links(home: DataDir) -> list[MediaLink]:
    """Addresses and tokens for encoders and players, likewise. Raises DataError."""
    return make_media_links(*_read_book(home))


def read_door_links(home: DataDir, asked: str = "") -> list[DoorLink]:
    """The addresses of the doors, for the phones of others: at the configured address, else at the
    one under which the server was `asked`, unless that is good on this machine alone, else at the
    first of the server's own that others can open. Raises DataError."""
    signer, book, last = _read_book(home)
    server = home.read_server()
    base = book.base or ("" if for_itself_alone(asked) else asked)
    if not base and server is not None:
        base = next((url for url in server.urls if not for_itself_alone(url)), "")
    return make_door_links(signer, book, (base or last).rstrip("/"))


def _read_book(home: DataDir) -> tuple[Signer, Book, str]:
    key, book = _read_key(home), read_struct(home.links, Book)
    if key is None or book is None:
        raise _never_run(home)
    server = home.read_server()
    base = book.base or (server.url if server else "")
    if not base:
        raise _never_run(home)
    return _signer(key, book), book, base.rstrip("/")


def make_links(signer: Signer, book: Book, base: str) -> list[Link]:
    return [
        Link(
            role=role,
            room=issue.grant.room,
            name=issue.grant.name,
            conference=issue.grant.conference,
            url=f"{base}/{PAGES[role]}#{signer.sign_link(issue)}",
        )
        for issue in book.issues
        if (role := issue.grant.role) != "encoder" and role != "player" and role != "door"
    ]


def make_media_links(signer: Signer, book: Book, base: str) -> list[MediaLink]:
    """An encoder's address names its room; a player's is that of the programme."""
    return [
        MediaLink(
            role=role,
            room=issue.grant.room,
            name=issue.grant.name,
            conference=issue.grant.conference,
            url=f"{base}{_endpoint(issue.grant)}",
            token=signer.sign_link(issue),
        )
        for issue in book.issues
        if (role := issue.grant.role) == "encoder" or role == "player"
    ]


def make_door_links(signer: Signer, book: Book, base: str) -> list[DoorLink]:
    return [
        DoorLink(
            role="door",
            room=issue.grant.room,
            name=issue.grant.name,
            conference=issue.grant.conference,
            url=f"{base}/{DOOR_PAGE}/{signer.sign_door(issue)}",
            expires_at=issue.expires * 1000,
        )
        for issue in book.issues
        if issue.grant.role == "door" and issue.grant.room is not None
    ]


def _endpoint(grant: Grant) -> str:
    """Ids and codes hold nothing that a path would have to escape."""
    if grant.role == "encoder":
        return f"/whip/{grant.conference}/{grant.room}"
    return f"/whep/{grant.conference}"


def _signer(key: bytes, book: Book) -> Signer:
    doors = [issue for issue in book.issues if issue.grant.role == "door"]
    return Signer(key, frozenset(issue.jti for issue in book.issues), doors)


def _read_key(home: DataDir) -> bytes | None:
    try:
        key = home.key.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _bad_key(home, str(error.strerror)) from error
    if len(key) != KEY_BYTES:
        raise _bad_key(home, f"{len(key)} != {KEY_BYTES} B")
    return key


def _make_key(home: DataDir, secret: Callable[[int], bytes]) -> bytes:
    key = secret(KEY_BYTES)
    write_private(home.key, key)
    return key


def _bad_key(home: DataDir, why: str) -> DataError:
    return DataError(
        f"Kunci tautan {home.key} tidak dapat dipakai ({why}). Pulihkan dari cadangan, atau "
        "hapus: kunci baru dibuat dan semua tautan lama tidak berlaku lagi.",
        f"The links' key {home.key} cannot be used ({why}). Restore it, or delete it: a new one "
        "is made and all old links stop working.",
    )


def _never_run(home: DataDir) -> DataError:
    return DataError(
        f"Belum ada tautan di {home.path}: jalankan servernya dulu dengan --data ini.",
        f"There are no links in {home.path} yet: start the server with this --data first.",
    )
