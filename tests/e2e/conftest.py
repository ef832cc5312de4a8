from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e import chromium as chromium_module
from tests.e2e import firefox as firefox_module
from tests.e2e.service import Service

needs_chromium = pytest.mark.skipif(
    not chromium_module.EXECUTABLE, reason="no Chromium here (on Debian: apt-get install chromium)"
)
needs_firefox = pytest.mark.skipif(
    not firefox_module.EXECUTABLE,
    reason="no Firefox here (on Debian: apt-get install firefox-esr)",
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """A running server with the built-in example and an empty data folder."""
    service = Service(tmp_path)
    await service.start()
    yield service
    await service.stop()
