"""TLS as a client meets it: versions, ciphers, certificates that are replaced while the server
runs, handshakes that are never done."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp import ClientSession, web
from cryptography import x509
from msgspec.structs import replace

from tests.app.gatehouse import opened
from vicon.cli.listen import listeners
from vicon.config.settings import Server
from vicon.listeners import Listener, certificate_trouble, listen
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, DataError
from vicon.ops.doctor import check_certificate
from vicon.ops.rotation import Rotation
from vicon.ops.tls import Certificate, given_certificate, local_certificate
from vicon.web.crowd import Bounds

NOW = SystemClock().now()
HOSTS = ["127.0.0.1", "localhost"]


def make(folder: Path) -> Certificate:
    """Of an authority of its own."""
    return local_certificate(DataDir(folder), HOSTS, NOW)


class Files(NamedTuple):
    """An administrator's."""

    certificate: Path
    key: Path

    def take(self, made: Certificate) -> None:
        """As a renewal puts them there: whole files, by new names."""
        for source, target in ((made.key, self.key), (made.certificate, self.certificate)):
            fresh = target.with_suffix(".new")
            shutil.copyfile(source, fresh)
            fresh.replace(target)


class House(NamedTuple):
    url: str
    port: int
    files: Files
    rotation: Rotation
    listener: Listener


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    files = Files(tmp_path / "site.pem", tmp_path / "site.key")
    files.take(make(tmp_path / "first"))
    rotation = Rotation(lambda _: given_certificate(*files), SystemClock())
    listener = Listener(host="127.0.0.1", port=0, tls=rotation)

    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="halo")

    app = web.Application()
    app.router.add_get("/", hello)
    async with AsyncExitStack() as stack:
        bounds = Bounds(tls_s=0.5, head_s=1.0)
        (url,) = await listen(stack, app, [listener], bounds)
        yield House(url, int(url.rpartition(":")[2]), files, rotation, listener)


def client(**options: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for name, value in options.items():
            setattr(context, name, value)
    return context


async def shake(port: int, context: ssl.SSLContext) -> ssl.SSLObject:
    _, writer = await asyncio.wait_for(
        asyncio.open_connection("127.0.0.1", port, ssl=context), timeout=10
    )
    found = writer.get_extra_info("ssl_object")
    writer.transport.abort()
    assert isinstance(found, ssl.SSLObject)
    return found


async def serial(house: House) -> int:
    """Of the certificate that the next handshake shows."""
    found = (await shake(house.port, client())).getpeercert(binary_form=True)
    assert found is not None
    return x509.load_der_x509_certificate(found).serial_number


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_old_tls_is_refused(house: House, version: ssl.TLSVersion) -> None:
    old = client(minimum_version=version, maximum_version=version)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await shake(house.port, old)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_new_tls_is_taken(house: House, version: ssl.TLSVersion) -> None:
    found = await shake(house.port, client(minimum_version=version, maximum_version=version))
    assert found.version() == version.name.replace("_", ".")
    cipher = found.cipher()
    assert cipher is not None
    assert cipher[2] >= 128


@pytest.mark.parametrize("ciphers", ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "aNULL", "eNULL"])
async def test_weak_ciphers_are_refused(house: House, ciphers: str) -> None:
    weak = client(maximum_version=ssl.TLSVersion.TLSv1_2)
    weak.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await shake(house.port, weak)


async def test_strong_ciphers_of_tls_1_2_are_taken(house: House) -> None:
    for name in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"):
        strong = client(maximum_version=ssl.TLSVersion.TLSv1_2)
        strong.set_ciphers(name)
        cipher = (await shake(house.port, strong)).cipher()
        assert cipher is not None
        assert cipher[0] == name


async def test_the_next_handshake_has_the_renewed_certificate(house: House, tmp_path: Path) -> None:
    before = await serial(house)
    async with ClientSession() as http, http.get(house.url, ssl=False) as open_one:
        assert await open_one.text() == "halo"
        renewed = make(tmp_path / "second")
        house.files.take(renewed)
        house.rotation.look()
        shown = x509.load_pem_x509_certificate(renewed.certificate.read_bytes()).serial_number
        assert await serial(house) == shown != before
        # Whoever was connected stays.
        async with http.get(house.url, ssl=False) as again:
            assert await again.text() == "halo"
    assert certificate_trouble([house.listener]) is None


