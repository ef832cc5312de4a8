"""The key that seals signatures."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from vicon.ops.data import DataDir, DataError
from vicon.ops.seal import fingerprint, is_sealed, open_sealer, read_sealer

CONTENT = b"Pakta Integritas"


def test_the_key_is_made_once_and_stays(tmp_path: Path) -> None:
    with DataDir.claim(tmp_path / "data") as home:
        first = open_sealer(home)
        assert open_sealer(home).public == first.public
        key = home.path / "keys" / "seal.key"
        assert key.stat().st_mode & 0o777 == 0o600
    assert is_sealed(first.public, CONTENT, first.seal(CONTENT))


def test_one_changed_bit_is_seen(tmp_path: Path) -> None:
    with DataDir.claim(tmp_path / "data") as home:
        sealer = open_sealer(home)
    seal = sealer.seal(CONTENT)
    raw = bytearray(base64.b64decode(seal))
    raw[5] ^= 1
    assert not is_sealed(sealer.public, CONTENT, base64.b64encode(raw).decode())
    assert not is_sealed(sealer.public, CONTENT[:-1], seal)


def test_another_servers_key_does_not_fit(tmp_path: Path) -> None:
    with DataDir.claim(tmp_path / "a") as a, DataDir.claim(tmp_path / "b") as b:
        one, other = open_sealer(a), open_sealer(b)
    assert not is_sealed(other.public, CONTENT, one.seal(CONTENT))


@pytest.mark.parametrize(("public", "seal"), [("", ""), ("kein", "Schlüssel"), ("AAAA", "AAAA")])
def test_what_is_no_key_or_seal_is_false(public: str, seal: str) -> None:
    assert not is_sealed(public, CONTENT, seal)


def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    with DataDir.claim(tmp_path / "data") as home:
        open_sealer(home)
        (home.path / "keys" / "seal.key").write_bytes(b"short")
        with pytest.raises(DataError, match=r"seal\.key"):
            open_sealer(home)


def test_reading_the_key_makes_none(tmp_path: Path) -> None:
    with DataDir.claim(tmp_path / "data") as home:
        with pytest.raises(DataError, match="There is no seal's key"):
            read_sealer(home)
        assert not (home.path / "keys").exists()
        made = open_sealer(home)
        assert read_sealer(home).public == made.public


def test_a_fingerprint_is_read_out_in_groups() -> None:
    """SHA-256 of 32 zero bytes."""
    public = base64.b64encode(bytes(32)).decode()
    assert fingerprint(public).startswith("6668 7aad f862 bd77 6c8f c18b 8e9f 8e20")
    assert len(fingerprint(public).split()) == 16
    for wrong in ("", "AAAA", "kein", public[:-1]):
        with pytest.raises(ValueError, match=r".*"):
            fingerprint(wrong)
