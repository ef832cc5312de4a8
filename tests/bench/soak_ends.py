"""The devices of the soak: a camera with simulcast and a viewer that looks at every packet. All
that a camera sends bears its mark, so that a viewer knows whose it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence

from tests.bench import descriptions
from tests.bench.load import ESTIMATE, Publisher
from tests.bench.streams import WIDE_ID, Layer, Log
from vicon.ports import MediaEngine, SlotPlan
from vicon.rtc import rtcp, sdp
from vicon.rtc.arrivals import Arrivals
from vicon.rtc.rtp import parse, wide_number
from vicon.rtc.transport import RtcTransport, make_certificate
from vicon.rtc.vp8 import parse_descriptor

CONFERENCE = "soak"
LINK_KBPS = 50_000
LAYERS = (
    Layer("q", 15, 1, 300, temporal=3),
    Layer("h", 15, 2, 600, temporal=3),
    Layer("f", 15, 3, 1000, temporal=3),
)
"""Few packets, told apart by their sizes."""
HEIGHTS = {180: "q", 360: "h", 720: "f"}
_BY_SIZE = {layer.bytes // 100: layer.rid for layer in LAYERS}
_MARK, _STAMP = 4, 8
_JUMP = 1000
GHOST_NS, LATE_NS = 300_000_000, 2_000_000_000
"""What was sent so long after its device left, or comes so long after that, is a ghost's."""
_CERTIFICATE = make_certificate()


class Left:
    """The devices that are gone, by their marks, and what still came of them."""

    def __init__(self) -> None:
        self.ghosts = self.late = 0
        """Packets sent after its end; sent before it, but much too late."""
        self._at: dict[bytes, int] = {}

    def add(self, mark: bytes) -> None:
        self._at[mark] = time.time_ns()

    def came(self, payload: bytes) -> None:
        at = self._at.get(payload[-_MARK - _STAMP : -_STAMP])
        if at is None:
            return
        sent = int.from_bytes(payload[-_STAMP:], "big")
        if sent > at + GHOST_NS:
            self.ghosts += 1
        elif time.time_ns() > at + LATE_NS:
            self.late += 1


class Nothing(Log):
    def add(self, at: int, owner: int) -> None:
        """Nobody asks when what was sent."""


class Camera(Publisher):
    def __init__(self, address: str, number: int) -> None:
        super().__init__(address, number, LAYERS, Nothing())
        self.mark = number.to_bytes(_MARK, "big")
        for stream in self.streams:
            stream._send = self._marked

    def _marked(self, packet: bytes) -> None:
        end = len(packet) - _STAMP
        self.transport.send_rtp(packet[: end - _MARK] + self.mark + packet[end:])

    async def publish(self, engine: MediaEngine, device: str) -> None:
        offer = await self.offer()
        await self.connect(await engine.publish(CONFERENCE, device, offer))

    async def restart(self, engine: MediaEngine, device: str) -> None:
        ours = await self.transport.restart()
        offer = descriptions.publisher(ours, self.voice, self.pictures)
        answer = sdp.parse(await engine.restart(CONFERENCE, device, "up", offer))
        await self.transport.reconnect(answer.transport)

    async def play(self) -> None:
        """Send all streams in their rhythm, until cancelled."""
        now = time.monotonic()
        due = [now + stream.interval * index / 4 for index, stream in enumerate(self.streams)]
        report = now + 0.2
        while True:
            for index, stream in enumerate(self.streams):
                if due[index] <= now:
                    stream.send(stream.interval)
                    due[index] = max(due[index], now - 0.1) + stream.interval
            if report <= now:
                report = now + 1
                self.report()
            await asyncio.sleep(max(0.001, min(due) - time.monotonic()))
            now = time.monotonic()


