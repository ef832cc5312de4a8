"""Which route is for whom: one table, which Api.known asks before a handler runs and from which
docs/authorisation.md is made. A route without an entry is nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from aiohttp import web
from msgspec import Struct

from vicon.ops.claims import Role
from vicon.web.headers import EMBEDDED

ASKER = web.RequestKey("asker", dict[str, str | None])
"""Whose good token came with a request; put there once it was checked."""
ANYONE = ("anyone",)
"""Also without a token."""
SIGNED_IN = "signed in"
"""Who shows the cookie of a living session, and asks from a page of ours."""
LINKS: tuple[str, ...] = get_args(Role)
_GUIDES = ("moderator", "technician")
_HALLS = (*_GUIDES, "operator")
_TESTED = (*_GUIDES, "operator", "tester")
_SEERS = ("moderator", "technician", "observer")


class Access(Struct, frozen=True, kw_only=True):
    who: tuple[str, ...]
    """Roles of tokens."""
    own_room: bool = False
    """Operators and testers get their own room's alone; for another they are refused."""
    act: str = ""
    """Its name in the log of privileged acts; empty: none is noted."""


_CONFERENCE = "/api/v1/conferences/{id}"
_RECORDING = f"{_CONFERENCE}/recordings/{{recording}}"
_HALL_LINK = f"{_CONFERENCE}/rooms/{{room}}/link"
_TRIAL = "/api/v1/trials/{id}"
_DOOR = "/checkin/{token}"
_PAGES = (
    *("/", "/kendali", "/ruang", "/teknisi", "/pantau", "/layar", "/uji", "/kelola", "/masuk"),
    "/privasi",
    EMBEDDED,
)
_WATCH = (
    "/siaran/{conference}",
    "/siaran/{conference}/{key}",
    "/siaran/{conference}/{file}",
    "/siaran/{conference}/{key}/{file}",
)
_OFFICE = "/api/v1/office/conferences"
_ACTS: Mapping[str, str] = {
    f"GET {_OFFICE}": "",
    "GET /api/v1/office/example": "",
    f"GET {_OFFICE}/{{id}}": "",
    f"PUT {_OFFICE}/{{id}}": "conference saved",
    f"POST {_OFFICE}/{{id}}/archive": "conference archived",
    f"POST {_OFFICE}/{{id}}/restore": "conference restored",
    f"GET {_OFFICE}/{{id}}/record": "record",
    f"GET {_OFFICE}/{{id}}/conference.toml": "conference export",
    f"GET {_OFFICE}/{{id}}/minutes.{{format}}": "minutes",
    f"GET {_OFFICE}/{{id}}/pact.pdf": "pact",
    f"GET {_OFFICE}/{{id}}/recordings": "recordings shown",
    f"GET {_OFFICE}/{{id}}/recordings/{{recording}}/{{file}}": "recording",
    f"DELETE {_OFFICE}/{{id}}/recordings/{{recording}}": "recording deleted",
    f"GET {_OFFICE}/{{id}}/links": "links shown",
    f"GET {_OFFICE}/{{id}}/links.csv": "links export",
    f"GET {_OFFICE}/{{id}}/join.pdf": "links export",
    f"GET {_OFFICE}/{{id}}/doors.pdf": "posters",
    f"GET {_OFFICE}/{{id}}/links/{{link}}/qr.svg": "link shown",
    f"POST {_OFFICE}/{{id}}/links/{{link}}/revoke": "link revoked",
    f"POST {_OFFICE}/{{id}}/links/{{link}}/renew": "link issued",
    f"PUT {_OFFICE}/{{id}}/links/{{link}}/expiry": "link's end set",
    f"POST {_OFFICE}/{{id}}/links/{{link}}/release": "new device let in",
    f"POST {_OFFICE}/{{id}}/links/{{link}}/hold": "new device kept out",
}

