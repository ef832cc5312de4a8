"""The door's page without a script: forms and pages, as any phone can show them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from tests.app.doorway import MODERATOR, OPERATOR, House, Phone, Screen, opened
from tests.app.outside import KUKAR
from vicon.core import commands as do
from vicon.core.model import Plan, Policy, RoomPlan

SITI = {"name": "Siti Aminah", "institution": "KPU Kutai Kartanegara", "role": "KPU"}


@pytest.fixture
async def house(plan: Plan) -> AsyncIterator[House]:
    async with opened(plan) as one:
        yield one


async def entered(house: House, **more: str) -> Phone:
    phone = house.phone()
    await phone.open()
    await phone.press(**SITI | more)
    assert (phone.status, phone.screen.state) == (200, "masuk"), phone.screen.text
    return phone


def shows(screen: Screen, *words: str) -> None:
    for one in words:
        assert one in screen.text, (one, screen.text)


async def test_a_person_enters_and_leaves_and_comes_back(house: House) -> None:
    await house.crowd(8)
    phone = house.phone()
    screen = await phone.open()
    assert (phone.status, screen.state, screen.lang) == (200, "normal", "id")
    shows(screen, "Kabupaten Kutai Kartanegara", "8 / 12", "Masih 4 tempat", "Nama Anda masuk")
    assert screen.seats == ["on"] * 8 + [""] * 4
    assert screen.roles == ["Pasangan calon", "Pendamping", "KPU", "Bawaslu", "TNI / Polri", "Pers"]

    screen = await phone.press(**SITI)
    assert "/in/" in phone.path, "a reload sends nothing again"
    shows(screen, "9 / 12", "Anda orang ke-9", "Anda tercatat masuk", *SITI.values(), "10:00 WITA")
    assert screen.seats == ["on"] * 8 + ["me"] + [""] * 3
    assert house.listed[-1].by == "", "by the own phone"
    assert house.here[-1] == "Siti Aminah"

    house.clock.time += 600
    screen = await phone.press("leave")
    assert screen.state == "keluar"
    shows(screen, "8 / 12", "Anda tercatat keluar", "10:10 WITA")
    assert "Siti Aminah" not in house.here

    house.clock.time += 600
    screen = await phone.press("again")
    assert screen.state == "masuk"
    shows(screen, "10:20 WITA")
    (siti,) = [one for one in house.listed if one.name == "Siti Aminah"]
    assert len(siti.visits) == 2


async def test_the_same_form_twice_enters_once(house: House) -> None:
    phone = house.phone()
    await phone.open()
    action, fields = phone.screen.forms["enter"]
    for _ in range(3):
        screen = await phone.post(action, fields | SITI)
        assert screen.state == "masuk"
    assert [(one.name, len(one.visits)) for one in house.listed] == [("Siti Aminah", 1)]


async def test_the_second_of_two_taps_presses_no_other_button(house: House) -> None:
    """The next page has another button in the same place."""
    phone = house.phone()
    await phone.open()
    screen = await phone.press(**SITI)
    screen = await phone.press("leave")
    assert screen.state == "masuk"
    house.clock.time += 2
    screen = await phone.press("leave")
    assert screen.state == "keluar"
    screen = await phone.press("again")
    assert screen.state == "keluar"
    house.clock.time += 2
    assert (await phone.press("again")).state == "masuk"


async def test_a_form_sent_again_after_leaving_enters_nobody(house: House) -> None:
    """A late repetition of an old request, or the way back in the browser."""
    phone = house.phone()
    await phone.open()
    action, fields = phone.screen.forms["enter"]
    await phone.post(action, fields | SITI)
    left = phone.screen.forms["leave"]
    house.clock.time += 60
    await phone.press("leave")
    screen = await phone.post(action, fields | SITI)
    assert screen.state == "keluar"
    assert house.here == []
    house.clock.time += 60
    await phone.press("again")
    house.clock.time += 60
    screen = await phone.post(*left)
    assert screen.state == "masuk", "a late leaving of the first visit does not end the second"
    assert house.here == ["Siti Aminah"]


async def test_the_thirteenth_is_told_and_the_page_comes_again_by_itself(house: House) -> None:
    phone = house.phone()
    await phone.open()
    await house.crowd(12)
    screen = await phone.press(**SITI)
    assert (phone.status, screen.state) == (409, "penuh")
    shows(screen, "Ruang penuh (12/12). Hubungi operator.", "Tunggu di luar", "12 / 12", "Penuh")
    assert screen.refresh == f"10; url={house.door}"
    assert len(house.here) == 12

    screen = await phone.open()
    assert screen.state == "penuh"
    await house.does(OPERATOR, do.LeavePerson(room=KUKAR, person="operator00"))
    screen = await phone.open()
    assert screen.state == "normal"
    shows(screen, "Masih 1 tempat")
    assert screen.forms["enter"][1] == screen.forms["enter"][1] | SITI, "nothing is typed twice"
    screen = await phone.press()
    assert screen.state == "masuk"
    assert len(house.here) == 12


async def test_where_a_moderator_allows_more_the_door_follows(house: House) -> None:
    await house.crowd(12)
    phone = house.phone()
    assert (await phone.open()).state == "penuh"
    await house.does(MODERATOR, do.AllowCount(room=KUKAR, limit=14, reason="saksi"))
    screen = await phone.open()
    shows(screen, "12 / 14", "Masih 2 tempat")
    assert len(screen.seats) == 14
    assert (await phone.press(**SITI)).state == "masuk"


async def test_who_was_counted_inside_can_still_enter(house: House) -> None:
    """The operator's own count is at the cap, the list is not: they may be the same persons."""
    await house.does(OPERATOR, do.SetCount(room=KUKAR, value=12))
    phone = house.phone()
    screen = await phone.open()
    assert screen.state == "normal"
    shows(screen, "12 / 12", "Penuh", "Isi hanya bila Anda sudah di dalam")
    screen = await phone.press(**SITI)
    assert screen.state == "masuk"
    shows(screen, "12 / 12", "Anda orang ke-1")


