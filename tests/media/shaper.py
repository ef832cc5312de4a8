"""A narrow line in front of one of the server's transports: what it sends waits in a queue that
drains at a rate, is delayed, and is dropped where the queue is full."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from vicon.rtc.lite import LiteTransport
from vicon.rtc.udp import Path

HEADERS = 28
"""IPv4 and UDP."""


class Shaper:
    """Put in place when made; `rate` may change while it works."""

    def __init__(
        self,
        transport: LiteTransport,
        rate: float,
        *,
        delay_s: float = 0.02,
        queue_s: float = 0.5,
        loss: float = 0.0,
        seed: int = 1,
    ) -> None:
        """`rate` in bit/s; `queue_s`: how long a packet may wait at this rate; `loss` 0-1."""
        self.rate = rate
        self.delay_s, self.queue_s, self.loss = delay_s, queue_s, loss
        self.dropped = 0
        self._random = random.Random(seed)
        self._loop = asyncio.get_running_loop()
        self._free_at = 0.0
        self._waiting: deque[Callable[[], object]] = deque()
        self._transport = transport
        self._take = transport._take
        transport._take = self._taken  # type: ignore[method-assign]
        self._wrap()

    def _taken(self, path: Path | None) -> None:
        self._take(path)
        self._wrap()

    def _wrap(self) -> None:
        if self._transport._sendto != self._send:
            self._real = self._transport._sendto
            self._transport._sendto = self._send

    @property
    def queued_s(self) -> float:
        """How long a packet that is sent now would wait."""
        return max(0.0, self._free_at - self._loop.time())

    def _send(self, packet: bytes | memoryview, address: tuple[Any, ...]) -> object:
        now = self._loop.time()
        if self.queued_s > self.queue_s or self._random.random() < self.loss:
            self.dropped += 1
            return None
        self._free_at = max(now, self._free_at) + 8 * (len(packet) + HEADERS) / self.rate
        self._waiting.append(partial(self._real, bytes(packet), address))
        self._loop.call_at(self._free_at + self.delay_s, self._deliver)
        return None

    def _deliver(self) -> None:
        self._waiting.popleft()()
