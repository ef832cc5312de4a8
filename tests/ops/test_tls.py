from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, DataError
from vicon.ops.net import in_url, lan_addresses
from vicon.ops.tls import Certificate, given_certificate, local_certificate, ssl_context

NOW = SystemClock().now()
DAY = 86_400_000
HOSTS = ["127.0.0.1", "localhost", "::1"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DataDir]:
    with DataDir.claim(tmp_path / "data") as home:
        yield home


async def greet(server: Certificate, authority: Path, host: str) -> str | None:
    """The TLS version that a client who trusts this authority speaks with our server."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=ssl_context(server))
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        trust = ssl.create_default_context(cafile=str(authority))
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trust, server_hostname=host
        )
        version = writer.get_extra_info("ssl_object").version()
        writer.close()
        await writer.wait_closed()
        return str(version)


@pytest.mark.parametrize("host", HOSTS)
async def test_a_client_that_trusts_the_authority_connects(home: DataDir, host: str) -> None:
    certificate = local_certificate(home, HOSTS, NOW)
    assert certificate.authority is not None
    assert await greet(certificate, certificate.authority, host) == "TLSv1.3"


async def test_another_name_is_not_covered(home: DataDir) -> None:
    certificate = local_certificate(home, HOSTS, NOW)
    assert certificate.authority is not None
    with pytest.raises(ssl.SSLCertVerificationError):
        await greet(certificate, certificate.authority, "example.org")


async def test_authority_and_certificate_stay_while_they_serve(home: DataDir) -> None:
    first = local_certificate(home, HOSTS, NOW)
    files = {p: p.read_bytes() for p in home.tls.iterdir()}
    assert {p.name for p in files} == {"ca.pem", "ca.key", "server.pem", "server.key"}
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}
    assert local_certificate(home, HOSTS[:1], NOW + DAY) == first
    assert {p: p.read_bytes() for p in home.tls.iterdir()} == files


async def test_a_new_address_renews_the_certificate_not_the_authority(home: DataDir) -> None:
    first = local_certificate(home, HOSTS, NOW)
    old = first.certificate.read_bytes()
    second = local_certificate(home, [*HOSTS, "10.1.2.3"], NOW)
    assert second.certificate.read_bytes() != old
    assert second.fingerprint == first.fingerprint


async def test_a_certificate_near_its_end_is_renewed(home: DataDir) -> None:
    first = local_certificate(home, HOSTS, NOW)
    assert abs(first.expires_at - NOW - 824 * DAY) < DAY
    assert local_certificate(home, HOSTS, NOW + 790 * DAY).expires_at == first.expires_at
    later = NOW + 800 * DAY
    renewed = local_certificate(home, HOSTS, later)
    assert renewed.expires_at > later + 800 * DAY
    assert renewed.fingerprint == first.fingerprint
    assert local_certificate(home, HOSTS, NOW + 3640 * DAY).fingerprint != first.fingerprint


async def test_a_lost_key_is_made_anew_with_its_certificate(home: DataDir) -> None:
    first = local_certificate(home, HOSTS, NOW)
    first.key.unlink()
    ssl_context(local_certificate(home, HOSTS, NOW))
    (home.tls / "ca.key").unlink()
    third = local_certificate(home, HOSTS, NOW)
    assert third.fingerprint != first.fingerprint
    assert third.authority is not None
    assert await greet(third, third.authority, "localhost") == "TLSv1.3"


def test_files_of_an_administrator(home: DataDir) -> None:
    made = local_certificate(home, HOSTS, NOW)
    given = given_certificate(made.certificate, made.key)
    assert (given.expires_at, given.authority) == (made.expires_at, None)
    ssl_context(given)
    with pytest.raises(DataError, match="cannot be used"):
        ssl_context(given_certificate(made.certificate, home.tls / "ca.key"))
    with pytest.raises(DataError, match="No such file"):
        ssl_context(given_certificate(made.certificate, home.tls / "none.key"))
    with pytest.raises(DataError, match="not found"):
        given_certificate(home.tls / "none.pem", made.key)
    made.certificate.write_bytes(b"garbage")
    with pytest.raises(DataError, match="may be deleted"):
        local_certificate(home, HOSTS, NOW)


def test_addresses_are_those_that_others_can_reach() -> None:
    for address in lan_addresses():
        assert not address.is_loopback
        assert in_url(address).strip("[]") == str(address)
