"""A room's key frame goes in, a count comes out; and what happens when it cannot."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import structlog
from msgspec.structs import replace
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.e2e.until import until
from tests.vision.people import FPS, film, hall, key_frame, still
from vicon.core.model import Zone
from vicon.ops.clock import SystemClock
from vicon.ports import Still, StillCodec
from vicon.vision import counter as counting
from vicon.vision import serving, worker
from vicon.vision.counter import NOTHING, Counter
from vicon.vision.faces import DETECTORS, Colour, Face, YuNet
from vicon.vision.looking import Looking, decode, outside
from vicon.vision.weights import WeightsError
from vicon.vision.words import (
    LENGTH,
    MOST,
    Looked,
    Ready,
    Task,
    WordsError,
    from_worker,
    length,
    pack,
)


@pytest.fixture(scope="module")
def find() -> YuNet:
    return YuNet()


@pytest.mark.parametrize("codec", ["vp8", "h264"])
@pytest.mark.parametrize("persons", [0, 8, 13])
def test_persons_on_a_key_frame(find: YuNet, codec: StillCodec, persons: int) -> None:
    data = still(hall(persons, width=640, height=360, head=40), codec)
    assert Looking(find).at("64.01", data) == (persons, "ok")


def test_a_hall_that_cannot_be_seen_has_no_figure(find: YuNet) -> None:
    looking = Looking(find)
    black = np.zeros((360, 640, 3), np.uint8)
    assert looking.at("a", still(black)) == (None, "covered")
    dark = (hall(8, width=640, height=360, head=40) // 3).astype(np.uint8)
    assert looking.at("a", still(dark)) == (None, "dark")


def test_a_picture_that_stands_still_is_no_figure_for_long(find: YuNet) -> None:
    looking = Looking(find)
    stands = still(hall(8))
    seen = [looking.at("a", stands) for _ in range(4)]
    assert seen == [(8, "ok"), (8, "ok"), (None, "frozen"), (None, "frozen")]
    assert looking.at("b", stands) == (8, "ok"), "another room's"
    assert looking.at("a", still(hall(8, seed=2))) == (8, "ok"), "it moves again"
    for seed in range(3, 9):
        assert looking.at("a", still(hall(8, seed=seed))) == (8, "ok")


def test_what_hangs_on_the_wall_is_left_out(find: YuNet) -> None:
    picture = still(hall(3))
    # Three in a row: the first is at the left, 80 pixels around (80, 125).
    portrait = Zone(x=0.0, y=0.0, width=0.1, height=0.4)
    everything = Zone(x=0.0, y=0.0, width=1.0, height=1.0)
    assert Looking(find).at("a", picture, (portrait,)) == (2, "ok")
    assert Looking(find).at("a", picture, (everything,)) == (0, "ok")


def test_the_middle_of_a_face_decides() -> None:
    picture = np.zeros((100, 200, 3), np.uint8)
    face = Face(x=90, y=40, width=20, height=20, score=1.0)
    beside = Zone(x=0.0, y=0.0, width=0.499, height=1.0)
    assert outside([face], (beside,), picture) == [face]
    assert outside([face], (replace(beside, width=0.5),), picture) == []


def test_small_faces_in_a_zone_make_no_crowd() -> None:
    large = [Face(x=60.0 * n, y=400, width=50, height=60, score=1.0) for n in range(4)]
    poster = [Face(x=15.0 * n, y=20, width=10, height=12, score=0.9) for n in range(6)]
    looking = Looking(lambda picture: [*large, *poster])
    zone = Zone(x=0.0, y=0.0, width=1.0, height=0.2)
    assert looking.at("a", still(hall(4))) == (10, "crowded")
    assert looking.at("b", still(hall(4)), (zone,)) == (4, "ok")


def test_many_small_faces_are_said_to_be_a_crowd(find: YuNet) -> None:
    count, quality = Looking(find).at("a", still(hall(20, head=18)))
    assert quality in ("crowded", "ok")
    assert (count or 0) > 10


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_what_follows_a_worn_key_frame_mends_it(find: YuNet, codec: StillCodec) -> None:
    """Thirteen, on a line of 100 kbit/s: on the key frame alone the hall would be half empty."""
    pictures = [hall(13, width=640, height=360, head=26, seed=seed) for seed in range(FPS + 1)]
    first, *after = film(pictures, codec, 100_000)
    alone = Looking(find).at("a", Still(codec=codec, data=first))
    assert codec == "h264" or (alone[0] or 0) < 12
    mended = Still(codec=codec, data=first, after=tuple(after), seconds=1.0)
    assert Looking(find).at("a", mended)[0] == 13


def test_what_follows_is_taken_as_far_as_it_can_be_decoded(find: YuNet) -> None:
    first, *after = film([hall(9, seed=seed) for seed in range(4)])
    broken = (after[0], b"\xff" * 900, b"", after[2])
    for rest in (broken, (b"",), (bytes(50),), tuple(after * 40)):
        assert Looking(find).at("a", Still(codec="vp8", data=first, after=rest)) == (9, "ok")


def test_a_picture_that_stands_still_is_found_out_however_it_was_mended(find: YuNet) -> None:
    looking, pictures = Looking(find), [hall(8, width=640, height=360, head=40)] * 12
    first, *after = film(pictures, bit_rate=150_000)
    seen = [
        looking.at("a", Still(codec="vp8", data=first, after=tuple(after[:count])))
        for count in (3, 11, 7)
    ]
    assert [quality for _, quality in seen] == ["ok", "ok", "frozen"]


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_what_is_no_key_frame_is_unreadable(find: YuNet, codec: StillCodec) -> None:
    whole = key_frame(hall(3), codec)
    chance = np.random.default_rng(1)
    for data in (b"", whole[:5], chance.bytes(5000), b"\0" * 100):
        broken = Still(codec=codec, data=data)
        assert Looking(find).at("a", broken)[1] in ("unreadable", "covered", "dark")
        assert Looking(find).at("a", broken)[0] is None
    assert decode(Still(codec=codec, data=whole)) is not None


# --- the process --------------------------------------------------------------------------------


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    made = Counter("yunet", SystemClock())
    running = asyncio.create_task(made.run())
    try:
        assert made.pid is None, "nobody has asked yet"
        await made.look("64.99", Still(codec="vp8", data=b""))
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert made.pid is None


async def _ready(counter: Counter, but: int | None = None) -> None:
    async def pid() -> int | None:
        return counter.pid

    await until(pid, lambda pid: pid not in (None, but), 20, "the vision worker answers")


async def test_rooms_are_answered_each_its_own(counter: Counter) -> None:
    counts = (0, 5, 9, 12)
    asked = [counter.look(f"64.0{n}", still(hall(count))) for n, count in enumerate(counts)]
    assert await asyncio.gather(*asked) == [(count, "ok") for count in counts]
    zone = Zone(x=0.0, y=0.0, width=0.5, height=1.0)
    assert await counter.look("64.03", still(hall(12, seed=2)), (zone,)) == (4, "ok")
    assert counter.problem is None
    assert os.getpriority(os.PRIO_PROCESS, counter.pid or 0) >= worker.NICE


async def test_it_is_killed_and_comes_back(counter: Counter) -> None:
    first = counter.pid
    assert first
    asked = asyncio.create_task(counter.look("a", still(hall(6))))
    await asyncio.sleep(0)
    os.kill(first, signal.SIGKILL)
    assert await asked in (NOTHING, (6, "ok"))
    await until(lambda: _of(counter.problem), lambda p: p is not None, 5, "it is said")
    assert await counter.look("a", still(hall(6))) == NOTHING
    await _ready(counter, first)
    assert counter.problem is None
    assert await counter.look("a", still(hall(6))) == (6, "ok")


async def test_it_hangs_and_is_started_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "LOOK_S", 0.5)
    first = counter.pid
    assert first
    os.kill(first, signal.SIGSTOP)
    assert await counter.look("a", still(hall(6))) == NOTHING
    monkeypatch.undo()
    await _ready(counter, first)
    assert await counter.look("a", still(hall(6))) == (6, "ok")


async def test_too_much_at_a_time_is_refused_at_once(counter: Counter) -> None:
    asked = [
        counter.look("a", Still(codec="vp8", data=b"x")) for _ in range(counting.MOST_WAITING + 5)
    ]
    answers = await asyncio.gather(*asked)
    assert answers.count(NOTHING) == 5
    assert answers.count((None, "unreadable")) == counting.MOST_WAITING
    assert await counter.look("a", Still(codec="vp8", data=bytes(MOST + 1))) == (None, "unreadable")


async def test_no_picture_is_ever_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    made = Counter("yunet", SystemClock())
    running = asyncio.create_task(made.run())
    assert await made.look("a", still(hall(6))) == (6, "ok")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def _of(value: object) -> object:
    return value


def _spoken(words: bytes) -> list[Ready | Looked]:
    stream, found = io.BytesIO(words), list[Ready | Looked]()
    while head := stream.read(LENGTH.size):
        found.append(from_worker.decode(stream.read(length(head))))
    return found


def test_without_its_model_it_says_so_and_answers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> Callable[[Colour], list[object]]:
        raise WeightsError("Model tidak ada.", "The model is missing.")

    monkeypatch.setitem(DETECTORS, "yunet", missing)
    asked = pack(Task(id=7, room="a", still=Still(codec="vp8", data=b"x")))
    sink = io.BytesIO()
    serving.serve("yunet", io.BytesIO(asked), sink)
    ready, looked = _spoken(sink.getvalue())
    assert ready == Ready(problem=("Model tidak ada.", "The model is missing."))
    assert looked == Looked(id=7, count=None, quality="unavailable")


def test_a_look_is_in_the_log_with_the_id_of_whoever_asked() -> None:
    seen = Still(codec="vp8", data=b"no picture")
    asked = pack(Task(id=1, room="k/64.02", still=seen, trace="q0Jx3o1Qm8Zk"))
    structlog.reset_defaults()  # a command that another test has run here has set a level
    with capture_logs(processors=[merge_contextvars]) as logs:
        serving.serve("yunet", io.BytesIO(asked), io.BytesIO())
    (line,) = [line for line in logs if line["event"] == "< look"]
    assert (line["request"], line["room"]) == ("q0Jx3o1Qm8Zk", "k/64.02")
    assert line["outcome"] in ("unreadable", "unavailable")


def test_a_broken_word_ends_it() -> None:
    with pytest.raises(WordsError):
        serving.serve("yunet", io.BytesIO(LENGTH.pack(MOST + 1)), io.BytesIO())
    sink = io.BytesIO()
    serving.serve("yunet", io.BytesIO(LENGTH.pack(100) + b"cut short"), sink)
    assert len(_spoken(sink.getvalue())) == 1, "an input that ends is no fault"
