"""Divides what a receiver's link carries: sound first, then pictures by importance. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

RISE = 1.15
"""A higher step than the present one is taken when so much more than its rate is there: rates and
estimates waver."""
STAY = 0.92
"""The present step is kept while the link carries this share of its rate."""


HOLD = 0.8
"""The same for the lowest step of who is on air: a key frame a moment ago weighs in its rate."""


class Step(NamedTuple):
    """A layer and the highest temporal id in it."""

    rid: str
    tid: int
    rate: int
    """bit/s on the wire."""
    peak: int = 0
    """What it has had lately, or will: a still scene moves again."""


class Ask(NamedTuple):
    """A picture that a receiver is to get."""

    rank: int
    """Smaller ones are served first, wholly; equal ones rise together."""
    steps: Sequence[Step]
    """Lowest first; not empty."""
    current: int = -1
    """Index of the step it has now; -1: it is not sent."""


class Voice(NamedTuple):
    rank: int
    rate: int
    """bit/s on the wire."""
    sent: bool = False
    """It is sent now."""


def share_sound(budget: int, voices: Sequence[Voice]) -> tuple[list[bool], int]:
    """Which voices are sent, and what is left for pictures (bit/s, not below 0). Those of rank 0
    always are: nothing matters more than who speaks."""
    sent = [False] * len(voices)
    for index in sorted(range(len(voices)), key=lambda i: (voices[i].rank, i)):
        voice = voices[index]
        need = voice.rate * (STAY if voice.sent else 1.0)
        if voice.rank == 0 or need <= budget:
            sent[index] = True
            budget -= voice.rate
    return sent, max(0, budget)


def share_pictures(budget: int, asks: Sequence[Ask], through: int = 0) -> list[int]:
    """The step of each picture, -1 for none. A step that costs less than the one below it (a still
    scene) is no obstacle to those above. `through`: bit/s for pictures that came through a moment
    ago: even while a queue drains and the budget is less, who is on air is seen moving by it."""
    chosen = [-1] * len(asks)
    left = float(budget)
    for index, ask in enumerate(asks):
        if ask.rank == 0 and HOLD * ask.steps[0].rate <= through:
            chosen[index] = 0
            left -= ask.steps[0].rate
            through -= ask.steps[0].rate
    for rank in sorted({ask.rank for ask in asks}):
        members = [index for index, ask in enumerate(asks) if ask.rank == rank]
        while True:
            rose = False
            for index in members:
                step = _next(asks[index], chosen[index], left, alone=len(members) == 1)
                if step is not None:
                    left -= _rate(asks[index], step) - _rate(asks[index], chosen[index])
                    chosen[index] = step
                    rose = True
            if not rose:
                break
    return chosen


def _rate(ask: Ask, step: int) -> int:
    return ask.steps[step].rate if step >= 0 else 0


def _next(ask: Ask, step: int, left: float, *, alone: bool) -> int | None:
    """The next higher step that fits; for a picture alone in its rank any higher one."""
    has = _rate(ask, step)
    fits = None
    for index in range(step + 1, len(ask.steps)):
        rate = ask.steps[index].rate
        share = HOLD if ask.rank == index == 0 else STAY
        rises = index > ask.current
        need = (max(RISE * rate, ask.steps[index].peak) if rises else share * rate) - has
        if need <= left:
            fits = index
            if not alone:
                return fits
    return fits
