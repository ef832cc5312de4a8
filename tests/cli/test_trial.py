"""`vicon trial` and `vicon sweep` where they are called wrongly, what a sweep's exit code says, and
reports told from fakes."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from signaling import messages as wire
from tests.cli.conftest import START, Vicon
from tests.report.examples import good
from vicon import config
from vicon.cli.sweep import _code
from vicon.measure.run import Outcome, Run, seal
from vicon.ops.data import DataDir
from vicon.report.handed import RunReports
from vicon.store.trials import SqliteTrials
from vicon.trial.runner import record

FORMATS = ("pdf", "csv", "json", "txt")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("trial", "x"), 2, "This is no link of vicon"),
        (("trial", "x", "--seconds", "4"), 2, '"4" for --seconds'),
        (("trial", "x", "--report", "a.doc"), 2, "must end in .pdf, .csv, .json or .txt"),
        (("trial", "x", "--every", "5x"), 2, "'5x' is not understood"),
        (("trial", "x", "--for", "5h"), 2, "--for has a meaning only with --every"),
        (("trial", "http://127.0.0.1:9/uji#a", "--ca", "none"), 2, "certificate none cannot be"),
        (("trial", "http://127.0.0.1:9/uji#a"), 3, "The server is out of reach"),
        (("trial", "verify", "none.pdf", "--data", "."), 2, "none.pdf cannot be read"),
        (("sweep",), 2, "Give a technician's link, or --data"),
    ],
)
def test_wrong_use_is_2_and_what_stands_in_the_way_3(
    vicon: Vicon, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = vicon(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


Tested = tuple[Outcome | None, Outcome | None]
"""A room's verdict alone and with all others."""
NO_STATION: Tested = (None, None)


@pytest.mark.parametrize(
    ("state", "rooms", "code"),
    [
        ("done", [("pass", "pass"), ("pass", "pass")], 0),
        ("done", [("pass", None)], 0),
        ("done", [("pass", "pass"), NO_STATION], 1),
        ("done", [("pass", "pass"), ("warn", "pass")], 1),
        ("done", [("pass", "warn"), ("pass", "pass")], 1),
        ("done", [("warn", "warn"), ("fail", None), NO_STATION], 2),
        ("done", [("pass", "fail"), ("pass", "pass")], 2),
        ("stopped", [("pass", "pass"), NO_STATION], 3),
        ("stopped", [("fail", None)], 3),
        ("broken", [("pass", "pass")], 3),
        ("running", [("pass", "pass")], 3),
    ],
)
def test_a_sweep_says_the_worst_of_its_rooms(
    state: wire.RunState, rooms: list[Tested], code: int
) -> None:
    views = [
        wire.SweepRoomView(
            room=f"64.{number}",
            state="skipped" if alone is None else "done",
            run=None,
            verdict=alone,
            together=None,
            together_verdict=together,
            why=None,
        )
        for number, (alone, together) in enumerate(rooms)
    ]
    swept = wire.SweepView(
        id="s1", state=state, part="over", rooms=views, started_at=START, ended_at=START, by="Rini"
    )
    assert _code(swept) == code


def test_a_data_directory_without_trials_is_3(vicon: Vicon, tmp_path: Path) -> None:
    report = tmp_path / "uji.txt"
    report.write_text("vicon:")
    done = vicon("trial", "verify", report, "--data", tmp_path)
    assert done.returncode == 3
    assert "There are no trials" in done.stderr


@pytest.fixture
def reports(data: Path) -> dict[str, bytes]:
    """Reports of a stored run in every format, handed out as the server does."""
    settings = config.load(config.example())
    run = seal(replace(good(), id="r1", conference="kaltim-2020", room="64.02"))
    made = RunReports({plan.id: plan for plan in config.plans(settings)}.__getitem__)
    bodies = {kind: made.make(run, kind, "id") for kind in FORMATS}
    with DataDir.claim(data) as home:
        asyncio.run(_hand_out(home, run, bodies))
    return bodies


async def _hand_out(home: DataDir, run: Run, bodies: dict[str, bytes]) -> None:
    store = await SqliteTrials.open(home)
    await store.put(record(run))
    for kind, body in bodies.items():
        await store.add_report(hashlib.sha256(body).hexdigest(), run.id, kind, START)
    await store.close()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_report_is_genuine_changed_or_unknown(
    vicon: Vicon, data: Path, tmp_path: Path, reports: dict[str, bytes], kind: str
) -> None:
    path = tmp_path / f"uji.{kind}"
    path.write_bytes(reports[kind])
    done = vicon("trial", "verify", path, "--data", data)
    assert done.returncode == 0
    assert "Genuine: report of trial r1" in done.stdout

    path.write_bytes(reports[kind] + b" ")
    done = vicon("trial", "verify", path, "--data", data, "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert (found["genuine"], found["known"], found["run"]) == (False, True, "r1")

    path.write_bytes(b"anything")
    done = vicon("trial", "verify", path, "--data", data)
    assert done.returncode == 1
    assert done.stdout.startswith("Unknown:")
