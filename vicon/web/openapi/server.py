"""The server itself: its pages, its health, the sockets, the second server."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.web.answers import Alive, Programme, Ready
from vicon.web.openapi.words import BYTES, HTML, JSON, TEXT, Answer, Operation, Parameter, told
from vicon.web.pages import PAGES
from vicon.web.pair import State

_FILE: Mapping[int, Answer] = {
    206: Answer(says="The part that `Range` asks for.", content={"*/*": BYTES}),
    304: Answer(says="It is what `If-None-Match` or `If-Modified-Since` names."),
    412: Answer(says="It is not what `If-Match` or `If-Unmodified-Since` names."),
    416: Answer(says="It has no such part."),
}
_NAMES = {
    "/": "front",
    "/kendali": "control room",
    "/ruang": "hall",
    "/teknisi": "technician",
    "/pantau": "observer",
    "/layar": "hall display",
    "/uji": "trial",
    "/kelola": "organizer",
    "/masuk": "sign-in",
}
SERVER: Mapping[str, Operation] = {
    **{
        f"GET {page}": Operation(
            id=f"{'_'.join(_NAMES[page].replace('-', ' ').split())}_page",
            says=f"The page: {_NAMES[page]}.",
            more="One document for all of them. A browser without a name gets one by a cookie "
            "(`vicon.device`), by which one-time links know it again.",
            form="plain",
            answers={200: Answer(says="The page.", content={HTML: TEXT}), **_FILE},
        )
        for page in PAGES
    },
    "GET /embed/{conference}": Operation(
        id="embedded_page",
        says="The programme, for a frame in a page of a site that `[server] embed_origins` names.",
        more="The token of the embedded page (role `embed`) stands after the # of its address. "
        "Other sites' pages are refused by `frame-ancestors`.",
        form="plain",
        answers={200: Answer(says="The page.", content={HTML: TEXT})},
    ),
    "GET /embed/{conference}/now": Operation(
        id="embedded_now",
        says="How the programme stands: what the embedded page says beside the picture.",
        answers={200: told("So.", Programme)},
        refuses=(401, 403, 429),
    ),
    "GET /privasi": Operation(
        id="privacy_page",
        says="What is kept of persons, why and how long, in plain words.",
        form="plain",
        query=(Parameter(name="lang", says="`en`: English; else Bahasa Indonesia."),),
        answers={200: Answer(says="The page.", content={HTML: TEXT})},
    ),
    "GET /assets/{name}": Operation(
        id="asset",
        says="A file of the pages, under a name that changes with what it holds.",
        form="plain",
        path={"name": {"type": "string", "pattern": r"^[\w.-]+$"}},
        answers={200: Answer(says="The file.", content={"*/*": BYTES}), **_FILE},
        refuses=(404,),
    ),
    "GET /healthz": Operation(
        id="healthz",
        says="Whether the process answers.",
        form="plain",
        answers={200: told("It does.", Alive)},
    ),
    "GET /readyz": Operation(
        id="readyz",
        says="Whether somebody new may be sent here.",
        form="plain",
        answers={200: told("He may.", Ready), 503: told("He may not: see `checks`.", Ready)},
    ),
    "GET /api/v1/openapi.json": Operation(
        id="openapi",
        says="This document.",
        headers=(
            Parameter(name="If-None-Match", says="Entity-tags of what is at hand.", schema=TEXT),
        ),
        answers={
            200: Answer(
                says="The document.", content={JSON: {"type": "object"}}, headers=("ETag",)
            ),
            304: Answer(says="It is what `If-None-Match` names.", headers=("ETag",)),
        },
    ),
    "GET /ws": Operation(
        id="socket",
        says="The WebSocket of a conference (RFC 6455): docs/protocol.md, "
        "docs/schema/protocol-v1.json.",
        more="Who comes is said in its first message, not in a header.",
        form="plain",
        answers={101: Answer(says="It is open.")},
        refuses=(400, 503),
    ),
    "GET /metrics": Operation(
        id="metrics",
        says="Figures for Prometheus: docs/monitoring.md.",
        more="404 where no token is set; the listener of its own that they may have is not this.",
        answers={
            200: Answer(
                says="The figures, in the text format that `Accept` asks for.",
                content={"text/plain": TEXT, "application/openmetrics-text": TEXT},
            )
        },
        refuses=(401, 404, 429),
    ),
    "GET /standby": Operation(
        id="standby",
        says="The line to the second server of a pair: a WebSocket.",
        answers={101: Answer(says="It is open.")},
        refuses=(400, 401),
    ),
    "GET /standby/state": Operation(
        id="standby_state",
        says="What this server is in its pair.",
        answers={200: told("It is this.", State)},
        refuses=(401,),
    ),
}
