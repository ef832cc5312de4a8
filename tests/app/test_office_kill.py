"""`kill -9` in the middle of saving loses nothing that was acknowledged, and file, journal and book
of links say the same afterwards."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from tests.app.organizing import table
from tests.e2e.service import Service
from vicon.store import reader

KILLS = 5
GLADI = "gladi-2026"
pytestmark = [pytest.mark.patient(30), pytest.mark.timeout(240)]


class Saver:
    """Saves one title after another, and revokes and issues a link anew between them."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.acked, self.asked = 0, 0
        self.revoked: set[str] = set()

    async def ask(self, http: ClientSession, method: str, path: str, body: Any = None) -> Any:
        token = self._service.link("organizer").token
        place = f"{self._service.url}/api/v1/office/conferences/{GLADI}{path}"
        head = {"Authorization": f"Bearer {token}"}
        async with http.request(method, place, json=body, headers=head) as answer:
            found = await answer.json()
            assert answer.status == 200, found
            return found

    async def save(self, http: ClientSession, version: str | None) -> str:
        self.asked = self.acked + 1
        wanted = table(GLADI, title=f"Gladi {self.asked}")
        body = {"table": wanted, "version": version}
        found = await self.ask(http, "PUT", "", body)
        self.acked = self.asked
        return str(found["version"])

    async def go_on(self, http: ClientSession, version: str | None) -> None:
        """Until the server is gone."""
        while True:
            version = await self.save(http, version)
            rows = (await self.ask(http, "GET", "/links"))["links"]
            link = next(row for row in rows if row["role"] == "observer" and row["url"])["link"]
            await self.ask(http, "POST", f"/links/{link}/revoke")
            self.revoked.add(link)
            await self.ask(http, "POST", f"/links/{link}/renew")

    async def look(self, http: ClientSession) -> str:
        """All that was acknowledged is there; the version to go on from."""
        found = await self.ask(http, "GET", "")
        title = found["table"]["title"]
        assert title in (f"Gladi {self.acked}", f"Gladi {self.asked}")
        self.acked = int(title.split()[1])
        rows = (await self.ask(http, "GET", "/links"))["links"]
        kept = {row["link"] for row in rows if row["revoked_at"]}
        assert self.revoked <= kept
        assert found["listed"]["phase"] == "lobby"
        moderator = next(row for row in rows if row["role"] == "moderator")["url"]
        head = {"Authorization": f"Bearer {moderator.partition('#')[2]}"}
        async with http.get(f"{self._service.url}/api/v1/conferences", headers=head) as answer:
            (living,) = await answer.json()
        assert living["title"] == title, "the journal says what the file says"
        if not any(row["role"] == "observer" and row["url"] for row in rows):
            gone = [row for row in rows if row["role"] == "observer"][-1]["link"]
            await self.ask(http, "POST", f"/links/{gone}/renew")
        return str(found["version"])


async def test_nothing_acknowledged_is_missing(tmp_path: Path) -> None:
    rng = random.Random(20200925)
    service = Service(tmp_path)
    saver = Saver(service)
    version: str | None = None
    for number in range(KILLS):
        await service.start()
        async with ClientSession() as http:
            if number:
                version = await saver.look(http)
            going = asyncio.create_task(saver.go_on(http, version))
            await asyncio.sleep(rng.uniform(0.3, 0.9))
            await service.kill()
            with pytest.raises(ClientError):
                await going
        assert saver.acked >= 1
        assert reader.verify(service.data / "journal.sqlite").sound
    await service.start()
    async with ClientSession() as http:
        await saver.look(http)
    await service.stop()
    assert saver.acked > KILLS
    assert len(saver.revoked) >= KILLS
