"""A room's door: what a person's phone there may see, and how it enters and leaves once.

A phone repeats what it was not answered. The id of an entry, made at random, says who; the number
of the visit says which coming: a repetition that comes after the person has left enters nobody.
"""

from __future__ import annotations

import re

from msgspec import Struct

from vicon.app.actor import ConferenceActor
from vicon.core import commands as do
from vicon.core.headcount import checked_in, effective
from vicon.core.model import Attendee, Conference, Phase
from vicon.core.refusals import Refused

ID = re.compile(r"[A-Za-z0-9_-]{22,40}")
"""Of an entry at the door: at least 128 bits, since it is all that it takes to leave."""


class Arrival(Struct, frozen=True, kw_only=True):
    """What a person said at the door."""

    person: str
    name: str
    institution: str
    role: str
    visit: int = 1
    """Which coming of this person: 1 for the first."""
    ago_ms: int = 0


class Sight(Struct, frozen=True, kw_only=True):
    """The room as its door shows it."""

    phase: Phase
    persons: int | None
    """None: nobody has counted yet."""
    limit: int
    full: bool
    """A further person would be refused. Where only the operator's own count is at the limit, those
    who were counted inside can still enter themselves."""
    known: Attendee | None
    """The entry that was asked for."""
    place: int | None
    """Which of those who are there it is, from 1 in the order of coming."""


class Door:
    """Of one room of a living conference."""

    def __init__(self, actor: ConferenceActor, room: str) -> None:
        """Raises KeyError when the conference has no such room."""
        self._actor, self.room = actor, actor.state.rooms[room].plan

    @property
    def state(self) -> Conference:
        return self._actor.state

    def look(self, person: str = "") -> Sight:
        state, code = self._actor.state, self.room.code
        room = state.rooms[code]
        known = room.attendance.get(person)
        there = [one for one in room.attendance.values() if one.present]
        there.sort(key=lambda one: one.visits[-1].entered_at)
        return Sight(
            phase=state.phase,
            persons=effective(state, code),
            limit=room.limit,
            full=checked_in(state, code) >= room.limit,
            known=known,
            place=there.index(known) + 1 if known is not None and known.present else None,
        )

    async def enter(self, arrival: Arrival) -> Refused | None:
        """None: the person is entered, or this coming was entered before."""
        # Looked at and put into the inbox without a pause: nothing comes between.
        known = self.look(arrival.person).known
        if known is not None and (known.present or len(known.visits) >= arrival.visit):
            return None
        return await self._ask(
            do.EnterPerson(
                room=self.room.code,
                person=arrival.person,
                name=arrival.name,
                institution=arrival.institution,
                role=arrival.role,
                ago_ms=arrival.ago_ms,
            )
        )

    async def leave(self, person: str, visit: int, ago_ms: int) -> Refused | None:
        """None: the person has left, or the visit was over before."""
        known = self.look(person).known
        if known is not None and len(known.visits) > visit:
            return None
        command = do.LeavePerson(room=self.room.code, person=person, ago_ms=ago_ms)
        return await self._ask(command)

    async def _ask(self, command: do.EnterPerson | do.LeavePerson) -> Refused | None:
        done = await self._actor.submit(do.Door(room=self.room.code), command)
        return done if isinstance(done, Refused) else None
