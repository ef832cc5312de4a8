"""Who has read what with the commands, beside the server, and who has signed in: DATA/trail.jsonl.

What is asked of a server is in its log, and what changes a conference in its journal. A command
reads the files themselves, so it leaves its line here; so do sign-ins, their ends and changes of
accounts: one JSON object for each, for the owner's eyes only. Sign-ins that were refused go to
DATA/refused.jsonl: however many there are, they push no act out. Each file keeps to twice
MOST_BYTES: the older half lies in NAME.1.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vicon.ops import trace
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError, Words, environment_language, reason_of

MOST_BYTES = 1 << 20


class Deed(Struct, frozen=True, kw_only=True):
    at: int
    """Unix ms."""
    who: str
    """The account on this machine; of who signs in to the server, its name there."""
    what: str
    which: dict[str, str]
    outcome: str
    """done, failed, or stopped: by its user, or the reader of a pipe; refused."""
    request: str = ""
    """As in the server's log; empty: a command."""


@contextmanager
def trail(home: DataDir, what: str, **which: str | Path | None) -> Iterator[None]:
    """Note one privileged act, however it ends. Where the line cannot be written that is said, and
    the act goes on: a disk that is full must not keep anybody from the journal."""
    outcome = "stopped"
    try:
        yield
        outcome = "done"
    except SpokenError:
        outcome = "failed"
        raise
    finally:
        named = {key: str(value) for key, value in which.items() if value is not None}
        deed = Deed(at=SystemClock().now(), who=who(), what=what, which=named, outcome=outcome)
        _note(home, deed, home.trail)


def leave(home: DataDir, deed: Deed, *, refused: bool = False) -> None:
    """Note one act that was done beside the commands. Where it cannot be written that is said."""
    deed = replace(deed, request=trace.current())
    _note(home, deed, home.refused if refused else home.trail)


def read_trail(home: DataDir, *, refused: bool = False) -> list[Deed]:
    """The oldest first. Raises OSError, msgspec.MsgspecError."""
    place = home.refused if refused else home.trail
    files = [path for path in (_older(place), place) if path.exists()]
    lines = [line for path in files for line in path.read_bytes().splitlines()]
    return [msgspec.json.decode(line, type=Deed) for line in lines]


def _note(home: DataDir, deed: Deed, place: Path) -> None:
    if not home.path.is_dir():
        return  # nothing was there to be read
    try:
        if place.exists() and place.stat().st_size > MOST_BYTES:
            place.replace(_older(place))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(place, flags, 0o600)
        try:
            os.write(descriptor, msgspec.json.encode(deed) + b"\n")
        finally:
            os.close(descriptor)
    except OSError as error:
        said = Words(
            f"Jejak di {place} tidak dapat ditulis: {reason_of(error)}. Perintah tetap "
            "berjalan; periksa izin dan ruang disk.",
            f"The trail in {place} cannot be written: {reason_of(error)}. The command goes "
            "on; check permissions and disk space.",
        )
        print(said.say(environment_language()), file=sys.stderr)


def _older(place: Path) -> Path:
    return place.with_name(f"{place.name}.1")


def who() -> str:
    """The account on this machine. Whoever became somebody else is named too."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    before = os.environ.get("SUDO_USER", "")
    return f"{before} as {name}" if before and before != name else name
