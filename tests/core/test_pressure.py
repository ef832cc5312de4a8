"""What gives way under pressure, in which order, and how it comes back."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from tests.core.scene import HUB, KUKAR, PASER, Scene, make_plan
from tests.core.test_layout import on
from vicon.core import commands as do
from vicon.core.commands_server import NoteClock, NotePressure, NoteTakeover
from vicon.core.events_server import ClockJumped, PressureChanged, ServerTakenOver
from vicon.core.layout import receive_wishes
from vicon.core.model import MAX_JUMPS, Actor
from vicon.core.pressure import (
    CLOSED,
    FALL_S,
    FIRST_S,
    LONGEST_FALL_S,
    NORMAL,
    PAUSED,
    RISE_S,
    SMALL,
    SOUND,
    STAGE,
    Gauge,
    Signs,
    step,
)

BUSY = Signs(media_cpu=0.97, media_late_ms=5.0, server_late_ms=2.0, descriptors_free=800)
EASY = Signs(media_cpu=0.3, media_late_ms=2.0, server_late_ms=2.0, descriptors_free=800)
HALF = Signs(media_cpu=0.8, media_late_ms=2.0, server_late_ms=2.0, descriptors_free=800)
SIGNS = st.builds(
    Signs,
    media_cpu=st.none() | st.floats(0, 1),
    media_late_ms=st.none() | st.floats(0, 500),
    server_late_ms=st.none() | st.floats(0, 1_000),
    descriptors_free=st.none() | st.integers(0, 1_000),
)


def run(
    looks: Iterable[tuple[Signs, float]], gauge: Gauge | None = None, now: float = 1_000.0
) -> list[Gauge]:
    """The gauge after each look; the second is the seconds since the last."""
    gauge, seen = gauge or Gauge(), []
    for signs, after in looks:
        now += after
        gauge = step(gauge, signs, now)
        seen.append(gauge)
    return seen


def test_one_thing_after_the_other_gives_way_and_comes_back_more_slowly() -> None:
    seen = run([(BUSY, 1.0)] * 40)
    levels = [gauge.level for gauge in seen]
    assert levels.index(CLOSED) == FIRST_S
    assert levels.index(SOUND) - levels.index(CLOSED) == 4 * RISE_S
    assert seen[-1].why == "media_cpu"
    back = [gauge.level for gauge in run([(EASY, 1.0)] * 200, seen[-1], 1_040.0)]
    assert back.index(STAGE) >= FALL_S
    assert back.index(NORMAL) - back.index(STAGE) == 4 * FALL_S


def test_a_short_peak_changes_nothing() -> None:
    assert {gauge.level for gauge in run([(BUSY, 1.0), (BUSY, 1.0), (EASY, 1.0)] * 20)} == {NORMAL}


def test_between_the_marks_all_stays_as_it_is() -> None:
    before = run([(BUSY, 1.0)] * 12)[-1]
    assert before.level > NORMAL
    assert {gauge.level for gauge in run([(HALF, 1.0)] * 600, before, 1_012.0)} == {before.level}


def test_what_came_back_too_soon_waits_longer_the_next_time() -> None:
    busy, easy = [(BUSY, 1.0)] * 4, [(EASY, 1.0)] * 300
    gauge, waits, now = Gauge(), [], 1_000.0
    for _ in range(6):
        gauge = run(busy, gauge, now)[-1]
        assert gauge.level == CLOSED
        seen = [one.level for one in run(easy, gauge, now + 4)]
        waits.append(seen.index(NORMAL))
        gauge = run(easy[: waits[-1] + 1], gauge, now + 4)[-1]
        now += 5 + waits[-1]
    assert waits == sorted(waits)
    assert waits[0] < FALL_S + 4 < LONGEST_FALL_S - 4 < waits[-1]


def test_a_server_that_is_late_itself_keeps_new_ones_out_and_touches_no_picture() -> None:
    late = Signs(media_cpu=0.1, media_late_ms=1.0, server_late_ms=900.0, descriptors_free=10)
    assert run([(late, 1.0)] * 100)[-1].level == CLOSED


@given(st.lists(st.tuples(SIGNS, st.floats(0.1, 30)), max_size=60))
def test_whatever_is_measured_it_goes_step_by_step_and_not_to_and_fro(
    looks: list[tuple[Signs, float]],
) -> None:
    before, now, changed = Gauge(), 1_000.0, [(float("-inf"), 0)]
    for (signs, after), gauge in zip(looks, run(looks), strict=True):
        now += after
        moved = gauge.level - before.level
        assert NORMAL <= gauge.level <= SOUND
        assert abs(moved) <= 1
        assert bool(gauge.why) == (gauge.level > NORMAL)
        if moved:
            last, way = changed[-1]
            assert now - last >= (FALL_S if moved < 0 else RISE_S if before.level else FIRST_S)
            changed.append((now, way + moved))
        if gauge.level > max(before.level, CLOSED):
            assert max(signs.media_cpu or 0, (signs.media_late_ms or 0) / 160) >= 0.9
        before = gauge


@given(st.lists(st.tuples(SIGNS, st.floats(0.1, 30)), max_size=30))
def test_from_everywhere_it_comes_back_when_nothing_presses(
    looks: list[tuple[Signs, float]],
) -> None:
    last = run([*looks, (EASY, 1.0)])[-1]
    now = 1_001.0 + sum(after for _, after in looks)
    longest = int(5 * LONGEST_FALL_S) + 10
    assert run([(EASY, 1.0)] * longest, last, now)[-1].level == NORMAL


# --- what a conference makes of it ----------------------------------------------------------------


def live() -> Scene:
    scene = Scene(make_plan(rooms=10))
    halls = [scene.hall(room.code) for room in scene.state.plan.rooms]
    on(scene, scene.moderator(), *halls)
    scene.does(Actor(role="moderator", name="m", room=HUB), do.GiveFloor(room=KUKAR))
    return scene


def pressed(scene: Scene, level: int) -> Scene:
    scene.does(do.SYSTEM, NotePressure(level=level, why="media_cpu"))
    return scene


def seen(scene: Scene, device: str) -> set[str]:
    return {want.room for want in receive_wishes(scene.state, device) if want.video}


def test_pictures_go_in_the_stated_order_and_every_voice_stays() -> None:
    scene = live()
    voices = {w.room for w in receive_wishes(scene.state, "64.01-main") if w.audio}
    everybody = seen(scene, "64.01-main")
    assert len(everybody) == 10
    for level, rooms in (
        (CLOSED, everybody),
        (SMALL, everybody),
        (PAUSED, {HUB, KUKAR}),
        (STAGE, {KUKAR}),
        (SOUND, set[str]()),
    ):
        pressed(scene, level)
        assert seen(scene, "64.01-main") == rooms
        wants = receive_wishes(scene.state, "64.01-main")
        assert {want.room for want in wants if want.audio} == voices
        least = {want.room for want in wants if want.video and want.least}
        assert least == (everybody - {HUB, KUKAR} if level == SMALL else set())
    assert seen(pressed(scene, NORMAL), "64.01-main") == everybody


def test_the_room_on_air_goes_on_seeing_the_hub() -> None:
    assert seen(pressed(live(), STAGE), f"{KUKAR}-main") == {HUB}


def test_new_observers_wait_outside_before_anything_is_taken_from_those_who_are_here() -> None:
    scene = Scene()
    watcher = scene.joins("pers-1", "observer", None)
    pressed(scene, CLOSED)
    newcomer = Actor(role="observer", name="Pers", room=None)
    assert scene.refuses(newcomer, do.JoinRoom(device="pers-2")) == "server_full"
    player = do.JoinRoom(device="tv", via="whep", plays="programme")
    assert scene.refuses(Actor(role="technician", name="t"), player) == "server_full"
    scene.loses(watcher)
    scene.returns(watcher)
    assert "pers-1" in scene.state.devices


def test_halls_and_who_guides_come_in_at_every_level() -> None:
    scene = pressed(Scene(), SOUND)
    scene.moderator()
    scene.hall(PASER)
    scene.joins("tech", "technician", None)
    phone = do.JoinRoom(device="hp", kind="companion")
    operator = Actor(role="operator", name="o", room=PASER)
    assert scene.refuses(operator, phone) == "server_full"
    pressed(scene, SMALL)
    scene.does(operator, phone)


def test_a_level_is_entered_once_with_what_presses() -> None:
    scene = Scene(now=5_000)
    noted = scene.does(do.SYSTEM, NotePressure(level=PAUSED, why="media_late"))
    assert noted == [PressureChanged(level=PAUSED, why="media_late")]
    known = scene.state.pressure
    assert (known.level, known.why, known.since) == (PAUSED, "media_late", 5_000)
    assert scene.does(do.SYSTEM, NotePressure(level=PAUSED, why="media_late")) == []
    assert scene.does(do.SYSTEM, NotePressure(level=NORMAL, why="media_late")) == [
        PressureChanged(level=NORMAL)
    ]


def test_a_jump_of_the_clock_is_entered() -> None:
    scene = Scene()
    jump = NoteClock(by_ms=-3_600_000, followed=False)
    assert scene.does(do.SYSTEM, jump) == [ClockJumped(by_ms=-3_600_000, followed=False)]
    assert scene.does(do.SYSTEM, NoteClock(by_ms=0, followed=True)) == []


def test_a_clock_that_jumps_without_end_does_not_fill_the_journal() -> None:
    scene = Scene()
    for _ in range(MAX_JUMPS):
        assert scene.does(do.SYSTEM, NoteClock(by_ms=5_000, followed=False))
    assert scene.does(do.SYSTEM, NoteClock(by_ms=5_000, followed=False)) == []


def test_a_takeover_is_entered_once_whoever_asks_again() -> None:
    scene = Scene(phase="draft")
    taken = NoteTakeover(why="ended", epoch=7, server="https://10.0.0.5:8443", away_ms=4_200)
    assert scene.does(do.SYSTEM, taken) == [
        ServerTakenOver(why="ended", epoch=7, server="https://10.0.0.5:8443", away_ms=4_200)
    ]
    assert scene.does(do.SYSTEM, taken) == []
    assert scene.does(do.SYSTEM, NoteTakeover(why="decided", epoch=8, by="rini"))


def test_what_is_closed_is_not_touched_by_a_takeover() -> None:
    scene = Scene()
    scene.does(do.SYSTEM, do.SetPhase(phase="closed"))
    assert scene.does(do.SYSTEM, NoteTakeover(why="ended", epoch=7)) == []