ROUTES: Mapping[str, Access] = {
    **{f"GET {page}": Access(who=ANYONE) for page in _PAGES},
    "GET /assets/{name}": Access(who=ANYONE),
    "GET /healthz": Access(who=ANYONE),
    "GET /readyz": Access(who=ANYONE),
    "GET /api/v1/openapi.json": Access(who=ANYONE),
    # Who comes in is said in the hello.
    "GET /ws": Access(who=ANYONE),
    # Asked before, or apart from, any token: vicon/web/account.py looks at origins and cookies.
    "GET /api/v1/account": Access(who=ANYONE),
    "POST /api/v1/account/sign-in": Access(who=ANYONE, act="sign-in"),
    "POST /api/v1/account/oidc/begin": Access(who=ANYONE, act="sign-in begun"),
    "GET /api/v1/account/oidc/back": Access(who=ANYONE, act="sign-in"),
    "POST /api/v1/account/sign-out": Access(who=(SIGNED_IN,), act="sign-out"),
    "POST /api/v1/account/enter": Access(who=(SIGNED_IN,), act="page entered"),
    "POST /api/v1/account/end": Access(who=(SIGNED_IN,), act="sessions ended"),
    "POST /api/v1/account/password": Access(who=(SIGNED_IN,), act="password changed"),
    f"GET {_HALL_LINK}": Access(who=_GUIDES),
    f"POST {_HALL_LINK}/release": Access(who=_GUIDES, act="new device let in"),
    f"POST {_HALL_LINK}/hold": Access(who=_GUIDES, act="new device kept out"),
    # The other server of the pair, by the key that both have.
    "GET /standby": Access(who=("standby",)),
    "GET /standby/state": Access(who=("standby",)),
    # By the token of the settings; vicon/metrics/serve.py.
    "GET /metrics": Access(who=("monitor",)),
    "GET /api/v1/conferences": Access(who=LINKS),
    f"GET {_CONFERENCE}": Access(who=LINKS),
    f"GET {_CONFERENCE}/view": Access(who=LINKS),
    # Of which command: vicon/app/rights.py, and the core; the acts are in its log.
    f"POST {_CONFERENCE}/commands": Access(who=LINKS),
    f"GET {_CONFERENCE}/media": Access(who=_HALLS, own_room=True),
    "GET /api/v1/me/qr": Access(who=LINKS, act="link shown"),
    "GET /api/v1/me/door": Access(who=_HALLS, own_room=True, act="door shown"),
    "GET /api/v1/me/door.svg": Access(who=_HALLS, own_room=True, act="door shown"),
    "GET /api/v1/me/display": Access(who=_HALLS, own_room=True, act="display shown"),
    "GET /api/v1/me/display.svg": Access(who=_HALLS, own_room=True, act="display shown"),
    f"GET {_CONFERENCE}/posters.pdf": Access(who=_HALLS, own_room=True, act="posters"),
    f"POST {_CONFERENCE}/expected": Access(who=("moderator",), act="expected list"),
    f"GET {_CONFERENCE}/{{kind}}.{{format}}": Access(
        who=_HALLS, own_room=True, act="head count export"
    ),
    f"GET {_CONFERENCE}/headcount.pdf": Access(who=_HALLS, own_room=True, act="head count export"),
    f"GET {_CONFERENCE}/minutes.{{format}}": Access(who=("moderator",), act="minutes"),
    f"GET {_CONFERENCE}/pact.pdf": Access(who=("moderator", "operator"), act="pact"),
    f"GET {_CONFERENCE}/recordings": Access(who=("moderator",), act="recordings shown"),
    f"GET {_RECORDING}/{{file}}": Access(who=("moderator",), act="recording"),
    f"DELETE {_RECORDING}": Access(who=("moderator",), act="recording deleted"),
    f"GET {_CONFERENCE}/broadcast": Access(
        who=("moderator", "technician"), act="broadcast address"
    ),
    # The key in the path, where there must be one, is all the right there is.
    **{f"GET {path}": Access(who=ANYONE) for path in _WATCH},
    "GET /api/v1/trials": Access(who=_TESTED, own_room=True),
    f"GET {_TRIAL}": Access(who=_TESTED, own_room=True),
    f"GET {_TRIAL}/report.{{format}}": Access(who=_TESTED, own_room=True, act="test report"),
    f"GET {_TRIAL}/compare": Access(who=_TESTED, own_room=True),
    f"GET {_TRIAL}/still.jpg": Access(who=_TESTED, own_room=True, act="still"),
    "GET /api/v1/trial-links": Access(who=_GUIDES, act="links shown"),
    "GET /api/v1/readiness": Access(who=LINKS),
    **{key: Access(who=("organizer",), act=act) for key, act in _ACTS.items()},
    # The door's token stands in the path.
    f"GET {_DOOR}": Access(who=("door",)),
    f"POST {_DOOR}": Access(who=("door",)),
    f"GET {_DOOR}/in/{{person}}": Access(who=("door",)),
    f"POST {_DOOR}/in/{{person}}": Access(who=("door",)),
    f"GET {_DOOR}/now": Access(who=("door",)),
    f"GET {_DOOR}/entries/{{person}}": Access(who=("door",)),
    f"POST {_DOOR}/entries": Access(who=("door",)),
    f"POST {_DOOR}/entries/{{person}}/leave": Access(who=("door",)),
    # POST, PATCH and DELETE; OPTIONS and GET tell nothing.
    "* /whip/{conference}/{room}": Access(who=("encoder",), own_room=True),
    "* /whep/{conference}": Access(who=("player", "embed", *_SEERS)),
    "* /whep/{conference}/{room}": Access(who=("player", *_SEERS)),
    "* /whip/{conference}/{room}/{session}": Access(who=("encoder",), own_room=True),
    "* /whep/{conference}/{room}/{session}": Access(who=("player", "embed", *_SEERS)),
    f"GET {EMBEDDED}/now": Access(who=("player", "embed")),
}


def key_of(route: web.AbstractRoute) -> str:
    """Of a route of the router; empty for one without an address."""
    if route.resource is None:
        return ""
    method = "GET" if route.method == "HEAD" else route.method
    return f"{method} {route.resource.canonical}"


def access_of(request: web.Request) -> Access | None:
    """None: no route, or one without an entry."""
    return ROUTES.get(key_of(request.match_info.route))
