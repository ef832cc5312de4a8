"""A run from its start to its end, whatever happens in between."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from signaling import messages as m
from tests.trial import examples
from tests.trial.house import Answer, House, Page, dead
from vicon.measure.run import Run, StepName, sealed
from vicon.ports import MediaError
from vicon.trial import loads

TASK_OF: dict[StepName, str] = {
    "browser": "browser",
    "devices": "devices",
    "signalling": "echo",
    "paths": "path",
    "media": "watch",
    "capacity": "load_up",
    "reconnect": "cut",
}
MEASURING = tuple(TASK_OF)


def states(run: Run) -> dict[str, str]:
    return {step.name: step.state for step in run.steps}


def once(first: Answer) -> Answer:
    """Answers the first time so, then as a good page does."""
    done = False

    async def answer(page: Page, message: m.TrialDo) -> m.TaskResult | None:
        nonlocal done
        if done:
            return await page.does(message)
        done = True
        return await first(page, message)

    return answer


async def reloads(page: Page, message: m.TrialDo) -> None:
    await page.reload(2)


async def goes(page: Page, message: m.TrialDo) -> None:
    await page.go()


async def is_silent(page: Page, message: m.TrialDo) -> None:
    return None


async def cannot(page: Page, message: m.TrialDo) -> m.TaskResult:
    return m.Failed(why="NotReadableError")


async def test_a_good_line_is_ready(house: House) -> None:
    page = await house.page()
    run = await house.ended(await page.start())
    assert set(states(run).values()) == {"pass"}, states(run)
    assert (run.state, run.verdict, run.profile) == ("done", "pass", "720p")
    assert run.path == "udp (host, udp)"
    assert sealed(run)
    assert house.hosted.recorded == [run]
    assert page.asked[-1] == "end"
    assert all(step.attempts == 1 for step in run.steps)
    for name in ("rtt_ms", "jitter_ms", "loss_up_percent", "capacity_up_kbps", "mos"):
        assert run.value(name) is not None, name


async def test_a_program_has_no_devices_and_is_ready_all_the_same(house: House) -> None:
    page = Page(house, "64.02")
    page.program = True
    house.pages.append(await page.come())
    run = await house.ended(await page.start())
    assert states(run) == {**dict.fromkeys(states(run), "pass"), "devices": "skipped"}
    assert (run.verdict, run.client) == ("pass", "program")
    assert house.hosted.recorded == [run]
    assert "hang_up" not in page.asked


async def test_a_quick_run_makes_no_load_and_cuts_nothing(house: House) -> None:
    page = await house.page()
    began = asyncio.get_running_loop().time()
    run = await house.ended(await page.start("quick", 30))
    assert asyncio.get_running_loop().time() - began < 15
    assert (run.verdict, run.profile) == ("pass", "720p")
    assert (states(run)["capacity"], states(run)["reconnect"]) == ("skipped", "skipped")
    assert not {"load_up", "cut"} & set(page.asked)
    assert house.hosted.recorded == []


@pytest.mark.parametrize("step", MEASURING)
async def test_a_page_that_reloads_in_a_step_is_asked_again(house: House, step: StepName) -> None:
    page = await house.page()
    page.answers[TASK_OF[step]] = once(reloads)
    run = await house.ended(await page.start())
    assert run.state == "done"
    if step == "signalling":
        found = run.step(step)
        assert (found.state, found.cause_code, found.attempts) == ("fail", "signalling_lost", 1)
    elif step == "reconnect":  # a page that forgets the task while it is cut answers nothing
        assert run.step(step).cause_code == "station_timeout"
    else:
        assert (run.step(step).state, run.step(step).attempts) == ("pass", 2)
        assert run.verdict == "pass"


@pytest.mark.parametrize("step", MEASURING)
async def test_a_page_that_reloads_in_a_pause_is_noticed(house: House, step: StepName) -> None:
    """Nothing is being asked of it at that moment."""
    page = await house.page()
    reloaded = 0

    async def slips_away(page: Page, message: m.TrialDo) -> m.TaskResult | None:
        nonlocal reloaded
        result = await page.does(message)
        if not reloaded:
            assert page.seat is not None
            await page.ask(m.TrialReport(run=message.run, task=message.task, result=result))  # type: ignore[arg-type]
            reloaded += 1
            await page.reload(0.1)
            return None
        return result

    page.answers[TASK_OF[step]] = slips_away
    run = await house.ended(await page.start())
    assert run.state == "done"
    if step == "signalling":
        assert run.step(step).cause_code == "signalling_lost"
        assert run.value("signalling_held_s") is not None
    else:
        assert run.verdict == "pass", run.sentence


@pytest.mark.parametrize("step", MEASURING)
async def test_a_page_that_does_not_come_back_ends_the_run(house: House, step: StepName) -> None:
    page = await house.page()
    page.answers[TASK_OF[step]] = goes
    run = await house.ended(await page.start())
    found = run.step(step)
    if step == "reconnect":  # that is what this step asks: it does not come back
        assert (run.state, found.state, found.cause_code) == ("done", "fail", "reconnect_none")
        return
    assert run.state == "broken"
    assert "tidak kembali" in run.sentence.id
    assert (found.state, found.cause_code) == ("fail", "station_lost")
    assert found.figures == ()
    later = run.steps[[s.name for s in run.steps].index(step) + 1 :]
    assert {(s.state, s.figures, s.cause) for s in later} == {("skipped", (), None)}
    assert (run.verdict, run.profile) == (None, None)
    assert house.hosted.recorded == []


async def test_a_page_that_reloads_again_and_again_is_told_so(house: House) -> None:
    page = await house.page()
    page.answers["browser"] = reloads
    run = await house.ended(await page.start())
    assert run.state == "done"
    assert run.step("browser").cause_code == "station_unsteady"
    assert run.step("browser").attempts == 2


@pytest.mark.parametrize("step", MEASURING)
async def test_a_silent_page_is_told_and_the_run_goes_on(house: House, step: StepName) -> None:
    page = await house.page()
    page.answers[TASK_OF[step]] = is_silent
    run = await house.ended(await page.start())
    assert run.state == "done"
    assert (run.step(step).state, run.step(step).cause_code) == ("fail", "station_timeout")
    assert run.step(step).figures == ()
    assert run.verdict == "fail"


@pytest.mark.parametrize("step", ["browser", "devices", "media", "reconnect"])
async def test_what_a_page_cannot_do_is_told_in_its_words(house: House, step: StepName) -> None:
    page = await house.page()
    page.answers[TASK_OF[step]] = cannot
    run = await house.ended(await page.start())
    found = run.step(step)
    assert (found.state, found.cause_code, found.notes) == ("fail", "failed", ("NotReadableError",))
    assert found.cause is not None
    assert "NotReadableError" in found.cause.id
    assert found.figures == ()


async def test_a_load_that_cannot_be_sent_is_not_measured(house: House) -> None:
    page = await house.page()
    page.answers["load_up"] = cannot
    run = await house.ended(await page.start())
    assert run.value("capacity_up_kbps") is None
    assert run.value("capacity_down_kbps") == 4000
    assert run.step("capacity").cause_code == "capacity_unknown"
    assert (run.verdict, run.profile) == ("warn", "720p")


@pytest.mark.parametrize(
    ("call", "step"),
    [
        ("leg_open", "devices"),
        ("leg_collect", "devices"),
        ("leg_mark", "media"),
        ("leg_read", "media"),
        ("leg_load_down", "capacity"),
        ("leg_load_up", "capacity"),
    ],
)
@pytest.mark.parametrize("times", [1, 2])
async def test_a_media_worker_that_dies(
    house: House, call: str, step: StepName, times: int
) -> None:
    page = await house.page()
    house.engine.fail[call] = [dead() for _ in range(times)]
    run = await house.ended(await page.start())
    found = run.step(step)
    assert (run.state, found.attempts) == ("done", 2)
    if times == 1:
        assert found.state == "pass"
        assert run.verdict == "pass"
        return
    assert (found.state, found.cause_code, found.figures) == ("warn", "worker_lost", ())
    assert run.verdict == "warn", "it is not the hall's fault"
    assert run.profile == (None if step == "media" else "720p")


async def test_a_worker_that_refuses_paths_is_not_a_blocked_network(house: House) -> None:
    page = await house.page()
    house.engine.fail["leg_open"] = [dead() for _ in range(40)]
    run = await house.ended(await page.start())
    assert run.step("paths").cause_code == "worker_lost"


async def test_no_way_at_all_skips_what_needs_one(house: House) -> None:
    page = await house.page()
    page.paths = set()
    run = await house.ended(await page.start())
    assert run.step("paths").cause_code == "all_paths_dead"
    for name in ("media", "capacity", "reconnect"):
        assert (run.step(name).state, run.step(name).figures) == ("skipped", ()), name
    assert (run.verdict, run.profile) == ("fail", "none")
    assert run.sentence.id.startswith("Tidak ada jalan media")
    assert house.hosted.recorded == [run]


async def test_udp_blocked_goes_by_tls(house: House) -> None:
    page = await house.page()
    page.paths = {"turn_tls"}
    run = await house.ended(await page.start())
    assert run.step("paths").cause_code == "udp_blocked"
    assert run.path.startswith("turn_tls")
    assert run.verdict == "warn"


async def test_a_call_that_does_not_connect_leaves_no_leg(house: House) -> None:
    page = await house.page()

    async def blocked(page: Page, message: m.TrialDo) -> m.TaskResult:
        assert isinstance(message.body, m.DoCall)
        await page.connect(message.run, message.body.leg)
        return examples.BLOCKED

    page.answers["call"] = blocked
    run = await house.ended(await page.start())
    assert run.step("media").cause_code == "ice_failed"
    assert run.step("devices").cause_code == "devices_unseen"
    assert run.step("reconnect").cause_code == "reconnect_none"
    assert run.verdict == "fail"
    assert house.engine.most_open == 1


async def test_a_page_that_comes_back_without_its_media_is_not_believed(house: House) -> None:
    """It says that all is well; of its call nothing comes at the server."""
    page = await house.page()

    async def mute(page: Page, message: m.TrialDo) -> m.TaskResult | None:
        result = await page.does(message)
        house.engine.report = replace(examples.leg(), up=None, up_kbps=0.0)
        assert isinstance(result, m.Cut)
        assert result.media_ms is not None
        return result

    page.answers["cut"] = mute
    run = await house.ended(await page.start())
    found = run.step("reconnect")
    assert (found.state, found.cause_code) == ("fail", "reconnect_none")
    assert run.value("reconnect_media_ms") is None
    assert {**states(run), "reconnect": "pass", "verdict": "pass"} == dict.fromkeys(
        states(run), "pass"
    )
    assert run.verdict == "fail"


async def test_a_leg_that_ends_by_itself_is_closed_and_tried_again(house: House) -> None:
    page = await house.page()
    house.engine.fail["leg_read"] = [MediaError("media_state", "ended")]
    run = await house.ended(await page.start())
    assert run.verdict == "pass"
    assert run.step("media").attempts == 2


async def test_an_offer_that_comes_too_late_opens_nothing(house: House) -> None:
    page = await house.page()
    late: list[bool] = []

    async def dawdles(page: Page, message: m.TrialDo) -> m.TaskResult | None:
        assert isinstance(message.body, m.DoPath)
        await asyncio.sleep(40)
        late.append(await page.connect(message.run, message.body.leg))
        return examples.CONNECTED

    page.answers["path"] = dawdles
    run = await house.ended(await page.start())
    await asyncio.sleep(60)
    assert run.step("paths").cause_code == "station_timeout"
    assert late == [False]


@pytest.mark.parametrize("step", MEASURING)
async def test_stop_in_each_step(house: House, step: StepName) -> None:
    page = await house.page()
    stopping: list[asyncio.Task[object]] = []

    async def stops(page: Page, message: m.TrialDo) -> None:
        stopping.append(asyncio.create_task(page.ask(m.TrialStop(run=message.run))))

    page.answers[TASK_OF[step]] = stops
    run = await house.ended(await page.start())
    assert await stopping[0] is None
    assert (run.state, run.verdict, run.profile) == ("stopped", None, None)
    assert (run.step(step).state, run.step(step).figures) == ("skipped", ())
    assert run.step("verdict").state == "skipped"
    assert page.asked[-1] == "end"
    assert sealed(run)


async def test_stop_before_the_run_has_begun(house: House) -> None:
    page = await house.page()
    id = await page.start()
    await page.ask(m.TrialStop(run=id))
    assert house.store.run(id).state == "stopped"
    run = await house.ended(await page.start())
    assert run.verdict == "pass"


@pytest.mark.parametrize("after", [0.0, 0.5, 6.0, 20.0])
async def test_the_servers_end_breaks_a_run_and_keeps_it(house: House, after: float) -> None:
    page = await house.page()
    id = await page.start()
    await asyncio.sleep(after)
    await house.desk.stop()
    run = house.store.run(id)
    assert (run.state, run.verdict) == ("broken", None)
    assert "dinyalakan ulang" in run.sentence.id
    assert all(step.state != "running" for step in run.steps)
    assert sealed(run)


async def test_the_servers_end_leaves_a_run_that_has_ended_as_it_is(house: House) -> None:
    page = await house.page()
    run = await house.ended(await page.start())
    await house.desk.stop()
    assert house.store.run(run.id) == run
    assert (run.state, run.verdict) == ("done", "pass")


async def test_the_servers_end_waits_for_a_run_that_is_just_being_stored(house: House) -> None:
    page = await house.page()
    id = await page.start("quick")
    while house.runner(id).run_now.state == "running":
        await asyncio.sleep(0.0005)
    await house.desk.stop()
    assert house.store.run(id).state == "done"


async def test_a_run_left_by_a_former_server_is_closed(house: House) -> None:
    page = await house.page()
    id = await page.start()
    await asyncio.sleep(10)
    left = House(store=type(house.store)())
    left.store.kept = dict(house.store.kept)
    await left.desk.start()
    run = left.store.run(id)
    assert (run.state, run.verdict) == ("broken", None)
    assert run.sentence.en.startswith("The trial broke off: the server was restarted")
    assert {step.state for step in run.steps} <= {"pass", "warn", "skipped"}
    assert sealed(run)


async def test_a_full_disk_ends_the_run_with_the_reason(house: House) -> None:
    page = await house.page()
    id = await page.start()
    await asyncio.sleep(5)
    house.store.broken = True
    await house.runner(id).over()
    run = house.runner(id).run_now
    assert run.state == "broken"
    assert "disk" in run.sentence.id
    assert house.hosted.recorded == []


async def test_a_fault_of_ours_ends_the_run_with_a_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await house.page()

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("vicon.trial.verdict._JUDGES", {"browser": breaks})
    run = await house.ended(await page.start())
    assert run.state == "broken"
    assert "kesalahan di server" in run.sentence.id
    assert run.step("browser").cause_code == "not_measured"


async def test_a_page_that_is_slow_in_everything_does_not_hold_the_run_for_ever(
    house: House,
) -> None:
    page = await house.page()

    async def slow(page: Page, message: m.TrialDo) -> m.TaskResult | None:
        result = await page.does(message)
        await asyncio.sleep(9.5)
        return result

    page.answers = {"echo": slow, "browser": slow, "path": slow, "hang_up": slow, "watch": slow}
    began = asyncio.get_running_loop().time()
    run = await house.ended(await page.start())
    assert asyncio.get_running_loop().time() - began < 260
    assert run.state == "broken"
    assert "terlalu lama" in run.sentence.id


async def test_one_line_is_filled_at_a_time_and_the_wait_is_not_the_runs(house: House) -> None:
    pages = [await house.page(name=f"p{n}") for n in range(12)]
    runs = []
    for page in pages:
        page.answers["load_up"] = _lingers
        started = await house.desk.command(
            page.seat,  # type: ignore[arg-type]
            m.TrialStart(room=page.actor.room or "", seconds=5),
        )
        assert isinstance(started, m.TrialStarted)
        runs.append(started.run)
    ended = [await house.ended(run) for run in runs]
    assert {run.verdict for run in ended} == {"pass"}
    assert house.engine.most_loading == 1


async def _lingers(page: Page, message: m.TrialDo) -> m.TaskResult | None:
    result = await page.does(message)
    await asyncio.sleep(15)
    return result


async def test_whoever_waits_too_long_for_the_line_has_no_figure(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "TURN_S", 3.0)
    page = await house.page()
    await house.desk._setup.tools.load_turn.acquire()
    run = await house.ended(await page.start())
    assert run.step("capacity").cause_code == "capacity_unknown"
    assert run.step("capacity").figures == ()
    house.desk._setup.tools.load_turn.release()


async def test_progress_and_the_microphone_are_shown_while_it_runs(house: House) -> None:
    page = await house.page()
    guide = await house.seat("technician")
    await house.ended(await page.start())
    views = [one.run for one in guide.of(m.TrialRun)]
    heard = [view for view in views if view.microphone is not None]
    assert heard
    assert all(view.steps[1].state == "running" for view in heard)
    counted = [view.steps[4].line.id for view in views if view.steps[4].state == "running"]
    assert any(line.endswith("/5\u00a0s") for line in counted)
    shares = [view.steps[4].progress for view in views if view.steps[4].progress is not None]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert views[-1].state == "done"
    assert views[-1].hash
