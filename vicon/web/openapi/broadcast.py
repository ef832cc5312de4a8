"""The broadcast: for the desk, and for the public."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.web.answers import BroadcastTold
from vicon.web.broadcast import FILE, KEY
from vicon.web.openapi.words import BYTES, HTML, TEXT, Answer, Operation, Parameter, Schema, told

_LANG = Parameter(name="lang", says="`en`: English; else Bahasa Indonesia.")
_FILE: Schema = {"type": "string", "pattern": f"^{FILE}$"}
_KEY: Schema = {"type": "string", "pattern": f"^{KEY}$"}
_PAGE = Answer(says="The page.", content={HTML: TEXT})
_PART = Answer(
    says="`index.m3u8` and `live.m3u8` are the playlists (RFC 8216), the others what they name.",
    content={
        "application/vnd.apple.mpegurl": TEXT,
        "video/mp4": BYTES,
        "video/iso.segment": BYTES,
    },
)


def _page(id: str, path: Mapping[str, Schema]) -> Operation:
    return Operation(
        id=id,
        says="The page on which the public watches a conference.",
        form="plain",
        path=path,
        query=(_LANG,),
        answers={200: _PAGE},
        refuses=(404,),
    )


def _file(id: str, path: Mapping[str, Schema]) -> Operation:
    return Operation(
        id=id,
        says="A file of the broadcast in HLS; there is none while nothing is broadcast.",
        form="plain",
        path=path,
        answers={200: _PART},
        refuses=(404, 503),
    )


WATCHING: Mapping[str, Operation] = {
    "GET /siaran/{conference}": _page("watch_page", {}),
    "GET /siaran/{conference}/{key}": _page("watch_page_by_key", {"key": _KEY}),
    "GET /siaran/{conference}/{file}": _file("watch", {"file": _FILE}),
    "GET /siaran/{conference}/{key}/{file}": _file("watch_by_key", {"key": _KEY, "file": _FILE}),
}
DESK: Mapping[str, Operation] = {
    "GET /api/v1/conferences/{id}/broadcast": Operation(
        id="broadcast",
        says="Where a conference's broadcast can be watched, and how it goes.",
        answers={200: told("It, whether it runs or not.", BroadcastTold)},
        refuses=(404,),
    ),
}
