"""The door in JSON, as the script of its page asks: repeated without harm, and told why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.app.doorway import MODERATOR, OPERATOR, House, opened
from tests.app.outside import KUKAR
from vicon.core import commands as do
from vicon.core.model import Plan

PERSON = "p" * 22
SITI = {"person": PERSON, "name": "Siti Aminah", "institution": "KPU", "role": "KPU", "visit": 1}


@pytest.fixture
async def house(plan: Plan) -> AsyncIterator[House]:
    async with opened(plan) as one:
        yield one


async def look(house: House, path: str = "now") -> dict[str, Any]:
    answer = await house.http.get(f"{house.door}/{path}")
    assert answer.status == 200, await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(await answer.json())


async def send(
    house: House, path: str, body: Any, status: int = 200, **headers: str
) -> dict[str, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await house.http.post(f"{house.door}/{path}", json=body, headers=sent)
    assert answer.status == status, await answer.text()
    return dict(await answer.json()) | {"retry": answer.headers.get("Retry-After")}


async def test_the_figures_and_no_names(house: House) -> None:
    await house.crowd(8)
    seen = await look(house)
    assert (seen["state"], seen["count"], seen["limit"], seen["taken"]) == ("normal", "8", 12, 8)
    assert seen["line"] == "Masih 4 tempat"
    assert seen["entry"] is None
    assert "Tamu" not in str(seen)
    assert (await look(house, "now?lang=en"))["line"] == "4 places left"
    assert (await look(house, f"entries/{PERSON}"))["entry"] is None


async def test_an_entry_is_repeated_without_harm(house: House) -> None:
    seen = await send(house, "entries", SITI)
    entry = {
        "person": PERSON, "visit": 1, "name": "Siti Aminah", "institution": "KPU", "role": "KPU",
        "entered": "10:00 WITA", "left": "",
    }  # fmt: skip
    assert (seen["state"], seen["place"], seen["entry"]) == ("masuk", 1, entry)
    assert await send(house, "entries", SITI) == seen
    assert (await look(house, f"entries/{PERSON}"))["entry"] == entry
    gone = await send(house, f"entries/{PERSON}/leave", {"visit": 1})
    assert gone["state"] == "keluar"
    late = await send(house, "entries", SITI)
    assert late["state"] == "keluar", "how it stands now"
    back = await send(house, "entries", SITI | {"visit": 2})
    assert (back["state"], back["entry"]["visit"]) == ("masuk", 2)
    assert (await send(house, f"entries/{PERSON}/leave", {"visit": 1}))["state"] == "masuk"
    assert [(one.name, len(one.visits)) for one in house.listed] == [("Siti Aminah", 2)]


async def test_what_a_phone_could_not_send_at_once_has_its_own_time(house: House) -> None:
    house.clock.time += 3000
    seen = await send(house, "entries", SITI | {"ago_ms": 20 * 60_000})
    assert seen["entry"]["entered"] == "10:30 WITA"
    seen = await send(house, f"entries/{PERSON}/leave", {"visit": 1, "ago_ms": 5 * 60_000})
    assert seen["entry"]["left"] == "10:45 WITA"


async def test_a_late_entry_that_finds_no_place_is_told_why(house: House) -> None:
    await house.crowd(12)
    told = await send(house, "entries", SITI | {"ago_ms": 60_000}, 409)
    assert told["said"]["code"] == "room_full"
    assert told["said"]["id"] == "Ruang penuh (12/12). Hubungi operator."
    assert told["said"]["en"].startswith("The room is full (12/12).")
    assert not told["said"]["again"]
    assert (told["now"]["state"], told["now"]["title"]) == ("penuh", told["said"]["id"])


async def test_who_comes_back_to_a_full_room_is_told(house: House) -> None:
    await send(house, "entries", SITI)
    await send(house, f"entries/{PERSON}/leave", {"visit": 1})
    await house.crowd(12)
    told = await send(house, "entries", SITI | {"visit": 2}, 409)
    assert (told["said"]["code"], told["now"]["state"]) == ("room_full", "keluar")


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (SITI | {"name": ""}, 422, "bad_person", "name"),
        (SITI | {"role": "Raja"}, 422, "no_role", "role"),
        (SITI | {"institution": "x" * 101}, 422, "bad_institution", "institution"),
        (SITI | {"person": "short"}, 422, "bad_form", ""),
        (SITI | {"visit": 0}, 422, "bad_form", ""),
        (SITI | {"ago_ms": -1}, 422, "bad_form", ""),
        (SITI | {"name": 3}, 422, "bad_form", ""),
        ([], 422, "bad_form", ""),
        ("x" * 9000, 413, "too_large", ""),
    ],
)
async def test_what_is_wrong_has_a_code_a_sentence_and_a_field(
    house: House, body: Any, status: int, code: str, field: str
) -> None:
    told = await send(house, "entries", body, status)
    said = told["said"]
    assert (said["code"], said["field"], said["again"]) == (code, field, False)
    assert said["id"] != said["en"]
    assert house.listed == []


async def test_what_may_be_sent_again_says_so(house: House) -> None:
    house.journal.broken = True
    told = await send(house, "entries", SITI, 503)
    assert (told["said"]["code"], told["said"]["again"], told["retry"]) == (
        "journal_failed", True, "5",
    )  # fmt: skip
    house.journal.broken = False
    assert (await send(house, "entries", SITI))["state"] == "masuk"
    while True:
        answer = await house.http.post(f"{house.door}/entries", json=SITI)
        if answer.status != 200:
            break
    told = await answer.json()
    assert (answer.status, told["said"]["again"]) == (429, True)
    assert int(answer.headers["Retry-After"]) > 0


async def test_the_door_itself(house: House) -> None:
    for path, code, status in (("now", "unknown_door", 404), ("entries/x", "unknown_door", 404)):
        answer = await house.http.get(f"/checkin/{'x' * 22}/{path}")
        assert answer.status == status
        assert (await answer.json())["said"]["code"] == code
    told = await send(house, "entries", SITI, 403, Sec_Fetch_Site="cross-site")
    assert told["said"]["code"] == "cross_site"
    house.clock.time += 3600
    told = await send(house, "entries", SITI, 410)
    assert (told["said"]["code"], told["said"]["again"], told["now"]) == (
        "expired_door", False, None,
    )  # fmt: skip


async def test_after_the_session(house: House) -> None:
    await send(house, "entries", SITI)
    await house.does(MODERATOR, do.SetPhase(phase="closed"))
    told = await send(house, f"entries/{PERSON}/leave", {"visit": 1}, 409)
    assert (told["said"]["code"], told["now"]["state"]) == ("conference_closed", "tutup")
    assert told["now"]["entry"]["name"] == "Siti Aminah"


async def test_the_page_learns_that_the_operator_acted(house: House) -> None:
    await send(house, "entries", SITI)
    await house.does(OPERATOR, do.LeavePerson(room=KUKAR, person=PERSON))
    assert (await look(house, f"entries/{PERSON}"))["state"] == "keluar"
    await house.does(OPERATOR, do.StrikePerson(room=KUKAR, person=PERSON))
    assert (await look(house, f"entries/{PERSON}"))["entry"] is None
    told = await send(house, f"entries/{PERSON}/leave", {"visit": 1}, 404)
    assert told["said"]["code"] == "unknown_person"
