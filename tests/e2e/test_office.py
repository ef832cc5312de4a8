"""The organizer's page in a real browser: made from the example, changed, printed; a hall comes
by its link and is sent away again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pypdfium2
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import Axe, script
from tests.e2e.chromium import chromium, open_page
from tests.e2e.conftest import needs_chromium
from tests.e2e.phone import Phone
from tests.e2e.service import Service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient,
    needs_chromium,
    pytest.mark.timeout(180),
]
GLADI = "kaltim-2020-2"
KUKAR = "64.02"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def saved(page: Page) -> None:
    await page.get_by_test_id("save").click()


async def row(page: Page, role: str, room: str, *, gone: bool = False) -> str:
    """Selector of a link's row."""
    state = ".gone" if gone else ":not(.gone)"
    return f'[data-role="{role}"] li{state}[data-room="{room}"]'


async def test_from_the_example_to_a_hall_that_joins_and_is_sent_away(
    service: Service, browser: Browser
) -> None:
    complaints: list[str] = []
    office = await open_page(browser, service.link("organizer").url, complaints)
    await expect(office.locator("[data-conference]")).to_have_count(1)
    await office.get_by_test_id("from-example").click()

    title = office.get_by_label("Judul", exact=True).first
    await title.fill("Gladi bersih")
    kukar = office.locator(f'[data-room="{KUKAR}"]')
    await kukar.get_by_label("Nama", exact=True).fill("Kab. Kutai Kartanegara")
    cap = kukar.get_by_label("Batas orang")
    await cap.fill("dua belas")
    await saved(office)
    await expect(cap).to_be_focused()
    await expect(kukar.locator(".err")).to_contain_text("bilangan bulat")
    assert await title.input_value() == "Gladi bersih", "nothing that was typed is lost"
    await kukar.get_by_role("button", name="Hapus").click()
    await expect(kukar).to_have_count(0)
    await office.get_by_test_id("undo").click()
    await cap.fill("15")
    await saved(office)

    await expect(office.get_by_role("heading", level=1)).to_have_text("Tautan Gladi bersih")
    async with office.expect_download() as waiting:
        await office.get_by_test_id("print-join").click()
    printed = pypdfium2.PdfDocument(await (await waiting.value).path())
    assert len(printed) == 10
    words = [page.get_textpage().get_text_range() for page in printed]
    assert sum("Kab. Kutai Kartanegara" in said for said in words) == 1

    own = office.locator(await row(office, "operator", KUKAR))
    await own.get_by_role("button", name="Kode QR").click()
    await expect(office.locator("img.qr")).to_be_visible()
    await office.keyboard.press("Escape")
    link = await _link_of(office, KUKAR)
    hall = await open_page(browser, link, complaints)
    await hall.get_by_role("button", name="Gabung", exact=True).click()
    await expect(hall.locator(".hall")).not_to_have_attribute("data-state", "before")

    await own.get_by_test_id("revoke").click()
    dialog = office.get_by_test_id("revoke-dialog")
    await expect(dialog).to_be_visible()
    await dialog.get_by_test_id("revoke-yes").click()
    refused = hall.locator("[data-refused=link_revoked]")
    await expect(refused).to_contain_text("dicabut")
    await expect(office.get_by_test_id("links-said")).to_contain_text("sudah dicabut")

    gone = office.locator(await row(office, "operator", KUKAR, gone=True))
    await gone.get_by_test_id("renew").click()
    await expect(own).to_be_visible()
    fresh = await _link_of(office, KUKAR)
    assert fresh != link
    again = await open_page(browser, fresh, complaints)
    await expect(again.get_by_role("button", name="Gabung", exact=True)).to_be_visible()
    record = office.get_by_test_id("record")
    await record.locator("summary").click()
    await expect(record).to_contain_text("mencabut tautan")
    # Chromium itself notes the answer to what was to be mended.
    assert [one for one in complaints if "422" not in one] == []


async def _link_of(office: Page, room: str) -> str:
    """As the page would copy it."""
    url: str = await office.evaluate(
        """async ([id, room]) => {
          const head = { Authorization: `Bearer ${location.hash.slice(1)}` };
          const answer = await fetch(`/api/v1/office/conferences/${id}/links`, { headers: head });
          const { links } = await answer.json();
          return links.filter((one) => one.role === "operator" && one.room === room).at(-1).url;
        }""",
        [GLADI, room],
    )
    return url


