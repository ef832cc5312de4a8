"""docs/authorisation.md, made of the tables that decide: vicon.core.authority (the conference's
acts), vicon.app.rights (the wire), vicon.web.access (the routes). Written by scripts/gen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import get_args

from signaling import messages
from vicon.app.rights import RIGHTS, ROLES
from vicon.app.translate import KINDS
from vicon.core import commands as do
from vicon.core.authority import MAY
from vicon.web.access import ANYONE, ROUTES

_HEAD = """\
# Who may do what

Made by `scripts/gen` from the tables that decide; do not edit. `tests/app/test_authorisation.py`
goes through every line with every role, and with tokens that are garbage, altered, unsigned,
expired, struck from the book, of another kind, of a one-time link that is another browser's, or of
somebody who has signed in elsewhere: what is not marked is refused, and the journal's head stays as
it is.

`yes`: may. `own`: for the room of its link alone. Empty: refused (`not_allowed`, HTTP 403; 401
where the token is not of a kind that opens this). All of it within the conference of the link
alone.
"""
_WIRE = """\
## Commands of the wire

Asked at the edge (`vicon/app/rights.py`), and those of the conference again in the core
(`vicon/core/authority.py`), which also looks at the phase, the room and the device. A moderator
opens the microphone of its own room alone (`mic.unmute`); an operator or tester stops and repeats
trials of the own room alone; who sends (`media.publish`) when, a main camera or somebody on a
private line, is in the layout.
"""
_CORE = """\
## Acts without a command of the wire

Of the server itself (`system`), of a person's phone at a room's door (`door`), and of whoever
else has a way of its own to the core.
"""
_HTTP = """\
## Routes

Asked before a handler runs (`vicon/web/access.py`). A role here is that of the token: a link's, or
that of a page which somebody opened who has signed in; an encoder's or a player's, a door's.
`signed in`: whoever shows the cookie of a session, from a page of this server, with the session's
number (`vicon/web/account.py`; tests/app/test_accounts). `*`: POST, PATCH, DELETE; OPTIONS and GET
tell nothing there. The last column: the name under which a request is noted in the server's log,
with who asked and what became of it.
"""
_OWN_ROOM = ("operator", "tester", "encoder", "door")


def document() -> str:
    """The whole file."""
    return "\n".join([_HEAD, _WIRE, *_wire(), "", _CORE, *_core(), "", _HTTP, *_http()]) + "\n"


def _wire() -> Iterator[str]:
    rows = []
    for body in get_args(messages.CommandBody):
        named = "room" in body.__struct_fields__
        who = RIGHTS.get(body, frozenset())
        tag = str(body.__struct_config__.tag)
        rows.append([f"`{tag}`", *(_mark(role, who, own_room=named) for role in ROLES)])
    yield from _table(["command", *ROLES], sorted(rows))


def _core() -> Iterator[str]:
    beside = [kind for kind in get_args(do.Command) if kind not in KINDS.values()]
    roles = [role for role, acts in MAY.items() if set(acts) & set(beside) or role == "door"]
    rows = []
    for kind in get_args(do.Command):
        if kind in beside or kind in MAY["door"]:
            who = [role for role in roles if kind in MAY[role]]
            own = "room" in kind.__struct_fields__
            rows.append([f"`{kind.__name__}`", *(_mark(r, who, own_room=own) for r in roles)])
    yield from _table(["act", *roles], sorted(rows))


def _http() -> Iterator[str]:
    roles = list(dict.fromkeys(role for one in ROUTES.values() for role in one.who))
    roles = [*ANYONE, *(role for role in roles if role not in ANYONE)]
    rows = []
    for key, access in ROUTES.items():
        marks = [_mark(role, access.who, own_room=access.own_room) for role in roles]
        rows.append([f"`{key}`", *marks, access.act])
    yield from _table(["route", *roles, "noted as"], rows)


def _mark(role: str, who: Collection[str], *, own_room: bool) -> str:
    if role not in who:
        return ""
    return "own" if own_room and role in _OWN_ROOM else "yes"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"
