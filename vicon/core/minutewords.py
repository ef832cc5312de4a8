"""The minutes' own values: what a session was, told from its journal. Times are Unix ms, lengths
ms; None: not known, or did not happen. Lists are in the order of time unless said otherwise."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from vicon.core.ceremony import ItemKind, RollStatus
from vicon.core.course import AlarmTrail
from vicon.core.events_server import TakeoverWhy
from vicon.core.model import Expected, Phase, Trial
from vicon.core.pactwords import Document, Signature
from vicon.core.pressure import Level as PressureLevel
from vicon.core.pressure import Why as PressureWhy
from vicon.core.profile import Level, Trouble
from vicon.core.recordwords import DeletedWhy, RecordEnd
from vicon.core.talk import AnnounceEnd, CallerRole, LineEnd

GuideRole = Literal["moderator", "technician"]
OutageKind = Literal["link", "media"]
"""link: the main camera's connection was lost. media: connected, yet it sent nothing."""


class Guide(Struct, frozen=True, kw_only=True):
    """Who acted as moderator or technician, by the name of the link."""

    role: GuideRole
    name: str
    first_at: int
    last_at: int


class Person(Struct, frozen=True, kw_only=True):
    """On a room's attendance list; in the order of their first coming."""

    name: str
    institution: str
    role: str
    first_in: int
    last_out: int | None
    """None: was still there."""
    visits: int
    by: str
    """Who entered the person; empty: the own phone."""
    expected: bool


class Mark(Struct, frozen=True, kw_only=True):
    """Of the roll call; `status` None: the mark was taken away. `by` empty: the room came late."""

    status: RollStatus | None
    at: int
    by: str


class Counts(Struct, frozen=True, kw_only=True):
    """As core.course.RoomCourse: persons counted, and what the camera showed."""

    begin: int | None = None
    peak: int | None = None
    peak_at: int | None = None
    end: int | None = None
    camera_begin: int | None = None
    camera_peak: int | None = None
    camera_end: int | None = None
    person_minutes: float = 0.0
    alarms: list[AlarmTrail] = []


class Decision(Struct, frozen=True, kw_only=True):
    """A moderator let a room have more persons than its cap (`limit`), or come in although it was
    not ready (`limit` None)."""

    at: int
    by: str
    reason: str
    limit: int | None = None
    withdrawn: bool = False
    """It was taken back by this act."""


class Turn(Struct, frozen=True, kw_only=True):
    """On air, while the session was live."""

    began_at: int
    ended_at: int | None


class RoomMinutes(Struct, frozen=True, kw_only=True):
    code: str
    name: str
    hub: bool
    cap: int
    limit: int
    operators: list[str]
    """Names of the links that acted for the room."""
    joined_at: int | None
    """When its main camera was there for the first time."""
    left_at: int | None
    """When it went for the last time; None: it was still there, or never came."""
    attendance: list[Person]
    missing: list[Expected]
    """Expected, and never entered on the list."""
    roll: list[Mark]
    """The last one holds; empty: the room was not called."""
    counts: Counts
    decisions: list[Decision]
    turns: list[Turn]
    on_air_ms: int
    trial: Trial | None
    """The last one."""


class ItemMinutes(Struct, frozen=True, kw_only=True):
    id: str
    kind: ItemKind
    title: str
    room: str | None
    """None: the hub."""
    planned_at: int | None
    planned_s: int
    """Seconds."""
    began_at: int | None = None
    ended_at: int | None = None
    taken_ms: int | None = None
    """Without the pauses; of an item that did not end, as far as it came."""
    paused_ms: int = 0
    skipped: bool = False
    behind_ms: int | None = None
    """How much later than planned the rundown was at its end; negative: earlier."""


class RundownMinutes(Struct, frozen=True, kw_only=True):
    items: list[ItemMinutes]
    """In their own order."""
    planned_s: int
    """Seconds, of all items."""
    edits: int
    began_at: int | None
    ended_at: int | None
    """When the last item ended; None: the rundown did not come to its end."""
    behind_ms: int | None
    """At the end of the last item that ended."""


class CueSeenAt(Struct, frozen=True, kw_only=True):
    room: str
    at: int


class CueMinutes(Struct, frozen=True, kw_only=True):
    """A message to a hall; `room` None: to all."""

    at: int
    by: str
    room: str | None
    text: str
    seen: list[CueSeenAt]
    withdrawn_at: int | None


class Announced(Struct, frozen=True, kw_only=True):
    """A moderator spoke to all halls."""

    at: int
    by: str
    ended_at: int | None
    why: AnnounceEnd | None


