"""The ceremony through the real wire: a step, a message, a signature."""

from __future__ import annotations

import asyncio

from signaling import messages as m
from signaling.client import Client
from tests.app.test_gateway import (  # fixtures
    KUKAR,
    PATIENCE,
    Visit,
    refused,
    room_of,
    server,
    visit,
)
from vicon.compose import Server
from vicon.core.events_pact import PactSigned
from vicon.core.pactwords import Signature, sealed
from vicon.ops.data import DataDir
from vicon.ops.seal import is_sealed, open_sealer
from vicon.store.sqlite import SqliteJournal

__all__ = ["server", "visit"]
KUTIM = "64.08"
PEN = [[100, 100, 400, 500, 800, 200]]


def seen(client: Client) -> m.View:
    assert client.view is not None
    return client.view


async def test_lanjut_puts_the_room_on_air_everywhere(visit: Visit) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUTIM)
    other = await visit("operator", KUKAR)
    await hall.command(m.RoomJoin())
    await moderator.until(lambda v: room_of(v, KUTIM).presence == "joined", PATIENCE)
    signing = next(item.id for item in seen(moderator).rundown.items if item.room == KUTIM)
    await moderator.command(m.RundownAdvance(current=None, item=signing))
    for client in (moderator, hall, other):
        view = await client.until(lambda v: v.conference.floor == KUTIM, PATIENCE)
        assert view.conference.progress.current == signing
    late = m.RundownAdvance(current=None)
    assert await refused(moderator, late) == "rundown_moved"
    await moderator.command(m.RundownUndo())
    await other.until(lambda v: v.conference.floor is None, PATIENCE)


async def test_notes_and_messages_are_for_those_whom_they_concern(visit: Visit) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    other = await visit("operator", KUTIM)
    assert any(item.notes for item in seen(moderator).rundown.items)
    assert not any(item.notes for item in seen(hall).rundown.items)
    await moderator.command(m.CueSend(cue="cue-00001", text="Bersiap", room=KUKAR))
    view = await hall.until(lambda v: bool(room_of(v, KUKAR).cues), PATIENCE)
    assert room_of(view, KUKAR).cues[0].text == "Bersiap"
    await hall.command(m.CueSee(cue="cue-00001", room=KUKAR))
    await hall.until(lambda v: not room_of(v, KUKAR).cues, PATIENCE)
    view = await moderator.until(lambda v: bool(v.conference.cues[0].seen), PATIENCE)
    assert view.conference.cues[0].seen[0].room == KUKAR
    assert not room_of(seen(other), KUKAR).cues
    assert not seen(other).conference.cues


async def ready_to_sign(moderator: Client, hall: Client) -> str:
    """Name and witness are entered, signing is open; the document's hash."""
    await hall.command(m.PactName(room=KUKAR, person="p1", name="Edi", office="Calon Bupati"))
    await hall.command(m.PactWitnesses(room=KUKAR, witnesses=[m.PactWitness(name="Ketua KPU")]))
    await moderator.command(m.PactOpen(on=True))
    view = await hall.until(lambda v: v.conference.signing.open, PATIENCE)
    assert view.pact is not None
    return view.pact.hash


async def test_a_signature_is_sealed_and_stands_in_the_journal(
    visit: Visit, home: DataDir, server: Server
) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    document = await ready_to_sign(moderator, hall)
    await hall.command(m.PactSign(room=KUKAR, person="p1", strokes=PEN, document=document))
    view = await moderator.until(lambda v: room_of(v, KUKAR).complete, PATIENCE)
    assert (view.conference.signing.signed, view.conference.signing.rooms) == (1, 1)
    signature, before = await signed_in(home)
    assert is_sealed(open_sealer(home).public, sealed(signature), signature.seal)
    assert (signature.name, signature.document) == ("Edi", document)
    assert (signature.journal_sequence, signature.journal_hash) == before
    again = m.PactSign(room=KUKAR, person="p1", strokes=PEN, document=document)
    assert await refused(hall, again) == "signed_already"


