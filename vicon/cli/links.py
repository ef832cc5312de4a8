"""`vicon links`: the links of a data directory, whether its server runs or not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from vicon.cli.common import DONE, Data, Json, WrongUse, say, write_json
from vicon.ops.data import DataDir
from vicon.ops.links import (
    DoorLink,
    Link,
    MediaLink,
    read_door_links,
    read_links,
    read_media_links,
    sign_in_address,
)
from vicon.ops.trail import trail


def links(
    *,
    data: Data,
    room: Annotated[
        str | None,
        Parameter(help=say("Hanya ruang dengan kode ini.", "Only the room with this code.")),
    ] = None,
    conference: Annotated[
        str | None,
        Parameter(help=say("Hanya vicon dengan id ini.", "Only the conference with this id.")),
    ] = None,
    qr: Annotated[
        bool | None,
        Parameter(
            help=say(
                "Dengan kode QR; bawaan: bila keluarannya layar.",
                "With QR codes; default: if the output is a terminal.",
            )
        ),
    ] = None,
    whip: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help=say(
                "Alamat dan token untuk enkoder (WHIP) dan pemutar (WHEP).",
                "Addresses and tokens for encoders (WHIP) and players (WHEP).",
            ),
        ),
    ] = False,
    door: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help=say(
                "Alamat daftar hadir di pintu setiap ruang.",
                "Addresses of the check-in at each room's door.",
            ),
        ),
    ] = False,
    json: Json = False,
) -> int:
    """Menampilkan tautan dan kode QR untuk pusat, ruang, teknisi dan pemantau. Tautan adalah
    kunci: siapa pun yang memegangnya dapat masuk. Berikan hanya kepada yang berhak.

    Print links and QR codes of hub, rooms, technicians and observer. A link is a key: who has it
    comes in. Give each to its own people only.
    """
    home = DataDir(data)
    if whip and door:
        raise WrongUse("Pilih salah satu: --whip atau --door.", "Choose one: --whip or --door.")
    read = read_media_links if whip else read_door_links if door else read_links
    found: list[Link] | list[MediaLink] | list[DoorLink] = read(home)
    sign_in = "" if whip or door or json else sign_in_address(home)
    wanted = [
        link
        for link in found
        if room in (None, link.room) and conference in (None, link.conference)
    ]
    if not wanted:
        raise WrongUse(
            "Tidak ada tautan untuk ruang atau vicon itu. Lihat `vicon links` tanpa pilihan.",
            "There is no link for that room or conference. See `vicon links` without options.",
        )
    kind = "whip" if whip else "door" if door else "page"
    with trail(home, "links", kind=kind, room=room, conference=conference):
        if json:
            write_json(wanted)
        else:
            _print(wanted, sys.stdout.isatty() if qr is None else qr)
            if sign_in:
                _tell(sign_in)
    return DONE


def _tell(address: str) -> None:
    """Those whose links are left out."""
    print(
        say(
            f"Moderator, teknisi dan pengelola masuk dengan akun: {address} (`vicon user`).",
            f"Moderators, technicians and organizers sign in: {address} (`vicon user`).",
        )
    )


def _print(links: Sequence[Link | MediaLink | DoorLink], qr: bool) -> None:
    from rich.console import Console

    from vicon.cli.linktable import print_links

    print_links(Console(highlight=False), links, qr=qr)
