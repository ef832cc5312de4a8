"""One mesh of synthetic rooms on one side: connect, measure at the first rate, find where the side
is full."""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from tests.bench import kernel
from tests.bench.load import Generator, Publisher, Subscriber
from tests.bench.sides import Side
from tests.bench.streams import MESH, Layer, Log

Figures = dict[str, Any]
ALL, MOST = 0.999, 0.99
"""Shares of the packets that must come."""
DRAIN_S, DRAIN_TIMEOUT_S = 0.1, 3.0
"""Without a packet before a window."""
GRACE_S = 0.04
"""What has not come so long after the end of a window was not delivered: a longer queue counts as
too much."""
LOWEST, HIGHEST, GROWTH, PRECISION = 2.0, 20.0, 1.3, 1.03
"""Multiples of the first rate between which the search goes, its first steps, and how close the
last ones come."""
TRIES = 2
LOAD_FULL_PERCENT = 90.0


class Counts(NamedTuple):
    at: float
    sent: int
    received: int
    cpu_s: float
    load_s: float
    rtcp: int
    again: int


class Mesh:
    """Every room sends to every other. `address`: see kernel.isolate()."""

    def __init__(
        self,
        side: Side,
        rooms: int,
        address: str,
        layers: Sequence[Layer] = (MESH,),
        *,
        twcc: bool = True,
    ) -> None:
        self._side, self._rooms, self._address = side, rooms, address
        self._layers, self._twcc, self._log = layers, twcc, Log()
        self.publishers: list[Publisher] = []
        self.subscribers: list[Subscriber] = []
        self.generator = Generator(self.publishers, self.subscribers)

    async def connect(self) -> None:
        for index in range(self._rooms):
            publisher = Publisher(self._address, index, self._layers, self._log)
            await self._side.publish(index, publisher)
            self.publishers.append(publisher)
        for index in range(self._rooms):
            subscriber = Subscriber(self._address, index, self._log, twcc=self._twcc)
            sources = [room for room in range(self._rooms) if room != index]
            await self._side.subscribe(index, subscriber, sources)
            self.subscribers.append(subscriber)

    @property
    def pid(self) -> int:
        """Of the side's process."""
        return self._side.pid

    @property
    def ends(self) -> list[Publisher | Subscriber]:
        return [*self.publishers, *self.subscribers]

    def profiles(self) -> list[str]:
        """The SRTP profile of every transport."""
        return [end.transport.srtp_profile for end in self.ends]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.generator.run())
        try:
            await asyncio.sleep(2)
            yield
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=1)

    async def close(self) -> None:
        ends = [end.transport for end in self.ends]
        await asyncio.gather(*(transport.close() for transport in ends))

    async def at(self, factor: float, seconds: float) -> Figures:
        """Figures at a multiple of the first rate."""
        self.generator.factor = factor
        return await self.window(seconds, self._rooms - 1)

    async def window(self, seconds: float, copies: int = 0) -> Figures:
        """`copies`: how often each packet should come; 0: no matter."""
        ports = {subscriber.port for subscriber in self.subscribers}
        await self._drain(ports)
        for subscriber in self.subscribers:
            del subscriber.delays[:]
        before = self._counts(ports)
        direct = await _direct(self._address, seconds)
        full = self._counts(ports)
        self.generator.sending = False
        await asyncio.sleep(GRACE_S)
        after = self._counts(ports)
        passed = full.at - before.at
        received = after.received - before.received
        sent = full.sent - before.sent
        delays = sorted(ns / 1e6 for one in self.subscribers for ns in one.delays)
        cpu, own = after.cpu_s - before.cpu_s, full.load_s - before.load_s
        found: Figures = {
            "in_per_s": round(sent / passed),
            "out_per_s": round(received / passed),
            "cpu_percent": round(100 * cpu / passed, 1),
            "us_per_out": round(1e6 * cpu / max(1, received), 3),
            "rtcp_to_clients_per_s": round((full.rtcp - before.rtcp) / passed),
            "sent_again_per_s": round((full.again - before.again) / passed, 1),
            "load_cpu_percent": round(100 * own / passed, 1),
            "delay_ms": {"through": _spread(delays), "direct": _spread(direct)},
        }
        if copies:
            found["delivered"] = round(received / (sent * copies), 5)
        if delays:
            through, straight = found["delay_ms"]["through"], found["delay_ms"]["direct"]
            found["added_ms"] = {
                name: round(through[name] - straight[name], 3) for name in ("p50", "p99")
            }
        return found

    async def _drain(self, ports: set[int]) -> None:
        """Send nothing until nothing comes any more."""
        self.generator.sending = False
        before = -1
        end = time.monotonic() + DRAIN_TIMEOUT_S
        while (now := self._counts(ports).received) != before and time.monotonic() < end:
            before = now
            await asyncio.sleep(DRAIN_S)
        self.generator.sending = True

    def _counts(self, ports: set[int]) -> Counts:
        received = kernel.kernel_drops(ports) + sum(s.verified for s in self.subscribers)
        return Counts(
            time.monotonic(),
            self.generator.sent,
            received,
            kernel.cpu_seconds(self._side.pid),
            time.process_time(),
            sum(end.rtcp_received for end in self.ends),
            sum(subscriber.others for subscriber in self.subscribers),
        )

    async def saturate(self, seconds: float) -> Figures:
        """Raise the rate until less than ALL is delivered, then close in on that rate."""
        steps: list[Figures] = []

        async def enough(factor: float) -> bool:
            for _ in range(TRIES):  # something else may have run on the core
                step = {"factor": round(factor, 3), **await self.at(factor, seconds)}
                steps.append(step)
                if step["delivered"] >= ALL:
                    return True
            return False

        good, factor = 1.0, LOWEST
        while factor < HIGHEST and await enough(factor):
            good, factor = factor, factor * GROWTH
        bad = factor
        while bad / good > PRECISION:
            middle = math.sqrt(bad * good)
            if await enough(middle):
                good = middle
            else:
                bad = middle
        most = max(steps, key=lambda step: float(step["out_per_s"]))
        return {
            "delivered_99.9": _best(steps, ALL),
            "delivered_99": _best(steps, MOST),
            "most_out_per_s": most["out_per_s"],
            "load_was_full": any(s["load_cpu_percent"] > LOAD_FULL_PERCENT for s in steps),
            "steps": steps,
        }


def _best(steps: Sequence[Figures], share: float) -> int:
    """Packets per second out at the highest step that delivered so much; 0: none did."""
    return max((int(s["out_per_s"]) for s in steps if s["delivered"] >= share), default=0)


async def _direct(address: str, seconds: float) -> list[float]:
    """Milliseconds that datagrams take from one socket of ours to another, for so long."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.setblocking(False)
        receiver.bind((address, 0))
        kernel.stamp_arrivals(receiver)
        target, body = receiver.getsockname(), bytes(1200)
        found = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            sent = time.time_ns()
            sender.sendto(body, target)
            receiver.recv(2000)  # the loopback delivers within the call
            found.append((kernel.arrived(receiver) - sent) / 1e6)
            await asyncio.sleep(min(0.01, max(0.0, end - time.monotonic())))
        return sorted(found)


def _spread(ordered: Sequence[float]) -> dict[str, float]:
    """Nearest ranks, of so many."""
    if not ordered:
        return {"count": 0}
    ranks = {"p50": 0.5, "p99": 0.99}
    found = {
        name: round(ordered[math.ceil(share * len(ordered)) - 1], 3)
        for name, share in ranks.items()
    }
    return {"count": len(ordered), **found, "most": round(ordered[-1], 3)}
