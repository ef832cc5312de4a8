"""One request, two processes, one trace: as a collector sees a hall that comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.service import Service, rehearsal
from tests.e2e.until import until
from tests.ops.collector import Collector


async def _both(collector: Collector) -> list[bytes]:
    """Traces with a command at the server and what the media process did for it."""
    by_process: dict[str, set[bytes]] = {"server": set(), "media": set()}
    for span, _, about in list(collector.spans):
        by_process[about["vicon.process"]].add(span.trace_id)
    return sorted(by_process["server"] & by_process["media"])


@pytest.mark.patient
async def test_a_hall_that_comes_in_is_traced_through_both_processes(tmp_path: Path) -> None:
    with Collector().open() as collector:
        root = f'[telemetry]\notlp_endpoint = "{collector.url}"\n'
        service = Service(tmp_path, root=root)
        await service.start()
        try:
            async with rehearsal(service, 1):
                await until(lambda: _both(collector), bool, 40, "a trace through both")
        finally:
            assert await service.stop() == 0
        (one, *_) = await _both(collector)
        names = {s.name.split()[0] for s, _, _ in collector.spans if s.trace_id == one}
        assert "media" in names
        assert names & {"act", "command"}
        for link in service.links:
            assert link.token.encode() not in collector.bodies
