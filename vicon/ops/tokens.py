"""Tokens: what a bearer may do, signed. Links are made of them (vicon.ops.links).

All but a door's are JWTs (RFC 7519) signed with HMAC-SHA-256 (RFC 7518 section 3.2); `typ` says of
which kind: a link's, an encoder's or a player's, the organizer's, or that with which a device
resumes; that of somebody who has signed in, good in the browser of that session alone. One kind
never passes for another. Time comes in as an argument, Unix ms.

A door's token is in a QR code that is read from some metres, so it is short and says nothing: a
code (HMAC-SHA-256, 128 bits) of its line in the book, by which that line is found.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct
from msgspec.structs import replace

from vicon.ops.claims import (
    NOBODY,
    AnyRole,
    ArchivedToken,
    BadToken,
    Browser,
    Claims,
    DoorClaims,
    ExpiredToken,
    Guard,
    Issue,
    MediaClaims,
    MediaRole,
    OfficeClaims,
    OfficeRole,
    RevokedToken,
    Role,
)

MAX_TOKEN_CHARS = 4096
_DOOR, _DOOR_BYTES = b"vicon-door:", 16
"""No JWT's signed text has a colon in it: the key can serve both."""
_MEDIA_ROLES = ("encoder", "player", "embed")
_ALGORITHM = "HS256"
_LINK, _MEDIA, _RESUME = "vicon-link", "vicon-media", "vicon-resume"
_OFFICE, _SEAT = "vicon-office", "vicon-seat"
_PERSONS = ("moderator", "technician", "organizer")


class _Body(Struct, frozen=True, kw_only=True, omit_defaults=True):
    conf: str
    role: Role | MediaRole | OfficeRole
    name: str
    jti: str
    iat: int
    exp: int
    room: str | None = None
    dev: str | None = None
    tic: str = ""
    """Number of a ticket: see vicon.ops.browsers."""
    own: bool = False
    """Made by whoever has the key, for a program of the server's own machine: no guard is asked."""
    ses: bool = False
    """`jti` is a session's."""


