"""The rate that the delay allows: draft-ietf-rmcat-gcc-02, section 5.5.

Differs from the draft in two things. How far it falls depends on the queue: a burst on a link
that is nearly full costs 5 %, a link that lost most of its rate is first drained. And once drained
it goes back to just below the link's known rate instead of climbing there.
"""

from __future__ import annotations

from enum import Enum

from vicon.rtc.gcc.capacity import Capacity
from vicon.rtc.gcc.throughput import Flow
from vicon.rtc.gcc.trend import Usage

_ETA = 1.08
"""Far from the link's known rate: times this a second."""
_PACKET_BITS = 1200 * 8
_FRAMES_PER_SECOND = 30
_RESPONSE_S = 0.1
"""Section 5.5: besides a round trip, how long an answer takes."""
_LEAST_STEP = 4_000
"""bit/s a second."""
_HEADROOM, _HEADROOM_BITS = 1.2, 10_000
"""What nobody sent is not known to be carried: the rate grows so far beyond what came."""
_CLOSE = 1.05
"""The same where the link is known to have been full not far above."""
_MILD, _HARSH = 0.95, 0.5
"""Of the link's rate, with the shortest queue and with the longest; the draft's beta is 0.85."""
_LONG_QUEUE_S = 0.3
_PER_QUEUE, _PER_LONG_QUEUE = 0.1, 0.85
"""So much lower for each second queued, up to a long queue and beyond."""
_FREE_QUEUE_S = 0.05
"""A queue below is none."""
_BUSY_QUEUE_S = 0.15
"""With more the last moments tell the link's rate even when it is less than before."""
_RETURN = 0.92
"""Of the link's rate, when its queue is empty again."""
_WEAK_S, _WEAK = 0.08, 0.85
"""With a shorter queue it may be jitter: no lower than this part of the target."""
_STANDING_S = 0.15
"""A queue that never empties, above this, is one that we keep up..."""
_STANDING_FOR_S, _STANDING = 1.5, 0.85
_IN_VAIN = 2
"""...unless falling does not help: then it is other people's."""
_UNCHANGED = 0.7
"""A queue of more than this part of what it was has not been helped..."""
_HELPED_S = 0.5
"""...after a response time and this."""
_PATIENCE_S = 3.0
"""A queue that does not shrink for so long is waited for no more."""
_SAME_FLOOD_S = 1.0
"""What comes within this, and a response time, still comes from a full link."""


class Outcome(Enum):
    """What an update found out beyond the rate."""

    NONE = "none"
    EMPTIED = "emptied"
    """A queue that was ours is gone."""
    IN_VAIN = "in vain"
    """The queue stays whatever we send: it is other people's."""


