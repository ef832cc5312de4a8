"""A trial says what the line did. A few settings; scripts/bench trial runs them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import needs_chromium
from tests.e2e.service import Service
from tests.e2e.trials import technician
from tests.net.badline import BadLine
from tests.net.conftest import needs_line
from tests.net.hall import by_page, by_program, open_test_page
from tests.net.lab import HUB_ADDRESS
from tests.net.truth import SETTINGS, measure

pytestmark = [pytest.mark.net, needs_line, pytest.mark.timeout(300)]
CLEAN = SETTINGS[0]
MIXED = next(one for one in SETTINGS if one.name.startswith("150 ms"))
SECONDS = 10


async def test_a_clean_line_is_clean_by_the_command_line(line: BadLine, tmp_path: Path) -> None:
    service = Service(tmp_path, HUB_ADDRESS)
    await service.start()
    try:
        figures, run = await measure(CLEAN, line.relay, lambda: by_program(line, service, SECONDS))
    finally:
        await service.stop()
    assert [figure for figure in figures if not figure.good] == []
    assert [step["name"] for step in run["steps"] if step["state"] in ("warn", "fail")] == []
    assert run["profile"] == "720p"


@needs_chromium
@pytest.mark.browser
async def test_a_mixed_line_by_chromium(line: BadLine, tmp_path: Path) -> None:
    service = Service(tmp_path, HUB_ADDRESS)
    await service.start()
    try:
        async with open_test_page(line, service, tmp_path), technician(service) as desk:
            figures, run = await measure(MIXED, line.relay, lambda: by_page(desk, SECONDS))
    finally:
        await service.stop()
    assert [figure for figure in figures if not figure.good] == []
    # A loss of just 1 % is a warning or not, by chance.
    assert next(step["state"] for step in run["steps"] if step["name"] == "capacity") == "warn"
