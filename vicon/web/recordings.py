"""Recordings over HTTP: the list, each file, and deletion. For moderators and the organizer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from aiohttp import web

from vicon.core import recordings
from vicon.core.model import Conference
from vicon.core.recordplan import Recorded
from vicon.ops.links import Claims
from vicon.ops.words import Words
from vicon.ports import (
    RecordingError,
    RecordingStore,
)
from vicon.web.answers import Problem, RecordingDeleted, RecordingFile, RecordingTold
from vicon.web.api import Api, json_response, problem

log = structlog.get_logger("vicon.web")
_TYPES = {"webm": "video/webm", "mkv": "video/x-matroska", "json": "application/json"}
PATHS = (
    "/recordings",
    r"/recordings/{recording:[A-Za-z0-9._-]{1,80}}/{file:[A-Za-z0-9._-]{1,80}}",
    r"/recordings/{recording:[A-Za-z0-9._-]{1,80}}",
)
"""The list; a file; a recording to be deleted."""


Noted = Callable[[str, str, str], Awaitable[bool]]


class RecordingsApi:
    """`state`: of a conference that lives here; None: there is none. `noted`: enter in the journal
    of a conference that a recording was deleted, and by whom; False: it could not be."""

    def __init__(
        self,
        api: Api,
        store: RecordingStore,
        state: Callable[[str], Conference | None],
        noted: Noted,
    ) -> None:
        self._api, self._store, self._state, self._noted = api, store, state, noted

    def routes(self) -> list[web.AbstractRouteDef]:
        at, known = "/api/v1/conferences/{id}", self._api.known
        every, one, whole = PATHS
        return [
            web.get(at + every, known(self.every)),
            web.get(at + one, known(self.file)),
            web.delete(at + whole, known(self.delete)),
        ]

    async def every(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        return await self.every_of(claims.conference)

    async def file(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """With ranges (RFC 9110, section 14): a part is as large as its hall was long."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        return await self.file_of(claims.conference, request)

    async def delete(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        return await self.delete_of(claims.conference, request, claims.name)

    # --- of any conference, for whoever may ------------------------------------------------------

    async def every_of(self, conference: str) -> web.StreamResponse:
        try:
            found = await self._store.all(conference)
        except RecordingError as error:
            return _unread(conference, error)
        return json_response([_shown(one) for one in found])

    async def file_of(self, conference: str, request: web.Request) -> web.StreamResponse:
        name = request.match_info["file"]
        path = await self._store.path(conference, request.match_info["recording"], name)
        if path is None:
            return problem("unknown_recording", 404)
        head = {
            "Content-Type": _TYPES[name.rpartition(".")[2]],
            "Content-Disposition": f'attachment; filename="{conference}-{name}"',
            "Cache-Control": "no-store",
        }
        return web.FileResponse(Path(path), headers=head)

    async def delete_of(self, conference: str, request: web.Request, by: str) -> web.StreamResponse:
        id, state = request.match_info["recording"], self._state(conference)
        running = recordings.running(state) if state is not None else None
        if running is not None and running.id == id:
            return problem("recording_runs", 409)
        try:
            there = await self._store.delete(conference, id)
        except RecordingError as error:
            return _unread(conference, error)
        if not there:
            return problem("unknown_recording", 404)
        # Afterwards: a full disk, for which recordings are deleted, takes no entry before.
        if not await self._noted(conference, id, by):
            log.error("x recording deleted", conference=conference, recording=id, by=by)
            return json_response(Problem(code="deletion_unnoted", text=_UNNOTED), 503)
        log.info("- recording deleted", conference=conference, recording=id, by=by)
        return json_response(RecordingDeleted(id))


def _shown(one: Recorded) -> RecordingTold:
    sheet = one.sheet
    rooms = {part.file: part for part in sheet.parts}
    return RecordingTold(
        id=sheet.id,
        began=sheet.began,
        by=sheet.by,
        ended=sheet.ended,
        why=sheet.why,
        ended_by=sheet.ended_by,
        bytes=sum(one.files.values()),
        files=[
            RecordingFile(
                name=name,
                bytes=size,
                room=rooms[name].room if name in rooms else "",
                began=rooms[name].began if name in rooms else None,
                seconds=rooms[name].seconds if name in rooms else None,
            )
            for name, size in one.files.items()
        ],
    )


def _unread(conference: str, error: RecordingError) -> web.Response:
    log.error("x recordings", conference=conference, why=str(error))
    return json_response(Problem(code="recordings_unread", text=_UNREAD), 503)


_UNNOTED = Words(
    "Rekaman sudah dihapus, tetapi tidak dapat dicatat di jurnal: jurnal tidak dapat ditulis. "
    "Panggil teknisi, dan catat penghapusannya sendiri.",
    "The recording is deleted, but this could not be entered in the journal, which cannot be "
    "written. Call a technician, and note the deletion yourself.",
)
_UNREAD = Words(
    "Rekaman di server tidak dapat dibaca atau dihapus sekarang. Panggil teknisi.",
    "The server's recordings cannot be read or deleted now. Call a technician.",
)
