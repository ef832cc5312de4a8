"""coturn's configuration from vicon's own: a real coturn takes it, relays to vicon's media, and to
nothing else."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aioice import stun, turn
from msgspec.structs import replace

from tests.net.turn import PROGRAM, WHY_NOT
from vicon import config
from vicon.config.coturn import NoTurn, coturn
from vicon.config.settings import Settings
from vicon.trial.turn import credentials

SECRET = "rahasia coturn"
MEDIA, OFFICE = "127.0.0.1", "127.0.0.9"
START_S = 10.0
FORBIDDEN = 403
"""RFC 8656, section 19."""
needs_coturn = pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT)


def settings(*urls: str) -> Settings:
    found = config.load(config.example())
    return replace(found, turn=replace(found.turn, urls=list(urls)))


def keys(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_it_listens_where_the_urls_lead() -> None:
    urls = (
        "turn:turn.contoh.go.id:3478?transport=udp",
        "turns:turn.contoh.go.id:443?transport=tcp",
    )
    found = keys(coturn(settings(*urls), SECRET, ["10.0.0.5"]))
    assert found["listening-port"] == ["3478"]
    assert found["tls-listening-port"] == ["443"]
    assert found["realm"] == ["turn.contoh.go.id"]
    assert found["static-auth-secret"] == [SECRET]
    assert found["allowed-peer-ip"] == ["10.0.0.5"]
    assert "no-tcp" in found
    assert "no-tls" not in found
    assert "no-tlsv1_1" in found


def test_without_tls_in_the_urls_there_is_none() -> None:
    found = keys(coturn(settings("turn:10.0.0.7?transport=tcp"), SECRET, ["10.0.0.5"]))
    assert found["listening-port"] == ["3478"]
    assert {"no-tls", "no-dtls", "no-udp"} <= found.keys()
    assert not {"no-tcp", "cert"} & found.keys()


@pytest.mark.parametrize(("urls", "secret"), [((), SECRET), (("turn:a",), "")])
def test_without_a_turn_server_it_says_what_to_fill_in(urls: tuple[str, ...], secret: str) -> None:
    with pytest.raises(NoTurn, match=r"\[turn\]"):
        coturn(settings(*urls), secret, ["10.0.0.5"])


@contextmanager
def relay(folder: Path) -> Iterator[int]:
    """coturn with the generated file; only its port, addresses and files are this test's own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((MEDIA, 0))
        port = int(free.getsockname()[1])
    text = coturn(settings(f"turn:{MEDIA}:{port}?transport=udp"), SECRET, [MEDIA])
    file = folder / "turnserver.conf"
    text = text.replace("log-file=syslog", "log-file=stdout")
    own = f"listening-ip={MEDIA}\nrelay-ip={MEDIA}\npidfile={folder}/pid\nuserdb={folder}/db\n"
    file.write_text(text + own, "utf-8")
    with (folder / "log").open("wb") as log:
        assert PROGRAM is not None
        process = subprocess.Popen([PROGRAM, "-c", str(file)], stdout=log, stderr=log)
    try:
        yield port
        said = (folder / "log").read_text("utf-8", "replace")
        assert not re.search(r"Bad configuration|Unknown|CONFIG ERROR", said), said[-2000:]
    finally:
        process.terminate()
        process.wait(5)


async def allocated(port: int, secret: str, peer: str) -> bool:
    """Whether a client gets an allocation and may send to this address through it."""
    name, password = credentials(secret.encode(), "hall", 2_000_000_000)
    loop = asyncio.get_running_loop()
    end = loop.time() + START_S
    while True:
        try:
            transport, _ = await turn.create_turn_endpoint(
                asyncio.DatagramProtocol, (MEDIA, port), name, password, transport="udp"
            )
            break
        except (stun.TransactionTimeout, OSError):
            assert loop.time() < end
    try:
        inner = transport._TurnTransport__inner_protocol  # type: ignore[attr-defined]
        await inner.channel_bind(0x4000, (peer, 9))
    except stun.TransactionFailed as failed:
        if failed.response.attributes["ERROR-CODE"][0] != FORBIDDEN:
            raise
        return False
    finally:
        transport.close()
    return True


@needs_coturn
async def test_a_real_coturn_leads_to_the_media_and_nowhere_else(tmp_path: Path) -> None:
    with relay(tmp_path) as port:
        assert await allocated(port, SECRET, MEDIA)
        assert not await allocated(port, SECRET, OFFICE)
        assert not await allocated(port, SECRET, "10.0.0.1")
        with pytest.raises(stun.TransactionFailed):
            await allocated(port, "another secret", MEDIA)
