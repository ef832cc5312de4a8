"""A phone at a room's door: real Chromium, real server. A person is entered once, whatever becomes
of the network, and the page says how things stand."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium, open_page
from tests.e2e.conftest import needs_chromium
from tests.e2e.service import Service
from tests.e2e.until import until
from vicon.ops.data import DataDir
from vicon.ops.links import read_door_links

pytestmark = [
    needs_chromium,
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.timeout(90),
]
ROOM = "64.02"
PHONE = (390, 844)

OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


def door_of(service: Service, room: str = ROOM) -> str:
    links = read_door_links(DataDir(service.data))
    return next(link.url for link in links if link.room == room)


@dataclass
class Doorway:
    """One hall's door, its operator, and the phones before it."""

    service: Service
    door: str
    operator: Client
    browser: Browser
    complaints: list[str]

    async def phone(self, door: str = "") -> Page:
        return await open_page(self.browser, door or self.door, self.complaints, PHONE)

    async def does(self, command: m.CommandBody) -> None:
        await self.operator.command(command, timeout=10)

    async def crowd(self, persons: int) -> None:
        for number in range(persons):
            await self.does(
                m.AttendanceEnter(
                    room=ROOM, person=f"operator{number:02}", name=f"Tamu {number}", role="KPU"
                )
            )

    async def listed(self) -> list[tuple[str, bool]]:
        """Name, and whether still there."""
        token = self.service.link("operator", ROOM).token
        async with aiohttp.ClientSession(self.service.url + "/") as session:
            answer = await session.get(
                "api/v1/conferences/kaltim-2020", headers={"Authorization": f"Bearer {token}"}
            )
            view = (await answer.json())["view"]
        (room,) = [one for one in view["rooms"] if one["code"] == ROOM]
        return [(one["name"], one["left_at"] is None) for one in room["attendance"]]


@pytest.fixture
async def doorway(service: Service) -> AsyncIterator[Doorway]:
    complaints: list[str] = []
    async with AsyncExitStack() as stack:
        client = Client(*parse_link(service.link("operator", ROOM).url), rng=random.Random(1))
        operator = await stack.enter_async_context(client)
        await operator.ready(timeout=10)
        browser = await stack.enter_async_context(chromium())
        yield Doorway(service, door_of(service), operator, browser, complaints)
    assert [one for one in complaints if OFFLINE not in one] == []


async def fill(page: Page, name: str, role: str = "KPU") -> None:
    await page.get_by_label("Nama").fill(name)
    await page.get_by_label("Instansi").fill("KPU Kukar")
    await page.get_by_text(role, exact=True).click()


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


def state(page: Page, name: str) -> Awaitable[None]:
    return expect(page.locator("html")).to_have_attribute("data-state", name, timeout=15_000)


async def test_a_reload_and_a_second_scan_know_who_is_there(doorway: Doorway) -> None:
    page = await doorway.phone()
    await expect(page.get_by_text("Paling banyak 12 orang")).to_be_visible()
    await fill(page, "Siti Aminah")
    await press(page, "Masuk")
    await expect(page.get_by_role("heading", name="Anda tercatat masuk")).to_be_visible()
    await expect(page.get_by_text("Anda orang ke-1")).to_be_visible()
    await page.reload()
    await state(page, "masuk")
    await page.goto(doorway.door)
    await state(page, "masuk")
    await expect(page.get_by_role("definition").filter(has_text="Siti Aminah")).to_be_visible()
    await page.wait_for_timeout(1100)  # a person does not leave within a second
    await press(page, "Keluar")
    await expect(page.get_by_role("heading", name="Anda tercatat keluar")).to_be_visible()
    assert await doorway.listed() == [("Siti Aminah", False)]
    await page.wait_for_timeout(1100)
    await press(page, "Masuk lagi")
    await state(page, "masuk")
    assert await doorway.listed() == [("Siti Aminah", True)]


async def test_two_quick_taps_enter_once_and_do_not_leave(doorway: Doorway) -> None:
    page = await doorway.phone()
    await fill(page, "Siti Aminah")
    button = page.get_by_role("button", name="Masuk", exact=True)
    box = await button.bounding_box()
    assert box
    for _ in range(4):
        await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await page.wait_for_timeout(60)
    await state(page, "masuk")
    assert await doorway.listed() == [("Siti Aminah", True)]


async def test_what_is_missing_is_said_at_its_field(doorway: Doorway) -> None:
    page = await doorway.phone()
    await press(page, "Masuk")
    await expect(page.get_by_text("Nama belum dapat dipakai")).to_be_visible()
    await expect(page.get_by_label("Nama")).to_be_focused()
    await page.keyboard.type("Siti Aminah")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Peran belum dipilih")).to_be_visible()
    await page.get_by_text("Pers", exact=True).click()
    await expect(page.get_by_text("Peran belum dipilih")).to_be_hidden()
    await doorway.does(
        m.AttendanceEnter(room=ROOM, person="operator00", name="siti aminah", role="KPU")
    )
    await press(page, "Masuk")
    await expect(page.get_by_text("siti aminah sudah tercatat masuk")).to_be_visible()
    await expect(page.get_by_label("Nama")).to_be_focused()
    assert await page.get_by_label("Nama").input_value() == "Siti Aminah"
    doorway.complaints[:] = [one for one in doorway.complaints if "409" not in one]


