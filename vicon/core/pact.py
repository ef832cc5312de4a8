"""The pact: read point by point, signed in each hall before witnesses. Evidence of the ceremony, no
certified electronic signature (UU ITE 11, PP 71/2019 59-60)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from vicon.core import commands_ceremony as do
from vicon.core.events_pact import (
    PactEdited,
    PactOpened,
    PactSigned,
    PactStruck,
    PointShown,
    SignatoriesChanged,
    WitnessesChanged,
)
from vicon.core.model import Conference
from vicon.core.pactwords import (
    MAX_COORDINATES,
    MAX_POINTS,
    MAX_SIGNATORIES,
    MAX_STROKES,
    MAX_WITNESSES,
    Signatory,
    Signature,
    Stroke,
    Witness,
    document_hash,
)
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub

LONGEST_TEXT, LONGEST_NAME = 2_000, 100
PAD = 1000
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Board(NamedTuple):
    """How far the signing is."""

    signed: int
    """Rooms of which everybody has signed."""
    rooms: int
    """Rooms that are to sign: those with a signatory."""


def valid(state: Conference, code: str) -> dict[str, Signature]:
    """The room's signatures that stand, by signatory."""
    found = (one for one in state.pact.signatures if one.room == code and not one.struck_by)
    return {one.person: one for one in found}


def complete(state: Conference, code: str) -> bool:
    """Whether everybody who signs for the room has."""
    who = state.pact.signatories.get(code, ())
    signed = valid(state, code)
    return bool(who) and all(one.id in signed for one in who)


def board(state: Conference) -> Board:
    rooms = [code for code, who in state.pact.signatories.items() if who]
    return Board(sum(complete(state, code) for code in rooms), len(rooms))


def edit(state: Conference, asker: Who, command: do.EditPact, now: int) -> Outcome:
    """What somebody has signed is not changed any more."""
    document = command.document
    if any(not one.struck_by for one in state.pact.signatures):
        return Refused("pact_signed")
    texts = (document.title, document.preamble, *document.points, document.closing)
    if not document.title.strip() or not 1 <= len(document.points) <= MAX_POINTS:
        return Refused("bad_pact", {"most": MAX_POINTS})
    if any(len(text) > LONGEST_TEXT for text in texts) or not all(map(str.strip, document.points)):
        return Refused("bad_pact", {"most": MAX_POINTS})
    return [] if document == state.pact.document else [PactEdited(document=document)]


def show(state: Conference, asker: Who, command: do.ShowPoint, now: int) -> Outcome:
    points = len(state.pact.document.points) if state.pact.document is not None else 0
    if not 0 <= command.point <= points:
        return Refused("unknown_point", {"points": points})
    return [] if command.point == state.point else [PointShown(point=command.point)]


def open_(state: Conference, asker: Who, command: do.OpenPact, now: int) -> Outcome:
    if state.pact.document is None:
        return Refused("no_pact")
    return [] if command.on == state.pact.open else [PactOpened(on=command.on)]


def name(state: Conference, asker: Who, command: do.NameSignatory, now: int) -> Outcome:
    """Enter who signs for a room, or correct it before the signing."""
    refused = _no_hall(state, command.room) or _named(command.person, command.name, command.office)
    who = state.pact.signatories.get(command.room, ())
    known = next((one for one in who if one.id == command.person), None)
    if refused is not None:
        return refused
    if command.person in valid(state, command.room):
        return Refused("signed_already", {"name": known.name if known else command.name})
    if known is None and len(who) >= MAX_SIGNATORIES:
        return Refused("list_full", {"most": MAX_SIGNATORIES})
    said = Signatory(
        id=command.person,
        name=_plain(command.name),
        office=_plain(command.office),
        ready=command.ready,
    )
    if said == known:
        return []
    changed = [said if one is known else one for one in who] if known else [*who, said]
    return [SignatoriesChanged(room=command.room, signatories=changed)]


def unname(state: Conference, asker: Who, command: do.UnnameSignatory, now: int) -> Outcome:
    who = state.pact.signatories.get(command.room, ())
    left = [one for one in who if one.id != command.person]
    if len(left) == len(who):
        return Refused("unknown_signatory")
    if command.person in valid(state, command.room):
        gone = next(one for one in who if one.id == command.person)
        return Refused("signed_already", {"name": gone.name})
    return [SignatoriesChanged(room=command.room, signatories=left)]


