"""`vicon agent` and `vicon rehearse` from the outside."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Vicon
from tests.e2e.service import VICON, Service, running
from tests.e2e.until import until
from vicon.web import pages


async def call(*arguments: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        VICON,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 40)
    return process.returncode, out.decode(), err.decode()


async def test_what_is_no_link_is_wrong_use_and_never_repeated(tmp_path: Path) -> None:
    code, out, err = await call("agent", "64.02#secret-token", "--json", "--lang", "en")
    assert (code, out) == (2, "")
    assert "vicon links" in err
    assert "secret-token" not in err


async def test_a_film_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    film = tmp_path / "film.webm"
    film.write_text("no film")
    code, _, err = await call("agent", "http://127.0.0.1:9/ruang#x", "--clip", str(film))
    assert code == 2
    assert "film.webm" in err


async def test_a_rehearsal_of_a_server_that_never_ran_says_so(tmp_path: Path) -> None:
    code, _, err = await call("rehearse", "--data", str(tmp_path), "--lang", "en")
    assert code == 3
    assert "start the server" in err


@pytest.fixture
def _built() -> None:
    try:
        pages.assets()
    except pages.NoWebClient as missing:
        pytest.skip(str(missing))


@pytest.mark.usefixtures("_built")
def test_who_is_left_out_must_be_there(vicon: Vicon, data: Path) -> None:
    script = ROOT / "examples/kaltim-2020.toml"
    without = ("hub,64.99", "hub, 64.02 ,Kukar")
    for said in without:
        done = vicon("rehearse", "--data", data, "--script", script, "--without", said)
        assert (done.returncode, done.stdout) == (2, "")
        assert "there is no room" in done.stderr
        assert "64.02" in done.stderr
    done = vicon("rehearse", "--data", data, "--without", "hub")
    assert (done.returncode, "--script" in done.stderr) == (2, True)


async def test_a_rehearsal_fills_rooms_and_empties_them_on_a_signal(tmp_path: Path) -> None:
    service = Service(tmp_path)
    await service.start()
    try:
        command = (VICON, "rehearse", "--rooms", "2", "--data", str(service.data), "--json")
        async with running(tmp_path / "rehearse.log", *command) as agents:
            rooms = [link.room for link in service.operators()[:2]]

            async def frames() -> list[int]:
                """Of the other room, as each agent counts them."""
                reports = [agents.reports(room)[-1:] for room in rooms]
                return [
                    report["receiving"].get(other, {}).get("video_frames", 0)
                    for found, other in zip(reports, reversed(rooms), strict=True)
                    for report in found
                ]

            await until(frames, lambda seen: len(seen) == 2 and min(seen) > 10, 20, "both move")
            assert agents.process is not None
            agents.process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(agents.process.wait(), 8) == 0
        ended = [one["room"] for one in agents.lines if one.get("event") == "ended"]
        assert sorted(ended) == sorted(room for room in rooms if room)
        # The places are free at once: a new agent is again the main camera of its room.
        link = service.operators()[0].url
        code, out, _ = await call("agent", link, "--kind", "main", "--json", "--seconds", "1")
        assert code == 0
        assert json.loads(out.splitlines()[0])["event"] == "joined"
    finally:
        await service.stop()
