"""The page that says what is kept: /privasi, for everybody, without a script."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from vicon.web.checkin.gate import language
from vicon.web.checkin.html import Html
from vicon.web.privacy_words import OTHER, SUMMARY, TITLE, Told, sections

PATH = "/privasi"


class PrivacyPage:
    """`tell`: what is so now."""

    def __init__(self, html: Html, tell: Callable[[], Told]) -> None:
        self._html, self._tell = html, tell

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get(PATH, self.page)]

    async def page(self, request: web.Request) -> web.StreamResponse:
        """?lang=id|en; else what this browser has chosen."""
        lang = language(request)
        body = self._html.render(
            "privacy.html",
            lang,
            title=TITLE.say(lang),
            summary=SUMMARY.say(lang),
            switch=OTHER.say(lang),
            here=PATH,
            sections=[
                (section.heading.say(lang), [line.say(lang) for line in section.lines])
                for section in sections(self._tell())
            ],
        )
        return web.Response(text=body, content_type="text/html", headers={"Content-Language": lang})
