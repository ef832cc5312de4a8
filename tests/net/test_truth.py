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
from tests.net.truth import SETTINGS, Setting, measure

NO_LINE = why_not()
pytestmark = [
    pytest.mark.net,
    pytest.mark.skipif(bool(NO_LINE), reason=NO_LINE or "there is a line"),
    pytest.mark.timeout(300),
]
CLEAN = SETTINGS[0]
MIXED = next(one for one in SETTINGS if one.name.startswith("150 ms"))
SECONDS = 15


@pytest.fixture
def line() -> Iterator[BadLine]:
    with bad_line() as made:
        yield made


def _accused(run: dict) -> list[str]:  # type: ignore[type-arg]
    return [step["name"] for step in run["steps"] if step["state"] in ("warn", "fail")]


@pytest.mark.parametrize("setting", [CLEAN, MIXED], ids=lambda one: one.name)
async def test_by_the_command_line(line: BadLine, tmp_path: Path, setting: Setting) -> None:
    service = Service(tmp_path, HUB_ADDRESS)
    await service.start()
    try:
        figures, run = await measure(
            setting, line.relay, lambda: by_program(line, service, SECONDS)
        )
    finally:
        await service.stop()
    assert [figure for figure in figures if not figure.good] == []
    if setting is CLEAN:
        assert _accused(run) == []
        assert run["profile"] == "720p"
    else:
        assert "capacity" in _accused(run)  # a loss of just 1 % is a warning or not, by chance


@needs_chromium
@pytest.mark.browser
async def test_by_chromium(line: BadLine, tmp_path: Path) -> None:
    service = Service(tmp_path, HUB_ADDRESS)
    await service.start()
    try:
        async with open_test_page(line, service, tmp_path), technician(service) as desk:
            figures, _ = await measure(MIXED, line.relay, lambda: by_page(desk, SECONDS))
    finally:
        await service.stop()
    assert [figure for figure in figures if not figure.good] == []
