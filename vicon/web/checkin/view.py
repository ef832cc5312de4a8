"""What the page at a room's door shows: the same for the page as written and for its script."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from vicon.app.door import Sight
from vicon.core.model import Plan
from vicon.core.refusals import Refused
from vicon.ops.words import Language
from vicon.web.checkin.words import WORDS, Field, Problem, problem

State = Literal["normal", "penuh", "masuk", "keluar", "belum", "tutup"]
MOST_SEATS = 40
"""More are not drawn one by one."""
MANY_SEATS = 20
"""More stand closer together."""


class EntryView(Struct, frozen=True, kw_only=True):
    """An entry as its own phone sees it."""

    person: str
    visit: int
    """The present or last coming, from 1."""
    name: str
    institution: str
    role: str
    entered: str
    """A time with its zone."""
    left: str
    """Empty: still there."""


class DoorView(Struct, frozen=True, kw_only=True):
    state: State
    count: str
    """Persons in the room, an en dash where nobody has counted."""
    limit: int
    taken: int
    """Seats that are taken."""
    place: int
    """The own seat, from 1; 0: none."""
    full: bool
    line: str
    """What the count means."""
    title: str
    """Of the state `penuh`."""
    crowded: bool
    """The operator counts the room as full, yet the list would take a person."""
    entry: EntryView | None


class Said(Struct, frozen=True, kw_only=True):
    """A refusal as the page tells it."""

    code: str
    id: str
    en: str
    field: Field
    again: bool
    """To be sent again as it is."""


def view(sight: Sight, plan: Plan, lang: Language) -> DoorView:
    persons, limit = sight.persons, sight.limit
    counted = persons if persons is not None else 0
    return DoorView(
        state=_state(sight),
        count="–" if persons is None else str(persons),
        limit=limit,
        taken=min(counted, limit),
        place=sight.place or 0,
        full=counted >= limit,
        line=_line(sight, lang),
        title=WORDS["full_title"].say(lang).format(count=counted, cap=limit),
        crowded=counted >= limit and not sight.full,
        entry=_entry(sight, plan),
    )


def _state(sight: Sight) -> State:
    if sight.phase == "draft":
        return "belum"
    if sight.phase == "closed":
        return "tutup"
    if sight.known is not None:
        return "masuk" if sight.known.present else "keluar"
    return "penuh" if sight.full else "normal"


def _line(sight: Sight, lang: Language) -> str:
    if sight.place is not None:
        return _say("place", lang, n=sight.place)
    if sight.persons is None:
        return _say("most", lang, n=sight.limit)
    left = sight.limit - sight.persons
    if left <= 0:
        return _say("full", lang)
    return _say("left_one" if left == 1 else "left", lang, n=left)


def _say(name: str, lang: Language, **values: int) -> str:
    return WORDS[name].say(lang).format_map(values)


def _entry(sight: Sight, plan: Plan) -> EntryView | None:
    known = sight.known
    if known is None:
        return None
    visit = known.visits[-1]
    return EntryView(
        person=known.id,
        visit=len(known.visits),
        name=known.name,
        institution=known.institution,
        role=known.role,
        entered=_time(visit.entered_at, plan),
        left=_time(visit.left_at, plan) if visit.left_at is not None else "",
    )


def _time(at: int, plan: Plan) -> str:
    """`08:43 WITA` of Unix ms."""
    when = datetime.fromtimestamp(at / 1000, ZoneInfo(plan.timezone))
    return f"{when:%H:%M} {plan.timezone_label}"


def said(code: str, params: Mapping[str, str | int]) -> tuple[Problem, Said]:
    found = problem(code, params)
    words = found.words
    told = Said(code=code, id=words.id, en=words.en, field=found.field, again=bool(found.retry_s))
    return found, told


def told(refused: Refused) -> tuple[Problem, Said]:
    return said(refused.code, refused.params)
