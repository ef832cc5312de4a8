"""The organizer's page over HTTP: conferences and their links. With the organizer's token alone."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec
import segno
import structlog
from aiohttp import web

from signaling.reasons import text
from vicon import config
from vicon.app.guesses import Guesses
from vicon.app.office import Office
from vicon.app.officelinks import OfficeLinks, read_record
from vicon.app.officewords import OFFICE, Faults, Kept, LinkRow
from vicon.config import table as tables
from vicon.config.check import Finding
from vicon.core import commands as do
from vicon.core.model import Plan
from vicon.core.refusals import Refused
from vicon.ops.browsers import Browsers
from vicon.ops.claims import NOBODY, Browser
from vicon.ops.links import BadToken, Claims, Issue, MediaClaims, OfficeClaims
from vicon.ops.words import SpokenError, Words
from vicon.ports import Clock, Journal
from vicon.web import answers as say
from vicon.web.access import ASKER
from vicon.web.api import bearer, json_response, problem, untrusted
from vicon.web.asked import BadQuery, Language, language
from vicon.web.minutes import MinutesApi
from vicon.web.recordings import PATHS, RecordingsApi
from vicon.web.turns import Turns

log = structlog.get_logger("vicon.web")
T = TypeVar("T")
MOST_BYTES = 2 << 20
"""Of a conference: 100 rooms and 200 items with their notes."""
BODY_S = 10.0
AT_ONCE = 1
"""Sheets are typeset by the processor that everything else needs too."""
_STATUS = {
    "unknown_conference": 404,
    "unknown_link": 404,
    "bad_expiry": 422,
    "busy": 503,
    "journal_failed": 503,
}
"""Of refusals; the others are 409: not as things stand."""
_AT = "/api/v1/office"
_ID, _LINK = r"{id:[a-z0-9][a-z0-9-]{0,63}}", r"{link:[0-9a-f]{1,64}}"
Handler = Callable[[web.Request, do.Organizer], Awaitable[web.StreamResponse]]


class Doorkeeper(Protocol):
    """Checks tokens; raises BadToken."""

    def verify(self, token: str, now: int, browser: Browser = ...) -> Claims: ...

    def verify_media(self, token: str, now: int) -> MediaClaims: ...

    def verify_office(self, token: str, now: int, browser: Browser = ...) -> OfficeClaims: ...


class Sheets(Protocol):
    """Blocking."""

    def join(self, plan: Plan, links: Mapping[str, tuple[str, int, bool]]) -> bytes: ...

    def doors(self, plan: Plan, links: Mapping[str, str]) -> bytes: ...

    def table(self, plan: Plan, rows: Sequence[LinkRow], lang: Language) -> bytes: ...


class Sent(msgspec.Struct, frozen=True):
    table: dict[str, Any]
    version: str | None = None
    """Of what is edited; null: it is to be made."""


class Until(msgspec.Struct, frozen=True):
    at: int
    """Unix ms."""


class _Barred(Exception):
    def __init__(self, answer: web.Response) -> None:
        super().__init__()
        self.answer = answer


class OfficeApi:
    """Handlers. `base_for(asked)`: the address of the server for others, where it was `asked` under
    that one; `browser`, `settled`: see Api; `browsers`: of one-time links."""

    def __init__(
        self,
        office: Office,
        doorkeeper: Doorkeeper,
        clock: Clock,
        journal: Journal,
        minutes: MinutesApi,
        recordings: RecordingsApi,
        sheets: Sheets,
        base_for: Callable[[str], str],
        browser: Callable[[web.Request], Browser] = lambda _: NOBODY,
        browsers: Browsers | None = None,
        settled: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._office, self._links = office, OfficeLinks(office, browsers)
        self._settled = settled
        self._doorkeeper, self._clock = doorkeeper, clock
        self._journal, self._minutes, self._sheets = journal, minutes, sheets
        self._recordings = recordings
        self._base_for, self._browser = base_for, browser
        self._turns = Turns(AT_ONCE)
        self._guesses = Guesses(clock)

    def routes(self) -> list[web.AbstractRouteDef]:
        one, link = f"{_AT}/conferences/{_ID}", f"{_AT}/conferences/{_ID}/links/{_LINK}"
        known = self._known
        return [
            web.get(f"{_AT}/conferences", known(self.conferences)),
            web.get(f"{_AT}/example", known(self.example)),
            web.get(one, known(self.conference)),
            web.put(one, known(self.save)),
            web.post(f"{one}/archive", known(self.archive)),
            web.post(f"{one}/restore", known(self.restore)),
            web.get(f"{one}/record", known(self.record)),
            web.get(f"{one}/conference.toml", known(self.export)),
            web.get(one + r"/minutes.{format:pdf|odt|json}", known(self.minutes)),
            web.get(f"{one}/pact.pdf", known(self.pact)),
            web.get(one + PATHS[0], known(self.recordings)),
            web.get(one + PATHS[1], known(self.recording)),
            web.delete(one + PATHS[2], known(self.delete_recording)),
            web.get(f"{one}/links", known(self.links)),
            web.get(f"{one}/links.csv", known(self.sheet)),
            web.get(f"{one}/join.pdf", known(self.join)),
            web.get(f"{one}/doors.pdf", known(self.doors)),
            web.get(f"{link}/qr.svg", known(self.qr)),
            web.post(f"{link}/revoke", known(self.revoke)),
            web.post(f"{link}/renew", known(self.renew)),
            web.put(f"{link}/expiry", known(self.expire)),
            web.post(f"{link}/release", known(self.release)),
            web.post(f"{link}/hold", known(self.hold)),
        ]

    def _known(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Only with the organizer's token; another good one is told that it is not that."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                by = do.Organizer(name=self._organizer(request).name)
                asker: dict[str, str | None] = {"role": "organizer", "name": by.name}
                request[ASKER] = asker
                answer = await handler(request, by)
            except _Barred as barred:
                answer = barred.answer
            except SpokenError as error:
                log.error("x office", path=request.path, why=str(error))
                answer = json_response(say.Problem(code="failed", text=error.words), 503)
            except BadQuery:
                answer = problem("bad_query", 400)
            answer.headers["Cache-Control"] = "no-store"
            return answer

        return guarded

    def _organizer(self, request: web.Request) -> OfficeClaims:
        """Raises _Barred."""
        now, keeper, browser = self._clock.now(), self._doorkeeper, self._browser(request)
        try:
            token = bearer(request)
        except BadToken as error:
            raise _Barred(problem(error.code, 401)) from error
        try:
            return keeper.verify_office(token, now, browser)
        except BadToken as error:
            if _good(lambda: keeper.verify(token, now, browser)) or _good(
                lambda: keeper.verify_media(token, now)
            ):
                raise _Barred(_refusal(Refused("not_organizer"), 403)) from error
            raise _Barred(untrusted(self._guesses.told(error, request.remote))) from error

    # --- conferences ----------------------------------------------------------------------------

    async def conferences(self, _request: web.Request, by: do.Organizer) -> web.StreamResponse:
        found = self._office.conferences()
        return json_response(say.Shelved(you=by.name, now=self._clock.now(), conferences=found))

    async def example(self, _request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """The built-in one, to begin with; what its rehearsal plays stays there."""
        settings = await asyncio.to_thread(config.load, config.example())
        table = tables.to_json(tables.of(settings.conferences[0])) | {"rehearsal": []}
        return json_response(say.Example(table))

    async def conference(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        found = self._office.look(request.match_info["id"])
        return json_response(found) if found is not None else _refusal(_UNKNOWN)

    async def save(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """{"table", "version"}: 200 with the new version; 422 with what is wrong, by field."""
        id = request.match_info["id"]
        sent = await self._body(request, Sent)
        table, wrong = tables.from_json(sent.table)
        if wrong:
            found = await asyncio.to_thread(tables.check, table)
            return _faults([*wrong, *found])
        if sent.version is None:
            done = await self._office.create(by, id, table)
        else:
            done = await self._office.edit(by, id, table, sent.version)
        return _faults(done.findings) if isinstance(done, Faults) else _done(done)

    async def archive(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        return _done(await self._office.archive(by, request.match_info["id"]))

    async def restore(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        return _done(await self._office.restore(by, request.match_info["id"]))

    async def record(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """Who prepared what, oldest first."""
        id = self._id(request)
        return json_response(say.Record(await read_record(self._journal, id)))

    async def export(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """In the form of the configuration."""
        found = self._office.look(self._id(request))
        assert found is not None
        table, _ = tables.from_json(found.table)
        body = tables.render(table).encode()
        return _file(body, "application/toml", f"{found.listed.id}.toml")

    async def minutes(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """?lang=id|en; of an archived conference too."""
        return await self._minutes.minutes_of(self._id(request), request)

    async def pact(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        return await self._minutes.pact_of(self._id(request), request)

    async def recordings(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        return await self._recordings.every_of(self._id(request))

    async def recording(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        return await self._recordings.file_of(self._id(request), request)

    async def delete_recording(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        return await self._recordings.delete_of(self._id(request), request, by.name)

    # --- links ----------------------------------------------------------------------------------

    async def links(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        rows = self._rows(request)
        return json_response(say.Links(now=self._clock.now(), links=rows))

    async def sheet(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """?lang=id|en."""
        id, plan, rows = self._id(request), self._plan(request), self._rows(request)
        lang = language(request)
        body = await asyncio.to_thread(self._sheets.table, plan, rows, lang)
        return _file(body, "text/csv", f"tautan-{id}.csv", charset="utf-8")

    async def join(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """To be printed: each hall's link, or ?room=CODE."""
        links = {
            code: (row.url, row.expires_at, row.once)
            for code, row in self._printed(request, "operator")
        }
        return await self._sheet(request, "tautan-ruang", self._sheets.join, links)

    async def doors(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """To hang up: each room's check-in, or ?room=CODE."""
        links = {code: row.url for code, row in self._printed(request, "door")}
        return await self._sheet(request, "pintu", self._sheets.doors, links)

    def _printed(self, request: web.Request, role: str) -> list[tuple[str, LinkRow]]:
        """Rows with their room, of links that lead somewhere."""
        wanted = request.query.get("room")
        return [
            (row.room, row)
            for row in self._rows(request)
            if row.role == role and row.url and row.room and wanted in (None, row.room)
        ]

    async def _sheet(
        self,
        request: web.Request,
        name: str,
        typeset: Callable[[Plan, Mapping[str, T]], bytes],
        links: Mapping[str, T],
    ) -> web.StreamResponse:
        id, plan = self._id(request), self._plan(request)
        if not links:
            return _refusal(Refused("unknown_link"))
        async with self._turns.turn():
            body = await asyncio.to_thread(typeset, plan, links)
        only = next(iter(links)) if len(links) == 1 else id
        return _file(body, "application/pdf", f"{name}-{only}.pdf")

    async def qr(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """The link as a QR code (SVG)."""
        link = request.match_info["link"]
        row = next((row for row in self._rows(request) if row.link == link), None)
        if row is None or not row.url:
            return _refusal(Refused("unknown_link"))
        out = io.BytesIO()
        segno.make(row.url, error="l", micro=False).save(out, kind="svg", scale=4, border=4)
        return web.Response(body=out.getvalue(), content_type="image/svg+xml")

    async def revoke(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        id, link = request.match_info["id"], request.match_info["link"]
        return _changed(await self._links.revoke(by, id, link))

    async def renew(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """Another link in place of one that was revoked."""
        id, link = request.match_info["id"], request.match_info["link"]
        return _changed(await self._links.renew(by, id, link))

    async def expire(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """{"at": Unix ms}."""
        sent = await self._body(request, Until)
        id, link = request.match_info["id"], request.match_info["link"]
        return _changed(await self._links.expire(by, id, link, sent.at))

    async def release(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """The next browser that opens a one-time link has it."""
        id, link = request.match_info["id"], request.match_info["link"]
        return await self._let(await self._links.release(by, id, link))

    async def hold(self, request: web.Request, by: do.Organizer) -> web.StreamResponse:
        """The first browser keeps it after all."""
        id, link = request.match_info["id"], request.match_info["link"]
        return await self._let(await self._links.hold(by, id, link))

    async def _let(self, done: Issue | Refused) -> web.StreamResponse:
        if self._settled is not None:
            await self._settled()
        return _changed(done)

    def _id(self, request: web.Request) -> str:
        """Raises _Barred for one that is not here."""
        id = request.match_info["id"]
        if not self._office.has(id):
            raise _Barred(_refusal(_UNKNOWN))
        return id

    def _plan(self, request: web.Request) -> Plan:
        plan = self._office.plan(self._id(request))
        if plan is None:
            raise _Barred(_refusal(Refused("broken_file")))
        return plan

    def _rows(self, request: web.Request) -> list[LinkRow]:
        base = self._base_for(f"{request.scheme}://{request.host}")
        return self._links.rows(self._id(request), base)

    async def _body(self, request: web.Request, kind: type[T]) -> T:
        """Raises _Barred."""
        try:
            async with asyncio.timeout(BODY_S):
                body = await request.clone(client_max_size=MOST_BYTES).read()
            return msgspec.json.decode(body, type=kind)
        except TimeoutError as error:
            raise _Barred(_refusal(Refused("bad_body"), 408)) from error
        except web.HTTPRequestEntityTooLarge as error:
            raise _Barred(_refusal(Refused("bad_body"), 413)) from error
        except (msgspec.MsgspecError, RecursionError) as error:
            raise _Barred(_refusal(Refused("bad_body"), 400)) from error


_UNKNOWN = Refused("unknown_conference")


def _good(verify: Callable[[], object]) -> bool:
    try:
        verify()
    except BadToken:
        return False
    return True


def _refusal(refused: Refused, status: int | None = None) -> web.Response:
    own = OFFICE.get(refused.code)
    if own is None:
        said = text(refused.code, **refused.params)
        words = Words(said.id, said.en)
    else:
        words = Words(own.id.format_map(refused.params), own.en.format_map(refused.params))
    body = say.Problem(code=refused.code, text=words)
    return json_response(body, status or _STATUS.get(refused.code, 409))


def _faults(found: Sequence[Finding]) -> web.Response:
    faults = [say.FieldFault(place=one.place, text=one.words) for one in found]
    return json_response(say.Problem(code="bad_conference", text=_WRONG, faults=faults), 422)


def _done(done: Kept | Refused) -> web.Response:
    return _refusal(done) if isinstance(done, Refused) else json_response(done)


def _changed(done: Issue | Refused) -> web.Response:
    return _refusal(done) if isinstance(done, Refused) else json_response(say.LinkTold(done.jti))


def _file(body: bytes, kind: str, name: str, charset: str | None = None) -> web.Response:
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=kind, charset=charset, headers=head)


_WRONG = Words(
    "Belum disimpan: ada isian yang perlu diperbaiki. Lihat tanda di isiannya.",
    "Not saved: some entries need mending. See the marks at the fields.",
)
