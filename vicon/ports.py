"""What the application needs of the world, as Protocols. The parts implement them; compose.py
puts them together. Imports core and measure alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from vicon.core.estimate import Quality
from vicon.core.events import Event
from vicon.core.model import Zone
from vicon.core.privacy import Due, Keep
from vicon.core.recordplan import Disk, Recorded, RecordingFigures, RecordingSheet, RecordPlan
from vicon.measure.report import Collected, LegReport, LoadReport
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan


class Clock(Protocol):
    def now(self) -> int:
        """Unix milliseconds, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Record(Struct, frozen=True, kw_only=True):
    """One entry of the journal. `hash` = SHA-256 over the canonical form of all other fields, of
    which `previous` is the hash of the entry before (START for the first)."""

    conference: str
    sequence: int
    """From 1, without gaps, per conference."""
    at: int
    actor: Mapping[str, str]
    """role, name, and where known room and device."""
    event: Event
    previous: str
    hash: str


START = "0" * 64
"""The hash before the first entry."""


class JournalError(Exception):
    """The journal could not be written or read; the message says why and what to do."""

    unsure = False
    """The entries may be written all the same: before the next ones `Journal.mend`, then replay."""


class Journal(Protocol):
    async def append(
        self, conference: str, at: int, actor: Mapping[str, str], events: Sequence[Event]
    ) -> list[Record]:
        """Write all or nothing, durable when it returns. Raises JournalError."""
        ...

    async def append_many(
        self, conference: str, batch: Sequence[tuple[int, Mapping[str, str], Sequence[Event]]]
    ) -> list[Record]:
        """Several acts in one durable transaction (group commit), all or nothing."""
        ...

    def replay(self, conference: str, after: Record | None = None) -> AsyncIterator[Record]:
        """From the first entry, or from the one that follows `after`, in their order. Raises
        JournalError."""
        ...

    async def conferences(self) -> list[str]: ...

    async def mend(self) -> None:
        """After an error that was `unsure`: from now on it can be read again, and says what was
        written. Raises JournalError as long as it cannot."""
        ...

    async def probe(self) -> None:
        """Whether a write would be durable now; nothing is changed by it. Raises JournalError."""
        ...

    async def close(self) -> None: ...


class Purger(Protocol):
    """Removes personal data whose time is over; the rest goes on being provable."""

    async def due(self, conference: str, keep: Keep, now: int) -> Due:
        """What can be removed now, and what later. Raises JournalError."""
        ...

    async def purge(self, at: int, actor: Mapping[str, str], found: Due) -> Record | None:
        """Remove it, durably: the entry that says so; None: there was nothing. Raises
        JournalError."""
        ...


class SlotPlan(Struct, frozen=True, kw_only=True, array_like=True):
    """One media section wanted on a down connection: the room whose source it carries."""

    room: str
    kind: Literal["audio", "video"]


class Slot(Struct, frozen=True, kw_only=True, array_like=True):
    mid: str
    room: str
    kind: Literal["audio", "video"]


class Route(Struct, frozen=True, kw_only=True, array_like=True):
    """`receiver` gets what `sender` publishes in its slot for `room`."""

    receiver: str
    room: str
    sender: str
    audio: bool
    video: bool
    height: int = 720
    """Pixels at which the picture is shown at most."""
    rank: int = 2
    """0: on air; 1: the hub; 2: the rest. Sound of 0 and 1 is always forwarded, their pictures
    first."""
    least: bool = False
    """The smallest layer of the picture alone, at its lowest rate."""


class MediaChanged(Struct, frozen=True, kw_only=True):
    """Media of a device began (first packets came) or ended (connection failed or closed)."""

    device: str
    publishing: bool


class MediaRestarted(Struct, frozen=True, kw_only=True):
    """The media plane lost everything and is ready again; all connections must be set up anew."""

    epoch: str


