"""Messages of trial calls. A part of protocol v1; signaling.messages is the whole.

A *station* is a connection that has said that it can be tested for its room (`trial.offer`): the
room's test page, its join page, or a program. The server runs the trial: it sends a station one
`trial.do` after the other and gets a `trial.report` for each. Whoever may see a run gets it whole
(`trial.run`) whenever it has changed. Times are Unix ms of the server's clock.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.shape import Reason, RoomCode, Sdp, Text, _Open, _Part, _Strict

RunId = Annotated[str, Meta(min_length=1, max_length=64)]
StationId = Annotated[str, Meta(min_length=1, max_length=64)]
LegName = Annotated[str, Meta(min_length=1, max_length=32)]
"""One media connection of a run."""
Short = Annotated[str, Meta(max_length=300)]
Percent = Annotated[float, Meta(ge=0, le=100)]
StepName = Literal[
    "browser", "devices", "signalling", "paths", "media", "capacity", "reconnect", "verdict"
]
StepState = Literal["pending", "running", "pass", "warn", "fail", "skipped"]
Outcome = Literal["pass", "warn", "fail"]
Profile = Literal["720p", "360p", "audio", "none"]
"""What the line carries."""
RunKind = Literal["full", "quick"]
"""quick: the self-check before joining, at most 15 s."""
RunState = Literal["running", "done", "stopped", "broken"]
"""broken: it could not be brought to its end; `sentence` says why."""
PathName = Literal["udp", "turn_udp", "turn_tcp", "turn_tls"]
"""udp: straight. The others: through the TURN server, by what leads to it."""
EquipmentItem = Literal[
    "camera", "microphone", "speakers", "display", "backup_power", "backup_line", "contact"
]
ReadinessState = Literal["ready", "attention", "not_ready", "untested"]


# --- what a technician, an operator or a station asks for --------------------------------------


class TrialOffer(_Strict, tag="trial.offer"):
    """This connection can be tested for its room from now on. `station`: the same name after a
    reload or a lost connection, so that a run goes on."""

    station: StationId
    client: Literal["browser", "program"] = "browser"
    agent: Short = ""
    """Name and version of the browser or program, for the report."""


class TrialWithdraw(_Strict, tag="trial.withdraw"):
    pass


class TrialStart(_Strict, tag="trial.start"):
    """Test a room's station. Operators and testers: their own room. `force`: even in a live
    session, with a bounded share of the line."""

    room: RoomCode
    kind: RunKind = "full"
    seconds: Annotated[int, Meta(ge=5, le=120)] = 30
    """Of the media call."""
    force: bool = False


class TrialStop(_Strict, tag="trial.stop"):
    run: RunId


class TrialRepeat(_Strict, tag="trial.repeat"):
    """Run one step again and judge anew. Of a run that has ended this begins a new run, which
    takes the other steps over."""

    run: RunId
    step: StepName


class TrialSweep(_Strict, tag="trial.sweep"):
    """Test all rooms that have a station: one by one, then all at once under the session's load."""

    seconds: Annotated[int, Meta(ge=5, le=120)] = 30
    force: bool = False


class TrialSweepStop(_Strict, tag="trial.sweep_stop"):
    pass


class TrialConnect(_Strict, tag="trial.connect"):
    """A station's offer of a leg's connection, all candidates in. Answered by `TrialAnswer`."""

    run: RunId
    leg: LegName
    sdp: Sdp


class ReadinessCheck(_Strict, tag="readiness.check"):
    """Tick an item of a room's equipment list, or take the tick away."""

    room: RoomCode
    item: EquipmentItem
    on: bool


class ReadinessOverride(_Strict, tag="readiness.override"):
    """A moderator lets a room in that is not ready, or takes that back."""

    room: RoomCode
    on: bool
    reason: Reason


# --- what a station reports ---------------------------------------------------------------------


class BrowserFacts(_Strict, tag="browser"):
    secure: bool
    """window.isSecureContext; true for a program."""
    webrtc: bool
    agent: Short
    codecs: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=64)]
    """Of both directions: VP8, H264, opus ... as getCapabilities names them."""
    platform: Short = ""
    threads: Annotated[int, Meta(ge=0, le=4096)] = 0


class DeviceFacts(_Strict, tag="devices"):
    """What was opened. A `problem` is denied, missing, busy, unanswered, insecure or failed; empty:
    none."""

    camera: Short = ""
    camera_problem: Short = ""
    width: Annotated[int, Meta(ge=0, le=16384)] = 0
    height: Annotated[int, Meta(ge=0, le=16384)] = 0
    fps: Annotated[float, Meta(ge=0, le=1000)] = 0.0
    frames: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    """Pictures of the camera that the station looked at itself; null: it cannot."""
    changed: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """How many of these differ from the one before in any of the points that were looked at."""
    microphone: Short = ""
    microphone_problem: Short = ""
    speaker: Short = ""


