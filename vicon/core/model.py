"""The state of one conference: plain, immutable values. Only evolve() makes new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from vicon.core.broadcastwords import Broadcast
from vicon.core.ceremony import Cue, Help, Item, RollMark, Rundown, RundownChange
from vicon.core.estimate import Quality
from vicon.core.pactwords import Document, Pact
from vicon.core.presentwords import Presentation
from vicon.core.pressure import Pressure
from vicon.core.profile import Fallback
from vicon.core.recordwords import Recording
from vicon.core.recovered import DrillRun
from vicon.core.talk import Announcement, Line

Role = Literal["moderator", "technician", "operator", "observer", "tester"]
Phase = Literal["draft", "lobby", "live", "closed"]
DeviceKind = Literal["main", "document", "screen", "companion", "desk", "voice"]
"""document, screen: what a room offers to show. voice: a technician's page that only talks on a
private line."""
Admission = Literal["open", "ask"]
OverPolicy = Literal["warn", "lock_mic", "refuse_floor"]
AlarmKind = Literal["over", "mismatch"]
"""over: more persons than the limit. mismatch: the camera sees clearly more than were counted."""
ROLES = ("Pasangan calon", "Pendamping", "KPU", "Bawaslu", "TNI / Polri", "Pers")
Via = Literal["page", "whip", "whep"]
"""How a device came: by the signalling connection of a page or an agent; as an encoder that only
sends (RFC 9725); as a player that only receives (draft-ietf-wish-whep)."""


class Policy(Struct, frozen=True, kw_only=True):
    admission: Admission = "open"
    """`ask`: a moderator admits each device of a room."""
    mute_on_join: bool = False
    mute_lock: bool = False
    """Rooms start with locked microphones."""
    companion_grace_ms: int = 60_000
    """How long a lost companion keeps its place."""
    main_grace_ms: int = 900_000
    undo_ms: int = 10_000
    """How long the floor's last change can be taken back."""
    gate: bool = False
    """A hall that has not passed its trial waits until a moderator lets it in."""
    trial_age_ms: int = 86_400_000
    """A trial older than this says less."""
    over: OverPolicy = "warn"
    """What a room that is above its limit is kept from, beside the warning."""
    escalate_ms: int = 60_000
    """An alarm of the head count that nobody acknowledged becomes loud after this."""
    roles: tuple[str, ...] = ROLES
    """What a person at the door may be."""


class RoomPlan(Struct, frozen=True, kw_only=True):
    """A room as configured."""

    code: str
    name: str
    short_name: str
    abbr: str = ""
    cap: int = 12


class Plan(Struct, frozen=True, kw_only=True):
    """A conference as configured. Part of the journal: keep it readable by later versions."""

    id: str
    title: str
    timezone: str
    timezone_label: str
    hub: RoomPlan
    rooms: tuple[RoomPlan, ...]
    """In the order of the floor."""
    starts_at: int | None = None
    """Unix ms."""
    policy: Policy = Policy()
    rundown: tuple[Item, ...] = ()
    pact: Document | None = None
    """What the halls sign; None: nothing."""


class Actor(Struct, frozen=True, kw_only=True):
    """Who asks: the link's claims and, once joined, the device."""

    role: Role
    name: str
    room: str | None = None
    """The room of an operator; the hub for a moderator; None for an observer;
    the room that looks at it for a hall's display, which is an observer."""
    device: str | None = None


class Device(Struct, frozen=True, kw_only=True):
    id: str
    room: str | None
    kind: DeviceKind
    role: Role
    label: str = ""
    name: str = ""
    shared: bool = False
    """Stands for no person of its own."""
    connected: bool = True
    lost_since: int | None = None
    waiting: bool = False
    camera: bool = True
    publishing: bool = False
    """The media plane receives packets from it."""
    via: Via = "page"
    plays: str = ""
    """What a player receives: PROGRAMME, or a room's code."""
    hall: str = ""
    """Of a hall's display, the room that looks at it: a desk of no room, which shows the programme
    alone."""


class Trial(Struct, frozen=True, kw_only=True):
    """A room's last full trial that came to its end. None: not measured."""

    run: str
    at: int
    by: str
    verdict: Literal["pass", "warn", "fail"]
    profile: Literal["720p", "360p", "audio", "none"]
    equipment: bool = True
    """Camera and microphone were looked at too; a program has none."""
    sentence_id: str
    sentence_en: str
    rtt_ms: float | None = None
    loss_up_percent: float | None = None
    loss_down_percent: float | None = None
    capacity_up_kbps: float | None = None
    capacity_down_kbps: float | None = None
    capacity_up_more: bool = False
    """The line was not filled: it carries at least that much."""
    capacity_down_more: bool = False
    mos: float | None = None
    cause: str = ""
    """Code of what decided the verdict, of trial/causes.py; empty: nothing is wrong, or the run is
    older than this field."""


class Tick(Struct, frozen=True, kw_only=True):
    """An item of a room's equipment that somebody has seen."""

    by: str
    at: int


class CameraCount(Struct, frozen=True, kw_only=True):
    """What a room's camera shows, as last recorded: an estimate, never a proof."""

    persons: int | None
    """None: it cannot be known; `quality` says why."""
    quality: Quality
    since: int
    """When this began to be so, Unix ms."""


class Visit(Struct, frozen=True, kw_only=True):
    """Unix ms."""

    entered_at: int
    left_at: int | None = None
    """None: still there."""


