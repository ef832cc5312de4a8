"""What may be asked about broadcasts; a part of commands.py, the whole."""

from __future__ import annotations

from vicon.core.broadcastwords import BroadcastCause
from vicon.core.shape import BaseCommand


class StartBroadcast(BaseCommand):
    """Of the programme, to the public. What it needs to know of the server is put in by the server
    itself: `id`: a new one, empty where the server is not set up for it; `taken`: the title of
    another conference that is broadcast now."""

    id: str = ""
    taken: str = ""


class StopBroadcast(BaseCommand):
    pass


class WatchBroadcast(BaseCommand):
    """How it stands with the broadcast; only the server itself. `alarms`: what is wrong now."""

    id: str
    interrupted: bool
    alarms: tuple[BroadcastCause, ...] = ()


BroadcastCommand = StartBroadcast | StopBroadcast | WatchBroadcast
