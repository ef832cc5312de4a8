"""The two connections of an agent: up carries the clip, down the other rooms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from msgspec.structs import replace

from signaling import messages as wire
from signaling.client import Result
from vicon.agent.layers import LayeredSender, layer_choices, rids_for
from vicon.agent.receiver import SlotReceiver
from vicon.measure.clipsender import REPORT_INTERVAL, ClipSender
from vicon.measure.encode import Clip
from vicon.ports import Clock
from vicon.rtc import negotiate, rtcp, sdp
from vicon.rtc.gate import Gate
from vicon.rtc.ice import TurnServer
from vicon.rtc.transport import Certificate, RtcTransport, TransportError

log = structlog.get_logger("vicon.agent")

CONNECT_S = 10.0
"""Longest wait in seconds for a path and keys."""
RESTART_S = 6.0
"""How long a restart may take before a new connection is made instead."""


class Commands(Protocol):
    """The part of signaling.client.Client that the connections need."""

    async def command(self, body: wire.CommandBody, timeout: float = 10.0) -> Result: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What an agent needs of its machine."""

    clock: Clock
    certificate: Certificate
    randbits: Callable[[int], int]
    """secrets.randbits"""
    addresses: Sequence[str] | None = None
    """Gather on these; None: on all of this machine."""
    gate: Gate | None = None
    """Media goes through it."""

    def transport(
        self, *, controlling: bool, turn: TurnServer | None = None, relay_only: bool = False
    ) -> RtcTransport:
        """A new one; `controlling`: we make the offer."""
        return RtcTransport(
            self.certificate,
            self.clock.monotonic,
            controlling=controlling,
            addresses=self.addresses,
            turn=turn,
            relay_only=relay_only,
            gate=self.gate,
        )

    def ssrc(self) -> int:
        return self.randbits(31) | 1


class _Link:
    """What both have in common: a transport whose end somebody wants to hear of, and what we
    described of it."""

    def __init__(self, transport: RtcTransport, ours: sdp.Description, clock: Clock) -> None:
        self.transport = transport
        self._ours = ours
        self._clock = clock

    @property
    def state(self) -> str:
        return self.transport.state

    async def restart(self, client: Commands) -> None:
        """Look for another path while the media's keys and streams stay.

        Raises TransportError when there is none, sdp.SdpError, and what `command` raises."""
        raise NotImplementedError

    async def _again(self) -> str:
        """Our description of a restart."""
        own = await self.transport.restart()
        self._ours = replace(self._ours, transport=own, version=self._ours.version + 1)
        return sdp.render(self._ours)

    async def _go_over(self, remote: sdp.Transport) -> None:
        await _apart(self.transport.reconnect(remote, RESTART_S))
        log.info("- restarted")

    async def close(self, reason: str) -> None:
        await _apart(self.transport.close(reason), to_the_end=True)

    def _read(self, packet: bytes) -> list[rtcp.RtcpPacket]:
        try:
            return rtcp.parse(packet)
        except rtcp.RtcpError as error:
            log.warning("x rtcp", why=str(error))
            return []


class Up(_Link):
    """Made by `publish`."""

    def __init__(
        self,
        transport: RtcTransport,
        ours: sdp.Description,
        sender: ClipSender | LayeredSender,
        clock: Clock,
    ) -> None:
        super().__init__(transport, ours, clock)
        self.sender = sender
        self._report_at = clock.monotonic() + 0.2
        transport.on_rtcp = self._on_rtcp

    def poll(self, now: float) -> float:
        """Send what is due; when to come again."""
        for packet in self.sender.poll(now):
            self.transport.send_rtp(packet)
        if now >= self._report_at:
            self._report_at = now + REPORT_INTERVAL
            report = self.sender.report(now, self._clock.now() / 1000)
            if report:
                self.transport.send_rtcp(report)
        return min(self.sender.deadline(), self._report_at)

    async def restart(self, client: Commands) -> None:
        told = await client.command(wire.MediaRestart(line="up", sdp=await self._again()))
        if not isinstance(told, wire.Published):
            raise TransportError("the server answered the restart with something else")
        await self._go_over(sdp.parse(told.sdp).transport)

    def _on_rtcp(self, packet: bytes, now: float) -> None:
        for copy in self.sender.receive(self._read(packet), now, self._clock.now() / 1000):
            self.transport.send_rtp(copy)


