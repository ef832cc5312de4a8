"""What may be asked of the ceremony; a part of commands.py, which is the whole."""

from __future__ import annotations

from vicon.core.ceremony import Item, RollStatus
from vicon.core.pactwords import Document, Signature, Witness
from vicon.core.shape import BaseCommand


class EditRundown(BaseCommand):
    """`version`: of the rundown that was edited, so that two editors do not undo each other."""

    items: tuple[Item, ...]
    version: int


class Advance(BaseCommand):
    """Lanjut: end the current item and begin `item`, or the first that is still to come, with all
    that belongs to it. `current`: what the asker saw as current."""

    current: str | None
    item: str | None = None


class SkipItem(BaseCommand):
    item: str
    on: bool


class PauseRundown(BaseCommand):
    on: bool


class UndoRundown(BaseCommand):
    """Take the last Advance back."""


class MarkRoll(BaseCommand):
    """`status` None: take the mark away."""

    room: str
    status: RollStatus | None


class TakeRoll(BaseCommand):
    """Mark every room that has no mark as the system proposes."""


class SendCue(BaseCommand):
    """`cue`: its id. `room` None: to all halls."""

    cue: str
    text: str
    room: str | None = None


class SeeCue(BaseCommand):
    """A hall acknowledges."""

    cue: str
    room: str


class WithdrawCue(BaseCommand):
    cue: str


class CallHelp(BaseCommand):
    room: str
    text: str = ""


class AnswerHelp(BaseCommand):
    """Somebody saw to it; the hall itself: it needs none any more."""

    room: str


class SetBeside(BaseCommand):
    """A second room on air beside the first; None: none."""

    room: str | None


class PinRoom(BaseCommand):
    """Show one room large everywhere; None: whoever is on air."""

    room: str | None


class SetBlack(BaseCommand):
    """The hub alone is seen and heard."""

    on: bool


class ShowPresentation(BaseCommand):
    """Show a screen or a document camera to everybody, in place of another one."""

    device: str


class EndPresentation(BaseCommand):
    """Who speaks is large again; the device goes on offering."""


class MoveHand(BaseCommand):
    """`place` in the queue, from 1."""

    room: str
    place: int


class EditPact(BaseCommand):
    document: Document


class ShowPoint(BaseCommand):
    """Of the pact, in every hall, from 1; 0: none."""

    point: int


class OpenPact(BaseCommand):
    """Whether the halls may sign."""

    on: bool


class NameSignatory(BaseCommand):
    """Who signs for a room: a new one, or one of that id corrected."""

    room: str
    person: str
    name: str
    office: str = ""
    ready: bool = False


class UnnameSignatory(BaseCommand):
    room: str
    person: str


class SetWitnesses(BaseCommand):
    room: str
    witnesses: tuple[Witness, ...]


class SignPact(BaseCommand):
    """`signature`: as pact.candidate() made it, sealed by the server. `room` is its room."""

    room: str
    signature: Signature


class StrikeSignature(BaseCommand):
    room: str
    signature: str
    reason: str


CeremonyCommand = (
    EditRundown
    | Advance
    | SkipItem
    | PauseRundown
    | UndoRundown
    | MarkRoll
    | TakeRoll
    | SendCue
    | SeeCue
    | WithdrawCue
    | CallHelp
    | AnswerHelp
    | SetBeside
    | PinRoom
    | SetBlack
    | ShowPresentation
    | EndPresentation
    | MoveHand
    | EditPact
    | ShowPoint
    | OpenPact
    | NameSignatory
    | UnnameSignatory
    | SetWitnesses
    | SignPact
    | StrikeSignature
)
