"""HTTPS from the first minute: a certificate authority of this server's own, in DATA/tls.

    ca.pem, ca.key           the authority, ten years; people may install ca.pem once
    server.pem, server.key   certificate for the addresses of the moment, 825 days

Browsers give camera and microphone only to secure origins; a hall in the LAN has no name to get a
public certificate for. Keys are ECDSA P-256. Time comes in as an argument, Unix ms.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

from vicon.ops.data import DataDir, DataError, write_private
from vicon.ops.words import reason_of

CA_DAYS = 3650
SERVER_DAYS = 825
"""Longer ones are refused by Apple's systems, for private authorities too."""
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2 (RFC 9325, section 4.2); those of TLS 1.3 are all good."""
RENEW_DAYS = 30
"""A certificate with less than this left is made anew at the next start."""
_SLACK = timedelta(hours=24)
"""Certificates begin this much earlier: clocks of other machines may be behind."""


class Certificate(Struct, frozen=True, kw_only=True):
    """Files of a server certificate and when it ends (Unix ms)."""

    certificate: Path
    key: Path
    expires_at: int
    authority: Path | None = None
    """The local authority's certificate, for people to install; None: not ours."""
    fingerprint: str = ""
    """SHA-256 of the authority's certificate, to be read out and compared."""


def local_certificate(home: DataDir, hosts: Sequence[str], now: int) -> Certificate:
    """The local authority's certificate for these addresses and names, made where there is none
    that covers them all for RENEW_DAYS more. A person who trusts the authority notices nothing.

    Only for the server that has claimed the data directory. Raises DataError.
    """
    folder, moment = home.tls, _datetime(now)
    ca_file, ca_key_file = folder / "ca.pem", folder / "ca.key"
    file, key_file = folder / "server.pem", folder / "server.key"
    ca = _load(ca_file)
    if ca is None or not _lasts(ca, moment) or not ca_key_file.is_file():
        ca, ca_key = _make_authority(moment)
        _save(ca_file, ca_key_file, [ca], ca_key)
        current = None
    else:
        ca_key, current = _load_key(ca_key_file), _load(file)
    if current is None or not key_file.is_file() or not _serves(current, ca, hosts, moment):
        current, key = _make_server(ca, ca_key, hosts, moment)
        _save(file, key_file, [current, ca], key)
    return Certificate(
        certificate=file,
        key=key_file,
        expires_at=_expiry(current),
        authority=ca_file,
        fingerprint=ca.fingerprint(hashes.SHA256()).hex(":"),
    )


def given_certificate(certificate: Path, key: Path) -> Certificate:
    """Files that an administrator has put there. Raises DataError."""
    found = _load(certificate)
    if found is None:
        raise _unusable(certificate, "not found")
    return Certificate(certificate=certificate, key=key, expires_at=_expiry(found))


def ssl_context(certificate: Certificate) -> ssl.SSLContext:
    """For a server; TLS 1.2 or newer, with forward secrecy and authenticated encryption alone.
    Raises DataError if the files do not fit together."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    try:
        context.load_cert_chain(certificate.certificate, certificate.key)
    except ssl.SSLError as error:
        raise _unusable(certificate.certificate, error.reason or "TLS") from error
    except OSError as error:
        raise _unusable(certificate.key, reason_of(error)) from error
    return context


def _make_authority(now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"vicon local authority {now:%Y-%m-%d}")
    builder = (
        _builder(name, name, key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return builder.sign(key, hashes.SHA256()), key


def _make_server(
    ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, hosts: Sequence[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_id = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _builder(_name("vicon"), ca.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
    )
    return builder.sign(ca_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now - _SLACK + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _serves(
    current: x509.Certificate, ca: x509.Certificate, hosts: Sequence[str], now: datetime
) -> bool:
    names = current.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        current.issuer == ca.subject
        and _lasts(current, now)
        and {_host(h) for h in hosts} <= set(names)
    )


def _lasts(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_after_utc - now >= timedelta(days=RENEW_DAYS)


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _save(
    file: Path, key_file: Path, chain: Sequence[x509.Certificate], key: ec.EllipticCurvePrivateKey
) -> None:
    """The key first: a certificate without its key would be taken for a whole one."""
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    file.unlink(missing_ok=True)
    write_private(key_file, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    write_private(file, b"".join(certificate.public_bytes(pem) for certificate in chain))


def _load(path: Path) -> x509.Certificate | None:
    """The first certificate of a PEM file, None if there is no file. Raises DataError."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, reason_of(error)) from error
    except ValueError as error:
        raise _unusable(path, "PEM?") from error


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise _unusable(path, reason_of(error)) from error
    except (ValueError, TypeError) as error:
        raise _unusable(path, "PEM?") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _unusable(path, "ECDSA?")
    return key


def _expiry(certificate: x509.Certificate) -> int:
    return int(certificate.not_valid_after_utc.timestamp() * 1000)


def _datetime(now: int) -> datetime:
    return datetime.fromtimestamp(now // 1000, UTC)


def _unusable(path: Path, why: str) -> DataError:
    return DataError(
        f"Sertifikat {path} tidak dapat dipakai ({why}). Periksa berkas sertifikat dan kuncinya; "
        "yang dibuat vicon sendiri (tls/ di direktori data) boleh dihapus agar dibuat baru.",
        f"The certificate {path} cannot be used ({why}). Check the files of certificate and key; "
        "those made by vicon itself (tls/ in the data directory) may be deleted to be made anew.",
    )
