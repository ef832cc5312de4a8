"""A real coturn for tests, in the namespace in which the test stands."""

from __future__ import annotations

import datetime
import ipaddress
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PROGRAM = shutil.which("turnserver", path="/usr/bin:/usr/sbin:/usr/local/bin")
START_S = 10.0
SECRET = "a secret of the tests"
PORTS = (49160, 49400)
WHY_NOT = "" if PROGRAM else "no turnserver here (on Debian: apt-get install coturn)"


@dataclass(frozen=True)
class Turn:
    """`authority`: PEM of who signed the server's certificate."""

    address: str
    authority: Path
    plain: int = 3478
    tls: int = 443
    pid: int = 0
    """Of the process, once it runs."""

    @property
    def urls(self) -> list[str]:
        """As in the configuration (RFC 7065)."""
        return [
            f"turn:{self.address}:{self.plain}?transport=udp",
            f"turn:{self.address}:{self.plain}?transport=tcp",
            f"turns:{self.address}:{self.tls}?transport=tcp",
        ]

    def toml(self) -> str:
        """The table of vicon's configuration."""
        urls = ", ".join(f'"{url}"' for url in self.urls)
        return f'[turn]\nurls = [{urls}]\nsecret = "{SECRET}"\n'


@contextmanager
def turn_server(folder: Path, address: str, plain: int = 3478, tls: int = 443) -> Iterator[Turn]:
    """Listens when this returns: `plain` for UDP and TCP, `tls` for TLS."""
    made = Turn(address, _certificates(folder, address), plain, tls)
    config = folder / "turn.conf"
    config.write_text(_config(folder, made), "utf-8")
    assert PROGRAM
    with (folder / "turn.log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, "-c", str(config)], stdout=log, stderr=log)
    try:
        _await_port(process, address, made.tls)
        _await_port(process, address, made.plain)
        yield replace(made, pid=process.pid)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _config(folder: Path, turn: Turn) -> str:
    return "\n".join(
        (
            f"listening-ip={turn.address}",
            f"relay-ip={turn.address}",
            f"listening-port={turn.plain}",
            f"tls-listening-port={turn.tls}",
            f"min-port={PORTS[0]}",
            f"max-port={PORTS[1]}",
            "realm=vicon.test",
            "use-auth-secret",
            f"static-auth-secret={SECRET}",
            f"cert={folder / 'turn.pem'}",
            f"pkey={folder / 'turn.key'}",
            "no-cli",
            "no-dtls",
            "no-multicast-peers",
            "allow-loopback-peers" if turn.address.startswith("127.") else "",
            f"userdb={folder / 'turn.db'}",
            f"pidfile={folder / 'turn.pid'}",
            "log-file=stdout",
            "",
        )
    )


def _await_port(process: subprocess.Popen[bytes], address: str, port: int) -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection((address, port), 1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)
            continue
        if process.poll() is not None:
            raise RuntimeError(f"turnserver has ended; another program has port {port}")
        return


def _certificates(folder: Path, address: str) -> Path:
    """An authority and the server's certificate for `address`; the path of the authority's."""
    own_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, name = _name("vicon test authority"), _name("turn.test")
    authority = _signed(
        authority_name, authority_name, own_key, own_key, x509.BasicConstraints(True, 0)
    )
    where = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    server = _signed(name, authority_name, key, own_key, where)
    pem = folder / "turn-authority.pem"
    pem.write_bytes(authority.public_bytes(Encoding.PEM))
    (folder / "turn.pem").write_bytes(server.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "turn.key").write_bytes(plain)
    return pem


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(signer, hashes.SHA256())
    )
