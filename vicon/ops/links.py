"""Link and resume tokens: who may come in, as what.

A link is `BASE/PAGE#TOKEN`; the token sits in the fragment, which a browser never sends in a
request. Both kinds of token are JWTs (RFC 7519) signed with HMAC-SHA-256 (RFC 7518 section 3.2)
by a key that never leaves DATA/keys. What was issued stands in DATA/links.json (the book), without
the tokens: they are the same each time they are made from it, so links can be printed at any time,
and an entry that leaves the book takes its links back. Time comes in as an argument, Unix ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct
from msgspec.structs import replace

from vicon.ops.data import DataDir, DataError, read_struct, write_private

Role = Literal["moderator", "technician", "operator", "observer", "tester"]
PAGES: Mapping[Role, str] = {
    "moderator": "kendali",
    "operator": "ruang",
    "technician": "teknisi",
    "observer": "pantau",
    "tester": "uji",
}
MAX_TOKEN_CHARS = 4096
KEY_BYTES = 32
_ALGORITHM = "HS256"
_LINK, _RESUME = "vicon-link", "vicon-resume"


class BadToken(Exception):
    """The token is not one of ours; the message says why and never holds any of it."""


class ExpiredToken(BadToken):
    """The token was ours and its time is over."""


class Grant(Struct, frozen=True, kw_only=True):
    """Somebody who is to have a link, as configured."""

    conference: str
    role: Role
    room: str | None
    """The hub for a moderator; None for a technician or an observer."""
    name: str


class Issue(Struct, frozen=True, kw_only=True):
    """A line of the book."""

    grant: Grant
    jti: str
    issued: int
    """Unix seconds, as `expires`: the unit of a JWT."""
    expires: int


class Book(Struct, frozen=True, kw_only=True):
    base: str
    """Where the server is reached by configuration; empty: see server.json."""
    issues: list[Issue]


class Claims(Struct, frozen=True, kw_only=True):
    """What a good token says."""

    conference: str
    role: Role
    room: str | None
    name: str
    jti: str
    """The link's; a resume token carries that of the link which it came from."""
    expires_at: int
    """Unix ms."""
    device: str | None = None
    """Only in a resume token."""


class Link(Struct, frozen=True, kw_only=True):
    role: Role
    room: str | None
    name: str
    conference: str
    url: str


class _Body(Struct, frozen=True, kw_only=True, omit_defaults=True):
    conf: str
    role: Role
    name: str
    jti: str
    iat: int
    exp: int
    room: str | None = None
    dev: str | None = None


class Signer:
    """Makes and checks tokens with one key; `known` are the links that count, by their jti."""

    def __init__(self, secret: bytes, known: frozenset[str]) -> None:
        self._key = OctKey.import_key(secret)
        self._kid = self._key.thumbprint()[:8]
        self._known = known

    def sign_link(self, issue: Issue) -> str:
        """The same token for the same line of the book, always."""
        grant = issue.grant
        body = _Body(
            conf=grant.conference,
            role=grant.role,
            room=grant.room,
            name=grant.name,
            jti=issue.jti,
            iat=issue.issued,
            exp=issue.expires,
        )
        return self._sign(_LINK, body)

    def sign_resume(self, claims: Claims, device: str, now: int) -> str:
        """For the device that came with these claims; good as long as its link is."""
        body = _Body(
            conf=claims.conference,
            role=claims.role,
            room=claims.room,
            name=claims.name,
            jti=claims.jti,
            iat=now // 1000,
            exp=claims.expires_at // 1000,
            dev=device,
        )
        return self._sign(_RESUME, body)

    def verify(self, token: str, now: int) -> Claims:
        """Claims of a link's token. Raises ExpiredToken, BadToken."""
        return self._check(_LINK, token, now)

    def verify_resume(self, token: str, now: int) -> Claims:
        """Claims of a resume token, with its device. Raises ExpiredToken, BadToken."""
        claims = self._check(_RESUME, token, now)
        if not claims.device:
            raise BadToken("no device")
        return claims

    def _sign(self, kind: str, body: _Body) -> str:
        header = {"typ": kind, "alg": _ALGORITHM, "kid": self._kid}
        return jwt.encode(header, msgspec.to_builtins(body), self._key, [_ALGORITHM])

    def _check(self, kind: str, token: str, now: int) -> Claims:
        if len(token) > MAX_TOKEN_CHARS or not token.isascii():
            raise BadToken("not a token")
        try:
            found = jwt.decode(token, self._key, [_ALGORITHM])
            body = msgspec.convert(found.claims, _Body)
        except (JoseError, ValueError, RecursionError) as error:
            raise BadToken(f"cannot be read: {type(error).__name__}") from error
        if found.header.get("typ") != kind:
            raise BadToken("another kind of token")
        if body.jti not in self._known:
            raise BadToken("no longer in the book of links")
        if body.exp * 1000 <= now:
            raise ExpiredToken("expired")
        return Claims(
            conference=body.conf,
            role=body.role,
            room=body.room,
            name=body.name,
            jti=body.jti,
            expires_at=body.exp * 1000,
            device=body.dev,
        )


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
    key, book = _read_key(home), read_struct(home.links, Book)
    if key is None or book is None:
        raise _never_run(home)
    server = home.read_server()
    base = book.base or (server.url if server else "")
    if not base:
        raise _never_run(home)
    return make_links(_signer(key, book), book, base)


def make_links(signer: Signer, book: Book, base: str) -> list[Link]:
    return [
        Link(
            role=issue.grant.role,
            room=issue.grant.room,
            name=issue.grant.name,
            conference=issue.grant.conference,
            url=f"{base.rstrip('/')}/{PAGES[issue.grant.role]}#{signer.sign_link(issue)}",
        )
        for issue in book.issues
    ]


def _signer(key: bytes, book: Book) -> Signer:
    return Signer(key, frozenset(issue.jti for issue in book.issues))


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
