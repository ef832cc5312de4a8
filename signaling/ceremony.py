"""The ceremony on the wire: rundown, roll call, messages, spotlight, pact. A part of protocol v1;
signaling.messages is the whole. Times are Unix ms.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.shape import Reason, RoomCode, _Part, _Strict

ItemKind = Literal["opening", "roll_call", "speech", "reading", "signing", "free", "closing"]
RollStatus = Literal["present", "late", "excused", "absent"]
ItemId = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[A-Za-z0-9_-]+$")]
CueId = Annotated[str, Meta(min_length=8, max_length=40, pattern="^[A-Za-z0-9_-]+$")]
Said = Annotated[str, Meta(max_length=300)]
PersonText = Annotated[str, Meta(max_length=100)]
PersonName = Annotated[str, Meta(min_length=1, max_length=100)]
Paragraph = Annotated[str, Meta(max_length=2_000)]
PointNumber = Annotated[int, Meta(ge=0, le=40)]
Coordinate = Annotated[int, Meta(ge=0, le=1_000)]
StrokeLine = Annotated[list[Coordinate], Meta(min_length=2, max_length=20_000)]


class RundownItem(_Strict, tag=False):
    """As planned. `room` null: the hub; `point`: of the pact, shown meanwhile; `hush`: all halls
    are muted when it begins."""

    id: ItemId
    kind: ItemKind
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    planned_s: Annotated[int, Meta(ge=1, le=86_400)]
    room: RoomCode | None = None
    notes: Paragraph = ""
    """For moderators alone."""
    point: PointNumber = 0
    hush: bool = False


class RundownEdit(_Strict, tag="rundown.edit"):
    """All items in their order. `version`: of the rundown that was edited."""

    items: Annotated[list[RundownItem], Meta(max_length=200)]
    version: Annotated[int, Meta(ge=0)]


class RundownAdvance(_Strict, tag="rundown.advance"):
    """Lanjut: end the current item, begin `item` or the first that is to come, with its room on
    air. `current`: what the client shows as current."""

    current: ItemId | None
    item: ItemId | None = None


class RundownSkip(_Strict, tag="rundown.skip"):
    item: ItemId
    on: bool


class RundownPause(_Strict, tag="rundown.pause"):
    on: bool


class RundownUndo(_Strict, tag="rundown.undo"):
    """Take the last `rundown.advance` back; within 10 s of it."""


class RollMark(_Strict, tag="roll.mark"):
    room: RoomCode
    status: RollStatus | None
    """Null: take the mark away."""


class RollTake(_Strict, tag="roll.take"):
    """Mark every room without a mark as the server proposes."""


class CueSend(_Strict, tag="cue.send"):
    """A message shown large in one hall, or in all. `cue`: an id that the client makes."""

    cue: CueId
    text: Annotated[str, Meta(min_length=1, max_length=300)]
    room: RoomCode | None = None


class CueSee(_Strict, tag="cue.see"):
    cue: CueId
    room: RoomCode


class CueWithdraw(_Strict, tag="cue.withdraw"):
    cue: CueId


class HelpCall(_Strict, tag="help.call"):
    room: RoomCode
    text: Said = ""


class HelpAnswer(_Strict, tag="help.answer"):
    """Somebody saw to it, or the hall needs none any more."""

    room: RoomCode


class SpotlightBeside(_Strict, tag="spotlight.beside"):
    """A second room on air; null: none."""

    room: RoomCode | None


class SpotlightPin(_Strict, tag="spotlight.pin"):
    """One room large everywhere; null: whoever is on air."""

    room: RoomCode | None


class SpotlightBlack(_Strict, tag="spotlight.black"):
    """The hub alone is seen and heard."""

    on: bool


class HandMove(_Strict, tag="hand.move"):
    room: RoomCode
    place: Annotated[int, Meta(ge=1, le=1_000)]


class PactDocument(_Strict, tag=False):
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    points: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=2_000)]],
        Meta(min_length=1, max_length=40),
    ]
    preamble: Paragraph = ""
    closing: Paragraph = ""


class PactEdit(_Strict, tag="pact.edit"):
    document: PactDocument


class PactShow(_Strict, tag="pact.show"):
    """This point in every hall, from 1; 0: none."""

    point: PointNumber


class PactOpen(_Strict, tag="pact.open"):
    """Whether the halls may sign."""

    on: bool


class PactName(_Strict, tag="pact.name"):
    """Who signs for a room: a new one, or the one of that id corrected."""

    room: RoomCode
    person: ItemId
    name: PersonName
    office: PersonText = ""
    ready: bool = False


class PactUnname(_Strict, tag="pact.unname"):
    room: RoomCode
    person: ItemId


class PactWitness(_Strict, tag=False):
    name: PersonName
    office: PersonText = ""


class PactWitnesses(_Strict, tag="pact.witnesses"):
    """All of the room, in place of those before."""

    room: RoomCode
    witnesses: Annotated[list[PactWitness], Meta(max_length=8)]


class PactSign(_Strict, tag="pact.sign"):
    """`strokes`: lines of the pen, each x and y in turns, 0 to 1,000 of the pad; or `typed`: who
    uses no pad signs by typing the own name. `document`: the hash of the text that the person
    read."""

    room: RoomCode
    person: ItemId
    document: Annotated[str, Meta(min_length=64, max_length=64)]
    strokes: Annotated[list[StrokeLine], Meta(max_length=200)] = []
    typed: PersonText = ""


class PactStrike(_Strict, tag="pact.strike"):
    """A mistake: the signature does not count, and stays in the record."""

    room: RoomCode
    signature: ItemId
    reason: Reason


class ItemView(_Part):
    """As planned."""

    id: str
    kind: ItemKind
    title: str
    planned_s: int
    room: str | None
    notes: str
    """Empty for who is no moderator or technician."""
    point: int
    hush: bool


class RundownView(_Part):
    items: list[ItemView]
    version: int


class ItemRunView(_Part):
    """What became of an item that has begun, or was skipped."""

    item: str
    started_at: int
    ended_at: int | None
    paused_ms: int
    skipped: bool


class ProgressView(_Part):
    """How far the rundown is."""

    current: str | None
    paused_at: int | None
    undo_until: int | None
    """The last step can be taken back until then."""
    runs: list[ItemRunView]
    """In the order of their beginning."""


class RollView(_Part):
    status: RollStatus
    at: int
    by: str
    """Empty: the room came late by itself."""


class CueSeen(_Part):
    room: str
    at: int


class CueView(_Part):
    id: str
    at: int
    by: str
    room: str | None
    text: str
    seen: list[CueSeen]
    """Rooms that acknowledged it, in that order."""


class HelpView(_Part):
    at: int
    by: str
    text: str


class SignatoryView(_Part):
    id: str
    name: str
    office: str
    ready: bool
    signature: str | None
    """The id of the one that stands; null: not signed."""
    signed_at: int | None
    typed: bool
    """Signed by keyboard."""


class WitnessView(_Part):
    name: str
    office: str


class StruckView(_Part):
    """A signature that was struck out."""

    signature: str
    room: str
    name: str
    office: str
    signed_at: int
    by: str
    at: int
    reason: str


class PactView(_Part):
    """What the halls sign."""

    title: str
    preamble: str
    points: list[str]
    closing: str
    hash: str
    """SHA-256 of the document, hex."""
    struck: list[StruckView]
    """In the order of signing; empty for who is no moderator or technician."""


class SigningView(_Part):
    open: bool
    point: int
    """Of the pact, that every hall shows; 0: none."""
    signed: int
    """Rooms of which everybody has signed..."""
    rooms: int
    """...of those that have a signatory."""