async def test_where_nobody_has_counted_there_is_no_zero(house: House) -> None:
    screen = await house.phone().open()
    shows(screen, "– / 12", "Paling banyak 12 orang")


@pytest.mark.parametrize(
    ("typed", "status", "said", "field"),
    [
        ({"name": "  "}, 422, "Nama belum dapat dipakai", "name"),
        ({"name": "x" * 101}, 422, "Nama belum dapat dipakai", "name"),
        ({"name": "a\u202eb"}, 422, "Nama belum dapat dipakai", "name"),
        ({"institution": "y" * 101}, 422, "Instansi belum dapat dipakai", "institution"),
        ({"institution": "a\x00b"}, 422, "Instansi belum dapat dipakai", "institution"),
        ({"role": ""}, 422, "Peran belum dipilih", "role"),
        ({"role": "Raja"}, 422, "Peran belum dipilih", "role"),
        ({"name": "siti  AMINAH"}, 409, "Siti Aminah sudah tercatat masuk", "name"),
        ({"person": "short"}, 422, "tidak utuh sampai", ""),
        ({"person": "x" * 24 + "<"}, 422, "tidak utuh sampai", ""),
        ({"visit": "0"}, 422, "tidak utuh sampai", None),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    house: House, typed: dict[str, str], status: int, said: str, field: str | None
) -> None:
    await entered(house)
    phone = house.phone()
    await phone.open()
    budi = {"name": "Budi", "institution": "KPU Kutai Kartanegara", "role": "Pers"} | typed
    screen = await phone.press(**budi)
    assert phone.status == status
    shows(screen, said)
    assert house.here == ["Siti Aminah"]
    if field is None:
        return
    assert screen.focus == field
    kept = screen.forms["enter"][1]
    assert (kept["name"], kept["institution"]) == (budi["name"], budi["institution"])
    again = kept | {"name": "Budi", "institution": "Pers", "role": "Pers"}
    assert (await phone.post(screen.forms["enter"][0], again)).state == "masuk"


async def test_an_institution_may_be_missing(house: House) -> None:
    phone = await entered(house, institution="")
    shows(phone.screen, "Instansi – Peran")


async def test_what_a_person_typed_is_text(house: House) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    phone = await entered(house, name=evil, institution="{{ 7*7 }}' onfocus='x")
    shows(phone.screen, evil, "{{ 7*7 }}' onfocus='x")
    assert "<script>alert" not in phone.screen.raw
    assert "<img" not in phone.screen.raw
    await phone.open(f"{house.door}?new=1")
    screen = await phone.press(name=evil, institution="x", role="")
    assert "<img" not in screen.raw
    assert screen.forms["enter"][1]["name"] == evil


async def test_nobody_sees_who_else_is_there(house: House) -> None:
    await entered(house)
    other = house.phone()
    assert "Siti" not in (await other.open()).raw
    phone = await entered(house, name="Budi")
    assert "Siti" not in phone.screen.raw


async def test_a_second_scan_finds_the_own_entry(house: House) -> None:
    phone = await entered(house)
    place = phone.path
    house.clock.time += 60
    screen = await phone.open()
    assert (phone.path, screen.state) == (place, "masuk")
    assert (await house.phone().open()).state == "normal", "only on the same phone"
    await phone.press("leave")
    screen = await phone.open()
    assert screen.state == "keluar"
    screen = await phone.open(f"{house.door}?new=1")
    assert (phone.path, screen.state) == (house.door, "normal")
    assert screen.forms["enter"][1]["name"] == ""
    await phone.press(**SITI | {"name": "Budi"})
    assert house.here == ["Budi"]


async def test_who_was_struck_off_is_told(house: House) -> None:
    phone = await entered(house)
    await house.does(OPERATOR, do.StrikePerson(room=KUKAR, person=house.listed[0].id))
    screen = await phone.open(phone.path)
    assert (phone.status, screen.state) == (404, "normal")
    shows(screen, "mungkin dicoret operator")
    screen = await phone.press()
    assert screen.state == "masuk", "with what was typed before"
    await house.does(OPERATOR, do.StrikePerson(room=KUKAR, person=house.listed[0].id))
    screen = await phone.press("leave")
    shows(screen, "mungkin dicoret operator")
    await house.crowd(12)
    screen = await phone.open(phone.path)
    assert screen.state == "penuh"
    shows(screen, "mungkin dicoret operator", "Ruang penuh (12/12). Hubungi operator.")


async def test_nobody_leaves_by_a_guess(house: House) -> None:
    await entered(house)
    phone = house.phone()
    await phone.open()
    await phone.post(f"{house.door}/in/{'x' * 24}", {"visit": "1"})
    assert phone.status == 404
    assert house.here == ["Siti Aminah"]


async def test_before_and_after_the_session(plan: Plan) -> None:
    async with opened(plan) as house:
        phone = await entered(house)
        await house.does(MODERATOR, do.SetPhase(phase="closed"))
        screen = await phone.open(phone.path)
        assert screen.state == "tutup"
        shows(screen, "Sesi sudah ditutup", "Kehadiran Anda tercatat.", "Hubungi operator")
        other = house.phone()
        screen = await other.open()
        assert screen.state == "tutup"
        assert "Kehadiran Anda" not in screen.text
        action, fields = screen.forms["enter"]
        screen = await other.post(action, fields | SITI)
        assert (other.status, screen.state) == (409, "tutup")
        house.actor._state = replace(house.actor.state, phase="draft")
        screen = await other.open()
        assert screen.state == "belum"
        shows(screen, "Daftar hadir belum dibuka", "Halaman ini berubah sendiri")
        assert screen.refresh


async def test_a_wrong_or_old_link_says_what_to_do(house: House) -> None:
    for token in ("x" * 22, "x", house.door.rpartition("/")[2][:-1], "%00", "eyJ0eXAi.x.y"):
        phone = house.phone()
        screen = await phone.open(f"/checkin/{token}")
        assert phone.status == 404, token
        shows(screen, "Tautan pintu ini tidak dikenal", "Lapor ke operator")
    phone = house.phone()
    await phone.open()
    house.clock.time += 3600
    screen = await phone.press(**SITI)
    assert phone.status == 410
    shows(screen, "sudah kedaluwarsa", "Lapor ke operator")
    screen = await phone.open(f"{house.door}?lang=en")
    shows(screen, "has expired", "Tell the operator")
    assert house.listed == []


async def test_a_door_of_another_conference_is_not_known(plan: Plan) -> None:
    async with opened(replace(plan, rooms=())) as house:
        phone = house.phone()
        await phone.open()
        assert phone.status == 404, "a room that the journal's plan does not have"


async def test_english_is_remembered_and_nothing_is_said_in_both(house: House) -> None:
    await house.crowd(11)
    phone = house.phone()
    screen = await phone.open()
    shows(screen, "English")
    screen = await phone.open(screen.languages[0])
    assert screen.lang == "en"
    shows(screen, "1 place left", "people in the room", "Institution", "Bahasa Indonesia")
    screen = await phone.open()
    assert screen.lang == "en", "the next scan too"
    screen = await phone.press(**SITI | {"role": ""})
    shows(screen, "No role is chosen")
    screen = await phone.press(**SITI)
    shows(screen, "You are checked in", "You are person 12", "Leave")
    screen = await phone.open(f"{phone.path}?lang=id")
    shows(screen, "Anda tercatat masuk")
    assert (await phone.open()).lang == "id"
    odd = await house.phone().open(f"{house.door}?lang=../../x")
    assert odd.lang == "id"


async def test_another_site_cannot_send_for_its_visitors(house: House) -> None:
    phone = house.phone()
    await phone.open()
    action, fields = phone.screen.forms["enter"]
    screen = await phone.post(action, fields | SITI, Sec_Fetch_Site="cross-site")
    assert phone.status == 403
    shows(screen, "dari situs lain")
    assert house.listed == []
    await phone.post(action, fields | SITI, Sec_Fetch_Site="same-origin")
    assert house.here == ["Siti Aminah"]


async def test_what_is_no_form_or_too_long_is_refused(house: House) -> None:
    for body, kind, status in (
        (b"{}", "text/plain", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"name=" + b"x" * 9000, "application/x-www-form-urlencoded", 413),
        (b"name=%ff", "application/x-www-form-urlencoded", 422),
        (b"&".join(b"a=1" for _ in range(50)), "application/x-www-form-urlencoded", 422),
    ):
        answer = await house.http.post(house.door, data=body, headers={"Content-Type": kind})
        assert answer.status == status, kind
        assert "Daftar hadir" in await answer.text()
    assert house.listed == []


async def test_twenty_phones_behind_one_address_are_welcome_and_a_flood_is_not(
    house: House,
) -> None:
    await house.does(MODERATOR, do.AllowCount(room=KUKAR, limit=100, reason="uji"))
    for number in range(20):
        await entered(house, name=f"Tamu {number}")
    assert len(house.here) == 20
    phone = house.phone()
    await phone.open()
    action, fields = phone.screen.forms["enter"]
    for number in itertools.count():
        screen = await phone.post(action, fields | {"role": ""})
        if phone.status == 429:
            break
        assert number < 100
    shows(screen, "Terlalu banyak permintaan", "Tunggu sebentar")
    house.clock.time += 5
    await phone.post(action, fields | SITI)
    assert phone.screen.state == "masuk", "after a moment"


async def test_a_journal_that_cannot_be_written_loses_nothing_that_was_typed(house: House) -> None:
    phone = house.phone()
    await phone.open()
    house.journal.broken = True
    screen = await phone.press(**SITI)
    assert (phone.status, screen.state) == (503, "normal")
    shows(screen, "Server gagal mencatat ini")
    house.journal.broken = False
    screen = await phone.press()
    assert screen.state == "masuk"
    house.clock.time += 60
    house.journal.broken = True
    screen = await phone.press("leave")
    assert (phone.status, screen.state) == (503, "masuk")
    shows(screen, "Server gagal mencatat ini")
    house.journal.broken = False
    assert (await phone.press("leave")).state == "keluar"


@pytest.mark.parametrize(("cap", "drawn"), [(1, 1), (5, 5), (30, 30), (40, 40), (41, 0), (999, 0)])
async def test_seats_of_any_room(plan: Plan, cap: int, drawn: int) -> None:
    room = RoomPlan(code=KUKAR, name="Aula", short_name="Aula", cap=cap)
    async with opened(replace(plan, rooms=(room,))) as house:
        screen = await house.phone().open()
        assert len(screen.seats) == drawn
        shows(screen, f"/ {cap}")


async def test_the_roles_are_those_of_the_conference(plan: Plan) -> None:
    async with opened(replace(plan, policy=Policy(roles=("Saksi", "Notaris & <PPAT>")))) as house:
        phone = house.phone()
        screen = await phone.open()
        assert screen.roles == ["Saksi", "Notaris & <PPAT>"]
        screen = await phone.press(**SITI | {"role": "Notaris & <PPAT>"})
        shows(screen, "Notaris & <PPAT>")


async def test_a_cookie_that_was_tampered_with_is_not_believed(house: House) -> None:
    for cookie in ("x", "e30", "====", '{"person":1}', "bnVsbA", "é"):
        head = {"Cookie": f"vicon.door={cookie}"}
        answer = await house.http.get(house.door, headers=head)
        assert answer.status == 200
        assert 'data-state="normal"' in await answer.text()
