"""A leg of a trial call from a program: transport and measuring, pumped by one task."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from vicon.agent.connections import Tools
from vicon.measure.encode import Clip
from vicon.measure.ladder import Level
from vicon.measure.leg import OVERHEAD, Leg
from vicon.rtc import sdp
from vicon.rtc.ice import TurnServer
from vicon.rtc.transport import RtcTransport, TransportError
from vicon.rtc.trial_sdp import Ssrcs, agreed_trial, offer_path, offer_trial

log = structlog.get_logger("vicon.agent")

Negotiate = Callable[[str], Awaitable[str]]
"""Sends an offer, gives the answer."""
_SHORTEST_S = 0.002
_LATE_S = 0.03
_SRTP_TAG = 16


class Call:
    """Made by open_call()."""

    def __init__(self, transport: RtcTransport, leg: Leg, tools: Tools) -> None:
        self.transport, self.leg = transport, leg
        self._tools = tools
        self.received = 0
        transport.on_rtp = self._on_rtp
        transport.on_rtcp = leg.on_rtcp
        self._task = asyncio.create_task(self._run(), name="trial call")

    def _on_rtp(self, packet: bytes, now: float) -> None:
        self.received += 1
        self.leg.on_rtp(packet, now, self.transport.last_size + OVERHEAD - _SRTP_TAG)

    async def _run(self) -> None:
        clock = self._tools.clock
        while True:
            now = clock.monotonic()
            due = self.leg.poll(now, clock.now())
            asked = max(_SHORTEST_S, due - clock.monotonic())
            await clock.sleep(asked)
            woke = clock.monotonic()
            if woke - now > asked + _LATE_S:
                self.leg.stalled(now + asked, woke)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self.transport.close("the call ends")


async def open_call(
    tools: Tools,
    clip: Clip,
    level: Level,
    negotiate: Negotiate,
    turn: TurnServer | None,
    relay_only: bool,
    timeout: float,
) -> Call:
    """Raises TransportError, sdp.SdpError, and what `negotiate` raises."""
    transport = tools.transport(controlling=True, turn=turn, relay_only=relay_only)
    ssrcs = Ssrcs(audio=tools.ssrc(), video=tools.ssrc(), rtx=tools.ssrc())
    try:
        async with asyncio.timeout(timeout):
            ours = await transport.gather("actpass")
            offer = offer_trial(ours, ssrcs, tools.randbits(62))
            answer = sdp.parse(await negotiate(sdp.render(offer)))
            await transport.connect(answer.transport, timeout)
        now = tools.clock.monotonic()
        leg = Leg(
            agreed_trial(answer, ssrcs),
            "call",
            server=False,
            now=now,
            unix_ms=tools.clock.now(),
            seed=tools.randbits(64),
            send_rtp=transport.send_rtp,
            send_rtcp=transport.send_rtcp,
        )
    except TimeoutError as error:
        await transport.close("no answer in time")
        raise TransportError("no answer in time") from error
    except BaseException:
        await transport.close("could not connect")
        raise
    leg.play(clip, now)
    leg.want(level, 0, now)
    return Call(transport, leg, tools)


async def try_path(
    tools: Tools, negotiate: Negotiate, turn: TurnServer | None, timeout: float
) -> None:
    """Connect by one path alone and let go of it. Raises as open_call."""
    transport = tools.transport(controlling=True, turn=turn, relay_only=turn is not None)
    try:
        async with asyncio.timeout(timeout):
            ours = await transport.gather("actpass")
            answer = sdp.parse(await negotiate(sdp.render(offer_path(ours, tools.randbits(62)))))
            await transport.connect(answer.transport, timeout)
    except TimeoutError as error:
        raise TransportError("no answer in time") from error
    finally:
        await transport.close("tried")
