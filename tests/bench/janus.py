"""Janus (Debian's package `janus`) as the SFU to compare with: the process, and the VideoRoom
plugin by JSON over WebSocket. Its settings are the package's own, but for where they lie, quiet
logs, and what is not needed left out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp

START_TIMEOUT_S = 15.0
REQUEST_TIMEOUT_S = 15.0
_NO_SUCH_FEED = 428
_KEEPALIVE_S = 20.0
_LIBRARIES = Path("/usr/lib")


class JanusError(Exception):
    """Janus did not start, or refused. `code`: its own, 0 for none."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


def _folder() -> Path | None:
    """Where its plugins are: below the machine's own library directory."""
    return next((f.parent for f in _LIBRARIES.glob("*/janus/plugins")), None)


def why_not() -> str:
    """Why it cannot be run here; empty when it can."""
    if shutil.which("janus") is None or _folder() is None:
        return "Janus is not installed here (on Debian: apt-get install janus)"
    return ""


def version() -> str:
    told = subprocess.run(["janus", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\(([\d.]+)\)", told.stdout + told.stderr)
    return found[1] if found else "unknown"


def _write_settings(folder: Path, port: int) -> None:
    found = _folder()
    assert found is not None
    places = "\n".join(
        f'  {name}_folder = "{found / name}"'
        for name in ("plugins", "transports", "events", "loggers")
    )
    plugins = sorted(f.name for f in (found / "plugins").glob("*.so"))
    transports = sorted(f.name for f in (found / "transports").glob("*.so"))
    unused = ",".join(p for p in plugins if "videoroom" not in p)
    other = ",".join(t for t in transports if "websockets" not in t)
    (folder / "janus.jcfg").write_text(
        f'general: {{\n  configs_folder = "{folder}"\n{places}\n  debug_level = 2\n}}\n'
        "certificates: { }\nmedia: { }\nnat: { }\n"
        f'plugins: {{ disable = "{unused}" }}\ntransports: {{ disable = "{other}" }}\n'
        "loggers: { }\nevents: { }\n"
    )
    (folder / "janus.transport.websockets.jcfg").write_text(
        f'general: {{ ws = true\n  ws_port = {port}\n  ws_ip = "127.0.0.1"\n  wss = false }}\n'
        "admin: { }\n"
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")


def _free_port() -> int:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return int(own.getsockname()[1])


class Janus:
    """One session over one WebSocket; a handle for each connection of media."""

    def __init__(self, pid: int, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.pid = pid
        self._socket = socket
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._session: int | None = None

    async def listen(self) -> None:
        """Until the socket closes. Run it beside all that asks."""
        async for message in self._socket:
            told = json.loads(message.data)
            waiting = self._waiting.get(told.get("transaction", ""))
            if waiting is not None and told["janus"] != "ack" and not waiting.done():
                waiting.set_result(told)

    async def keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_KEEPALIVE_S)
            await self.ask("keepalive", acknowledged=True)

    async def ask(self, what: str, *, acknowledged: bool = False, **more: Any) -> dict[str, Any]:
        """The answer to a request. Raises JanusError when it is refused."""
        number = secrets.token_hex(8)
        request = {"janus": what, "transaction": number, **more}
        if self._session is not None:
            request["session_id"] = self._session
        if acknowledged:  # no more than that comes
            await self._socket.send_json(request)
            return {}
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_json(request)
            told = await asyncio.wait_for(self._waiting[number], REQUEST_TIMEOUT_S)
        finally:
            del self._waiting[number]
        data = told.get("plugindata", {}).get("data", {})
        if "error" in told or "error" in data:
            raise JanusError(json.dumps(told), data.get("error_code", 0))
        return told

    async def open(self) -> None:
        self._session = (await self.ask("create"))["data"]["id"]

    async def handle(self) -> int:
        told = await self.ask("attach", plugin="janus.plugin.videoroom")
        return int(told["data"]["id"])

    async def say(
        self, handle: int, body: dict[str, Any], answer: str = "", offer: str = ""
    ) -> str:
        """A message to the plugin; returns the description in its answer, if there is one."""
        more: dict[str, Any] = {}
        if offer or answer:
            kind = "offer" if offer else "answer"
            more["jsep"] = {"type": kind, "sdp": offer or answer}
        told = await self.ask("message", handle_id=handle, body=body, **more)
        return str(told.get("jsep", {}).get("sdp", ""))


class Room:
    """A VideoRoom. Devices are named by numbers from 1."""

    def __init__(self, janus: Janus, number: int) -> None:
        self._janus, self._number = janus, number
        self._handles: dict[int, int] = {}

    async def open(self, handle: int, **settings: Any) -> None:
        body = {"request": "create", "room": self._number, "publishers": 64, **settings}
        await self._janus.say(handle, body)

    async def publish(self, device: int, offer: str) -> str:
        body = {"request": "joinandconfigure", "room": self._number, "ptype": "publisher"}
        handle = await self._janus.handle()
        return await self._janus.say(handle, {**body, "id": device}, offer=offer)

    async def subscribe(self, device: int, sources: Sequence[int]) -> str:
        streams = [{"feed": source} for source in sources]
        body = {"request": "join", "room": self._number, "ptype": "subscriber", "streams": streams}
        handle = self._handles[device] = await self._janus.handle()
        end = time.monotonic() + REQUEST_TIMEOUT_S
        while True:
            try:
                return await self._janus.say(handle, body)
            except JanusError as error:
                # The publisher may know earlier than Janus that it is connected.
                if error.code != _NO_SUCH_FEED or time.monotonic() > end:
                    raise
            await asyncio.sleep(0.1)

    async def answer(self, device: int, answer: str) -> None:
        await self._janus.say(self._handles[device], {"request": "start"}, answer=answer)


@contextlib.asynccontextmanager
async def running(log: Path | None = None) -> AsyncIterator[tuple[int, Room]]:
    """A Janus of our own with an empty room; its process id. Raises JanusError."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        port = _free_port()
        _write_settings(Path(folder), port)
        out: Any = stack.enter_context(log.open("wb")) if log else subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            "janus", "-F", folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            async with aiohttp.ClientSession() as session:
                ours = await _connect(session, f"ws://127.0.0.1:{port}", process)
                async with contextlib.AsyncExitStack() as tasks:
                    janus = Janus(process.pid, ours)
                    for run in (janus.listen(), janus.keep_alive()):
                        task = asyncio.create_task(run)
                        tasks.callback(task.cancel)
                    await janus.open()
                    room = Room(janus, 1 + secrets.randbelow(1 << 30))
                    await room.open(await janus.handle(), videocodec="vp8", audiocodec="opus")
                    yield process.pid, room
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _connect(
    session: aiohttp.ClientSession, url: str, process: asyncio.subprocess.Process
) -> aiohttp.ClientWebSocketResponse:
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            while process.returncode is None:
                try:
                    return await session.ws_connect(url, protocols=["janus-protocol"])
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    raise JanusError("Janus did not start")
