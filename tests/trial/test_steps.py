"""What a station is asked, and what is made of its answers."""

from __future__ import annotations

import asyncio
import base64
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from signaling import messages as m
from tests.trial import examples
from tests.trial.house import House, Page
from vicon.trial import loads
from vicon.trial.steps import one_way


def recorded(page: Page) -> list[m.Task]:
    """All that the page is asked, whole."""
    asked: list[m.Task] = []

    async def answer(page: Page, message: m.TrialDo) -> m.TaskResult | None:
        asked.append(message.body)
        return await page.does(message)

    tags = ("browser", "devices", "echo", "path", "call", "watch", "hang_up", "load_up", "cut")
    page.answers = dict.fromkeys(tags, answer)
    return asked


async def test_the_call_is_the_sessions_and_the_look_hears_the_room_as_it_is(house: House) -> None:
    page = await house.page()
    asked = recorded(page)
    await house.ended(await page.start())
    look, call = [one for one in asked if isinstance(one, m.DoCall)][:2]
    assert (look.leg, look.raw_sound, look.relay_only) == ("look", True, False)
    assert [url for server in look.ice for url in server.urls]
    assert (call.leg, call.raw_sound, call.video, call.ice) == ("call", False, True, [])
    levels = {leg.partition("/")[2]: level for leg, level, _ in house.engine.sent}
    assert levels == {"look": "180p", "call": "720p"}


async def test_each_path_is_tried_alone_with_credentials_of_its_own(house: House) -> None:
    page = await house.page()
    asked = recorded(page)
    page.paths = {"turn_tcp"}
    run = await house.ended(await page.start())
    tried = {one.path: one for one in asked if isinstance(one, m.DoPath)}
    assert list(tried) == ["udp", "turn_udp", "turn_tcp", "turn_tls"]
    assert (tried["udp"].ice, tried["udp"].relay_only) == ([], False)
    for path, one in tried.items():
        if path == "udp":
            continue
        (server,) = one.ice
        assert len(server.urls) == 1
        assert server.username.endswith(f":{run.id}")
        assert one.relay_only
    used = [one for one in asked if isinstance(one, m.DoCall) and one.leg == "call"]
    load = next(one for one in asked if isinstance(one, m.DoLoadUp))
    cut = next(one for one in asked if isinstance(one, m.DoCut))
    bodies: list[m.DoCall | m.DoLoadUp] = [*used, load, cut.call]
    for body in bodies:
        assert body.relay_only
        assert [server.urls for server in body.ice] == [["turn:t:3478?transport=tcp"]]


@pytest.mark.parametrize(("how", "held_s"), [({}, 10), ({"hold_s": 3.0}, 3)])
async def test_the_signalling_connection_is_watched_for_so_long(
    how: dict[str, float], held_s: int
) -> None:
    house = House(**how)  # type: ignore[arg-type]
    page = await house.page()
    asked = recorded(page)
    run = await house.ended(await page.start())
    echoes = [one for one in asked if isinstance(one, m.DoEcho)]
    assert len(echoes) == 2 * held_s
    held = run.value("signalling_held_s")
    assert held is not None
    assert held_s <= held < held_s + 1
    await house.close()


async def test_without_turn_only_the_straight_path_is_tried() -> None:
    house = House(turn=None)
    page = await house.page()
    page.paths = set()
    run = await house.ended(await page.start())
    assert page.asked.count("path") == 1
    assert run.step("paths").cause_code == "udp_blocked_no_turn"
    tried, *untried = run.step("paths").figures
    assert tried.name == "connect_udp_ms"
    assert [one.name for one in untried] == [
        f"connect_turn_{way}_ms" for way in ("udp", "tcp", "tls")
    ]
    assert all("belum diatur" in one.text.id for one in untried)
    await house.close()


async def test_a_session_gets_the_greater_part_of_the_line(house: House) -> None:
    page = await house.page()
    guide = await house.seat("technician")
    asked = recorded(page)
    house.hosted.set_phase("live")
    body = m.TrialStart(room="64.02", seconds=5, force=True)
    started = await house.desk.command(guide, body)
    assert isinstance(started, m.TrialStarted)
    await house.ended(started.run)
    load = next(one for one in asked if isinstance(one, m.DoLoadUp))
    assert load.to_kbps == loads.LIVE_CEILING_KBPS
    assert house.engine.ceilings == [loads.LIVE_CEILING_KBPS]


async def test_the_load_up_does_not_share_the_line_with_the_camera(house: House) -> None:
    page = await house.page()
    open_then: list[set[str]] = []

    async def looks(page: Page, message: m.TrialDo) -> m.TaskResult | None:
        open_then.append({leg.partition("/")[2] for leg in house.engine.open})
        return await page.does(message)

    page.answers["load_up"] = looks
    await house.ended(await page.start())
    assert open_then == [set()]


FRAMES = m.SeenFrames(
    rtp=[3000 * n for n in range(60)],
    arrived=[50.0 * n + 80 for n in range(60)],
    shown=[],
    mark=list(range(60)),
)
SENT = [(3000 * n, 50.0 * n, n) for n in range(100)]


