"""scripts/bench join: from the click on Gabung to the first picture.

A real server, agents in the hub and nine rooms, and Chromium in the tenth: in every round a new
person opens the link, presses Gabung, and the page tells when the first frame of another room was
shown, when that of the room on air, and when all ten moved. Prints one JSON object; milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
from pathlib import Path

from playwright.async_api import Browser

from signaling.client import Client, parse_link
from signaling.messages import DeviceRemove
from tests.bench.hall import ROOMS, Hall, full_house, header, spread
from tests.e2e.chromium import EXECUTABLE, chromium
from tests.e2e.until import until
from vicon.ops import logging

SCRIPT = Path(__file__).with_name("join.js").read_text("utf-8")
OWN_PICTURE = "[...document.querySelectorAll('video')].some((one) => one.videoWidth > 0)"
TIMEOUT_MS = 20_000
FIGURES = ("first", "on_air", "all")


async def one_round(browser: Browser, hall: Hall) -> dict[str, float]:
    context = await browser.new_context(permissions=["camera", "microphone"], locale="id")
    try:
        await context.add_init_script(SCRIPT)
        page = await context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        await page.goto(hall.free.url)
        button = page.get_by_role("button", name="Gabung", exact=True)
        await button.wait_for()
        # As a person does: press when the own picture is there.
        await until(lambda: page.evaluate(OWN_PICTURE), bool, 10, "the own picture")
        times: dict[str, float] = await button.evaluate(
            "(button, [rooms, ms]) => __join(button, rooms, ms)", [ROOMS + 1, TIMEOUT_MS]
        )
    finally:
        await context.close()
    await empty(hall)
    return {name: round(times[name], 1) for name in FIGURES}


async def empty(hall: Hall) -> None:
    """Take the lost device out of the room, so that the next one is again its main camera."""
    url, token = parse_link(hall.service.link("moderator").url)
    async with Client(url, token, rng=secrets.SystemRandom()) as client:
        view = await client.ready(10)
        room = next(one for one in view.rooms if one.code == hall.free.room)
        for device in room.devices:
            await client.command(DeviceRemove(device=device.id))


async def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench join")
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    logging.setup(level="warning")
    if EXECUTABLE is None:
        print("no Chromium here (on Debian: apt-get install chromium)", file=sys.stderr)
        return 2
    raw = []
    async with full_house() as hall, chromium() as browser:
        await one_round(browser, hall)  # the browser's first page pays for its start
        for number in range(arguments.rounds):
            raw.append(await one_round(browser, hall))
            print(f"round {number + 1} of {arguments.rounds}: {raw[-1]}", file=sys.stderr)
        version = browser.version
    result = {
        **header("join", chromium=version),
        "summary": {name: spread([one[name] for one in raw]) for name in FIGURES},
        "raw": raw,
    }
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
