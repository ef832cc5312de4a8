"""Other people's encoders and players, and what they receive."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from aiohttp import web
from playwright.async_api import Browser, Page

from tests.e2e.chromium import open_page
from tests.e2e.until import until

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = Path(__file__).with_name("outside.html")
_INPUT = (
    "-re", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30",
    "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
)  # fmt: skip
_CODECS = (
    "-c:v", "libx264", "-profile:v", "baseline", "-preset", "ultrafast", "-tune", "zerolatency",
    "-pix_fmt", "yuv420p", "-g", "30", "-b:v", "700k", "-threads", "1",
    "-c:a", "libopus", "-ac", "2", "-b:a", "64k",
)  # fmt: skip


@contextlib.asynccontextmanager
async def ffmpeg(
    url: str, token: str, log: Path, authority: Path | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Sends a test picture and a tone; H.264 baseline and Opus. Stopped at the end as a person
    would: it then takes leave with DELETE. `authority`: that it trusts, of a https address."""
    trust = {} if authority is None else {"SSL_CERT_FILE": str(authority)}
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", *_INPUT, *_CODECS,
        "-authorization", token, "-f", "whip", url,
    ]  # fmt: skip
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=out,
            stderr=out,
            env={**os.environ, **trust},
        )
    try:
        yield process
    finally:
        if process.returncode is None and process.stdin is not None:
            process.stdin.write(b"q")
            try:
                async with asyncio.timeout(5):
                    await process.communicate()
            except TimeoutError:
                process.kill()
                await process.wait()


@contextlib.asynccontextmanager
async def other_site() -> AsyncIterator[str]:
    """A site of somebody else, with the page of outside.html and the npm package; its address."""
    with tempfile.TemporaryDirectory(prefix="vicon-outside-") as folder:
        bundle = Path(folder) / "whip-client.js"
        await asyncio.to_thread(
            subprocess.run,
            [
                sys.executable, "hatch_build.py", "npm", "run", "--silent", "whip-client", "--",
                "--file", str(bundle),
            ],
            cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip

        async def page(_request: web.Request) -> web.StreamResponse:
            return web.FileResponse(PAGE)

        async def client(_request: web.Request) -> web.StreamResponse:
            return web.FileResponse(bundle)

        app = web.Application()
        app.add_routes([web.get("/", page), web.get("/whip-client.js", client)])
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()


class OutsidePage:
    def __init__(self, page: Page, complaints: list[str]) -> None:
        self.page = page
        self.complaints = complaints

    @classmethod
    async def open(cls, browser: Browser, url: str) -> OutsidePage:
        complaints: list[str] = []
        page = await open_page(browser, url, complaints, (320, 240))
        await page.wait_for_function("() => globalThis.play !== undefined")
        return cls(page, complaints)

    async def call(self, name: str, *arguments: str) -> object:
        return await self.page.evaluate(f"(given) => {name}(...given)", list(arguments))

    async def moves(self, codec: str = "", timeout: float = 15) -> dict[str, Any]:
        """Wait until picture and sound come, the picture in this codec; what there is then."""
        before = await self.received()

        async def look() -> tuple[bool, dict[str, Any]]:
            nonlocal before
            now, last = await self.received(), before
            before = now
            return all(now[name] > last[name] for name in ("frames", "energy")), now

        _, found = await until(
            look,
            lambda seen: seen[0] and seen[1]["codec"].endswith(codec),
            timeout,
            f"picture ({codec or 'any'}) and sound move",
            every=0.5,
        )
        return found

    async def received(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.page.evaluate("received()")
        return found
