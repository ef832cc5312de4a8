"""How the other server of the pair is reached: its certificate, its answers, and whether its port
refuses."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgspec

from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError, reason_of
from vicon.pair import words
from vicon.pair.record import read_key

ANSWER_S = 2.0
"""Longest for one question."""
PROBE_S = 1.0


class BadPeer(SpokenError):
    """The other server's address or certificate cannot be used."""

    exit_code = 2


def check_url(url: str) -> str:
    """Without a slash at its end. Raises BadPeer: keys go over this line, so that only TLS is good
    enough, but on this machine itself."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadPeer(
            f"{url!r} bukan alamat server. Tulis seperti https://10.0.0.5:8443, tanpa halaman dan "
            "tanpa token.",
            f"{url!r} is no server's address. Write it as https://10.0.0.5:8443, without a page "
            "and without a token.",
        )
    if parts.scheme == "http" and not _is_here(parts.hostname or ""):
        raise BadPeer(
            "Kunci-kunci server lewat di jalur ini, jadi harus https://. Tanpa TLS hanya boleh di "
            "mesin yang sama.",
            "The server's keys go over this line, so it must be https://. Without TLS only on one "
            "and the same machine.",
        )
    return url.rstrip("/")


def trust(home: DataDir, authority: Path | None) -> ssl.SSLContext:
    """Of public authorities, the pair's own (DATA/tls) and the given one. Raises BadPeer."""
    context = ssl.create_default_context()
    own = home.tls / "ca.pem"
    for file in filter(None, (authority, own if own.is_file() else None)):
        try:
            context.load_verify_locations(cafile=file)
        except (OSError, ssl.SSLError) as error:
            raise BadPeer(
                f"Sertifikat {file} tidak dapat dipakai ({reason_of(error)}).",
                f"The certificate {file} cannot be used ({reason_of(error)}).",
            ) from error
    return context


async def ask(url: str, key: str, tls: ssl.SSLContext) -> words.State | None:
    """What the other server is now; None: it does not say."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as session,
            session.get(
                url + words.STATE_ROUTE,
                headers={"Authorization": f"Bearer {key}"},
                ssl=tls if url.startswith("https:") else True,
            ) as answer,
        ):
            if answer.status != 200:
                return None
            return msgspec.json.decode(await answer.read(), type=words.State)
    except (aiohttp.ClientError, OSError, TimeoutError, msgspec.MsgspecError):
        return None


async def ask_other(home: DataDir, peer: str) -> words.State | None:
    """With what is in the data directory. None: there is nobody to ask, or no answer."""
    try:
        key = read_key(home) if peer else None
        return await ask(peer, key, await asyncio.to_thread(trust, home, None)) if key else None
    except SpokenError:
        return None


async def refuses(url: str) -> bool:
    """Every address behind the name refuses connections: where that machine is there, nothing
    listens. Anything else (no answer, no route, no name) says nothing."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(PROBE_S):
            found = await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
            for family, kind, protocol, _, address in found:
                if not await _refused(family, kind, protocol, address):
                    return False
    except (OSError, TimeoutError):
        return False
    return bool(found)


async def _refused(family: int, kind: int, protocol: int, address: object) -> bool:
    with socket.socket(family, kind, protocol) as probe:
        probe.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(probe, address)  # type: ignore[arg-type]
        except ConnectionRefusedError:
            return True
    return False


def _is_here(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"
