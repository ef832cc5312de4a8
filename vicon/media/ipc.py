"""What the main process and the media worker say to each other over their Unix socket:
messages in msgpack, each after its length in four bytes, big-endian."""

from __future__ import annotations

import asyncio
import struct

import msgspec
from msgspec import Struct

from vicon.core.recordplan import RecordingFigures, RecordPlan
from vicon.measure.report import Collected, LegReport, LoadReport
from vicon.ports import (
    LayersWanted,
    LegKind,
    Line,
    MediaFigures,
    PublishAgain,
    Route,
    Slot,
    SlotPlan,
    Still,
)
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan

MAX_MESSAGE = 8 << 20
"""Collected media of a trial is the largest: 2 MB and what stands around it."""
_LENGTH = struct.Struct("!I")


class _Message(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    pass


class _Request(_Message, frozen=True, kw_only=True):
    id: int
    trace: str = ""
    """Id of what it is asked for; see ops.trace."""


class Publish(_Request, frozen=True, tag="publish"):
    conference: str
    device: str
    sdp: str


class Subscribe(_Request, frozen=True, tag="subscribe"):
    conference: str
    device: str
    slots: list[SlotPlan]
    start_kbps: int | None = None


class Play(_Request, frozen=True, tag="play"):
    """Answered by Published."""

    conference: str
    device: str
    sdp: str
    slots: list[SlotPlan]


class Answer(_Request, frozen=True, tag="answer"):
    conference: str
    device: str
    sdp: str


class Restart(_Request, frozen=True, tag="restart"):
    """Answered by Published, whichever side offers."""

    conference: str
    device: str
    line: Line
    sdp: str | None


class Candidate(_Request, frozen=True, tag="candidate"):
    conference: str
    device: str
    line: Line
    candidate: str


class TakeStill(_Request, frozen=True, tag="take_still"):
    """Answered by StillTaken."""

    conference: str
    device: str


class Routes(_Request, frozen=True, tag="routes"):
    conference: str
    routes: list[Route]


class Record(_Request, frozen=True, tag="record"):
    conference: str
    plan: RecordPlan | None


class Broadcast(_Request, frozen=True, tag="broadcast"):
    conference: str
    plan: BroadcastPlan | None


class Remove(_Request, frozen=True, tag="remove"):
    conference: str
    device: str


class Ping(_Request, frozen=True, tag="ping"):
    """Heartbeat; answered by Health."""


class _LegRequest(_Request, frozen=True):
    conference: str
    leg: str


class LegOpen(_LegRequest, frozen=True, tag="leg_open"):
    """Answered by Published."""

    kind: LegKind
    sdp: str


class LegSend(_LegRequest, frozen=True, tag="leg_send"):
    level: str
    extra_kbps: int


class LegMark(_LegRequest, frozen=True, tag="leg_mark"):
    pass


class LegRead(_LegRequest, frozen=True, tag="leg_read"):
    """Answered by Measured."""


class LegCollect(_LegRequest, frozen=True, tag="leg_collect"):
    """Answered by Gathered."""


class LegLoadDown(_LegRequest, frozen=True, tag="leg_load_down"):
    """Answered by Loaded, when all is over."""

    ceiling_kbps: int
    seconds: float


class LegLoadUp(_LegRequest, frozen=True, tag="leg_load_up"):
    """Answered by Loaded, when all is over."""

    seconds: float
    quiet_rtt: float | None


class LegClose(_LegRequest, frozen=True, tag="leg_close"):
    pass


LegRequest = LegOpen | LegSend | LegMark | LegRead | LegCollect | LegLoadDown | LegLoadUp | LegClose
SessionRequest = (
    Publish
    | Subscribe
    | Play
    | Answer
    | Restart
    | Candidate
    | TakeStill
    | Record
    | Broadcast
    | Remove
)
Request = SessionRequest | Routes | Ping | LegRequest


class Ready(_Message, frozen=True, tag="ready"):
    """The worker's first word."""

    pid: int


class Done(_Message, frozen=True, tag="done"):
    id: int


class Published(_Message, frozen=True, tag="published"):
    id: int
    sdp: str


class Offered(_Message, frozen=True, tag="offered"):
    id: int
    sdp: str
    slots: list[Slot]


class Health(_Message, frozen=True, tag="health"):
    id: int
    connections: int
    cpu_s: float
    """Processor time used since its start."""
    late_ms: float | None = None
    """By which its ticks came late on average since the last heartbeat."""
    dropped: int = 0
    """See ports.MediaVitals."""


class Failed(_Message, frozen=True, tag="failed"):
    id: int
    code: str
    """As MediaError.code."""
    message: str


class Publishing(_Message, frozen=True, tag="publishing"):
    """Told, not asked for: media of a device began or ended."""

    conference: str
    device: str
    publishing: bool


class Layers(_Message, frozen=True, tag="layers"):
    """Told, not asked for."""

    conference: str
    wanted: LayersWanted


class Again(_Message, frozen=True, tag="again"):
    """Told, not asked for."""

    conference: str
    word: PublishAgain


class Figures(_Message, frozen=True, tag="figures"):
    """Told, not asked for."""

    conference: str
    figures: MediaFigures


class RecordingTold(_Message, frozen=True, tag="recording"):
    """Told, not asked for."""

    conference: str
    figures: RecordingFigures


class BroadcastTold(_Message, frozen=True, tag="broadcast_told"):
    """Told, not asked for."""

    conference: str
    figures: BroadcastFigures


class Measured(_Message, frozen=True, tag="measured"):
    id: int
    report: LegReport


class Gathered(_Message, frozen=True, tag="gathered"):
    id: int
    collected: Collected


class Loaded(_Message, frozen=True, tag="loaded"):
    id: int
    report: LoadReport


class StillTaken(_Message, frozen=True, tag="still_taken"):
    id: int
    still: Still | None


Reply = StillTaken | Done | Published | Offered | Health | Failed | Measured | Gathered | Loaded
Told = Publishing | Layers | Again | Figures | RecordingTold | BroadcastTold
FromWorker = Ready | Reply | Told

_encoder = msgspec.msgpack.Encoder()
_requests = msgspec.msgpack.Decoder(Request)
_words = msgspec.msgpack.Decoder(FromWorker)


class IpcError(Exception):
    """The other process broke the protocol."""


def pack(message: Request | FromWorker) -> bytes:
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


async def _read(reader: asyncio.StreamReader) -> bytes:
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if length > MAX_MESSAGE:
        raise IpcError(f"a message of {length} bytes")
    return await reader.readexactly(length)


async def read_request(reader: asyncio.StreamReader) -> Request:
    """The next request. Raises IncompleteReadError at the end of the stream, IpcError for what
    is none."""
    try:
        request: Request = _requests.decode(await _read(reader))
    except msgspec.MsgspecError as error:
        raise IpcError(str(error)) from error
    return request


async def read_word(reader: asyncio.StreamReader) -> FromWorker:
    """The next message of the worker. Raises as read_request."""
    try:
        word: FromWorker = _words.decode(await _read(reader))
    except msgspec.MsgspecError as error:
        raise IpcError(str(error)) from error
    return word
