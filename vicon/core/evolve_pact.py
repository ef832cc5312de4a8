"""What the pact's events make of the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from vicon.core import events_pact as ev
from vicon.core.events import Event
from vicon.core.model import Conference


def _with_pact(state: Conference, **changes: Any) -> Conference:
    return replace(state, pact=replace(state.pact, **changes))


def _edited(state: Conference, event: ev.PactEdited, at: int) -> Conference:
    return replace(_with_pact(state, document=event.document), point=0)


def _shown(state: Conference, event: ev.PointShown, at: int) -> Conference:
    return replace(state, point=event.point)


def _opened(state: Conference, event: ev.PactOpened, at: int) -> Conference:
    return _with_pact(state, open=event.on)


def _signatories(state: Conference, event: ev.SignatoriesChanged, at: int) -> Conference:
    named = {**state.pact.signatories, event.room: tuple(event.signatories)}
    return _with_pact(state, signatories=named)


def _witnesses(state: Conference, event: ev.WitnessesChanged, at: int) -> Conference:
    return _with_pact(state, witnesses={**state.pact.witnesses, event.room: tuple(event.witnesses)})


def _signed(state: Conference, event: ev.PactSigned, at: int) -> Conference:
    return _with_pact(state, signatures=(*state.pact.signatures, event.signature))


def _struck(state: Conference, event: ev.PactStruck, at: int) -> Conference:
    signatures = tuple(
        replace(one, struck_by=event.by, struck_reason=event.reason, struck_at=at)
        if one.id == event.signature
        else one
        for one in state.pact.signatures
    )
    return _with_pact(state, signatures=signatures)


EVOLVERS: Mapping[type[Event], Callable[[Conference, Any, int], Conference]] = {
    ev.PactEdited: _edited,
    ev.PointShown: _shown,
    ev.PactOpened: _opened,
    ev.SignatoriesChanged: _signatories,
    ev.WitnessesChanged: _witnesses,
    ev.PactSigned: _signed,
    ev.PactStruck: _struck,
}
