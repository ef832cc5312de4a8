"""What is seen of a camera where a line loses packets both ways, in simulated time."""

from __future__ import annotations

import pytest

from tests.media.test_bandwidth import route
from tests.media.world import Camera, Receiver, World
from tests.rtc.link import Link
from vicon.rtc.repairs import MOST_S, WINDOW_S

GOOD = 20_000_000


def lossy(loss: float, seed: int = 1, *, round_trip: float = 0.1) -> tuple[World, Link]:
    """A world with a camera behind such a line."""
    world = World(seed)
    line = Link([(0, GOOD)], round_trip / 2, round_trip / 2, loss=loss, seed=seed)
    Camera(world, "air", rids="h", rates={"h": 800_000}, up=line)
    return world, line


def watch(world: World, **later: bool) -> list[Receiver]:
    """Receivers on good lines; each either can show pictures later or cannot."""
    made = [
        Receiver(world, name, Link([(0, GOOD)]), ["air"], delays=delays)
        for name, delays in later.items()
    ]
    world.route(*(route(name, "air", 0, 360) for name in later))
    return made


def behind_a_lossy_line(world: World, loss: float, **later: bool) -> list[Receiver]:
    """As watch(), each on such a line of its own, round trip 100 ms."""
    Camera(world, "air", rids="h", rates={"h": 800_000})
    made = [
        Receiver(
            world,
            name,
            Link([(0, GOOD)], 0.05, 0.05, loss=loss, seed=3),
            ["air"],
            start=3_000_000,
            delays=delays,
            back_loss=loss,
        )
        for name, delays in later.items()
    ]
    world.route(*(route(name, "air", 0, 360) for name in later))
    return made


def told(one: Receiver, start: float = 0.0) -> list[float]:
    return [delay for at, delay in one.delays if at >= start]


@pytest.mark.parametrize(("loss", "stood"), [(0.05, 8), (0.10, 25)])
def test_a_picture_that_is_shown_later_seldom_stands(loss: float, stood: int) -> None:
    world, _ = lossy(loss)
    later, at_once = watch(world, x=True, y=False)
    world.run(75)
    assert at_once.stalls("air", 15, 75) > stood, "in a minute"
    assert later.stalls("air", 15, 75) <= 4
    assert later.fps("air", 15, 75) > 29
    assert later.sound_lost("air", 15, 75) <= at_once.sound_lost("air", 15, 75)
    assert max(told(later)) <= MOST_S


@pytest.mark.parametrize(("loss", "stood"), [(0.05, 20), (0.10, 30)])
def test_nor_does_it_where_the_receivers_own_line_loses(loss: float, stood: int) -> None:
    world = World()
    later, at_once = behind_a_lossy_line(world, loss, x=True, y=False)
    world.run(75)
    assert at_once.stalls("air", 15, 75) > stood, "in a minute"
    assert later.stalls("air", 15, 75) <= 4
    assert later.fps("air", 15, 75) > 29


def test_it_is_shown_at_once_again_when_the_line_loses_nothing_any_more() -> None:
    world, line = lossy(0.10)
    (one,) = watch(world, x=True)
    world.run(20)
    assert one.delays[-1][1] > 0.2
    line.loss = 0.0
    world.run(20 + WINDOW_S + 20)
    assert one.delays[-1][1] == 0.0


@pytest.mark.parametrize(("loss", "round_trip"), [(0.0, 0.1), (0.0003, 0.3), (0.05, 0.02)])
def test_where_no_picture_stands_none_is_shown_later(loss: float, round_trip: float) -> None:
    """None lost; one in half a minute; or each repaired before anybody sees it."""
    world, _ = lossy(loss, round_trip=round_trip)
    (one,) = watch(world, x=True)
    world.run(40)
    assert told(one) == []


def test_a_far_camera_is_not_waited_for_for_ever() -> None:
    world, _ = lossy(0.10, round_trip=0.4)
    (one,) = watch(world, x=True)
    world.run(30)
    assert told(one, 20) == []  # said before, and not again
    assert one.delays[-1][1] == MOST_S


def test_who_comes_later_is_told_with_the_first_pictures() -> None:
    world, _ = lossy(0.10)
    watch(world, x=True)
    world.run(20)
    late = Receiver(world, "z", Link([(0, GOOD)]), ["air"])
    world.route(*(route(name, "air", 0, 360) for name in ("x", "z")))
    world.run(22)
    assert late.delays[0][1] > 0.2
    assert late.delays[0][0] - late.frames["air"][0].at < 0.5
