"""The head count over HTTP: who is expected goes in as CSV; who came, and how many were in each
room, comes out as CSV, JSON and PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, cast

import structlog
from aiohttp import web
from msgspec import UNSET, UnsetType

from signaling.reasons import text
from vicon.app.courses import Courses, Story
from vicon.app.expected import BadList, Fault, read
from vicon.app.gateway import Hall
from vicon.core import commands as do
from vicon.core.model import Actor
from vicon.core.refusals import Refused
from vicon.ops.links import Claims
from vicon.ops.words import Words
from vicon.ports import JournalError
from vicon.web.answers import ExpectedTaken, Problem
from vicon.web.api import Api, json_response, problem
from vicon.web.asked import Language, language
from vicon.web.turns import Turns

log = structlog.get_logger("vicon.web")
Kind = Literal["attendance", "counts"]
BODY_S = 10.0
"""How long a list may take to come."""
AT_ONCE = 2
"""Reports that are made at a time."""
_ALL_ROOMS = ("moderator", "technician")
_STATUS = {"not_allowed": 403, "not_open": 409, "conference_closed": 409, "list_full": 422}
"""Of refusals; of others 503, for they pass."""
_NAMES: dict[Kind, str] = {"attendance": "daftar-hadir", "counts": "jumlah-orang"}


class Reports(Protocol):
    """Of a story, of these rooms; blocking."""

    def json(self, kind: Kind, story: Story, rooms: Sequence[str]) -> bytes: ...

    def csv(self, kind: Kind, story: Story, rooms: Sequence[str], lang: Language) -> bytes: ...

    def pdf(self, story: Story, rooms: Sequence[str], lang: Language) -> bytes: ...


class AttendanceApi:
    def __init__(
        self, api: Api, halls: Mapping[str, Hall], courses: Courses, reports: Reports
    ) -> None:
        self._api, self._halls = api, halls
        self._courses, self._reports = courses, reports
        self._turns = Turns(AT_ONCE)

    def routes(self) -> list[web.AbstractRouteDef]:
        at = "/api/v1/conferences/{id}"
        known = self._api.known
        return [
            web.post(f"{at}/expected", known(self.expect)),
            web.get(at + r"/{kind:attendance|counts}.{format:csv|json}", known(self.table)),
            web.get(f"{at}/headcount.pdf", known(self.annex)),
        ]

    async def expect(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The rooms' lists of who is to come, in place of those before; all of it or nothing."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        if claims.role != "moderator":
            return problem("not_allowed", 403)
        actor = self._halls[claims.conference].actor
        try:
            async with asyncio.timeout(BODY_S):
                body = await request.read()
            persons = await asyncio.to_thread(read, body, actor.state)
        except TimeoutError:
            return _said("too_slow", 408, _TOO_SLOW)
        except web.HTTPRequestEntityTooLarge:
            return _said("list_too_large", 413, _too_large(request.client_max_size >> 10))
        except BadList as bad:
            return _said("bad_list", 422, bad.words, errors=bad.faults)
        asker = Actor(role=claims.role, name=claims.name, room=claims.room)
        done = await actor.submit(asker, do.ImportExpected(persons=persons))
        if isinstance(done, Refused):
            words = text(done.code, **done.params)
            return _said(done.code, _STATUS.get(done.code, 503), Words(words.id, words.en))
        counts = {code: len(of) for code, of in persons.items()}
        return json_response(ExpectedTaken(rooms=counts, persons=sum(counts.values())))

    async def table(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """?room=CODE&lang=id|en."""
        kind, lang = cast(Kind, request.match_info["kind"]), language(request)
        found = await self._story(request, claims)
        if isinstance(found, web.StreamResponse):
            return found
        story, rooms = found
        if request.match_info["format"] == "json":
            async with self._turns.turn():
                body = await asyncio.to_thread(self._reports.json, kind, story, rooms)
            return web.Response(body=body, content_type="application/json")
        async with self._turns.turn():
            body = await asyncio.to_thread(self._reports.csv, kind, story, rooms, lang)
        name = f"{_NAMES[kind]}-{claims.conference}.csv"
        return web.Response(
            body=body, content_type="text/csv", charset="utf-8", headers=_attached(name)
        )

    async def annex(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The annex to the minutes; ?room=CODE&lang=id|en."""
        lang = language(request)
        found = await self._story(request, claims)
        if isinstance(found, web.StreamResponse):
            return found
        story, rooms = found
        async with self._turns.turn():
            body = await asyncio.to_thread(self._reports.pdf, story, rooms, lang)
        name = f"lampiran-jumlah-orang-{claims.conference}.pdf"
        return web.Response(body=body, content_type="application/pdf", headers=_attached(name))

    async def _story(
        self, request: web.Request, claims: Claims
    ) -> tuple[Story, list[str]] | web.StreamResponse:
        """What happened so far, and the rooms that are asked for and may be told of."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        every = list(self._halls[claims.conference].actor.state.rooms)
        asked = request.query.get("room")
        if claims.role == "operator":
            mine = [code for code in every if code == claims.room]
            if asked not in (None, claims.room):
                return problem("not_allowed", 403)
            rooms = mine
        elif claims.role not in _ALL_ROOMS:
            return problem("not_allowed", 403)
        else:
            rooms = every if asked is None else [code for code in every if code == asked]
        if not rooms:
            return problem("unknown_room", 404)
        try:
            return await self._courses.read(claims.conference), rooms
        except JournalError as error:
            log.error("x journal", conference=claims.conference, why=str(error))
            return _said("journal_unread", 503, _UNREAD)


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _said(
    code: str, status: int, words: Words, errors: list[Fault] | UnsetType = UNSET
) -> web.Response:
    return json_response(Problem(code=code, text=words, errors=errors), status)


def _too_large(kib: int) -> Words:
    return Words(
        f"Daftar ini terlalu besar: paling besar {kib} KiB. Unggah per beberapa ruang; ruang yang "
        "tidak disebut tidak berubah.",
        f"This list is too large: {kib} KiB at most. Upload a few rooms at a time; rooms that are "
        "not named keep theirs.",
    )


_TOO_SLOW = Words(
    "Daftar ini tidak datang utuh dalam 10 detik. Periksa jaringannya, lalu unggah lagi.",
    "The list did not come whole within 10 seconds. Check the network, then upload it again.",
)
_UNREAD = Words(
    "Jurnal di server tidak dapat dibaca sekarang. Coba lagi; bila berulang, panggil teknisi.",
    "The server's journal cannot be read now. Try again; if it repeats, call a technician.",
)