class Echoed(_Strict, tag="echoed"):
    pass


class Connected(_Strict, tag="connected"):
    """How a leg's connection went."""

    connected: bool
    ms: Annotated[float, Meta(ge=0)] | None = None
    """From the first act to connected."""
    candidate: Literal["", "host", "srflx", "prflx", "relay"] = ""
    protocol: Literal["", "udp", "tcp"] = ""
    relay: Literal["", "udp", "tcp", "tls"] = ""
    """How the TURN server was reached."""
    errors: Annotated[list[Short], Meta(max_length=20)] = []
    """Of icecandidateerror: code, text."""


class SeenFrames(_Part, forbid_unknown_fields=True):
    """The pictures that were shown, one entry each in every list, in order. Times are Unix ms of
    the server's clock as the station knows it. An empty list: this station does not know."""

    rtp: Annotated[list[Annotated[int, Meta(ge=0, le=2**32 - 1)]], Meta(max_length=4000)]
    """Timestamp of its packets."""
    arrived: Annotated[list[float], Meta(max_length=4000)]
    """Its last packet came; 0: not known."""
    shown: Annotated[list[float], Meta(max_length=4000)]
    mark: Annotated[list[int], Meta(max_length=4000)]
    """Number read from the marked picture; -1: could not be read, -2: not looked at."""


class SeenPicture(_Part, forbid_unknown_fields=True):
    """A received picture in grey, to compare with what was sent."""

    mark: int
    width: Annotated[int, Meta(ge=1, le=640)]
    height: Annotated[int, Meta(ge=1, le=360)]
    luma: Annotated[str, Meta(max_length=200_000)]
    """Base64 of width x height bytes, rows from the top, full range."""


class Watched(_Strict, tag="watched"):
    """What came down in the call during the watch. null: this station cannot know."""

    seconds: Annotated[float, Meta(ge=0)]
    frames: SeenFrames | None = None
    decoded: Annotated[int, Meta(ge=0)] | None = None
    width: Annotated[int, Meta(ge=0, le=16384)] = 0
    height: Annotated[int, Meta(ge=0, le=16384)] = 0
    freezes: Annotated[int, Meta(ge=0)] | None = None
    frozen_ms: Annotated[float, Meta(ge=0)] | None = None
    packets: Annotated[int, Meta(ge=0)] | None = None
    """inbound-rtp packetsReceived, sound and picture, over the watch."""
    lost: int | None = None
    """inbound-rtp packetsLost over the watch."""
    concealed_percent: Percent | None = None
    av_offset_ms: float | None = None
    """Sound after picture: positive."""
    clock_error_ms: Annotated[float, Meta(ge=0)] | None = None
    """Half the round trip by which the server's clock was read."""
    picture: SeenPicture | None = None


class Loaded(_Strict, tag="loaded"):
    """The load up has been sent. `limited`: this station could not send enough."""

    connected: bool
    limited: bool = False


class Cut(_Strict, tag="cut"):
    """The socket was cut and all was made again. null: did not come back in time."""

    socket_ms: Annotated[float, Meta(ge=0)] | None
    media_ms: Annotated[float, Meta(ge=0)] | None
    """From the cut until packets came again."""


class Failed(_Strict, tag="failed"):
    """The task could not be done; `why` is for the log and the report's details."""

    why: Short


TaskResult = BrowserFacts | DeviceFacts | Echoed | Connected | Watched | Loaded | Cut | Failed


class TrialReport(_Strict, tag="trial.report"):
    run: RunId
    task: Annotated[int, Meta(ge=1)]
    result: TaskResult


# --- what the server asks of a station ----------------------------------------------------------


class IceServer(_Part):
    """As RTCIceServer."""

    urls: list[str]
    username: str = ""
    credential: str = ""


class DoBrowser(_Open, tag="browser"):
    """Answer: browser."""


class DoDevices(_Open, tag="devices"):
    """Open camera and microphone, the sound as it is (no echo cancellation, noise suppression or
    gain control), and keep them open until `end`. Answer: devices."""


class DoEcho(_Open, tag="echo"):
    """Answer at once: echoed."""


class DoPath(_Open, tag="path"):
    """Try one path alone with a connection of its own: one audio section, recvonly. Close it
    again. Answer: connected."""

    leg: LegName
    path: PathName
    ice: list[IceServer]
    relay_only: bool
    timeout_s: float


class DoCall(_Open, tag="call"):
    """Open the two-way call: sound (section 0) and picture (section 1), sendrecv; leave it open
    until `hang_up`, another `call` of the same name, or `end`. Answer: connected."""

    leg: LegName
    ice: list[IceServer]
    relay_only: bool
    video: bool
    raw_sound: bool
    """Send the sound as the microphone gives it; else as the session would."""
    max_kbps: int
    """Of the picture that is sent."""
    height: int
    timeout_s: float


