"""The whole ceremony played by a script: the journal tells it afterwards as it was."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.e2e.service import VICON, Service
from vicon import config
from vicon.core.course import Course
from vicon.core.evolve import replay
from vicon.core.model import Conference
from vicon.core.pact import Board, board, complete
from vicon.ops.data import DataDir
from vicon.ports import Record
from vicon.store.sqlite import SqliteJournal

pytestmark = pytest.mark.patient(70)
SPEED = 60
LONGEST_S = 240


async def test_the_whole_rundown_is_played_and_told(service: Service) -> None:
    told = await rehearse(service.data)
    await service.stop()
    records = await read(service.data)
    state = replay((record.at, record.event) for record in records)
    assert state is not None
    assert state.phase == "closed"
    everything_ran(state)
    everybody_signed(state)
    the_mishaps_are_told(state, records)
    assert [one["room"] for one in told if one["event"] == "signed"] == [
        room.code for room in state.plan.rooms
    ]


async def rehearse(data: Path) -> list[dict[str, str]]:
    """What it told, an event per line."""
    script = str(config.example())
    command = [VICON, "rehearse", "--data", str(data), "--script", script]
    command += ["--speed", str(SPEED), "--json"]
    child = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(LONGEST_S):
        out, _ = await child.communicate()
    lines = [json.loads(line) for line in out.decode().splitlines()]
    events = [line for line in lines if "event" in line and "t" in line]
    faults = [e for e in events if e["event"] in ("refused", "unanswered", "absent", "skipped")]
    assert child.returncode == 0, faults
    return events


async def read(data: Path) -> list[Record]:
    with DataDir.claim(data) as home:
        journal = await SqliteJournal.open(home)
        try:
            return [record async for record in journal.replay("kaltim-2020")]
        finally:
            await journal.close()


def everything_ran(state: Conference) -> None:
    runs = state.rundown.runs
    assert list(runs) == [item.id for item in state.rundown.items]
    assert all(run.ended_at is not None and not run.skipped for run in runs.values())
    for item in state.rundown.items:
        run = runs[item.id]
        assert run.ended_at is not None
        assert (run.ended_at - run.started_at) / 1000 >= item.planned_s / SPEED


def everybody_signed(state: Conference) -> None:
    assert board(state) == Board(10, 10)
    assert all(complete(state, room.code) for room in state.plan.rooms)


def the_mishaps_are_told(state: Conference, records: list[Record]) -> None:
    assert {code: mark.status for code, mark in state.roll.items()} == {
        room.code: "late" if room.code == "64.72" else "present" for room in state.plan.rooms
    }
    course = Course()
    for record in records:
        course.take(record.at, record.event)
    (alarm,) = course.rooms["64.01"].alarms
    assert (alarm.kind, alarm.persons, alarm.limit) == ("over", 13, 12)
    assert alarm.by
    assert alarm.ended_at is not None
    kinds = [type(record.event).__name__ for record in records]
    for kind in ("HelpCalled", "HelpAnswered", "CueSent", "CueSeen", "DeviceLost"):
        assert kind in kinds
