"""Clients with libwebrtc's own congestion control, all behind one line whose way up is too narrow
for what they would send."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.wrtc import Figures, measured, places
from tests.e2e.service import Service
from tests.net.badline import BadLine
from tests.net.conftest import needs_line
from tests.net.lab import HUB_ADDRESS

pytestmark = [pytest.mark.net, pytest.mark.timeout(180), needs_line]

KBPS, PUBLISHERS, PLAYERS = 1500, 2, 3
"""A publisher alone would send 1,300 kbit/s."""
PLAN = {"settle": 8, "seconds": 6, "width": 640, "height": 360, "fps": 15}


async def test_they_find_what_the_line_carries_and_who_watches_loses_nothing(
    line: BadLine, tmp_path: Path
) -> None:
    service = Service(tmp_path, HUB_ADDRESS)
    await service.start()
    try:
        plan: Figures = {**PLAN, **await places(service, PUBLISHERS, PLAYERS)}
        line.relay.set("both", delay_ms=20)
        line.relay.set("up", rate_kbps=KBPS, queue_ms=300)
        clients, _ = await measured(service, plan, line.in_room)
    finally:
        await service.stop()
    publishers, players = clients[:PUBLISHERS], clients[PUBLISHERS:]
    assert all(one["frames_per_s"] > 7 for one in publishers)
    assert 100 < sum(one["video_kbps"] for one in publishers) < KBPS
    assert max(one["lost_percent"] for one in clients) < 5
    assert all(one["frames_per_s"] > 7 for one in players), "who has the floor is seen"
    assert all(one["audio_kbps"] > 15 and one["concealed_percent"] < 1 for one in players)
