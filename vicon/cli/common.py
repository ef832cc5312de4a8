"""What the commands share: language, options, exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from vicon.ops.words import SpokenError, Words, environment_language

DONE = 0
REFUSED = 1
"""The server said no, or a check failed."""
WRONG_USE = 2
"""Wrong arguments, or a wrong configuration."""
COULD_NOT = 3
"""Something was in the way: disk, port, network."""
INTERRUPTED = 130


class WrongUse(SpokenError):
    """The command was given something that cannot be meant."""

    exit_code = WRONG_USE


def say(id: str, en: str) -> str:
    """The sentence in the language of this run (`--lang`, else the environment)."""
    return Words(id, en).say(environment_language())


Data = Annotated[
    Path,
    Parameter(
        name="--data",
        help=say("Direktori data server.", "The server's data directory."),
    ),
]
OneConference = Annotated[
    str | None,
    Parameter(
        name="--conference",
        help=say(
            "Vicon dengan id ini; bawaan: yang pertama.",
            "The conference with this id; default: the first.",
        ),
    ),
]
Json = Annotated[
    bool,
    Parameter(
        name="--json",
        negative="",
        show_default=False,
        help=say("JSON, untuk program lain.", "JSON, for other programs."),
    ),
]


def write_json(value: Any) -> None:
    """One JSON value, indented, on standard output."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    sys.stdout.write(f"{text}\n")


def link_of(said: str) -> str:
    """The link that was given: itself, or in @FILE. A link is a key, and what stands on a command
    line everybody on the machine can read. Raises WrongUse."""
    if not said.startswith("@"):
        return said
    try:
        return Path(said[1:]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(
            f"Berkas tautan {said[1:]} tidak dapat dibaca. Periksa nama dan izinnya.",
            f"The link's file {said[1:]} cannot be read. Check its name and permissions.",
        ) from error
