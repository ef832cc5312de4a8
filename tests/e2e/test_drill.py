"""`vicon drill` against a real server: rooms are cut off, processes killed, and all come back."""

from __future__ import annotations

import json
import os
import random
import shlex
import signal

import pytest

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.service import Failed, Service, run
from tests.e2e.until import until
from vicon.agent.drill import KINDS
from vicon.ops.data import DataDir

pytestmark = pytest.mark.patient(20)
ROOMS = 2
LONGEST_S = 200


@pytest.mark.timeout(LONGEST_S + 30)
async def test_every_room_is_back_after_each_drill(service: Service) -> None:
    home, before = DataDir(service.data), service.pid
    restart = shlex.join(service.command)
    try:
        said = await run(
            "drill", "--data", str(service.data), "--rooms", str(ROOMS), "--restart", restart,
            "--json", timeout=LONGEST_S, expect=None,
        )  # fmt: skip
        assert home.holder() not in (None, before), "another server runs"
        kept = await _on_the_board(service)
    finally:
        await _end(home, before)
    found = [json.loads(line) for line in said.splitlines()]
    assert [one["kind"] for one in found] == [kind for kind in KINDS for _ in range(ROOMS + 1)]
    assert len({one["room"] for one in found}) == ROOMS + 1
    assert all(one["seconds"] is not None for one in found), found
    assert [(one.room, one.kind, one.seconds) for one in kept.found] == [
        (one["room"], one["kind"], one["seconds"]) for one in found
    ]
    assert any(one["seconds"] > 0 for one in found if one["kind"] == "server")


async def _on_the_board(service: Service) -> m.DrillView:
    url, token = parse_link(service.link("technician").url)
    async with Client(url, token, rng=random.Random(3)) as technician:
        view = await technician.until(lambda view: view.conference.drill is not None, 20)
    assert view.conference.drill is not None
    return view.conference.drill


async def _end(home: DataDir, before: int) -> None:
    """The server that the drill started."""
    holder = home.holder()
    if holder in (None, before):
        return
    assert holder is not None
    os.kill(holder, signal.SIGTERM)

    async def gone() -> int | None:
        return home.holder()

    await until(gone, lambda pid: pid is None, 15, "the second server has ended")


async def test_where_somebody_would_be_hit_nothing_is_done(service: Service) -> None:
    data = str(service.data)
    with pytest.raises(Failed, match="tidak dijalankan oleh pengelola layanan"):
        await run("drill", "--data", data)
    with pytest.raises(Failed, match="tidak ada uji petir"):
        await run("drill", "--data", data, "--only", "cut,petir")
    url, token = parse_link(service.operators()[0].url)
    async with Client(url, token, rng=random.Random(2)) as hall:
        await hall.ready(10)
        await hall.command(m.RoomJoin())
        with pytest.raises(Failed, match="sedang dipakai"):
            await run("drill", "--data", data, "--only", "cut")
    url, token = parse_link(service.link("moderator").url)
    async with Client(url, token, rng=random.Random(1)) as moderator:
        await moderator.ready(10)
        await moderator.command(m.PhaseSet(phase="live"))
        await moderator.command(m.PhaseSet(phase="closed"))
    with pytest.raises(Failed, match="tidak terbuka"):
        await run("drill", "--data", data, "--only", "cut")
    await service.stop()
    with pytest.raises(Failed, match="Tidak ada server yang berjalan"):
        await run("drill", "--data", data, "--only", "cut")
