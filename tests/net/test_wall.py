"""A hall whose firewall lets out TCP 443 alone: the trial names the wall and the way."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import needs_chromium
from tests.e2e.service import Service
from tests.e2e.trials import step, technician, until
from tests.net.badline import TURN_ADDRESS, BadLine
from tests.net.conftest import needs_line
from tests.net.hall import by_page, by_program, open_test_page, trust
from tests.net.lab import HUB_ADDRESS
from tests.net.turn import WHY_NOT as NO_TURN
from tests.net.turn import turn_server

pytestmark = [
    pytest.mark.net,
    needs_line,
    pytest.mark.skipif(bool(NO_TURN), reason=NO_TURN or "there is a TURN server"),
    pytest.mark.timeout(240),
    pytest.mark.patient(45),
]


def _step(run: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(step for step in run["steps"] if step["name"] == name)
    return found


def _port(service: Service) -> int:
    return int(service.url.rpartition(":")[2])


def _passed_by_tls(run: dict[str, Any]) -> None:
    paths = _step(run, "paths")
    assert paths["state"] == "warn", paths
    assert "UDP" in paths["cause"]["en"]
    assert "443" in paths["line"]["id"] + paths["line"]["en"]
    assert run["path"].startswith("turn_tls")
    assert _step(run, "media")["state"] in ("pass", "warn"), _step(run, "media")
    assert run["rtt_ms"] is not None
    for side in ("up", "down"):
        loss = run[f"loss_{side}_percent"]
        assert loss is not None, side
        assert loss < 1, side
    assert run["verdict"] == "warn"


async def test_a_program_gets_through_by_tls(line: BadLine, tmp_path: Path) -> None:
    with turn_server(tmp_path, TURN_ADDRESS) as turn:
        service = Service(tmp_path, HUB_ADDRESS, root=turn.toml())
        await service.start()
        try:
            line.only_tcp(443, _port(service))
            run = await by_program(line, service, 5, "--ca", str(turn.authority))
            _passed_by_tls(run)
        finally:
            await service.stop()


@needs_chromium
@pytest.mark.browser
async def test_chromium_gets_through_by_tls(line: BadLine, tmp_path: Path) -> None:
    with turn_server(tmp_path, TURN_ADDRESS) as turn:
        service = Service(tmp_path, HUB_ADDRESS, root=turn.toml())
        await service.start()
        try:
            line.only_tcp(443, _port(service))
            home = trust(tmp_path / "home", turn.authority)
            async with (
                open_test_page(line, service, tmp_path, environment=home),
                technician(service) as desk,
            ):
                _passed_by_tls(await by_page(desk, 5))
        finally:
            await service.stop()


async def test_without_a_turn_server_the_wall_and_the_cure_are_named(
    line: BadLine, tmp_path: Path
) -> None:
    service = Service(tmp_path, HUB_ADDRESS)
    await service.start()
    try:
        line.only_tcp(443, _port(service))
        run = await by_program(line, service, 5)
    finally:
        await service.stop()
    paths = _step(run, "paths")
    assert paths["state"] == "fail"
    assert "UDP" in paths["cause"]["en"]
    assert "TURN" in paths["cause"]["en"]
    assert "TURN" in " ".join(act["en"] for act in paths["cure"])
    assert _step(run, "media")["state"] in ("skipped", "fail")
    assert run["rtt_ms"] is None
    assert run["mos"] is None
    assert run["verdict"] == "fail"
    assert run["profile"] == "none"


async def test_a_way_that_breaks_in_the_middle_of_the_call(line: BadLine, tmp_path: Path) -> None:
    """As a firewall does that cuts a flow it had let pass: the report says when, and tells no
    figure of a call that was half dead."""
    service = Service(tmp_path, HUB_ADDRESS)
    await service.start()
    try:
        async with technician(service) as desk:
            trial = asyncio.create_task(by_program(line, service, 10))
            await until(desk, lambda run: (step(run, "media").progress or 0) > 0.3, 90)
            line.only_tcp(443, _port(service))
            run = await trial
    finally:
        await service.stop()
    media = _step(run, "media")
    assert media["state"] == "fail"
    assert "media stopped after" in media["cause"]["en"]
    assert media["cure"]
    for figure in ("rtt_ms", "jitter_ms", "loss_up_percent", "loss_down_percent", "mos"):
        assert run[figure] is None, figure
    assert (run["capacity_up_kbps"], run["capacity_down_kbps"]) == (None, None)
    assert _step(run, "capacity")["state"] == "skipped"
    assert _step(run, "reconnect")["state"] == "fail"
    assert (run["state"], run["verdict"], run["profile"]) == ("done", "fail", "none")
