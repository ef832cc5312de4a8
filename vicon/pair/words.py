"""What the two servers say to each other on their line: msgpack over a WebSocket."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from vicon.pair.files import Files
from vicon.pair.witnesses import Council
from vicon.ports import TrialRecord
from vicon.store.mirror import Batch, Head
from vicon.web.pair import State as State

FORM = 1
"""Of what follows; another is refused."""
MOST_BYTES = 64 << 20
ROUTE, STATE_ROUTE = "/standby", "/standby/state"
ATTACH_S = 10.0
"""Longest until the standby has said what it has."""


class Attach(Struct, frozen=True, kw_only=True, tag="attach"):
    """The standby's first word."""

    form: int
    vicon: str
    holder: str
    number: int
    of: str
    """The latest epoch that it knows: its number, and whose it is."""
    url: str
    """Where clients reach it; empty: where it came from is no help."""
    hosts: list[str]
    heads: dict[str, Head]
    runs: dict[str, str]
    """The trial calls that it has, as SqliteTrials.marks."""
    automatic: bool
    """It takes over by itself, given the right."""


class Have(Struct, frozen=True, tag="have"):
    """Everything up to this frame is durable here."""

    n: int


class TakeOver(Struct, frozen=True, tag="take_over"):
    """A person at the standby wants it to serve, from this epoch on."""

    number: int


FromStandby = Attach | Have | TakeOver


class Accept(Struct, frozen=True, kw_only=True, tag="accept"):
    holder: str
    number: int
    hosts: list[str]


class Refuse(Struct, frozen=True, kw_only=True, tag="refuse"):
    """`diverged`: the standby has entries that are not here; it is to begin anew. `form`: another
    version. `taken`: another standby is here."""

    why: Literal["diverged", "form", "taken", "not_first"]


class Runs(Struct, frozen=True, kw_only=True, tag="runs"):
    records: list[TrialRecord]
    reports: list[tuple[str, str, str, int]]
    """Digest, run, format, when."""


class Gone(Struct, frozen=True, kw_only=True, tag="gone"):
    """Trial calls that were removed."""

    runs: list[str]


class Moved(Struct, frozen=True, kw_only=True, tag="files"):
    files: Files


class Entries(Struct, frozen=True, kw_only=True, tag="entries"):
    batch: Batch


class Beat(Struct, frozen=True, kw_only=True, tag="beat"):
    """The first is there, and everything that there was a moment ago has been sent."""


class Yours(Struct, frozen=True, kw_only=True, tag="yours"):
    """The answer to `take_over`: nothing is acknowledged here any more, and all of it is sent."""

    number: int


Body = Accept | Refuse | Runs | Gone | Moved | Entries | Beat | Yours


class Frame(Struct, frozen=True, kw_only=True):
    n: int
    """Rises by one."""
    right: bool
    """See vicon.pair.rules."""
    body: Body
    council: Council | None = None
    """By which the standby may decide, while it has the right; see vicon.pair.witnesses."""


class NotUnderstood(Exception):
    """A frame that is none."""


_FRAME = msgspec.msgpack.Decoder(Frame)
_FROM_STANDBY: msgspec.msgpack.Decoder[FromStandby] = msgspec.msgpack.Decoder(FromStandby)
_ENCODER = msgspec.msgpack.Encoder()


def encode(value: Frame | FromStandby) -> bytes:
    return _ENCODER.encode(value)


def frame(data: bytes) -> Frame:
    """Raises NotUnderstood."""
    try:
        return _FRAME.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise NotUnderstood(type(error).__name__) from error


def from_standby(data: bytes) -> FromStandby:
    """Raises NotUnderstood."""
    try:
        return _FROM_STANDBY.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise NotUnderstood(type(error).__name__) from error