def witness(state: Conference, asker: Who, command: do.SetWitnesses, now: int) -> Outcome:
    said = tuple(
        Witness(name=_plain(one.name), office=_plain(one.office)) for one in command.witnesses
    )
    refused = _no_hall(state, command.room)
    if refused is not None:
        return refused
    if len(said) > MAX_WITNESSES:
        return Refused("list_full", {"most": MAX_WITNESSES})
    if any(_named("w", one.name, one.office) for one in said):
        return Refused("bad_person")
    if said == state.pact.witnesses.get(command.room, ()):
        return []
    return [WitnessesChanged(room=command.room, witnesses=list(said))]


def _no_hall(state: Conference, code: str) -> Refused | None:
    """The hub guides; the halls sign."""
    return Refused("not_allowed") if is_hub(state, code) else None


def _named(person: str, said: str, office: str) -> Refused | None:
    texts = (_plain(said), _plain(office))
    fit = all(len(text) <= LONGEST_NAME and text.isprintable() for text in texts)
    return None if fit and texts[0] and _ID.fullmatch(person) else Refused("bad_person")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _folded(name: str) -> str:
    """Names are compared so: capitals and spaces make no other person."""
    return _plain(name).casefold()


def candidate(
    state: Conference,
    room: str,
    person: str,
    strokes: Sequence[Stroke],
    document: str,
    typed: str = "",
) -> Signature | Refused:
    """What the server is to seal for this signing, drawn or `typed`; id, time, journal and seal are
    still empty. Refused: why it cannot be signed now."""
    pact = state.pact
    who = next((one for one in pact.signatories.get(room, ()) if one.id == person), None)
    if pact.document is None:
        return Refused("no_pact")
    if not pact.open:
        return Refused("pact_closed")
    if document != document_hash(pact.document):
        return Refused("pact_changed")
    if who is None:
        return Refused("unknown_signatory")
    if person in valid(state, room):
        return Refused("signed_already", {"name": who.name})
    witnesses = pact.witnesses.get(room, ())
    if not witnesses:
        return Refused("no_witness")
    if typed and _folded(typed) != _folded(who.name):
        return Refused("name_differs", {"name": who.name})
    if bool(strokes) if typed else not drawn(strokes):
        return Refused("bad_signature")
    return Signature(
        id="",
        room=room,
        person=person,
        name=who.name,
        office=who.office,
        strokes=tuple(strokes),
        witnesses=witnesses,
        document=document,
        signed_at=0,
        journal_sequence=0,
        journal_hash="",
        seal="",
        typed=_plain(typed),
    )


def drawn(strokes: Sequence[Stroke]) -> bool:
    """Whether it is a signature: lines within the pad, long enough to be meant."""
    if not 0 < len(strokes) <= MAX_STROKES or sum(map(len, strokes)) > MAX_COORDINATES:
        return False
    if any(len(stroke) % 2 or not stroke for stroke in strokes):
        return False
    if not all(0 <= value <= PAD for stroke in strokes for value in stroke):
        return False
    return sum(map(_length, strokes)) >= PAD / 20


def _length(stroke: Stroke) -> float:
    points = [complex(x, y) for x, y in zip(stroke[::2], stroke[1::2], strict=True)]
    return sum(abs(b - a) for a, b in pairwise(points))


def sign(state: Conference, asker: Who, command: do.SignPact, now: int) -> Outcome:
    """Decided again, on the state as it is now: the seal was made a moment ago."""
    said = command.signature
    if said.room != command.room:
        return Refused("not_allowed")
    found = candidate(state, said.room, said.person, said.strokes, said.document, said.typed)
    if isinstance(found, Refused):
        return found
    sealing = {
        name: getattr(said, name)
        for name in ("id", "signed_at", "journal_sequence", "journal_hash", "seal")
    }
    if replace(found, **sealing) != said or not said.seal or not _ID.fullmatch(said.id):
        return Refused("pact_changed")
    return [PactSigned(signature=said)]


def strike(state: Conference, asker: Who, command: do.StrikeSignature, now: int) -> Outcome:
    """A mistake is struck out with a reason, and may be signed anew."""
    reason = _plain(command.reason)
    found = next(
        (one for one in valid(state, command.room).values() if one.id == command.signature), None
    )
    if found is None:
        return Refused("unknown_signatory")
    if not reason:
        return Refused("no_reason")
    by = asker.name or asker.role
    return [PactStruck(room=found.room, signature=found.id, by=by, reason=reason)]
