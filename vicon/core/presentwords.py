"""A presentation, as state: a screen or documents of a room that everybody sees large."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

PresentationKind = Literal["screen", "document"]


class Presentation(Struct, frozen=True, kw_only=True):
    device: str
    room: str
    kind: PresentationKind
    since: int
    """Unix ms."""
    by: str
    """Who showed it."""