async def test_what_was_typed_outlives_a_reload_and_an_archive_is_taken_back(
    service: Service, browser: Browser
) -> None:
    complaints: list[str] = []
    page = await open_page(browser, service.link("organizer").url, complaints, (390, 844))
    example = page.locator('[data-conference="kaltim-2020"]')
    await expect(example.get_by_role("button", name="Sunting")).to_have_count(0)
    await example.get_by_role("button", name="Salin").click()
    await saved(page)
    await expect(page.locator('[data-role="operator"]')).to_be_visible()
    await page.get_by_test_id("office-back").click()
    own = page.locator(f'[data-conference="{GLADI}"]')
    await own.get_by_role("button", name="Sunting").click()
    await page.get_by_label("Judul", exact=True).first.fill("Belum disimpan")
    await page.reload()
    await expect(page.get_by_label("Judul", exact=True).first).to_have_value("Belum disimpan")
    await expect(page.get_by_text("dipulihkan")).to_be_visible()
    days = page.get_by_label("Nama di daftar hadir, hari")
    await expect(days).to_have_value("90")
    await days.fill("setahun")
    await saved(page)
    await expect(days).to_be_focused()
    await days.fill("30")
    await page.get_by_label("Server menghapus sendiri, sekali sehari").check()
    await expect(page.get_by_text("tidak dapat dikembalikan")).to_be_visible()
    await saved(page)
    await expect(page.get_by_test_id("save-said")).to_contain_text("Tersimpan")
    await page.get_by_test_id("office-back").click()
    await expect(own.get_by_role("heading")).to_have_text("Belum disimpan")
    await own.get_by_test_id("archive").click()
    await page.get_by_test_id("archive-yes").click()
    await expect(own).to_contain_text("Diarsipkan")
    await page.get_by_role("button", name="Urungkan").click()
    await expect(own).to_contain_text("RUANG TUNGGU")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing is wider than the phone"
    assert [one for one in complaints if "422" not in one] == []


async def test_another_link_is_told_that_it_is_not_the_organizers(
    service: Service, browser: Browser
) -> None:
    complaints: list[str] = []
    url = service.link("moderator").url.replace("/kendali#", "/kelola#")
    page = await open_page(browser, url, complaints)
    await expect(page.get_by_test_id("office-failed")).to_contain_text("bukan tautan pengelola")


@pytest.mark.parametrize(("lang", "theme", "width"), [("id", "light", 1280), ("en", "dark", 390)])
async def test_nothing_on_the_organizers_pages_shuts_anybody_out(
    service: Service, browser: Browser, lang: str, theme: str, width: int
) -> None:
    """axe-core in every state; on a phone nothing is too wide, too small or covered."""
    chosen = f"localStorage['vicon.lang'] = '{lang}'; localStorage['vicon.theme'] = '{theme}';"
    page = await open_page(
        browser, service.link("organizer").url, [], (width, 844), (script(), chosen)
    )
    axe, phone = Axe(), Phone()

    async def look(name: str) -> None:
        await axe.look(page, name)
        if width == 390:
            await phone.look(page, name)

    await page.get_by_test_id("from-example").wait_for()
    await look("list")
    await page.get_by_test_id("from-example").click()
    await page.get_by_test_id("save").wait_for()
    await look("new")
    await page.locator(f'[data-room="{KUKAR}"] .w-cap input').fill("x")
    await saved(page)
    await page.locator(".err").first.wait_for()
    await look("faults")
    await page.locator(f'[data-room="{KUKAR}"] .w-cap input').fill("14")
    await saved(page)
    await page.locator("[data-role=operator]").wait_for()
    await look("links")
    own = page.locator(await row(page, "operator", KUKAR))
    for face, dialog in ((1, "qr-dialog"), (2, "end-dialog"), (3, "revoke-dialog")):
        await own.locator(".acts button").nth(face).click()
        await page.get_by_test_id(dialog).wait_for()
        await look(dialog)
        if dialog != "revoke-dialog":
            await page.keyboard.press("Escape")
    await page.get_by_test_id("revoke-yes").click()
    await page.get_by_test_id("renew").wait_for()
    await page.get_by_test_id("record").locator("summary").click()
    await page.locator(".record li").first.wait_for()
    await look("revoked, record")
    await page.get_by_test_id("office-back").click()
    own = page.locator(f'[data-conference="{GLADI}"]')
    await own.get_by_test_id("archive").click()
    await page.get_by_test_id("archive-dialog").wait_for()
    await look("archive asked")
    await page.get_by_test_id("archive-yes").click()
    await own.get_by_test_id("restore").wait_for()
    await look("archived")
    assert axe.found == [], axe.said()
    assert phone.found == [], "\n".join(phone.found)
    assert len(axe.looked) == 10
