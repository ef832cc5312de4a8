"""`vicon config`: a sample to start from, or what is wrong with a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vicon import config as configuration
from vicon.cli.common import DONE, say


def config(
    *,
    check: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Periksa berkas ini: setiap kunci yang salah disebut dengan barisnya.",
                "Check this file: every wrong key is named with its line.",
            )
        ),
    ] = None,
) -> int:
    """Menulis contoh konfigurasi dengan keterangan, atau memeriksa satu berkas.

    Print a commented sample configuration, or check a file: exit code 2 if it is wrong.
    """
    if check is None:
        sys.stdout.write(configuration.sample())
        return DONE
    settings = configuration.load(check)
    for conference in settings.conferences:
        rooms = len(conference.rooms)
        print(
            say(
                f"{check}: {conference.id}, {rooms} ruang: benar.",
                f"{check}: {conference.id}, {rooms} rooms: good.",
            )
        )
    return DONE
