"""How the server itself is. A part of protocol v1; signaling.messages is the whole."""

from __future__ import annotations

from typing import Literal

from signaling.shape import Text, _Open, _Part

PressureCause = Literal["media_cpu", "media_late", "server_late", "descriptors"]
CheckState = Literal["warn", "fail"]
"""warn: needs somebody's hand. fail: nobody new should be sent here."""


class PressureView(_Part):
    """The server is pressed, and this gives way: 1 new observers and players are not let in; 2
    thumbnails come in their smallest form; 3 they rest, and further devices beside a hall's camera
    are not let in; 4 only who is on air is seen; 5 nobody is. Each includes those before it; sound
    never gives way."""

    level: int
    why: PressureCause
    since: int


class CheckView(_Part):
    name: str
    state: CheckState
    text: Text
    """What is wrong, and what to do."""
    since: int


class ServerChecks(_Open, tag="server_checks"):
    """To moderators and technicians: all of the server that is not as it should be; empty: nothing.
    Told after the welcome where there is any, and when it changes. No part of the view."""

    checks: list[CheckView]
