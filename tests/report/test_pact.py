"""The pact's document: what is printed, and that no byte of it can be another."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable

import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.scene import KUKAR, PASER, operator
from tests.core.told import DOCUMENT, RINI, Told, plan, session
from tests.report.test_report import LANGUAGES, read
from vicon.core import commands_ceremony as ask
from vicon.core.minutes import minutes_of
from vicon.core.minutewords import Minutes
from vicon.core.pactwords import Document, Signature, Witness, document_hash
from vicon.ops.seal import Sealer, fingerprint
from vicon.report.pact import pact_pdf, svg, typeset
from vicon.report.pact_check import Checked, can_be_key, check
from vicon.report.pact_journal import compare
from vicon.report.pact_proof import NAME, Proof, code_of, encode, find, proof_of
from vicon.report.pact_seal import LARGEST, MARKER, open_file, seal_file
from vicon.report.words import Language

OURS, THEIRS = (
    Sealer(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in (1, 2)
)
NASTY = '#panic("x") $a$ [b] *c* _d_ @e <f> \\ "g" // h'
ARABIC = "محمد علي"


@pytest.fixture(scope="module")
def minutes() -> Minutes:
    return minutes_of(session(OURS).entries())


@pytest.fixture(scope="module")
def document(minutes: Minutes) -> bytes:
    return pact_pdf(minutes, OURS, "id")


def forged(minutes: Minutes, change: Callable[[Proof], Proof], key: Sealer = OURS) -> bytes:
    """As our own software would write it for a proof that was changed: code and file seal fit."""
    proof = change(proof_of(minutes, OURS.public))
    proof = replace(proof, code=code_of(encode(proof)))
    return seal_file(typeset(proof, "id"), key)


def signed_anew(proof: Proof, place: int, **changes: object) -> Proof:
    signed = list(proof.signatures)
    changed: Signature = replace(signed[place].signature, **changes)
    signed[place] = replace(signed[place], signature=changed)
    return replace(proof, signatures=tuple(signed))


def codes(checked: Checked) -> list[str]:
    return [fault.code for fault in checked.faults]


# --- what is printed ----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_signatories_witnesses_and_times_are_printed(minutes: Minutes, lang: Language) -> None:
    said, pages = read(pact_pdf(minutes, OURS, lang))
    assert pages == 2
    for words in (
        DOCUMENT.title,
        DOCUMENT.preamble,
        *DOCUMENT.points,
        DOCUMENT.closing,
        "Kabupaten Kutai Kartanegara",
        "Calon p1 64.01",
        "Calon Bupati",
        "25 September 2020, 09:10:00 WITA",
        "Dewi (Ketua KPU)",
        "Calon p2 64.01 (Calon Bupati)",
        fingerprint(OURS.public)[:39],
    ):
        assert words in said, words
    wanted = {
        "id": ("Di hadapan saksi:", "Belum menandatangani:", "tidak tersertifikasi", "BSrE",
               "Tanda tangan yang dicoret", "Salah orang", "1 dari 2"),
        "en": ("Before the witnesses:", "Has not signed:", "uncertified electronic signature",
               "Signatures struck out", "Salah orang", "1 of 2"),
    }  # fmt: skip
    for words in wanted[lang]:
        assert words in said, words
    proof = proof_of(minutes, OURS.public)
    assert said.count(proof.code) == pages
    assert proof.document_hash in said
    assert proof.journal.hash in said


def test_the_drawing_is_on_the_page(minutes: Minutes) -> None:
    """Black where the pen was, in the place of the signature; white without one."""
    with_pen, without = (
        seal_file(
            typeset(signed_anew(proof_of(minutes, OURS.public), 1, strokes=strokes), "id"),
            OURS,
        )
        for strokes in (((0, 0, 1000, 0, 1000, 1000, 0, 1000),), ((500, 500),))
    )
    dark = [
        int((pypdfium2.PdfDocument(data)[0].render(scale=2).to_numpy()[:, :, 0] < 90).sum())
        for data in (with_pen, without)
    ]
    # Three sides of 72 x 24 mm, 0.5 mm wide, at 5.7 pixels per mm.
    assert dark[0] - dark[1] > 1_500


def test_a_dot_is_drawn_and_lines_are_within_the_picture() -> None:
    assert 'd="M500.0,166.5 L501.0,166.5"' in svg(((500, 500),))
    assert 'd="M0.0,0.0 L1000.0,333.0"' in svg(((0, 0, 1000, 1000),))
    # Bent at its points, as on the pad.
    bent = svg(((0, 0, 500, 1000, 1000, 0),))
    assert 'd="M0.0,0.0 Q500.0,333.0 750.0,166.5 L1000.0,0.0"' in bent


def test_the_same_journal_and_key_give_the_same_bytes(document: bytes) -> None:
    again = pact_pdf(minutes_of(session(OURS).entries()), OURS, "id")
    assert again == document


def ceremony(*names: str, document: Document = DOCUMENT) -> Told:
    """These sign in Paser."""
    scene = Told(replace(plan(), pact=document), OURS)
    for number, name in enumerate(names):
        named = ask.NameSignatory(room=PASER, person=f"q{number}", name=name, office=name)
        scene.does(operator(PASER), named)
    witness = Witness(name=names[0], office=names[-1])
    scene.does(operator(PASER), ask.SetWitnesses(room=PASER, witnesses=(witness,)))
    scene.does(RINI, ask.OpenPact(on=True))
    for number in range(len(names)):
        scene.signs(PASER, f"q{number}")
    return scene


def test_nothing_that_a_person_typed_is_markup() -> None:
    text = Document(
        title=f"Pakta {NASTY}",
        preamble=f"{NASTY}\nbaris dua",
        points=(NASTY, f"- bukan daftar {ARABIC}"),
        closing=f"= bukan judul {NASTY}\x00",
    )
    scene = ceremony(NASTY, f"{ARABIC} {NASTY}"[:100], "W" * 100, document=text)
    found = minutes_of(scene.entries())
    data = pact_pdf(found, OURS, "id")
    said = read(data)[0].replace("\u200b", "")
    assert "= bukan judul #panic" in said
    assert "- bukan daftar" in said
    for word in NASTY.split():
        assert said.count(word) >= 6, word
    assert said.replace(" ", "").count("W" * 100) >= 2
    assert check(data).genuine


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_signed_by_keyboard_is_said_to_have(lang: Language) -> None:
    scene = ceremony("Siti Aminah")
    scene.does(operator(PASER), ask.NameSignatory(room=PASER, person="q9", name="Budi Santoso"))
    scene.signs(PASER, "q9", (), typed="budi santoso")
    found = minutes_of(scene.entries())
    said = read(pact_pdf(found, OURS, lang))[0]
    words = {"id": "dibubuhkan lewat papan ketik", "en": "given by keyboard"}
    assert said.count(f"({words[lang]})") == 1
    assert "budi santoso" in said
    assert check(pact_pdf(found, OURS, lang)).genuine


@pytest.mark.parametrize(
    "changes",
    [{"typed": ""}, {"typed": "Budi"}, {"typed": "", "strokes": ((0, 0, 900, 900),)}],
)
def test_how_it_was_signed_is_sealed(changes: dict[str, object]) -> None:
    scene = ceremony("Siti Aminah")
    scene.does(operator(PASER), ask.NameSignatory(room=PASER, person="q9", name="Budi Santoso"))
    scene.signs(PASER, "q9", (), typed="Budi Santoso")
    found = minutes_of(scene.entries())
    checked = check(forged(found, lambda proof: signed_anew(proof, 1, **changes)))
    assert (codes(checked), checked.sound) == (["signature"], 1)


def test_witnesses_that_differ_are_named_by_each_signature() -> None:
    scene = ceremony("Satu", "Dua")
    other = ask.SetWitnesses(room=PASER, witnesses=(Witness(name="Saksi baru"),))
    scene.does(operator(PASER), other)
    scene.does(operator(PASER), ask.NameSignatory(room=PASER, person="q9", name="Tiga"))
    scene.signs(PASER, "q9")
    said, _ = read(pact_pdf(minutes_of(scene.entries()), OURS, "id"))
    assert said.count("Di hadapan saksi: Satu (Dua)") == 2
    assert said.count("Di hadapan saksi: Saksi baru") == 1


def test_before_anybody_signed_it_says_so_and_is_genuine() -> None:
    data = pact_pdf(minutes_of(Told(plan(), OURS).entries()), OURS, "id")
    assert "Belum ada yang menandatangani." in read(data)[0]
    checked = check(data)
    assert (checked.genuine, checked.sound) == (True, 0)


# --- the proof inside ---------------------------------------------------------------------------


def test_any_reader_finds_the_proof_attached(minutes: Minutes, document: bytes) -> None:
    opened = pypdfium2.PdfDocument(document)
    assert opened.count_attachments() == 1
    attachment = opened.get_attachment(0)
    assert attachment.get_name() == NAME
    content = bytes(attachment.get_data())
    assert content == encode(proof_of(minutes, OURS.public))
    found = find(document)
    assert found is not None
    assert found.content == content


def test_no_private_key_is_in_it(document: bytes, minutes: Minutes) -> None:
    raw = bytes([1]) * 32
    assert raw not in document
    assert b"AQEBAQEB" not in document + encode(proof_of(minutes, OURS.public))


def test_a_genuine_document_is_genuine(minutes: Minutes, document: bytes) -> None:
    checked = check(document)
    assert (checked.faults, checked.sound) == ([], 3)
    assert checked.file_key == OURS.public
    assert checked.proof == proof_of(minutes, OURS.public)
    for key in (
        OURS.public,
        fingerprint(OURS.public),
        fingerprint(OURS.public).replace(" ", "").upper(),
        fingerprint(OURS.public).replace(" ", ":"),
    ):
        assert can_be_key(key)
        assert check(document, key).genuine
    assert not any(map(can_be_key, ("", "abc", "AAAA", fingerprint(OURS.public)[:-1])))


def test_a_reader_finds_the_end_of_the_file(document: bytes) -> None:
    """Within the last 1,024 bytes, where readers look for it."""
    assert b"%%EOF" in document[-1024:]
    assert len(document) - document.rfind(MARKER) < LARGEST


# --- changed ------------------------------------------------------------------------------------


def test_no_byte_can_be_another(document: bytes) -> None:
    """Of the pages and the proof 300 anywhere, of the seal every one."""
    rng = random.Random(7)
    seal = document.rfind(MARKER)
    places = [*rng.sample(range(seal), 300), *range(seal, len(document))]
    for place in places:
        damaged = bytearray(document)
        damaged[place] ^= 1 << rng.randrange(8)
        checked = check(bytes(damaged))
        assert not checked.genuine, place
        if place < seal - 1:
            (changed,) = [fault for fault in checked.faults if fault.code == "changed"]
            assert changed.bytes is not None
            begin, end = changed.bytes
            assert begin <= place < end
            assert end - begin <= len(document) // 50
            assert f"{begin} " in changed.words.id
        else:
            assert {"no_seal", "seal_changed", "appended"} & set(codes(checked)), place


@given(data=st.data())
def test_any_other_byte_anywhere_is_told_with_its_place(
    document: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(document) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda one: one != document[place]))
    checked = check(document[:place] + bytes([value]) + document[place + 1 :])
    assert not checked.genuine
    assert all(fault.words.id and fault.words.en for fault in checked.faults)
    seal = document.rfind(MARKER)
    spans = [fault.bytes for fault in checked.faults if fault.bytes is not None]
    if place < seal - 1:
        assert any(begin <= place < end for begin, end in spans), spans
    else:  # the seal's own line, or the line break before it
        assert {"no_seal", "seal_changed", "appended"} & set(codes(checked))


def test_no_bit_of_the_seal_can_be_another(document: bytes) -> None:
    """Nor the unused bits at the end of its base64."""
    for place in range(document.rfind(MARKER) - 1, len(document)):
        for bit in range(8):
            damaged = bytearray(document)
            damaged[place] ^= 1 << bit
            opened = open_file(bytes(damaged))
            assert opened is None or opened.seal is None or opened.after, (place, bit)


@pytest.mark.parametrize(
    ("old", "new"), [(b'{"key":', b'{ "key":'), (b'{"key":', b'{"note":"baik","key":')]
)
def test_the_seal_is_written_in_one_way_alone(document: bytes, old: bytes, new: bytes) -> None:
    begin = document.rfind(MARKER)
    checked = check(document[:begin] + document[begin:].replace(old, new))
    assert codes(checked) == ["seal_changed"]


def test_a_byte_of_the_page_leaves_the_signatures_proven(document: bytes) -> None:
    place = document.find(b"stream") + 30
    checked = check(document[:place] + b"#" + document[place + 1 :])
    assert codes(checked) == ["changed"]
    assert "di halaman" in checked.faults[0].words.id
    assert (checked.sound, checked.proof is not None) == (3, True)


def test_a_byte_of_the_proof_is_told_as_such(document: bytes) -> None:
    found = find(document)
    assert found is not None
    place = (found.begin + found.end) // 2
    changed = bytes([document[place] ^ 64])
    checked = check(document[:place] + changed + document[place + 1 :])
    assert codes(checked)[0] == "changed"
    assert "bukti terlampir" in checked.faults[0].words.id
    assert not checked.genuine


@pytest.mark.parametrize("where", [0, 5_000, 30_000])
def test_bytes_that_were_put_in_or_cut_out(document: bytes, where: int) -> None:
    for damaged in (
        document[:where] + b"abc" + document[where:],
        document[:where] + document[where + 3 :],
    ):
        checked = check(damaged)
        assert "changed" in codes(checked)
        assert any("Panjang berkas" in fault.words.id for fault in checked.faults)
        places = [fault.bytes for fault in checked.faults if fault.bytes is not None]
        assert min(begin for begin, _ in places) <= where


@pytest.mark.parametrize("more", [b"\n", b"x", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"])
def test_what_was_added_after_the_seal_is_told(document: bytes, more: bytes) -> None:
    checked = check(document + more)
    assert codes(checked) == ["appended"]
    assert f"{len(more)} byte" in checked.faults[0].words.id


def test_a_file_that_was_cut_off_or_saved_again(document: bytes) -> None:
    checked = check(document[: document.rfind(MARKER)])
    assert codes(checked) == ["no_seal"]
    assert checked.sound == 3
    opened = pypdfium2.PdfDocument(document)
    saved = io.BytesIO()
    opened.save(saved)
    again = check(saved.getvalue())
    assert "no_seal" in codes(again)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF\n", b"x" * 5_000, MARKER, b"\n" + MARKER])
def test_what_is_no_document_of_ours(data: bytes) -> None:
    assert "no_proof" in codes(check(data))


# --- forged -------------------------------------------------------------------------------------


def test_a_name_that_was_changed_is_named(minutes: Minutes) -> None:
    data = forged(minutes, lambda proof: signed_anew(proof, 1, name="Orang Lain"))
    (fault,) = check(data).faults
    assert (fault.code, fault.room, fault.name) == ("signature", PASER, "Orang Lain")
    assert "Orang Lain, Kabupaten Paser" in fault.words.id


@pytest.mark.parametrize(
    "changes",
    [
        {"strokes": ((0, 0, 900, 900),)},
        {"witnesses": ()},
        {"signed_at": 1},
        {"office": "Gubernur"},
        {"journal_sequence": 1},
        {"seal": ""},
        {"room": PASER},
    ],
)
def test_every_part_of_a_signature_is_sealed(minutes: Minutes, changes: dict[str, object]) -> None:
    data = forged(minutes, lambda proof: signed_anew(proof, 2, **changes))
    checked = check(data)
    assert codes(checked) == ["signature"]
    assert checked.faults[0].name == "Calon p1 64.02"
    assert checked.sound == 2


def test_a_signature_of_another_person_does_not_fit(minutes: Minutes) -> None:
    def swapped(proof: Proof) -> Proof:
        return signed_anew(proof, 2, seal=proof.signatures[1].signature.seal)

    assert codes(check(forged(minutes, swapped))) == ["signature"]


def test_a_text_that_was_changed_is_told(minutes: Minutes) -> None:
    other = replace(DOCUMENT, points=("Menerima hadiah.",))
    assert codes(check(forged(minutes, lambda proof: replace(proof, document=other)))) == [
        "document"
    ]

    def with_its_hash(proof: Proof) -> Proof:
        return replace(proof, document=other, document_hash=document_hash(other))

    checked = check(forged(minutes, with_its_hash))
    assert codes(checked) == ["text", "text"]
    assert [fault.room for fault in checked.faults] == [PASER, KUKAR]


def test_pages_made_by_another_around_genuine_signatures(minutes: Minutes) -> None:
    checked = check(forged(minutes, lambda proof: proof, key=THEIRS))
    assert codes(checked) == ["foreign_file"]
    assert checked.sound == 3


def test_a_proof_that_does_not_fit_the_printed_code(minutes: Minutes) -> None:
    proof = replace(proof_of(minutes, OURS.public), conference="lain")
    assert codes(check(seal_file(typeset(proof, "id"), OURS))) == ["code"]


def test_another_servers_document_is_told_by_its_key() -> None:
    theirs = pact_pdf(minutes_of(session(THEIRS).entries()), THEIRS, "id")
    assert check(theirs).genuine
    for key in (OURS.public, fingerprint(OURS.public)):
        (fault,) = check(theirs, key).faults
        assert fault.code == "other_key"
        assert fingerprint(THEIRS.public) in fault.words.id


# --- beside the journal -------------------------------------------------------------------------


def beside(data: bytes, scene: Told) -> Checked:
    checked = check(data)
    assert checked.proof is not None
    compare(checked, checked.proof, scene.entries())
    return checked


def test_the_journal_that_it_was_made_from_fits(document: bytes) -> None:
    checked = beside(document, session(OURS))
    assert (checked.faults, checked.notes) == ([], [])


def test_what_was_signed_and_struck_since_is_noted(minutes: Minutes) -> None:
    scene = ceremony("Satu", "Dua")
    data = pact_pdf(minutes_of(scene.entries()), OURS, "id")
    scene.does(operator(PASER), ask.NameSignatory(room=PASER, person="q9", name="Tiga"))
    scene.signs(PASER, "q9")
    strike = ask.StrikeSignature(room=PASER, signature="sign-1", reason="salah")
    scene.does(RINI, strike)
    checked = beside(data, scene)
    assert checked.genuine
    (note,) = checked.notes
    assert "1 tanda tangan lagi dan 1 yang dicoret" in note.id


def test_another_journal_does_not_fit(document: bytes) -> None:
    other = session(OURS)
    other.records[0] = (other.records[0][0] + 1, other.records[0][1])
    checked = beside(document, other)
    assert codes(checked) == ["journal"] * 4
    assert {fault.name for fault in checked.faults} == {None, "Calon p1 64.01", "Calon p1 64.02"}


def test_a_striking_that_the_journal_does_not_have_is_told(minutes: Minutes) -> None:
    def struck(proof: Proof) -> Proof:
        return signed_anew(proof, 2, struck_by="Rini", struck_reason="begitu saja")

    checked = beside(forged(minutes, struck), session(OURS))
    assert codes(checked) == ["journal"]
    assert checked.faults[0].name == "Calon p1 64.02"


@given(data=st.data())
def test_whatever_a_strange_file_holds_is_answered(minutes: Minutes, data: st.DataObject) -> None:
    """A proof that somebody else wrote: damaged anywhere, or no proof at all."""
    content = bytearray(encode(proof_of(minutes, OURS.public)))
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 40))
        content[begin : begin + length] = data.draw(st.binary(max_size=40))
    packed = data.draw(st.booleans())
    stream = zlib.compress(content) if packed else bytes(content)
    way = b"/Filter/FlateDecode" if packed else b""
    told = data.draw(st.sampled_from([len(stream), 0, 7, 10**9]))
    head = b"%%PDF-1.7\n1 0 obj<</Type/EmbeddedFile/Length %d%s>>\nstream\n" % (told, way)
    checked = check(head + stream + b"\nendstream")
    assert not checked.genuine
    assert all(fault.words.id and fault.words.en for fault in checked.faults)
