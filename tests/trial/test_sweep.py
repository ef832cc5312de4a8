"""All rooms one by one, then at once."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from signaling import messages as m
from tests.trial import examples
from tests.trial.house import BERAU, KUKAR, PASER, House, Page, Seat
from vicon.trial.sweep import THUMBNAIL_KBPS, Sweep


async def begun(house: House) -> Seat:
    guide = await house.seat("technician")
    assert await house.desk.command(guide, m.TrialSweep(seconds=5)) is None
    return guide


def sweep_of(house: House) -> Sweep:
    return next(iter(house.desk._sweeps.values()))


async def over(house: House) -> m.SweepView:
    while sweep_of(house).running:
        await asyncio.sleep(0.5)
    return sweep_of(house).view()


async def until(house: House, after: float, part: str) -> None:
    """So many seconds into this part of the sweep."""
    await asyncio.sleep(0)
    while sweep_of(house).view().part != part:
        await asyncio.sleep(0.1)
    await asyncio.sleep(after)
    assert sweep_of(house).running


def why(room: m.SweepRoomView) -> str:
    return room.why.id if room.why is not None else ""


def rooms(view: m.SweepView) -> dict[str, m.SweepRoomView]:
    return {room.room: room for room in view.rooms}


async def test_three_rooms_one_without_a_page(house: House) -> None:
    pages = {room: await house.page(room) for room in (PASER, BERAU)}
    guide = await begun(house)
    view = await over(house)
    assert (view.state, view.part, view.by) == ("done", "over", "technician")
    assert view.ended_at is not None
    found = rooms(view)
    assert list(found) == [PASER, KUKAR, BERAU]
    assert (found[KUKAR].state, found[KUKAR].run) == ("skipped", None)
    assert "halaman uji" in why(found[KUKAR])
    for room in pages:
        one = found[room]
        assert (one.state, one.verdict, one.together_verdict, one.why) == (
            "done", "pass", "pass", None,
        )  # fmt: skip
        alone, together = house.store.run(one.run or ""), house.store.run(one.together or "")
        assert not alone.together
        assert together.together
        assert alone.sweep == together.sweep == view.id
        assert [s.name for s in together.steps if s.state == "pass"] == ["media", "verdict"]
    assert {run.room for run in house.hosted.recorded} == {PASER, BERAU}, "alone counts"
    assert len(house.hosted.recorded) == 2
    parts = [one.sweep.part for one in guide.of(m.TrialSweeping) if one.sweep is not None]
    assert parts == sorted(parts, key=("one_by_one", "together", "over").index)


async def test_alone_means_alone_and_together_means_together(house: House) -> None:
    for room in (PASER, KUKAR, BERAU):
        await house.page(room)
    await begun(house)
    view = await over(house)
    alone = [house.store.run(one.run or "") for one in view.rooms]
    for before, after in pairwise(alone):
        assert before.ended_at is not None
        assert before.ended_at <= after.started_at
    together = [house.store.run(one.together or "") for one in view.rooms]
    assert max(run.started_at for run in together) < min(run.ended_at or 0 for run in together)
    assert house.engine.most_open == 3
    extras = {extra for leg, _, extra in house.engine.sent if leg.startswith(together[0].id)}
    assert extras == {2 * THUMBNAIL_KBPS}


async def test_what_is_worse_together_is_told(house: House) -> None:
    for room in (PASER, KUKAR):
        await house.page(room)
    await begun(house)
    while sweep_of(house).view().part != "together":
        await asyncio.sleep(0.5)
    house.engine.report = examples.leg(up=examples.lost(9.0))
    view = await over(house)
    one = rooms(view)[PASER]
    assert (one.verdict, one.together_verdict) == ("pass", "fail")
    assert "9,0" in why(one)


async def test_one_room_has_no_together_part(house: House) -> None:
    await house.page(PASER)
    await begun(house)
    view = await over(house)
    assert rooms(view)[PASER].together is None
    assert view.state == "done"


async def test_a_room_that_fails_alone_is_not_tried_together(house: House) -> None:
    for room in (PASER, KUKAR, BERAU):
        page = await house.page(room)
        page.paths = {"udp"} if room != KUKAR else set()
    await begun(house)
    found = rooms(await over(house))
    assert (found[KUKAR].verdict, found[KUKAR].together) == ("fail", None)
    assert found[PASER].together_verdict == found[BERAU].together_verdict == "pass"


async def test_a_page_that_goes_does_not_hold_the_sweep(house: House) -> None:
    gone = await house.page(PASER)
    gone.answers["watch"] = _goes
    await house.page(KUKAR)
    await begun(house)
    found = rooms(await over(house))
    assert found[PASER].verdict is None
    assert "tidak kembali" in why(found[PASER])
    assert found[KUKAR].verdict == "pass"


async def _goes(page: Page, message: m.TrialDo) -> None:
    await page.go()


async def test_a_room_that_is_being_tested_is_left_out(house: House) -> None:
    busy = await house.page(PASER)
    await house.page(KUKAR)
    run = await busy.start()
    await begun(house)
    await asyncio.sleep(0.1)
    found = rooms(sweep_of(house).view())
    assert found[PASER].state == "skipped"
    assert "dari tempat lain" in why(found[PASER])
    assert (await house.ended(run)).verdict == "pass"


@pytest.mark.parametrize("after", [0.0, 0.01, 4.0, 45.0, 80.0])
@pytest.mark.parametrize("part", ["one_by_one", "together"])
async def test_stop_in_the_middle(house: House, after: float, part: str) -> None:
    after = min(after, 5.0) if part == "together" else after
    for room in (PASER, KUKAR, BERAU):
        await house.page(room)
    guide = await begun(house)
    await until(house, after, part)
    assert await house.desk.command(guide, m.TrialSweepStop()) is None
    runs = len(house.store.kept)
    view = sweep_of(house).view()
    assert (view.state, view.part) == ("stopped", "over")
    assert {room.state for room in view.rooms} <= {"done", "skipped"}
    assert guide.of(m.TrialSweeping)[-1].sweep == view
    await asyncio.sleep(60)
    assert len(house.store.kept) == runs, "nothing began after the stop"
    assert not any(one.state == "running" for one in house.store.kept.values())
    assert await house.refused(guide, m.TrialSweepStop()) == "unknown_run"


@pytest.mark.parametrize("after", [0.0, 4.0])
@pytest.mark.parametrize("part", ["one_by_one", "together"])
async def test_the_servers_end_breaks_a_sweep(house: House, after: float, part: str) -> None:
    for room in (PASER, KUKAR, BERAU):
        await house.page(room)
    await begun(house)
    await until(house, after, part)
    await house.desk.stop()
    assert sweep_of(house).view().state == "broken"
    assert {one.state for one in house.store.kept.values()} <= {"done", "broken"}


async def test_a_session_that_begins_ends_an_unforced_sweep(house: House) -> None:
    """No hall's line is filled once the session is live."""
    for room in (PASER, KUKAR, BERAU):
        await house.page(room)
    await begun(house)
    await until(house, 4.0, "one_by_one")
    house.hosted.set_phase("live")
    view = await over(house)
    found = rooms(view)
    assert [found[room].state for room in (PASER, KUKAR, BERAU)].count("done") == 1
    late = [room for room in found.values() if "sudah dimulai" in why(room)]
    assert len(late) >= 2
    assert not any(room.together for room in view.rooms)


async def test_one_sweep_at_a_time_and_one_after_the_other(house: House) -> None:
    await house.page(PASER)
    guide = await begun(house)
    assert await house.refused(guide, m.TrialSweep()) == "trial_running"
    await over(house)
    assert await house.desk.command(guide, m.TrialSweep(seconds=5)) is None
    assert (await over(house)).state == "done"


async def test_whoever_comes_later_sees_the_sweep(house: House) -> None:
    await house.page(PASER)
    await begun(house)
    await asyncio.sleep(2)
    later = await house.seat("moderator", "64")
    (told,) = later.of(m.TrialSweeping)
    assert told.sweep is not None
    assert told.sweep.state == "running"


async def test_that_there_is_no_sweep_is_told(house: House) -> None:
    """A page or program that saw one before the server was restarted must not wait for it."""
    (told,) = (await house.seat("technician")).of(m.TrialSweeping)
    assert told.sweep is None
