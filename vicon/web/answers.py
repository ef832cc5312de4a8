"""What the HTTP interface answers in JSON, as types: the handlers make these values, and the
description of the interface (vicon.web.openapi) is made of them. Times are Unix ms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from signaling.messages import DeviceFigures, View
from vicon.app.expected import Fault
from vicon.app.officewords import LinkRow, Listed, Noted
from vicon.app.people import Place
from vicon.core.model import Phase
from vicon.core.readiness import State
from vicon.measure.beside import CompareRow
from vicon.measure.run import Run
from vicon.ops.checks import State as CheckState
from vicon.ops.words import Words


class FieldFault(Struct, frozen=True, kw_only=True):
    """What is wrong with one field of a conference."""

    place: tuple[str | int, ...]
    """Names and places that lead to it."""
    text: Words


class Problem(Struct, frozen=True, kw_only=True):
    """Why something was refused: `code` for programs, which stays the same, and a sentence in both
    languages that says what happened, why, and what to do."""

    code: str
    text: Words
    wait_s: int | UnsetType = UNSET
    """Of accounts: seconds after which to try again; 0: at once."""
    errors: list[Fault] | UnsetType = UNSET
    """Of a list that was uploaded: what is wrong, by line."""
    faults: list[FieldFault] | UnsetType = UNSET
    """Of a conference that was sent: what is wrong, by field."""


class Done(Struct, frozen=True):
    """It is done; there is nothing to tell."""


class Alive(Struct, frozen=True):
    ok: bool


class CheckTold(Struct, frozen=True, kw_only=True):
    """One look at the server, in words that give nothing away."""

    name: str
    state: CheckState
    text: Words


class Ready(Struct, frozen=True, kw_only=True):
    ready: bool
    """Somebody new may be sent here."""
    checks: list[CheckTold]


class ConferenceShort(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    phase: Literal["draft", "lobby", "live", "closed"]


class ConferenceTold(Struct, frozen=True, kw_only=True):
    """What the token's role sees, as in the `welcome` of the WebSocket."""

    rev: int
    view: View


class MediaTold(Struct, frozen=True, kw_only=True):
    at: int | None
    """When the figures came; null: there are none yet."""
    devices: list[DeviceFigures]


class Address(Struct, frozen=True):
    url: str


class Programme(Struct, frozen=True, kw_only=True):
    """How the programme stands, for a page in which another site shows it."""

    title: str
    phase: Phase
    starts_at: int | None
    timezone: str
    timezone_label: str
    shown: str
    """The room that everybody sees large."""
    beside: list[str]
    """On air beside it."""
    full: bool
    """Nobody more is let in now."""


class HallLink(Struct, frozen=True, kw_only=True):
    """A hall's link, and who has it."""

    once: bool
    """It is for one browser."""
    used_at: int | None
    devices: int
    until: int | None
    """Until when another browser may come in the first one's place."""


class ExpectedTaken(Struct, frozen=True, kw_only=True):
    rooms: dict[str, int]
    """Persons of each room that the list named."""
    persons: int


# --- trials ---------------------------------------------------------------------------------------


class Figures(Struct, frozen=True, kw_only=True):
    """Null: not measured."""

    rtt_ms: float | None
    jitter_ms: float | None
    loss_up_percent: float | None
    loss_down_percent: float | None
    capacity_up_kbps: float | None
    capacity_down_kbps: float | None
    mos: float | None


class RunShort(Struct, frozen=True, kw_only=True):
    """A run as lists have it."""

    id: str
    room: str
    kind: str
    state: str
    verdict: str | None
    profile: str | None
    started_at: int
    ended_at: int | None
    by: str
    sweep: str
    hash: str
    damaged: bool
    together: bool
    figures: Figures


class RunTold(Struct, frozen=True, kw_only=True):
    run: Run
    last_good: str | None
    """Id of the run that it is to be compared with."""


class RunReport(Struct, frozen=True, kw_only=True):
    """A run as it is handed out (vicon.report.plain)."""

    report: str
    """`vicon:` and the run's hash; empty while it runs."""
    run: Run


class Compared(Struct, frozen=True, kw_only=True):
    run: str
    against: str | None
    rows: list[CompareRow]
    against_at: int | None


class RoomAddress(Struct, frozen=True, kw_only=True):
    room: str
    url: str


class RoomReadiness(Struct, frozen=True, kw_only=True):
    state: State
    id: str
    """Why, in Bahasa Indonesia; empty: ready, or not to be told."""
    en: str
    stale: bool


class ReadinessTold(Struct, frozen=True, kw_only=True):
    """Numbers of rooms, the hub not counted."""

    go: bool
    ready: int
    attention: int
    not_ready: int
    untested: int
    rooms: dict[str, RoomReadiness]


# --- accounts -------------------------------------------------------------------------------------


class SessionTold(Struct, frozen=True, kw_only=True):
    id: str
    made: int
    seen: int
    remote: str
    browser: str
    mine: bool
    """The one by which was asked."""


class You(Struct, frozen=True, kw_only=True):
    name: str
    account: str
    password: bool
    """The account has one here."""
    csrf: str
    """To be sent in X-Vicon-CSRF."""
    until: int
    """When the session is over in any case."""
    places: list[Place]
    sessions: list[SessionTold]


class AccountTold(Struct, frozen=True, kw_only=True):
    you: You | None
    """Null: nobody is signed in here."""
    oidc: str
    """Name of the provider by which one may sign in, too; empty: there is none."""
    now: int


class Ended(Struct, frozen=True):
    ended: list[str]
    """Ids of sessions."""


# --- the organizer --------------------------------------------------------------------------------


class Shelved(Struct, frozen=True, kw_only=True):
    you: str
    now: int
    conferences: Sequence[Listed]


class Example(Struct, frozen=True):
    table: dict[str, Any]
    """As in the configuration."""


class Record(Struct, frozen=True):
    entries: Sequence[Noted]


class Links(Struct, frozen=True, kw_only=True):
    now: int
    links: Sequence[LinkRow]


class LinkTold(Struct, frozen=True):
    link: str
    """The one that counts now."""


# --- broadcasts -----------------------------------------------------------------------------------


class BroadcastTold(Struct, frozen=True, kw_only=True):
    ready: bool
    """The server is set up for it."""
    public: bool
    """Whoever knows the conference's name may watch."""
    page: str
    """Where people watch it; empty: there is no HLS."""
    hls: str
    """For players."""
    channel: str
    """The host of the public channel; empty: none."""
    channel_state: str
    """connecting, sending, waiting (it failed and is tried again), or empty."""
    seconds: float
    """Since what sends it began."""
    pictures: int
    skipped: int
    """Pictures left out, the server being busy."""
    kbps: int
    segments: int
    """That can be watched now."""
    viewers: int
    """Answers for watching that are under way."""


# --- recordings -----------------------------------------------------------------------------------


class RecordingFile(Struct, frozen=True, kw_only=True):
    name: str
    bytes: int
    room: str
    """Empty: the sheet that says what the others are."""
    began: int | None
    seconds: float | None


class RecordingTold(Struct, frozen=True, kw_only=True):
    id: str
    began: int
    by: str
    ended: int | None
    """Null: it runs, or its server died."""
    why: str
    """Of its end."""
    ended_by: str
    bytes: int
    files: list[RecordingFile]


class RecordingDeleted(Struct, frozen=True):
    deleted: str