class PublishAgain(Struct, frozen=True, kw_only=True):
    """A device should offer its up connection anew: more receivers than before would decode what
    it would be answered now."""

    device: str


class LayersWanted(Struct, frozen=True, kw_only=True):
    """What a device that publishes simulcast should encode: the layers that somebody receives or
    is to receive. Told when it changes."""

    device: str
    layers: tuple[str, ...]
    """Of "q", "h", "f", lowest first; empty: nobody wants its picture."""


Limit = Literal["", "reduced", "sound"]
"""What the link does to a receiver's pictures: nothing; smaller or slower ones; none at all."""


Paused = Literal["", "bandwidth", "silent", "codec", "source", "uplink"]
"""Why nothing is forwarded: the link is too narrow; not among the loudest; the receiver cannot
decode it; the source sends nothing, or its own line has no room for it."""


class StreamStats(Struct, frozen=True, kw_only=True):
    """One stream over the last interval: a layer that a device sends, or a slot it receives."""

    room: str = ""
    """Whose source it is, for a slot."""
    kind: Literal["audio", "video"]
    layer: str = ""
    """rid of the layer, with the highest temporal id forwarded after a dot: "h.1"."""
    codec: str = ""
    kbps: int
    """Payload and RTP headers."""
    octets: int = 0
    """The same over the whole interval, bytes."""
    packets: int
    lost_percent: float
    jitter_ms: float
    rtt_ms: float | None = None
    nacks: int = 0
    """Packets asked for again."""
    repaired: int = 0
    """Packets that came, or were sent, again."""
    plis: int = 0
    """Key frames asked for."""
    fps: float | None = None
    paused: Paused = ""


class LineStats(Struct, frozen=True, kw_only=True):
    """One connection of a device over the last interval."""

    rtt_ms: float | None
    kbps: int
    available_kbps: int | None
    """Estimate of what the link carries."""
    limit: Limit = ""
    """Of an up connection "sound" at most."""
    state: str = "connected"
    """As RtcTransport.state."""
    streams: tuple[StreamStats, ...] = ()


class DeviceStats(Struct, frozen=True, kw_only=True):
    device: str
    up: LineStats | None = None
    down: LineStats | None = None


class MediaFigures(Struct, frozen=True, kw_only=True):
    """Statistics of all devices of the conference that have a connection, every STATS_S."""

    devices: tuple[DeviceStats, ...]


StillCodec = Literal["vp8", "h264"]


class Still(Struct, frozen=True, kw_only=True):
    """A key frame, whole, and what mends it: on a narrow line an encoder makes a key frame with few
    bytes, and faces come with the pictures after it."""

    codec: StillCodec
    """h264 as annex B has it."""
    data: bytes
    after: tuple[bytes, ...] = ()
    """The pictures that follow it, whole, none missing, in order."""
    seconds: float = 0.0
    """From the key frame to the last of them."""


class CameraCounter(Protocol):
    """Estimates how many persons a room's camera shows."""

    async def look(
        self, room: str, still: Still, zones: Sequence[Zone] = ()
    ) -> tuple[int | None, Quality]:
        """A count, or None and why. `room`: a name that stays the same; faces in `zones` are passed
        over. Answers within seconds whatever happens, and keeps no picture."""
        ...

    def forget(self, room: str) -> None:
        """The next look at this room is the first."""
        ...


class RecordingError(Exception):
    """A recording cannot be written or read; the message says why."""


class RecordingStore(Protocol):
    """Raises RecordingError where it cannot be written or read."""

    async def disk(self) -> Disk:
        """After a trial write."""
        ...

    async def put(self, sheet: RecordingSheet) -> str:
        """Write it, durably; the recording's directory is made where there is none. Returns that
        directory."""
        ...

    async def get(self, conference: str, id: str) -> Recorded | None: ...

    async def all(self, conference: str) -> list[Recorded]:
        """Newest first."""
        ...

    async def path(self, conference: str, id: str, file: str) -> str | None:
        """Where a file of it lies; None: there is no such."""
        ...

    async def delete(self, conference: str, id: str) -> bool:
        """All its files; whether there were any."""
        ...


