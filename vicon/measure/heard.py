"""Chirps in the Opus packets that came. Blocking work of a tenth of a second."""

from __future__ import annotations

from collections.abc import Sequence

import av
import numpy as np

from vicon.measure.sound import RATE, find_chirps


def heard_chirps(packets: Sequence[tuple[float, bytes]]) -> list[float]:
    """When each chirp came, in the time of the packets: seconds of coming, and data, in their
    order. What cannot be decoded is left out."""
    decoder = av.AudioCodecContext.create("opus", "r")
    decoder.sample_rate, decoder.layout = RATE, "mono"
    pieces: list[np.ndarray] = []
    starts: list[tuple[int, float]] = []
    """Sample with which a packet begins, and when it came."""
    count = 0
    for came, data in packets:
        try:
            decoded = decoder.decode(av.Packet(data)) if data else []
        except av.FFmpegError:
            continue
        for frame in decoded:
            piece = np.atleast_2d(np.asarray(frame.to_ndarray(), np.float64)).mean(axis=0)
            starts.append((count, came))
            pieces.append(piece)
            count += piece.size
    if not pieces:
        return []
    found = find_chirps(np.concatenate(pieces))
    return [_came(round(at * RATE), starts) for at, _, _ in found]


def _came(sample: int, starts: Sequence[tuple[int, float]]) -> float:
    """A packet comes as soon as what it begins with: inside it the sound goes on evenly."""
    first, came = next(one for one in reversed(starts) if one[0] <= sample)
    return came + (sample - first) / RATE
