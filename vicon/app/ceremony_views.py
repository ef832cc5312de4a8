"""The ceremony as the wire shows it."""

from __future__ import annotations

from msgspec import Struct

from signaling import messages as wire
from vicon.core import cues, pact
from vicon.core.ceremony import Cue, Item, Run
from vicon.core.model import Conference
from vicon.core.pactwords import document_hash


class OfRoom(Struct, frozen=True, kw_only=True):
    """A room's part, by the names of wire.RoomView."""

    roll: wire.RollView | None
    cues: list[wire.CueView]
    help: wire.HelpView | None
    signatories: list[wire.SignatoryView]
    witnesses: list[wire.WitnessView]
    complete: bool


def of_room(state: Conference, code: str, *, whole: bool) -> OfRoom:
    """`whole`: with what those see who see the room's devices."""
    mark, call = state.roll.get(code), state.rooms[code].help
    return OfRoom(
        roll=wire.RollView(status=mark.status, at=mark.at, by=mark.by) if mark else None,
        cues=[cue_view(cue) for cue in cues.waiting(state, code)] if whole else [],
        help=wire.HelpView(at=call.at, by=call.by, text=call.text) if call and whole else None,
        signatories=_signatories(state, code),
        witnesses=[
            wire.WitnessView(name=one.name, office=one.office)
            for one in state.pact.witnesses.get(code, ())
        ],
        complete=pact.complete(state, code),
    )


def _signatories(state: Conference, code: str) -> list[wire.SignatoryView]:
    signed = pact.valid(state, code)
    return [
        wire.SignatoryView(
            id=one.id,
            name=one.name,
            office=one.office,
            ready=one.ready,
            signature=signed[one.id].id if one.id in signed else None,
            signed_at=signed[one.id].signed_at if one.id in signed else None,
            typed=one.id in signed and bool(signed[one.id].typed),
        )
        for one in state.pact.signatories.get(code, ())
    ]


def cue_view(cue: Cue) -> wire.CueView:
    return wire.CueView(
        id=cue.id,
        at=cue.at,
        by=cue.by,
        room=cue.room,
        text=cue.text,
        seen=[wire.CueSeen(room=room, at=at) for room, at in cue.seen.items()],
    )


def rundown_view(state: Conference, *, guide: bool) -> wire.RundownView:
    """`guide`: with the notes, for moderators and technicians."""
    rundown = state.rundown
    items = [_item_view(item, guide=guide) for item in rundown.items]
    return wire.RundownView(items=items, version=rundown.version)


def _item_view(item: Item, *, guide: bool) -> wire.ItemView:
    return wire.ItemView(
        id=item.id,
        kind=item.kind,
        title=item.title,
        planned_s=item.planned_s,
        room=item.room,
        notes=item.notes if guide else "",
        point=item.point,
        hush=item.hush,
    )


def progress_view(state: Conference) -> wire.ProgressView:
    rundown, change = state.rundown, state.rundown_change
    return wire.ProgressView(
        current=rundown.current,
        paused_at=rundown.paused_at,
        undo_until=change.at + state.plan.policy.undo_ms if change else None,
        runs=[_run_view(item, run) for item, run in rundown.runs.items()],
    )


def _run_view(item: str, run: Run) -> wire.ItemRunView:
    return wire.ItemRunView(
        item=item,
        started_at=run.started_at,
        ended_at=run.ended_at,
        paused_ms=run.paused_ms,
        skipped=run.skipped,
    )


def pact_view(state: Conference, *, guide: bool) -> wire.PactView | None:
    """`guide`: with what was struck out, for moderators and technicians."""
    document = state.pact.document
    if document is None:
        return None
    return wire.PactView(
        title=document.title,
        preamble=document.preamble,
        points=list(document.points),
        closing=document.closing,
        hash=document_hash(document),
        struck=_struck(state) if guide else [],
    )


def _struck(state: Conference) -> list[wire.StruckView]:
    return [
        wire.StruckView(
            signature=one.id,
            room=one.room,
            name=one.name,
            office=one.office,
            signed_at=one.signed_at,
            by=one.struck_by,
            at=one.struck_at,
            reason=one.struck_reason,
        )
        for one in state.pact.signatures
        if one.struck_by
    ]


def signing_view(state: Conference) -> wire.SigningView:
    board = pact.board(state)
    return wire.SigningView(
        open=state.pact.open, point=state.point, signed=board.signed, rooms=board.rooms
    )
