"""`vicon restore`: a data directory out of a backup."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vicon.cli.common import DONE, Json, WrongUse, say, write_json
from vicon.cli.copying import WITHOUT_KEYS, Progress, as_json, told
from vicon.ops.data import DataDir
from vicon.ops.trail import trail
from vicon.ops.words import environment_language
from vicon.store import restore as restoring


def restore(
    file: Annotated[Path, Parameter(help=say("Cadangan.", "The backup."))],
    /,
    *,
    data: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Direktori data yang dibuat; harus kosong atau belum ada.",
                "The data directory to make; it must be empty or absent.",
            )
        ),
    ] = None,
    check: Annotated[
        bool,
        Parameter(
            negative="",
            help=say(
                "Hanya memeriksa, seperti `vicon backup verify`.",
                "Only check, as `vicon backup verify` does.",
            ),
        ),
    ] = False,
    json: Json = False,
) -> int:
    """Memulihkan direktori data dari cadangan: seluruhnya atau tidak sama sekali. Diperiksa sebelum
    dan sesudah dibongkar; isinya ditampilkan.

    Restore a data directory from a backup: all of it or nothing. It is checked before and after it
    is unpacked, and what it holds is shown.
    """
    if (data is None) != check:
        raise WrongUse(
            "Sebutkan --data DIR untuk memulihkan, atau --check untuk memeriksa saja.",
            "Give --data DIR to restore, or --check to check alone.",
        )
    with Progress(quiet=json) as tell:
        if data is None:
            held = restoring.check(file, tell)
        else:
            with trail(DataDir(data), "restore", file=file):
                held = restoring.restore(file, data, tell)
    if json:
        where = None if data is None else str(data)
        write_json({"file": str(file), "data": where, **as_json(held.manifest, held.trials)})
        return DONE
    sys.stdout.write(
        say(f"Utuh: {file}\n", f"Whole: {file}\n")
        if data is None
        else say(f"Dipulihkan: {data}\n", f"Restored: {data}\n")
    )
    sys.stdout.write(told(held.manifest, held.trials))
    if not held.manifest.keys:
        sys.stdout.write(WITHOUT_KEYS.say(environment_language()) + "\n")
    return DONE