def test_one_way_delay_is_the_median_of_what_both_ends_know() -> None:
    assert one_way(FRAMES, SENT) == 80
    late = replace(
        FRAMES, arrived=[at + (900 if n < 5 else 0) for n, at in enumerate(FRAMES.arrived)]
    )
    assert one_way(late, SENT) == 80


@pytest.mark.parametrize(
    "frames",
    [
        replace(FRAMES, rtp=FRAMES.rtp[:9], arrived=FRAMES.arrived[:9], mark=[]),
        replace(FRAMES, arrived=[0.0] * 60),
        replace(FRAMES, rtp=[n + 1 for n in FRAMES.rtp]),
        replace(FRAMES, rtp=[], arrived=[], mark=[]),
        replace(FRAMES, arrived=[]),
    ],
)
def test_too_few_frames_give_no_delay(frames: m.SeenFrames) -> None:
    assert one_way(frames, SENT) is None


def answers_with(watched: m.Watched) -> object:
    async def answer(page: Page, message: m.TrialDo) -> m.Watched:
        assert isinstance(message.body, m.DoWatch)
        await asyncio.sleep(message.body.seconds)
        return watched

    return answer


def picture(luma: str) -> m.SeenPicture:
    return m.SeenPicture(mark=3, width=4, height=2, luma=luma)


async def test_delay_and_fidelity_of_what_was_shown(house: House) -> None:
    page = await house.page()
    given: list[tuple[int, bytes, int, int]] = []

    def fidelity(*what: object) -> object:
        given.append(what)  # type: ignore[arg-type]
        return SimpleNamespace(psnr_db=33.3, ssim=0.95)

    house.fidelity = fidelity  # type: ignore[method-assign,assignment]
    luma = base64.b64encode(bytes(8)).decode()
    watched = replace(examples.WATCHED, frames=FRAMES, clock_error_ms=12.0, picture=picture(luma))
    page.answers["watch"] = answers_with(watched)  # type: ignore[assignment]
    run = await house.ended(await page.start())
    assert given == [(3, bytes(8), 4, 2)]
    assert (run.value("psnr_db"), run.value("ssim"), run.value("delay_down_ms")) == (33.3, 0.95, 80)
    delay = run.figure("delay_down_ms")
    assert delay is not None
    assert delay.interval == 12


@pytest.mark.parametrize("luma", ["not base64!", base64.b64encode(bytes(3)).decode()])
async def test_a_picture_that_is_none_gives_no_fidelity(house: House, luma: str) -> None:
    page = await house.page()
    page.answers["watch"] = answers_with(replace(examples.WATCHED, picture=picture(luma)))  # type: ignore[assignment]
    run = await house.ended(await page.start())
    assert (run.state, run.verdict) == ("done", "pass")
    for name in ("psnr_db", "ssim", "delay_down_ms"):
        found = run.figure(name)
        assert found is not None
        assert (found.value, found.text.id) == (None, "tidak terukur")


async def test_a_load_that_fails_does_not_keep_the_line(house: House) -> None:
    page = await house.page()

    async def silent(page: Page, message: m.TrialDo) -> None:
        return None

    page.answers["load_up"] = silent
    await house.ended(await page.start())
    assert not house.desk._setup.tools.load_turn.locked()
    page.answers.clear()
    assert (await house.ended(await page.start())).verdict == "pass"


async def test_devices_that_are_denied_are_not_looked_at(house: House) -> None:
    page = await house.page()

    async def denied(page: Page, message: m.TrialDo) -> m.TaskResult:
        return m.DeviceFacts(camera_problem="denied", microphone_problem="denied")

    page.answers["devices"] = denied
    run = await house.ended(await page.start())
    assert run.step("devices").cause_code == "camera_denied"
    assert run.step("devices").figures == ()
    assert house.desk.still(run.id) == b""
    assert all(not leg.endswith("/look") for leg, _, _ in house.engine.sent)


async def test_what_the_search_for_a_rate_loses_is_not_the_line_s(house: House) -> None:
    page = await house.page()
    up, down = examples.leg(up=examples.lost(40)), examples.leg(down=examples.lost(30))
    house.engine.reports = [up, up, up, up, up, down, down]
    run = await house.ended(await page.start())
    assert house.engine.reports == []
    assert (run.value("loss_up_percent"), run.value("loss_down_percent")) == (0, 0)


async def test_a_line_that_goes_on_losing_is_measured_as_it_is(house: House) -> None:
    page = await house.page()
    house.engine.report = examples.leg(up=examples.lost(20))
    run = await house.ended(await page.start())
    assert run.value("loss_up_percent") == 20


@pytest.mark.parametrize(
    ("frames", "changed", "moves"), [(None, 0, None), (5, 0, None), (30, 0, False), (30, 1, True)]
)
async def test_the_station_knows_whether_its_camera_moves(
    house: House, frames: int | None, changed: int, moves: bool | None
) -> None:
    page = await house.page()

    async def devices(page: Page, message: m.TrialDo) -> m.TaskResult:
        return replace(examples.DEVICES, frames=frames, changed=changed)

    page.answers["devices"] = devices
    await house.ended(await page.start())
    assert set(house.moves) == {moves}
