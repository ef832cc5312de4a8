"""Whether a recording goes as it should, room by room, from what is known of it now. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from vicon.core import layout, mics, voices
from vicon.core.model import Conference, Device
from vicon.core.recordplan import Marker, RecordingNote
from vicon.core.recordwords import RecordCause
from vicon.core.rooms import is_hub

PATIENCE_S = 10.0
"""So long something may be missing that should come."""
KEYS_S = 30.0


class Written(Struct, frozen=True, kw_only=True):
    """How it stands with one device's files. Ages in seconds; None: it never came."""

    grown_age: float | None
    """Since anything was written."""
    picture_age: float | None
    key_age: float | None
    sound_age: float | None


def source_wish(state: Conference, device: Device) -> tuple[bool, bool]:
    """Whether the sound and the picture of a room's main device are to be recorded. A closed
    microphone, a private line and an announcement are no part of the session's recording."""
    room = device.room
    if room is None:
        return False, False
    programme = voices.goes(state, device.id) == "programme"
    return programme and mics.heard(state, room), True


def wrong(
    state: Conference, since: Mapping[str, float], written: Mapping[str, Written], *, behind: bool
) -> dict[str, RecordCause]:
    """What is wrong, by room. `since`: devices whose media has come for so many seconds, while
    they were recorded. `behind`: the recorder left packets out."""
    found: dict[str, RecordCause] = {}
    for code, device in layout.sources(state).items():
        lasted = since.get(device.id, 0.0)
        if not device.publishing or lasted < PATIENCE_S:
            continue
        cause = _cause(state, device, written.get(device.id), lasted, behind=behind)
        if cause is not None:
            found[code] = cause
    return found


def _cause(
    state: Conference, device: Device, known: Written | None, lasted: float, *, behind: bool
) -> RecordCause | None:
    wish = layout.send_wish(state, device.id)
    if known is None or _missing(known.grown_age):
        return "nothing"
    if behind:
        return "left_out"
    if wish is None:
        return None
    if wish.video and _missing(known.picture_age):
        return "picture"
    if wish.video and lasted > KEYS_S and _missing(known.key_age, KEYS_S):
        return "keys"
    sound, _ = source_wish(state, device)
    return "sound" if sound and wish.audio and _missing(known.sound_age) else None


def _missing(age: float | None, patience: float = PATIENCE_S) -> bool:
    return age is None or age > patience


def chapters(state: Conference, began: int) -> tuple[Marker, ...]:
    """Items that ran since then (Unix ms), with their beginnings: also the one that ran then."""
    rundown = state.rundown
    items = {item.id: item for item in rundown.items}
    return tuple(
        Marker(
            at=run.started_at,
            title=items[item].title,
            room=items[item].room or state.plan.hub.code,
        )
        for item, run in rundown.runs.items()
        if item in items and not run.skipped and (run.ended_at is None or run.ended_at >= began)
    )


def shown(state: Conference, at: int) -> RecordingNote:
    """Who is shown at `at`, Unix ms."""
    room = layout.programme(state)
    beside = state.beside if state.pinned is None and not state.black else None
    return RecordingNote(
        at=at,
        what="floor",
        room="" if is_hub(state, room) else room,
        beside=beside if beside is not None and beside != room else "",
        black=state.black,
    )
