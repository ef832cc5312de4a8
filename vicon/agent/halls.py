"""The halls of a rehearsal: their operators count, name, sign, call and acknowledge over the wire,
and their devices come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, Protocol

import structlog
from msgspec import Struct

from signaling import messages as m
from signaling.client import Client, CommandRefused, ConnectionLost

log = structlog.get_logger("vicon.rehearsal")
Act = Literal["late", "lost", "back", "over", "reduce", "help", "cue"]
WAIT_S = 30.0
"""For a room to be there, in real seconds whatever the speed."""
TRIES = 3
PEN = (60, 700, 180, 300, 300, 720, 420, 280, 540, 740, 660, 320, 780, 680, 940, 420)
SIGNERS = (("1", "Calon kepala daerah"), ("2", "Calon wakil"))
"""Of each hall: id and office."""


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


class Halls:
    """Of the rooms in `operators` only: the others have persons. `moderator` watches, and does what
    only a moderator may where a mishap needs it. `tell(event, room, why)` is called for all that is
    done; `faults` counts what was refused."""

    def __init__(
        self,
        moderator: Client,
        operators: Mapping[str, Client],
        cast: Cast,
        tell: Callable[[str, str | None, str], None],
    ) -> None:
        self.moderator, self.operators, self.tell = moderator, operators, tell
        self._cast = cast
        self.faults = 0
        self._acts: dict[Act, Callable[[Mishap], Awaitable[None]]] = {
            "late": self._enter,
            "back": self._enter,
            "lost": self._vanish,
            "over": self._over,
            "reduce": self._reduce,
            "help": self._help,
        }

    @property
    def view(self) -> m.View:
        view = self.moderator.view
        assert view is not None  # come() has waited for it
        return view

    def room(self, code: str) -> m.RoomView:
        return room_of(self.view, code)

    async def come(self, late: set[str]) -> None:
        """All but those who are late are there; every hall has counted its people and named who
        signs. Raises TimeoutError when a client gets no connection."""
        for client in (self.moderator, *self.operators.values()):
            await client.ready(WAIT_S)
        for code in self.operators:
            if code not in late:
                await self._cast.enter(code)
        for place, code in enumerate(self.operators):
            await self._prepare(code, 8 + place % 4, there=code not in late)

    async def _prepare(self, code: str, persons: int, *, there: bool) -> None:
        if there and not await self.becomes(code, "joined"):
            self.fault("absent", code, "not there in time")
        operator, title = self.operators[code], self.room(code).title
        await self.do(operator, m.CountSet(room=code, value=persons))
        for person, office in SIGNERS:
            name = f"{office} {title}"
            await self.do(operator, m.PactName(room=code, person=person, name=name, office=office))
        witness = m.PactWitness(name=f"Ketua KPU {title}", office="KPU")
        await self.do(operator, m.PactWitnesses(room=code, witnesses=[witness]))

    async def sign(self, item: m.ItemView) -> None:
        """Both signatories of the item's hall, where it is played."""
        pact, code = self.view.pact, item.room
        if pact is None or code is None or code not in self.operators:
            return
        for place, (person, _) in enumerate(SIGNERS):
            pen = [value if i % 2 else min(1000, value + 20 * place) for i, value in enumerate(PEN)]
            body = m.PactSign(room=code, person=person, strokes=[pen], document=pact.hash)
            await self.do(self.operators[code], body)
        self.tell("signed", code, item.title)

    async def acknowledge(self, code: str, cue: str) -> None:
        await self.do(self.operators[code], m.CueSee(cue=cue, room=code))

    async def suffer(self, mishap: Mishap) -> None:
        """A mishap of a hall that is played; what the hub does in one is not done here."""
        act = self._acts.get(mishap.act)
        if act is None or mishap.room not in self.operators:
            return
        self.tell(mishap.act, mishap.room, mishap.text)
        await act(mishap)

    async def _enter(self, mishap: Mishap) -> None:
        await self._cast.enter(mishap.room)

    async def _vanish(self, mishap: Mishap) -> None:
        await self._cast.vanish(mishap.room)
        if not await self.becomes(mishap.room, "lost"):
            self.fault("lost", mishap.room, "still there")

    async def _over(self, mishap: Mishap) -> None:
        """As when a guest was let in and the permission was taken back."""
        code, cap = mishap.room, self.room(mishap.room).cap
        allow = m.CountAllow(room=code, limit=cap + 1, reason=mishap.text or "gladi")
        await self.do(self.moderator, allow)
        await self.do(self.operators[code], m.CountSet(room=code, value=cap + 1))
        back = m.CountAllow(room=code, limit=cap, reason="gladi")
        await self.do(self.moderator, back)

    async def _reduce(self, mishap: Mishap) -> None:
        cap = self.room(mishap.room).cap
        body = m.CountSet(room=mishap.room, value=cap)
        await self.do(self.operators[mishap.room], body)

    async def _help(self, mishap: Mishap) -> None:
        body = m.HelpCall(room=mishap.room, text=mishap.text)
        await self.do(self.operators[mishap.room], body)

    # --- asking ---------------------------------------------------------------------------------

    async def do(self, client: Client, body: m.CommandBody) -> None:
        """Once more where the connection broke: all that is asked here may be asked twice."""
        room = getattr(body, "room", None)
        for _ in range(TRIES):
            try:
                await client.ready(WAIT_S)
                await client.command(body)
                return
            except CommandRefused as error:
                self.fault("refused", room, f"{type(body).__name__}: {error.text.en}")
                return
            except (ConnectionLost, TimeoutError) as error:
                log.info("x rehearsal", why=str(error) or "no answer in time")
        self.fault("unanswered", room, type(body).__name__)

    def fault(self, event: str, room: str | None, why: str) -> None:
        self.faults += 1
        self.tell(event, room, why)

    async def becomes(self, code: str, presence: m.Presence, wait_s: float = WAIT_S) -> bool:
        """Whether the room comes to be so in time."""
        return await self.until(
            lambda view: room_of(view, code).presence == presence,
            wait_s if presence == "joined" else wait_s / 2,
        )

    async def until(self, holds: Callable[[m.View], bool], wait_s: float) -> bool:
        """Whether the moderator's view comes to be so in time."""
        try:
            await self.moderator.until(holds, wait_s)
        except TimeoutError:
            return False
        return True


def room_of(view: m.View, code: str) -> m.RoomView:
    return next(room for room in view.rooms if room.code == code)


async def ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel them and wait for it."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
