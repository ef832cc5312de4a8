"""What happened in the ceremony; a part of events.py, which is the whole: the same promise."""

from __future__ import annotations

from typing import Literal

from vicon.core.ceremony import Item, RollStatus
from vicon.core.presentwords import PresentationKind
from vicon.core.shape import BaseEvent


class RundownEdited(BaseEvent, tag="rundown_edited"):
    """All items, in their order, in place of those before."""

    items: list[Item]


class RundownMoved(BaseEvent, tag="rundown_moved"):
    """The current item ended and `item` began; None: the rundown is over. `point`: of the pact,
    shown in every hall from now; 0: none. `floor`: the FloorChanged before it is part of it."""

    item: str | None
    point: int = 0
    floor: bool = False


class RundownSkipped(BaseEvent, tag="rundown_skipped"):
    """`on` false: the item is to come after all."""

    item: str
    on: bool


class RundownPaused(BaseEvent, tag="rundown_paused"):
    on: bool


class RundownUndone(BaseEvent, tag="rundown_undone"):
    """The rundown is where it was before the last RundownMoved, its timer running on."""


class RollMarked(BaseEvent, tag="roll_marked"):
    """`status` None: the mark is taken away. `by` empty: the room came late."""

    room: str
    status: RollStatus | None
    by: str = ""


class CueSent(BaseEvent, tag="cue_sent"):
    cue: str
    room: str | None
    text: str
    by: str


class CueSeen(BaseEvent, tag="cue_seen"):
    cue: str
    room: str


class CueWithdrawn(BaseEvent, tag="cue_withdrawn"):
    cue: str


class HelpCalled(BaseEvent, tag="help_called"):
    room: str
    text: str
    by: str


class HelpAnswered(BaseEvent, tag="help_answered"):
    """`by`: who saw to it, or the hall itself that needs none any more."""

    room: str
    by: str


class SpotlightChanged(BaseEvent, tag="spotlight_changed"):
    """`beside`: a second room that is on air. `pinned`: shown large everywhere, whoever is on air.
    `black`: the hub alone is seen and heard."""

    beside: str | None
    pinned: str | None
    black: bool


class PresentationShown(BaseEvent, tag="presentation_shown"):
    """Everybody sees what this device shows, in place of another one. `by`: who showed it."""

    device: str
    room: str
    kind: PresentationKind
    by: str = ""


class PresentationEnded(BaseEvent, tag="presentation_ended"):
    """`why` ended: a moderator (`by`) hid it; stopped: its device is gone."""

    why: Literal["ended", "stopped"]
    by: str = ""


CeremonyEvent = (
    RundownEdited
    | RundownMoved
    | RundownSkipped
    | RundownPaused
    | RundownUndone
    | RollMarked
    | CueSent
    | CueSeen
    | CueWithdrawn
    | HelpCalled
    | HelpAnswered
    | SpotlightChanged
    | PresentationShown
    | PresentationEnded
)
