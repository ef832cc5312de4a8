"""An act must cost next to nothing: ten halls press + at the same moment."""

from __future__ import annotations

from time import perf_counter_ns

from tests.core.scene import PASER, Scene, make_plan, operator
from vicon.core import commands as do
from vicon.core.decide import decide
from vicon.core.evolve import evolve

ROUNDS = 200


def test_one_more_person_among_eleven_rooms_takes_far_below_100_microseconds() -> None:
    scene = Scene(make_plan(rooms=10))
    scene.moderator()
    for room in scene.state.plan.rooms:
        scene.hall(room.code)
        scene.phone(room.code)
    asker, plus = operator(PASER), do.AddCount(room=PASER, by=1)
    times = []
    for _ in range(ROUNDS):
        begin = perf_counter_ns()
        events = decide(scene.state, asker, plus, 5)
        assert isinstance(events, list)
        for event in events:
            evolve(scene.state, event, 5)
        times.append(perf_counter_ns() - begin)
    assert sorted(times)[ROUNDS // 4] < 100_000
