"""What hangs at a room's door: a page with the QR code of its check-in, as PDF by typst, offline.

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
    data = {"fonts": list(fonts), "pages": [_page(one) for one in pages]}
    inputs = {"data": msgspec.json.encode(data).decode()}
    template = files("vicon.report").joinpath("poster.typ").read_bytes()
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


def _qr(url: str) -> str:
    """SVG with its own quiet zone of four modules (ISO/IEC 18004)."""
    out = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(out, kind="svg", border=4, xmldecl=False, omitsize=True)
    return out.getvalue().decode()


def _when(plan: Plan) -> str:
    """Jumat, 25 September 2020, 09:00 WITA."""
    if plan.starts_at is None:
        return ""
    clock = moment(plan.starts_at, plan.timezone)
    return f"{day(plan.starts_at, plan.timezone, 'id')}, {clock:%H:%M} {plan.timezone_label}"
