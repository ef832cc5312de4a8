"""Whatever breaks in the middle of a run: it ends, and its report says what happened."""

from __future__ import annotations

import asyncio
import json

import pytest

from signaling import messages as wire
from tests.e2e.service import Service, kill
from tests.e2e.trials import doing, over, step, technician, trial, until

ROOM = "64.02"
pytestmark = [pytest.mark.timeout(180), pytest.mark.patient(35)]


def _measured_half(run: wire.RunView) -> bool:
    return run.state == "running" and (step(run, "media").progress or 0) > 0.5


def _has_progress(run: wire.RunView) -> bool:
    return run.state == "running" and step(run, "media").progress is not None


async def test_a_worker_that_dies_under_the_call(service: Service) -> None:
    """The step is done once more on the worker that stood by."""
    async with technician(service) as desk, trial(service, ROOM, 6, "--quick") as child:
        await until(desk, _measured_half, 60)
        kill(service.workers()[0])
        run = await until(desk, over, 90)
        media = step(run, "media")
        assert media.attempts == 2
        assert media.state in ("pass", "warn"), media.cause
        assert next(f for f in media.figures if f.name == "rtt_ms").value is not None
        assert run.state == "done"
        told = await child.first(20)
        assert told["state"] == "done"


async def test_a_server_that_is_killed(service: Service) -> None:
    """Nothing is lost of what was measured, and nobody waits for ever."""
    async with technician(service) as desk, trial(service, ROOM, 20, "--quick") as child:
        run = await until(desk, _has_progress, 60)  # that it has begun is stored by then
        await service.kill()
        await service.start()
        async with technician(service) as again:
            ended = await again.fetch(run.id)
        assert ended.state == "broken"
        assert "restarted" in ended.sentence.en
        assert ended.step("signalling").state == "pass"
        assert ended.step("media").cause_code == "server_restarted"
        assert ended.value("rtt_ms") is None
        assert ended.verdict is None
        told = await child.first(60)
        assert (told["run"], told["state"], told["verdict"]) == (run.id, "broken", None)


async def test_a_station_that_goes_away(service: Service) -> None:
    async with technician(service) as desk:
        async with trial(service, ROOM, 20):
            run = await until(desk, doing("media"), 60)
        ended = await until(desk, lambda one: one.id == run.id and over(one), 60)
        assert ended.state == "broken"
        assert "did not come back" in ended.sentence.en
        assert step(ended, "media").cause is not None
        assert step(ended, "capacity").state == "skipped"
        assert not desk.stations or not any(s.busy for s in desk.stations)


async def test_stopped_by_the_technician(service: Service) -> None:
    async with technician(service) as desk, trial(service, ROOM, 20, "--quick") as child:
        run = await until(desk, doing("media"), 60)
        from signaling.messages import TrialStop

        await desk.client.command(TrialStop(run=run.id))
        ended = await until(desk, lambda one: one.id == run.id and over(one), 20)
        assert ended.state == "stopped"
        assert step(ended, "paths").state == "pass"
        told = await child.first(30)
        assert told["state"] == "stopped"


async def test_a_live_session_refuses_a_trial_unless_forced(service: Service) -> None:
    """Beside a forced one the session loses no frame."""
    import random

    from signaling.client import Client, parse_link
    from tests.e2e.service import rehearsal
    from vicon.agent.trials import CannotRun

    url, token = parse_link(service.link("moderator").url)
    async with (
        technician(service) as desk,
        rehearsal(service, 3) as rooms,
        Client(url, token, rng=random.Random(1)) as moderator,
    ):
        await moderator.ready(20)
        codes = [link.room for link in service.operators()[:3]]
        async with asyncio.timeout(60):
            while not all(_moving(rooms.reports(code), 2) for code in codes):
                await asyncio.sleep(0.2)
        await moderator.command(wire.PhaseSet(phase="live"))
        room = codes[0]
        assert room is not None
        with pytest.raises(CannotRun, match="live"):
            await desk.run(room, seconds=5, quick=False, force=False)
        before = {code: _totals(rooms.reports(code)[-1]) for code in codes}
        ended = await desk.run(room, seconds=5, quick=False, force=True)
        assert ended.state == "done"
        run = await desk.fetch(ended.id)
        capacity = run.figure("capacity_down_kbps")
        assert capacity is not None
        assert capacity.value is not None
        # The call itself is 1.3 Mbit/s on the line; above the ceiling nothing is sent beside it.
        assert capacity.value < 1500
        told = {code: len(rooms.reports(code)) for code in codes}
        async with asyncio.timeout(20):
            while any(len(rooms.reports(code)) < told[code] + 2 for code in codes):
                await asyncio.sleep(0.1)
        for code in codes:
            after = _totals(rooms.reports(code)[-1])
            for other, (frames, lost) in after.items():
                assert lost == before[code][other][1], json.dumps(rooms.reports(code)[-1])
                assert frames > before[code][other][0]


def _moving(reports: list, others: int) -> bool:  # type: ignore[type-arg]
    return (
        bool(reports)
        and sum(1 for room in reports[-1]["receiving"].values() if room["video_frames"] > 20)
        >= others
    )


def _totals(report: dict) -> dict[str, tuple[int, int]]:  # type: ignore[type-arg]
    return {
        code: (room["video_frames"], room["lost"])
        for code, room in report["receiving"].items()
        if room["video_frames"]
    }
