"""An announcement: one moderator's voice in every hall, above the programme. The floor stays where
it is."""

from __future__ import annotations

from vicon.core import commands_talk as do
from vicon.core import voices
from vicon.core.events import Event
from vicon.core.events_talk import AnnounceBegan, AnnounceEnded
from vicon.core.model import Actor, Conference
from vicon.core.refusals import Outcome, Refused
from vicon.core.talk import AnnounceEnd


def announce(state: Conference, asker: Actor, command: do.Announce, now: int) -> Outcome:
    """One at a time. Who does not announce ends nothing: a key let go after somebody else began."""
    device = state.devices[asker.device or ""]
    said = state.announcement
    own = said is not None and said.device == device.id
    if not command.on:
        return [AnnounceEnded(why="done")] if own else []
    if said is not None:
        return [] if own else Refused("announcing_already", {"by": said.by})
    if not voices.can_talk(device):
        return Refused("not_allowed")
    return [AnnounceBegan(device=device.id, by=asker.name or asker.role)]


def consequences(before: Conference, state: Conference) -> list[Event]:
    """It ends with the session, with its device, and at once with the device's link: nobody knows
    whether a key that is held far away was let go."""
    said = state.announcement
    if said is None:
        return []
    why: AnnounceEnd | None = None
    device = state.devices.get(said.device)
    if state.phase == "closed":
        why = "closed"
    elif device is None:
        why = "left"
    elif not device.connected:
        why = "lost"
    return [] if why is None else [AnnounceEnded(why=why)]