async def test_it_is_noticed_by_itself(tmp_path: Path) -> None:
    class Steps(SystemClock):
        """Its sleeper is woken by the test."""

        def __init__(self) -> None:
            self.waking = asyncio.Semaphore(0)
            self.asleep = asyncio.Event()

        async def sleep(self, seconds: float) -> None:
            self.asleep.set()
            await self.waking.acquire()

    files, clock = Files(tmp_path / "a.pem", tmp_path / "a.key"), Steps()
    files.take(make(tmp_path / "first"))
    rotation = Rotation(lambda _: given_certificate(*files), clock)
    before, watching = rotation.context, asyncio.create_task(rotation.watch())
    await clock.asleep.wait()
    files.take(make(tmp_path / "second"))
    clock.asleep.clear()
    clock.waking.release()
    await asyncio.wait_for(clock.asleep.wait(), 10)
    assert rotation.context is not before
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


@pytest.mark.parametrize("what", ["garbage", "other key", "gone"])
async def test_damaged_files_leave_the_old_certificate_in_use(
    house: House, tmp_path: Path, what: str
) -> None:
    before, second = await serial(house), make(tmp_path / "second")
    if what == "garbage":
        house.files.certificate.write_bytes(b"-----BEGIN CERTIFICATE-----\nrusak\n")
    elif what == "other key":
        shutil.copyfile(second.key, house.files.key)
    else:
        house.files.certificate.unlink()
    house.rotation.look()
    assert await serial(house) == before
    told = certificate_trouble([house.listener])
    assert told is not None
    assert str(house.files.certificate) in told.en
    found = check_certificate(*house.files, NOW, ours=False)
    assert found.status == "failed"
    house.files.take(second)
    house.rotation.look()
    assert certificate_trouble([house.listener]) is None
    assert await serial(house) != before


async def test_readyz_tells_of_it_and_stays_ready(tmp_path: Path) -> None:
    files = Files(tmp_path / "a.pem", tmp_path / "a.key")
    files.take(make(tmp_path / "first"))
    rotation = Rotation(lambda _: given_certificate(*files), SystemClock())
    where = Listener(host="127.0.0.1", port=0, tls=rotation)
    async with opened(tmp_path, where) as house, ClientSession() as http:
        files.certificate.write_bytes(b"rusak")
        rotation.look()
        async with http.get(f"{house.url}/readyz", ssl=False) as answer:
            assert answer.status == 200
            told = await answer.json()
            assert told["ready"] is True
            (check,) = [one for one in told["checks"] if one["name"] == "certificate"]
            assert check["state"] == "warn"
            assert "cannot be used" in check["text"]["en"]
            assert str(tmp_path) not in await answer.text(), "strangers learn of no path"


async def test_the_first_certificate_must_be_good(tmp_path: Path) -> None:
    made = make(tmp_path / "first")
    made.certificate.write_bytes(b"rusak")
    with pytest.raises(DataError):
        Rotation(lambda _: given_certificate(made.certificate, made.key), SystemClock())


async def test_vicons_own_certificate_is_renewed_while_it_runs(tmp_path: Path) -> None:
    class Later(SystemClock):
        ahead = 0

        def now(self) -> int:
            return NOW + self.ahead

        def monotonic(self) -> float:
            return self.ahead / 1000

    clock = Later()
    with DataDir.claim(tmp_path / "data") as home:
        settings = replace(Server(), listen=["127.0.0.1"], tls="local", port=0)
        (listener,) = listeners(settings, home, clock)
        assert listener.tls is not None
        before = listener.tls.context
        listener.tls.look()
        assert listener.tls.context is before
        clock.ahead = 800 * 86_400_000
        listener.tls.look()
        assert listener.tls.context is not before


async def test_half_done_handshakes_keep_nobody_out(house: House) -> None:
    halves = []
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # the begin of a ClientHello
    for n in range(300):
        _, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(hello if n % 2 else b"")
        halves.append(writer)
    async with ClientSession() as http, http.get(house.url, ssl=False) as answer:
        assert await answer.text() == "halo"
    for writer in halves:
        writer.transport.abort()


async def test_a_handshake_that_is_not_done_ends(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()


async def test_plain_http_on_a_tls_port_ends(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    told = await asyncio.wait_for(reader.read(), 10)
    assert b"HTTP" not in told
    writer.close()
