"""Frames waiting to be written to one client: bounded, so that a slow one costs nobody else."""

from __future__ import annotations

from collections import deque

MAX_FRAMES = 256
MAX_BYTES = 1_048_576


class Outbox:
    """First in, first out; by number of frames and by bytes. No I/O: the writer takes from it."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._frames: deque[bytes] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def size(self) -> int:
        """Bytes waiting."""
        return self._bytes

    def put(self, frame: bytes) -> bool:
        """False when it does not fit: then nothing was added and the client must start anew."""
        if len(self._frames) >= self._max_frames or self._bytes + len(frame) > self._max_bytes:
            return False
        self._frames.append(frame)
        self._bytes += len(frame)
        return True

    def put_last(self, frame: bytes, *, instead: bool = False) -> None:
        """The bye. `instead` of everything that still waits, or after it; always fits."""
        if instead:
            self.clear()
        self._frames.append(frame)
        self._bytes += len(frame)

    def take(self) -> bytes | None:
        """The next frame to write, or None when there is none."""
        if not self._frames:
            return None
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        return frame

    def clear(self) -> None:
        self._frames.clear()
        self._bytes = 0
