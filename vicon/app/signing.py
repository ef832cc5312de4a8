"""From a drawn line or a typed name to a sealed signature: what the core allows, sealed by the
server, in the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from signaling import messages as wire
from vicon.app.actor import ConferenceActor, Done
from vicon.core import commands_ceremony as do
from vicon.core import pact
from vicon.core.model import Actor
from vicon.core.pactwords import sealed
from vicon.core.refusals import Refused


class Seal(Protocol):
    @property
    def public(self) -> str:
        """The key with which seals are checked."""
        ...

    def seal(self, content: bytes) -> str: ...


async def sign(
    actor: ConferenceActor,
    asker: Actor,
    body: wire.PactSign,
    seal: Seal,
    new_id: Callable[[], str],
) -> Done | Refused:
    """Who may, and whether it still holds, is decided again when the command is carried out."""
    strokes = tuple(tuple(stroke) for stroke in body.strokes)
    if body.room not in actor.state.rooms:
        return Refused("unknown_room")
    found = pact.candidate(actor.state, body.room, body.person, strokes, body.document, body.typed)
    if isinstance(found, Refused):
        return found
    signature = replace(
        found,
        id=new_id(),
        signed_at=actor.now(),
        journal_sequence=actor.revision,
        journal_hash=actor.head,
    )
    signature = replace(signature, seal=seal.seal(sealed(signature)))
    return await actor.submit(asker, do.SignPact(room=body.room, signature=signature))
