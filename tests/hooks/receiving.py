"""A receiver of webhooks as somebody would write one: it proves each signature, keeps what it has
taken, and can be told to answer otherwise for a while."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from vicon.config.settings import Webhook

SECRET = "whsec_" + base64.b64encode(b"rahasia-dari-kantor-yang-panjang").decode()


@dataclass
class Receiver:
    url: str
    answers: int = 200
    """The status with which it answers from now on."""
    location: str = ""
    """Where to it would send whoever asks."""
    hangs: bool = False
    taken: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    """Of what it has taken, as it came."""
    tries: int = 0
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        prove(request.headers, body)
        self.tries += 1
        if self.hangs:
            await asyncio.sleep(60)
        if self.answers == 200:
            self.taken.append(msgspec.json.decode(body))
            self.ids.append(request.headers["webhook-id"])
        async with self._came:
            self._came.notify_all()
        head = {"Location": self.location} if self.location else {}
        return web.Response(status=self.answers, headers=head)

    async def until(self, wanted: Callable[[], bool], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(wanted)

    def setting(self, name: str = "pusat", **more: Any) -> Webhook:
        quick = {"first_retry_s": 0.05, "most_retry_s": 0.2, "timeout_s": 2.0}
        return Webhook(name=name, url=self.url, secret=SECRET, **(quick | more))

    def types(self) -> list[str]:
        return [one["type"] for one in self.taken]

    def once(self) -> list[str]:
        """The ids in the order of their first coming."""
        return list(dict.fromkeys(self.ids))


def prove(headers: Any, body: bytes) -> None:
    """As the specification has it, by the standard library alone."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert headers["content-type"] == "application/json"


@asynccontextmanager
async def receiver(port: int = 0) -> AsyncIterator[Receiver]:
    app = web.Application()
    made = Receiver("")
    app.router.add_post("/vicon", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    found = runner.addresses[0][1]
    made.url = f"http://127.0.0.1:{found}/vicon"
    try:
        yield made
    finally:
        await runner.cleanup()
