"""What a run needs of the house."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from vicon.measure.looks import Examined
from vicon.measure.report import Collected
from vicon.ports import Clock, TrialEngine
from vicon.trial.turn import TurnSettings


class Fidelity(Protocol):
    @property
    def psnr_db(self) -> float: ...

    @property
    def ssim(self) -> float: ...


class Tools(Struct, frozen=True, kw_only=True):
    """`compose` puts it together."""

    engine: TrialEngine
    clock: Clock
    turn: TurnSettings | None
    examine: Callable[[Collected, bool, bool | None], Examined]
    """Blocking; called in a thread. Then: the chirp was played; the camera's own picture changes,
    None: not known."""
    fidelity: Callable[[int, bytes, int, int], Fidelity]
    """Of a mark, and grey bytes of a width and a height. Blocking. Raises ValueError."""
    load_turn: asyncio.Lock
    """One line is filled at a time."""
    hold_s: float = 10.0
    """So long the signalling connection of a whole run is watched."""
