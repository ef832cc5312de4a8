"""A moderator records: the halls' pages say so, the files play to the end in a browser, and a
killed server goes on in new ones."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import VisitedPage
from tests.e2e.service import Service, rehearsal
from tests.e2e.until import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.timeout(240),
    needs_chromium,
]
ROOM = "64.08"
PLAY = """async ({url, token}) => {
  const answer = await fetch(url, {headers: {Authorization: `Bearer ${token}`}});
  const video = document.createElement("video");
  video.muted = true;
  video.src = URL.createObjectURL(await answer.blob());
  await video.play();
  video.playbackRate = 4;
  await new Promise((done, failed) => { video.onended = done; video.onerror = failed; });
  const {totalVideoFrames} = video.getVideoPlaybackQuality();
  return {at: video.currentTime, duration: video.duration, frames: totalVideoFrames};
}"""


class Kept:
    """What a moderator gets over HTTP."""

    def __init__(self, service: Service) -> None:
        self.token = service.link("moderator").token
        self.at = f"{service.url}/api/v1/conferences/kaltim-2020/recordings"

    async def get(self, more: str = "", **headers: str) -> tuple[int, bytes]:
        known = {"Authorization": f"Bearer {self.token}", **headers}
        async with ClientSession(headers=known) as http, http.get(self.at + more) as answer:
            return answer.status, await answer.read()

    async def all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((await self.get())[1])
        return found

    async def delete(self, id: str) -> int:
        known = {"Authorization": f"Bearer {self.token}"}
        async with ClientSession(headers=known) as http, http.delete(f"{self.at}/{id}") as answer:
            return answer.status

    async def of_room(self) -> list[dict[str, Any]]:
        """Files of the hall's first recording."""
        found = await self.all()
        return [f for f in found[0]["files"] if f["room"] == ROOM] if found else []


def _grows(files: list[dict[str, Any]]) -> bool:
    return bool(files) and (files[-1]["seconds"] or 0) > 3


async def _film(desk: VisitedPage, service: Service) -> dict[str, Any]:
    """As the desk says how it is made."""
    kept = desk.page.locator("details[data-recording]")
    await kept.locator("summary").click()
    said = await kept.get_by_test_id("film-command").inner_text()
    words = said.replace("DATA", str(service.data)).split()
    small = ["--size", "320x180", "--fps", "10", "--json", "--output", f"{service.data}/film.webm"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, *small, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    told: dict[str, Any] = json.loads(out)
    return told


async def test_a_session_is_recorded_from_the_desk_and_played(service: Service) -> None:
    kept = Kept(service)
    async with chromium() as browser, rehearsal(service, 1):
        desk = await VisitedPage.open(browser, service.link("moderator").url)
        hall = await VisitedPage.open(browser, service.link("operator", ROOM).url)
        said = hall.page.get_by_test_id("recorded")
        await expect(desk.page.locator(f'.tile[data-room="{ROOM}"]')).to_be_visible(timeout=30_000)
        await desk.page.keyboard.press(".")
        await desk.page.get_by_test_id("recording-start").click()
        await expect(said).to_contain_text("Sesi ini direkam")
        rows = desk.page.locator(".rec-rooms tbody tr")
        await expect(rows.first).to_contain_text("ada", timeout=30_000)
        (running,) = await kept.all()
        assert await kept.delete(running["id"]) == 409
        await until(kept.of_room, _grows, 40, "it grows")
        await service.kill()
        await service.start()
        await until(kept.of_room, lambda files: len(files) > 1, 60, "it goes on in a new file")
        await until(kept.of_room, _grows, 60, "and that grows too")
        stop = desk.page.get_by_test_id("recording-stop")
        await expect(stop).to_be_visible(timeout=30_000)
        await stop.click()
        await expect(said).not_to_contain_text("Sesi ini direkam", timeout=15_000)
        await until(kept.all, lambda found: found[0]["ended"] is not None, 20, "it has ended")
        for file in await kept.of_room():
            url = f"{kept.at}/{running['id']}/{file['name']}"
            played = await desk.page.evaluate(PLAY, {"url": url, "token": kept.token})
            assert played["frames"] > 10
            assert played["at"] > 2
        path = f"/{running['id']}/recording.json"
        status, body = await kept.get(path, Range="bytes=0-9")
        assert (status, len(body)) == (206, 10)
        sheet = json.loads((await kept.get(path))[1])
        assert [note["what"] for note in sheet["notes"]] == ["interrupted", "resumed"]
        film = await _film(desk, service)
        assert film["missing"] == []
        assert film["seconds"] > 6
        assert await kept.delete(running["id"]) == 200
        assert await kept.all() == []
        assert not list(Path(service.data, "recordings").rglob("*.webm"))
