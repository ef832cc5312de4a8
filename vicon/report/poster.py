"""What is printed for a room: a page with the QR code of its check-in, to hang at the door; or one
with the link by which the hall joins, to hand to its operator. As PDF by typst, offline.

Bahasa Indonesia with a little English. The same rooms give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import msgspec
import segno
import typst
from msgspec import Struct

from vicon.core.model import Plan
from vicon.report.words import day, moment

FONTS = ("Arial", "Liberation Sans", "DejaVu Sans", "Libertinus Serif")
"""The first that the machine has; the last comes with the typesetter."""
_LONG_NAME = 36
"""Letters from which a name is set smaller."""
_LONG_WORD = re.compile(r"(\S{16})(?=\S)")
"""Where a word that is wider than the page may be broken: a name is never cut."""


class Poster(Struct, frozen=True, kw_only=True):
    room: str
    cap: int
    """Most persons in the room."""
    url: str
    title: str
    """Of the event."""
    when: str
    """Day and time with its zone; empty: not known."""


class JoinSheet(Struct, frozen=True, kw_only=True):
    room: str
    url: str
    """The link: a key, which is why it is handed out and not hung up."""
    title: str
    when: str
    until: str
    """The last day of the link."""
    once: bool = False
    """It is for one browser."""


def join_sheets(plan: Plan, links: Mapping[str, tuple[str, int, bool]]) -> list[JoinSheet]:
    """Of the rooms whose link is given (code -> URL, its end, Unix ms, whether it is for one
    browser), in the order of the floor."""
    return [
        JoinSheet(
            room=room.name,
            url=links[room.code][0],
            title=plan.title,
            when=_when(plan),
            until=day(links[room.code][1], plan.timezone, "id"),
            once=links[room.code][2],
        )
        for room in (plan.hub, *plan.rooms)
        if room.code in links
    ]


def join_pdf(sheets: Sequence[JoinSheet], fonts: Sequence[str] = FONTS) -> bytes:
    """A page for each. Blocking work of some 0.5 s: call it in a thread."""
    pages = [
        {
            "room": _LONG_WORD.sub("\\1\u200b", one.room),
            "long": len(one.room) > _LONG_NAME,
            "url": one.url,
            "title": one.title,
            "when": one.when,
            "until": one.until,
            "once": one.once,
            "qr": _qr(one.url, error="l"),
        }
        for one in sheets
    ]
    return _typeset("join.typ", {"fonts": list(fonts), "pages": pages})


def posters(plan: Plan, doors: Mapping[str, str]) -> list[Poster]:
    """Of the rooms whose door is given (code -> URL), hub first, in the order of the floor."""
    return [
        Poster(
            room=room.name,
            cap=room.cap,
            url=doors[room.code],
            title=plan.title,
            when=_when(plan),
        )
        for room in (plan.hub, *plan.rooms)
        if room.code in doors
    ]


def pdf(pages: Sequence[Poster], fonts: Sequence[str] = FONTS) -> bytes:
    """A page for each. Blocking work of some 0.3 s: call it in a thread."""
    return _typeset("poster.typ", {"fonts": list(fonts), "pages": [_page(one) for one in pages]})


def _typeset(name: str, data: Mapping[str, Any]) -> bytes:
    inputs = {"data": msgspec.json.encode(data).decode()}
    template = files("vicon.report").joinpath(name).read_bytes()
    out: bytes = typst.compile(template, sys_inputs=inputs, timestamp=_EPOCH)
    return out


_EPOCH = datetime.fromtimestamp(0, UTC)
"""Nothing on a poster tells when it was made."""


def _page(poster: Poster) -> dict[str, Any]:
    return {
        "room": _LONG_WORD.sub("\\1\u200b", poster.room),
        "long": len(poster.room) > _LONG_NAME,
        "cap": poster.cap,
        "url": poster.url,
        "title": poster.title,
        "when": poster.when,
        "qr": _qr(poster.url),
    }


def _qr(url: str, error: str = "m") -> str:
    """SVG with its own quiet zone of four modules (ISO/IEC 18004)."""
    out = io.BytesIO()
    code = segno.make(url, error=error, micro=False)
    code.save(out, kind="svg", border=4, xmldecl=False, omitsize=True)
    return out.getvalue().decode()


def _when(plan: Plan) -> str:
    """Jumat, 25 September 2020, 09:00 WITA."""
    if plan.starts_at is None:
        return ""
    clock = moment(plan.starts_at, plan.timezone)
    return f"{day(plan.starts_at, plan.timezone, 'id')}, {clock:%H:%M} {plan.timezone_label}"
