"""Who is connected to a conference, and what each has been told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from msgspec import structs

from signaling import messages as wire
from vicon.app import ceremony_views, translate
from vicon.core.events import DeviceLeft, Event
from vicon.core.events_office import PlanChanged
from vicon.core.model import Actor, Conference


class Socket(Protocol):
    """The part of a signalling connection that is needed here."""

    @property
    def waiting(self) -> int:
        """Messages that are not written yet."""
        ...

    def send(self, message: wire.ServerMessage) -> None: ...

    def close(self, code: str) -> None: ...


class Nowhere:
    """Socket of a guest who asks once, and hears the answer in another way."""

    waiting = 0

    def send(self, message: wire.ServerMessage) -> None:
        """Nobody listens."""

    def close(self, code: str) -> None:
        """Nothing is open."""


class Guest:
    """One connection: who it is, the device it holds, and the view it has."""

    def __init__(self, socket: Socket, actor: Actor) -> None:
        self.socket = socket
        self.actor = actor
        self.resume: str | None = None
        self.revision = 0
        self.you: wire.YouView | None = None

    def hold(self, device: str, resume: str) -> None:
        self.actor = structs.replace(self.actor, device=device)
        self.resume = resume

    def release(self) -> None:
        self.actor = structs.replace(self.actor, device=None)
        self.resume = None

    @property
    def guides(self) -> bool:
        return self.actor.role in ("moderator", "technician")

    def shows(self, room: str) -> bool:
        """A display of this hall: what is said to the hall stands there too."""
        return self.actor.role == "observer" and self.actor.room == room

    def sees_devices(self, room: str) -> bool:
        role = self.actor.role
        return role in ("moderator", "technician") or (
            role == "operator" and self.actor.room == room
        )


_CLOSES = {"removed": "removed", "declined": "removed", "revoked": "link_revoked"}
"""How a connection ends whose device left for such a reason; of others it stays."""


class _Whole(NamedTuple):
    """What belongs to no room, by the names of wire.View and wire.Delta."""

    conference: wire.ConferenceView
    rundown: wire.RundownView
    pact: wire.PactView | None


def _whole(state: Conference, guide: bool) -> _Whole:
    return _Whole(
        translate.conference_view(state, guide=guide),
        ceremony_views.rundown_view(state, guide=guide),
        ceremony_views.pact_view(state, guide=guide),
    )


def _news(new: _Whole, old: _Whole) -> dict[str, Any]:
    """A pact is never taken away again, so that None says that nothing changed."""
    return {
        name: value
        for name, value, before in zip(_Whole._fields, new, old, strict=True)
        if value != before
    }


def _seen(
    guest: Guest, code: str, opened: Mapping[str, wire.RoomView], full: Mapping[str, wire.RoomView]
) -> wire.RoomView:
    """A room as the guest sees it."""
    if guest.sees_devices(code):
        return full[code]
    if guest.shows(code) and full[code].cues:
        return structs.replace(opened[code], cues=full[code].cues)
    return opened[code]


class Audience:
    """Observer of an actor: keeps the parts of the view and sends each guest what changed."""

    def __init__(self, state: Conference, revision: int, now: Callable[[], int]) -> None:
        """`now`: Unix ms."""
        self._now = now
        self._guests: dict[int, Guest] = {}
        self._state = state
        self._revision = revision
        self._whole = {guide: _whole(state, guide) for guide in (False, True)}
        self._open = self._rooms(state, devices=False)
        self._full = self._rooms(state, devices=True)

    def _rooms(self, state: Conference, *, devices: bool) -> dict[str, wire.RoomView]:
        now = self._now()
        return {c: translate.room_view(state, c, now, devices=devices) for c in state.rooms}

    def __len__(self) -> int:
        return len(self._guests)

    def guests(self) -> Iterable[Guest]:
        return list(self._guests.values())

    def holder(self, device: str) -> Guest | None:
        """The guest that holds `device`, if it is connected."""
        return next((g for g in self._guests.values() if g.actor.device == device), None)

    def welcome(self, guest: Guest) -> wire.View:
        """Add a guest and give it the whole view; deltas follow from this revision on."""
        self._guests[id(guest)] = guest
        guest.revision = self._revision
        return self.view(guest)

    def view(self, guest: Guest) -> wire.View:
        guest.you = translate.you_view(self._state, guest.actor, guest.resume)
        rooms = [_seen(guest, c, self._open, self._full) for c in self._open]
        whole = self._whole[guest.guides]
        return wire.View(rooms=rooms, you=guest.you, **whole._asdict())

    def leave(self, guest: Guest) -> bool:
        """Forget a guest; whether it was here."""
        return self._guests.pop(id(guest), None) is not None

    def changed(self, state: Conference, revision: int, events: Sequence[Event]) -> None:
        self._part(events)
        if any(isinstance(event, PlanChanged) for event in events):
            self._send_off()
        whole = {guide: _whole(state, guide) for guide in (False, True)}
        opened, full = self._rooms(state, devices=False), self._rooms(state, devices=True)
        news = {guide: _news(whole[guide], self._whole[guide]) for guide in whole}
        touched = [c for c in full if full[c] != self._full.get(c)]
        self._state, self._revision = state, revision
        public = {c for c in touched if opened[c] != self._open.get(c)}
        self._whole, self._open, self._full = whole, opened, full
        for guest in self.guests():
            rooms = [
                _seen(guest, c, opened, full)
                for c in touched
                if c in public or guest.sees_devices(c) or guest.shows(c)
            ]
            self._tell(guest, news[guest.guides], rooms)

    def _part(self, events: Sequence[Event]) -> None:
        """Devices that left are no longer held; who was removed is told so and closed."""
        gone = {e.device: e.why for e in events if isinstance(e, DeviceLeft)}
        for guest in self.guests() if gone else ():
            why = gone.get(guest.actor.device or "")
            if why is None:
                continue
            guest.release()
            code = _CLOSES.get(why)
            if code is not None:
                self.leave(guest)
                guest.socket.close(code)

    def _send_off(self) -> None:
        """All come back for a view of the new plan; meanwhile nobody counts as lost."""
        for guest in self.guests():
            self.leave(guest)
            guest.socket.close("plan_changed")

    def refresh(self, guest: Guest) -> None:
        """Tell a guest what its own part of the view has become (it now holds a device)."""
        self._tell(guest, {}, [])

    def tell_desks(self, message: wire.ServerMessage, but: Guest) -> None:
        """To moderators and technicians, not to the one who did it."""
        for guest in self.guests():
            if guest.guides and guest is not but:
                guest.socket.send(message)

    def _tell(self, guest: Guest, news: Mapping[str, Any], rooms: list[wire.RoomView]) -> None:
        """`news`: parts of _Whole that changed, by their names."""
        you = translate.you_view(self._state, guest.actor, guest.resume)
        new_you = you if you != guest.you else None
        if not news and not rooms and new_you is None:
            return
        guest.you = you
        guest.socket.send(
            wire.Delta(
                prev=guest.revision,
                rev=self._revision,
                rooms=rooms,
                you=new_you,
                **news,
            )
        )
        guest.revision = self._revision
