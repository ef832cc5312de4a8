"""Figures that only ever rise: what went through the media plane for each room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from signaling import messages as wire
from tests.core.scene import KUKAR, Scene
from vicon.app.totals import RoomTotals
from vicon.core.voices import LINE
from vicon.ports import DeviceStats, LineStats, MediaFigures, StreamStats


def stream(packets: int = 0, **more: object) -> StreamStats:
    plain = StreamStats(
        kind="video", kbps=0, octets=1000 * packets, packets=packets, lost_percent=0, jitter_ms=0
    )
    return replace(plain, **more)


def line(*streams: StreamStats) -> LineStats:
    return LineStats(rtt_ms=None, kbps=0, available_kbps=None, streams=streams)


def told(up: LineStats | None = None, down: LineStats | None = None) -> MediaFigures:
    return MediaFigures(devices=(DeviceStats(device="kukar", up=up, down=down),))


def hall() -> Scene:
    scene = Scene()
    scene.joins("kukar", "operator", KUKAR)
    return scene


def test_what_each_interval_tells_is_added_up_by_way() -> None:
    scene, totals = hall(), RoomTotals()
    for _ in range(2):
        totals.add(
            scene.state,
            told(
                up=line(stream(90, lost_percent=10.0, nacks=3, plis=1)),
                down=line(stream(50, repaired=4), stream(paused="bandwidth")),
            ),
        )
    up, down = totals.way(KUKAR, "up"), totals.way(KUKAR, "down")
    assert (up.packets, up.octets, up.lost, up.nacks, up.plis) == (180, 180_000, 20, 6, 2)
    assert (down.packets, down.repaired, down.limited) == (100, 8, 2)


def test_private_lines_and_devices_of_no_room_count_nowhere() -> None:
    scene, totals = hall(), RoomTotals()
    totals.add(scene.state, told(down=line(stream(50, room=LINE))))
    nobody = DeviceStats(device="nobody", up=line(stream(50)))
    totals.add(scene.state, MediaFigures(devices=(nobody,)))
    assert totals.way(KUKAR, "down").packets == 0
    assert totals.way(KUKAR, "up").packets == 0


SEEN = st.builds(
    wire.SeenRoom,
    room=st.sampled_from(["64", "64.01"]),
    freezes=st.integers(0, 50),
    frozen_s=st.floats(0, 100),
    dropped=st.integers(0, 500),
)


@given(st.lists(st.tuples(st.sampled_from(["kukar", "second"]), st.lists(SEEN, max_size=3))))
def test_what_pages_saw_never_falls_however_often_they_connect_anew(
    said: list[tuple[str, list[wire.SeenRoom]]],
) -> None:
    totals, before = RoomTotals(), (0, 0.0, 0)
    for device, rooms in said:
        totals.saw(device, KUKAR, rooms)
        found = totals.frozen(KUKAR)
        now = (found.freezes, found.frozen_s, found.dropped)
        assert all(new >= old for new, old in zip(now, before, strict=True))
        before = now


def test_a_page_that_says_the_same_again_saw_nothing_new() -> None:
    totals = RoomTotals()
    seen = wire.SeenRoom(room="64", freezes=3, frozen_s=1.5, dropped=7)
    for _ in range(3):
        totals.saw("kukar", KUKAR, [seen])
    totals.saw("kukar", KUKAR, [wire.SeenRoom(room="64", freezes=1)])  # it connected anew
    assert (totals.frozen(KUKAR).freezes, totals.frozen(KUKAR).dropped) == (4, 7)
