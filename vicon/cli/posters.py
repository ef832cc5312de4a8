"""`vicon posters`: what hangs at each room's door, whether the server runs or not."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter
from msgspec.structs import replace

from vicon.cli.common import DONE, Data, WrongUse, say
from vicon.core.events import ConferenceCreated
from vicon.core.events_office import PlanChanged
from vicon.core.model import Plan
from vicon.ops.data import DataDir, write_private
from vicon.ops.links import DOOR_PAGE, DoorLink, read_door_links
from vicon.ops.net import for_itself_alone
from vicon.ops.trail import trail
from vicon.store import reader
from vicon.store.sqlite import record_of


def posters(
    *,
    data: Data,
    out: Annotated[
        Path,
        Parameter(help=say("Ke berkas ini (.pdf).", "To this file (.pdf).")),
    ],
    room: Annotated[
        str | None,
        Parameter(help=say("Hanya ruang dengan kode ini.", "Only the room with this code.")),
    ] = None,
    conference: Annotated[
        str | None,
        Parameter(help=say("Hanya vicon dengan id ini.", "Only the conference with this id.")),
    ] = None,
    url: Annotated[
        str,
        Parameter(
            help=say(
                "Alamat server seperti dibuka ponsel, bila bukan yang diketahui server.",
                "The server's address as phones open it, if it is not the one the server knows.",
            )
        ),
    ] = "",
) -> int:
    """Menulis satu halaman A4 untuk setiap ruang: nama ruang, kode QR daftar hadir dan petunjuk.
    Cetak dan gantung di pintu. Siapa pun yang memindainya dapat mencatatkan diri di ruang itu.

    Write an A4 page for each room: its name, the QR code of its attendance list, and what to do.
    Print them and hang them at the doors. Whoever scans one can enter the room's list.
    """
    home = DataDir(data)
    links = [
        link
        for link in read_door_links(home)
        if room in (None, link.room) and conference in (None, link.conference)
    ]
    plans = {name: _plan(home, name) for name in dict.fromkeys(link.conference for link in links)}
    # Imported here: the typesetter costs every other command a tenth of a second.
    from vicon.report import poster

    pages = [
        page
        for name, plan in plans.items()
        for page in poster.posters(
            plan,
            {link.room: link.url for link in _reachable(links, url) if link.conference == name},
        )
    ]
    if not pages:
        raise WrongUse(
            "Tidak ada pintu untuk ruang atau vicon itu. Lihat `vicon links --door`.",
            "There is no door for that room or conference. See `vicon links --door`.",
        )
    with trail(home, "posters", room=room, conference=conference, out=out):
        write_private(out, poster.pdf(pages))
    _tell(out, len(pages), links, plans)
    return DONE


def _reachable(links: list[DoorLink], url: str) -> list[DoorLink]:
    """Under `url`, if one is given. Raises WrongUse where no phone could open them."""
    if url and not url.startswith(("https://", "http://")):
        raise WrongUse(
            f"--url harus dimulai dengan https:// atau http://, bukan {url}.",
            f"--url must begin with https:// or http://, not {url}.",
        )
    if url:
        base = url.rstrip("/")
        links = [
            replace(link, url=f"{base}/{DOOR_PAGE}/{link.url.rpartition('/')[2]}") for link in links
        ]
    base = links[0].url.rpartition(f"/{DOOR_PAGE}/")[0]
    if for_itself_alone(base):
        raise WrongUse(
            f"Alamat {base} hanya dapat dibuka di mesin ini, "
            "bukan oleh ponsel. Isi public_url dalam konfigurasi, atau pakai --url ALAMAT.",
            f"The address {base} can be opened on this machine "
            "alone, not by phones. Set public_url in the configuration, or give --url ADDRESS.",
        )
    return links


def _plan(home: DataDir, conference: str) -> Plan:
    """As its journal says now. Raises JournalFault, WrongUse."""
    rows = (row for row in reader.rows(home.journal, conference) if b'"plan":' in row.event)
    events = (record_of(row).event for row in rows)
    plans = [one.plan for one in events if isinstance(one, ConferenceCreated | PlanChanged)]
    if not plans:
        raise WrongUse(
            f"Vicon `{conference}` belum ada dalam jurnal. Jalankan servernya dulu.",
            f"The conference `{conference}` is not in the journal yet. Start its server first.",
        )
    return plans[-1]


def _tell(out: Path, pages: int, links: list[DoorLink], plans: Mapping[str, Plan]) -> None:
    """How many, and how long they are good."""
    first = min(links, key=lambda link: link.expires_at)
    plan = plans[first.conference]
    end = datetime.fromtimestamp(first.expires_at / 1000, ZoneInfo(plan.timezone))
    until = f"{end:%Y-%m-%d %H:%M} {plan.timezone_label}"
    sys.stdout.write(
        say(
            f"{pages} poster ditulis ke {out}, berlaku sampai {until}.\n",
            f"{pages} posters written to {out}, good until {until}.\n",
        )
    )