async def signed_in(home: DataDir) -> tuple[Signature, tuple[int, str]]:
    """The first signature of the journal, and sequence and hash of the entry before it."""
    journal = await SqliteJournal.open(home)
    before = (0, "")
    try:
        async for record in journal.replay("kaltim-2020"):
            if isinstance(record.event, PactSigned):
                return record.event.signature, before
            before = (record.sequence, record.hash)
    finally:
        await journal.close()
    raise AssertionError("nothing was signed")


async def test_a_typed_signature_is_sealed_and_told_and_a_struck_one_stays(
    visit: Visit, home: DataDir, server: Server
) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    document = await ready_to_sign(moderator, hall)
    wrong = m.PactSign(room=KUKAR, person="p1", typed="Rendi", document=document)
    assert await refused(hall, wrong) == "name_differs"
    await hall.command(m.PactSign(room=KUKAR, person="p1", typed="edi", document=document))
    view = await moderator.until(lambda v: room_of(v, KUKAR).complete, PATIENCE)
    (who,) = room_of(view, KUKAR).signatories
    assert who.typed
    assert who.signature
    signature, _ = await signed_in(home)
    assert (signature.strokes, signature.typed) == ((), "edi")
    assert is_sealed(open_sealer(home).public, sealed(signature), signature.seal)
    await moderator.command(m.PactStrike(room=KUKAR, signature=who.signature, reason="salah orang"))
    view = await moderator.until(lambda v: bool(v.pact and v.pact.struck), PATIENCE)
    assert view.pact
    (struck,) = view.pact.struck
    assert (struck.room, struck.name, struck.reason) == (KUKAR, "Edi", "salah orang")
    assert struck.by
    assert struck.at >= struck.signed_at
    view = await hall.until(lambda v: not room_of(v, KUKAR).complete, PATIENCE)
    assert view.pact
    assert view.pact.struck == []


async def test_of_two_tablets_that_sign_at_once_one_does(visit: Visit) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    tablet = await visit("operator", KUKAR)
    document = await ready_to_sign(moderator, hall)
    body = m.PactSign(room=KUKAR, person="p1", strokes=PEN, document=document)
    done = await asyncio.gather(hall.command(body), tablet.command(body), return_exceptions=True)
    assert sum(isinstance(one, Exception) for one in done) == 1


async def test_a_signature_is_refused_with_its_reason(visit: Visit) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    document = await ready_to_sign(moderator, hall)

    def body(**changes: object) -> m.PactSign:
        said = {"room": KUKAR, "person": "p1", "strokes": PEN, "document": document} | changes
        return m.PactSign(**said)  # type: ignore[arg-type]

    assert await refused(hall, body(document="0" * 64)) == "pact_changed"
    assert await refused(hall, body(strokes=[[5, 5]])) == "bad_signature"
    assert await refused(hall, body(room=KUTIM)) == "unknown_signatory"
    assert await refused(moderator, body()) == "not_allowed"
    await moderator.command(m.PactOpen(on=False))
    assert await refused(hall, body()) == "pact_closed"


async def test_nobody_signs_from_a_wrong_room_or_after_the_end(visit: Visit, home: DataDir) -> None:
    """The person is named in both halls; each refusal has its sentence, and nothing is signed."""
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    neighbour = await visit("operator", KUTIM)
    document = await ready_to_sign(moderator, hall)
    await neighbour.command(m.PactName(room=KUTIM, person="p1", name="Ardiansyah"))
    await neighbour.command(
        m.PactWitnesses(room=KUTIM, witnesses=[m.PactWitness(name="Ketua KPU")])
    )
    theirs = m.PactSign(room=KUTIM, person="p1", strokes=PEN, document=document)
    assert await refused(hall, theirs) == "not_allowed"
    await moderator.command(m.PhaseSet(phase="closed"))
    for client, code in ((hall, KUKAR), (neighbour, KUTIM)):
        late = m.PactSign(room=code, person="p1", strokes=PEN, document=document)
        assert await refused(client, late) == "conference_closed"
    view = await moderator.until(lambda v: v.conference.phase == "closed", PATIENCE)
    assert view.conference.signing.signed == 0