class BroadcastStore(Protocol):
    """Where what is broadcast as HLS lies."""

    def directory(self, conference: str) -> str:
        """It may not be there yet."""
        ...

    async def clear(self, conference: str) -> None:
        """Nothing of it is there any more. Raises RecordingError."""
        ...


class MediaLoad(Struct, frozen=True, kw_only=True):
    """How hard the media plane works, over the last second or two. None: not known."""

    cpu: float | None = None
    """Share of one processor core, 0-1."""
    late_ms: float | None = None
    """By which its regular work came late, on average."""


class MediaVitals(Struct, frozen=True, kw_only=True):
    """The media plane's processes, for whoever watches over them."""

    pids: tuple[tuple[str, int], ...] = ()
    """Of `media`, and of `media_spare`, which stands by; empty where it has none of its own."""
    restarts: int = 0
    """How many workers have died."""
    beat_age_s: float | None = None
    """Since the worker last answered; None: there is none, or it is within this process."""
    connections: int = 0
    dropped: int = 0
    """Datagrams for which its receive queues had no room, of the sockets that are open."""


STATS_S = 2.0

Line = Literal["up", "down"]
"""One of a device's two connections."""

MediaEvent = (
    MediaChanged
    | MediaRestarted
    | LayersWanted
    | PublishAgain
    | MediaFigures
    | RecordingFigures
    | BroadcastFigures
)


class MediaError(Exception):
    """`code` is one of the wire's refusal codes: media_unavailable, bad_sdp, media_state."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MediaEngine(Protocol):
    """Forwards media between devices. Conferences do not see each other: all ids are given with
    their conference. Every call returns within its timeout or raises MediaError."""

    @property
    def epoch(self) -> str:
        """Changes whenever MediaRestarted is told."""
        ...

    async def publish(self, conference: str, device: str, offer: str) -> str:
        """Answer to the up connection's offer (sendonly audio/video). A second call for the same
        device replaces the first connection."""
        ...

    async def subscribe(
        self,
        conference: str,
        device: str,
        slots: Sequence[SlotPlan],
        start_kbps: int | None = None,
    ) -> tuple[str, list[Slot]]:
        """Offer of a new down connection with these sections, none of them fed yet. `start_kbps`:
        what its line is known to carry, from its last trial."""
        ...

    async def answer(self, conference: str, device: str, answer: str) -> None:
        """To the last offer of the down connection: its first, or that of a restart."""
        ...

    async def restart(self, conference: str, device: str, line: Line, offer: str | None) -> str:
        """An ICE restart (RFC 8445, section 9) of a connection whose media goes on meanwhile. up:
        the answer to the client's offer with new credentials; down, without an offer: a new offer
        of the same sections, to be answered; down, with a player's offer: the answer to it.
        media_state: there is no such connection, or it has not got that far."""
        ...

    async def candidate(self, conference: str, device: str, line: Line, candidate: str) -> None:
        """One more candidate of the client (RFC 8838), "" when there are no more. The server
        needs none: the client's checks make the path; they are kept for diagnosis. bad_sdp for
        what is none."""
        ...

    async def play(
        self, conference: str, device: str, offer: str, slots: Sequence[SlotPlan]
    ) -> str:
        """Answer to a player's offer (recvonly): a down connection whose first audio and first
        video section carry the first slot of that kind. A second call for the same device replaces
        the first connection."""
        ...

    async def route(self, conference: str, routes: Sequence[Route]) -> None:
        """All routes wanted now; the engine finds and applies the difference, without
        renegotiation. Routes whose ends do not exist yet take effect when they do."""
        ...

    async def still(self, conference: str, device: str) -> Still | None:
        """The newest key frame of the largest picture that the device sends, with a second of what
        follows; one is asked for where none came in the last seconds. None: it sends no picture
        now, or one in a codec that is not looked at. media_state: it has no up connection."""
        ...

    async def record(self, conference: str, plan: RecordPlan | None) -> None:
        """What is to be recorded from now on; None: nothing, and what was is closed. A new media
        plane, after one that died, goes on with it in new files."""
        ...

    async def broadcast(self, conference: str, plan: BroadcastPlan | None) -> None:
        """What is to be broadcast from now on; None: nothing. A new media plane goes on with
        it."""
        ...

    async def remove(self, conference: str, device: str) -> None:
        """Close the device's connections, if any."""
        ...

    def events(self, conference: str) -> AsyncIterator[MediaEvent]: ...

    async def close(self) -> None: ...


