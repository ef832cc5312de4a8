"""The programme in another site's page: GET /embed/CONFERENCE, to be shown in a frame, and what the
page asks before it plays by WHEP. Who may show it is in the policy (vicon.web.headers.framed)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from signaling.limits import Limits
from vicon.app.gateway import Hall
from vicon.app.guesses import Guesses
from vicon.app.whip import Sessions
from vicon.core import views
from vicon.core.layout import programme
from vicon.core.rooms import on_stage
from vicon.ops.links import BadToken
from vicon.ports import Clock
from vicon.web.answers import Programme
from vicon.web.api import json_response, problem, untrusted
from vicon.web.headers import EMBEDDED
from vicon.web.pages import NoWebClient
from vicon.web.whip import Doorkeeper

LOOK_PER_S, LOOK_BURST = 20.0, 200.0
"""Of one address: behind it may be a school."""


def read_page(place: Path) -> str:
    """`place`: the built web client. It stands one level deeper than the page was built for.
    Raises NoWebClient."""
    try:
        return (place / "embed.html").read_text("utf-8").replace('"./assets/', '"/assets/')
    except OSError as error:
        raise NoWebClient(
            "Halaman sematan belum dibangun. Jalankan scripts/up, atau python hatch_build.py.",
            "The embedded page has not been built. Run scripts/up, or python hatch_build.py.",
        ) from error


class EmbedPages:
    """Handlers. `page`: see read_page; `sessions` by conference."""

    def __init__(
        self,
        page: str,
        halls: Mapping[str, Hall],
        sessions: Mapping[str, Sessions],
        doorkeeper: Doorkeeper,
        clock: Clock,
    ) -> None:
        self._page, self._halls, self._sessions = page, halls, sessions
        self._doorkeeper, self._clock = doorkeeper, clock
        self._guesses = Guesses(clock)
        self._looks = Limits(LOOK_PER_S, LOOK_BURST)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get(EMBEDDED, self.page), web.get(f"{EMBEDDED}/now", self.now)]

    async def page(self, _request: web.Request) -> web.StreamResponse:
        """The same for every conference, also for one that is not there; it gives no cookie."""
        return web.Response(text=self._page, content_type="text/html")

    async def now(self, request: web.Request) -> web.StreamResponse:
        """How the programme stands: nothing that is not seen in it."""
        answer = self._answer(request)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _answer(self, request: web.Request) -> web.Response:
        if not self._looks.allow(request.remote, self._clock.monotonic()):
            return untrusted("too_fast")
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                return untrusted(BadToken.code)
            claims = self._doorkeeper.verify_media(token.strip(), self._clock.now())
        except BadToken as error:
            return untrusted(self._guesses.told(error, request.remote))
        if claims.role == "encoder" or claims.conference != request.match_info["conference"]:
            return problem("not_allowed", 403)
        return json_response(self._told(claims.conference))

    def _told(self, conference: str) -> Programme:
        state = self._halls[conference].actor.state
        sessions = self._sessions.get(conference)
        shown = programme(state)
        beside = on_stage(state) - {shown} if state.pinned is None and not state.black else ()
        return Programme(
            title=state.plan.title,
            phase=state.phase,
            starts_at=state.plan.starts_at,
            timezone=state.plan.timezone,
            timezone_label=state.plan.timezone_label,
            shown=views.title(state.rooms[shown].plan.name),
            beside=[views.title(state.rooms[code].plan.name) for code in sorted(beside)],
            full=sessions is None or not sessions.shows_embedded,
        )
