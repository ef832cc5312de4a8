"""Who has read what with the commands, beside the server: DATA/trail.jsonl.

What is asked of a server is in its log, and what changes a conference in its journal. A command
reads the files themselves, so it leaves its line here: one JSON object for each, for the owner's
eyes only. The file keeps to twice MOST_BYTES: the older half lies in DATA/trail.jsonl.1.
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

from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError, Words, environment_language, reason_of

MOST_BYTES = 1 << 20


class Deed(Struct, frozen=True, kw_only=True):
    at: int
    """Unix ms."""
    who: str
    """The account on this machine."""
    what: str
    which: dict[str, str]
    outcome: str
    """done, failed, or stopped: by its user, or the reader of a pipe."""


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
        _note(
            home, Deed(at=SystemClock().now(), who=_who(), what=what, which=named, outcome=outcome)
        )


def read_trail(home: DataDir) -> list[Deed]:
    """The oldest first. Raises OSError, msgspec.MsgspecError."""
    files = [path for path in (_older(home), home.trail) if path.exists()]
    lines = [line for path in files for line in path.read_bytes().splitlines()]
    return [msgspec.json.decode(line, type=Deed) for line in lines]


def _note(home: DataDir, deed: Deed) -> None:
    if not home.path.is_dir():
        return  # nothing was there to be read
    try:
        if home.trail.exists() and home.trail.stat().st_size > MOST_BYTES:
            home.trail.replace(_older(home))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(home.trail, flags, 0o600)
        try:
            os.write(descriptor, msgspec.json.encode(deed) + b"\n")
        finally:
            os.close(descriptor)
    except OSError as error:
        said = Words(
            f"Jejak di {home.trail} tidak dapat ditulis: {reason_of(error)}. Perintah tetap "
            "berjalan; periksa izin dan ruang disk.",
            f"The trail in {home.trail} cannot be written: {reason_of(error)}. The command goes "
            "on; check permissions and disk space.",
        )
        print(said.say(environment_language()), file=sys.stderr)


def _older(home: DataDir) -> Path:
    return home.trail.with_name(f"{home.trail.name}.1")


def _who() -> str:
    """Whoever became somebody else is named too."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    before = os.environ.get("SUDO_USER", "")
    return f"{before} as {name}" if before and before != name else name
