"""A moderator who acts all the time, and notes what the server answered. What it acknowledged must
be in the journal, once."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from signaling import messages as m
from signaling.client import Client, CommandRefused, ConnectionLost
from vicon.core.events_ceremony import CueSent
from vicon.ports import Record

PAUSE_S, ANSWER_S = 0.25, 10.0
FLOOR_EVERY = 8
"""Acts from one change of the floor to the next."""


@dataclass
class Ledger:
    client: Client
    rooms: Sequence[str]
    acknowledged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Asked, and the connection broke before the answer."""
    refused: Counter[str] = field(default_factory=Counter)
    floors: int = 0
    """Changes of the floor that were acknowledged."""
    on: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: it rests."""

    async def run(self) -> None:
        turns = itertools.cycle([*self.rooms, None])
        for number in itertools.count(1):
            await self.on.wait()
            if number % FLOOR_EVERY:
                await self._message(f"act-{number:06}")
            else:
                await self._floor(turns)
            await asyncio.sleep(PAUSE_S)

    async def _message(self, cue: str) -> None:
        outcome = await self._ask(m.CueSend(cue=cue, text=f"Pesan {cue}"))
        if outcome == "ok":
            self.acknowledged.append(cue)
            await self._ask(m.CueWithdraw(cue=cue))
        elif outcome == "unknown":
            self.unknown.append(cue)

    async def _floor(self, turns: Iterator[str | None]) -> None:
        room = next(turns)
        body = m.FloorTake() if room is None else m.FloorGive(room=room)
        self.floors += await self._ask(body) == "ok"

    async def _ask(self, body: m.CommandBody) -> str:
        try:
            await self.client.command(body, ANSWER_S)
        except CommandRefused as error:
            self.refused[error.code] += 1
            return "refused"
        except (ConnectionLost, TimeoutError):
            return "unknown"
        return "ok"

    def faults(self, records: Sequence[Record]) -> list[str]:
        """What the journal does not tell as the server did."""
        written = Counter(one.event.cue for one in records if isinstance(one.event, CueSent))
        lost = [cue for cue in self.acknowledged if written[cue] == 0]
        twice = [cue for cue, times in written.items() if times > 1]
        made_up = written.keys() - set(self.acknowledged) - set(self.unknown)
        found = []
        for what, cues in (("lost", lost), ("twice", twice), ("never asked", sorted(made_up))):
            found += [f"{what}: {cue}" for cue in cues]
        return found
