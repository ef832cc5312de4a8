"""The presentation as a part of the view."""

from __future__ import annotations

from signaling import messages as wire
from vicon.core import presentations
from vicon.core.model import Conference


def presentation_view(state: Conference) -> wire.PresentationView | None:
    known = state.presentation
    if known is None:
        return None
    return wire.PresentationView(
        device=known.device,
        room=known.room,
        kind=known.kind,
        since=known.since,
        by=known.by,
        live=presentations.shown(state) is not None,
    )
