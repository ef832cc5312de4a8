"""When which of two servers may serve. Pure: monotonic seconds come in, nothing goes out.

The standby holds a *right* to take over by itself, given by the first, or it does not. While it
does, the first acknowledges nothing that the standby has not confirmed. What is assumed: both
clocks run at about the same pace; a frame on the line of the two takes less than a second or never
comes; a port that refuses connections has no server behind it (docs/adr/0707-standby.md).
"""

from __future__ import annotations

from msgspec import Struct

BEAT_S = 0.25
"""So often at least the first speaks to its standby."""
FRESH_S = 2.0
"""The line's end counts as the first's only so soon after its last word."""
ALONE_S = 5.0
"""A standby that has confirmed nothing for so long cannot take over by itself any more."""


class Epoch(Struct, frozen=True, order=True):
    """A life of the service: whoever takes over begins the next. The later fences the earlier, and
    of two with one number, which only two hands at once could make, the holder's name decides."""

    number: int
    """When it began, Unix seconds; at least one more than the one before."""
    holder: str
    """Of the server, made once with its data directory."""


class FirstRules:
    """The server that serves. Each step that is said to be durable is so before the next."""

    def __init__(self, epoch: Epoch) -> None:
        self.epoch = epoch
        self.fenced: Epoch | None = None
        """The later one that was seen: for good."""
        self.waits = False
        """Acts count only once the standby has confirmed them."""
        self.right = False
        """What every frame tells the standby; only while acts wait."""
        self._heard = 0.0

    def prepare(self, now: float) -> None:
        """The standby seems to have everything: from now on acts wait, so that what counts already
        can be sent for certain."""
        if self.fenced is None and not self.waits:
            self.waits, self._heard = True, now

    def grant(self) -> None:
        """The standby has confirmed all that there was when acts had begun to wait; durable."""
        self.right = self.waits

    def answered(self, sent_at: float) -> None:
        """The standby has confirmed what was sent then."""
        self._heard = max(self._heard, sent_at)

    def waits_until(self) -> float:
        """When an act that waits for the standby is to look again."""
        return self._heard + ALONE_S

    def silent(self, now: float) -> bool:
        """The standby has confirmed nothing for long: `renounce`, durably, tell it in a frame if
        there is a line, and then `alone`."""
        return self.waits and now >= self.waits_until()

    def renounce(self) -> None:
        self.right = False

    def alone(self) -> None:
        """Acts count without the standby: it was told, is known to have no right, or can hear
        nothing that was said since ALONE_S."""
        self.right = self.waits = False

    def saw(self, epoch: Epoch) -> bool:
        """Somebody has shown an epoch. True: it is later, and this server is fenced from now on."""
        if epoch <= self.epoch or self.fenced is not None:
            return False
        self.fenced = epoch
        self.alone()
        return True


class StandbyRules:
    """The server that follows."""

    def __init__(self, takeover_s: float) -> None:
        """`takeover_s`: how long the first's port must have refused; 0: never by itself."""
        self.takeover_s = takeover_s
        self._told = False
        self._heard = 0.0
        self._refused_since: float | None = None

    def right(self, now: float) -> bool:
        """It may take over by itself, should the first end now."""
        fresh = self._refused_since is not None or now - self._heard < FRESH_S
        return self.takeover_s > 0 and self._told and fresh

    def heard(self, now: float, right: bool) -> None:
        """A frame of the first has come."""
        self._told, self._heard, self._refused_since = right, now, None

    def silence(self, now: float) -> float:
        """Seconds since the first's last word."""
        return now - self._heard

    def asked(self) -> None:
        """The first is there and asks how things stand: it has been started again."""
        self._told, self._refused_since = False, None

    def ended(self, now: float) -> None:
        """The line has ended, in order or not. After a silence that may be a cut of the network:
        then only a person can tell."""
        if not self.right(now):
            self._told = False

    def refused(self, now: float) -> bool:
        """The first's port refuses connections; whether it has done so for long enough."""
        if not self._told or self.takeover_s <= 0:
            return False
        if self._refused_since is None:
            self._refused_since = now
        return now - self._refused_since >= self.takeover_s

    def unreachable(self) -> None:
        """No answer at all from where the first was: nobody knows whether it serves."""
        self._told, self._refused_since = False, None
