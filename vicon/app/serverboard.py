"""What the desks of one conference are told of the server itself."""

from __future__ import annotations

from collections.abc import Sequence

from signaling import messages as wire
from vicon.app.audience import Audience, Guest
from vicon.ops.checks import Check


class ServerBoard:
    """Bounded by the number of checks."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._shown: list[wire.CheckView] = []

    def take(self, checks: Sequence[Check], now: int) -> None:
        """As found at `now` (Unix ms); told if anything of it is new."""
        before = {(one.name, one.state): one.since for one in self._shown}
        shown = [
            _view(check, before.get((check.name, check.state), now))
            for check in checks
            if check.state != "ok"
        ]
        if shown == self._shown:
            return
        self._shown = shown
        for guest in self._audience.guests():
            if guest.guides:
                guest.socket.send(wire.ServerChecks(checks=shown))

    def greet(self, guest: Guest) -> None:
        """A guest has just been welcomed."""
        if guest.guides and self._shown:
            guest.socket.send(wire.ServerChecks(checks=self._shown))


def _view(check: Check, since: int) -> wire.CheckView:
    said = check.detail or check.words
    return wire.CheckView(
        name=check.name,
        state="fail" if check.state == "fail" else "warn",
        text=wire.Text(id=said.id, en=said.en),
        since=since,
    )