class Down(_Link):
    """Made by `subscribe`."""

    def __init__(
        self, transport: RtcTransport, ours: sdp.Description, receiver: SlotReceiver, clock: Clock
    ) -> None:
        super().__init__(transport, ours, clock)
        self.receiver = receiver
        transport.on_rtp = receiver.on_rtp
        transport.on_rtcp = self._on_rtcp

    def poll(self, now: float) -> float:
        """Ask for what is missing, report; when to come again."""
        for packet in self.receiver.poll(now):
            self.transport.send_rtcp(packet)
        return self.receiver.deadline(now)

    async def restart(self, client: Commands) -> None:
        told = await client.command(wire.MediaRestart(line="down"))
        if not isinstance(told, wire.Subscribed):
            raise TransportError("the server answered the restart with something else")
        await client.command(wire.MediaAnswer(sdp=await self._again()))
        await self._go_over(sdp.parse(told.sdp).transport)

    def _on_rtcp(self, packet: bytes, now: float) -> None:
        self.receiver.on_rtcp(self._read(packet), now)


async def _apart(work: Coroutine[Any, Any, None], *, to_the_end: bool = False) -> None:
    """Run in a task of its own. aioice and aiortc take some CancelledErrors for those of their own
    tasks and go on; one that was meant for us would be lost. Cancelled here, the work is cancelled
    too, unless it must come `to_the_end`, and awaited in any case: it has its own time limit."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        if not to_the_end:
            task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            log.info("x media", why=str(error))
        raise


async def publish(client: Commands, tools: Tools, clip: Clip) -> Up:
    """Offer the up connection and connect it. Nothing is sent until the sender is told what is
    wanted.

    Raises TransportError, sdp.SdpError, and what `command` raises."""
    transport = tools.transport(controlling=True)
    try:
        own = await transport.gather("actpass")
        rids = rids_for(clip)
        audio_ssrc = tools.ssrc()
        pictures = [(tools.ssrc(), tools.ssrc()) for _ in rids or ("",)]
        offer = negotiate.offer_publish(own, audio_ssrc, *pictures[-1], rids=rids)
        result = await client.command(wire.MediaPublish(sdp=sdp.render(offer)))
        if not isinstance(result, wire.Published):
            raise TransportError("the server answered the offer with something else")
        answer = sdp.parse(result.sdp)
        await _apart(transport.connect(answer.transport, CONNECT_S))
        sender = _sender(answer, clip, audio_ssrc, pictures, tools)
    except BaseException:
        await _apart(transport.close("could not publish"), to_the_end=True)
        raise
    log.info("- published", profile=transport.srtp_profile)
    return Up(transport, offer, sender, tools.clock)


def _sender(
    answer: sdp.Description,
    clip: Clip,
    audio_ssrc: int,
    pictures: Sequence[tuple[int, int]],
    tools: Tools,
) -> ClipSender | LayeredSender:
    """`pictures`: SSRCs of each layer and of its retransmissions. A server that declines simulcast
    gets one picture, of the size that is wished for."""
    audio, video = _agreed(answer)
    audio = replace(audio, ssrc=audio_ssrc)
    choices = layer_choices(video, pictures)
    now, seed = tools.clock.monotonic(), tools.randbits(64)
    if len(video.rids) == len(pictures) > 1:
        return LayeredSender(clip, audio, choices, now, seed)
    return ClipSender(clip, audio, choices[-1], now, seed)


def _agreed(answer: sdp.Description) -> tuple[negotiate.Choice, negotiate.Choice]:
    """Audio and video as the server takes them. Raises SdpError when it takes one alone."""
    taken = {s.kind: negotiate.choose_layers(s) for s in answer.sections if not s.rejected}
    if not {"audio", "video"} <= taken.keys():
        raise sdp.SdpError("the server does not take sound and picture")
    return taken["audio"], taken["video"]


async def subscribe(client: Commands, tools: Tools) -> Down:
    """Ask for the down connection and connect it.

    Raises TransportError, sdp.SdpError, and what `command` raises."""
    transport = tools.transport(controlling=False)
    try:
        result = await client.command(wire.MediaSubscribe())
        if not isinstance(result, wire.Subscribed):
            raise TransportError("the server answered the subscription with something else")
        offer = sdp.parse(result.sdp)
        own = await transport.gather("active")
        rooms = {slot.mid: slot.room for slot in result.slots}
        slots = [
            (rooms[section.mid], negotiate.choose(section))
            for section in offer.sections
            if section.mid in rooms and not section.rejected
        ]
        answer = negotiate.answer_subscribe(offer, own)
        down = Down(
            transport,
            answer,
            SlotReceiver(slots, tools.ssrc(), tools.clock.monotonic()),
            tools.clock,
        )
        await client.command(wire.MediaAnswer(sdp=sdp.render(answer)))
        await _apart(transport.connect(offer.transport, CONNECT_S))
    except BaseException:
        await _apart(transport.close("could not subscribe"), to_the_end=True)
        raise
    log.info("- subscribed", slots=len(slots), profile=transport.srtp_profile)
    return down
