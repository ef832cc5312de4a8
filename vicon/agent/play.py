"""A rehearsal by a script: a moderator who goes through the whole rundown, operators who count and
sign, and the mishaps that a ceremony has. It asks as persons do, over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, Protocol

import structlog
from msgspec import Struct

from signaling import messages as m
from signaling.client import Client, CommandRefused, ConnectionLost
from vicon.ports import Clock

log = structlog.get_logger("vicon.rehearsal")
Act = Literal["late", "lost", "back", "over", "reduce", "help", "cue"]
WAIT_S = 30.0
"""For a room to be there, in real seconds whatever the speed."""
LEAST_S = 0.3
"""An item takes so long at any speed: what it began is to be seen."""
TRIES = 3
HEED_S = 2.0
"""A moderator sees an alarm and acknowledges it."""
PEN = (60, 700, 180, 300, 300, 720, 420, 280, 540, 740, 660, 320, 780, 680, 940, 420)


class Mishap(Struct, frozen=True, kw_only=True):
    """What happens when an item begins (from 1 in the rundown).

    late: the room is not there before. lost: its device is gone without a word; back: it is there
    again. over: one more than the cap is counted, and stays until reduce. help: the hall calls;
    cue: the hub sends it a message."""

    item: int
    act: Act
    room: str
    text: str = ""


class Cast(Protocol):
    """The devices of the rooms that are played."""

    async def enter(self, room: str) -> None: ...

    async def vanish(self, room: str) -> None: ...


class Play:
    """`tell(event, room, why)` is called for all that is done. `faults` counts what was refused."""

    def __init__(
        self,
        moderator: Client,
        operators: Mapping[str, Client],
        cast: Cast,
        mishaps: Sequence[Mishap],
        clock: Clock,
        tell: Callable[[str, str | None, str], None],
        speed: float = 1.0,
    ) -> None:
        self._moderator, self._operators, self._cast = moderator, operators, cast
        self._mishaps, self._clock, self._tell = mishaps, clock, tell
        self._speed = speed
        self.faults = 0
        self._acts: dict[Act, Callable[[Mishap], Awaitable[None]]] = {
            "late": self._enter,
            "back": self._enter,
            "lost": self._vanish,
            "over": self._over,
            "reduce": self._reduce,
            "help": self._help,
            "cue": self._cue,
        }

    @property
    def _view(self) -> m.View:
        view = self._moderator.view
        assert view is not None  # run() has waited for it
        return view

    async def run(self) -> None:
        """From the lobby to the closed conference. Raises TimeoutError when a client gets no
        connection."""
        for client in (self._moderator, *self._operators.values()):
            await client.ready(WAIT_S)
        late = {one.room for one in self._mishaps if one.act == "late"}
        for code in self._operators:
            if code not in late:
                await self._cast.enter(code)
        for place, code in enumerate(self._operators):
            await self._prepare(code, 8 + place % 4, there=code not in late)
        heeding = asyncio.create_task(self._heed(), name="rehearsal alarms")
        try:
            await self._do(self._moderator, m.PhaseSet(phase="live"))
            for number, item in enumerate(list(self._view.rundown.items), 1):
                await self._item(number, item)
            await self._do(self._moderator, m.RundownAdvance(current=self._current()))
            await self._do(self._moderator, m.PhaseSet(phase="closed"))
        finally:
            heeding.cancel()
            await asyncio.gather(heeding, return_exceptions=True)

    async def _prepare(self, code: str, persons: int, *, there: bool) -> None:
        """The hall counts its people, and names who signs before whom."""
        if there and not await self._is(code, "joined"):
            self._fault("absent", code, "not there in time")
        operator = self._operators[code]
        await self._do(operator, m.CountSet(room=code, value=persons))
        for person, office in (("1", "Calon kepala daerah"), ("2", "Calon wakil")):
            name = f"{office} {self._name(code)}"
            await self._do(operator, m.PactName(room=code, person=person, name=name, office=office))
        witness = m.PactWitness(name=f"Ketua KPU {self._name(code)}", office="KPU")
        await self._do(operator, m.PactWitnesses(room=code, witnesses=[witness]))

    async def _item(self, number: int, item: m.ItemView) -> None:
        for mishap in self._mishaps:
            if mishap.item == number:
                self._tell(mishap.act, mishap.room, mishap.text)
                await self._acts[mishap.act](mishap)
        if item.room is not None and not await self._is(item.room, "joined"):
            await self._do(self._moderator, m.RundownSkip(item=item.id, on=True))
            self._tell("skipped", item.room, item.title)
            return
        step = m.RundownAdvance(current=self._current(), item=item.id)
        await self._do(self._moderator, step)
        self._tell("item", item.room, item.title)
        began = self._clock.monotonic()
        if item.kind == "roll_call":
            await self._do(self._moderator, m.RollTake())
        if item.kind == "signing":
            await self._sign(item)
        left = began + max(LEAST_S, item.planned_s / self._speed) - self._clock.monotonic()
        await self._clock.sleep(max(0.0, left))

    def _current(self) -> str | None:
        return self._view.conference.progress.current

    async def _sign(self, item: m.ItemView) -> None:
        pact = self._view.pact
        if pact is None:
            return
        if not self._view.conference.signing.open:
            await self._do(self._moderator, m.PactOpen(on=True))
        operator = self._operators.get(item.room or "")
        if operator is None or item.room is None:
            return
        for place, person in enumerate(("1", "2")):
            pen = [value if i % 2 else min(1000, value + 20 * place) for i, value in enumerate(PEN)]
            body = m.PactSign(room=item.room, person=person, strokes=[pen], document=pact.hash)
            await self._do(operator, body)
        self._tell("signed", item.room, item.title)

    # --- mishaps --------------------------------------------------------------------------------

    async def _enter(self, mishap: Mishap) -> None:
        await self._cast.enter(mishap.room)

    async def _vanish(self, mishap: Mishap) -> None:
        await self._cast.vanish(mishap.room)
        if not await self._is(mishap.room, "lost"):
            self._fault("lost", mishap.room, "still there")

    async def _over(self, mishap: Mishap) -> None:
        """As when a guest was let in and the permission was taken back."""
        code, cap = mishap.room, self._room(mishap.room).cap
        allow = m.CountAllow(room=code, limit=cap + 1, reason=mishap.text or "gladi")
        await self._do(self._moderator, allow)
        await self._do(self._operators[code], m.CountSet(room=code, value=cap + 1))
        back = m.CountAllow(room=code, limit=cap, reason="gladi")
        await self._do(self._moderator, back)

    async def _reduce(self, mishap: Mishap) -> None:
        cap = self._room(mishap.room).cap
        body = m.CountSet(room=mishap.room, value=cap)
        await self._do(self._operators[mishap.room], body)

    async def _help(self, mishap: Mishap) -> None:
        body = m.HelpCall(room=mishap.room, text=mishap.text)
        await self._do(self._operators[mishap.room], body)
        await self._do(self._moderator, m.HelpAnswer(room=mishap.room))

    async def _cue(self, mishap: Mishap) -> None:
        cue = f"gladi-{mishap.item:04}"
        text = mishap.text or "Bersiap"
        await self._do(self._moderator, m.CueSend(cue=cue, text=text, room=mishap.room))
        await self._do(self._operators[mishap.room], m.CueSee(cue=cue, room=mishap.room))

    async def _heed(self) -> None:
        """Acknowledge alarms as they come."""
        while True:
            await self._clock.sleep(HEED_S)
            for room in self._view.rooms:
                for alarm in room.alarms:
                    if not alarm.by:
                        said = m.CountAcknowledge(
                            room=room.code, kind=alarm.kind, reason="gladi: sudah diminta kurangi"
                        )
                        await self._do(self._moderator, said)
                        self._tell("acknowledged", room.code, alarm.kind)

    # --- asking ---------------------------------------------------------------------------------

    async def _do(self, client: Client, body: m.CommandBody) -> None:
        """Once more where the connection broke: all that is asked here may be asked twice."""
        room = getattr(body, "room", None)
        for _ in range(TRIES):
            try:
                await client.ready(WAIT_S)
                await client.command(body)
                return
            except CommandRefused as error:
                self._fault("refused", room, f"{type(body).__name__}: {error.text.en}")
                return
            except (ConnectionLost, TimeoutError) as error:
                log.info("x rehearsal", why=str(error) or "no answer in time")
        self._fault("unanswered", room, type(body).__name__)

    def _fault(self, event: str, room: str | None, why: str) -> None:
        self.faults += 1
        self._tell(event, room, why)

    async def _is(self, code: str, presence: m.Presence) -> bool:
        """Whether the room comes to be so in time."""
        try:
            await self._moderator.until(
                lambda view: _of(view, code).presence == presence,
                WAIT_S if presence == "joined" else WAIT_S / 2,
            )
        except TimeoutError:
            return False
        return True

    def _room(self, code: str) -> m.RoomView:
        return _of(self._view, code)

    def _name(self, code: str) -> str:
        return self._room(code).title


def _of(view: m.View, code: str) -> m.RoomView:
    return next(room for room in view.rooms if room.code == code)
