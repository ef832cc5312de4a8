"""The rehearsal with persons: the hub and one hall in Chromium, nine halls played by
`vicon rehearse --script --without`. The minutes afterwards are checked field by field."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.handed import the_minutes_are_handed_out
from tests.e2e.moments import Moments, differences
from tests.e2e.pages import ControlRoom, RoomPage
from tests.e2e.rehearsed import (
    CHROMIUM,
    HELP,
    LATE,
    LOST,
    OVER,
    SIGNINGS,
    Script,
    wanted,
)
from tests.e2e.rehearsing import SEEN_S, Scene, room_of
from tests.e2e.service import VICON, Child, Service, run, running
from tests.e2e.until import until
from vicon import config

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(100),
    pytest.mark.timeout(240),
    needs_chromium,
]

SPEED = 20
ALARM_S = 40.0
"""A room is above its limit for ten seconds before that is an alarm, on a clock of five."""
SIGNERS = (("Rendi Solihin", "Calon Wakil Bupati"), ("Edi Damansyah", "Calon Bupati"))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    expect.set_options(timeout=SEEN_S * 1000)
    async with AsyncExitStack() as stack:
        service = Service(tmp_path)
        await service.start()
        stack.push_async_callback(service.stop)
        script, at = Script(service.data), Moments()
        url, token = parse_link(service.link("moderator").url)
        moderator = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
        await moderator.ready(timeout=10)
        trial = asyncio.create_task(_trial(service))
        stack.push_async_callback(_done, trial)
        browser = await stack.enter_async_context(chromium())
        with at.during("desk"):
            desk = await ControlRoom.open(browser, service.link("moderator").url)
            await desk.page.locator("#tab-rundown").wait_for()
            await moderator.until(lambda view: view.rooms[0].presence == "joined", SEEN_S)
        with at.during("hall"):
            hall = await RoomPage.open(browser, service.link("operator", CHROMIUM).url)
            await hall.page.get_by_role("switch").uncheck(force=True)  # its microphone is asked for
            await hall.join()
            await moderator.until(lambda view: room_of(view, CHROMIUM).presence == "joined", SEEN_S)
        with at.during("rehearse"):
            agents = await stack.enter_async_context(_rehearsal(service))
            await _told(agents, "ready")
        yield Scene(service, script, at, desk, hall, moderator, agents, trial)


async def _done(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _trial(service: Service) -> dict[str, Any]:
    link = service.link("tester", "64.07").url
    said = await run("trial", link, "--seconds", "5", "--json", timeout=60, expect=None)
    told: dict[str, Any] = json.loads(said)
    assert told["state"] == "done"
    return told


def _rehearsal(service: Service) -> Any:
    command = [VICON, "rehearse", "--script", str(config.example()), "--speed", str(SPEED)]
    command += ["--data", str(service.data), "--without", f"hub,{CHROMIUM}", "--json"]
    return running(service.log.with_suffix(".rehearse.log"), *command)


async def _told(agents: Child, event: str) -> None:
    """Until the rehearsal says so."""

    async def said() -> set[str]:
        return {one["event"] for one in agents.lines if "event" in one}

    await until(said, lambda events: event in events, SEEN_S, f"the rehearsal tells {event}")


async def test_a_rehearsal_is_told_in_its_minutes_field_by_field(
    scene: Scene, tmp_path: Path
) -> None:
    await _preparing(scene)
    scene.script.trial = await scene.trial  # a live session would refuse it
    await _opening(scene)
    await _roll_call(scene)
    await _mishaps(scene)
    await _readings(scene)
    await _signings(scene)
    await _closing(scene)
    assert scene.desk.complaints == []
    assert scene.hall.complaints == []
    assert await _ended(scene.agents) == 0
    await scene.service.stop()
    found = json.loads(await run("minutes", "--data", str(scene.service.data), "--format", "json"))
    assert [one["kind"] for one in found["outages"]].count("link") == 1
    assert len(found["outages"]) <= 2
    assert differences(found, wanted(scene.script, scene.at, found)) == []
    await the_minutes_are_handed_out(scene.service.data, found, tmp_path)


async def _preparing(scene: Scene) -> None:
    """Who is expected; in the hall: how many are there, who came, who signs before whom."""
    at = f"{scene.service.url}/api/v1/conferences/kaltim-2020/expected"
    listed = "ruang;nama;instansi;peran\nKukar;Siti Aminah;KPU Kukar;KPU\n"
    listed += "Kukar;Budi Hartono;Bawaslu Kukar;Bawaslu\n"
    head = {"Authorization": f"Bearer {scene.service.link('moderator').token}"}
    async with aiohttp.ClientSession(headers=head) as session:
        answer = await session.post(at, data=listed, headers={"Content-Type": "text/csv"})
        assert answer.status == 200, await answer.text()
    page = scene.hall.page
    await scene.in_hall("headcount").wait_for()
    for _ in range(9):
        await page.keyboard.press("+")
    await scene.room(CHROMIUM, lambda room: room.tally == 9)
    await page.keyboard.press("d")
    with scene.at.during("siti"):
        await page.locator('[data-expected="Siti Aminah"] button').click()
        await scene.room(CHROMIUM, lambda room: room.checked_in == 1)
    await scene.in_hall("person-add").click()
    await page.keyboard.type("Joko Susilo")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Kaltim Post")
    await page.get_by_label("Pers", exact=True).check(force=True)
    with scene.at.during("joko"):
        await page.keyboard.press("Enter")
        await scene.room(CHROMIUM, lambda room: room.checked_in == 2)
    await page.keyboard.press("Escape")
    await scene.in_hall("attendance-close").click()
    by = scene.script.name("operator", CHROMIUM)
    for name, place, role, when, expected in (
        ("Siti Aminah", "KPU Kukar", "KPU", "siti", True),
        ("Joko Susilo", "Kaltim Post", "Pers", "joko", False),
    ):
        told = {"name": name, "institution": place, "role": role, "first_in": scene.at[when]}
        told |= {"last_out": None, "visits": 1, "by": by, "expected": expected}
        scene.script.attendance.append(told)
    await page.keyboard.press("p")
    for name, office in SIGNERS:
        await _named(scene, "signatory", name, office)
    await _named(scene, "witness", "Ketua KPU Kutai Kartanegara", "KPU")
    room = await scene.room(CHROMIUM, lambda room: len(room.witnesses) == 1)
    scene.script.signatories += [
        {"id": one.id, "name": one.name, "office": one.office} for one in room.signatories
    ]
    await page.keyboard.press("p")


async def _named(scene: Scene, kind: str, name: str, office: str) -> None:
    await scene.in_hall(f"{kind}-add").click()
    await scene.in_hall(f"{kind}-name").fill(name)
    await scene.in_hall(f"{kind}-office").fill(office)
    await scene.hall.page.keyboard.press("Enter")
    await expect(scene.in_hall(f"{kind}-name")).to_have_count(0)


async def _opening(scene: Scene) -> None:
    with scene.at.during("live"):
        await scene.at_desk("primary").click()
        await scene.until(lambda view: view.conference.phase == "live")
    await expect(scene.at_desk("primary")).to_contain_text("Lanjut: Pembukaan")
    for number in (1, 2, 3):
        await scene.lanjut(number)
    anthem, prayer = scene.at.item(2), scene.at.item(3)
    await scene.page.keyboard.press("z")  # a slip: the anthem is not over
    await scene.runs(2)
    await scene.shows(2)
    await scene.lanjut(3)
    assert (anthem, prayer) != (scene.at.item(2), scene.at.item(3))
    await scene.lanjut(4)


async def _roll_call(scene: Scene) -> None:
    """A key for each hall; what the server proposes is what is so."""
    await scene.panel("h", "roll")
    for place, plan in enumerate(scene.script.plan.rooms, 1):
        with scene.at.during(f"roll {plan.code}"):
            await scene.page.keyboard.press(str(place % 10))
            await scene.room(plan.code, lambda room: room.roll is not None)
    await scene.panel("d", "rundown")


async def _mishaps(scene: Scene) -> None:
    """One comes late, one is lost, one calls for help, one has a person too many; a pause."""
    at = scene.at
    await scene.lanjut(5)
    with at.during("late"):
        await scene.room(LATE, lambda room: room.roll is not None and room.roll.status == "late")
    with at.during("lost"):
        await scene.room(LOST, lambda room: room.presence == "lost")
    await expect(scene.page.locator(f'.tile[data-room="{LOST}"]')).to_have_attribute(
        "data-state", "lost"
    )
    await scene.lanjut(6)
    with at.during("help"):
        await scene.room(HELP, lambda room: room.help is not None)
    await scene.panel("e", "events")
    with at.during("answer"):
        await scene.at_desk("help-done").click()
        await scene.room(HELP, lambda room: room.help is None)
    await scene.panel("d", "rundown")
    for name, paused in (("pause", True), ("resume", False)):
        with at.during(name):
            await scene.page.keyboard.press("j")
            await scene.until(partial(_is_paused, paused))
        # The key does the other thing once the page has seen the first.
        left = scene.at_desk("item-left")
        await expect(left).to_contain_text("dijeda" if paused else "sisa")
    await scene.lanjut(7)
    with at.during("back"):
        await scene.room(LOST, lambda room: room.presence == "joined")
    with at.during("over"):
        await scene.room(OVER, lambda room: room.count == 13 and room.limit == 12)


async def _readings(scene: Scene) -> None:
    """Each point stands in the hall while it is read; the alarm is marked by keys."""
    for number in range(7, 12):
        if number > 7:
            await scene.lanjut(number)
        point = scene.in_hall("point")
        await expect(point).to_have_attribute("data-point", str(number - 6))
        await expect(point).to_contain_text(_point(scene, number - 6))
    with scene.at.during("alarm"):
        await scene.until(lambda view: bool(room_of(view, OVER).alarms), ALARM_S)
    await scene.panel("e", "events")
    await scene.page.locator(f'[data-task="alarm"][data-task-room="{OVER}"]').wait_for()
    await scene.page.keyboard.press("a")
    dialog = scene.page.locator("dialog")
    await dialog.get_by_role("button", name="Petugas medis").click()
    with scene.at.during("marked"):
        await scene.page.keyboard.press("Enter")
        await scene.until(lambda view: all(one.by for one in room_of(view, OVER).alarms))
    await dialog.wait_for(state="detached")


def _point(scene: Scene, number: int) -> str:
    assert scene.script.plan.pact is not None
    return scene.script.plan.pact.points[number - 1]


async def _signings(scene: Scene) -> None:
    await scene.panel("i", "pact")
    await scene.at_desk("pact-open").click()
    await scene.until(lambda view: view.conference.signing.open)
    await scene.panel("d", "rundown")
    for number in SIGNINGS:
        code = scene.script.item(number).room or ""
        await scene.lanjut(number)
        await expect(scene.at_desk("programme")).to_have_attribute("data-air", code)
        if number == SIGNINGS[0]:
            await _message(scene)
        with scene.at.during(f"signed {number}"):
            if code == CHROMIUM:
                await _the_hall_signs(scene)
            await scene.room(code, lambda room: room.complete)
        await scene.until(partial(_have_signed, number - SIGNINGS[0] + 1))


def _is_paused(paused: bool, view: m.View) -> bool:
    return (view.conference.progress.paused_at is not None) == paused


def _have_signed(rooms: int, view: m.View) -> bool:
    return view.conference.signing.signed == rooms


async def _message(scene: Scene) -> None:
    await scene.panel("o", "messages")
    await scene.at_desk("compose").locator("select").select_option(HELP)
    await scene.at_desk("compose").locator("input").fill("Bersiap, giliran berikutnya")
    with scene.at.during("cue"):
        await scene.page.keyboard.press("Enter")
        await scene.until(lambda view: len(view.conference.cues) == 1)
    with scene.at.during("cue seen"):
        await scene.until(lambda view: len(view.conference.cues[0].seen) == 1)
    await expect(scene.at_desk("cue-read")).to_contain_text("dibaca")
    await scene.page.locator("#tab-rundown").click()  # out of the field: keys are the desk's again
    await expect(scene.page.locator("#tab-rundown")).to_have_attribute("aria-selected", "true")


async def _the_hall_signs(scene: Scene) -> None:
    """Its operator lets it be heard, and two persons sign with the mouse."""
    mic, page = scene.in_hall("mic"), scene.hall.page
    await expect(mic).to_have_attribute("data-mic", "asked")
    await page.keyboard.press("m")
    await expect(mic).to_have_attribute("data-mic", "on")
    await expect(scene.in_hall("line")).to_contain_text("ANDA TAMPIL")
    await page.keyboard.press("p")
    for left in (2, 1):
        await expect(scene.in_hall("signatory-sign")).to_have_count(left)
        await scene.in_hall("signatory-sign").first.click()
        await scene.in_hall("have-read").check()
        await scene.hall.draw()
        await scene.in_hall("sign").click()
        await expect(scene.in_hall("sheet")).to_contain_text("Sudah ditandatangani")
        await page.keyboard.press("Escape")


async def _closing(scene: Scene) -> None:
    await scene.lanjut(22)
    with scene.at.during("reduced"):
        await scene.room(OVER, lambda room: room.count == 12)
    await scene.until(lambda view: not room_of(view, OVER).alarms, ALARM_S)
    for number in (23, 24, 25, None):
        await scene.lanjut(number)
    await expect(scene.at_desk("rundown-foot")).to_contain_text("Rundown selesai")
    with scene.at.during("close"):
        await scene.at_desk("end").click()
        await scene.at_desk("end-yes").click()
        await scene.until(lambda view: view.conference.phase == "closed")
    await expect(scene.hall.page.locator("body")).to_contain_text("Terima kasih")


async def _ended(agents: Child) -> int:
    """The rehearsal ends by itself."""
    assert agents.process
    async with asyncio.timeout(SEEN_S):
        return await agents.process.wait()