class Attendee(Struct, frozen=True, kw_only=True):
    """A person on a room's attendance list."""

    id: str
    name: str
    institution: str
    role: str
    visits: tuple[Visit, ...]
    """Oldest first, at least one; all but the last are over."""
    by: str = ""
    """Who entered the person; empty: the person's own phone, at the door."""

    @property
    def present(self) -> bool:
        return self.visits[-1].left_at is None


class Expected(Struct, frozen=True, kw_only=True):
    """A person who is to come, from a list that was imported."""

    name: str
    institution: str = ""
    role: str = ""


class Zone(Struct, frozen=True, kw_only=True):
    """A rectangle of a camera's picture in which faces are not counted (a portrait, the hall's own
    screen), as parts of its width and height, 0-1."""

    x: float
    y: float
    width: float
    height: float


class CountAlarm(Struct, frozen=True, kw_only=True):
    """A task for the moderator. Times are Unix ms."""

    kind: AlarmKind
    raised_at: int
    persons: int | None
    """Counted, when it was raised; None: nobody had counted."""
    camera: int | None
    limit: int
    ended_at: int | None = None
    """When it was no longer so; None: it still is."""
    escalated: bool = False
    by: str = ""
    """Who acknowledged it; empty: nobody has."""
    acknowledged_at: int | None = None
    reason: str = ""
    locked: bool = False
    """The room's microphone was locked for it."""

    @property
    def figure(self) -> int:
        return max(self.persons or 0, self.camera or 0)


class Room(Struct, frozen=True, kw_only=True):
    plan: RoomPlan
    tally: int | None = None
    tally_before: tuple[int | None, ...] = ()
    """Earlier tallies, newest last, at most TALLY_UNDO."""
    counted: bool = True
    """Its camera may be looked at, to estimate how many are there."""
    estimate: CameraCount | None = None
    """None: its camera has not been looked at, or is not to be."""
    zones: tuple[Zone, ...] = ()
    attendance: Mapping[str, Attendee] = field(default_factory=dict)
    """By id, in the order of their first coming; those who left too."""
    expected: tuple[Expected, ...] = ()
    over_since: int | None = None
    """Since when more persons are there, or are seen, than the limit allows."""
    mismatch_since: int | None = None
    """Since when the camera sees clearly more than were counted."""
    alarms: Mapping[AlarmKind, CountAlarm] = field(default_factory=dict)
    reduce_asked: bool = False
    """A moderator asked that persons leave."""
    limit: int = 12
    limit_reason: str = ""
    main: str | None = None
    mic: bool = True
    """Open; what may be heard also depends on lock and presence."""
    mic_lock: bool = False
    mic_asked: bool = False
    consent: bool = False
    """The operator agreed that the microphone opens when the room gets the floor."""
    trial: Trial | None = None
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    override: str = ""
    """Why a moderator lets the room in although it is not ready; empty: nobody does."""
    help: Help | None = None
    """The hall has called, and nobody has seen to it."""
    fallback: Fallback = Fallback()


class FloorChange(Struct, frozen=True, kw_only=True):
    """What the last change of the floor replaced, so that it can be taken back."""

    at: int
    floor: str | None
    floor_since: int | None
    next: str | None
    hands: tuple[str, ...]
    mics: Mapping[str, bool]


class Conference(Struct, frozen=True, kw_only=True):
    plan: Plan
    phase: Phase = "draft"
    rooms: Mapping[str, Room] = field(default_factory=dict)
    """By code; the hub among them, first; then in the order of the floor."""
    devices: Mapping[str, Device] = field(default_factory=dict)
    floor: str | None = None
    """None: the hub."""
    floor_since: int | None = None
    next: str | None = None
    hands: tuple[str, ...] = ()
    mic_lock: bool = False
    floor_change: FloorChange | None = None
    beside: str | None = None
    """A second room that is on air."""
    pinned: str | None = None
    """Shown large everywhere, whoever is on air."""
    black: bool = False
    """The hub alone is seen and heard."""
    presentation: Presentation | None = None
    """A screen or documents shown to everybody."""
    rundown: Rundown = Rundown()
    rundown_change: RundownChange | None = None
    point: int = 0
    """Of the pact, that every hall shows; 0: none."""
    roll: Mapping[str, RollMark] = field(default_factory=dict)
    """By room; a room without a mark was not called."""
    pact: Pact = Pact()
    cues: tuple[Cue, ...] = ()
    """Newest last, at most MAX_CUES."""
    archived: bool = False
    """Put away: nobody comes in."""
    room_sets: int = 0
    """How often rooms came or went: what was made for those before does not fit any more."""
    announcement: Announcement | None = None
    """A moderator speaks to all halls."""
    lines: Mapping[str, Line] = field(default_factory=dict)
    """By room's code or TECHNICIANS the line that stands, else the last that did."""
    pressure: Pressure = Pressure()
    drill: DrillRun | None = None
    """None: no drill was run."""
    jumps: int = 0
    """Of the machine's clock; at most MAX_JUMPS are entered."""
    epoch: int = 0
    """Of the last takeover by another server; 0: there was none."""
    recording: Recording | None = None
    """The last one; None: nothing was recorded."""
    broadcast: Broadcast | None = None
    """The last one; None: nothing was broadcast."""


PROGRAMME = "programme"
"""What a player receives that follows the floor: the room on air, else the hub."""
TALLY_UNDO = 20
MAX_JUMPS = 100
MAX_DEVICES_PER_ROOM = 100
MAX_ATTENDEES, MAX_VISITS, MAX_EXPECTED, MAX_ZONES = 2_000, 50, 500, 12
"""Per room; the visits per person."""
