"""`vicon backup`, `restore` and `purge` as a technician types them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.cli.conftest import START, Vicon
from vicon.core.events import AttendeeEntered, PhaseChanged
from vicon.ops.data import DataDir
from vicon.ops.trail import read_trail
from vicon.store.sqlite import SqliteJournal

ID = "kaltim-2020"


async def _close(data: Path) -> None:
    """A guest came, and the conference is over."""
    operator = {"role": "operator", "name": "Operator Kukar", "room": "64.02"}
    guest = AttendeeEntered(
        room="64.02",
        person="person-a",
        name="Siti Rahasia",
        institution="KPU",
        role="KPU",
        entered_at=START,
    )
    with DataDir.claim(data) as home:
        journal = await SqliteJournal.open(home)
        await journal.append(ID, START + 10_000, operator, [guest])
        await journal.append(ID, START + 20_000, operator, [PhaseChanged(phase="closed")])
        await journal.close()


def test_what_is_due_is_told_then_removed_and_the_rest_still_verifies(
    vicon: Vicon, data: Path
) -> None:
    early = vicon("purge", "--data", data)
    assert (early.returncode, early.stdout) == (
        0,
        f"{ID}: has not been closed, so nothing of it is due.\n",
    )
    asyncio.run(_close(data))
    doctor = json.loads(vicon("doctor", "--data", data, "--json").stdout)
    (due,) = [one for one in doctor if one["name"] == "retention"]
    assert due["status"] == "warning"
    assert "1 names" in due["found"]["en"]
    with DataDir.claim(data):
        dry = vicon("purge", "--data", data, "--dry-run")
        assert dry.stdout == f"{ID}: Would be removed: 1 names in 1 entries.\n"
        busy = vicon("purge", "--data", data)
        assert busy.returncode == 3
        assert "in use by another server" in busy.stderr
        assert "automatic = true" in busy.stderr
    assert "Siti Rahasia" in vicon("journal", "show", "--data", data).stdout
    done = vicon("purge", "--data", data, LANGUAGE="id")
    assert done.stdout == f"{ID}: Dihapus: 1 nama dalam 1 catatan.\n"
    assert "Siti Rahasia" not in vicon("journal", "show", "--data", data).stdout
    assert vicon("journal", "verify", "--data", data).returncode == 0
    lines = vicon("journal", "export", "--data", data).stdout.splitlines()
    marked = [json.loads(line) for line in lines if "purge" in json.loads(line)]
    assert [(one["sequence"], one["purge"]) for one in marked] == [(6, 8)]
    export = data.parent / "export.jsonl"
    assert vicon("journal", "export", "--data", data, "--output", export).returncode == 0
    assert vicon("journal", "verify", export).returncode == 0
    export.write_bytes(export.read_bytes().replace(b'"#1"', b'"#2"'))
    assert vicon("journal", "verify", export).returncode == 1
    assert "nothing is left" in vicon("purge", "--data", data).stdout


def test_retention_is_what_the_configuration_says(vicon: Vicon, data: Path, tmp_path: Path) -> None:
    asyncio.run(_close(data))
    sample = (Path(__file__).parents[2] / "examples/kaltim-2020.toml").read_text("utf-8")
    config = tmp_path / "long.toml"
    config.write_text(f"{sample}\n[conferences.retention]\nattendance_days = 36500\n", "utf-8")
    (found,) = json.loads(
        vicon("purge", "--data", data, "--config", config, "--json", "--dry-run").stdout
    )
    assert (found["attendance_due"], found["names"], found["removed"]) == (False, 1, False)
    (found,) = json.loads(
        vicon("purge", "--data", data, "--config", config, "--json", "--days", "0").stdout
    )
    assert (found["attendance_due"], found["removed"]) == (True, True)
    assert vicon("purge", "--data", data, "--conference", "none").returncode == 2


def test_a_backup_and_back(vicon: Vicon, data: Path, tmp_path: Path) -> None:
    out, target = tmp_path / "a.tar", tmp_path / "new"
    made = vicon("backup", "--data", data, "--out", out)
    assert made.returncode == 0, made.stderr
    assert f"{ID}: 5 entries are whole." in made.stdout
    assert "It holds the keys" in made.stdout
    assert vicon("backup", "--data", data, "--out", out).returncode == 3
    thin = vicon("backup", "--data", data, "--out", tmp_path / "b.tar", "--without-keys")
    assert "Left out: keys/links.key" in thin.stdout
    assert "Without keys" in thin.stdout
    for check in (("backup", "verify", out), ("restore", out, "--check")):
        checked = vicon(*check)
        assert (checked.returncode, checked.stdout.splitlines()[0]) == (0, f"Whole: {out}")
    said = json.loads(vicon("restore", out, "--data", target, "--json").stdout)
    assert (said["data"], said["conferences"][0]["entries"]) == (str(target), 5)
    both = [vicon("links", "--data", path, "--json").stdout for path in (data, target)]
    assert both[0] == both[1], "links go on working"
    assert vicon("restore", out).returncode == 2
    assert vicon("restore", out, "--data", target).returncode == 3
    noted = [(deed.what, deed.outcome, deed.which) for deed in read_trail(DataDir(target))]
    restored = [one for one in noted if one[0] == "restore"]
    where = {"file": str(out)}
    assert restored == [("restore", "done", where), ("restore", "failed", where)]
    out.write_bytes(out.read_bytes()[:-1])
    for language, word in (("id", "rusak atau terpotong"), ("en", "damaged or cut off")):
        bad = vicon("backup", "verify", out, LANGUAGE=language)
        assert (bad.returncode, bad.stdout) == (1, "")
        assert word in bad.stderr
        assert bad.stderr.count("\n") == 1
