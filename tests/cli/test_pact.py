"""`vicon pact pdf|verify|key`: a document, handed to somebody without a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.conftest import Vicon
from tests.cli.test_minutes import held, keep, text
from tests.core.scene import make_plan
from tests.core.told import Told
from vicon.ops.data import DataDir
from vicon.report.pact_proof import find

__all__ = ["held"]


@pytest.fixture
def document(vicon: Vicon, held: Path, tmp_path: Path) -> Path:
    out = tmp_path / "pakta.pdf"
    done = vicon("pact", "pdf", "--data", held, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 signatures, 1 of 2 rooms complete." in done.stdout
    assert "Fingerprint of the server's key: " in done.stdout
    return out


def key_of(vicon: Vicon, data: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(vicon("pact", "key", "--data", data, "--json").stdout)
    return found


def test_a_document_is_genuine_with_the_servers_key(
    vicon: Vicon, held: Path, document: Path
) -> None:
    found = key_of(vicon, held)
    for key in found.values():
        done = vicon("pact", "verify", document, "--key", key)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("GENUINE")
        assert "Signatures whose seal fits: 3 of 3 (1 struck out)" in done.stdout
        assert "Without --key" not in done.stdout
    assert found["fingerprint"] in vicon("pact", "key", "--data", held).stdout


def test_without_a_key_it_says_what_that_proves(vicon: Vicon, held: Path, document: Path) -> None:
    done = vicon("pact", "verify", document)
    assert done.returncode == 0
    assert "Without --key this only proves that the file is whole" in done.stdout
    assert key_of(vicon, held)["fingerprint"] in done.stdout


def test_it_is_checked_beside_the_journal(vicon: Vicon, held: Path, document: Path) -> None:
    done = vicon("pact", "verify", document, "--data", held, "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert (found["genuine"], found["faults"], found["notes"]) == (True, [], [])
    assert (found["signatures"], found["sound"]) == (3, 3)
    assert found["conference"] == "pakta-2020"


def test_one_changed_byte_is_1_and_says_where(vicon: Vicon, document: Path) -> None:
    data = bytearray(document.read_bytes())
    data[20_000] ^= 1
    document.write_bytes(data)
    done = vicon("pact", "verify", document)
    assert done.returncode == 1
    assert done.stdout.startswith("NOT GENUINE")
    found = json.loads(vicon("pact", "verify", document, "--json").stdout)
    begin, end = found["faults"][0]["bytes"]
    assert begin <= 20_000 < end
    assert f"between bytes {begin} and {end - 1}" in done.stdout
    assert "berubah" in vicon("pact", "verify", document, LANGUAGE="id").stdout


def test_another_server_is_another_key_and_another_journal(
    vicon: Vicon, document: Path, tmp_path: Path
) -> None:
    other = keep(tmp_path / "other", None)
    done = vicon("pact", "verify", document, "--key", key_of(vicon, other)["key"])
    assert done.returncode == 1
    assert "Another server's key" in done.stdout
    found = json.loads(vicon("pact", "verify", document, "--data", other, "--json").stdout)
    assert {fault["code"] for fault in found["faults"]} == {"other_key", "journal"}
    elsewhere = keep(tmp_path / "elsewhere", Told(replace(make_plan(), id="lain")))
    done = vicon("pact", "verify", document, "--data", elsewhere)
    assert "`pakta-2020` is not in this journal" in done.stdout


def test_what_is_no_document_or_not_there(vicon: Vicon, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7\n%%EOF\n")
    done = vicon("pact", "verify", path)
    assert done.returncode == 1
    assert "There is no proof inside this file" in done.stdout
    done = vicon("pact", "verify", tmp_path / "none.pdf")
    assert (done.returncode, done.stdout) == (2, "")
    done = vicon("pact", "verify", path, "--key", "abc")
    assert done.returncode == 2
    assert "Copy it again from `vicon pact key`" in done.stderr


def test_a_name_in_a_strange_file_does_not_steer_the_terminal(
    vicon: Vicon, held: Path, document: Path
) -> None:
    found = find(document.read_bytes())
    assert found is not None
    assert found.content is not None
    content = found.content.replace(b"Pakta Integritas", b"\\u001b[31mPakta")
    path = document.with_name("strange.pdf")
    head = b"1 0 obj<</Type/EmbeddedFile/Length %d>>\nstream\n" % len(content)
    path.write_bytes(head + content + b"\nendstream")
    done = vicon("pact", "verify", path)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "[31mPakta" in done.stdout


def test_without_a_pact_or_a_key_nothing_is_written(
    vicon: Vicon, held: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.pdf"
    data = keep(tmp_path / "none", Told(make_plan()))
    done = vicon("pact", "pdf", "--data", data, "--out", out)
    assert done.returncode == 2
    assert "has no pact" in done.stderr
    (DataDir(held).path / "keys" / "seal.key").unlink()
    done = vicon("pact", "pdf", "--data", held, "--out", out)
    assert done.returncode == 3
    assert "There is no seal's key" in done.stderr
    assert not (DataDir(held).path / "keys" / "seal.key").exists()
    assert not out.exists()


def test_it_is_in_the_language_of_the_command(vicon: Vicon, held: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.pdf"
    vicon("pact", "pdf", "--data", held, "--out", out, "--lang", "en")
    assert "Before the witnesses:" in text(out)
    vicon("pact", "pdf", "--data", held, "--out", out, "--lang", "id")
    assert "Di hadapan saksi:" in text(out)
