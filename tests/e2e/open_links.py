"""A person with a browser: `python -m tests.e2e.open_links FILE` opens the moderator's and a room's
link out of `vicon links --json`, presses Gabung, and waits until the moderator sees the room move.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.e2e.chromium import chromium
from tests.e2e.pages import ControlRoom, RoomPage
from tests.e2e.until import until

ROOM = "64.02"


async def main(links: Path) -> None:
    urls = {(one["role"], one["room"]): one["url"] for one in json.loads(links.read_text("utf-8"))}
    moderator = next(url for (role, _), url in urls.items() if role == "moderator")
    async with chromium() as browser:
        hub = await ControlRoom.open(browser, moderator)
        room = await RoomPage.open(browser, urls["operator", ROOM])
        await room.join()
        seen = await until(
            hub.received,
            lambda rooms: ROOM in rooms and rooms[ROOM].frames > 10 and rooms[ROOM].energy > 0,
            20,
            f"the moderator sees and hears {ROOM}",
        )
    print(f"the moderator's page decoded {seen[ROOM].frames} frames of {ROOM}, with sound")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
