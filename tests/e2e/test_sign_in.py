"""A moderator signs in by keyboard on a server that wants it, gets to the desk, and lets a hall's
new device in whose link is for one browser alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import MANNERS, Axe, scripts
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.keyboard import Keyboard
from tests.e2e.pages import VisitedPage
from tests.e2e.phone import Phone
from tests.e2e.service import VICON, Service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.timeout(180),
    needs_chromium,
]

HALL, PASSWORD = "64.02", "kuda makan rumput hijau"
ROOT = "[accounts]\nrequired = true\n"
MORE = '[conferences.policy]\nhall_links = "once"\n'
SEEN_MS = 15_000


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        expect.set_options(timeout=SEEN_MS)
        yield stack


async def user(service: Service, *arguments: str) -> None:
    """`vicon user`, with the password on its standard input."""
    process = await asyncio.create_subprocess_exec(
        VICON, "user", *arguments, "--data", str(service.data), stdin=asyncio.subprocess.PIPE
    )
    await process.communicate(f"{PASSWORD}\n".encode())
    assert process.returncode == 0


async def served(stack: AsyncExitStack, folder: Path) -> tuple[Service, Browser]:
    service = Service(folder, more=MORE, root=ROOT)
    await service.start()
    stack.push_async_callback(service.stop)
    add = ("--role", "moderator", "--shown", "Rini A.", "--password-file", "-")
    await user(service, "add", "rini", *add)
    return service, await stack.enter_async_context(chromium())


async def test_signing_in_and_letting_a_new_device_in_by_keyboard_alone(
    tmp_path: Path, stack: AsyncExitStack
) -> None:
    service, browser = await served(stack, tmp_path)
    desk = await VisitedPage.open(browser, f"{service.url}/masuk")
    page, keys = desk.page, Keyboard(desk.page)
    await _wrong_first(page, keys)
    await _in(page, keys)
    await keys.act(page.locator('[data-place^="moderator"] button'))
    await page.locator(".tile").first.wait_for()

    hall = await VisitedPage.open(browser, service.link("operator", HALL).url)
    await hall.page.get_by_role("button", name="Gabung", exact=True).wait_for()
    await hall.page.reload()
    await hall.page.get_by_role("button", name="Gabung", exact=True).wait_for()
    other = await VisitedPage.open(browser, service.link("operator", HALL).url)
    await other.page.locator('[data-refused="link_taken"]').wait_for()

    await keys.act(page.locator(f'.tile[data-room="{HALL}"]'))
    await keys.act(page.get_by_test_id("link-release"))
    await page.get_by_test_id("link-hold").wait_for()
    await Keyboard(other.page).act(other.page.get_by_test_id("way-on"))
    await other.page.get_by_role("button", name="Gabung", exact=True).wait_for()
    await hall.page.locator('[data-refused="link_taken"]').wait_for()

    await user(service, "disable", "rini")
    await page.locator('[data-refused="session_over"]').wait_for()
    await keys.act(page.get_by_test_id("way-on"))
    await page.get_by_test_id("sign-in").wait_for()
    assert keys.hidden == set()
    for one in (hall, other):
        assert one.complaints == []


async def _wrong_first(page: Page, keys: Keyboard) -> None:
    """The field for the name has the focus; what is missing is told at its field."""
    name = page.locator("input[name=name]")
    await expect(name).to_be_focused()
    await keys.press("Enter")
    await expect(page.locator(".err")).to_have_text("Isi nama akun.")
    await keys.type("rini")
    await keys.press("Tab")
    await keys.type("bukan kata sandinya")
    await keys.press("Enter")
    await expect(page.locator(".err")).to_contain_text("Nama atau kata sandi tidak cocok")


async def _in(page: Page, keys: Keyboard) -> None:
    password = page.locator("input[name=password]")
    await expect(password).to_be_focused()
    await keys.press("ControlOrMeta+a")
    await keys.type(PASSWORD)
    await keys.act(page.get_by_test_id("sign-in-do"))
    await expect(page.get_by_test_id("signed-in")).to_have_text("Masuk sebagai Rini A.")


async def test_the_page_shuts_nobody_out_and_fits_a_phone(
    tmp_path: Path, stack: AsyncExitStack
) -> None:
    service, browser = await served(stack, tmp_path)
    axe, phone = Axe(), Phone()
    for lang, theme in MANNERS:
        one = await VisitedPage.open(browser, f"{service.url}/masuk", scripts=scripts(lang, theme))
        page = one.page

        async def look(name: str, page: Page = page, lang: str = lang) -> None:
            await axe.look(page, f"{lang} {name}")
            await phone.look(page, f"{lang} {name}")

        await page.get_by_test_id("sign-in").wait_for()
        await look("sign-in")
        await page.get_by_test_id("sign-in-do").click()
        await look("sign-in, nothing typed")
        await page.locator("input[name=name]").fill("rini")
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.get_by_test_id("sign-in-do").click()
        await page.get_by_test_id("signed-in").wait_for()
        await page.locator("summary").click()
        await look("signed in")
        await page.get_by_test_id("sign-out").click()
        await page.get_by_test_id("sign-in").wait_for()
        await look("signed out")
        assert one.complaints == []
    assert not axe.found, axe.said()
    assert not phone.found, phone.said()
