"""The ceremony in a hall's page: messages, help, speaking by a key, time, reading, signing."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from signaling import messages as m
from signaling.client import Client, CommandRefused, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import RoomPage
from tests.e2e.service import Service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(20),
    pytest.mark.timeout(180),
    needs_chromium,
]

HALL = "64.08"
"""The first hall of the example's rundown that is to sign."""
SEEN_S = 15.0


@dataclass
class Scene:
    hall: RoomPage
    moderator: Client
    service: Service

    def at(self, name: str) -> Locator:
        return self.hall.page.get_by_test_id(name)

    async def key(self, key: str) -> None:
        await self.hall.page.keyboard.press(key)

    async def room(self, holds: Callable[[m.RoomView], bool]) -> m.RoomView:
        """The hall as the moderator sees it, once it is so."""
        return _hall(await self.moderator.until(lambda view: holds(_hall(view)), SEEN_S))


def _hall(view: m.View) -> m.RoomView:
    return next(one for one in view.rooms if one.code == HALL)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        service = Service(tmp_path)
        await service.start()
        stack.push_async_callback(service.stop)
        browser = await stack.enter_async_context(chromium())
        url, token = parse_link(service.link("moderator").url)
        moderator = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
        await moderator.ready(timeout=10)
        await moderator.command(m.PhaseSet(phase="live"))
        hall = await RoomPage.open(browser, service.link("operator", HALL).url)
        expect.set_options(timeout=SEEN_S * 1000)
        await hall.join()
        await hall.page.get_by_test_id("help-open").wait_for()
        yield Scene(hall, moderator, service)


async def test_a_hall_follows_the_ceremony(scene: Scene) -> None:
    """Told in the order in which it happens: one server and one browser do for all of it."""
    await _messages(scene)
    await _help(scene)
    await _speaking_by_a_key(scene)
    await _the_turn_and_its_time(scene)
    await _preparing(scene)
    await _signing(scene)
    await _after_the_end(scene)
    assert scene.hall.complaints == []


async def _messages(scene: Scene) -> None:
    """The oldest first; each stands until it is understood, by key or by button."""
    send = scene.moderator.command
    for cue, text in (("cue-first", "Mohon berdiri."), ("cue-second", "Matikan telepon.")):
        await send(m.CueSend(cue=cue, text=text, room=HALL))
    shown = scene.at("cues")
    await expect(shown).to_contain_text("1 pesan lagi")
    await expect(shown).to_contain_text("Mohon berdiri.")
    await scene.key("g")
    await expect(shown).to_contain_text("Matikan telepon.")
    await scene.at("cue-seen").click()
    await expect(shown).to_have_text("")
    await scene.room(lambda room: room.cues == [])
    assert scene.moderator.view
    seen = [[one.room for one in cue.seen] for cue in scene.moderator.view.conference.cues]
    assert seen == [[HALL], [HALL]]


async def _help(scene: Scene) -> None:
    """Called with a quick word and cancelled; called with own words and answered."""
    page = scene.hall.page
    await scene.key("t")
    await page.get_by_role("button", name="Gambar beku").click()
    await scene.at("help-call").click()
    call = await scene.room(lambda room: room.help is not None)
    assert call.help
    assert call.help.text == "Gambar beku"
    await expect(scene.at("help-row")).to_contain_text("menunggu · Gambar beku")
    await scene.at("help-cancel").click()
    await scene.room(lambda room: room.help is None)
    await expect(scene.at("help-row")).to_have_text("")
    await expect(scene.at("notice")).to_have_count(0)
    await scene.at("help-open").click()
    await scene.at("help-text").fill("Proyektor mati")
    await scene.key("Enter")
    await scene.room(lambda room: room.help is not None and room.help.text == "Proyektor mati")
    await scene.moderator.command(m.HelpAnswer(room=HALL))
    await expect(scene.at("notice")).to_contain_text("Panggilan teknisi ditanggapi")


async def _speaking_by_a_key(scene: Scene) -> None:
    """Only where it was asked for, only while the key is down, never through a lock."""
    page = scene.hall.page
    await scene.at("add-device").click()
    await scene.at("push-setting").check()
    await page.keyboard.press("Escape")
    await scene.moderator.command(m.MicLock(on=True))
    await expect(scene.at("mic")).to_have_attribute("data-mic", "locked")
    await page.keyboard.press("Space")
    await scene.moderator.command(m.MicLock(on=False))
    await expect(scene.at("mic")).to_have_attribute("data-mic", "off")
    await page.keyboard.down("Space")
    await scene.room(lambda room: room.mic == "on")
    await page.keyboard.up("Space")
    await scene.room(lambda room: room.mic == "off")


async def _the_turn_and_its_time(scene: Scene) -> None:
    send, view = scene.moderator.command, scene.moderator.view
    assert view
    items = view.rundown.items
    mine = next(item for item in items if item.room == HALL)
    before = items[items.index(mine) - 1]
    await send(m.RundownAdvance(current=None, item=before.id))
    await expect(scene.at("line")).to_contain_text("Berikutnya: Anda, bersiap")
    await expect(scene.at("time-until")).to_contain_text("lagi")
    await expect(scene.at("point")).to_have_attribute("data-point", str(before.point))
    await send(m.RundownAdvance(current=before.id))
    await expect(scene.at("line")).to_contain_text("ANDA TAMPIL")
    left = scene.at("time-left")
    await expect(left).to_contain_text("sisa waktu")
    await expect(left).to_have_attribute("data-over", "no")
    await send(m.RundownPause(on=True))
    await expect(left).to_contain_text("waktu dijeda")
    await send(m.RundownPause(on=False))
    await expect(left).to_contain_text("sisa waktu")


