"""What the privacy page says is what this server is configured to do."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from msgspec.structs import replace

from tests.app.doorway import ASSETS
from vicon.core.privacy import Keep
from vicon.web import headers
from vicon.web.checkin.html import Html
from vicon.web.privacy import PrivacyPage
from vicon.web.privacy_words import Told

TOLD = Told(
    conferences=[
        ("Deklarasi", Keep(automatic=True, attendance_days=41, trials_days=77, recordings_days=55)),
        ("<b>Gladi</b>", Keep(attendance_days=13, trials_days=14)),
    ],
    cameras=True,
    pact=True,
    turn=True,
)
AIRED = ("Bila moderator memulai siaran", "When a moderator starts a broadcast")
RECORDING = ("kecuali moderator memulai rekaman", "unless a moderator starts a recording")
BY_CAMERA = ("Tidak ada yang dikenali", "Nobody is recognised")
NO_CAMERA = ("kamera tidak dipakai untuk menghitung", "no camera is used to count")
PACT = ("Pakta yang ditandatangani", "A pact that was signed")
TURN = ("(TURN)", "(TURN)")


async def read(told: Told) -> Sequence[str]:
    """In both languages, as a browser without a script gets it."""
    app = web.Application()
    app.on_response_prepare.append(headers.secure)
    app.add_routes(PrivacyPage(Html(ASSETS), lambda: told).routes())
    texts = []
    async with TestClient(TestServer(app)) as client:
        for lang in ("id", "en"):
            answer = await client.get(f"/privasi?lang={lang}")
            assert answer.status == 200
            assert answer.headers["Content-Language"] == lang
            text = await answer.text()
            assert f'<html lang="{lang}"' in text
            assert "<script" not in text
            texts.append(text)
    return texts


def holds(texts: Sequence[str], words: Sequence[str]) -> bool:
    found = [word in text for word, text in zip(words, texts, strict=True)]
    assert len(set(found)) == 1, "both languages say the same"
    return found[0]


async def test_a_server_with_everything() -> None:
    texts = await read(TOLD)
    for words in (RECORDING, AIRED, BY_CAMERA, PACT, TURN):
        assert holds(texts, words)
    assert not holds(texts, NO_CAMERA)
    assert holds(texts, ("Deklarasi: 41 hari", "Deklarasi: 41 days"))
    assert holds(texts, ("uji coba dihapus setelah 77 hari dan", "removed after 77 days and"))
    assert holds(texts, ("rekaman setelah 55 hari. Server", "recordings after 55 days. The ser"))
    for text in texts:
        assert "&lt;b&gt;Gladi&lt;/b&gt;: " in text
    assert holds(texts, ("sampai pengelola server menghapusnya", "until those who run the server"))


async def test_what_is_not_so_is_not_said() -> None:
    texts = await read(replace(TOLD, cameras=False, pact=False, turn=False))
    for words in (BY_CAMERA, PACT, TURN):
        assert not holds(texts, words)
    assert holds(texts, NO_CAMERA)
    by_hand = await read(replace(TOLD, conferences=TOLD.conferences[1:]))
    assert not holds(by_hand, ("melakukannya sendiri", "does so by itself"))
