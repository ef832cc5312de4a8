"""The web client's files: one page for all roles, its assets under hashed names."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from aiohttp import web

from vicon.ops.words import SpokenError

PAGES = (
    *("/", "/kendali", "/ruang", "/teknisi", "/pantau", "/layar", "/uji", "/kelola", "/masuk"),
)


class NoWebClient(SpokenError):
    """The package holds no built web client."""


def assets() -> Path:
    """vicon/_web: made by hatch_build.py, at the same place in a checkout and in a wheel.

    Raises NoWebClient when it was not built.
    """
    place = Path(str(files("vicon") / "_web"))
    if not (place / "index.html").is_file():
        raise NoWebClient(
            "Halaman web belum dibangun. Jalankan scripts/up, atau python hatch_build.py.",
            "The web pages have not been built. Run scripts/up, or python hatch_build.py.",
        )
    return place


def routes(
    place: Path, greet: Callable[[web.Request, web.StreamResponse], None]
) -> list[web.AbstractRouteDef]:
    """`greet` may put a cookie on the page."""

    async def page(request: web.Request) -> web.StreamResponse:
        kind = {"Content-Type": "text/html; charset=utf-8"}
        answer = web.FileResponse(place / "index.html", headers=kind)
        greet(request, answer)
        return answer

    async def asset(request: web.Request) -> web.StreamResponse:
        file = place / "assets" / request.match_info["name"]
        if not file.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(file)

    return [
        *(web.get(path, page) for path in PAGES),
        # They lie flat: no name with a slash is one of theirs.
        web.get(r"/assets/{name:[\w.-]+}", asset),
    ]
