"""Presentations on the wire: a room's screen or documents that everybody sees large. A part of
protocol v1; signaling.messages is the whole. Times are Unix ms."""

from __future__ import annotations

from typing import Literal

from signaling.shape import DeviceId, _Part, _Strict

PresentationKind = Literal["screen", "document"]


class PresentationShow(_Strict, tag="presentation.show"):
    """Show what this device offers to everybody, in place of another one."""

    device: DeviceId


class PresentationEnd(_Strict, tag="presentation.end"):
    """Who speaks is large again; the device goes on offering."""


class PresentationView(_Part):
    device: str
    room: str
    kind: PresentationKind
    since: int
    by: str
    """Who showed it."""
    live: bool
    """Its picture comes, in the slot `@present`. Else who speaks is large."""
