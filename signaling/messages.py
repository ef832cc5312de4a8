"""Every message of protocol v1: the one source.

JSON text frames, each an object with a `type`. TypeScript types and the JSON Schema in
docs/schema are generated from this file by scripts/gen; a check fails when they are stale.
Times are Unix milliseconds (UTC) unless a name says otherwise; rooms are named by their code.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.broadcast import (
    BroadcastAlarmView,
    BroadcastCause,
    BroadcastEnd,
    BroadcastStart,
    BroadcastStop,
    BroadcastView,
)
from signaling.ceremony import (
    CueSee,
    CueSeen,
    CueSend,
    CueView,
    CueWithdraw,
    HandMove,
    HelpAnswer,
    HelpCall,
    HelpView,
    ItemKind,
    ItemRunView,
    ItemView,
    PactDocument,
    PactEdit,
    PactName,
    PactOpen,
    PactShow,
    PactSign,
    PactStrike,
    PactUnname,
    PactView,
    PactWitness,
    PactWitnesses,
    ProgressView,
    RollMark,
    RollStatus,
    RollTake,
    RollView,
    RundownAdvance,
    RundownEdit,
    RundownItem,
    RundownPause,
    RundownSkip,
    RundownUndo,
    RundownView,
    SignatoryView,
    SigningView,
    SpotlightBeside,
    SpotlightBlack,
    SpotlightPin,
    StruckView,
    WitnessView,
)
from signaling.counts import (
    AlarmKind,
    AttendanceCorrect,
    AttendanceEnter,
    AttendanceKeep,
    AttendanceLeave,
    AttendanceStrike,
    AttendeeView,
    CountAcknowledge,
    CountAlarmView,
    CountAskReduce,
    CountZones,
    ExpectedView,
    Zone,
)
from signaling.drill import DrillKind, DrillRecord, DrillResult, DrillView, RecoveredView
from signaling.fallback import (
    FallbackLevel,
    FallbackPin,
    FallbackView,
    FallbackWhy,
    TroubleView,
)
from signaling.figures import (
    DeviceFigures,
    LayerName,
    LineLimit,
    LineView,
    MediaAgain,
    MediaFigures,
    MediaLayers,
    MediaLine,
    MediaSeen,
    Paused,
    PausedView,
    SeenRoom,
    StreamView,
)
from signaling.health import (
    CheckState,
    CheckView,
    PressureCause,
    PressureView,
    ServerChecks,
)
from signaling.presentation import (
    PresentationEnd,
    PresentationKind,
    PresentationShow,
    PresentationView,
)
from signaling.recording import (
    RecordedRoom,
    RecordingAlarmView,
    RecordingCause,
    RecordingEnd,
    RecordingFigures,
    RecordingStart,
    RecordingStop,
    RecordingView,
)
from signaling.shape import (
    CommandId,
    CouncilId,
    DeviceId,
    Fence,
    Label,
    Language,
    Life,
    LineName,
    Reason,
    Role,
    RoomCode,
    Sdp,
    StandbyStand,
    Text,
    Token,
    WitnessWord,
    _Open,
    _Part,
    _Strict,
)
from signaling.talk import (
    AnnouncementView,
    AnnounceSet,
    CallerRole,
    LineAnswer,
    LineCall,
    LineDecline,
    LineEnd,
    LineHangUp,
    LineQuiet,
    LineRing,
    LineSide,
    LineText,
    LineVoice,
    LineWrite,
    PrivateLineView,
)
from signaling.trial import (
    BrowserFacts,
    Connected,
    Cut,
    DeviceFacts,
    DoBrowser,
    DoCall,
    DoCut,
    DoDevices,
    DoEcho,
    DoEnd,
    DoHangUp,
    DoLoadUp,
    DoPath,
    DoWatch,
    Echoed,
    EquipmentItem,
    EquipmentTick,
    Failed,
    FigureView,
    IceServer,
    LegName,
    Loaded,
    Outcome,
    PathName,
    Profile,
    ReadinessCheck,
    ReadinessOverride,
    ReadinessState,
    ReadinessView,
    RunId,
    RunKind,
    RunState,
    RunView,
    SeenFrames,
    SeenPicture,
    StationId,
    StationView,
    StepName,
    StepState,
    StepView,
    SweepRoomView,
    SweepView,
    Task,
    TaskResult,
    TestedView,
    TrialAnswer,
    TrialConnect,
    TrialDo,
    TrialOffer,
    TrialRepeat,
    TrialReport,
    TrialRun,
    TrialStart,
    TrialStarted,
    TrialStations,
    TrialStop,
    TrialSweep,
    TrialSweeping,
    TrialSweepStop,
    TrialWithdraw,
    Watched,
)
from signaling.views import (
    ConferenceView,
    CountState,
    DeviceKind,
    DeviceView,
    EstimateQuality,
    EstimateView,
    JoinKind,
    MediaKind,
    MicState,
    Phase,
    Presence,
    ReceiveWish,
    RoomView,
    SendWish,
    Size,
    View,
    YouView,
)

PROTOCOL_VERSION = 1
MAX_FRAME_BYTES = 262_144
"""Largest frame in either direction; an SDP with two dozen media sections fits."""

# --- commands: what a person or a program asks for -------------------------------------------


class RoomJoin(_Strict, tag="room.join"):
    """Enter the room of the link. `auto`: main camera where there is none, else companion. `voice`:
    a technician's page that is to talk on a private line; it receives no pictures."""

    kind: JoinKind = "auto"
    label: Label = ""
    shared: bool = False
    """A companion that stands for no person of its own (a shared hall camera)."""
    take_over: bool = False
    """Replace the main device, if it is lost."""
    open_mic_on_air: bool = True
    """The operator's consent that the microphone opens by itself when the room gets the floor."""


