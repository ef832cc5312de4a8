"""A rehearsal by a script whose hub is played too: a moderator goes through the whole rundown. It
asks as persons do, over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from signaling import messages as m
from vicon.agent.halls import WAIT_S, Halls, Mishap, ended, room_of
from vicon.ports import Clock

LEAST_S = 0.3
"""An item takes so long at any speed: what it began is to be seen."""
HEED_S = 2.0
"""A moderator sees an alarm and acknowledges it."""
PATIENCE_S = 120.0
"""For a hall of persons to be there, and to have signed, in real seconds whatever the speed."""


class Play:
    """`run` it once."""

    def __init__(
        self, halls: Halls, mishaps: Sequence[Mishap], clock: Clock, speed: float = 1.0
    ) -> None:
        self._halls, self._mishaps, self._clock = halls, mishaps, clock
        self._moderator, self._speed = halls.moderator, speed

    async def run(self) -> None:
        """From the lobby to the closed conference. Raises TimeoutError when a client gets no
        connection."""
        await self._halls.come({one.room for one in self._mishaps if one.act == "late"})
        heeding = asyncio.create_task(self._heed(), name="rehearsal alarms")
        try:
            await self._do(m.PhaseSet(phase="live"))
            for number, item in enumerate(list(self._halls.view.rundown.items), 1):
                await self._item(number, item)
            await self._do(m.RundownAdvance(current=self._current()))
            await self._do(m.PhaseSet(phase="closed"))
        finally:
            await ended(heeding)

    async def _item(self, number: int, item: m.ItemView) -> None:
        for mishap in self._mishaps:
            if mishap.item == number:
                await self._happens(mishap)
        wait_s = WAIT_S if item.room in self._halls.operators else PATIENCE_S
        if item.room is not None and not await self._halls.becomes(item.room, "joined", wait_s):
            await self._do(m.RundownSkip(item=item.id, on=True))
            self._halls.tell("skipped", item.room, item.title)
            return
        await self._do(m.RundownAdvance(current=self._current(), item=item.id))
        self._halls.tell("item", item.room, item.title)
        began = self._clock.monotonic()
        if item.kind == "roll_call":
            await self._do(m.RollTake())
        if item.kind == "signing":
            await self._sign(item)
        left = began + max(LEAST_S, item.planned_s / self._speed) - self._clock.monotonic()
        await self._clock.sleep(max(0.0, left))

    def _current(self) -> str | None:
        return self._halls.view.conference.progress.current

    async def _sign(self, item: m.ItemView) -> None:
        if self._halls.view.pact is None:
            return
        if not self._halls.view.conference.signing.open:
            await self._do(m.PactOpen(on=True))
        code = item.room
        if code is None or code in self._halls.operators:
            await self._halls.sign(item)
        elif not await self._halls.until(lambda view: room_of(view, code).complete, PATIENCE_S):
            self._halls.tell("unsigned", code, item.title)

    async def _happens(self, mishap: Mishap) -> None:
        """With the hub's part in it."""
        await self._halls.suffer(mishap)
        played = mishap.room in self._halls.operators
        if mishap.act == "help" and played:
            await self._do(m.HelpAnswer(room=mishap.room))
        elif mishap.act == "cue":
            self._halls.tell("cue", mishap.room, mishap.text)
            cue, text = f"gladi-{mishap.item:04}", mishap.text or "Bersiap"
            await self._do(m.CueSend(cue=cue, text=text, room=mishap.room))
            if played:
                await self._halls.acknowledge(mishap.room, cue)

    async def _heed(self) -> None:
        """Acknowledge alarms as they come."""
        while True:
            await self._clock.sleep(HEED_S)
            for room in self._halls.view.rooms:
                for alarm in room.alarms:
                    if not alarm.by:
                        said = m.CountAcknowledge(
                            room=room.code, kind=alarm.kind, reason="gladi: sudah diminta kurangi"
                        )
                        await self._do(said)
                        self._halls.tell("acknowledged", room.code, alarm.kind)

    async def _do(self, body: m.CommandBody) -> None:
        await self._halls.do(self._moderator, body)
