"""nginx and Caddy in front of a server, by the examples that come with vicon: only addresses, the
certificate and the port are other than there."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from tests.e2e.service import CHECKOUT
from vicon.ops.data import DataDir
from vicon.ops.tls import local_certificate

Kind = Literal["nginx", "caddy"]
EXAMPLES = CHECKOUT / "vicon" / "examples"
NAME = "localhost"
"""In place of the examples' vicon.contoh.go.id."""
START_S = 15.0
_PATH = "/usr/sbin:/usr/bin:/usr/local/bin"
_WHOLE = """\
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    {temporary}
    include {folder}/site.conf;
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def program(kind: Kind) -> str | None:
    return shutil.which(kind, path=_PATH)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.asynccontextmanager
async def front(kind: Kind, folder: Path, upstream: str) -> AsyncIterator[tuple[str, Path]]:
    """URL, and the authority that signed its certificate. `upstream`: host:port of the server."""
    home = DataDir(folder / "front")
    made = local_certificate(home, [NAME], int(time.time() * 1000))
    swaps = {
        "vicon.contoh.go.id": NAME,
        "127.0.0.1:8443": upstream,
        "/etc/ssl/vicon/fullchain.pem": str(made.certificate),
        "/etc/ssl/private/vicon.pem": str(made.key),
    }
    port = free_port()
    make = _nginx if kind == "nginx" else _caddy
    command = make(folder, port, swaps)
    with (folder / f"{kind}.out").open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=out, stderr=out, env={"HOME": str(folder), "PATH": _PATH}
        )
    try:
        await _listens(port, process, folder / f"{kind}.out")
        yield f"https://{NAME}:{port}", home.tls / "ca.pem"
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 10)


def _swapped(name: str, swaps: dict[str, str]) -> str:
    text = (EXAMPLES / name).read_text("utf-8")
    for old, new in swaps.items():
        assert old in text, f"{name} does not speak of {old}"
        text = text.replace(old, new)
    return text


def _nginx(folder: Path, port: int, swaps: dict[str, str]) -> list[str]:
    text = _swapped("nginx.conf", swaps).replace("443 ssl", f"{port} ssl")
    plain = free_port()
    text = text.replace("listen 80;", f"listen {plain};").replace(":80;", f":{plain};")
    (folder / "site.conf").write_text(text, "utf-8")
    temporary = " ".join(f"{one}_temp_path {folder}/{one};" for one in _TEMPORARY)
    whole = folder / "nginx.conf"
    whole.write_text(_WHOLE.format(folder=folder, temporary=temporary), "utf-8")
    return [program("nginx") or "", "-p", str(folder), "-c", str(whole), "-g", "daemon off;"]


def _caddy(folder: Path, port: int, swaps: dict[str, str]) -> list[str]:
    text = _swapped("Caddyfile", swaps).replace(f"\n{NAME} {{", f"\n{NAME}:{port} {{")
    file = folder / "Caddyfile"
    # Neither its own control port nor another for plain HTTP: a machine may have others already.
    file.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text, "utf-8")
    return [program("caddy") or "", "run", "--adapter", "caddyfile", "--config", str(file)]


async def _listens(port: int, process: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(START_S):
        while True:
            assert process.returncode is None, log.read_text("utf-8", "replace")[-2000:]
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
