"""Quality of speech from delay and loss: ITU-T G.107's E-model, reduced to what a call measures.

R = 93.2 - Id - Ie_eff. Id is G.107's delay impairment in its common approximation; Ie_eff for Opus
is a fit over packet loss. MOS from R: G.107, Annex B. Pure.
"""

from __future__ import annotations

import math

R_BEST = 93.2
KNEE_MS = 177.3
"""One-way delay from which on conversation suffers more."""
BUFFER_MS = 30.0
"""Codec and the least jitter buffer, where nothing better is measured."""


def one_way(rtt_ms: float, jitter_ms: float) -> float:
    """One-way delay in ms: half the round trip, and 2 x jitter + 30 for jitter buffer and codec."""
    return rtt_ms / 2 + 2 * jitter_ms + BUFFER_MS


def rating(delay_ms: float, loss_share: float) -> float:
    """R, 0..100, for a one-way delay and a share of lost packets (0..1)."""
    beyond = max(0.0, delay_ms - KNEE_MS)
    delay_impairment = 0.024 * delay_ms + 0.11 * beyond
    loss_impairment = 19.8 * math.log(1 + 29.7 * min(1.0, max(0.0, loss_share)))
    return min(100.0, max(0.0, R_BEST - delay_impairment - loss_impairment))


def mos(rtt_ms: float, jitter_ms: float, loss_share: float) -> float:
    """Mean opinion score, 1..4.5. It never rises as RTT, jitter or loss rises."""
    r = rating(one_way(rtt_ms, jitter_ms), loss_share)
    return max(1.0, min(4.5, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)))
