"""A takeover by this server, for the record of each conference that goes on."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from vicon.app.gateway import Hall
from vicon.core import commands as do
from vicon.core.commands_server import NoteTakeover
from vicon.core.refusals import Refused

log = structlog.get_logger("vicon")


async def note_takeover(halls: Mapping[str, Hall], note: NoteTakeover) -> bool:
    """Whether every journal says so; who asks again enters nothing twice."""
    noted = True
    for hall in halls.values():
        if hall.actor.state.archived:
            continue
        done = await hall.actor.submit(do.SYSTEM, note)
        if isinstance(done, Refused):
            log.warning("x takeover", conference=hall.actor.id, code=done.code)
            noted = False
    return noted
