"""A trial says what the line did. A few settings; scripts/bench trial runs them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import needs_chromium
from tests.e2e.service import Service
from tests.net.badline import BadLine, bad_line, why_not
from tests.net.hall import by_page, by_program, open_test_page, technician
from tests.net.lab import HUB_ADDRESS
from tests.net.truth import SETTINGS, measure

NO_LINE = why_not()
pytestmark = [
    pytest.mark.net,
    pytest.mark.skipif(bool(NO_LINE), reason=NO_LINE or "there is a line"),
    pytest.mark.timeout(300),
]
CLEAN = SETTINGS[0]
MIXED = next(one for one in SETTINGS if one.name.startswith("150 ms"))
SECONDS = 12


@pytest.fixture
def line() -> Iterator[BadLine]:
    with bad_line() as made:
        yield made


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
