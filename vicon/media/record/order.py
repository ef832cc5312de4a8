"""Packets of one stream, as they come, to whole frames in their order. No I/O.

What is missing is waited for (the SFU asks the sender for it again); then it is given up: sound
goes on after the gap, a picture with its next key frame, so that no broken one is ever recorded.
"""

from __future__ import annotations

from typing import NamedTuple

from vicon.media.record.words import KEY, MARKER, START, Packet

VIDEO_WAIT_S, AUDIO_WAIT_S = 0.6, 0.2
"""So long a missing packet is waited for."""
MOST_PACKETS, MOST_BYTES = 3000, 8 << 20
"""Held at most, of one stream."""


class Piece(NamedTuple):
    timestamp: int
    arrived: float
    marker: bool
    start: bool
    key: bool
    payload: bytes


def piece_of(packet: Packet) -> Piece:
    """As the feed brought it."""
    flags = packet.flags
    return Piece(
        packet.timestamp,
        packet.arrived,
        bool(flags & MARKER),
        bool(flags & START),
        bool(flags & KEY),
        packet.payload,
    )


class Frame(NamedTuple):
    """One picture or one packet of sound, whole."""

    timestamp: int
    arrived: float
    """When its first packet did."""
    key: bool
    payloads: tuple[bytes, ...]


class Order:
    """Numbers are extended sequence numbers, times monotonic seconds. Of sound every packet is a
    frame."""

    def __init__(self, *, video: bool) -> None:
        self.lost = 0
        """Times that something was given up."""
        self.waits_for_key = video
        self._video = video
        self._wait = VIDEO_WAIT_S if video else AUDIO_WAIT_S
        self._held: dict[int, Piece | None] = {}
        """None: the number holds nothing."""
        self._bytes = 0
        self._next: int | None = None
        self._stuck_since: float | None = None

    def add(self, number: int, piece: Piece | None) -> None:
        """Take a packet in; one that came before, or too late, is passed over."""
        if number in self._held or (self._next is not None and number < self._next):
            return
        if piece is not None and not piece.payload:
            piece = None
        self._held[number] = piece
        self._bytes += len(piece.payload) if piece is not None else 0

    def take(self, now: float) -> list[Frame]:
        """The frames that are whole, in order."""
        found: list[Frame] = []
        while True:
            found += self._run()
            if not self._held:
                self._stuck_since = None
                return found
            full = len(self._held) > MOST_PACKETS or self._bytes > MOST_BYTES
            if self._stuck_since is None or found:
                self._stuck_since = now
            if not full and now - self._stuck_since < self._wait:
                return found
            self._stuck_since = now
            if not self._give_up():
                return found

    def _run(self) -> list[Frame]:
        found: list[Frame] = []
        if self._next is None:
            self._next = self._begin()
        while self._next is not None:
            end = self._whole(self._next)
            if end is None:
                break
            frame = self._cut(self._next, end)
            self._next = end
            if frame is not None:
                found.append(frame)
        return found

    def _begin(self) -> int | None:
        if not self._video:
            return min(self._held, default=None)
        keys = (n for n, piece in self._held.items() if piece and piece.start and piece.key)
        return min(keys, default=None)

    def _whole(self, number: int) -> int | None:
        """The number after the frame that begins there; None while it is not whole."""
        if number not in self._held:
            return None
        first = self._held[number]
        if first is None or not self._video:
            return number + 1
        while number in self._held:
            piece = self._held[number]
            if piece is not None and piece.timestamp != first.timestamp:
                return number  # the marker was lost with nothing, or never set
            number += 1
            if piece is not None and piece.marker:
                return number
        return None

    def _cut(self, start: int, end: int) -> Frame | None:
        pieces = [p for p in (self._held.pop(n) for n in range(start, end)) if p is not None]
        self._bytes -= sum(len(piece.payload) for piece in pieces)
        if not pieces:
            return None
        first = pieces[0]
        key = not self._video or any(piece.key for piece in pieces)
        if self.waits_for_key and not key:
            return None
        self.waits_for_key = False
        came = min(piece.arrived for piece in pieces)
        return Frame(first.timestamp, came, key, tuple(piece.payload for piece in pieces))

    def _give_up(self) -> bool:
        """Skip what is missing. Whether there is anything to go on with."""
        self.lost += 1
        if not self._video:
            self._next = min(self._held)
            return True
        self.waits_for_key = True
        after = [
            n
            for n, piece in self._held.items()
            if piece and piece.start and piece.key and (self._next is None or n > self._next)
        ]
        # A key frame that is itself not whole is no place to go on either.
        whole = [n for n in sorted(after) if self._whole(n) is not None]
        go_on = whole[0] if whole else (max(after) if after else None)
        if go_on is None:
            self._held.clear()
            self._bytes = 0
        else:
            for number in [n for n in self._held if n < go_on]:
                piece = self._held.pop(number)
                self._bytes -= len(piece.payload) if piece is not None else 0
        self._next = go_on
        return bool(whole)
