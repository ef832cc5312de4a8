"""What a recorder takes: the largest layer that comes anyway, from key frame to key frame."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from tests.media.world import CONFERENCE, Camera, World
from vicon.media.sfu.layer import Stored
from vicon.media.sfu.tap import DWELL_S, KEY_EVERY_S, Tap


class Took(NamedTuple):
    at: float
    rid: str
    key: bool


class Basket:
    """Notes the pictures that came, as they would be shown: a stream begins with its key frame, and
    ends the one before."""

    def __init__(self) -> None:
        self.kinds: dict[int, str] = {}
        self.clocks: dict[int, int] = {}
        self.pictures: list[Took] = []
        self.sounds: list[float] = []
        self.shown = 0

    def stream(self, kind: str, codec: str, rate: int, clock: int) -> int:
        number = len(self.kinds) + 1
        self.kinds[number], self.clocks[number] = kind, clock
        return number

    def packet(self, stream: int, packet: Stored, now: float) -> None:
        descriptor = packet[3]
        if self.kinds[stream] == "audio":
            self.sounds.append(now)
        elif descriptor is not None and descriptor.start:
            if descriptor.key:
                self.shown = max(self.shown, stream)
            if stream == self.shown:
                rid = packet[5][1:2].decode()
                self.pictures.append(Took(now, rid, descriptor.key))

    def sender(self, stream: int, ntp: int, timestamp: int) -> None:
        """Not of interest here."""

    def rids(self, since: float, until: float) -> set[str]:
        return {one.rid for one in self.pictures if since <= one.at < until}

    def longest(self, since: float, until: float) -> float:
        """Seconds without a picture."""
        times = [one.at for one in self.pictures if since <= one.at < until]
        return max((b - a for a, b in pairwise(times)), default=until - since)


class Recorded:
    def __init__(self) -> None:
        self.world = World()
        self.camera = Camera(self.world, "a")
        self.basket = Basket()
        find = self.world.router.publishers.get
        self.tap = Tap(lambda: find((CONFERENCE, "a")), self.basket)
        self.looks = True
        self.every(0.02, self._look)

    def _look(self) -> None:
        if self.looks:
            self.tap.look(self.world.now)

    def every(self, seconds: float, what: Callable[[], object]) -> None:
        def again() -> None:
            what()
            self.world.at(self.world.now + seconds, again)

        self.world.at(self.world.now + seconds, again)

    def demanded(self, *rids: str) -> None:
        """What others are to receive of it."""
        self.camera.encode(rids)


def test_the_largest_layer_that_comes_is_taken_and_the_smallest_where_nobody_looks() -> None:
    now = Recorded()
    now.world.run(4)
    assert now.basket.rids(2, 4) == {"f"}
    # Nobody is shown it: its publisher is told to rest, but for the smallest.
    now.world.run(16)
    assert now.camera.active == {"q"}
    assert now.basket.rids(14, 16) == {"q"}
    assert len(now.basket.sounds) > 15 * 48


def test_a_layer_that_is_paused_gives_way_without_a_long_gap_and_comes_back() -> None:
    now = Recorded()
    publisher = now.camera.publisher.producers["video"]
    now.every(0.1, lambda: publisher.demand({"q", "h", "f"}, now.world.now))
    now.world.run(4)
    now.demanded("q", "h")
    now.world.run(8)
    assert now.basket.rids(6, 8) == {"h"}
    assert now.basket.longest(3, 8) < 1.2
    now.demanded("q", "h", "f")
    now.world.run(12)
    assert now.basket.rids(11, 12) == {"f"}
    assert now.basket.longest(8, 12) < 0.3


def test_layers_that_come_and_go_cost_no_storm_of_key_frames() -> None:
    now = Recorded()
    for step in range(40):
        rids = "qhf" if step % 2 else "qh"
        now.world.at(2 + step * 0.5, lambda rids=rids: now.demanded(*rids))  # type: ignore[misc]
    now.world.run(22)
    changes = [b.at for a, b in pairwise(now.basket.pictures) if a.rid != b.rid]
    assert all(b - a > DWELL_S - 1 for a, b in pairwise(changes))


def test_a_key_frame_is_asked_for_only_where_none_came_for_long() -> None:
    now = Recorded()
    now.world.run(30)
    keys = [one.at for one in now.basket.pictures if one.key and one.at > 14]
    gaps = [b - a for a, b in pairwise(keys)]
    assert gaps
    assert all(KEY_EVERY_S - 0.5 < gap < KEY_EVERY_S + 1.5 for gap in gaps)


def test_a_device_that_publishes_anew_has_another_clock_and_no_more_than_is_wanted() -> None:
    now = Recorded()
    now.world.run(3)
    Camera(now.world, "a")
    now.world.run(6)
    assert sorted(set(now.basket.clocks.values())) == [1, 2]
    assert now.basket.longest(3, 6) < 1.0
    now.tap.audio = False
    now.world.run(6.2)
    heard = len(now.basket.sounds)
    now.world.run(8)
    assert len(now.basket.sounds) == heard
    now.looks = False
    now.tap.close()
    seen = len(now.basket.pictures)
    now.world.run(9)
    assert len(now.basket.pictures) == seen
    assert all(not layer.consumers for layer in now.camera.publisher.layers())