class RoomLeave(_Strict, tag="room.leave"):
    pass


class DeviceTakeMain(_Strict, tag="device.take_main"):
    """Become the room's main camera; the present one must be lost."""


class DeviceRemove(_Strict, tag="device.remove"):
    device: DeviceId


class DeviceAdmit(_Strict, tag="device.admit"):
    device: DeviceId


class DeviceCamera(_Strict, tag="device.camera"):
    """Tell whether one's own camera is on: the others see a word, not a black picture."""

    on: bool


class CountSet(_Strict, tag="count.set"):
    room: RoomCode
    value: Annotated[int, Meta(ge=0, le=999)]


class CountAdd(_Strict, tag="count.add"):
    room: RoomCode
    by: Literal[1, -1]


class CountUndo(_Strict, tag="count.undo"):
    room: RoomCode


class CountAllow(_Strict, tag="count.allow"):
    """Let a room hold up to `limit` persons; `limit` equal to the cap takes it back."""

    room: RoomCode
    limit: Annotated[int, Meta(ge=1, le=999)]
    reason: Reason


class CountEstimate(_Strict, tag="count.estimate"):
    """Let the room's camera be looked at, to estimate how many are there, or not."""

    room: RoomCode
    on: bool


class FloorGive(_Strict, tag="floor.give"):
    room: RoomCode


class FloorTake(_Strict, tag="floor.take"):
    """Back to the hub."""


class FloorCue(_Strict, tag="floor.cue"):
    """Name the room that comes next."""

    room: RoomCode


class FloorUndo(_Strict, tag="floor.undo"):
    """Take the last change of the floor back; within 10 s of it."""


class MicMute(_Strict, tag="mic.mute"):
    room: RoomCode


class MicUnmute(_Strict, tag="mic.unmute"):
    """An operator opens the own room's microphone; refused while it is locked."""

    room: RoomCode


class MicAsk(_Strict, tag="mic.ask"):
    """A moderator asks a room to open its microphone."""

    room: RoomCode


class MicMuteAll(_Strict, tag="mic.mute_all"):
    """All rooms but the hub and the room on air."""


class MicLock(_Strict, tag="mic.lock"):
    """Rooms may open their microphone only with permission: for all, or for one room."""

    on: bool
    room: RoomCode | None = None


