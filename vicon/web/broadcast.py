"""The programme for the public: a page to watch it on, its HLS, and what a desk wants to know.

    /siaran/CONFERENCE[/KEY]          the page
    /siaran/CONFERENCE[/KEY]/FILE     HLS, for any player

With `public` in the configuration the address has no KEY, and is there for whoever knows the
conference's name; else the key is all the right there is.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web
from msgspec import Struct

from vicon.app.gateway import Hall
from vicon.core import broadcasts
from vicon.ops.links import Claims
from vicon.ops.words import Words
from vicon.web.answers import BroadcastTold
from vicon.web.api import Api, json_response, problem
from vicon.web.checkin.gate import language
from vicon.web.checkin.html import Html

FILE = r"[0-9a-z-]{1,40}\.[0-9a-z]{3,4}"
KEY = r"[A-Za-z0-9_-]{22}"
_TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "mp4": "video/mp4",
    "m4s": "video/iso.segment",
}
MOST_HELD = 24
"""Segments kept in memory, so that a hundred viewers read the disk once."""
MOST_BYTES, MOST_HELD_BYTES = 16 << 20, 64 << 20
AGAIN_S = 2
SEGMENT_AGE_S = 60


class Store(Protocol):
    def path(self, conference: str, file: str) -> Path | None: ...


class Rules(Struct, frozen=True, kw_only=True):
    """Of the configuration."""

    on: bool
    hls: bool
    public: bool
    origins: tuple[str, ...] = ()
    viewers: int = 200


class BroadcastApi:
    """`secret`: what keys are made of. `base(asked)`: the server's address
    for others, where it was `asked` under this one."""

    def __init__(
        self,
        api: Api,
        halls: Mapping[str, Hall],
        store: Store,
        rules: Rules,
        secret: bytes,
        html: Html,
        base: Callable[[str], str],
    ) -> None:
        self._api, self._halls, self._store, self._rules = api, halls, store, rules
        self._secret, self._html, self._base = secret, html, base
        self._held: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._answering = 0

    def routes(self) -> list[web.AbstractRouteDef]:
        at = "/siaran/{conference}"
        keyed = f"{at}/{{key:{KEY}}}"
        return [
            web.get("/api/v1/conferences/{id}/broadcast", self._api.known(self.told)),
            web.get(at, self.page),
            web.get(keyed, self.page),
            web.get(f"{at}/{{file:{FILE}}}", self.file),
            web.get(f"{keyed}/{{file:{FILE}}}", self.file),
        ]

    # --- for the desk -----------------------------------------------------------------------------

    async def told(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """Where it can be watched, and how it goes."""
        hall = self._halls.get(claims.conference)
        if request.match_info["id"] != claims.conference or hall is None:
            return problem("not_found", 404)
        rules, air = self._rules, hall.broadcasts
        figures = air.figures if air is not None else None
        asked = f"{request.scheme}://{request.host}"
        page = self._base(asked).rstrip("/") + self._path(claims.conference)
        return json_response(
            BroadcastTold(
                ready=rules.on,
                public=rules.public,
                page=page if rules.hls else "",
                hls=f"{page}/index.m3u8" if rules.hls else "",
                channel=urlsplit(air.channel).hostname or "" if air is not None else "",
                channel_state=figures.channel if figures is not None else "",
                seconds=figures.seconds if figures is not None else 0.0,
                pictures=figures.pictures if figures is not None else 0,
                skipped=figures.skipped if figures is not None else 0,
                kbps=figures.kbps if figures is not None else 0,
                segments=figures.segments if figures is not None else 0,
                viewers=self._answering,
            )
        )

    def _path(self, conference: str) -> str:
        key = "" if self._rules.public else f"/{watch_key(self._secret, conference)}"
        return f"/siaran/{conference}{key}"

    # --- for the public ---------------------------------------------------------------------------

    def _hall(self, request: web.Request) -> Hall:
        """Raises HTTPNotFound: what may not be watched is not there."""
        conference = request.match_info["conference"]
        hall = self._halls.get(conference)
        given = request.match_info.get("key", "")
        wanted = "" if self._rules.public else watch_key(self._secret, conference)
        if hall is None or not self._rules.hls or not hmac.compare_digest(given, wanted):
            raise web.HTTPNotFound
        return hall

    async def page(self, request: web.Request) -> web.StreamResponse:
        """?lang=id|en; else what this browser has chosen."""
        hall, lang = self._hall(request), language(request)
        words = {name: one.say(lang) for name, one in _WORDS.items()}
        source = self._path(request.match_info["conference"])
        body = self._html.render(
            "watch.html",
            lang,
            title=hall.actor.state.plan.title,
            here=request.path,
            source=source,
            hls=f"{source}/index.m3u8",
            words=words,
        )
        return web.Response(text=body, content_type="text/html", headers={"Content-Language": lang})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A playlist, a head or a segment; 503 where too many are being answered."""
        hall = self._hall(request)
        headers = self._cross(request)
        if broadcasts.running(hall.actor.state) is None:
            raise web.HTTPNotFound
        if self._answering >= self._rules.viewers:
            answer = problem("too_many_viewers", 503)
            answer.headers.update({**headers, "Retry-After": str(AGAIN_S)})
            return answer
        self._answering += 1
        try:
            name = request.match_info["file"]
            data = await self._read(request.match_info["conference"], name)
            if data is None:
                raise web.HTTPNotFound
            lasts = not name.endswith(".m3u8")
            age = f"public, max-age={SEGMENT_AGE_S}, immutable" if lasts else "no-cache"
            headers |= {"Content-Type": _TYPES[name.rpartition(".")[2]], "Cache-Control": age}
            answer = web.Response(body=data, headers=headers)
            await answer.prepare(request)
            await answer.write_eof()
            return answer
        finally:
            self._answering -= 1

    async def _read(self, conference: str, name: str) -> bytes | None:
        at = (conference, name)
        if at in self._held:
            return self._held[at]
        path = self._store.path(conference, name)
        if path is None:
            return None
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            return None
        if not name.endswith(".m3u8") and len(data) <= MOST_BYTES:
            self._held[at] = data
            while len(self._held) > MOST_HELD or self._held_bytes() > MOST_HELD_BYTES:
                self._held.popitem(last=False)
        return data

    def _held_bytes(self) -> int:
        return sum(map(len, self._held.values()))

    def _cross(self, request: web.Request) -> dict[str, str]:
        """Which other sites' pages may play it (the Fetch Standard, section 3.2)."""
        allowed, origin = self._rules.origins, request.headers.get("Origin", "")
        if not allowed:
            return {}
        found = {"Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Origin"}
        if "*" in allowed:
            return found | {"Access-Control-Allow-Origin": "*"}
        if origin in allowed:
            return found | {"Access-Control-Allow-Origin": origin}
        return found


