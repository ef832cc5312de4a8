"""What hangs at a door: can it be read, by persons and by their phones?"""

from __future__ import annotations

import re

import cv2
import numpy as np
import pypdfium2
import pytest
from msgspec.structs import replace

from vicon import config
from vicon.core.model import Plan, RoomPlan
from vicon.report.poster import Poster, join_pdf, join_sheets, pdf, posters

TOKEN = "Pq7-x_9ZkT2mVw4nRb8sLc"
BASE = "https://vicon.kaltimprov.go.id/checkin/"
PHONE_PX_PER_MM = 1.4
"""A page that fills half of the height of a phone's 1080p preview, seen from two metres."""


def plan() -> Plan:
    (found,) = config.plans(config.load(config.example()))
    return found


def all_doors() -> dict[str, str]:
    return {
        room.code: f"{BASE}{TOKEN[:-2]}{number:02}"
        for number, room in enumerate((plan().hub, *plan().rooms))
    }


def rendered(data: bytes, page: int, px_per_mm: float) -> np.ndarray:
    bitmap = pypdfium2.PdfDocument(data)[page].render(scale=px_per_mm * 25.4 / 72)
    return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])


def decoded(picture: np.ndarray) -> str:
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    return str(text)


def words(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [
        " ".join(document[i].get_textpage().get_text_range().split()) for i in range(len(document))
    ]


def test_a_page_for_each_room_says_what_a_person_needs() -> None:
    doors = all_doors()
    pages = words(pdf(posters(plan(), doors)))
    assert len(pages) == 11
    for said, room in zip(pages, (plan().hub, *plan().rooms), strict=True):
        for text in (
            room.name,
            plan().title,
            "Jumat, 25 September 2020, 09:00 WITA",
            "Pindai, isi nama, tekan Masuk",
            "Paling banyak 12 orang di ruang ini",
            "Tanpa ponsel: lapor ke operator",
            "Scan, enter your name, press Check in",
        ):
            assert text in said, (room.code, text)
        assert doors[room.code] in said.replace(" ", "")


def test_a_phone_reads_the_address_off_every_page() -> None:
    doors = all_doors()
    data = pdf(posters(plan(), doors))
    for number, url in enumerate(doors.values()):
        assert decoded(rendered(data, number, 6)) == url


def test_the_code_is_coarse_enough_to_be_read_from_two_metres() -> None:
    data = pdf(posters(plan(), all_doors()))
    assert decoded(rendered(data, 0, PHONE_PX_PER_MM)) == f"{BASE}{TOKEN[:-2]}00"


def test_only_the_doors_that_are_asked_for() -> None:
    found = posters(plan(), {"64.02": BASE + TOKEN})
    assert [one.room for one in found] == ["Kabupaten Kutai Kartanegara"]
    assert len(words(pdf(found))) == 1


def test_the_same_rooms_give_the_same_bytes() -> None:
    found = posters(plan(), all_doors())
    assert pdf(found) == pdf(found)


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x") $a$ [b] *c* _d_ @e <f> \\ "g" // h',
        "Kabupaten Pegunungan Bintang Timur Laut dan Kepulauan Sekitarnya Bagian Barat Daya Raya",
        "W" * 100,
    ],
)
def test_any_name_is_printed_as_it_is_on_one_page_and_the_code_stays_readable(name: str) -> None:
    poster = Poster(room=name, cap=7, url=BASE + TOKEN, title="Judul " * 33, when="")
    data = pdf([poster])
    (said,) = words(data)
    assert name.replace(" ", "") in re.sub(r"[\s\u200b\ufffe]", "", said)
    assert "lapor ke operator" in said
    picture = rendered(data, 0, 6)
    assert decoded(picture) == BASE + TOKEN
    margin = 6 * 10
    for edge in (picture[:, :margin], picture[:, -margin:], picture[:margin], picture[-margin:]):
        assert edge.min() == 255, "nothing is cut off"


def test_a_session_without_a_time_has_none_and_another_cap_is_printed() -> None:
    room = RoomPlan(code="91", name="Papua", short_name="Papua", cap=40)
    other = replace(plan(), starts_at=None, hub=room, rooms=())
    (said,) = words(pdf(posters(other, {"91": BASE + TOKEN})))
    assert "Paling banyak 40 orang" in said
    assert "WITA" not in said


def test_a_one_time_link_says_so_on_its_sheet() -> None:
    url = f"https://vicon.kaltimprov.go.id/ruang#{'x' * 400}"
    for once in (True, False):
        (page,) = words(join_pdf(join_sheets(plan(), {"64.02": (url, 1_606_000_000_000, once)})))
        assert ("Untuk satu peramban" in page) == once
        assert ("For one browser" in page) == once
        assert "Berlaku sampai" in page