async def test_an_entry_made_offline_waits_and_is_sent_when_the_network_is_back(
    doorway: Doorway,
) -> None:
    page = await doorway.phone()
    await fill(page, "Siti Aminah")
    await page.context.set_offline(True)
    await press(page, "Masuk")
    await expect(
        page.get_by_role("heading", name="Belum terkirim, dikirim begitu tersambung")
    ).to_be_visible()
    await page.wait_for_timeout(1500)
    await press(page, "Kirim sekarang")
    await state(page, "tunggu")
    assert await doorway.listed() == []
    await page.context.set_offline(False)
    await state(page, "masuk")
    assert await doorway.listed() == [("Siti Aminah", True)]
    await page.wait_for_timeout(1100)
    await page.context.set_offline(True)
    await press(page, "Keluar")
    await expect(page.get_by_text("Keluar belum terkirim")).to_be_visible()
    await page.context.set_offline(False)
    await state(page, "keluar")
    assert await doorway.listed() == [("Siti Aminah", False)]


async def test_a_page_that_is_closed_while_it_waits_goes_on_when_it_is_opened_again(
    doorway: Doorway,
) -> None:
    page = await doorway.phone()
    context = page.context
    await fill(page, "Siti Aminah")
    await context.set_offline(True)
    await press(page, "Masuk")
    await state(page, "tunggu")
    await page.close()
    await context.set_offline(False)
    again = await context.new_page()
    await again.goto(doorway.door)
    await state(again, "masuk")
    assert await doorway.listed() == [("Siti Aminah", True)]


async def test_who_comes_too_late_is_told_why_and_gets_in_when_there_is_a_place(
    doorway: Doorway,
) -> None:
    page = await doorway.phone()
    await fill(page, "Siti Aminah")
    await page.context.set_offline(True)
    await press(page, "Masuk")
    await state(page, "tunggu")
    await doorway.crowd(12)
    await page.context.set_offline(False)
    await state(page, "penuh")
    title = "Ruang penuh (12/12). Hubungi operator."
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    await expect(page.get_by_text("Anda belum tercatat masuk")).to_be_visible()
    await doorway.does(m.AttendanceLeave(room=ROOM, person="operator03"))
    await state(page, "normal")  # by itself
    await expect(page.locator('[data-text="line"]')).to_have_text("Masih 1 tempat")
    assert await page.get_by_label("Nama").input_value() == "Siti Aminah"
    await press(page, "Masuk")
    await state(page, "masuk")
    await expect(page.get_by_text("Anda orang ke-12")).to_be_visible()
    doorway.complaints[:] = [one for one in doorway.complaints if "409" not in one]


async def test_the_page_follows_the_room_and_its_operator(doorway: Doorway) -> None:
    page = await doorway.phone()
    await doorway.crowd(3)
    await expect(page.get_by_text("Masih 9 tempat")).to_be_visible(timeout=10_000)
    await fill(page, "Siti Aminah")
    await press(page, "Masuk")
    await state(page, "masuk")
    entry = page.url.rpartition("/in/")[2]
    await doorway.does(m.AttendanceStrike(room=ROOM, person=entry))
    await state(page, "normal")
    await expect(page.get_by_role("alert")).to_contain_text("mungkin dicoret operator")
    doorway.complaints[:] = [one for one in doorway.complaints if "404" not in one]


async def test_the_language_changes_and_what_is_typed_stays(doorway: Doorway) -> None:
    page = await doorway.phone()
    await fill(page, "Siti Aminah")
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_text("12 people at most")).to_be_visible()
    assert await page.get_by_label("Name").input_value() == "Siti Aminah"
    await press(page, "Check in")
    await expect(page.get_by_role("heading", name="You are checked in")).to_be_visible()
    assert re.search(r"/in/[\w-]{22,40}$", page.url)


async def test_without_a_script_all_of_it_works(doorway: Doorway) -> None:
    context = await doorway.browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = await context.new_page()
    await page.goto(doorway.door)
    await fill(page, "Siti <b>Aminah</b>")
    await press(page, "Masuk")
    await expect(page.get_by_role("heading", name="Anda tercatat masuk")).to_be_visible()
    await expect(page.get_by_text("Siti <b>Aminah</b>", exact=True)).to_be_visible()
    await page.wait_for_timeout(1600)
    await press(page, "Keluar")
    await expect(page.get_by_role("heading", name="Anda tercatat keluar")).to_be_visible()
    await doorway.crowd(12)
    await page.goto(f"{doorway.door}?new=1")
    await expect(page.get_by_text("Ruang penuh (12/12). Hubungi operator.")).to_be_visible()
    await doorway.does(m.AttendanceLeave(room=ROOM, person="operator03"))
    await expect(page.get_by_text("Masih 1 tempat")).to_be_visible(timeout=15_000)  # by itself
    await context.close()


async def test_a_killed_server_loses_no_entry_and_no_token_is_logged(doorway: Doorway) -> None:
    page = await doorway.phone()
    await fill(page, "Siti Aminah")
    await doorway.service.kill()
    await press(page, "Masuk")
    await state(page, "tunggu")
    await doorway.service.start()
    await state(page, "masuk")
    looked: Callable[[], Awaitable[list[tuple[str, bool]]]] = doorway.listed
    await until(looked, lambda seen: seen == [("Siti Aminah", True)], 5, "is on the list")
    log = doorway.service.log.read_text("utf-8")
    assert doorway.door.rpartition("/")[2] not in log
    assert page.url.rpartition("/")[2] not in log
    doorway.complaints[:] = [one for one in doorway.complaints if "ERR_CONNECTION" not in one]