class HandRaise(_Strict, tag="hand.raise"):
    room: RoomCode


class HandLower(_Strict, tag="hand.lower"):
    room: RoomCode


class PhaseSet(_Strict, tag="phase.set"):
    phase: Literal["lobby", "live", "closed"]


class MediaPublish(_Strict, tag="media.publish"):
    """Offer of the up connection (one audio and one video section, sendonly, all candidates in).
    Answered by `Published`. Sent again, it replaces the connection."""

    sdp: Sdp


class MediaSubscribe(_Strict, tag="media.subscribe"):
    """Ask for the down connection. Answered by `Subscribed`: the server's offer."""


class MediaAnswer(_Strict, tag="media.answer"):
    """The client's answer to the last `Subscribed`."""

    sdp: Sdp


class MediaRestart(_Strict, tag="media.restart"):
    """Restart ICE on a connection whose media goes on meanwhile. `up`: with the client's offer,
    answered by `Published`. `down`: without; answered by `Subscribed`, the server's offer of the
    same sections (its `slots` empty: they are as before), which is answered by `media.answer`."""

    line: LineName
    sdp: Sdp | None = None


class MediaCandidate(_Strict, tag="media.candidate"):
    """A candidate that came after the description was sent; "" when there are no more."""

    line: LineName
    candidate: Annotated[str, Meta(max_length=1_000)]
    mid: Annotated[str, Meta(max_length=64)] | None = None


CommandBody = (
    RoomJoin
    | RoomLeave
    | DeviceTakeMain
    | DeviceRemove
    | DeviceAdmit
    | DeviceCamera
    | CountSet
    | CountAdd
    | CountUndo
    | CountAllow
    | CountEstimate
    | CountZones
    | CountAcknowledge
    | CountAskReduce
    | AttendanceEnter
    | AttendanceLeave
    | AttendanceKeep
    | AttendanceCorrect
    | AttendanceStrike
    | FloorGive
    | FloorTake
    | FloorCue
    | FloorUndo
    | MicMute
    | MicUnmute
    | MicAsk
    | MicMuteAll
    | MicLock
    | HandRaise
    | HandLower
    | PhaseSet
    | MediaPublish
    | MediaSubscribe
    | MediaAnswer
    | MediaRestart
    | MediaCandidate
    | MediaSeen
    | TrialOffer
    | TrialWithdraw
    | TrialStart
    | TrialStop
    | TrialRepeat
    | TrialSweep
    | TrialSweepStop
    | TrialConnect
    | TrialReport
    | ReadinessCheck
    | ReadinessOverride
    | RundownEdit
    | RundownAdvance
    | RundownSkip
    | RundownPause
    | RundownUndo
    | RollMark
    | RollTake
    | CueSend
    | CueSee
    | CueWithdraw
    | HelpCall
    | HelpAnswer
    | SpotlightBeside
    | SpotlightPin
    | SpotlightBlack
    | PresentationShow
    | PresentationEnd
    | HandMove
    | PactEdit
    | PactShow
    | PactOpen
    | PactName
    | PactUnname
    | PactWitnesses
    | PactSign
    | PactStrike
    | AnnounceSet
    | LineCall
    | LineRing
    | LineAnswer
    | LineDecline
    | LineWrite
    | LineHangUp
    | FallbackPin
    | DrillRecord
    | RecordingStart
    | RecordingStop
    | BroadcastStart
    | BroadcastStop
)


# --- client to server ------------------------------------------------------------------------


class Hello(_Strict, tag="hello"):
    """First message of every connection."""

    v: int
    token: Token
    resume: Token | None = None
    """From an earlier welcome or delta: come back as the same device."""
    lang: Language = "id"
    fence: Fence | None = None
    """As the last welcome had it, whichever server gave it: one that has been replaced learns of it
    by this."""
    life: Life | None = None
    """Drawn anew whenever the program begins; whoever does not send one is no witness."""


class Command(_Strict, tag="command"):
    """`id` rises with every command of a connection; it comes back in `ok` or `refused`."""

    id: CommandId
    body: CommandBody


