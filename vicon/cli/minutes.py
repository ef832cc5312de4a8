"""`vicon minutes`: the minutes of a session from its journal, also while the server runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vicon.cli.common import DONE, Data, WrongUse, say
from vicon.cli.records import conference_of, records
from vicon.core.minutes import minutes_of
from vicon.ops.data import DataDir, write_private
from vicon.ops.trail import trail
from vicon.ops.words import environment_language
from vicon.report.minutes import Format, MinutesReports

Conference = Annotated[
    str | None,
    Parameter(
        help=say("Vicon dengan id ini, bila ada beberapa.", "The conference, if there are several.")
    ),
]


def minutes(
    *,
    data: Data,
    format: Annotated[
        Format,
        Parameter(
            help=say(
                "pdf untuk dicetak, odt untuk disunting sekretaris, json untuk program lain.",
                "pdf to be printed, odt for the secretary to edit, json for other programs.",
            )
        ),
    ] = "pdf",
    conference: Conference = None,
    out: Annotated[
        Path | None,
        Parameter(help=say("Ke berkas ini, bukan ke keluaran.", "To this file, not the output.")),
    ] = None,
) -> int:
    """Menulis berita acara dari jurnal: waktu, ruang, absensi, jumlah orang, susunan acara, pakta,
    uji coba dan kejadian. Rantai jurnal diperiksa dahulu; jurnal yang sama memberi berkas sama.

    Write the minutes from the journal: times, rooms, roll call, head counts, rundown, pact, trials
    and incidents. The journal's chain is checked first; the same journal gives the same file."""
    home = DataDir(data)
    found = minutes_of(records(home, conference_of(home, conference)))
    if out is None and format != "json" and sys.stdout.isatty():
        raise WrongUse(
            f"Berkas {format} tidak dapat ditampilkan di terminal. Sebutkan --out BERKAS.",
            f"A {format} file cannot be shown on a terminal. Give --out FILE.",
        )
    with trail(home, "minutes", conference=conference, format=format, out=out):
        body = MinutesReports().make(found, format, environment_language())
        if out is None:
            sys.stdout.buffer.write(body)
            return DONE
        write_private(out, body)
    journal = found.journal
    sys.stdout.write(
        say(
            f"Berita acara ditulis ke {out}: {journal.entries} catatan jurnal, hash terakhir "
            f"{journal.hash}.\n",
            f"Minutes written to {out}: {journal.entries} journal entries, last hash "
            f"{journal.hash}.\n",
        )
    )
    if found.closed_at is None:
        sys.stdout.write(
            say(
                "Sesi belum ditutup: berita acara ini sementara.\n",
                "The session is not closed: these minutes are provisional.\n",
            )
        )
    return DONE