class LineMinutes(Struct, frozen=True, kw_only=True):
    """A private line. That it was, never what was said or written on it."""

    at: int
    room: str | None
    """None: the technicians."""
    by: str
    role: CallerRole
    answered_at: int | None
    """The first time; None: nobody spoke on it."""
    answered_by: str
    texts: int
    """How many messages were written, by both sides."""
    ended_at: int | None
    why: LineEnd | None


class HelpMinutes(Struct, frozen=True, kw_only=True):
    at: int
    room: str
    by: str
    text: str
    answered_at: int | None
    answered_by: str


class Outage(Struct, frozen=True, kw_only=True):
    """A room's main camera was away."""

    kind: OutageKind
    room: str
    why: str
    """As the server saw it; empty for media."""
    began_at: int
    ended_at: int | None
    """None: it did not come back."""
    lasted_ms: int
    """Until it came back, else until the session was closed or the journal ends."""
    back: Literal["returned", "replaced"] | None
    live: bool
    """Some of it was while the session was live."""


class Narrowed(Struct, frozen=True, kw_only=True):
    """A hall had less picture than planned, because its line or its machine bore no more."""

    room: str
    trouble: Trouble
    """Of the first step down."""
    lowest: Level
    began_at: int
    ended_at: int | None
    """When the picture was back, a moderator decided, or the hall had gone; None: it lasts."""
    lasted_ms: int
    live: bool
    """Some of it was while the session was live."""


class Pressed(Struct, frozen=True, kw_only=True):
    """The server was so hard pressed that something gave way (core.pressure)."""

    why: PressureWhy
    """At first."""
    highest: PressureLevel
    began_at: int
    ended_at: int | None
    """When nothing gave way any more; None: it lasts."""
    lasted_ms: int
    live: bool
    """Some of it was while the session was live."""


class Jumped(Struct, frozen=True, kw_only=True):
    """The server's clock jumped, ahead if `by_ms` is positive. Where it was not `followed`, the
    times of the minutes go on as if it had not."""

    at: int
    by_ms: int
    followed: bool
    live: bool


class Takeover(Struct, frozen=True, kw_only=True):
    """Another server went on; see events_server.ServerTakenOver."""

    at: int
    why: TakeoverWhy
    epoch: int
    server: str
    by: str
    away_ms: int | None
    live: bool


class ServerMinutes(Struct, frozen=True, kw_only=True):
    pressed: list[Pressed]
    jumps: list[Jumped]
    takeovers: list[Takeover]
    more: int
    """So many more are in the journal alone: of each kind minuteserver.MOST are told."""


class RecordingMinutes(Struct, frozen=True, kw_only=True):
    """A recording, and what became of it. Whose beginning is not in the journal is not told."""

    id: str
    by: str
    rooms: int
    """Of the plan then, the hub among them."""
    began_at: int
    ended_at: int | None
    """None: it runs."""
    why: RecordEnd | None
    ended_by: str
    """Empty: it ended by itself; see `why`."""
    lasted_ms: int
    interruptions: int
    alarms: int
    """How often something was wrong with a room's."""
    deleted_at: int | None
    """None: it was kept."""
    deleted_by: str
    deleted_why: DeletedWhy | None


class Signed(Struct, frozen=True, kw_only=True):
    """A signature of the pact with its place in the journal."""

    signature: Signature
    sequence: int
    hash: str
    struck_at: int | None


class Unsigned(Struct, frozen=True, kw_only=True):
    room: str
    name: str
    office: str


class PactMinutes(Struct, frozen=True, kw_only=True):
    document: Document
    document_hash: str
    signed: int
    """Rooms of which everybody has signed, of `rooms` that were to sign."""
    rooms: int
    signatures: list[Signed]
    """Those struck out too."""
    unsigned: list[Unsigned]
    """Who was named and did not sign."""


class JournalMark(Struct, frozen=True, kw_only=True):
    """Up to where the journal was read."""

    entries: int
    first_at: int
    last_at: int
    hash: str
    """Of the last entry, and so of all."""


class Minutes(Struct, frozen=True, kw_only=True):
    conference: str
    title: str
    timezone: str
    timezone_label: str
    phase: Phase
    """closed: the minutes are final."""
    hub: str
    """Its room's code."""
    planned_begin: int | None
    planned_end: int | None
    begun_at: int | None
    closed_at: int | None
    guides: list[Guide]
    rooms: list[RoomMinutes]
    """The hub first, then in the order of the floor."""
    rundown: RundownMinutes
    cues: list[CueMinutes]
    announcements: list[Announced]
    lines: list[LineMinutes]
    help: list[HelpMinutes]
    outages: list[Outage]
    narrowed: list[Narrowed]
    server: ServerMinutes
    recordings: list[RecordingMinutes]
    pact: PactMinutes | None
    """None: there is no document."""
    journal: JournalMark

    def room_name(self, code: str) -> str:
        return next(room.name for room in self.rooms if room.code == code)
