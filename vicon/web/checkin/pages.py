"""A room's door as pages that work without a script: every act is a form, every answer a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import msgspec
from aiohttp import web

from vicon.ops.words import Language
from vicon.web.checkin.form import DRAFT, BadForm, Form, keep_draft, read_draft, read_form
from vicon.web.checkin.gate import LANG, At, Barred, Gate, language
from vicon.web.checkin.html import Html
from vicon.web.checkin.view import MANY_SEATS, MOST_SEATS, DoorView, Said, said, told
from vicon.web.checkin.words import Problem

LANG_S = 365 * 86_400
BLANK = {"name": "bad_person", "role": "no_role"}
"""What is said of a field that was left empty."""
NOTHING = Said(code="", id="", en="", field="", again=False)
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class CheckinPages:
    """Handlers. `new_id` gives ids that cannot be guessed."""

    def __init__(self, gate: Gate, html: Html, new_id: Callable[[], str]) -> None:
        self._gate, self._html, self._new_id = gate, html, new_id

    def routes(self) -> list[web.AbstractRouteDef]:
        door, entry = "/checkin/{token}", "/checkin/{token}/in/{person}"
        return [
            web.get(door, self._telling(self.form)),
            web.post(door, self._telling(self.enter)),
            web.get(entry, self._telling(self.entry)),
            web.post(entry, self._telling(self.leave)),
        ]

    async def form(self, request: web.Request) -> web.StreamResponse:
        """?new=1: for another person than the one whom this phone entered last."""
        at, new = self._gate.at(request), "new" in request.query
        draft = None if new else read_draft(request)
        if draft is not None and at.door.look(draft.person).known is not None:
            return _spoken(_see(_entry(at, draft.person)), request)
        answer = self._page(at, at.view(), draft, new=new)
        if new:
            answer.del_cookie(DRAFT, path=at.path)
        return _spoken(answer, request)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        at = self._gate.at(request, writes=True)
        form = await read_form(request)
        if form.visit > 1 and at.hasty(form.person):
            return _see(_entry(at, form.person))
        refused = await at.enter(form)
        if refused is None:
            answer = _see(_entry(at, form.person))
        else:
            problem, why = told(refused)
            answer = self._page(at, at.view(), form, why, problem=problem)
        keep_draft(answer, form, at.path, secure=request.secure)
        return answer

    async def entry(self, request: web.Request) -> web.StreamResponse:
        at, person = self._gate.at(request), request.match_info["person"]
        seen = at.view(person)
        if seen.entry is None and seen.state != "tutup":
            problem, why = said("unknown_person", {})
            answer = self._page(at, seen, read_draft(request), why, problem=problem)
        else:
            answer = self._page(at, seen, here=_entry(at, person))
        return _spoken(answer, request)

    async def leave(self, request: web.Request) -> web.StreamResponse:
        at, person = self._gate.at(request, writes=True), request.match_info["person"]
        form, here = await read_form(request), _entry(at, person)
        if at.hasty(person):
            return _see(here)
        refused = await at.door.leave(person, form.visit, form.ago_ms)
        if refused is None or refused.code == "unknown_person":
            return _see(here)
        problem, why = told(refused)
        return self._page(at, at.view(person), leaving=why, problem=problem, here=here)

    def _page(
        self,
        at: At,
        seen: DoorView,
        form: Form | None = None,
        why: Said = NOTHING,
        *,
        leaving: Said = NOTHING,
        problem: Problem | None = None,
        here: str = "",
        new: bool = False,
    ) -> web.Response:
        """`form`: what was typed; `why`, `leaving`: why it was refused; `here`: the page's own
        address where that is not the door's."""
        typed = form or Form()
        if not typed.person or why.code == "bad_form":
            typed = msgspec.structs.replace(typed, person=self._new_id(), visit=1)
        body = self._html.render(
            "checkin.html",
            at.lang,
            view=seen,
            form=typed,
            said=why,
            leaving=leaving,
            blank={field: said(code, {})[1] for field, code in BLANK.items()},
            room=at.door.room.name,
            roles=at.plan.policy.roles,
            door=at.path,
            here=here or at.path,
            new=new,
            most=MOST_SEATS,
            many=MANY_SEATS,
        )
        return _answer(body, at.lang, problem)

    def _telling(self, handler: Answering) -> Answering:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except (Barred, BadForm) as refusal:
                return _spoken(self._barred(request, refusal.code), request)

        return answer

    def _barred(self, request: web.Request, code: str) -> web.Response:
        problem, lang = said(code, {})[0], language(request)
        asks = request.method in ("GET", "HEAD")
        body = self._html.render(
            "barred.html", lang, why=problem.words.say(lang), here=request.path if asks else ""
        )
        return _answer(body, lang, problem)


def _answer(body: str, lang: Language, problem: Problem | None) -> web.Response:
    head = {"Cache-Control": "no-store", "Content-Language": lang}
    if problem is not None and problem.retry_s:
        head["Retry-After"] = str(problem.retry_s)
    status = problem.status if problem is not None else 200
    return web.Response(text=body, status=status, content_type="text/html", headers=head)


def _entry(at: At, person: str) -> str:
    """Address of an entry's page; of whatever stood in an address before."""
    return f"{at.path}/in/{quote(person, safe='')}"


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})


def _spoken(response: web.StreamResponse, request: web.Request) -> web.StreamResponse:
    """Remember the language that was just chosen."""
    chosen = request.query.get("lang")
    if chosen in ("id", "en"):
        response.set_cookie(
            LANG,
            chosen,
            path="/checkin",
            max_age=LANG_S,
            secure=request.secure,
            httponly=True,
            samesite="Lax",
        )
    return response
