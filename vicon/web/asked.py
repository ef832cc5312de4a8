"""What stands in an address behind the question mark: taken as it is meant, or refused."""

from __future__ import annotations

import re
from typing import Literal

from aiohttp import web

Language = Literal["id", "en"]
MOST_MS = 2**53 - 1
"""Unix ms that JSON holds exactly."""
_WHOLE = re.compile(r"[0-9]{1,16}", re.ASCII)


class BadQuery(Exception):
    """A value that its parameter cannot have; Api.known and the organizer's guard answer 400."""


def language(request: web.Request) -> Language:
    """?lang=id|en; Bahasa Indonesia where none is named. Raises BadQuery."""
    found = request.query.get("lang", "id")
    if found == "en":
        return "en"
    if found == "id":
        return "id"
    raise BadQuery("lang")


def whole(request: web.Request, name: str, least: int, most: int) -> int | None:
    """A whole number in plain digits; None where there is none. Raises BadQuery."""
    found = request.query.get(name)
    if found is None:
        return None
    if _WHOLE.fullmatch(found) and least <= int(found) <= most:
        return int(found)
    raise BadQuery(name)
