"""What is written on the private lines of a conference: told to the two ends alone, kept while the
line stands, never journalled. The journal has that something was written, when, and by which end.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from signaling import messages as wire
from vicon.app.actor import ConferenceActor, Done
from vicon.app.audience import Audience, Guest
from vicon.core import commands_talk as talk
from vicon.core.events import Event
from vicon.core.events_talk import LineEnded
from vicon.core.lines import side
from vicon.core.model import Conference
from vicon.core.refusals import Refused
from vicon.core.talk import Line
from vicon.core.voices import standing

KEPT = 200
"""Of each line its last messages; there is one line to a room."""


class Lines:
    """Observer of the actor: what was written on a line goes with it."""

    def __init__(self, actor: ConferenceActor, audience: Audience) -> None:
        self._actor, self._audience = actor, audience
        self._texts: dict[str, deque[wire.LineText]] = {}
        self._one = asyncio.Lock()
        """One after another, so that the state's figure is the number of the message."""
        actor.observe(self)

    def changed(self, state: Conference, revision: int, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, LineEnded):
                self._texts.pop(event.line, None)

    async def write(self, guest: Guest, body: wire.LineWrite) -> Done | Refused:
        """Journal that it was written, then tell both ends."""
        async with self._one:
            command = talk.WriteLine(line=body.line, text=body.text)
            done = await self._actor.submit(guest.actor, command)
            line = self._line(body.line)
            if isinstance(done, Refused) or line is None:
                return done
            end = side(line, guest.actor)
            assert end is not None, "the core has taken it"
            said = wire.LineText(
                line=line.id,
                number=line.texts,
                side=end,
                by=guest.actor.name or guest.actor.role,
                at=self._actor.now(),
                text=body.text.strip(),
            )
            self._texts.setdefault(line.id, deque(maxlen=KEPT)).append(said)
        for one in self._audience.guests():
            if side(line, one.actor) is not None:
                one.socket.send(said)
        return done

    def greet(self, guest: Guest) -> None:
        """What is kept of the lines that this guest is an end of."""
        for line in standing(self._actor.state):
            if side(line, guest.actor) is not None:
                for said in self._texts.get(line.id, ()):
                    guest.socket.send(said)

    def _line(self, id: str) -> Line | None:
        return next((line for line in standing(self._actor.state) if line.id == id), None)
