"""What a phone sends to a room's door: read whole, bounded, and checked field by field."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Collection
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from vicon.app.door import ID, Arrival
from vicon.core.attendance import LONGEST_NAME
from vicon.core.model import MAX_VISITS
from vicon.core.refusals import Refused

MOST_BYTES, MOST_FIELDS = 8 * 1024, 20
BODY_S = 10.0
"""How long a body may take to come."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
DRAFT = "vicon.door"
"""Cookie of the door's own path: what this phone said there last, for a page without a script."""
DRAFT_S, MOST_COOKIE = 12 * 3600, 3_500
_Text = Annotated[str, Meta(max_length=400)]
_Visit = Annotated[int, Meta(ge=1, le=MAX_VISITS)]
_Ago = Annotated[int, Meta(ge=0, le=2**53)]


class BadForm(Exception):
    """`code`: of words.py."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Form(Struct, frozen=True, kw_only=True):
    """As typed; not yet checked."""

    person: _Text = ""
    name: _Text = ""
    institution: _Text = ""
    role: _Text = ""
    visit: _Visit = 1
    ago_ms: _Ago = 0


async def read_form(request: web.Request) -> Form:
    """Of a form or of JSON. Raises BadForm."""
    if request.content_type not in (FORM, JSON):
        raise BadForm("want_form")
    body = await _read(request)
    try:
        if request.content_type == JSON:
            return msgspec.json.decode(body, type=Form)
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
        return msgspec.convert(dict(fields), Form, strict=False)
    except (ValueError, RecursionError) as error:  # msgspec's and Unicode's are ValueErrors
        raise BadForm("bad_form") from error


async def _read(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_S):
            body = b""
            async for part in request.content.iter_chunked(MOST_BYTES):
                body += part
                if len(body) > MOST_BYTES:
                    raise BadForm("too_large")
            return body
    except TimeoutError as error:
        raise BadForm("too_slow") from error


def arrival(form: Form, roles: Collection[str]) -> Arrival | Refused:
    """Of what was typed, or what is wrong with it; the core looks at the name."""
    if not ID.fullmatch(form.person):
        return Refused("bad_form")
    institution = " ".join(form.institution.split())
    if len(institution) > LONGEST_NAME or not institution.isprintable():
        return Refused("bad_institution")
    if form.role not in roles:
        return Refused("no_role")
    return Arrival(
        person=form.person,
        name=form.name,
        institution=institution,
        role=form.role,
        visit=form.visit,
        ago_ms=form.ago_ms,
    )


def read_draft(request: web.Request) -> Form | None:
    """None: there is none, or it was changed by somebody."""
    try:
        packed = request.cookies.get(DRAFT, "").encode("ascii")
        whole = packed + b"=" * (-len(packed) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(whole), type=Form) if packed else None
    except (binascii.Error, ValueError, RecursionError):
        return None


def keep_draft(response: web.Response, form: Form, path: str, *, secure: bool) -> None:
    """For the page that reloads itself, and for a second scan of the same code."""
    kept = msgspec.structs.replace(form, ago_ms=0)
    packed = base64.urlsafe_b64encode(msgspec.json.encode(kept)).rstrip(b"=").decode()
    if len(packed) > MOST_COOKIE:
        return
    response.set_cookie(
        DRAFT,
        packed,
        path=path,
        max_age=DRAFT_S,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