class Slot:
    """What came in one slot of a viewer. Times are monotonic seconds."""

    def __init__(self, kind: str) -> None:
        self.video = kind == "video"
        self.packets = self.twice = 0
        self.missing: set[int] = set()
        self.seams = 0
        """Another layer or source that did not begin with a key frame."""
        self.seam = ""
        """The last such."""
        self.jumps = 0
        """Pictures whose number is not the next."""
        self.rid, self.mark = "", b""
        """The layer and the camera of the newest packet."""
        self.changed_at = self.last = 0.0
        self.wanted_at: float | None = None
        """Since when media should come; None: it should not."""
        self._highest = -1
        self._picture: int | None = None

    def take(self, sequence: int, payload: bytes, now: float) -> None:
        self.packets += 1
        self.last = now
        step = ((sequence - self._highest + 0x8000) & 0xFFFF) - 0x8000 if self._highest >= 0 else 1
        number = self._highest + step if self._highest >= 0 else sequence
        if step <= 0:
            self.twice += number not in self.missing
            self.missing.discard(number)
            return
        if step < _JUMP:
            self.missing.update(range(number - step + 1, number))
        else:
            self.jumps += 1
        self._highest = number
        mark = payload[-_MARK - _STAMP : -_STAMP]
        if not self.video:
            self.mark = mark
            return
        found = parse_descriptor(payload)
        rid = _BY_SIZE.get((len(payload) + 1) // 100, "?")
        if (rid, mark) != (self.rid, self.mark):
            if self.rid and not found.key:  # the first may come before we have its keys
                self.seams += 1
                self.seam = f"{self.rid} {self.mark.hex()} to {rid} {mark.hex()}, step {step}"
            self.rid, self.mark, self.changed_at = rid, mark, now
        if self._picture is not None and step == 1 and found.picture_id is not None:
            self.jumps += (found.picture_id - self._picture) & 0x7FFF != int(found.start)
        self._picture = found.picture_id

    def stuck(self, now: float, seconds: float) -> bool:
        return self.wanted_at is not None and now - max(self.last, self.wanted_at) > seconds


class Viewer:
    def __init__(self, address: str, left: Left, *, twcc: bool) -> None:
        self.transport = RtcTransport(
            _CERTIFICATE, time.monotonic, controlling=False, addresses=[address]
        )
        self.transport.on_rtp = self._on_rtp
        self.slots: dict[tuple[str, str], Slot] = {}
        self._by_ssrc: dict[int, Slot] = {}
        self._left = left
        self._arrivals = Arrivals() if twcc else None
        self._wide_id = WIDE_ID
        self._ssrc = 0

    async def subscribe(self, engine: MediaEngine, device: str, rooms: Sequence[str]) -> None:
        plan = [SlotPlan(room=room, kind=kind) for room in rooms for kind in ("audio", "video")]
        text, slots = await engine.subscribe(CONFERENCE, device, plan, LINK_KBPS)
        offer = sdp.parse(text)
        sections = {section.mid: section for section in offer.sections}
        for slot in slots:
            one = self.slots[slot.room, slot.kind] = Slot(slot.kind)
            self._by_ssrc[sections[slot.mid].ssrcs[0]] = one
        self._wide_id = descriptions.wide_extension(offer) or WIDE_ID
        answer = self._answer(offer, await self.transport.gather("active"))
        await asyncio.gather(
            self.transport.connect(offer.transport), engine.answer(CONFERENCE, device, answer)
        )

    async def restart(self, engine: MediaEngine, device: str) -> None:
        offer = sdp.parse(await engine.restart(CONFERENCE, device, "down", None))
        answer = self._answer(offer, await self.transport.restart())
        await engine.answer(CONFERENCE, device, answer)
        await self.transport.reconnect(offer.transport)

    def _answer(self, offer: sdp.Description, ours: sdp.Transport) -> str:
        return descriptions.subscriber(offer, ours, twcc=self._arrivals is not None)

    def _on_rtp(self, data: bytes, now: float) -> None:
        packet = parse(data)
        if self._arrivals is not None:
            number = wide_number(data, self._wide_id)
            if number is not None:
                self._ssrc = packet.ssrc
                self._arrivals.on_packet(number, now)
        slot = self._by_ssrc.get(packet.ssrc)
        if slot is not None:  # else sent again, or padding
            slot.take(packet.sequence, packet.payload, now)
            self._left.came(packet.payload)

    async def report(self) -> None:
        """Tell of the line, until cancelled: of every packet, or an estimate once a second."""
        videos = tuple(ssrc for ssrc, slot in self._by_ssrc.items() if slot.video)
        while True:
            if self._arrivals is None:
                words: Iterable[rtcp.RtcpPacket] = (
                    rtcp.ReceiverReport(77),
                    rtcp.Remb(77, ESTIMATE, videos),
                )
                self.transport.send_rtcp(rtcp.build(*words))
            else:
                for told in self._arrivals.feedback(77, self._ssrc, time.monotonic()):
                    self.transport.send_rtcp(rtcp.build(told))
            await asyncio.sleep(1.0 if self._arrivals is None else 0.1)


class Device:
    """Camera and viewer of one name. `number`: of this one alone, for its mark."""

    def __init__(
        self, address: str, name: str, number: int, left: Left, *, twcc: bool = False
    ) -> None:
        self.name = name
        self.camera = Camera(address, number)
        self.viewer = Viewer(address, left, twcc=twcc)
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, engine: MediaEngine, rooms: Sequence[str]) -> None:
        await asyncio.gather(self._send(engine), self._receive(engine, rooms))

    async def _send(self, engine: MediaEngine) -> None:
        await self.camera.publish(engine, self.name)
        self._tasks.append(asyncio.create_task(self.camera.play()))

    async def _receive(self, engine: MediaEngine, rooms: Sequence[str]) -> None:
        await self.viewer.subscribe(engine, self.name, rooms)
        self._tasks.append(asyncio.create_task(self.viewer.report()))

    def want(self, rooms: Iterable[str], *, on: bool = True) -> None:
        """Media of these rooms should come from now on, or need not any more."""
        for room in rooms:
            for kind in ("audio", "video"):
                slot = self.viewer.slots.get((room, kind))
                if slot is not None:
                    slot.wanted_at = time.monotonic() if on else None

    def lose_power(self) -> None:
        """Nothing is sent any more, not even that it ends."""
        for end in (self.camera, self.viewer):
            end.transport._protect = end.transport._protect_rtcp = _nothing
            end.transport._sendto = _nowhere

    async def close(self) -> None:
        self.want({room for room, _ in self.viewer.slots}, on=False)
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(self.camera.transport.close(), self.viewer.transport.close())


def _nothing(packet: bytes) -> bytes:
    raise ValueError("no power")


def _nowhere(packet: bytes | memoryview, address: object) -> int:
    raise OSError("no power")
