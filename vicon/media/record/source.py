"""One source's files: its streams put in order and in step, held back a moment, written."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from vicon.core.recordplan import RecordedSource
from vicon.media.record.order import Frame, Order, piece_of
from vicon.media.record.part import Part, Picture
from vicon.media.record.timing import SenderClock, StreamClock
from vicon.media.record.words import Packet, Sender, Stream
from vicon.rtc.h264 import annex_b
from vicon.rtc.opus import LONGEST, RATE, frame

HOLD_S = 0.8
"""Frames wait so long for those before them: longer than order.VIDEO_WAIT_S."""
PICTURE_WAIT_S = 1.0
"""A file begins without a picture that has not come after so long."""
GAP_S = 60.0
"""After so long with nothing a new file begins."""
MOST_PENDING = 4000
AHEAD_S = 5.0
"""A frame that claims to be taken so far from when it came is put where it came."""


@dataclass(slots=True)
class _Track:
    """A stream that is read."""

    stream: int
    codec: str
    clock: StreamClock
    order: Order
    began: bool = False


@dataclass(slots=True, order=True)
class _Ready:
    at: float
    count: int
    kind: str
    codec: str
    key: bool
    data: bytes
    seconds: float


class SourceFiles:
    """Times are monotonic seconds. `open_part` makes a new file: its time 0, its picture.
    Methods raise OSError, when nothing more can be written, and FrameError, for what is no
    picture: then spoil() it."""

    def __init__(
        self,
        device: str,
        room: str,
        open_part: Callable[[SourceFiles, float, Picture | None], Part],
        close_part: Callable[[SourceFiles], None],
        most_bytes: int,
    ) -> None:
        self.device, self.room = device, room
        self.part: Part | None = None
        self.began = 0.0
        """Monotonic seconds of the file's time 0."""
        self._open_part, self._close_part = open_part, close_part
        self._most_bytes = most_bytes
        self._tracks: dict[int, _Track] = {}
        self._current: dict[str, int] = {}
        """Kind -> the stream that is written; a newer one takes over with its first frame."""
        self._clocks: dict[int, SenderClock] = {}
        self._pending: list[_Ready] = []
        self._counter = itertools.count()
        self._first_at: float | None = None
        self._came: dict[str, float] = {}
        self._key_came: float | None = None
        self._written = 0
        self._lost_before = 0

    # --- what comes -------------------------------------------------------------------------------

    def stream(self, word: Stream) -> None:
        for old in list(self._tracks):
            if self._kind(old) == word.kind and old != self._current.get(word.kind):
                self._drop(old)  # it never began
        clocks = self._clocks
        if word.clock not in clocks:
            clocks.clear()
            clocks[word.clock] = SenderClock()
        self._tracks[word.stream] = _Track(
            word.stream,
            word.codec,
            StreamClock(word.rate, clocks[word.clock]),
            Order(video=word.kind == "video"),
        )
        if word.kind == "audio":
            self._switch("audio", word.stream)

    def sender(self, word: Sender) -> None:
        track = self._tracks.get(word.stream)
        if track is not None:
            track.clock.report(word.ntp, word.timestamp)

    def packet(self, packet: Packet) -> None:
        track = self._tracks.get(packet.stream)
        if track is not None:
            track.order.add(packet.number, piece_of(packet))

    def _kind(self, stream: int) -> str:
        return "audio" if self._tracks[stream].codec == "opus" else "video"

    def _drop(self, stream: int) -> None:
        self._lost_before += self._tracks.pop(stream).order.lost

    def _switch(self, kind: str, stream: int) -> None:
        old = self._current.get(kind)
        if old is not None and old != stream and old in self._tracks:
            self._drop(old)
        self._current[kind] = stream

    # --- what is written --------------------------------------------------------------------------

    def tick(self, now: float, *, end: bool = False) -> None:
        """Call every 50 ms or so. `end`: hold nothing back."""
        for number in list(self._tracks):
            if number in self._tracks:
                self._gather(number, now)
        until = now - HOLD_S if not end else float("inf")
        while self._pending and (self._pending[0].at <= until or len(self._pending) > MOST_PENDING):
            if not end and self._waits_for_picture(now):
                return
            self._write(heapq.heappop(self._pending))

    def _gather(self, number: int, now: float) -> None:
        track, kind = self._tracks[number], self._kind(number)
        for whole in track.order.take(now):
            at = track.clock.time(whole.timestamp, whole.arrived)
            if abs(at - whole.arrived) > AHEAD_S:
                at = whole.arrived
            if not track.began:
                track.began = True
                if self._current.get(kind) != number:
                    self._take_over(kind, number, at)
            self._ready(kind, track.codec, whole, at)

    def _take_over(self, kind: str, number: int, at: float) -> None:
        """The former stream's frames after this moment would be shown twice."""
        self._switch(kind, number)
        self._pending = [r for r in self._pending if r.kind != kind or r.at < at]
        heapq.heapify(self._pending)

    def _ready(self, kind: str, codec: str, whole: Frame, at: float) -> None:
        if codec == "h264":
            data = annex_b(whole.payloads, alone=False)
        else:
            data = b"".join(whole.payloads)
        seconds = _heard(data) if kind == "audio" else 0.0
        self._came[kind] = whole.arrived
        if kind == "video" and whole.key:
            self._key_came = whole.arrived
        if self._first_at is None:
            self._first_at = whole.arrived
        ready = _Ready(at, next(self._counter), kind, codec, whole.key, data, seconds)
        heapq.heappush(self._pending, ready)

    def _waits_for_picture(self, now: float) -> bool:
        """Whether the first file is not begun yet, since its picture may still come."""
        if self.part is not None or self._first_at is None or now - self._first_at > PICTURE_WAIT_S:
            return False
        on_its_way = any(self._kind(number) == "video" for number in self._tracks)
        return on_its_way and not any(r.kind == "video" for r in self._pending)

    def _write(self, ready: _Ready) -> None:
        if not self._fits(ready):
            self.close()
        if self.part is None:
            if ready.kind == "video" and not ready.key:
                return
            self._begin(ready)
        part = self.part
        if part is None or ready.at < self.began - 0.001:
            return  # taken before the file's beginning
        part.write(
            ready.kind, ready.at - self.began, ready.data, key=ready.key, seconds=ready.seconds
        )
        self._written += len(ready.data)

    def _fits(self, ready: _Ready) -> bool:
        """Whether the open file can take it."""
        part = self.part
        if part is None:
            return True
        if ready.at - self.began - part.seconds > GAP_S:
            return False
        if ready.kind == "audio" or not ready.key:
            return True
        if part.picture is None or not part.picture.fits(ready.codec, ready.data):
            return False
        return part.size < self._most_bytes

    def _begin(self, first: _Ready) -> None:
        keys = [r for r in (first, *self._pending) if r.kind == "video" and r.key]
        picture = min(keys, default=None)
        about = Picture(picture.codec, picture.data) if picture is not None else None
        self.began = first.at
        self.part = self._open_part(self, first.at, about)

    def close(self) -> None:
        """Of the open file."""
        if self.part is not None:
            self._close_part(self)
            self.part = None

    def spoil(self) -> None:
        """What waits cannot be written: begin anew with the next key frame."""
        self._pending.clear()
        for track in self._tracks.values():
            track.order.lost += 1
            track.order.waits_for_key = track.codec != "opus"
        self.close()

    def figures(self, now: float) -> RecordedSource:
        def age(at: float | None) -> float | None:
            return round(max(0.0, now - at), 1) if at is not None else None

        lost = self._lost_before + sum(track.order.lost for track in self._tracks.values())
        return RecordedSource(
            device=self.device,
            room=self.room,
            bytes=self._written,
            picture_age=age(self._came.get("video")),
            key_age=age(self._key_came),
            sound_age=age(self._came.get("audio")),
            lost=lost,
        )


def _heard(payload: bytes) -> float:
    """Seconds that a packet of Opus plays; as usual for one that holds several frames."""
    samples = frame(payload) or 960
    return min(samples, LONGEST) / RATE
