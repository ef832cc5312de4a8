"""The pact: read, signed in the halls before witnesses, never changed afterwards."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from vicon.core import commands as base
from vicon.core import commands_ceremony as do
from vicon.core.pact import Board, board, candidate, complete, drawn, valid
from vicon.core.pactwords import (
    MAX_COORDINATES,
    MAX_SIGNATORIES,
    Document,
    Signature,
    Stroke,
    Witness,
    document_hash,
    sealed,
)
from vicon.core.refusals import Refused

DOCUMENT = Document(title="Pakta Integritas", points=("Menerima sanksi", "Menjaga keamanan"))
LINE: tuple[Stroke, ...] = ((100, 100, 400, 500, 800, 200),)


def ceremony() -> Scene:
    """Ready to be signed in Paser and Kukar, by two in each."""
    scene = Scene(replace(make_plan(), pact=DOCUMENT), now=1_000)
    for code in (PASER, KUKAR):
        for person in ("p1", "p2"):
            scene.does(
                operator(code),
                do.NameSignatory(room=code, person=person, name=f"{person} {code}", office="Calon"),
            )
        witness = Witness(name="Ketua KPU", office="KPU")
        scene.does(operator(code), do.SetWitnesses(room=code, witnesses=(witness,)))
    scene.does(MODERATOR, do.OpenPact(on=True))
    return scene


def made(
    scene: Scene,
    code: str = PASER,
    person: str = "p1",
    strokes: tuple[Stroke, ...] = LINE,
    typed: str = "",
) -> Signature | Refused:
    found = candidate(scene.state, code, person, strokes, document_hash(DOCUMENT), typed)
    if isinstance(found, Refused):
        return found
    number = len(scene.state.pact.signatures)
    return replace(found, id=f"s{number}", signed_at=scene.now, seal="c2VhbA==")


def signs(scene: Scene, code: str = PASER, person: str = "p1") -> Signature:
    signature = made(scene, code, person)
    assert not isinstance(signature, Refused), signature
    scene.does(operator(code), do.SignPact(room=code, signature=signature))
    return signature


def code_of(found: Signature | Refused) -> str:
    return found.code if isinstance(found, Refused) else ""


def test_a_room_has_signed_when_all_of_it_have() -> None:
    scene = ceremony()
    assert board(scene.state) == Board(0, 2)
    signs(scene, PASER, "p1")
    assert not complete(scene.state, PASER)
    signs(scene, PASER, "p2")
    assert board(scene.state) == Board(1, 2)
    signs(scene, KUKAR, "p1")
    signs(scene, KUKAR, "p2")
    assert board(scene.state) == Board(2, 2)


def test_the_same_person_signs_once() -> None:
    scene = ceremony()
    first = made(scene)
    assert isinstance(first, Signature)
    signs(scene)
    assert code_of(made(scene)) == "signed_already"
    late = do.SignPact(room=PASER, signature=replace(first, id="s9"))
    assert scene.refuses(operator(PASER), late) == "signed_already"


def test_nobody_signs_for_another_room() -> None:
    scene = ceremony()
    signature = made(scene, KUKAR)
    assert isinstance(signature, Signature)
    foreign = do.SignPact(room=KUKAR, signature=signature)
    assert scene.refuses(operator(PASER), foreign) == "not_allowed"
    disguised = do.SignPact(room=PASER, signature=signature)
    assert scene.refuses(operator(PASER), disguised) == "not_allowed"
    assert not valid(scene.state, KUKAR)


def test_nothing_is_signed_before_or_after() -> None:
    scene = ceremony()
    signature = made(scene)
    assert isinstance(signature, Signature)
    scene.does(MODERATOR, do.OpenPact(on=False))
    assert code_of(made(scene)) == "pact_closed"
    command = do.SignPact(room=PASER, signature=signature)
    assert scene.refuses(operator(PASER), command) == "pact_closed"
    scene.does(MODERATOR, do.OpenPact(on=True))
    scene.does(MODERATOR, base.SetPhase(phase="closed"))
    assert scene.refuses(operator(PASER), command) == "conference_closed"


def test_a_document_that_was_changed_meanwhile_is_not_signed() -> None:
    scene = ceremony()
    signature = made(scene)
    assert isinstance(signature, Signature)
    scene.does(MODERATOR, do.EditPact(document=replace(DOCUMENT, closing="Demikian")))
    command = do.SignPact(room=PASER, signature=signature)
    assert scene.refuses(operator(PASER), command) == "pact_changed"


@pytest.mark.parametrize(
    "changes",
    [{"name": "Orang lain"}, {"witnesses": ()}, {"office": "Bupati"}, {"seal": ""}, {"id": ""}],
)
def test_what_was_sealed_must_be_what_stands(changes: dict[str, object]) -> None:
    scene = ceremony()
    signature = made(scene)
    assert isinstance(signature, Signature)
    command = do.SignPact(room=PASER, signature=replace(signature, **changes))
    assert scene.refuses(operator(PASER), command) == "pact_changed"


def test_what_is_signed_is_not_edited_and_who_signed_is_not_renamed() -> None:
    scene = ceremony()
    signs(scene)
    edit = do.EditPact(document=replace(DOCUMENT, title="Lain"))
    assert scene.refuses(MODERATOR, edit) == "pact_signed"
    rename = do.NameSignatory(room=PASER, person="p1", name="Lain")
    assert scene.refuses(operator(PASER), rename) == "signed_already"
    remove = do.UnnameSignatory(room=PASER, person="p1")
    assert scene.refuses(operator(PASER), remove) == "signed_already"


def test_a_mistake_is_struck_out_and_signed_anew() -> None:
    scene = ceremony()
    first = signs(scene)
    unsaid = do.StrikeSignature(room=PASER, signature=first.id, reason=" ")
    assert scene.refuses(MODERATOR, unsaid) == "no_reason"
    scene.does(MODERATOR, do.StrikeSignature(room=PASER, signature=first.id, reason="salah orang"))
    assert not valid(scene.state, PASER)
    again = signs(scene)
    kept = [(one.id, one.struck_by, one.struck_at) for one in scene.state.pact.signatures]
    assert kept == [(first.id, "Sekretariat", scene.now), (again.id, "", 0)]
    twice = do.StrikeSignature(room=PASER, signature=first.id, reason="lagi")
    assert scene.refuses(MODERATOR, twice) == "unknown_signatory"


def test_there_are_witnesses() -> None:
    scene = ceremony()
    scene.does(operator(PASER), do.SetWitnesses(room=PASER, witnesses=()))
    assert code_of(made(scene)) == "no_witness"


def test_who_is_not_named_cannot_sign() -> None:
    scene = ceremony()
    assert code_of(made(scene, person="p9")) == "unknown_signatory"
    scene.does(operator(PASER), do.UnnameSignatory(room=PASER, person="p2"))
    assert code_of(made(scene, person="p2")) == "unknown_signatory"
    gone = do.UnnameSignatory(room=PASER, person="p2")
    assert scene.refuses(operator(PASER), gone) == "unknown_signatory"


@pytest.mark.parametrize(
    "strokes",
    [
        (),
        ((5, 5),),
        ((5, 5, 6, 6),),
        ((0, 0, 500),),
        ((0, 0, 1001, 5),),
        ((),),
        ((0, 0) * 10 + (900, 900),) * 201,
        ((1, 2) * MAX_COORDINATES,),
    ],
)
def test_a_dot_is_no_signature(strokes: tuple[Stroke, ...]) -> None:
    assert not drawn(strokes)
    assert code_of(made(ceremony(), strokes=strokes)) == "bad_signature"


def test_who_uses_no_pad_signs_by_typing_the_own_name() -> None:
    scene = ceremony()
    signature = made(scene, strokes=(), typed=f"  P1   {PASER} ")
    assert isinstance(signature, Signature)
    assert (signature.strokes, signature.typed) == ((), f"P1 {PASER}")
    scene.does(operator(PASER), do.SignPact(room=PASER, signature=signature))
    assert valid(scene.state, PASER) == {"p1": signature}


@pytest.mark.parametrize("typed", [f"p2 {PASER}", "p1", " ", "x"])
def test_another_name_is_no_signature(typed: str) -> None:
    assert code_of(made(ceremony(), strokes=(), typed=typed)) == "name_differs"


def test_a_signature_is_drawn_or_typed_and_not_both() -> None:
    scene = ceremony()
    assert code_of(made(scene, typed=f"p1 {PASER}")) == "bad_signature"
    signature = made(scene, strokes=(), typed=f"p1 {PASER}")
    assert isinstance(signature, Signature)
    for changes in ({"typed": ""}, {"strokes": LINE}, {"typed": f"p1  {PASER}"}):
        command = do.SignPact(room=PASER, signature=replace(signature, **changes))
        assert scene.refuses(operator(PASER), command) in ("bad_signature", "pact_changed")


def test_a_moderator_names_who_signs_in_a_hall() -> None:
    """As the operator does; the journal says who it was."""
    scene = Scene(replace(make_plan(), pact=DOCUMENT), now=1_000)
    scene.does(MODERATOR, do.NameSignatory(room=PASER, person="p1", name="Siti", ready=True))
    scene.does(MODERATOR, do.SetWitnesses(room=PASER, witnesses=(Witness(name="Ketua KPU"),)))
    scene.does(MODERATOR, do.OpenPact(on=True))
    signs(scene)
    assert complete(scene.state, PASER)


def test_the_points_are_shown_one_by_one() -> None:
    scene = ceremony()
    scene.does(MODERATOR, do.ShowPoint(point=2))
    assert scene.state.point == 2
    assert scene.does(MODERATOR, do.ShowPoint(point=2)) == []
    for point in (-1, 3):
        assert scene.refuses(MODERATOR, do.ShowPoint(point=point)) == "unknown_point"


@pytest.mark.parametrize(
    "document",
    [
        Document(title=" ", points=("a",)),
        Document(title="Pakta"),
        Document(title="Pakta", points=("a", " ")),
        Document(title="Pakta", points=("a",) * 41),
        Document(title="Pakta", points=("x" * 2_001,)),
    ],
)
def test_a_document_that_cannot_be_signed_is_refused(document: Document) -> None:
    assert Scene().refuses(MODERATOR, do.EditPact(document=document)) == "bad_pact"


def test_without_a_document_nothing_opens() -> None:
    scene = Scene()
    assert scene.refuses(MODERATOR, do.OpenPact(on=True)) == "no_pact"
    assert code_of(candidate(scene.state, PASER, "p1", LINE, "")) == "no_pact"


def test_the_hub_signs_nothing_and_lists_are_bounded() -> None:
    scene = ceremony()
    hub = do.NameSignatory(room=HUB, person="p1", name="Gubernur")
    assert scene.refuses(MODERATOR, hub) == "not_allowed"
    for number in range(2, MAX_SIGNATORIES):
        person = do.NameSignatory(room=PASER, person=f"q{number}", name=f"Orang {number}")
        scene.does(MODERATOR, person)
    more = do.NameSignatory(room=PASER, person="q99", name="Satu lagi")
    assert scene.refuses(MODERATOR, more) == "list_full"
    many = do.SetWitnesses(room=PASER, witnesses=(Witness(name="A"),) * 9)
    assert scene.refuses(MODERATOR, many) == "list_full"
    nameless = do.SetWitnesses(room=PASER, witnesses=(Witness(name=" "),))
    assert scene.refuses(MODERATOR, nameless) == "bad_person"


def test_the_seal_covers_everything_but_itself_and_what_came_later() -> None:
    signature = made(ceremony())
    assert isinstance(signature, Signature)
    whole = sealed(signature)
    later = replace(signature, seal="x", struck_by="a", struck_reason="b", struck_at=9)
    assert sealed(later) == whole
    for change in (
        {"name": "x"},
        {"strokes": ()},
        {"document": "x"},
        {"signed_at": 2},
        {"journal_hash": "x"},
        {"witnesses": ()},
        {"room": KUKAR},
        {"typed": "p1"},
    ):
        assert sealed(replace(signature, **change)) != whole
    assert document_hash(DOCUMENT) != document_hash(replace(DOCUMENT, points=("a", "b")))


def test_what_was_sealed_before_names_could_be_typed_is_still_as_it_was_sealed() -> None:
    """These bytes are a promise: signatures of the first version are checked against them."""
    old = (
        b'{"document":"ab","id":"s1","journal_hash":"cd","journal_sequence":78,"name":"Siti",'
        b'"office":"Calon Bupati","person":"p1","room":"64.08","signed_at":5,'
        b'"strokes":[[0,0,500,500]],"witnesses":[{"name":"Ketua KPU","office":"KPU"}]}'
    )
    late = old[:-1] + b',"seal":"c2VhbA==","struck_by":"Rini","struck_reason":"salah"}'
    signature = msgspec.json.decode(late, type=Signature)
    assert sealed(signature) == b"vicon pact signature 1\n" + old