class DoWatch(_Open, tag="watch"):
    """Observe the open call. Answer after `seconds`: watched."""

    leg: LegName
    seconds: float


class DoHangUp(_Open, tag="hang_up"):
    """Close one call. Answer: echoed."""

    leg: LegName


class DoLoadUp(_Open, tag="load_up"):
    """Send as much as told. Browser: on a connection of its own (section 0 video, sendonly, noise
    picture), from `from_kbps` rising to `to_kbps` within `ramp_s`, then on until `seconds`. A
    program: on the open call `leg`. Answer: loaded."""

    leg: LegName
    ice: list[IceServer]
    relay_only: bool
    from_kbps: int
    to_kbps: int
    ramp_s: float
    seconds: float
    timeout_s: float


class DoCut(_Open, tag="cut"):
    """Drop the socket without a word, connect again, offer again with the same station name, and
    open the call `call` again. Answer (on the new connection): cut."""

    call: DoCall


class DoEnd(_Open, tag="end"):
    """The run is over: close what was opened for it. No answer."""


Task = (
    DoBrowser | DoDevices | DoEcho | DoPath | DoCall | DoWatch | DoHangUp | DoLoadUp | DoCut | DoEnd
)


class TrialDo(_Open, tag="trial.do"):
    run: str
    task: int
    body: Task


# --- what is seen of a run ----------------------------------------------------------------------


class FigureView(_Part):
    name: str
    """rtt_ms, loss_up_percent ...: unit in the name."""
    value: float | None
    """null: not measured."""
    unit: str
    state: StepState
    """pending: it has no threshold."""
    text: Text
    """The value for people: 0,4 % (±0,2); at least 4 Mbit/s; not measured."""
    limit: Text
    """The threshold it was judged by; empty for none."""


class StepView(_Part):
    name: StepName
    state: StepState
    line: Text
    """The few words on the right of the row."""
    figures: list[FigureView]
    cause: Text | None
    cure: list[Text]
    """One act after the other."""
    progress: float | None
    """0..1 while it runs."""
    attempts: int


class RunView(_Part):
    id: str
    room: str
    kind: RunKind
    state: RunState
    verdict: Outcome | None
    profile: Profile | None
    sentence: Text
    """The verdict in one plain sentence; empty while it runs."""
    steps: list[StepView]
    started_at: int
    ended_at: int | None
    by: str
    """Who started it."""
    station: str
    agent: str
    picture: bool
    """A still from the camera can be had while the run is at hand."""
    microphone: float | None
    """dBFS of the last second, while the devices are looked at."""
    hash: str
    """Of the finished run; empty before."""


class StationView(_Part):
    room: str
    station: str
    client: Literal["browser", "program"]
    agent: str
    since: int
    busy: bool


class SweepRoomView(_Part):
    room: str
    state: Literal["waiting", "running", "done", "skipped"]
    run: str | None
    verdict: Outcome | None
    together: str | None
    """Run of the all-at-once part."""
    together_verdict: Outcome | None
    why: Text | None
    """Why skipped, or what was worse together."""


class SweepView(_Part):
    id: str
    state: RunState
    part: Literal["one_by_one", "together", "over"]
    rooms: list[SweepRoomView]
    started_at: int
    ended_at: int | None
    by: str


class TrialRun(_Open, tag="trial.run"):
    run: RunView


class TrialSweeping(_Open, tag="trial.sweeping"):
    """To technicians and moderators: when they come, and on every change. null: this server knows
    of no sweep."""

    sweep: SweepView | None


class TrialStations(_Open, tag="trial.stations"):
    """All stations of the conference, for technicians and moderators; on every change."""

    stations: list[StationView]


# --- what is kept of a room ---------------------------------------------------------------------


class EquipmentTick(_Part):
    item: EquipmentItem
    by: str
    at: int


class TestedView(_Part):
    """A room's last full trial that came to its end."""

    run: str
    at: int
    by: str
    verdict: Outcome
    profile: Profile
    sentence: Text
    rtt_ms: float | None
    loss_up_percent: float | None
    loss_down_percent: float | None
    capacity_up_kbps: float | None
    capacity_down_kbps: float | None
    capacity_up_more: bool
    """At least that much: the line was not filled."""
    capacity_down_more: bool
    mos: float | None


class ReadinessView(_Part):
    state: ReadinessState
    why: Text
    """In a few words; empty when ready."""
    tested: TestedView | None
    stale: bool
    """Older than the policy allows."""
    ticks: list[EquipmentTick]
    override: str
    """Reason for which a moderator lets the room in although it is not ready; empty: none."""


class TrialAnswer(_Part, tag_field="type", tag="trial.answer"):
    sdp: str


class TrialStarted(_Part, tag_field="type", tag="trial.started"):
    run: str
