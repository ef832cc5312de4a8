"""What the gateway needs of trial calls. vicon.trial implements it; compose.py puts it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from signaling import messages as wire
from vicon.core.model import Actor
from vicon.core.refusals import Refused

TrialCommand = (
    wire.TrialOffer
    | wire.TrialWithdraw
    | wire.TrialStart
    | wire.TrialStop
    | wire.TrialRepeat
    | wire.TrialSweep
    | wire.TrialSweepStop
    | wire.TrialConnect
    | wire.TrialReport
)


class Visitor(Protocol):
    """One signalling connection that has said hello. Told apart by identity."""

    @property
    def conference(self) -> str: ...

    @property
    def actor(self) -> Actor: ...

    def send(self, message: wire.ServerMessage) -> None: ...


class Trials(Protocol):
    async def greet(self, visitor: Visitor) -> None:
        """The welcome has been sent: tell what goes on, to those who may see it."""
        ...

    async def command(
        self, visitor: Visitor, body: TrialCommand
    ) -> wire.TrialAnswer | wire.TrialStarted | Refused | None:
        """Raises MediaError."""
        ...

    async def gone(self, visitor: Visitor) -> None:
        """The connection is over; called once, for every visitor that was greeted."""
        ...

    def ice(self, actor: Actor) -> list[wire.IceServer]:
        """TURN servers with fresh credentials, for the session's own connections."""
        ...


class NoTrials:
    """Where trials are not wanted (tests)."""

    async def greet(self, visitor: Visitor) -> None:
        """Nothing goes on."""

    async def command(self, visitor: Visitor, body: TrialCommand) -> Refused:
        return Refused("no_station")

    async def gone(self, visitor: Visitor) -> None:
        """Nobody was waiting."""

    def ice(self, actor: Actor) -> list[wire.IceServer]:
        return []


COMMANDS: Mapping[type, str] = {
    kind: str(kind.__struct_config__.tag)
    for kind in (
        wire.TrialOffer,
        wire.TrialWithdraw,
        wire.TrialStart,
        wire.TrialStop,
        wire.TrialRepeat,
        wire.TrialSweep,
        wire.TrialSweepStop,
        wire.TrialConnect,
        wire.TrialReport,
    )
}
