"""Firefox ESR, driven over WebDriver BiDi (W3C) without a driver between.

Playwright's own Firefox cannot be had from a distribution, and its BiDi channel asks Firefox ESR
for commands that it does not know; the few that a test needs are plain.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

EXECUTABLE = shutil.which("firefox-esr") or shutil.which("firefox")
PREFERENCES: dict[str, bool | int] = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.autoplay.default": 0,
    "media.devices.insecure.enabled": True,
    "media.getusermedia.insecure.enabled": True,
    "media.gmp-manager.updateEnabled": False,
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class ScriptError(Exception):
    """The page's script threw; the message is the page's."""


class FirefoxPage:
    """One tab. Commands raise TimeoutError after `timeout` seconds without an answer."""

    def __init__(self, socket: ClientConnection, timeout: float = 20) -> None:
        self._socket = socket
        self._timeout = timeout
        self._ids = itertools.count(1)
        self._tab = ""

    async def open(self) -> None:
        await self.send("session.new", capabilities={})
        tree = await self.send("browsingContext.getTree")
        self._tab = tree["contexts"][0]["context"]

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        async with asyncio.timeout(self._timeout):
            await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
            while True:  # events and answers to others pass by
                answer = json.loads(await self._socket.recv())
                if answer.get("id") == number:
                    break
        if answer["type"] == "error":
            raise ScriptError(f"{method}: {answer['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def init_script(self, source: str) -> None:
        """Run before any script of every page that is opened from now on."""
        await self.send("script.addPreloadScript", functionDeclaration=f"() => {{ {source} }}")

    async def goto(self, url: str) -> None:
        await self.send("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited and carried over as JSON."""
        answer = await self.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._tab},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise ScriptError(answer["exceptionDetails"]["text"])
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)


@contextlib.asynccontextmanager
async def firefox(profile: Path, timeout: float = 40) -> AsyncIterator[FirefoxPage]:
    """A headless Firefox with a fake camera and a profile of its own."""
    assert EXECUTABLE
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "user.js").write_text("\n".join(lines), "utf-8")
    process = await asyncio.create_subprocess_exec(
        EXECUTABLE, "--headless", "--no-remote", "--profile", str(profile),
        "--remote-debugging-port", "0", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr
    drain: asyncio.Task[bytes] | None = None
    try:
        async with asyncio.timeout(timeout):
            address = None
            while address is None:
                line = await process.stderr.readline()
                assert line, "Firefox ended before it listened"
                address = re.search(rb"WebDriver BiDi listening on (ws://\S+)", line)
        drain = asyncio.create_task(process.stderr.read())
        url = address[1].decode() + "/session"
        async with connect(url, max_size=2**24, open_timeout=timeout) as socket:
            page = FirefoxPage(socket)
            await page.open()
            yield page
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()
        if drain:
            await drain
