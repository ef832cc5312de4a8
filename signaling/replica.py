"""The client's copy of its view: a snapshot, then deltas in order. Pure."""

from __future__ import annotations

from msgspec import structs

from signaling.messages import Delta, RoomView, View, Welcome


class Gap(Exception):
    """A delta does not follow the revision seen last: connect again for a new snapshot."""


class Replica:
    """`view` after `welcome` and any number of deltas."""

    def __init__(self, welcome: Welcome) -> None:
        self.view = welcome.view
        self.revision = welcome.rev

    def apply(self, delta: Delta) -> None:
        """Raises Gap; then nothing has changed."""
        if delta.prev != self.revision or delta.rev < delta.prev:
            raise Gap(f"delta {delta.prev}..{delta.rev} after revision {self.revision}")
        self.view = patched(self.view, delta)
        self.revision = delta.rev


def patched(view: View, delta: Delta) -> View:
    """`view` with the parts that `delta` brings; a room takes the place of the one of its code."""
    return structs.replace(
        view,
        conference=delta.conference or view.conference,
        rundown=delta.rundown or view.rundown,
        pact=delta.pact or view.pact,
        rooms=_rooms(view.rooms, delta.rooms) if delta.rooms else view.rooms,
        you=delta.you or view.you,
    )


def _rooms(old: list[RoomView], new: list[RoomView]) -> list[RoomView]:
    changed = {room.code: room for room in new}
    kept = [changed.pop(room.code, room) for room in old]
    return [*kept, *changed.values()]