async def _preparing(scene: Scene) -> None:
    """Named before signing is open; the point that is read stands large over the picture."""
    await scene.moderator.command(m.PactShow(point=3))
    await expect(scene.at("point")).to_contain_text("Butir 3 dari 5")
    await expect(scene.at("point")).to_contain_text("berintegritas, damai dan berkualitas")
    await scene.key("p")
    await _named(scene, "signatory", "Ardiansyah Sulaiman", "Calon Bupati")
    await _named(scene, "signatory", "Kasmidi Bulang", "Calon Wakil Bupati")
    await _named(scene, "witness", "Ulfa Jamilatul", "Ketua KPU")
    await scene.at("signatory-ready").first.click()
    room = await scene.room(lambda room: any(one.ready for one in room.signatories))
    assert [(one.name, one.office, one.ready) for one in room.signatories] == [
        ("Ardiansyah Sulaiman", "Calon Bupati", True),
        ("Kasmidi Bulang", "Calon Wakil Bupati", False),
    ]
    assert [one.name for one in room.witnesses] == ["Ulfa Jamilatul"]


async def _named(scene: Scene, kind: str, name: str, office: str) -> None:
    await scene.at(f"{kind}-add").click()
    await scene.at(f"{kind}-name").fill(name)
    await scene.at(f"{kind}-office").fill(office)
    await scene.key("Enter")
    await expect(scene.at(f"{kind}-name")).to_have_count(0)


async def _signing(scene: Scene) -> None:
    """Read, agreed to, drawn; a text that changes meanwhile must be agreed to again."""
    why = scene.at("sign-why")
    await scene.at("signatory-sign").first.click()
    await expect(why).to_contain_text("belum dibuka")
    await scene.moderator.command(m.PactOpen(on=True))
    await expect(why).to_contain_text("Baca naskahnya")
    await scene.at("have-read").check()
    await expect(why).to_contain_text("masih kosong")
    await scene.hall.draw()
    await expect(why).to_have_text("")
    await scene.hall.draw()
    await scene.at("pad-undo").click()
    await expect(scene.at("pad")).to_have_attribute("data-lines", "1")
    await _change_the_text(scene)
    await expect(scene.at("pact-changed")).to_contain_text("Naskah berubah")
    await expect(scene.at("sign")).to_have_attribute("aria-disabled", "true")
    await scene.at("have-read").check()
    await expect(scene.at("pad")).to_have_attribute("data-lines", "1")
    await scene.at("sign").click()
    await expect(scene.at("sheet")).to_contain_text("Sudah ditandatangani")
    await expect(scene.at("sheet")).to_contain_text("0 dari 1 ruang")
    await scene.key("Escape")
    await scene.at("signatory-sign").click()
    await scene.at("have-read").check()
    await scene.hall.draw()
    await scene.at("sign").click()
    await expect(scene.at("sheet")).to_contain_text("1 dari 1 ruang")
    room = await scene.room(lambda room: room.complete)
    assert all(one.signature and one.signed_at for one in room.signatories)
    await scene.at("sheet-close").click()
    await expect(scene.at("pact-panel")).to_contain_text("Ruang ini sudah lengkap")


async def _change_the_text(scene: Scene) -> None:
    assert scene.moderator.view
    assert scene.moderator.view.pact
    pact = scene.moderator.view.pact
    document = m.PactDocument(title=pact.title, points=pact.points, preamble="Kami menyatakan:")
    await scene.moderator.command(m.PactEdit(document=document))


async def _after_the_end(scene: Scene) -> None:
    """Nobody signs any more: the page says why and keeps what was drawn, the server refuses."""
    await _named(scene, "signatory", "Terlambat Datang", "")
    await scene.at("signatory-sign").click()
    await scene.at("have-read").check()
    await scene.hall.draw()
    await scene.moderator.command(m.PactOpen(on=False))
    await expect(scene.at("sign-why")).to_contain_text("sudah ditutup")
    await expect(scene.at("sign")).to_have_attribute("aria-disabled", "true")
    await expect(scene.at("pad")).to_have_attribute("data-lines", "1")
    room = await scene.room(lambda room: len(room.signatories) == 3)
    assert scene.moderator.view
    assert scene.moderator.view.pact
    url, token = parse_link(scene.service.link("operator", HALL).url)
    async with Client(url, token, rng=random.Random(2)) as operator:
        await operator.ready(timeout=10)
        await operator.command(m.RoomJoin(kind="companion", shared=True))
        signing = m.PactSign(
            room=HALL,
            person=room.signatories[2].id,
            strokes=[[0, 0, 900, 900]],
            document=scene.moderator.view.pact.hash,
        )
        with pytest.raises(CommandRefused) as refused:
            await operator.command(signing)
        assert refused.value.code == "pact_closed"
    await scene.key("Escape")
    await expect(scene.at("sheet")).to_have_count(0)
