"""A spreadsheet's list of who is expected: all of it is taken, or every mistake is named."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.core.scene import BERAU, HUB, KUKAR, PASER, Scene, make_plan
from vicon.app.expected import MOST_FAULTS, BadList, read
from vicon.core.model import MAX_EXPECTED, Conference, Expected

BUDI = Expected(name="Budi, S.H.", institution="KPU", role="KPU")
SITI = Expected(name="Siti", institution="Bawaslu", role="Bawaslu")


@pytest.fixture(scope="module")
def state() -> Conference:
    return Scene(make_plan(10)).state


def taken(text: str, state: Conference) -> dict[str, list[str]]:
    return {code: [one.name for one in of] for code, of in read(text.encode(), state).items()}


def refused(data: str | bytes, state: Conference) -> BadList:
    with pytest.raises(BadList) as caught:
        read(data.encode() if isinstance(data, str) else data, state)
    assert caught.value.words.id != caught.value.words.en
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        'room,name,institution,role\n64.01,"Budi, S.H.",KPU,KPU\n64.02,Siti,Bawaslu,Bawaslu\n',
        "\ufeffruang;nama;instansi;peran\r\n64.01;Budi, S.H.;KPU;KPU\r\n64.02;Siti;Bawaslu;Bawaslu",
        "Peran\tNama\tRUANG\tInstansi\nKPU\tBudi, S.H.\tPaser\tKPU\nBawaslu\tSiti\tkukar\tBawaslu",
        '"role";"institution";"name";"room"\r"KPU";"KPU";"Budi, S.H.";"64.01"\r\r'
        "Bawaslu;Bawaslu; Siti ;kabupaten  kutai KARTANEGARA\r",
        ';;;;;\nNo;Ruang;Nama;Instansi;Peran;Ket\n1;Paser;"Budi,\nS.H.";KPU;KPU;\n;;;;;\n2;Kukar;Siti;'
        "Bawaslu;Bawaslu;x;;\n",
    ],
    ids=["comma", "semicolon-bom", "tab-any-order", "old-mac-quoted", "more-columns"],
)
def test_however_it_was_saved(text: str, state: Conference) -> None:
    assert read(text.encode(), state) == {PASER: (BUDI,), KUKAR: (SITI,)}


def test_a_room_by_any_of_its_names(state: Conference) -> None:
    rooms = ("64", "pusat", "64.03", "BERAU", "Kabupaten Berau", "Provinsi Kalimantan Timur")
    lines = [f"{room},P{n},," for n, room in enumerate(rooms)]
    found = taken("\n".join(["room,name,institution,role", *lines]), state)
    assert found == {HUB: ["P0", "P1", "P5"], BERAU: ["P2", "P3", "P4"]}


def test_what_is_left_out_at_the_end_is_empty(state: Conference) -> None:
    assert read(b"room,name,institution,role\n64.01,Ani\n", state) == {
        PASER: (Expected(name="Ani"),)
    }


def test_every_mistake_is_named_with_its_line(state: Conference) -> None:
    long = "x" * 101
    bad = refused(
        "room,name,institution,role\n"
        "64.01,Ani,KPU,KPU\n"
        "Surabaya,Budi,,\n"
        "64.01,,KPU,KPU\n"
        "\n"
        "64.01,Budi Santoso, S.H., KPU,KPU\n"
        f"64.01,{long},,\n"
        "64.01, ani ,kpu,lain\n"
        '64.01,"Citra\n'
        'Dewi",KPU,KPU\n'
        "Banjar,Eka,,\n",
        state,
    )
    assert [fault.line for fault in bad.faults] == [3, 4, 6, 7, 8, 11]
    said = [fault.text for fault in bad.faults]
    assert '"Surabaya"' in said[0].id
    assert "64.01" in said[0].en
    assert "kosong" in said[1].id
    assert "kutip" in said[2].id
    assert "100" in said[3].en
    assert "2" in said[4].en
    assert all(words.id != words.en for words in said)
    assert bad.words.en.startswith("6 mistakes in this list, so nothing was changed.")


def test_not_more_mistakes_than_can_be_read(state: Conference) -> None:
    bad = refused("room,name,institution,role\n" + "Surabaya,Ani,,\n" * 200, state)
    assert len(bad.faults) == MOST_FAULTS
    assert "200" in bad.words.id
    assert str(MOST_FAULTS) in bad.words.id


def test_a_name_that_two_rooms_have_is_no_name() -> None:
    plan = make_plan(2)
    twins = tuple(replace(room, short_name="Kutai") for room in plan.rooms)
    state = Scene(replace(plan, rooms=twins)).state
    (fault,) = refused("room,name,institution,role\nkutai,Ani,,\n", state).faults
    assert "64.01, 64.02" in fault.text.en


def test_more_than_a_room_can_expect(state: Conference) -> None:
    lines = [f"64.01,P{n},," for n in range(MAX_EXPECTED + 2)]
    bad = refused("\n".join(["room,name,institution,role", *lines]), state)
    assert [fault.line for fault in bad.faults] == [MAX_EXPECTED + 2, MAX_EXPECTED + 3]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n \n\n"])
def test_an_empty_file(data: bytes, state: Conference) -> None:
    assert "kosong" in refused(data, state).words.id


@pytest.mark.parametrize(
    "data",
    [
        "room,name,institution,role\n64.01,Müller,,\n".encode("latin-1"),
        "room,name,institution,role\n64.01,Ani,,\n".encode("utf-16"),
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xee\x9d",
    ],
    ids=["latin-1", "utf-16", "xlsx"],
)
def test_another_encoding_is_told_how_to_save(data: bytes, state: Conference) -> None:
    bad = refused(data, state)
    assert "CSV UTF-8" in bad.words.id
    assert "Excel" in bad.words.en
    assert bad.faults == []


def test_the_columns_must_be_named(state: Conference) -> None:
    bad = refused("64.01,Ani,KPU,KPU\n", state)
    assert "ruang, nama, instansi, peran" in bad.words.id
    bad = refused("ruang;nama;institusi\n64.01;Ani;KPU\n", state)
    assert bad.words.id.count("instansi, peran") == 2, "those missing are named"
    assert "Missing: institution, role." in bad.words.en
    assert "hanya berisi judul" in refused("ruang,nama,instansi,peran\n\n", state).words.id


@pytest.mark.parametrize("tail", ['64.01,"Ani,KPU,KPU\n', '64.01,"Ani"x,KPU,KPU\n'])
def test_a_quote_that_is_wrong_is_found(tail: str, state: Conference) -> None:
    bad = refused(f"room,name,institution,role\n64.01,Budi,,\n{tail}64.01,Siti,,\n", state)
    assert [fault.line for fault in bad.faults] == [3]
    assert "kutip" in bad.faults[0].text.id
