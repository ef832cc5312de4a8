"""Small statistics of a window of packets. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from vicon.measure.report import Lost

LEAST_PACKETS = 50
"""Below so many a share of lost packets says nothing."""
BURST_S, BURST_PACKETS = 0.2, 50
"""The burst rule looks at windows of 200 ms that hold at least so many packets."""
_Z = 1.96


def median(values: Sequence[float]) -> float:
    """Raises ValueError for no values."""
    return percentile(values, 0.5)


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank; `share` 0..1. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def lost(fates: Sequence[tuple[float, bool]], unknown: int, reordered: int) -> Lost:
    """`fates`: of each known packet, in the order of sending, a time in seconds and whether it was
    lost."""
    count = len(fates)
    gone = sum(1 for _, was_lost in fates if was_lost)
    share = gone / count if count else 0.0
    enough = count >= LEAST_PACKETS
    return Lost(
        packets=count,
        lost=gone,
        unknown=unknown,
        percent=100 * share if enough else None,
        interval=100 * _half_width(share, count, _inflation(fates)) if enough else None,
        burst_percent=_worst_burst(fates),
        reordered=reordered,
    )


def _half_width(share: float, count: int, inflation: float) -> float:
    """Of the 95 % interval: normal approximation, widened by the bursts; for no loss at all the
    rule of three."""
    if share == 0:
        return 3 / count
    return _Z * math.sqrt(inflation * share * (1 - share) / count)


def _inflation(fates: Sequence[tuple[float, bool]]) -> float:
    """How much wider the interval is because losses come in runs: E[L^2] / E[L] of the lengths of
    the runs (variance of a compound process)."""
    lengths: list[int] = []
    run = 0
    for _, was_lost in fates:
        if was_lost:
            run += 1
        elif run:
            lengths.append(run)
            run = 0
    if run:
        lengths.append(run)
    return sum(n * n for n in lengths) / sum(lengths) if lengths else 1.0


def _worst_burst(fates: Sequence[tuple[float, bool]]) -> float | None:
    """Percent lost in the worst window of 200 ms; None when none holds enough packets."""
    worst: float | None = None
    start = gone = 0
    for end, (at, was_lost) in enumerate(fates):
        gone += was_lost
        while fates[start][0] <= at - BURST_S:
            gone -= fates[start][1]
            start += 1
        count = end - start + 1
        if count >= BURST_PACKETS:
            worst = max(worst or 0.0, 100 * gone / count)
    return worst


def jitter(arrivals: Sequence[tuple[float, float]]) -> float | None:
    """Mean |D| in seconds of consecutive packets, each (sent, came) in seconds of two clocks
    (RFC 3550, section 6.4.1, without the smoothing); None below 20 pairs."""
    steps = [abs((b[1] - a[1]) - (b[0] - a[0])) for a, b in pairwise(arrivals) if b[0] > a[0]]
    return sum(steps) / len(steps) if len(steps) >= 20 else None


def variation(arrivals: Sequence[tuple[float, float]]) -> float | None:
    """95th percentile of the transit time above its least, in seconds; None below 20 packets."""
    transits = [came - sent for sent, came in arrivals]
    return percentile(transits, 0.95) - min(transits) if len(transits) >= 20 else None
