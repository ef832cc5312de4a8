"""The minutes and the pact's document over HTTP, made from the journal as it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, Protocol, cast

import structlog
from aiohttp import web

from vicon.app.gateway import Hall
from vicon.core.change import BrokenHistory
from vicon.core.minutewords import Minutes
from vicon.ops.links import Claims
from vicon.ops.words import Words
from vicon.ports import JournalError
from vicon.web.answers import Problem
from vicon.web.api import Api, json_response, problem
from vicon.web.asked import Language, language
from vicon.web.turns import Busy, Turns

log = structlog.get_logger("vicon.web")
Format = Literal["json", "pdf", "odt"]
AT_ONCE = 1
"""Documents that are made at a time, by the processor that everything else needs too."""
_TYPES: Mapping[Format, str] = {
    "json": "application/json",
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
}
_SIGNERS = ("moderator", "operator")


class Documents(Protocol):
    """Blocking."""

    def minutes(self, minutes: Minutes, format: Format, lang: Language) -> bytes: ...

    def pact(self, minutes: Minutes, lang: Language) -> bytes:
        """Of minutes with a pact."""
        ...


class MinutesApi:
    def __init__(
        self,
        api: Api,
        halls: Mapping[str, Hall],
        read: Callable[[str], Awaitable[Minutes]],
        documents: Documents,
    ) -> None:
        """`read(conference)` raises JournalError and BrokenHistory."""
        self._api, self._halls = api, halls
        self._read, self._documents = read, documents
        self._turns = Turns(AT_ONCE)

    def routes(self) -> list[web.AbstractRouteDef]:
        at = "/api/v1/conferences/{id}"
        known = self._api.known
        return [
            web.get(at + r"/minutes.{format:pdf|odt|json}", known(self.minutes)),
            web.get(f"{at}/pact.pdf", known(self.pact)),
        ]

    async def minutes(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """?lang=id|en; for moderators."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        if claims.role != "moderator":
            return problem("not_allowed", 403)
        return await self.minutes_of(claims.conference, request)

    async def pact(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """?lang=id|en; for moderators and the halls that sign."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        if claims.role not in _SIGNERS:
            return problem("not_allowed", 403)
        if self._halls[claims.conference].actor.state.pact.document is None:
            return problem("no_pact", 404)
        return await self.pact_of(claims.conference, request)

    async def minutes_of(self, conference: str, request: web.Request) -> web.StreamResponse:
        """Of any conference that has a journal, for whoever may have them."""
        format = cast(Format, request.match_info["format"])
        lang = language(request)

        def make(found: Minutes) -> bytes:
            return self._documents.minutes(found, format, lang)

        return await self._made(conference, make, f"berita-acara-{{}}.{format}", format)

    async def pact_of(self, conference: str, request: web.Request) -> web.StreamResponse:
        lang = language(request)

        def make(found: Minutes) -> bytes:
            return self._documents.pact(found, lang) if found.pact is not None else b""

        return await self._made(conference, make, "pakta-{}.pdf", "pdf")

    async def _made(
        self, conference: str, make: Callable[[Minutes], bytes], name: str, format: Format
    ) -> web.StreamResponse:
        """Read and written when its turn has come."""
        try:
            async with self._turns.turn():
                body = await asyncio.to_thread(make, await self._read(conference))
        except Busy:
            return problem("busy", 503)
        except (JournalError, BrokenHistory) as error:
            log.error("x journal", conference=conference, why=str(error))
            return json_response(Problem(code="journal_unread", text=_UNREAD), 503)
        if not body:
            return problem("no_pact", 404)
        head = {
            "Content-Disposition": f'attachment; filename="{name.format(conference)}"',
            "Cache-Control": "no-store",
        }
        return web.Response(body=body, content_type=_TYPES[format], headers=head)


_UNREAD = Words(
    "Jurnal di server tidak dapat dibaca sekarang. Coba lagi; bila berulang, panggil teknisi.",
    "The server's journal cannot be read now. Try again; if it repeats, call a technician.",
)
