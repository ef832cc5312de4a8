"""That a recording was deleted stands in the journal, also of a conference in the archive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from vicon.app.actor import signature
from vicon.core import commands as do
from vicon.core.commands_recording import NoteDeletion
from vicon.core.events_recording import RecordingDeleted
from vicon.core.model import Conference
from vicon.core.refusals import Refused
from vicon.ports import Clock, Journal, JournalError


class Held(Protocol):
    """The conferences that live here."""

    def state(self, id: str) -> Conference | None: ...


def noting(
    held: Held,
    submit: Callable[[str, do.System, do.Command], Awaitable[object]],
    journal: Journal,
    clock: Clock,
) -> Callable[[str, str, str], Awaitable[bool]]:
    """What enters it: conference, recording, by whom. False: it could not be entered."""

    async def noted(conference: str, recording: str, by: str) -> bool:
        if held.state(conference) is not None:
            done = await submit(conference, do.SYSTEM, NoteDeletion(id=recording, by=by))
            return not isinstance(done, Refused)
        event = RecordingDeleted(recording=recording, by=by)
        try:
            await journal.append(conference, clock.now(), signature(do.SYSTEM), [event])
        except JournalError:
            return False
        return True

    return noted
