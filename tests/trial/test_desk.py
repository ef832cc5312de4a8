"""Who may ask for what, what is shown to whom, and what is done again."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from msgspec.structs import replace

from signaling import messages as m
from tests.trial.house import BERAU, KUKAR, PASER, TURN, House, Page
from vicon.core.refusals import Refused
from vicon.measure.run import encode, measured_at
from vicon.trial import desk as desks
from vicon.trial import stations


def start(room: str = KUKAR, *, kind: m.RunKind = "full", force: bool = False) -> m.TrialStart:
    return m.TrialStart(room=room, kind=kind, seconds=5, force=force)


async def started(house: House, seat: object, body: m.TrialStart | m.TrialRepeat) -> str:
    outcome = await house.desk.command(seat, body)  # type: ignore[arg-type]
    assert isinstance(outcome, m.TrialStarted), outcome
    return outcome.run


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "room", "code"),
    [
        ("operator", PASER, "not_allowed"),
        ("tester", PASER, "not_allowed"),
        ("observer", None, "not_allowed"),
        ("operator", KUKAR, ""),
        ("tester", KUKAR, ""),
        ("technician", None, ""),
        ("moderator", "64", ""),
    ],
)
async def test_who_may_test_a_room(house: House, role: str, room: str | None, code: str) -> None:
    page = await house.page()
    seat = await house.seat(role, room)
    if not code:
        run = await started(house, seat, start())
        assert await house.desk.command(seat, m.TrialStop(run=run)) is None
        assert house.store.run(run).state == "stopped"
        return
    assert await house.refused(seat, start()) == code
    run = await page.start()
    assert await house.refused(seat, m.TrialStop(run=run)) == code
    assert await house.refused(seat, m.TrialRepeat(run=run, step="browser")) == code
    assert house.runner(run).run_now.state == "running"


@pytest.mark.parametrize("role", ["operator", "tester", "observer"])
async def test_only_guides_sweep(house: House, role: str) -> None:
    await house.page()
    seat = await house.seat(role, KUKAR if role != "observer" else None)
    assert await house.refused(seat, m.TrialSweep()) == "not_allowed"
    assert await house.refused(seat, m.TrialSweepStop()) == "not_allowed"


async def test_who_has_no_room_is_no_station(house: House) -> None:
    for role in ("technician", "observer"):
        seat = await house.seat(role)
        assert await house.refused(seat, m.TrialOffer(station="s")) == "not_allowed"


async def test_refusals_say_what_is_the_matter(house: House) -> None:
    guide = await house.seat("technician")
    assert await house.refused(guide, start()) == "no_station"
    assert await house.refused(guide, start("99.99")) == "unknown_room"
    assert await house.refused(guide, m.TrialSweep()) == "no_station"
    assert await house.refused(guide, m.TrialSweepStop()) == "unknown_run"
    assert await house.refused(guide, m.TrialStop(run="none")) == "unknown_run"
    assert await house.refused(guide, m.TrialRepeat(run="none", step="media")) == "unknown_run"
    page = await house.page()
    run = await page.start()
    assert await house.refused(guide, start()) == "trial_running"
    assert await house.refused(guide, m.TrialRepeat(run=run, step="verdict")) == "trial_task"
    other = await house.seat("tester", KUKAR)
    report = m.TrialReport(run=run, task=1, result=m.Echoed())
    assert await house.refused(other, report) == "unknown_run"
    assert await house.refused(other, m.TrialConnect(run=run, leg="call", sdp="v=0")) == (
        "unknown_run"
    )
    assert page.seat is not None
    assert await house.refused(page.seat, replace(report, task=999)) == "trial_task"
    early = m.TrialConnect(run=run, leg="call", sdp="v=0")
    assert await house.refused(page.seat, early) == "trial_task"
    assert house.engine.open == {}


async def test_a_server_under_pressure_begins_no_trial_unless_a_guide_insists(
    house: House,
) -> None:
    page = await house.page()
    guide = await house.seat("moderator", "64")
    house.hosted.press(1)
    assert await house.refused(guide, start()) == "server_full"
    assert await house.refused(guide, m.TrialSweep()) == "server_full"
    assert page.seat is not None
    assert await house.refused(page.seat, start(force=True)) == "server_full"
    forced = await house.ended(await started(house, guide, start(force=True)))
    assert forced.state == "done"


async def test_a_live_session_is_not_disturbed(house: House) -> None:
    page = await house.page()
    guide = await house.seat("moderator", "64")
    house.hosted.set_phase("live")
    assert await house.refused(guide, start()) == "trial_live"
    assert await house.refused(guide, m.TrialSweep()) == "trial_live"
    assert page.seat is not None
    assert await house.refused(page.seat, start(force=True)) == "trial_live"
    quick = await house.ended(await started(house, page.seat, start(kind="quick")))
    assert quick.verdict == "pass"
    forced = await house.ended(await started(house, guide, start(force=True)))
    assert (forced.state, forced.step("capacity").state) == ("done", "pass")


async def test_a_session_that_goes_live_in_the_middle_gets_no_load(house: House) -> None:
    page = await house.page()
    run = await page.start()
    await asyncio.sleep(12)
    house.hosted.set_phase("live")
    ended = await house.ended(run)
    assert ended.step("capacity").state == "skipped"
    assert "sesi berlangsung" in ended.step("capacity").line.id
    assert "load_up" not in page.asked
    assert ended.verdict == "warn", "not all was measured"
    assert house.hosted.recorded == []


# --- who sees what ---------------------------------------------------------------------------


async def test_guides_see_everything_and_a_room_its_own(house: House) -> None:
    guide, elsewhere = await house.seat("technician"), await house.seat("operator", PASER)
    page = await house.page()
    assert [s.room for s in guide.of(m.TrialStations)[-1].stations] == [KUKAR]
    run = await page.start()
    assert guide.of(m.TrialStations)[-1].stations[0].busy
    await house.ended(run)
    assert not guide.of(m.TrialStations)[-1].stations[0].busy
    assert page.seat is not None
    assert page.seat.of(m.TrialRun)[-1] == guide.of(m.TrialRun)[-1]
    assert elsewhere.got == []
    later = await house.seat("moderator", "64")
    assert [one.run.id for one in later.of(m.TrialRun)] == [run]


async def test_a_page_that_comes_back_sees_its_run(house: House) -> None:
    page = await house.page()
    run = await page.start()
    await asyncio.sleep(7)
    await page.reload(3)
    assert page.seat is not None
    assert page.seat.of(m.TrialRun)[0].run.id == run
    assert (await house.ended(run)).state == "done"


async def test_a_moderators_own_page_gets_each_view_once(house: House) -> None:
    page = await house.page("64", role="moderator")
    await house.ended(await page.start("quick"))
    assert page.seat is not None
    views = page.seat.of(m.TrialRun)
    assert all(a is not b for a, b in pairwise(views))
    assert [one.run.state for one in views].count("done") == 1


async def test_the_still_is_dropped_after_a_while(house: House) -> None:
    page = await house.page()
    run = await page.start("quick")
    await house.ended(run)
    assert house.desk.still(run) == b"jpeg"
    await asyncio.sleep(desks.STILL_S + 1)
    assert house.desk.still(run) == b""
    assert house.desk.still("none") == b""


async def test_turn_credentials_are_for_the_one_who_asks(house: House) -> None:
    seat = await house.seat("operator", KUKAR)
    (server,) = house.desk.ice(seat.actor)
    assert server.urls == list(TURN.urls)
    assert server.username.endswith(f":{KUKAR}")
    await house.desk.gone(seat)


# --- stations --------------------------------------------------------------------------------


async def test_the_askers_own_page_is_tested_before_another(house: House) -> None:
    tester = await house.page(name="page")
    operator = await house.page(role="operator", name="join")
    guide = await house.seat("technician")
    assert house.runner(await started(house, guide, start())).station.name == "page"
    assert house.runner(await operator.start("quick")).station.name == "join"
    await house.desk.command(guide, m.TrialStop(run="r1"))
    assert house.runner(await tester.start("quick")).station.name == "page"


async def test_a_busy_page_is_passed_over(house: House) -> None:
    await house.page(name="one")
    await house.page(name="two")
    guide = await house.seat("technician")
    names = {house.runner(await started(house, guide, start())).station.name for _ in range(2)}
    assert names == {"one", "two"}
    assert await house.refused(guide, start()) == "trial_running"


async def test_one_connection_is_one_station(house: House) -> None:
    page = await house.page(name="one")
    assert await page.ask(m.TrialOffer(station="two")) is None
    guide = await house.seat("technician")
    assert [s.station for s in guide.of(m.TrialStations)[-1].stations] == ["two"]
    await asyncio.sleep(stations.KEPT_S + 1)
    assert len(house.desk._stations) == 1


async def test_a_withdrawn_page_ends_its_run(house: House) -> None:
    page = await house.page()
    run = await page.start()
    await asyncio.sleep(3)
    await page.ask(m.TrialWithdraw())
    assert house.store.run(run).state == "stopped"
    guide = await house.seat("technician")
    assert guide.of(m.TrialStations)[-1].stations == []
    assert await house.refused(guide, start()) == "no_station"


async def test_stations_that_are_gone_are_forgotten(house: House) -> None:
    pages = [await house.page(name=f"p{n}") for n in range(stations.MAX_PER_ROOM)]
    one_more = Page(house, KUKAR, name="more")
    seat = await house.seat("tester", KUKAR)
    offer = m.TrialOffer(station=one_more.name)
    assert await house.refused(seat, offer) == "busy"
    for page in pages:
        await page.go()
    assert await house.refused(seat, start()) == "no_station"
    await asyncio.sleep(stations.KEPT_S + 1)
    assert len(house.desk._stations) == 0
    assert await house.desk.command(seat, offer) is None


async def test_old_runs_are_let_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "KEPT_RUNS", 3)
    page = await house.page()
    runs = [await page.start("quick")]
    await house.ended(runs[0])
    for _ in range(5):
        runs.append(await page.start("quick"))
        await house.ended(runs[-1])
    assert list(house.desk._runners) == runs[-3:]
    assert len(house.store.kept) == 6


async def test_two_rooms_at_once(house: House) -> None:
    pages = [await house.page(room) for room in (KUKAR, PASER)]
    pages[1].paths = {"turn_tls"}
    runs = [await page.start() for page in pages]
    ended = [await house.ended(run) for run in runs]
    assert [run.verdict for run in ended] == ["pass", "warn"]
    assert [run.path.split()[0] for run in ended] == ["udp", "turn_tls"]
    assert house.engine.most_loading == 1


# --- again -----------------------------------------------------------------------------------


async def test_a_step_is_repeated_while_the_run_goes_on(house: House) -> None:
    page = await house.page()
    run = await page.start()
    await asyncio.sleep(8)
    assert await started(house, page.seat, m.TrialRepeat(run=run, step="devices")) == run
    ended = await house.ended(run)
    assert page.asked.count("devices") == 2
    assert ended.step("devices").attempts == 2
    assert ended.verdict == "pass"


async def test_a_repeat_of_an_ended_run_takes_the_other_steps_over(house: House) -> None:
    page = await house.page()
    page.answers["devices"] = _no_camera
    first = await house.ended(await page.start())
    assert first.verdict == "fail"
    page.answers.clear()
    asked = len(page.asked)
    again = await started(house, page.seat, m.TrialRepeat(run=first.id, step="devices"))
    shown = house.runner(again).view()
    assert [(s.name, s.state) for s in shown.steps if s.state == "pending"] == [
        ("devices", "pending"), ("verdict", "pending"),
    ]  # fmt: skip
    second = await house.ended(again)
    assert (second.verdict, second.repeats) == ("pass", first.id)
    assert set(page.asked[asked:]) == {"devices", "call", "hang_up", "end"}
    assert second.step("media") == first.step("media")
    assert second.step("devices").attempts == 2
    assert house.store.run(first.id) == first, "the first stays as it was"
    assert house.hosted.recorded == [first, second]


async def test_a_stopped_repeat_has_no_verdict_of_the_run_before(house: House) -> None:
    page = await house.page()
    first = await house.ended(await page.start())
    again = await started(house, page.seat, m.TrialRepeat(run=first.id, step="media"))
    await asyncio.sleep(1)
    await page.ask(m.TrialStop(run=again))
    run = house.store.run(again)
    assert (run.state, run.verdict) == ("stopped", None)
    assert (run.step("verdict").state, run.step("verdict").line.id) == ("skipped", "")
    assert run.value("rtt_ms") is None


async def test_two_repeats_of_one_run_do_not_mix(house: House) -> None:
    page = await house.page()
    first = await house.ended(await page.start())
    page.paths = set()
    blocked = await started(house, page.seat, m.TrialRepeat(run=first.id, step="paths"))
    assert (await house.ended(blocked)).verdict == "fail"
    page.paths = {"udp"}
    other = await started(house, page.seat, m.TrialRepeat(run=first.id, step="browser"))
    assert (await house.ended(other)).verdict == "pass"
    assert (await house.ended(other)).path.startswith("udp")


async def test_of_a_run_that_is_only_stored_all_is_done_again(house: House) -> None:
    page = await house.page()
    first = await house.ended(await page.start())
    house.desk._runners.clear()
    asked = len(page.asked)
    again = await started(house, page.seat, m.TrialRepeat(run=first.id, step="media"))
    assert (await house.ended(again)).verdict == "pass"
    assert set(page.asked[asked:]) >= {"browser", "devices", "echo", "path", "watch", "cut"}
    stored = house.store.kept[first.id]
    house.store.kept[first.id] = replace(stored, conference="another")
    house.desk._runners.clear()
    assert page.seat is not None
    assert await house.refused(page.seat, m.TrialRepeat(run=first.id, step="media")) == (
        "unknown_run"
    )
    house.store.broken = True
    assert await house.refused(page.seat, m.TrialRepeat(run=first.id, step="media")) == (
        "journal_failed"
    )
    house.store.broken = False


async def test_a_repeat_needs_an_idle_page_and_no_session(house: House) -> None:
    page = await house.page()
    guide = await house.seat("technician")
    first = (await house.ended(await page.start())).id
    repeat = m.TrialRepeat(run=first, step="media")
    second = await page.start()
    assert await house.refused(guide, repeat) == "trial_running"
    await page.ask(m.TrialStop(run=second))
    house.hosted.set_phase("live")
    assert await house.refused(guide, repeat) == "trial_live"
    house.hosted.set_phase("lobby")
    await page.go()
    assert await house.refused(guide, repeat) == "no_station"


async def test_a_repeat_that_comes_too_late_is_refused(house: House) -> None:
    page = await house.page()
    run = await page.start("quick")
    runner = house.runner(run)
    while not runner._finishing:
        await asyncio.sleep(0.0005)
    outcome = await page.ask(m.TrialRepeat(run=run, step="media"))
    assert outcome == Refused("trial_running")


async def _no_camera(page: Page, message: m.TrialDo) -> m.TaskResult:
    return m.DeviceFacts(camera_problem="denied", microphone_problem="denied")


async def test_an_unreadable_run_of_a_former_server_is_closed_too(house: House) -> None:
    page = await house.page()
    run = await page.start()
    await asyncio.sleep(1)
    left = House(store=type(house.store)())
    left.store.kept = {run: replace(house.store.kept[run], body=b"{")}
    await left.desk.start()
    assert left.store.kept[run].state == "broken"


async def test_ended_runs_of_a_former_server_stay_as_they_are(house: House) -> None:
    page = await house.page(BERAU)
    run = await house.ended(await page.start("quick"))
    left = House(store=type(house.store)())
    left.store.kept = dict(house.store.kept)
    await left.desk.start()
    assert left.store.kept[run.id].body == encode(run)


async def test_a_page_that_comes_back_too_late_is_told_that_its_run_has_ended(house: House) -> None:
    """The server waited for it, gave the run up, and forgot the station."""
    page = await house.page()
    run = await page.start()
    await asyncio.sleep(4)
    await page.go()
    assert (await house.ended(run)).state == "broken"
    await asyncio.sleep(2 * stations.KEPT_S)
    await page.come()
    assert page.seat is not None
    (told,) = page.seat.of(m.TrialRun)
    assert (told.run.id, told.run.state) == (run, "broken")
    ends = [one for one in page.seat.of(m.TrialDo) if isinstance(one.body, m.DoEnd)]
    assert [one.run for one in ends] == [run]


async def test_a_damaged_run_is_not_repeated_and_ends_nobodys_connection(house: House) -> None:
    page = await house.page()
    run = await house.ended(await page.start())
    house.store.kept["old"] = replace(house.store.kept[run.id], id="old", body=b"\x00")
    guide = await house.seat("technician")
    assert await house.refused(guide, m.TrialRepeat(run="old", step="browser")) == "unknown_run"


async def test_what_is_taken_over_is_no_younger_for_one_step_done_again(house: House) -> None:
    page = await house.page()
    first = await house.ended(await page.start())
    await asyncio.sleep(600)
    guide = await house.seat("technician")
    again = await started(house, guide, m.TrialRepeat(run=first.id, step="browser"))
    second = await house.ended(again)
    assert second.ended_at is not None
    assert first.ended_at is not None
    assert measured_at(second) <= first.ended_at < second.started_at
    assert [run.id for run in house.hosted.recorded] == [first.id, second.id]


async def test_a_page_that_comes_back_in_a_run_is_not_told_that_an_older_one_has_ended(
    house: House,
) -> None:
    """It would give up what it is doing for the one that goes on."""
    page = await house.page()
    await house.ended(await page.start())
    run = await house.ended(await page.start())  # it loses its socket where the line is cut
    assert run.step("reconnect").state == "pass"
    assert page.seat is not None
    ends = [one.run for one in page.seat.of(m.TrialDo) if isinstance(one.body, m.DoEnd)]
    assert ends == [run.id]
