"""`vicon minutes`, on a data directory as a server leaves it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import pty
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from msgspec.structs import replace

from tests.cli.conftest import ROOT, Vicon
from tests.core.told import Told, plan, session
from vicon.ops.data import DataDir
from vicon.ops.seal import open_sealer
from vicon.store.sqlite import SqliteJournal


async def write(home: DataDir, scene: Told) -> None:
    journal = await SqliteJournal.open(home)
    for record in scene.entries():
        await journal.append(record.conference, record.at, record.actor, [record.event])
    await journal.close()


def keep(path: Path, *scenes: Told | None) -> Path:
    """A data directory whose server held these; None: the whole session, sealed by its key."""
    with DataDir.claim(path) as home:
        sealer = open_sealer(home)
        for scene in scenes:
            asyncio.run(write(home, scene or session(sealer)))
    return path


@pytest.fixture
def held(tmp_path: Path) -> Path:
    return keep(tmp_path / "data", None)


def change(data: Path, sequence: int) -> None:
    """As somebody with the file and a database tool would."""
    db = sqlite3.connect(DataDir(data).journal)
    db.execute("DROP TRIGGER journal_not_changed")
    db.execute("UPDATE journal SET at = at + 1 WHERE sequence = ?", (sequence,))
    db.commit()
    db.close()


def text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path.read_bytes())
    found = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    return " ".join(" ".join(found).split())


def test_json_on_standard_output(vicon: Vicon, held: Path) -> None:
    done = vicon("minutes", "--data", held, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    minutes = json.loads(done.stdout)
    assert minutes["pact"]["signed"] == 1
    verified = json.loads(vicon("journal", "verify", "--data", held, "--json").stdout)
    assert minutes["journal"]["hash"] == verified["conferences"][0]["last"]
    assert minutes["journal"]["entries"] == verified["conferences"][0]["entries"]


def test_a_pdf_in_the_language_of_the_command(vicon: Vicon, held: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "berita.pdf"
    done = vicon("minutes", "--data", held, "--out", out)
    assert done.returncode == 0
    assert f"Minutes written to {out}: 84 journal entries, last hash" in done.stdout
    assert "provisional" not in done.stdout
    assert out.stat().st_mode & 0o777 == 0o600
    assert "On Friday, 25 September 2020" in text(out)
    vicon("minutes", "--data", held, "--out", out, "--lang", "id")
    assert "Pada hari ini, Jumat" in text(out)


def test_a_document_for_the_secretary(vicon: Vicon, held: Path, tmp_path: Path) -> None:
    out = tmp_path / "berita.odt"
    assert vicon("minutes", "--data", held, "--format", "odt", "--out", out).returncode == 0
    with zipfile.ZipFile(io.BytesIO(out.read_bytes())) as archive:
        assert "Kabupaten Paser" in archive.read("content.xml").decode()


def test_the_same_journal_gives_the_same_file(vicon: Vicon, held: Path, tmp_path: Path) -> None:
    for format in ("pdf", "odt", "json"):
        outs = [tmp_path / f"{number}.{format}" for number in (1, 2)]
        for out in outs:
            vicon("minutes", "--data", held, "--format", format, "--out", out)
        assert outs[0].read_bytes() == outs[1].read_bytes()


def test_a_broken_chain_is_told_with_its_place_and_nothing_is_written(
    vicon: Vicon, held: Path, tmp_path: Path
) -> None:
    change(held, 12)
    out = tmp_path / "berita.pdf"
    for arguments in (
        ("minutes", "--data", held, "--out", out),
        ("minutes", "--data", held, "--format", "json"),
        ("pact", "pdf", "--data", held, "--out", out),
    ):
        done = vicon(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert "The journal of pakta-2020 is wrong at entry 12" in done.stderr
    assert not out.exists()


def test_a_session_that_goes_on_is_provisional(vicon: Vicon, tmp_path: Path) -> None:
    data, out = keep(tmp_path / "data", Told(plan())), tmp_path / "x.pdf"
    done = vicon("minutes", "--data", data, "--out", out)
    assert "these minutes are provisional" in done.stdout
    assert "PROVISIONAL" in text(out)


def test_while_a_server_holds_the_data(vicon: Vicon, held: Path) -> None:
    with DataDir.claim(held):
        assert vicon("minutes", "--data", held, "--format", "json").returncode == 0


def test_which_conference_is_meant(vicon: Vicon, tmp_path: Path) -> None:
    other = Told(replace(plan(), id="lain"))
    data = keep(tmp_path / "data", Told(plan()), other)
    done = vicon("minutes", "--data", data, "--format", "json")
    assert done.returncode == 2
    assert "Name one with --conference: lain, pakta-2020." in done.stderr
    named = vicon("minutes", "--data", data, "--format", "json", "--conference", "lain")
    assert json.loads(named.stdout)["conference"] == "lain"
    unknown = vicon("minutes", "--data", data, "--conference", "x", "--format", "json")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "no entry for a conference `x`" in unknown.stderr


def test_without_a_journal_or_a_place_to_write(vicon: Vicon, held: Path, tmp_path: Path) -> None:
    done = vicon("minutes", "--data", tmp_path / "none", "--format", "json")
    assert done.returncode == 3
    assert "There is no journal" in done.stderr
    done = vicon("minutes", "--data", held, "--out", "/proc/none/berita.pdf")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert vicon("minutes", "--data", held, "--format", "docx").returncode == 2


def test_a_pdf_is_not_poured_onto_a_terminal(held: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "vicon", "minutes", "--data", str(held)],
            cwd=ROOT,
            env={**os.environ, "LANGUAGE": "en"},
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 2
    assert b"Give --out FILE." in done.stderr
