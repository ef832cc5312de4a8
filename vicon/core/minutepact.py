"""The pact in the minutes: every signature with its place in the journal."""

from __future__ import annotations

from msgspec import Struct

from vicon.core import events as ev
from vicon.core import events_pact as ep
from vicon.core.minutewords import PactMinutes, Signed, Unsigned
from vicon.core.model import Conference
from vicon.core.pact import board, valid
from vicon.core.pactwords import document_hash


class _Place(Struct, frozen=True):
    sequence: int
    hash: str


class PactTrail:
    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}
        self._struck: dict[str, int] = {}

    def take(self, event: ev.Event, at: int, sequence: int, hash: str) -> None:
        if isinstance(event, ep.PactSigned):
            self._places[event.signature.id] = _Place(sequence, hash)
        elif isinstance(event, ep.PactStruck):
            self._struck[event.signature] = at

    def told(self, state: Conference) -> PactMinutes | None:
        """None: the conference has no document."""
        document = state.pact.document
        if document is None:
            return None
        signed, rooms = board(state)
        return PactMinutes(
            document=document,
            document_hash=document_hash(document),
            signed=signed,
            rooms=rooms,
            signatures=[
                Signed(
                    signature=one,
                    sequence=self._places[one.id].sequence,
                    hash=self._places[one.id].hash,
                    struck_at=self._struck.get(one.id),
                )
                for one in state.pact.signatures
            ],
            unsigned=_unsigned(state),
        )


def _unsigned(state: Conference) -> list[Unsigned]:
    """In the order of the floor."""
    return [
        Unsigned(room=code, name=who.name, office=who.office)
        for code in state.rooms
        for who in state.pact.signatories.get(code, ())
        if who.id not in valid(state, code)
    ]
