"""A run from its start to its end, whatever happens in between."""

from __future__ import annotations

from tests.trial.house import House
from vicon.measure.run import Run, sealed


def states(run: Run) -> dict[str, str]:
    return {step.name: step.state for step in run.steps}


async def test_a_good_line_is_ready(house: House) -> None:
    page = await house.page()
    run = await house.ended(await page.start())
    assert set(states(run).values()) == {"pass"}, states(run)
    assert (run.state, run.verdict, run.profile) == ("done", "pass", "720p")
    assert run.path == "udp (host, udp)"
    assert sealed(run)
    assert house.hosted.recorded == [run]
    assert page.asked[-1] == "end"
    assert all(step.attempts == 1 for step in run.steps)
    for name in ("rtt_ms", "jitter_ms", "loss_up_percent", "capacity_up_kbps", "mos"):
        assert run.value(name) is not None, name
