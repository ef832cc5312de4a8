"""A program at the far end of a trial leg, without signalling."""

from __future__ import annotations

import asyncio
import secrets
import time

from vicon.measure.encode import Clip
from vicon.measure.leg import OVERHEAD, Leg
from vicon.rtc import sdp
from vicon.rtc.ice import TurnServer
from vicon.rtc.transport import RtcTransport, make_certificate
from vicon.rtc.trial_sdp import Ssrcs, agreed_trial, offer_path, offer_trial

CERTIFICATE = make_certificate()


class Far:
    """offer(), accept(answer), then run() until close()."""

    def __init__(self, clip: Clip, address: str = "127.0.0.1", turn: TurnServer | None = None):
        self.transport = RtcTransport(
            CERTIFICATE,
            time.monotonic,
            controlling=True,
            addresses=[address],
            turn=turn,
            relay_only=turn is not None,
        )
        self.leg: Leg | None = None
        self._clip = clip
        self._ssrcs = Ssrcs(audio=101, video=102, rtx=103)
        self._task: asyncio.Task[None] | None = None
        self.again = 0
        """Packets of the retransmissions' type that came: a load is made of them."""

    async def offer(self, *, path: bool = False) -> str:
        ours = await self.transport.gather("actpass")
        made = offer_path(ours) if path else offer_trial(ours, self._ssrcs)
        return sdp.render(made)

    async def accept(self, answer: str) -> None:
        description = sdp.parse(answer)
        await self.transport.connect(description.transport)
        if len(description.sections) < 2:
            return
        leg = Leg(
            agreed_trial(description, self._ssrcs),
            "call",
            server=False,
            now=time.monotonic(),
            unix_ms=time.time() * 1000,
            seed=secrets.randbits(64),
            send_rtp=self.transport.send_rtp,
            send_rtcp=self.transport.send_rtcp,
        )
        self.leg = leg
        self.transport.on_rtp = self._on_rtp
        self.transport.on_rtcp = leg.on_rtcp
        leg.play(self._clip, time.monotonic())
        leg.want("720p", 0, time.monotonic())
        self._task = asyncio.create_task(self._run(leg))

    def _on_rtp(self, packet: bytes, now: float) -> None:
        assert self.leg is not None
        video = self.leg.media.video
        if video is not None and video.rtx is not None:
            self.again += packet[1] & 127 == video.rtx.payload_type
        self.leg.on_rtp(packet, now, self.transport.last_size + OVERHEAD - 16)

    async def _run(self, leg: Leg) -> None:
        while True:
            due = leg.poll(time.monotonic(), time.time() * 1000)
            await asyncio.sleep(max(0.002, due - time.monotonic()))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.transport.close()
