"""One room's packets to pictures and sound, each with the time when it was taken."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np

from vicon.media.air.mixer import RATE, Lane, Samples
from vicon.media.record.order import Frame, Order, piece_of
from vicon.media.record.timing import SenderClock, StreamClock
from vicon.media.record.words import Packet, Sender, Stream
from vicon.programme.canvas import I420
from vicon.rtc.h264 import annex_b

AHEAD_S = 5.0
"""A frame that claims to be taken so far from when it came is put where it came."""
MOST_PICTURES = 60
_MS = Fraction(1, 1000)
STALE_S = 3.0
"""A picture that is older is shown no more: the camera is gone."""


@dataclass(slots=True)
class _Track:
    """A stream that is read."""

    codec: str
    clock: StreamClock
    order: Order
    decoder: Any
    began: bool = False


class Incoming:
    """Times are monotonic seconds."""

    def __init__(self, room: str, lane: Lane) -> None:
        self.room = room
        self._lane = lane
        self._tracks: dict[int, _Track] = {}
        self._current: dict[str, int] = {}
        """Kind -> the stream that is shown or heard; a newer one takes over with its first."""
        self._clocks: dict[int, SenderClock] = {}
        self._pictures: deque[tuple[float, Any]] = deque(maxlen=MOST_PICTURES)
        self._latest: tuple[float, I420] | None = None

    def stream(self, word: Stream) -> None:
        for old in [n for n, t in self._tracks.items() if _kind(t) == word.kind]:
            if old != self._current.get(word.kind):
                del self._tracks[old]  # it never began
        if word.clock not in self._clocks:
            self._clocks.clear()
            self._clocks[word.clock] = SenderClock()
        self._tracks[word.stream] = _Track(
            word.codec,
            StreamClock(word.rate, self._clocks[word.clock]),
            Order(video=word.kind == "video"),
            _decoder(word.codec),
        )

    def sender(self, word: Sender) -> None:
        track = self._tracks.get(word.stream)
        if track is not None:
            track.clock.report(word.ntp, word.timestamp)

    def packet(self, packet: Packet) -> None:
        track = self._tracks.get(packet.stream)
        if track is not None:
            track.order.add(packet.number, piece_of(packet))

    def hide(self) -> None:
        """Its picture is not in the programme any more: what comes later is another scene's."""
        for number in [n for n, t in self._tracks.items() if _kind(t) == "video"]:
            del self._tracks[number]
        self._current.pop("video", None)

    def hush(self) -> None:
        """Its sound is not, from now on; what was said until now is."""
        for number in [n for n, t in self._tracks.items() if _kind(t) == "audio"]:
            del self._tracks[number]
        self._current.pop("audio", None)

    def tick(self, now: float) -> None:
        for number, track in list(self._tracks.items()):
            if number not in self._tracks:
                continue
            for whole in track.order.take(now):
                at = track.clock.time(whole.timestamp, whole.arrived)
                if abs(at - whole.arrived) > AHEAD_S:
                    at = whole.arrived
                if not track.began:
                    track.began = True
                    self._take_over(number, track)
                self._decode(track, whole, at)

    def _take_over(self, number: int, track: _Track) -> None:
        kind = _kind(track)
        old = self._current.get(kind)
        if old is not None and old != number:
            self._tracks.pop(old, None)
        self._current[kind] = number

    def _decode(self, track: _Track, whole: Frame, at: float) -> None:
        if track.codec == "h264":
            data = annex_b(whole.payloads, alone=False)
        else:
            data = b"".join(whole.payloads)
        if not data:
            return
        packet = av.Packet(data)
        packet.time_base, packet.pts = _MS, round(1000 * at)
        try:
            frames = track.decoder.decode(packet)
        except av.FFmpegError:
            # What is no picture or sound is left out; a picture goes on with the next key frame.
            track.order.waits_for_key = track.codec != "opus"
            return
        for frame in frames:
            if track.codec == "opus":
                samples = _one_channel(frame)
                self._lane.add(at, samples)
                at += len(samples) / RATE
            else:
                # A decoder may hold frames back: each bears its own time.
                self._pictures.append((at if frame.pts is None else frame.pts / 1000, frame))

    def picture(self, at: float) -> I420 | None:
        """What was to be seen then. Call with rising times."""
        newest = None
        while self._pictures and self._pictures[0][0] <= at:
            newest = self._pictures.popleft()
        if newest is not None:
            self._latest = (newest[0], _planes(newest[1]))
        if self._latest is None or at - self._latest[0] > STALE_S:
            self._latest = None
            return None
        return self._latest[1]


def _kind(track: _Track) -> str:
    return "audio" if track.codec == "opus" else "video"


def _decoder(codec: str) -> Any:
    decoder = av.CodecContext.create(codec, "r")
    decoder.thread_count = 1
    decoder.flags |= av.codec.context.Flags.low_delay
    return decoder


def _planes(frame: Any) -> I420:
    """Of even size: an odd last line or column is left out."""
    width, height = frame.width // 2 * 2, frame.height // 2 * 2
    if frame.format.name != "yuv420p" or (width, height) != (frame.width, frame.height):
        frame = frame.reformat(width, height, "yuv420p")
    planes: I420 = frame.to_ndarray(format="yuv420p")
    return planes


def _one_channel(frame: Any) -> Samples:
    """Opus comes in float, 48,000 samples a second."""
    samples = frame.to_ndarray()
    if frame.format.is_planar:
        return np.ascontiguousarray(samples.mean(axis=0), np.float32)
    channels = len(frame.layout.channels)
    return np.ascontiguousarray(samples.reshape(-1, channels).mean(axis=1), np.float32)
