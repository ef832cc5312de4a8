"""The organizer's own values. Plain, as model.py's."""

from __future__ import annotations

from msgspec import Struct


class LinkNote(Struct, frozen=True, kw_only=True):
    """A link as the journal names it: whose it is, never the token."""

    link: str
    """The id (jti) by which the book of links knows it."""
    role: str
    """Of the link: moderator, operator, encoder, door and so on."""
    room: str | None
    name: str
    expires_at: int
    """Unix ms."""
