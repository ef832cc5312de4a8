"""What a role sees of a conference, as parts of messages. A part of protocol v1; signaling.messages
is the whole. Times are Unix ms.
"""

from __future__ import annotations

from typing import Literal

from signaling.broadcast import BroadcastView
from signaling.ceremony import (
    CueView,
    HelpView,
    PactView,
    ProgressView,
    RollView,
    RundownView,
    SignatoryView,
    SigningView,
    WitnessView,
)
from signaling.counts import AttendeeView, CountAlarmView, ExpectedView, Zone
from signaling.drill import DrillView
from signaling.fallback import FallbackView
from signaling.health import PressureView
from signaling.presentation import PresentationView
from signaling.recording import RecordingView
from signaling.shape import Role, _Part
from signaling.talk import AnnouncementView, PrivateLineView
from signaling.trial import ReadinessView

Phase = Literal["draft", "lobby", "live", "closed"]
DeviceKind = Literal["main", "document", "screen", "companion", "desk", "voice"]
"""main: the hall's camera. document: a second camera, for documents. screen: a computer's screen or
a window of it; both send a picture alone, to be presented. companion: one person's own phone or
laptop. desk: a moderator's, technician's or observer's screen. voice: a technician's page that only
talks on a private line."""
JoinKind = Literal["auto", "main", "document", "screen", "companion", "voice"]
Presence = Literal["absent", "waiting", "joined", "lost"]
CountState = Literal["unknown", "ok", "near", "full", "over"]
EstimateQuality = Literal[
    "ok",
    "off",
    "dark",
    "covered",
    "frozen",
    "unreadable",
    "small",
    "unavailable",
    "stale",
    "crowded",
]
"""Of what a camera shows; `crowded`: more are there than are seen. Else why nothing is known: the
camera sends nothing; is dark or covered; stands still; cannot be decoded; is too small for faces to
be found; there is no counter; it was not looked at for a while."""
MicState = Literal["off", "on", "locked"]
MediaKind = Literal["audio", "video"]
Size = Literal["large", "inset", "thumbnail"]


class DeviceView(_Part):
    id: str
    kind: DeviceKind
    label: str
    role: Role
    connected: bool
    lost_since: int | None
    waiting: bool
    """In the waiting room until a moderator admits it."""
    shared: bool
    publishing: bool
    camera: bool


class EstimateView(_Part):
    """Never a proof: who is hidden is not seen. Null persons: `quality` says why."""

    persons: int | None
    quality: EstimateQuality
    since: int
    """When this began to be so, Unix ms."""


class RoomView(_Part):
    code: str
    name: str
    title: str
    """The name without its kind: Kutai Kartanegara."""
    short_name: str
    abbr: str
    hub: bool
    cap: int
    limit: int
    """The cap, or what a moderator allowed beyond it."""
    limit_reason: str
    count: int | None
    """Persons: the larger of declared and checked in; null when nobody has said anything."""
    declared: int | None
    """Tally and companions."""
    checked_in: int
    """On the attendance list, and not gone again."""
    tally: int | None
    count_state: CountState
    count_undo: bool
    counted: bool
    """The room's camera may be looked at, to estimate how many are there."""
    estimate: EstimateView | None
    """What it shows, for those who see the devices; null: it has not been looked at."""
    zones: list[Zone]
    """Where in its picture no faces are counted; for those who see the devices."""
    alarms: list[CountAlarmView]
    """For those who see the devices."""
    reduce_asked: bool
    """A moderator asks that persons leave."""
    attendance: list[AttendeeView]
    """Who came, those who left too, in the order of coming; for those who see the devices."""
    expected: list[ExpectedView]
    """Who is to come; for those who see the devices."""
    presence: Presence
    lost_since: int | None
    publishing: bool
    camera: bool
    mic: MicState
    mic_asked: bool
    mic_lock: bool
    """The lock of this room alone; the conference has its own."""
    hand: int | None
    """Place in the queue of raised hands, from 1."""
    main: str | None
    devices: list[DeviceView]
    """For moderators and technicians, and for the room itself; else empty."""
    readiness: ReadinessView
    fallback: FallbackView | None
    """How much picture its line is trusted with; null: the hub, which has no such plan."""
    roll: RollView | None
    """The roll call's mark; null: not called."""
    cues: list[CueView]
    """Messages that this hall has not acknowledged, oldest first; for those who see the devices."""
    help: HelpView | None
    """The hall calls for help; for those who see the devices."""
    line: PrivateLineView | None
    """The private line to this room, or its last; for those who see the devices."""
    signatories: list[SignatoryView]
    witnesses: list[WitnessView]
    complete: bool
    """Everybody who signs the pact for this room has."""


class ConferenceView(_Part):
    id: str
    title: str
    phase: Phase
    timezone: str
    """IANA name."""
    timezone_label: str
    """As printed: WITA."""
    starts_at: int | None
    hub: str
    floor: str | None
    """The room on air; null: the hub."""
    floor_since: int | None
    next: str | None
    floor_order: list[str]
    hands: list[str]
    mic_lock: bool
    undo_until: int | None
    """The floor's last change can be taken back until then."""
    gate: bool
    """Rooms that are not ready wait until a moderator lets them in."""
    roles: list[str]
    """What a person at the door may be."""
    over: Literal["warn", "lock_mic", "refuse_floor"]
    """What a room above its limit is kept from, beside the warning."""
    beside: str | None
    """A second room on air."""
    pinned: str | None
    """Shown large everywhere, whoever is on air."""
    black: bool
    """The hub alone is seen and heard."""
    presentation: PresentationView | None
    """Shown to everybody in place of who speaks, who stands beside it; null: nothing."""
    progress: ProgressView
    cues: list[CueView]
    """All messages, oldest first; for moderators and technicians."""
    announcement: AnnouncementView | None
    """A moderator speaks to all halls."""
    line: PrivateLineView | None
    """The private line to the technicians, or its last; for moderators and technicians."""
    signing: SigningView
    pressure: PressureView | None
    """Null: nothing gives way."""
    drill: DrillView | None
    """The last recovery drill; for moderators and technicians."""
    recording: RecordingView | None
    """Null: nothing was recorded."""
    broadcast: BroadcastView | None
    """Null: nothing was broadcast."""


class SendWish(_Part):
    """What the server wants from this device now."""

    audio: bool
    video: bool
    height: int
    """Pixels; 720, 360 or 180; 1080 of what is presented."""
    max_kbps: int
    """For the video."""


class ReceiveWish(_Part):
    room: str
    size: Size
    audio: bool
    video: bool
    """Its picture, as far as the line carries it."""
    rests: bool
    """Its picture does not come: the server is pressed."""


class YouView(_Part):
    role: Role
    name: str
    room: str | None
    device: DeviceView | None
    """Null until joined."""
    resume: str | None
    """Token with which this device comes back as itself."""
    send: SendWish | None
    receive: list[ReceiveWish]
    may: list[str]
    """Types of the commands that the role may use."""


class View(_Part):
    conference: ConferenceView
    rundown: RundownView
    pact: PactView | None
    """Null: nothing is to be signed."""
    rooms: list[RoomView]
    """The hub first, then the rooms in the order of the floor."""
    you: YouView