class Ping(_Strict, tag="ping"):
    t: float


class Witness(_Strict, tag="witness"):
    """The answer to `witness.ask`: what this client says in that council, once and for all. The
    first word that it was asked for is its word."""

    council: CouncilId
    word: WitnessWord


ClientMessage = Hello | Command | Ping | Witness


# --- server to client ------------------------------------------------------------------------


class Welcome(_Open, tag="welcome"):
    v: int
    rev: int
    now: int
    heartbeat_s: float
    """Send a ping at least this often; the server closes after three of these in silence."""
    media_epoch: str
    """Changes when the media plane has been rebuilt: set both connections up again."""
    view: View
    ice: list[IceServer] = []
    """TURN servers with credentials for this connection's time; empty: none is configured."""
    servers: list[str] = []
    """Where to go when this server cannot be reached or does not serve: origins, as
    https://host:port. Keep them, and try all in turn."""
    fence: str = ""
    """To be shown in the next hello, at whatever server; empty: there is no second one."""


class Delta(_Open, tag="delta"):
    """What changed from `prev` to `rev`, as whole parts. `prev` must be the last revision seen."""

    prev: int
    rev: int
    conference: ConferenceView | None = None
    rundown: RundownView | None = None
    pact: PactView | None = None
    rooms: list[RoomView] = []
    you: YouView | None = None


class Slot(_Part):
    """A media section of the down connection and the room whose main camera it carries; or, beside
    the programme, `@announce` and `@line`, which have sound alone."""

    mid: str
    room: str
    kind: MediaKind


class Published(_Part, tag_field="type", tag="published"):
    sdp: str


class Subscribed(_Part, tag_field="type", tag="subscribed"):
    sdp: str
    slots: list[Slot]


class Joined(_Part, tag_field="type", tag="joined"):
    device: str
    resume: str


class Ok(_Open, tag="ok"):
    id: int
    rev: int
    """In force from this revision on."""
    result: Published | Subscribed | Joined | TrialAnswer | TrialStarted | None = None


class Refused(_Open, tag="refused"):
    id: int
    code: str
    """One of signaling/reasons.py."""
    text: Text


class MediaReset(_Open, tag="media_reset"):
    """The media plane was rebuilt: publish and subscribe again."""

    epoch: str


class Deed(_Open, tag="deed"):
    """What another desk has just done, for a moderator or technician to read: sent once, no part of
    the view and of no revision."""

    at: int
    by: str
    """Name of the link."""
    act: str
    """Type of the command."""
    room: str | None = None
    """Whom it concerns."""
    what: str = ""
    """The item that began, was skipped or is back (empty: none); the message; the mark; the phase;
    the point of the pact."""
    on: bool | None = None
    """Of acts that switch something on or off."""


class Bye(_Open, tag="bye"):
    """Sent before the server closes, with the reason."""

    code: str
    text: Text


class Pong(_Open, tag="pong"):
    t: float
    now: int


class WitnessAsk(_Open, tag="witness.ask"):
    """One of two servers that have lost each other asks a hall. `alone`: may the first go on
    without its standby? `takeover`: may the standby serve? Also before the welcome."""

    council: str
    word: WitnessWord


class StandbyState(_Open, tag="standby"):
    """How the second server stands: to moderators and technicians after the welcome and at each
    change, to all when it comes for the first time. `servers` and `fence` as in the welcome."""

    stand: StandbyStand
    behind: int = 0
    """Entries of the journal that it does not have yet."""
    since: int = 0
    servers: list[str] = []
    fence: str = ""


ServerMessage = (
    Welcome
    | Delta
    | Ok
    | Refused
    | MediaReset
    | Deed
    | Bye
    | Pong
    | MediaLayers
    | MediaLine
    | MediaAgain
    | MediaFigures
    | RecordingFigures
    | ServerChecks
    | LineText
    | StandbyState
    | WitnessAsk
    | TrialDo
    | TrialRun
    | TrialSweeping
    | TrialStations
)