LegKind = Literal["call", "path", "load"]
"""call: two-way, marked clip down. path: connect only. load: receive a noise picture as fast as it
comes (the answer pins the sender's rate)."""


class TrialEngine(Protocol):
    """The media plane's side of trial calls: legs run in the media worker, on the ports and paths
    of the session. A leg is named by its conference and a name of its own. Calls raise MediaError
    (media_unavailable when the worker died: all legs are gone then; media_state for a leg that
    does not exist)."""

    async def leg_open(self, conference: str, leg: str, kind: LegKind, offer: str) -> str:
        """Answer to a station's offer. The same name again replaces the leg."""
        ...

    async def leg_send(self, conference: str, leg: str, level: str, extra_kbps: int) -> None:
        """Send the marked clip, at most in this version: 720p, 360p, 180p, audio (sound alone) or
        none; the leg goes lower by itself when the line does not carry it. `extra_kbps`:
        duplicates beside it, as the session's other pictures would load the line."""
        ...

    async def leg_mark(self, conference: str, leg: str) -> None:
        """Begin a window of measurement."""
        ...

    async def leg_read(self, conference: str, leg: str) -> LegReport:
        """What was measured since the mark."""
        ...

    async def leg_collect(self, conference: str, leg: str) -> Collected:
        """The last seconds of encoded media that came."""
        ...

    async def leg_load_down(
        self, conference: str, leg: str, ceiling_kbps: int, seconds: float
    ) -> LoadReport:
        """Fill the line down with paced duplicates, step by step, stop at the knee, drain.
        Returns when all is over, at most `seconds` + 2 s later."""
        ...

    async def leg_load_up(
        self, conference: str, leg: str, seconds: float, quiet_rtt: float | None
    ) -> LoadReport:
        """Measure what comes up during `seconds`, from the first packet on. `quiet_rtt`: the round
        trip in ms without load, to which a rise is a full line."""
        ...

    async def leg_close(self, conference: str, leg: str) -> None:
        """Safe for a leg that is not there."""
        ...


class TrialRecord(Struct, frozen=True, kw_only=True):
    """A run as the store keeps it. `body`: its JSON whole; the rest is what lists need."""

    id: str
    conference: str
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
    body: bytes


class TrialStore(Protocol):
    """Raises JournalError when it cannot be written or read."""

    async def put(self, record: TrialRecord) -> None:
        """Write, or replace the run of that id. Durable when it returns."""
        ...

    async def get(self, id: str) -> TrialRecord | None: ...

    async def page(
        self, conference: str, room: str | None = None, limit: int = 50, before: int | None = None
    ) -> list[TrialRecord]:
        """Newest first; started before `before` (Unix ms)."""
        ...

    async def unfinished(self) -> list[TrialRecord]:
        """Runs that a server's end left running."""
        ...

    async def add_report(self, digest: str, run: str, format: str, at: int) -> None:
        """A report was handed out: SHA-256 of its bytes."""
        ...

    async def find_report(self, digest: str) -> tuple[str, str, int] | None:
        """Run, format and time of a report that was handed out."""
        ...

    async def close(self) -> None: ...
