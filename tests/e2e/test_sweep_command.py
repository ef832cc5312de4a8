"""`vicon sweep` as an administrator runs it, beside a server whose rooms are partly there."""

from __future__ import annotations

import asyncio
import json

import msgspec
import pytest

from signaling import messages as wire
from tests.e2e.service import VICON, Service, rehearsal
from tests.e2e.trials import technician
from vicon.cli.sweep import _code

ROOMS = 1
"""All at once is swept from the technician's page, in test_trial_pages."""
SWEEP_S = 120.0
pytestmark = [pytest.mark.timeout(180), pytest.mark.patient(35)]


async def _sweep(service: Service) -> tuple[int, dict[str, object]]:
    process = await asyncio.create_subprocess_exec(
        VICON, "sweep", "--data", str(service.data), "--seconds", "5", "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), SWEEP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert out, f"{process.returncode}: {err.decode()}"
    assert process.returncode is not None
    return process.returncode, json.loads(out)


async def test_one_room_of_ten(service: Service) -> None:
    async with rehearsal(service, ROOMS):
        async with technician(service) as desk, asyncio.timeout(30):
            while len(desk.stations) < ROOMS:
                await asyncio.sleep(0.1)
            there = {one.room for one in desk.stations}
        code, told = await _sweep(service)
    sweep = msgspec.convert(told["sweep"], wire.SweepView)
    runs = msgspec.convert(told["runs"], dict[str, wire.RunView])
    assert (sweep.state, len(sweep.rooms)) == ("done", 10)
    assert code == _code(sweep)
    assert code in (1, 2), "rooms without a station never pass"
    tested = {room.room: room for room in sweep.rooms if room.run is not None}
    assert set(tested) == there
    for room in tested.values():
        assert room.run is not None
        assert room.verdict in ("pass", "warn")
        assert _figure(runs[room.run], "rtt_ms") is not None
    untested = [room for room in sweep.rooms if room.run is None]
    assert {(room.state, room.verdict) for room in untested} == {("skipped", None)}
    assert all(room.why is not None and "No test page" in room.why.en for room in untested)


def _figure(run: wire.RunView, name: str) -> float | None:
    return next(f.value for step in run.steps for f in step.figures if f.name == name)
