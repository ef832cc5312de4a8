"""Who a link or a token is for, what a good one says, and why one is not good."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

Role = Literal["moderator", "technician", "operator", "observer", "tester"]
MediaRole = Literal["encoder", "player", "embed"]
"""encoder: sends as a room's main camera and does nothing else. player: receives the programme, or
a room, and does nothing else. embed: receives the programme and does nothing else, in a page that
other sites show; its token is public."""
DoorRole = Literal["door"]
"""A room's door: persons enter themselves on its list, and leave."""
OfficeRole = Literal["organizer"]
"""Prepares the conferences of a server, and takes part in none."""
AnyRole = Role | MediaRole | DoorRole | OfficeRole


class BadToken(Exception):
    """The token is not one of ours; the message says why and never holds any of it."""

    code = "bad_token"
    """Of signaling.reasons: what its bearer is told."""


class ExpiredToken(BadToken):
    """The token was ours and its time is over."""

    code = "expired_token"


class RevokedToken(BadToken):
    """The token was ours and was taken back."""

    code = "link_revoked"


class ArchivedToken(BadToken):
    """The token is ours, of a conference that was put away."""

    code = "conference_archived"


class NotHere(BadToken):
    """The token was ours, and is no good in this browser, or without an account."""


class SignInNeeded(NotHere):
    """The link was ours; who has this role has to sign in."""

    code = "sign_in_needed"


class SessionOver(NotHere):
    """The token was ours; who had it has signed out, or is signed in no more, or elsewhere."""

    code = "session_over"


class Browser(Struct, frozen=True, kw_only=True):
    """By what a browser is known again: values of its cookies, empty where it has none."""

    device: str = ""
    session: str = ""


NOBODY = Browser()


class Guard(Protocol):
    """What a signature cannot tell: who is signed in, and in which browser a link is used."""

    def once(self, jti: str, ticket: str, browser: Browser, now: int) -> None:
        """A link that is for one browser, which is bound if it is the first. Raises BadToken."""
        ...

    def person(self) -> None:
        """The link is one of a role that may have to sign in. Raises SignInNeeded."""
        ...

    def seat(self, session: str, role: str, conference: str, browser: Browser, now: int) -> None:
        """The token of somebody who has signed in. Raises SessionOver."""
        ...


class Grant(Struct, frozen=True, kw_only=True):
    """Somebody who is to have a link, as configured."""

    conference: str
    """Empty for the organizer, who belongs to none."""
    role: AnyRole
    room: str | None
    """The hub for a moderator; None for a technician, an observer, a player, an embedded
    page, the organizer. An observer with a room is that hall's display."""
    name: str
    once: bool = False
    """The link is for one browser: see vicon.ops.browsers."""


class Issue(Struct, frozen=True, kw_only=True):
    """A line of the book."""

    grant: Grant
    jti: str
    issued: int
    """Unix seconds, as `expires`: the unit of a JWT."""
    expires: int
    revoked: int = 0
    """When it was taken back, Unix seconds; 0: it was not."""
    chosen: bool = False
    """`expires` was set by the organizer: it holds for what was handed out before too, and is
    never put off by itself."""


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
    session: bool = False
    """Its bearer has signed in; `jti` is the id of the session."""
    once: bool = False
    """See Grant."""


class MediaClaims(Struct, frozen=True, kw_only=True):
    """What a good media token says."""

    conference: str
    role: MediaRole
    room: str | None
    name: str
    jti: str


class DoorClaims(Struct, frozen=True, kw_only=True):
    """Whose door a good door token is."""

    conference: str
    room: str
    jti: str
    expires_at: int
    """Unix ms."""


class OfficeClaims(Struct, frozen=True, kw_only=True):
    """What a good token of the organizer says."""

    name: str
    jti: str
