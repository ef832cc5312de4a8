"""Trial runs over HTTP: history, whole runs, reports, comparisons, test links, readiness."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec
import structlog
from aiohttp import web

from vicon.app.gateway import Hall
from vicon.core import readiness
from vicon.measure.beside import CompareRow
from vicon.measure.run import Run, decode
from vicon.ops.links import Claims
from vicon.ports import Clock, JournalError, TrialRecord, TrialStore
from vicon.web.answers import (
    Compared,
    Figures,
    ReadinessTold,
    RoomAddress,
    RoomReadiness,
    RunShort,
    RunTold,
)
from vicon.web.api import Api, json_response, problem
from vicon.web.asked import MOST_MS, Language, language, whole
from vicon.web.turns import Turns

log = structlog.get_logger("vicon.web")
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request, Claims], Awaitable[web.StreamResponse]]
LIMIT, MOST = 50, 200
SEARCHED = 200
"""So many earlier runs are looked through for the last good one."""
AT_ONCE = 2
_TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "json": "application/json",
    "txt": "text/plain",
}
_GUIDES = ("technician", "moderator")


class Reports(Protocol):
    """Reports of a run; blocking."""

    def make(self, run: Run, format: str, lang: Language) -> bytes: ...

    def compare(self, run: Run, against: Run | None) -> list[CompareRow]: ...


class TrialApi:
    """Handlers; `still(run)` gives the JPEG of a run at hand, `links()` the test links by room."""

    def __init__(
        self,
        api: Api,
        halls: Mapping[str, Hall],
        store: TrialStore,
        reports: Reports,
        still: Callable[[str], bytes],
        links: Callable[[str], list[tuple[str, str]]],
        clock: Clock,
    ) -> None:
        self._api, self._halls, self._store = api, halls, store
        self._reports, self._still, self._links = reports, still, links
        self._clock = clock
        self._turns = Turns(AT_ONCE)

    def routes(self) -> list[web.AbstractRouteDef]:
        def known(handler: Handler) -> Answering:
            return self._api.known(_stored(handler))

        return [
            web.get("/api/v1/trials", known(self.history)),
            web.get("/api/v1/trials/{id}", known(self.run)),
            web.get(r"/api/v1/trials/{id}/report.{format:pdf|csv|json|txt}", known(self.report)),
            web.get("/api/v1/trials/{id}/compare", known(self.compare)),
            web.get("/api/v1/trials/{id}/still.jpg", known(self.picture)),
            web.get("/api/v1/trial-links", known(self.room_links)),
            web.get("/api/v1/readiness", known(self.readiness)),
        ]

    async def history(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """Newest first; ?room=CODE&limit=1..200&before=UNIX_MS."""
        limit = whole(request, "limit", 1, MOST) or LIMIT
        before = whole(request, "before", 0, MOST_MS)
        room = request.query.get("room")
        if claims.role not in _GUIDES:
            if room not in (None, claims.room) or claims.room is None:
                return problem("not_allowed", 403)
            room = claims.room
        found = await self._store.page(claims.conference, room, limit, before)
        return json_response([_short(record) for record in found])

    async def run(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The run whole, and which one it is to be compared with."""
        run = await self._find(request, claims)
        if isinstance(run, web.StreamResponse):
            return run
        against = await self._last_good(run)
        return json_response(RunTold(run=run, last_good=against.id if against else None))

    async def report(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """?lang=id|en."""
        run = await self._find(request, claims)
        if isinstance(run, web.StreamResponse):
            return run
        kind = request.match_info["format"]
        lang = language(request)
        async with self._turns.turn():
            body = await asyncio.to_thread(self._reports.make, run, kind, lang)
        if run.state != "running":
            digest = hashlib.sha256(body).hexdigest()
            # Before it is handed out: a report that was given away can be recognised.
            await self._store.add_report(digest, run.id, kind, self._clock.now())
        name = f"uji-{run.room}-{run.id}.{kind}"
        head = {"Content-Disposition": f'attachment; filename="{name}"'}
        charset = "utf-8" if kind in ("csv", "txt") else None
        return web.Response(body=body, content_type=_TYPES[kind], charset=charset, headers=head)

    async def compare(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """Beside the room's last good run before it."""
        run = await self._find(request, claims)
        if isinstance(run, web.StreamResponse):
            return run
        against = await self._last_good(run)
        rows = self._reports.compare(run, against)
        return json_response(
            Compared(
                run=run.id,
                against=against.id if against else None,
                rows=rows,
                against_at=against.started_at if against else None,
            )
        )

    async def picture(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The hall's camera as it came, while the run is at hand; it is never stored."""
        run = await self._find(request, claims)
        if isinstance(run, web.StreamResponse):
            return run
        body = self._still(run.id)
        if not body:
            return problem("unknown_run", 404)
        head = {"Cache-Control": "no-store"}
        return web.Response(body=body, content_type="image/jpeg", headers=head)

    async def room_links(self, _request: web.Request, claims: Claims) -> web.StreamResponse:
        """The link of each room's test page, for those who send them out."""
        if claims.role not in _GUIDES:
            return problem("not_allowed", 403)
        found = self._links(claims.conference)
        return json_response([RoomAddress(room=room, url=url) for room, url in found])

    async def readiness(self, _request: web.Request, claims: Claims) -> web.StreamResponse:
        """Of each room and of all; why, only of one's own room."""
        state, now = self._halls[claims.conference].actor.state, self._clock.now()
        rooms = {}
        for code in state.rooms:
            found = readiness.readiness(state, code, now)
            told = claims.role in _GUIDES or code == claims.room
            shown = found if told else found._replace(id="", en="")
            rooms[code] = RoomReadiness(**shown._asdict())
        total = readiness.overall(state, now)
        return json_response(ReadinessTold(go=total.go, **total._asdict(), rooms=rooms))

    async def _find(self, request: web.Request, claims: Claims) -> Run | web.StreamResponse:
        record = await self._store.get(request.match_info["id"][:64])
        if record is None or record.conference != claims.conference:
            return problem("unknown_run", 404)
        if claims.role not in _GUIDES and record.room != claims.room:
            return problem("not_allowed", 403)
        return decode(record.body)

    async def _last_good(self, run: Run) -> Run | None:
        """The newest earlier full run of the room that passed, else that only warned."""
        found = await self._store.page(run.conference, run.room, SEARCHED, run.started_at)
        full = [one for one in found if one.kind == "full" and one.state == "done"]
        for verdict in ("pass", "warn"):
            for record in full:
                earlier = _whole(record) if record.verdict == verdict else None
                if earlier is not None and not earlier.together:
                    return earlier
        return None


def _stored(handler: Handler) -> Handler:
    """Tell a store that cannot be read or written, or a run in it, as such."""

    async def tell(request: web.Request, claims: Claims) -> web.StreamResponse:
        try:
            return await handler(request, claims)
        except (JournalError, msgspec.MsgspecError) as error:
            log.error("x trial store", why=str(error))
            return problem("trials_unread", 503)

    return tell


def _whole(record: TrialRecord) -> Run | None:
    """None for one that is damaged: it must not hide the others."""
    try:
        return decode(record.body)
    except msgspec.MsgspecError as error:
        log.error("x trial run", run=record.id, why=str(error))
        return None


def _short(record: TrialRecord) -> RunShort:
    run = _whole(record)
    kept = msgspec.structs.asdict(record)
    names = Figures.__struct_fields__
    return RunShort(
        **{name: kept[name] for name in kept if name not in ("body", "conference")},
        damaged=run is None,
        together=run is not None and run.together,
        figures=Figures(**{name: run.value(name) if run is not None else None for name in names}),
    )
