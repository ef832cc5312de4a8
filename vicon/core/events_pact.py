"""What happened to the pact; a part of events.py, which is the whole: the same promise."""

from __future__ import annotations

from vicon.core.pactwords import Document, Signatory, Signature, Witness
from vicon.core.shape import BaseEvent


class PactEdited(BaseEvent, tag="pact_edited"):
    document: Document


class PointShown(BaseEvent, tag="point_shown"):
    """Every hall shows this point, from 1; 0: none."""

    point: int


class PactOpened(BaseEvent, tag="pact_opened"):
    """Whether the halls may sign."""

    on: bool


class SignatoriesChanged(BaseEvent, tag="signatories_changed"):
    """All who sign for the room, in place of those before."""

    room: str
    signatories: list[Signatory]


class WitnessesChanged(BaseEvent, tag="witnesses_changed"):
    room: str
    witnesses: list[Witness]


class PactSigned(BaseEvent, tag="pact_signed"):
    signature: Signature


class PactStruck(BaseEvent, tag="pact_struck"):
    """The signature does not count; it stays in the record."""

    room: str
    signature: str
    by: str
    reason: str


PactEvent = (
    PactEdited
    | PointShown
    | PactOpened
    | SignatoriesChanged
    | WitnessesChanged
    | PactSigned
    | PactStruck
)
