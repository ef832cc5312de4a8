"""DATA/standby-state.json: how a running server of a pair stands, for the commands on its machine.
Written anew every second or two, and not durably: it is worth nothing after the server's end. And
DATA/takeover.json: who wants it to serve."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from vicon.ops.data import DataDir, DataError, read_struct, write_private
from vicon.ops.words import Words

_WISH = "takeover.json"
Part = Literal["first", "standby", "fenced", "asking"]
"""fenced: replaced by the other. asking: was in a pair and does not know yet whether the other has
taken over."""
OLD_S = 10
WISH_S = 60
"""So long a wish counts as the reason of what follows."""


class Standing(Struct, frozen=True, kw_only=True):
    at: int
    """Unix ms."""
    pid: int
    part: Part
    number: int
    """Of the epoch."""
    peer: str
    line: bool
    """The two are connected."""
    synced: bool
    behind: int = 0
    right: bool = False
    """The standby takes over by itself should the first end."""
    frozen: bool = False
    """Of a first that can acknowledge nothing: the standby may be taking over."""
    asks: int = 0
    """So many times a person here has asked to take over."""
    answer: Words = Words("", "")
    """To the last of them, where it was refused."""


def read_standing(home: DataDir) -> Standing | None:
    """None: no server of a pair has run here. Raises DataError."""
    return read_struct(_path(home), Standing)


def write_standing(home: DataDir, standing: Standing) -> None:
    """Raises DataError."""
    path = _path(home)
    fresh = path.with_name(f"{path.name}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(standing))
        fresh.replace(path)
    except OSError as error:
        raise DataError(
            f"{path} tidak dapat ditulis ({error.strerror}).",
            f"{path} cannot be written ({error.strerror}).",
        ) from error


class Wish(Struct, frozen=True, kw_only=True):
    """Of a person at the machine; `vicon takeover` leaves it before it asks."""

    at: int
    """Unix ms."""
    who: str
    """The account."""


def leave_wish(home: DataDir, wish: Wish) -> None:
    """Raises DataError."""
    write_private(home.path / _WISH, msgspec.json.encode(wish))


def wisher(home: DataDir, now: int) -> str:
    """Who has just asked; empty: it cannot be said."""
    try:
        wish = read_struct(home.path / _WISH, Wish)
    except DataError:
        return ""
    return wish.who if wish is not None and abs(now - wish.at) < WISH_S * 1000 else ""


def _path(home: DataDir) -> Path:
    return home.path / "standby-state.json"