class Aimd:
    """Times are monotonic seconds, rates bit/s."""

    __slots__ = (
        "_at",
        "_emptied_at",
        "_emptying_at",
        "_fell_queue",
        "_flooded_at",
        "_vain",
        "capacity",
        "draining",
        "fell_at",
        "target",
    )

    def __init__(self, now: float, start: float) -> None:
        self.target = start
        self.capacity = Capacity()
        self.draining = False
        self.fell_at: float | None = None
        self._at = now
        self._emptied_at = self._emptying_at = now
        self._flooded_at = now - _PATIENCE_S
        """When the link was last found full."""
        self._fell_queue = 0.0
        """Seconds queued when the target last fell."""
        self._vain = 0

    def update(
        self,
        usage: Usage,
        queue: float,
        long: Flow | None,
        short: Flow | None,
        own: float,
        response: float,
        now: float,
    ) -> Outcome:
        """After each feedback. `queue`: seconds that packets wait; `own`: share that the line
        loses behind the queue; `response`: seconds until an answer shows in the feedback."""
        elapsed = max(0.0, min(1.0, now - self._at))
        self._at = now
        if queue < _STANDING_S:
            self._emptied_at = now
            self._vain = 0
        if long is None:
            return Outcome.NONE
        busy = long
        if short is not None and queue > _FREE_QUEUE_S:
            sure = queue > _BUSY_QUEUE_S or short.received > long.received
            busy = short if sure else long
        if self._stands(response, now):
            # `own` may be wrong: it would keep the queue up.
            return self._fall(busy, queue, True, response, now)
        busy, long = _made_up(busy, own), _made_up(long, own)
        if self.draining and short is not None:
            self.capacity.at_least(min(long.received, short.received))
        if usage is Usage.OVER:
            return self._fall(busy, queue, False, response, now)
        if usage is Usage.NORMAL:
            return self._rise(queue, long, response, elapsed, now)
        self._emptying_at = now
        return Outcome.NONE

    def _stands(self, response: float, now: float) -> bool:
        since = max(self._emptied_at, self.fell_at or 0.0)
        return now - since > _STANDING_FOR_S + response

    def _fall(
        self, flow: Flow, queue: float, standing: bool, response: float, now: float
    ) -> Outcome:
        share = _STANDING if standing else _share(queue)
        rate = share * flow.received
        if queue < _WEAK_S:
            rate = max(rate, _WEAK * self.target)
        if self._unanswered(response, now) and rate > 0.5 * self.target:
            return Outcome.NONE
        if queue >= _WEAK_S or flow.sent > _WEAK * self.target:
            self.capacity.saw(flow.received)
        self.draining = True
        self._emptying_at = self._flooded_at = now
        if rate >= self.target and not standing:
            return Outcome.NONE
        if self._in_vain(queue, standing, response, now):
            self.draining = False
            self._vain = 0
            self._emptied_at = now
            return Outcome.IN_VAIN
        self.fell_at = now
        self._fell_queue = queue
        self.target = min(rate, self.target)
        return Outcome.NONE

    def _in_vain(self, queue: float, standing: bool, response: float, now: float) -> bool:
        if self.fell_at is None or now - self.fell_at < response + _HELPED_S:
            return False
        if self._fell_queue < _STANDING_S or queue < _UNCHANGED * self._fell_queue:
            self._vain = 0
            return False
        self._vain += _IN_VAIN if standing else 1
        return self._vain >= _IN_VAIN

    def _unanswered(self, response: float, now: float) -> bool:
        """What was sent since the last fall has not shown yet."""
        return self.fell_at is not None and now - self.fell_at < min(1.0, response + 0.1)

    def _rise(
        self, queue: float, long: Flow, response: float, elapsed: float, now: float
    ) -> Outcome:
        outcome = Outcome.NONE
        if self.draining:
            if queue > _FREE_QUEUE_S:
                if now - self._emptying_at < _PATIENCE_S:
                    return outcome
            elif self.capacity.mean is not None:
                self.target = max(self.target, _RETURN * self.capacity.mean)
                outcome = Outcome.EMPTIED
            self.draining = False
        upper = self.capacity.upper
        if upper is not None and long.received > upper:
            if now - self._flooded_at < _SAME_FLOOD_S + response:
                self.capacity.at_least(long.received)
                self.target = max(self.target, _RETURN * long.received)
            else:
                self.capacity.forget()
        ceiling = self._ceiling(long.received)
        if self.target < ceiling:
            if self.capacity.near(self.target):
                raised = self.target + elapsed * self._additive(response)
            else:
                raised = self.target * _ETA**elapsed
            self.target = min(ceiling, raised)
        return outcome

    def _ceiling(self, received: float) -> float:
        ceiling = _HEADROOM * received + _HEADROOM_BITS
        mean = self.capacity.mean
        return ceiling if mean is None else min(ceiling, max(_RETURN * mean, _CLOSE * received))

    def _additive(self, response: float) -> float:
        """Half a packet a response time, more or less (section 5.5)."""
        frame = self.target / _FRAMES_PER_SECOND
        packets = max(1.0, -(-frame // _PACKET_BITS))
        return max(_LEAST_STEP, frame / packets / (response + _RESPONSE_S))

    def raise_to(self, rate: float) -> None:
        """A probe showed that the link carries this."""
        if rate <= self.target:
            return
        self.target = rate
        upper = self.capacity.upper
        if upper is not None and rate > upper:
            self.capacity.forget()

    def silence(self, now: float, share: float) -> None:
        """No feedback comes."""
        self.fell_at = now
        self.target *= share


def _share(queue: float) -> float:
    """Of the link's rate, so that the queue empties. A burst of a key frame empties by itself."""
    beyond = max(0.0, queue - _LONG_QUEUE_S)
    share = _MILD - _PER_QUEUE * max(0.0, min(queue, _LONG_QUEUE_S) - _FREE_QUEUE_S)
    return max(_HARSH, share - _PER_LONG_QUEUE * beyond)


def _made_up(flow: Flow, own: float) -> Flow:
    """What the line loses by itself was carried up to there."""
    return Flow(flow.sent, flow.received / (1 - own)) if own else flow
