"""How hard pressed the server is, and what gives way in which order: new observers first, then the
thumbnails, at the very last every picture; sound never. Pure: signs in, a level out."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Level = int
"""0-5: NORMAL to SOUND; each includes those before it."""
NORMAL, CLOSED, SMALL, PAUSED, STAGE, SOUND = range(6)
"""Nothing gives way. CLOSED: no new observers and players. SMALL: thumbnails in their smallest,
slowest form. PAUSED: no thumbnails, and no further devices beside a hall's camera. STAGE: only the
pictures of who is on air. SOUND: no pictures."""
Why = Literal["", "media_cpu", "media_late", "server_late", "descriptors"]
"""What presses: the media worker computes all the time, or comes late with packets; the server
itself comes late; descriptors run out."""
RISE_S, FIRST_S = 4.0, 2.0
"""So long it must press, without a pause and since the last change, before the next thing gives
way; before the first, which hurts nobody who is here."""
FALL_S, LONGEST_FALL_S, CALM_S = 15.0, 240.0, 300.0
"""So long it must be easy before a thing comes back. What was taken back too soon takes twice as
long the next time, up to the second; after so long without any pressure all is as at first."""


class Marks(Struct, frozen=True):
    """From `high` on it presses, below `low` it is easy; between, all stays as it is."""

    high: float
    low: float


CPU = Marks(0.9, 0.7)
"""Of one processor core: the worker has no more than that."""
MEDIA_LATE_MS = Marks(150.0, 50.0)
"""By which the worker's work comes late on average: a voice is torn before that."""
SERVER_LATE_MS = Marks(400.0, 100.0)
FREE_DESCRIPTORS = Marks(64.0, 128.0)
"""Here few are high."""


class Signs(Struct, frozen=True, kw_only=True):
    """What was measured over the last seconds; None: not known."""

    media_cpu: float | None = None
    """0-1."""
    media_late_ms: float | None = None
    server_late_ms: float | None = None
    descriptors_free: int | None = None


class Pressure(Struct, frozen=True, kw_only=True):
    """As a conference knows it."""

    level: Level = NORMAL
    why: Why = ""
    since: int | None = None
    """Of this level; Unix ms. None: there was never any."""


class Gauge(Struct, frozen=True, kw_only=True):
    """Monotonic seconds."""

    level: Level = NORMAL
    why: Why = ""
    changed_at: float = float("-inf")
    high_since: float | None = None
    low_since: float | None = None
    patience: float = FALL_S


def step(gauge: Gauge, signs: Signs, now: float) -> Gauge:
    """The gauge after one more look, at most one level away."""
    why, goal = _presses(signs)
    kept = _kept(signs)
    if gauge.level < goal:
        return _higher(gauge, why, now)
    if gauge.level > kept:
        return _lower(gauge, now)
    calm = gauge.level == NORMAL and now - gauge.changed_at > CALM_S
    patience = FALL_S if calm else gauge.patience
    return replace(gauge, high_since=None, low_since=None, patience=patience)


def _higher(gauge: Gauge, why: Why, now: float) -> Gauge:
    since = gauge.high_since if gauge.high_since is not None else now
    waited = now - max(since, gauge.changed_at)
    if waited < (FIRST_S if gauge.level == NORMAL else RISE_S):
        return replace(gauge, high_since=since, low_since=None)
    return replace(
        gauge, level=gauge.level + 1, why=why, changed_at=now, high_since=now, low_since=None
    )


def _lower(gauge: Gauge, now: float) -> Gauge:
    since = gauge.low_since if gauge.low_since is not None else now
    if now - max(since, gauge.changed_at) < gauge.patience:
        return replace(gauge, low_since=since, high_since=None)
    level = gauge.level - 1
    return replace(
        gauge,
        level=level,
        why=gauge.why if level else "",
        changed_at=now,
        low_since=now,
        high_since=None,
        # Doubled at once: if it stays easy, nobody waits for it; if it does not, it was too soon.
        patience=min(LONGEST_FALL_S, 2 * gauge.patience) if level == NORMAL else gauge.patience,
    )


def _presses(signs: Signs) -> tuple[Why, Level]:
    """What presses most, and how far things give way for it: pictures for the media worker's sake
    alone, else they would be taken for nothing."""
    if _over(signs.media_late_ms, MEDIA_LATE_MS.high):
        return "media_late", SOUND
    if _over(signs.media_cpu, CPU.high):
        return "media_cpu", SOUND
    if signs.descriptors_free is not None and signs.descriptors_free <= FREE_DESCRIPTORS.high:
        return "descriptors", CLOSED
    if _over(signs.server_late_ms, SERVER_LATE_MS.high):
        return "server_late", CLOSED
    return "", NORMAL


def _kept(signs: Signs) -> Level:
    """The highest level that is not taken back now."""
    media = _over(signs.media_late_ms, MEDIA_LATE_MS.low) or _over(signs.media_cpu, CPU.low)
    if media:
        return SOUND
    free = signs.descriptors_free
    few = free is not None and free <= FREE_DESCRIPTORS.low
    return CLOSED if few or _over(signs.server_late_ms, SERVER_LATE_MS.low) else NORMAL


def _over(value: float | None, mark: float) -> bool:
    return value is not None and value >= mark
