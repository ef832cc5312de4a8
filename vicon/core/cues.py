"""Words between hub and halls: cue messages that a hall acknowledges, and calls for help."""

from __future__ import annotations

import re

from vicon.core import commands_ceremony as do
from vicon.core.ceremony import Cue
from vicon.core.events_ceremony import CueSeen, CueSent, CueWithdrawn, HelpAnswered, HelpCalled
from vicon.core.model import Conference
from vicon.core.refusals import Outcome, Refused, Who

LONGEST = 300
_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")


def waiting(state: Conference, code: str) -> list[Cue]:
    """Messages that this hall is shown: not acknowledged yet, oldest first."""
    return [cue for cue in state.cues if cue.room in (None, code) and code not in cue.seen]


def send(state: Conference, asker: Who, command: do.SendCue, now: int) -> Outcome:
    """The same id once more sends nothing."""
    said = _plain(command.text)
    if not said or not _ID.fullmatch(command.cue):
        return Refused("bad_cue", {"most": LONGEST})
    if any(cue.id == command.cue for cue in state.cues):
        return []
    by = asker.name or asker.role
    return [CueSent(cue=command.cue, room=command.room, text=said, by=by)]


def _plain(text: str) -> str:
    """On one line; empty for what cannot be shown."""
    said = " ".join(text.split())
    return said if len(said) <= LONGEST and said.isprintable() else ""


def see(state: Conference, asker: Who, command: do.SeeCue, now: int) -> Outcome:
    """One that was withdrawn meanwhile is no error: it is gone from the screen as wished."""
    cue = next((cue for cue in waiting(state, command.room) if cue.id == command.cue), None)
    return [] if cue is None else [CueSeen(cue=cue.id, room=command.room)]


def withdraw(state: Conference, asker: Who, command: do.WithdrawCue, now: int) -> Outcome:
    known = any(cue.id == command.cue for cue in state.cues)
    return [CueWithdrawn(cue=command.cue)] if known else []


def call(state: Conference, asker: Who, command: do.CallHelp, now: int) -> Outcome:
    """A call that stands is replaced only by one that says more."""
    said = _plain(command.text)
    if command.text.strip() and not said:
        return Refused("bad_cue", {"most": LONGEST})
    known = state.rooms[command.room].help
    if known is not None and said in ("", known.text):
        return []
    return [HelpCalled(room=command.room, text=said, by=asker.name or asker.role)]


def answer(state: Conference, asker: Who, command: do.AnswerHelp, now: int) -> Outcome:
    if state.rooms[command.room].help is None:
        return []
    return [HelpAnswered(room=command.room, by=asker.name or asker.role)]