def watch_key(secret: bytes, conference: str) -> str:
    """128 bits that nobody guesses; the same for as long as the server's key is."""
    made = hmac.new(secret, f"watch {conference}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made[:16]).decode().rstrip("=")


_WORDS: Mapping[str, Words] = {
    "switch": Words("English", "Bahasa Indonesia"),
    "waiting": Words(
        "Siaran belum dimulai, atau sudah selesai. Halaman ini memeriksa sendiri; biarkan terbuka.",
        "The broadcast has not begun, or is over. This page looks by itself; leave it open.",
    ),
    "joining": Words("Menyambung ke siaran …", "Joining the broadcast …"),
    "lost": Words(
        "Siaran tidak sampai ke perangkat ini: sambungan terputus atau server penuh. Halaman ini "
        "mencoba lagi sendiri.",
        "The broadcast does not reach this device: the connection broke or the server is full. "
        "This page tries again by itself.",
    ),
    "unable": Words(
        "Peramban ini tidak dapat memutar siaran (H.264). Buka dengan Chrome, Edge, Firefox atau "
        "Safari yang baru.",
        "This browser cannot play the broadcast (H.264). Open it in a recent Chrome, Edge, Firefox "
        "or Safari.",
    ),
    "sound": Words("Nyalakan suara", "Turn the sound on"),
    "live": Words("Langsung", "Live"),
    "script": Words(
        "Halaman ini memerlukan JavaScript. Atau buka alamat ini dengan pemutar seperti VLC:",
        "This page needs JavaScript. Or open this address in a player such as VLC:",
    ),
}