class Signer:
    """Makes and checks tokens with one key; `known` are the links that count, by their jti;
    `doors` are those lines of the book that are for doors. Without a `guard` there are no one-time
    links and no sessions: their tokens are refused."""

    def __init__(self, secret: bytes, known: frozenset[str], doors: Sequence[Issue] = ()) -> None:
        self._secret = secret
        self._key = OctKey.import_key(secret)
        self._kid = self._key.thumbprint()[:8]
        self._known = known
        self._doors = {self.sign_door(issue): issue for issue in doors}
        self._void: Mapping[str, type[BadToken]] = {}
        self._ends: Mapping[str, int] = {}
        """Unix seconds, of links whose end was chosen."""
        self._once: frozenset[str] = frozenset()
        self._archived: frozenset[str] = frozenset()
        self.guard: Guard | None = None

    def take(self, issues: Iterable[Issue], archived: Collection[str] = ()) -> None:
        """From now on these lines of the book count, but for those of `archived` conferences."""
        issues = list(issues)
        self._void = {
            issue.jti: RevokedToken if issue.revoked else ArchivedToken
            for issue in issues
            if issue.revoked or issue.grant.conference in archived
        }
        self._ends = {issue.jti: issue.expires for issue in issues if issue.chosen}
        doors = [issue for issue in issues if issue.grant.role == "door"]
        self._doors = {self.sign_door(issue): issue for issue in doors}
        self._known = frozenset(issue.jti for issue in issues)
        self._once = frozenset(issue.jti for issue in issues if issue.grant.once)
        self._archived = frozenset(archived)

    def sign_door(self, issue: Issue) -> str:
        """22 characters; the same for the same line of the book, also after it was prolonged."""
        code = hmac.digest(self._secret, _DOOR + issue.jti.encode(), "sha256")[:_DOOR_BYTES]
        return base64.urlsafe_b64encode(code).rstrip(b"=").decode()

    def verify_door(self, token: str, now: int) -> DoorClaims:
        """Raises ExpiredToken, BadToken."""
        issue = self._doors.get(token)
        if issue is None or issue.grant.room is None:
            raise BadToken("no such door in the book of links")
        self._look(issue.jti)
        if issue.expires * 1000 <= now:
            raise ExpiredToken("expired")
        return DoorClaims(
            conference=issue.grant.conference,
            room=issue.grant.room,
            jti=issue.jti,
            expires_at=issue.expires * 1000,
        )

    def sign_link(self, issue: Issue, *, ticket: str = "", own: bool = False) -> str:
        """The same token for the same line of the book, always. `ticket`: for one browser more of a
        one-time link. `own`: for a program on this machine. Raises ValueError for a door."""
        grant = issue.grant
        if grant.role == "door":
            raise ValueError("a door has no signed token")
        body = _Body(
            conf=grant.conference,
            role=grant.role,
            room=grant.room,
            name=grant.name,
            jti=issue.jti,
            iat=issue.issued,
            exp=issue.expires,
            tic=ticket,
            own=own,
        )
        return self._sign(_kind(grant.role), body)

    def sign_seat(
        self,
        session: str,
        role: Role | OfficeRole,
        conference: str,
        *,
        room: str | None,
        name: str,
        now: int,
        until: int,
    ) -> str:
        """For somebody who has signed in: as this role in that conference, until Unix ms, in the
        browser of the session alone."""
        body = _Body(
            conf=conference,
            role=role,
            room=room,
            name=name,
            jti=session,
            iat=now // 1000,
            exp=until // 1000,
            ses=True,
        )
        return self._sign(_SEAT, body)

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
            ses=claims.session,
        )
        return self._sign(_RESUME, body)

    def verify(self, token: str, now: int, browser: Browser = NOBODY) -> Claims:
        """Claims of a link's token, or of somebody who has signed in, shown by this browser. Raises
        ExpiredToken, BadToken."""
        body = self._check((_LINK, _SEAT), token, now)
        self._pass(body, browser, now)
        return _claims(body, once=body.jti in self._once and not body.own)

    def verify_resume(self, token: str, now: int) -> Claims:
        """Claims of a resume token, with its device; the link's own token is asked for beside it.
        Raises ExpiredToken, BadToken."""
        claims = _claims(self._check((_RESUME,), token, now))
        if not claims.device:
            raise BadToken("no device")
        return claims

    def verify_media(self, token: str, now: int) -> MediaClaims:
        """Claims of an encoder's or a player's token. Raises ExpiredToken, BadToken."""
        body = self._check((_MEDIA,), token, now)
        if body.role not in ("encoder", "player", "embed"):
            raise BadToken("not a role of encoders or players")
        return MediaClaims(
            conference=body.conf, role=body.role, room=body.room, name=body.name, jti=body.jti
        )

    def verify_office(self, token: str, now: int, browser: Browser = NOBODY) -> OfficeClaims:
        """Claims of the organizer's token. Raises ExpiredToken, BadToken."""
        body = self._check((_OFFICE, _SEAT), token, now)
        if body.role != "organizer":
            raise BadToken("not the organizer")
        self._pass(body, browser, now)
        return OfficeClaims(name=body.name, jti=body.jti)

    def _look(self, jti: str) -> None:
        """Raises BadToken if the link of this id does not count."""
        void = self._void.get(jti)
        if void is not None:
            raise void("revoked or archived")
        if jti not in self._known:
            raise BadToken("no longer in the book of links")

    def _pass(self, body: _Body, browser: Browser, now: int) -> None:
        """What the signature does not say. Raises BadToken."""
        guard, once = self.guard, body.jti in self._once
        if body.own and not body.ses:
            return
        if guard is None:
            if body.ses or once or body.tic:
                raise BadToken("nobody here knows browsers")
            return
        if body.ses:
            guard.seat(body.jti, body.role, body.conf, browser, now)
            return
        if body.role in _PERSONS:
            guard.person()
        if once:
            guard.once(body.jti, body.tic, browser, now)

    def _sign(self, kind: str, body: _Body) -> str:
        header = {"typ": kind, "alg": _ALGORITHM, "kid": self._kid}
        return jwt.encode(header, msgspec.to_builtins(body), self._key, [_ALGORITHM])

    def _check(self, kinds: tuple[str, ...], token: str, now: int) -> _Body:
        if len(token) > MAX_TOKEN_CHARS or not token.isascii():
            raise BadToken("not a token")
        try:
            found = jwt.decode(token, self._key, [_ALGORITHM])
            body = msgspec.convert(found.claims, _Body)
        except (JoseError, ValueError, RecursionError) as error:
            raise BadToken(f"cannot be read: {type(error).__name__}") from error
        kind = found.header.get("typ")
        if kind not in kinds or (kind != _RESUME and body.ses != (kind == _SEAT)):
            raise BadToken("another kind of token")
        if not body.ses:
            self._look(body.jti)
        elif body.conf in self._archived:
            raise ArchivedToken("archived")
        body = replace(body, exp=self._ends.get(body.jti, body.exp))
        if body.exp * 1000 <= now:
            raise ExpiredToken("expired")
        return body


def _kind(role: AnyRole) -> str:
    if role == "organizer":
        return _OFFICE
    return _MEDIA if role in _MEDIA_ROLES else _LINK


def _claims(body: _Body, *, once: bool = False) -> Claims:
    role = body.role
    if role == "encoder" or role == "player" or role == "embed" or role == "organizer":
        raise BadToken("not a role of persons")
    return Claims(
        conference=body.conf,
        role=role,
        room=body.room,
        name=body.name,
        jti=body.jti,
        expires_at=body.exp * 1000,
        device=body.dev,
        session=body.ses,
        once=once,
    )
