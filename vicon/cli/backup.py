"""`vicon backup` and `vicon backup verify`: all that a server keeps, as one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from vicon import __version__
from vicon.cli.common import DONE, Data, Json, say, write_json
from vicon.cli.copying import WITH_KEYS, WITHOUT_KEYS, Progress, as_json, told
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.trail import trail
from vicon.ops.words import environment_language
from vicon.store import backup as making
from vicon.store import restore

app = App(
    name="backup",
    help=say(
        "Menulis cadangan direktori data ke satu berkas, juga saat server berjalan; atau "
        "memeriksanya.",
        "Write a backup of a data directory to one file, also while its server runs; or check one.",
    ),
)


@app.default
def backup(
    *,
    data: Data,
    out: Annotated[
        Path,
        Parameter(
            help=say(
                "Ke berkas ini; tidak menimpa yang sudah ada.",
                "To this file; nothing that is there is overwritten.",
            )
        ),
    ],
    without_keys: Annotated[
        bool,
        Parameter(
            negative="",
            help=say(
                "Tanpa kunci, sertifikat, dan konfigurasi yang memuat rahasia: untuk salinan yang "
                "dibawa ke tempat lain.",
                "Without keys, certificates and configurations that hold a secret: for a copy that "
                "goes elsewhere.",
            ),
        ),
    ] = False,
    json: Json = False,
) -> int:
    """Semua yang sudah dicatat server sebelum perintah ini dimulai ada di dalam berkas. Berkas
    hanya dapat dibaca pemiliknya.

    Everything that the server had acknowledged before this began is in the file, which its owner
    alone can read.
    """
    home = DataDir(data)
    with trail(home, "backup", out=out), Progress(quiet=json) as tell:
        made = making.backup(
            home,
            out,
            keys=not without_keys,
            now=SystemClock().now(),
            version=__version__,
            tell=tell,
        )
    if json:
        write_json({"file": str(out), **as_json(made.manifest, made.trials)})
        return DONE
    sys.stdout.write(say(f"Cadangan: {out}\n", f"Backup: {out}\n"))
    sys.stdout.write(told(made.manifest, made.trials))
    if made.left_out:
        names = ", ".join(made.left_out)
        sys.stdout.write(say(f"Tidak disertakan: {names}\n", f"Left out: {names}\n"))
    warning = WITHOUT_KEYS if without_keys else WITH_KEYS
    sys.stdout.write(warning.say(environment_language()) + "\n")
    return DONE


@app.command(
    help=say(
        "Memeriksa setiap bita dan rantai jurnal sebuah cadangan.",
        "Check every byte and the journal's chain of a backup.",
    )
)
def verify(
    file: Annotated[Path, Parameter(help=say("Cadangan.", "The backup."))],
    /,
    *,
    json: Json = False,
) -> int:
    """0: utuh; 1: rusak, terpotong, bukan cadangan, atau dari versi yang lebih baru.

    0: whole; 1: damaged, cut off, no backup, or of a newer version.
    """
    with Progress(quiet=json) as tell:
        held = restore.check(file, tell)
    if json:
        write_json({"file": str(file), **as_json(held.manifest, held.trials)})
    else:
        sys.stdout.write(say(f"Utuh: {file}\n", f"Whole: {file}\n"))
        sys.stdout.write(told(held.manifest, held.trials))
    return DONE
