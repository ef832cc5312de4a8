"""Does the delay of the link grow? draft-ietf-rmcat-gcc-02, sections 5.2 to 5.4, with libwebrtc's
trend line (least squares over the last delays) as the filter."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from enum import Enum
from operator import mul

POINT_S = 0.02
"""Groups this close to each other make one point."""
POINTS = 20
_LEAST_POINTS = 5
_SPAN_S = 1.2
"""Older points say nothing of now."""
_GAIN_MS = 240.0
"""libwebrtc: the slope times 60 groups times 4."""
_FIRST_MS, _LEAST_MS, _MOST_MS = 12.5, 6.0, 600.0
"""del_var_th(0) and its bounds, section 5.4."""
_UP, _DOWN = 0.0087, 0.039
"""k_u and k_d as libwebrtc has them, per ms."""
_IGNORED_MS = 15.0
"""Section 5.4: what exceeds the threshold by more does not raise it."""
_LONGEST_STEP_MS = 100.0
_QUEUE_S = 0.02
"""With less in the queue nothing is overused, whatever the slope..."""
_SPREAD_GAIN = 1 / 64
_SPREADS = 2.5
"""...nor with less than so many times what delays usually vary, up to _SURE_S."""
_SURE_S = 0.08
"""With this much in it one look is enough."""
_BUCKET_S, _BUCKETS = 5.0, 6
_NEVER = float("inf")
_JUMP_S = 3.0
"""A delay that changes by more at once is a clock that was set."""


class Usage(Enum):
    NORMAL = "normal"
    OVER = "over"
    UNDER = "under"


class DelayTrend:
    """Delays in seconds, of unknown offset: two clocks."""

    __slots__ = (
        "_bases",
        "_before",
        "_bucket_end",
        "_delays",
        "_last_at",
        "_over",
        "_spread",
        "_times",
        "_trend_before",
        "base",
        "queue",
        "threshold",
        "trend",
        "usage",
    )

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=POINTS)
        self._delays: deque[float] = deque(maxlen=POINTS)
        """Each the least of a point and the two before it: bursts that drain by themselves do not
        show."""
        self._before = (_NEVER, _NEVER, _NEVER)
        """The last three points, oldest first."""
        self._bases: deque[float] = deque(maxlen=_BUCKETS)
        self._bucket_end = 0.0
        self._last_at: float | None = None
        self._over = 0
        self._spread = 0.0
        """Mean seconds by which points exceed the least around them."""
        self._trend_before = 0.0
        self.base = 0.0
        """Least delay of the last half minute."""
        self.queue = 0.0
        """Seconds that packets wait now, seen from the least delay."""
        self.threshold = _FIRST_MS
        self.trend = 0.0
        """ms, comparable with the threshold."""
        self.usage = Usage.NORMAL

    def add(self, sent: float, delay: float) -> bool:
        """The least delay within a burst. False: the receiver's clock jumped; all begins anew."""
        times, delays = self._times, self._delays
        jumped = False
        if times:
            older, old, last = self._before
            since = sent - times[-1]
            if abs(delay - last) > _JUMP_S + max(0.0, since):
                self._restart()
                jumped = True
            elif since < POINT_S:
                if delay < last:
                    self._before = (older, old, delay)
                    delays[-1] = min(delays[-1], delay)
                    self._lower_base(sent, delay)
                return True
            else:
                self._spread += (last - delays[-1] - self._spread) * _SPREAD_GAIN
                while times and sent - times[0] > _SPAN_S:
                    times.popleft()
                    delays.popleft()
        _, old, last = self._before
        self._before = (old, last, delay)
        times.append(sent)
        delays.append(min(self._before))
        self._lower_base(sent, delay)
        return not jumped

    def _restart(self) -> None:
        self._times.clear()
        self._delays.clear()
        self._before = (_NEVER, _NEVER, _NEVER)
        self._bases.clear()
        self._over = 0

    def _lower_base(self, sent: float, delay: float) -> None:
        bases = self._bases
        if not bases or sent >= self._bucket_end:
            bases.append(delay)
            self._bucket_end = sent + _BUCKET_S
            self.base = min(bases)
        elif delay < bases[-1]:
            bases[-1] = delay
            self.base = min(self.base, delay)

    @property
    def known(self) -> bool:
        """Whether there are enough points to speak of a trend."""
        return len(self._times) >= _LEAST_POINTS

    def rebase(self) -> None:
        """The queue is not ours to empty: what it is now counts as none."""
        if self._delays:
            self.base = min(self._delays)
            self._bases.clear()
            self._bases.append(self.base)

    def update(self, now: float) -> Usage:
        """Call after the points of one feedback."""
        if not self._times:
            return self.usage
        self.queue = max(0.0, self._delays[-1] - self.base)
        if not self.known:
            self.trend, self.usage, self._over = 0.0, Usage.NORMAL, 0
            return self.usage
        slope = max(-1.0, min(1.0, _slope(self._times, self._delays)))
        self.trend = slope * _GAIN_MS * min(1.0, len(self._times) / POINTS)
        self.usage = self._judge()
        self._adapt(now)
        self._trend_before = self.trend
        return self.usage

    def _judge(self) -> Usage:
        least = min(_SURE_S, max(_QUEUE_S, _SPREADS * self._spread))
        if self.trend > self.threshold and self.queue > least:
            self._over += 1
            rising = self.trend >= self._trend_before or self.queue > _SURE_S
            if rising and (self._over > 1 or self.queue > _SURE_S):
                return Usage.OVER
            return Usage.NORMAL
        self._over = 0
        return Usage.UNDER if self.trend < -self.threshold else Usage.NORMAL

    def _adapt(self, now: float) -> None:
        """Section 5.4: del_var_th follows the trend, slowly upwards, so that a jittery line and
        other people's traffic do not starve us."""
        step = _LONGEST_STEP_MS
        if self._last_at is not None:
            step = min(step, max(0.0, 1000 * (now - self._last_at)))
        self._last_at = now
        size = abs(self.trend)
        if size > self.threshold + _IGNORED_MS:
            return
        gain = _DOWN if size < self.threshold else _UP
        self.threshold += gain * (size - self.threshold) * min(step, 1 / gain)
        self.threshold = max(_LEAST_MS, min(_MOST_MS, self.threshold))


def _slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Least squares; 0 where all is at one time."""
    mean = sum(xs) / len(xs)
    offsets = [x - mean for x in xs]
    below = sum(map(mul, offsets, offsets))
    return sum(map(mul, offsets, ys)) / below if below > 0 else 0.0
