"""What the edge refuses before a handler has a say: what happened, why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from aiohttp import web

from vicon.ops.words import Words
from vicon.web.answers import Problem

WORDS: Mapping[int, tuple[str, Words]] = {
    400: (
        "bad_request",
        Words(
            "Permintaan ini tidak dapat dibaca server. Muat ulang halamannya; bila berulang, "
            "periksa program atau proksi di antaranya.",
            "The server cannot read this request. Load the page again; if it repeats, check the "
            "program or proxy in between.",
        ),
    ),
    404: (
        "no_page",
        Words(
            "Tidak ada halaman di alamat ini. Periksa alamatnya, atau buka tautan yang diberikan "
            "panitia.",
            "There is no page at this address. Check it, or open the link that the organisers "
            "gave you.",
        ),
    ),
    405: (
        "bad_method",
        Words(
            "Alamat ini tidak mengenal metode itu. Yang dikenal disebut dalam Allow.",
            "This address does not know that method. Those that it knows are named in Allow.",
        ),
    ),
    413: (
        "too_large",
        Words(
            "Isi permintaan ini terlalu besar. Kirim lebih sedikit sekaligus.",
            "The body of this request is too large. Send less at a time.",
        ),
    ),
    421: (
        "bad_host",
        Words(
            "Server ini tidak dikenal dengan nama yang diminta. Buka lewat alamat dalam tautan "
            "Anda; pengelola dapat menambah nama dengan public_url atau hosts di [server].",
            "This server is not known by the name that was asked for. Open it by the address in "
            "your link; the administrator can add a name by public_url or hosts in [server].",
        ),
    ),
    500: (
        "internal",
        Words(
            "Ada kesalahan di server. Coba lagi; bila berulang, panggil teknisi.",
            "Something went wrong on the server. Try again; if it repeats, call a technician.",
        ),
    ),
    503: (
        "busy",
        Words(
            "Server sedang sibuk. Coba lagi sebentar lagi.",
            "The server is busy. Try again in a moment.",
        ),
    ),
}
_SAME = {416: 400, 417: 400, 501: 405, 504: 503}
"""Statuses that mean the same to a person."""


def refusal(status: int, path: str = "") -> web.Response:
    """JSON for programs, two lines for who looks at a page. Holds nothing of the request."""
    known = _SAME.get(status, status)
    code, words = WORDS.get(known, WORDS[500 if status >= 500 else 400])
    if path.startswith("/api/"):
        body = msgspec.json.encode(Problem(code=code, text=words))
        return web.Response(body=body, status=status, content_type="application/json")
    return web.Response(text=f"{words.id}\n\n{words.en}\n", status=status)
