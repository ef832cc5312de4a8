"""What halls with narrow lines see and hear, in simulated time."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace

from tests.media.world import Camera, Receiver, World
from tests.rtc.link import Link
from vicon.media.host import START_KBPS
from vicon.ports import Route


def route(receiver: str, room: str, rank: int, height: int) -> Route:
    return Route(
        receiver=receiver,
        room=room,
        sender=room,
        audio=True,
        video=True,
        height=height,
        rank=rank,
    )


def hall(world: World, name: str, link: Link, others: int = 4) -> Receiver:
    """Receives the room on air large, the hub beside it, the others small."""
    rooms = ["air", "hub", *(f"r{n}" for n in range(others))]
    return Receiver(world, name, link, rooms)


def cameras(world: World, others: int) -> None:
    Camera(world, "air")
    Camera(world, "hub", level=127)
    for n in range(others):
        Camera(world, f"r{n}", level=127)


def routes(receiver: str, others: int) -> list[Route]:
    return [
        route(receiver, "air", 0, 720),
        route(receiver, "hub", 1, 360),
        *(route(receiver, f"r{n}", 2, 180) for n in range(others)),
    ]


def conference(world: World, receivers: dict[str, Link], others: int = 4) -> dict[str, Receiver]:
    cameras(world, others)
    made = {name: hall(world, name, link, others) for name, link in receivers.items()}
    world.route(*(one for name in receivers for one in routes(name, others)))
    return made


def test_a_good_line_shows_everything_large() -> None:
    world = World()
    one = conference(world, {"x": Link([(0, 20_000_000)])})["x"]
    world.run(12)
    assert one.layers("air", 8, 12) == {"f"}
    assert one.layers("hub", 8, 12) == {"h"}
    assert one.layers("r0", 8, 12) == {"q"}
    assert one.fps("air", 8, 12) > 27
    assert one.subscriber.limit == ""
    assert one.sound_lost("air", 1, 12) < 0.01


def test_at_300_kbps_the_speaker_is_heard_whole_and_moves() -> None:
    world = World()
    one = conference(world, {"x": Link([(0, 300_000)], queue_bytes=20_000)})["x"]
    world.run(40)
    assert one.sound_lost("air", 5, 40) < 0.01
    assert one.fps("air", 8, 40) >= 7
    assert one.longest_gap("air", 8, 40) < 1
    assert one.subscriber.limit == "reduced"
    assert one.queue(8, 40) < 0.4


def test_at_64_kbps_sound_alone_goes_on_and_it_is_said() -> None:
    world = World()
    one = conference(world, {"x": Link([(0, 64_000)], queue_bytes=8_000)})["x"]
    world.run(40)
    assert one.sound_lost("air", 10, 40) < 0.01
    assert one.subscriber.limit == "sound"
    assert one.fps("air", 10, 40) < 1


@pytest.mark.parametrize("kbps", [100, 200, 300, 1000, 4000])
@pytest.mark.parametrize("start", [60, START_KBPS, 2800])
def test_the_speaker_is_heard_whole_from_the_first_moment_on(kbps: int, start: int) -> None:
    """Whatever the trial had said of the line."""
    world = World()
    link = Link([(0, 1000 * kbps)], queue_bytes=38 * kbps)
    rooms = ["air", "hub", *(f"r{n}" for n in range(4))]
    cameras(world, 4)
    one = Receiver(world, "x", link, rooms, 1000 * start)
    world.route(*routes("x", 4))
    world.run(10)
    began = one.sounds["air"][0][0]
    assert began < 1.2
    assert one.sound_lost("air", began, 5, late=0.25) < 0.01
    if kbps > 250:
        assert one.fps("air", 2, 10) >= 7


def test_a_key_frame_does_not_hold_up_the_sound_of_a_narrow_line() -> None:
    world = World()
    one = conference(world, {"x": Link([(0, 300_000)], queue_bytes=20_000)})["x"]
    for second in range(10, 30, 4):
        world.at(second, partial(world.cameras["air"].key.add, "q"))
    world.run(30)
    took = [delay for at, delay in one.sounds["air"] if at > 8]
    assert max(took) < 0.15


def test_a_line_that_falls_and_rises_is_followed_without_a_freeze() -> None:
    world = World()
    line = Link([(0, 4_000_000), (20, 500_000), (50, 4_000_000)], queue_bytes=60_000)
    good = Link([(0, 20_000_000)])
    both = conference(world, {"bad": line, "good": good}, others=2)
    world.run(80)
    bad = both["bad"]
    assert "f" in bad.layers("air", 12, 20)
    assert bad.queue(25, 50) < 0.4
    assert bad.fps("air", 25, 50) >= 7
    assert bad.layers("air", 70, 80) == {"f"}
    assert bad.longest_gap("air", 5, 80) < 1
    assert bad.sound_lost("air", 25, 80) < 0.01
    assert both["good"].layers("air", 8, 80) == {"f"}, "a neighbour's line is not felt"


def test_layers_that_nobody_is_to_get_are_not_encoded() -> None:
    world = World()
    conference(world, {"x": Link([(0, 20_000_000)])})
    world.run(15)
    assert world.cameras["air"].active == {"f"}
    assert world.cameras["hub"].active == {"h"}
    assert world.cameras["r1"].active == {"q"}
    before = world.cameras["r1"].bits
    world.run(20)
    assert world.cameras["r1"].bits - before < 1.3 * 5 * 150_000


def test_who_takes_the_floor_is_shown_large_within_a_second() -> None:
    world = World()
    one = conference(world, {"x": Link([(0, 20_000_000)])})["x"]
    world.run(15)
    world.route(
        route("x", "r1", 0, 720),
        route("x", "hub", 1, 360),
        route("x", "air", 2, 180),
        *(route("x", f"r{n}", 2, 180) for n in (0, 2, 3)),
    )
    world.run(20)
    first = next(shown.at for shown in one.frames["r1"] if shown.rid == "f")
    assert first - 15 < 1
    assert one.layers("air", 17, 20) == {"q"}


def test_only_the_loudest_are_forwarded_beside_floor_and_hub() -> None:
    world = World()
    one = conference(world, {"x": Link([(0, 20_000_000)])}, others=6)["x"]
    for n in range(6):
        world.cameras[f"r{n}"].level = 20 + 5 * n
    world.run(10)
    heard = {room for room, packets in one.sounds.items() if packets[-1][0] > 9}
    assert heard == {"air", "hub", "r0", "r1", "r2"}


def test_who_talks_beside_the_programme_takes_no_voice_its_place() -> None:
    """A hall on a private line, and a technician, are the loudest of all: the other end hears them,
    and of the programme as many are heard as without them."""
    world = World()
    one = conference(world, {"x": Link([(0, 20_000_000)])}, others=4)["x"]
    tech = Receiver(world, "tech", Link([(0, 20_000_000)]), ["@line"])
    Camera(world, "tech", level=1)
    for n in range(4):
        world.cameras[f"r{n}"].level = 20 + 5 * n
    world.cameras["r0"].level = 2
    held = [replace(one, audio=one.audio and one.sender != "r0") for one in routes("x", 4)]
    line = Route(receiver="tech", room="@line", sender="r0", audio=True, video=False, rank=0)
    world.route(*held, line)
    world.run(10)
    heard = {room for room, packets in one.sounds.items() if packets[-1][0] > 9}
    assert heard == {"air", "hub", "r1", "r2", "r3"}
    assert tech.sounds["@line"][-1][0] > 9
    assert one.layers("r0", 8, 10) == {"q"}, "it is seen as before"


@pytest.mark.parametrize(("rate", "lost"), [(4_000_000, 0.005), (3_000_000, 0.015)])
def test_a_line_that_loses_packets_leaves_the_sound_whole(rate: int, lost: float) -> None:
    """The second is full besides."""
    world = World()
    lossy = Link([(0, rate)], delay=0.05, back=0.05, loss=0.03, seed=5)
    both = conference(world, {"lossy": lossy, "clean": Link([(0, 20_000_000)])})
    world.run(40)
    assert both["lossy"].sound_lost("air", 10, 40) < lost
    assert both["lossy"].fps("air", 10, 40) > 20
    assert both["lossy"].doubled > 1000
    assert both["clean"].doubled == 0


def test_what_a_narrow_line_drops_is_not_sent_again_beside_it() -> None:
    world = World()
    one = conference(world, {"x": Link([(0, 300_000)], queue_bytes=10_000)})["x"]
    world.run(30)
    assert one.doubled < 0.1 * sum(len(packets) for packets in one.sounds.values())


def test_under_pressure_pictures_go_in_their_order_and_the_sound_stays_whole() -> None:
    world = World()
    one = conference(world, {"x": Link([(0, 20_000_000)])})["x"]
    whole = routes("x", 4)

    def press(least: bool, shown: int) -> None:
        """Pictures up to the rank `shown`."""
        world.route(
            *(replace(one, video=one.rank <= shown, least=least and one.rank == 2) for one in whole)
        )

    for when, least, shown in ((8, True, 2), (14, False, 1), (20, False, 0), (26, False, -1)):
        world.at(when, partial(press, least, shown))
    world.at(32, partial(press, False, 2))
    world.run(40)
    assert one.fps("r0", 4, 8) > 27
    assert 12 <= one.fps("r0", 10, 14) <= 16, "every other frame"
    assert one.layers("r0", 10, 14) == {"q"}
    assert one.fps("air", 10, 14) > 27
    assert (one.fps("r0", 16, 20), one.fps("hub", 22, 26), one.fps("air", 27, 32)) == (0, 0, 0)
    assert one.fps("hub", 16, 20) > 27
    assert one.fps("air", 22, 26) > 27
    assert one.sound_lost("air", 1, 40) < 0.01
    assert one.fps("r0", 35, 40) > 27, "all come back"
    assert one.layers("air", 36, 40) == {"f"}
