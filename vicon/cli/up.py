"""`vicon up`: set up what is missing, serve, and show the links: the first hour, a rehearsal."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec.structs import replace
from rich.console import Console

from vicon import config
from vicon.cli.common import say
from vicon.cli.serve import run, write_ready
from vicon.compose import Server
from vicon.config import Settings
from vicon.ops.data import DataDir, make_private_dir
from vicon.ops.links import Link, sign_in_address

DEFAULT_DATA = Path("vicon-data")
FIRST_PORT, PORTS = 8080, 20


def up(
    *,
    data: Annotated[Path, Parameter(name="--data")] = DEFAULT_DATA,
    port: Annotated[int | None, Parameter(name="--port")] = None,
    qr: bool | None = None,
    ready_json: Annotated[bool, Parameter(name="--ready-json", negative="")] = False,
) -> int:
    """Menyiapkan yang belum ada, menjalankan vicon, lalu menampilkan tautan pusat, ruang dan
    teknisi dengan kode QR. Ctrl-C menghentikan; data tetap ada.

    Set up what is missing, run vicon and show the links of hub, rooms and technician with QR
    codes. Ctrl-C stops it; the data stays. The configuration is DATA/vicon.toml, made at the first
    run from the built-in example (East Kalimantan 2020).

    Parameters
    ----------
    data
        Folder of configuration, journal, keys.
    port
        Default: 8080, or the next free one.
    qr
        With QR codes; default: if the output is a terminal.
    ready_json
        Print one JSON line {"url": ...} on standard output instead of the links.
    """
    settings = _first_settings(data)
    chosen = port if port is not None else _free_port()
    settings = replace(settings, server=replace(settings.server, port=chosen))

    def ready(server: Server, home: DataDir) -> None:
        if ready_json:
            write_ready(server)
        else:
            _show(server, home, sys.stdout.isatty() if qr is None else qr)

    return asyncio.run(run(settings, data, ready, log_level="warning"))


def _first_settings(data: Path) -> Settings:
    """Of DATA/vicon.toml, which is made from the example where there is none."""
    file = data / "vicon.toml"
    if not file.exists():
        make_private_dir(data)
        file.write_text(config.example().read_text(encoding="utf-8"), encoding="utf-8")
    return config.load(file)


def _free_port() -> int:
    """8080 or the next that is free on this machine; 0 (any) if none of twenty is."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port
    return 0


def _show(server: Server, home: DataDir, qr: bool) -> None:
    from vicon.cli.linktable import print_links

    console = Console(highlight=False)
    here, elsewhere = server.urls[0], server.urls[1:]
    console.print(say("Tautan untuk mesin ini:", "Links for this machine:"), style="bold")
    print_links(console, server.links, qr=qr and not elsewhere)
    if elsewhere:
        console.print()
        console.print(
            say("Tautan untuk perangkat lain di jaringan:", "Links for other devices:"),
            style="bold",
        )
        print_links(console, [_moved(link, here, elsewhere[0]) for link in server.links], qr=qr)
        _explain_certificate(console, home)
    sign_in = sign_in_address(home)
    if sign_in:
        console.print(
            say(
                f"Moderator, teknisi dan pengelola masuk dengan akun: {sign_in} (`vicon user`).",
                f"Moderators, technicians and organizers sign in: {sign_in} (`vicon user`).",
            )
        )
    console.print(
        say(
            f"vicon berjalan di {here}. Data: {home.path}. Hentikan dengan Ctrl-C.",
            f"vicon runs at {here}. Data: {home.path}. Stop it with Ctrl-C.",
        )
    )


def _moved(link: Link, here: str, there: str) -> Link:
    return replace(link, url=link.url.replace(here, there, 1))


def _explain_certificate(console: Console, home: DataDir) -> None:
    authority = home.tls / "ca.pem"
    if authority.exists():
        console.print(
            say(
                f"Peramban akan memperingatkan sekali: sertifikat dibuat vicon sendiri. Pasang "
                f"{authority} di perangkat agar tidak memperingatkan.",
                f"Browsers warn once: the certificate is vicon's own. Install {authority} on the "
                "devices to end the warning.",
            )
        )
