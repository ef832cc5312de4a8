"""The server's own key, which seals what was signed: Ed25519 (RFC 8032), DATA/keys/seal.key.

Who has the public key can tell, without the server, that a signature is as it was sealed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vicon.ops.data import DataDir, DataError, write_private

KEY_BYTES = 32


class Sealer:
    """Seals with one key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public(self) -> str:
        """The public key, 32 bytes in base64."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def seal(self, content: bytes) -> str:
        """64 bytes in base64."""
        return base64.b64encode(self._key.sign(content)).decode()


def open_sealer(home: DataDir) -> Sealer:
    """The key of a claimed data directory; made where there is none. Raises DataError."""
    found = _read(home)
    if found is None:
        key = Ed25519PrivateKey.generate()
        write_private(_path(home), key.private_bytes_raw())
        return Sealer(key)
    return found


def read_sealer(home: DataDir) -> Sealer:
    """The key of a data directory, whether a server runs on it or not. Raises DataError, also
    where there is none: nothing is made."""
    found = _read(home)
    if found is None:
        raise DataError(
            f"Tidak ada kunci segel di {_path(home)}. Periksa --data; kunci dibuat saat server "
            "pertama kali dijalankan.",
            f"There is no seal's key at {_path(home)}. Check --data; the key is made when a server "
            "first runs.",
        )
    return found


def _path(home: DataDir) -> Path:
    return home.path / "keys" / "seal.key"


def _read(home: DataDir) -> Sealer | None:
    path = _path(home)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _bad_key(str(path), str(error.strerror)) from error
    if len(raw) != KEY_BYTES:
        raise _bad_key(str(path), f"{len(raw)} != {KEY_BYTES} B")
    return Sealer(Ed25519PrivateKey.from_private_bytes(raw))


def is_sealed(public: str, content: bytes, seal: str) -> bool:
    """Whether `seal` is that of the key over this very content; false for what is no key or seal
    at all."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(seal, validate=True), content)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def fingerprint(public: str) -> str:
    """SHA-256 of the public key, in hexadecimal groups of four, as it is printed and read out.
    Raises ValueError for what is no key."""
    raw = base64.b64decode(public, validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError(f"{len(raw)} != {KEY_BYTES} B")
    digest = hashlib.sha256(raw).hexdigest()
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))


def _bad_key(path: str, why: str) -> DataError:
    return DataError(
        f"Kunci segel {path} tidak dapat dipakai ({why}). Pulihkan dari cadangan: tanpa kunci itu "
        "tanda tangan baru tidak dapat disegel seperti yang lama.",
        f"The seal's key {path} cannot be used ({why}). Restore it: without it new signatures "
        "cannot be sealed as the old ones were.",
    )
