"""The media plane as its users see it, over real transports: both engines alike."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from structlog.testing import capture_logs

from tests.media.peers import CONFERENCE, Receiver, Sender, plan, route, until
from vicon.media.engine import EmbeddedEngine
from vicon.media.inprocess import InProcessEngine
from vicon.ops.clock import SystemClock
from vicon.ports import (
    DeviceStats,
    MediaChanged,
    MediaError,
    MediaEvent,
    MediaFigures,
    MediaRestarted,
    Route,
    Still,
)
from vicon.rtc import negotiate, sdp
from vicon.rtc.rtp import Packet, timestamp_distance

LOOPBACK = ["127.0.0.1"]
Engine = InProcessEngine | EmbeddedEngine


@pytest_asyncio.fixture(params=["in process", "in a worker", "compiled"])
async def engine(
    request: pytest.FixtureRequest, compiled_cache: Callable[[], Path]
) -> AsyncIterator[Engine]:
    kind = EmbeddedEngine if request.param == "in a worker" else InProcessEngine
    cache = compiled_cache() if request.param == "compiled" else None
    made: Engine = kind(SystemClock(), addresses=LOOPBACK, cache=cache)
    await made.start()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def embedded() -> AsyncIterator[EmbeddedEngine]:
    made = EmbeddedEngine(SystemClock(), addresses=LOOPBACK)
    await made.start()
    yield made
    await made.close()


async def close(*ends: Sender | Receiver) -> None:
    await asyncio.gather(*(end.transport.close() for end in ends))


def _steps(packets: list[Packet]) -> set[int]:
    return {(b.sequence - a.sequence) & 0xFFFF for a, b in pairwise(packets)}


class Follower:
    def __init__(self, engine: Engine) -> None:
        self.events: list[MediaEvent] = []
        """Without the figures."""
        self.figures: list[MediaFigures] = []
        self._engine = engine

    async def __aenter__(self) -> Follower:
        self._task = asyncio.create_task(self._follow())
        return self

    async def _follow(self) -> None:
        async for event in self._engine.events(CONFERENCE):
            if isinstance(event, MediaFigures):
                self.figures.append(event)
            else:
                self.events.append(event)

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task], timeout=1)


async def test_sound_and_picture_reach_the_slot_of_their_room(engine: Engine) -> None:
    sender, receiver = Sender(), Receiver()
    await engine.route(CONFERENCE, [route("d2", "64.01", "d1")])
    await sender.publish(engine, "d1")
    await receiver.subscribe(engine, "d2", ["64.00", "64.01"])
    async with sender.steadily():
        await until(lambda: len(receiver.of("64.01", "video")) > 30)
        await until(lambda: len(receiver.of("64.01", "audio")) > 10)
    video = receiver.of("64.01", "video")
    assert video[0].payload[4] & 1 == 0, "the first packet begins a key frame"
    assert _steps(video) == {1}
    assert {p.extensions[1][0] for p in receiver.of("64.01", "audio")} == {30}
    assert receiver.of("64.00", "video") == []
    await sender.transport.close()
    await receiver.transport.close()


async def test_another_source_goes_on_in_the_same_slot(engine: Engine) -> None:
    first, second, receiver = Sender(b"AA"), Sender(b"BB"), Receiver()
    await first.publish(engine, "d1")
    await second.publish(engine, "d2")
    await receiver.subscribe(engine, "d3", ["64.01"])
    async with first.steadily(), second.steadily():
        await engine.route(CONFERENCE, [route("d3", "64.01", "d1")])
        await until(lambda: len(receiver.of("64.01", "video")) > 10)
        before = len(receiver.of("64.01", "video"))
        await engine.route(CONFERENCE, [route("d3", "64.01", "d2")])
        await until(
            lambda: any(p.payload[5:7] == b"BB" for p in receiver.of("64.01", "video")[before:])
        )
        await until(lambda: len(receiver.of("64.01", "video")) > before + 30)
    packets = receiver.of("64.01", "video")
    assert {p.ssrc for p in packets} == {receiver.ssrcs["64.01", "video"]}
    assert _steps(packets) == {1}
    times = [timestamp_distance(b.timestamp, a.timestamp) for a, b in pairwise(packets)]
    assert max(times) < 90_000, "no jump of the clock"
    await asyncio.gather(
        first.transport.close(), second.transport.close(), receiver.transport.close()
    )


async def test_muting_leaves_no_gap_that_looks_like_loss(engine: Engine) -> None:
    sender, receiver = Sender(), Receiver()
    await sender.publish(engine, "d1")
    await receiver.subscribe(engine, "d2", ["64.01"])
    async with sender.steadily():
        await engine.route(CONFERENCE, [route("d2", "64.01", "d1")])
        await until(lambda: len(receiver.of("64.01", "audio")) > 5)
        await engine.route(CONFERENCE, [route("d2", "64.01", "d1", audio=False)])
        silent = len(receiver.of("64.01", "audio"))
        sent = sender.audio_sequence
        await until(lambda: sender.audio_sequence > sent + 10)
        assert len(receiver.of("64.01", "audio")) <= silent + 3
        await engine.route(CONFERENCE, [route("d2", "64.01", "d1")])
        await until(lambda: len(receiver.of("64.01", "audio")) > silent + 10)
    packets = receiver.of("64.01", "audio")
    assert _steps(packets) == {1}
    await close(sender, receiver)


async def test_a_private_line_is_heard_at_its_other_end_alone(engine: Engine) -> None:
    """Its slot was made with the others: who talks goes over without a new negotiation, out of the
    programme and back. `hall` sends picture and sound, `tech` sound alone."""
    hall, tech = Sender(b"hall"), Sender(b"tech")
    neighbour, at_hall, at_tech = Receiver(), Receiver(), Receiver()
    programme = route("neighbour", "64.01", "hall")
    line = [
        Route(receiver="tech", room="@line", sender="hall", audio=True, video=False, rank=0),
        Route(receiver="hall", room="@line", sender="tech", audio=True, video=False, rank=0),
    ]
    await engine.route(CONFERENCE, [programme])
    await hall.publish(engine, "hall")
    await tech.publish(engine, "tech")
    await neighbour.subscribe(engine, "neighbour", ["64.01", "@announce", "@line"])
    await at_hall.subscribe(engine, "hall", ["64.02", "@announce", "@line"])
    await at_tech.subscribe(engine, "tech", ["@line"])
    async with hall.steadily(), tech.steadily():
        await until(lambda: len(neighbour.of("64.01", "audio")) > 10)
        await engine.route(CONFERENCE, [replace(programme, audio=False), *line])
        await until(lambda: len(at_tech.of("@line", "audio")) > 10)
        await until(lambda: len(at_hall.of("@line", "audio")) > 10)
        sounds, pictures = (len(neighbour.of("64.01", kind)) for kind in ("audio", "video"))
        await until(lambda: len(neighbour.of("64.01", "video")) > pictures + 30)
        assert len(neighbour.of("64.01", "audio")) == sounds, "the programme hears nothing of it"
        await engine.route(CONFERENCE, [programme])
        await until(lambda: len(neighbour.of("64.01", "audio")) > sounds + 10)
        over = len(at_tech.of("@line", "audio")), len(at_hall.of("@line", "audio"))
        await until(lambda: len(neighbour.of("64.01", "audio")) > sounds + 30)
        assert (len(at_tech.of("@line", "audio")), len(at_hall.of("@line", "audio"))) == over
    assert all(p.payload == b"hallopus" for p in at_tech.of("@line", "audio"))
    assert all(p.payload == b"techopus" for p in at_hall.of("@line", "audio"))
    assert neighbour.of("@line", "audio") == neighbour.of("@announce", "audio") == []
    assert _steps(neighbour.of("64.01", "audio")) == {1}, "no gap that looks like loss"
    await close(hall, tech, neighbour, at_hall, at_tech)


async def test_loss_is_repaired_on_both_ways(engine: Engine) -> None:
    sender, receiver = Sender(), Receiver()
    await engine.route(CONFERENCE, [route("d2", "64.01", "d1")])
    await sender.publish(engine, "d1")
    await receiver.subscribe(engine, "d2", ["64.01"])
    sender.drop = lambda sequence: sequence % 20 == 7
    async with sender.steadily():
        await until(lambda: len(receiver.of("64.01", "video")) > 200, 10)
    numbers = sorted({(p.sequence + 1000) & 0xFFFF for p in receiver.of("64.01", "video")})
    whole = [n for n in numbers if n < numbers[-1] - 20]
    assert whole == list(range(whole[0], whole[-1] + 1)), "upstream loss came again"
    asked = receiver.of("64.01", "video")[50]
    receiver.ask_again("64.01", asked.sequence)
    await until(lambda: receiver.again)
    again = receiver.again[-1]
    assert again.payload == asked.sequence.to_bytes(2, "big") + asked.payload
    assert again.timestamp == asked.timestamp
    await close(sender, receiver)


async def test_beginning_and_end_of_media_are_told(engine: Engine) -> None:
    sender = Sender()
    async with Follower(engine) as follower:
        await sender.publish(engine, "d1")
        assert follower.events == []
        async with sender.steadily():  # the first may come before the keys are agreed on
            await until(lambda: follower.events)
        await sender.transport.close()
        await until(lambda: len(follower.events) > 1)
    assert follower.events == [
        MediaChanged(device="d1", publishing=True),
        MediaChanged(device="d1", publishing=False),
    ]


async def test_publishing_again_replaces_the_connection(engine: Engine) -> None:
    old, new, receiver = Sender(b"AA"), Sender(b"BB"), Receiver()
    await engine.route(CONFERENCE, [route("d2", "64.01", "d1")])
    await receiver.subscribe(engine, "d2", ["64.01"])
    await old.publish(engine, "d1")
    async with old.steadily():
        await until(lambda: receiver.of("64.01", "video"))
    await new.publish(engine, "d1")
    await until(lambda: old.transport.state == "failed")
    async with new.steadily():
        await until(lambda: any(p.payload[5:7] == b"BB" for p in receiver.of("64.01", "video")))
    await close(old, new, receiver)


async def test_removing_a_device_closes_its_connections(engine: Engine) -> None:
    sender, receiver = Sender(), Receiver()
    await sender.publish(engine, "d1")
    await receiver.subscribe(engine, "d1", ["64.02"])
    await engine.remove(CONFERENCE, "d1")
    await until(lambda: sender.transport.state == receiver.transport.state == "failed")
    await engine.remove(CONFERENCE, "unknown")
    await close(sender, receiver)


async def test_a_connection_that_ends_before_it_begins_leaves_nothing() -> None:
    engine, sender = InProcessEngine(SystemClock(), addresses=LOOPBACK), Sender()
    ours = await sender.transport.gather("actpass")
    offer = sdp.render(negotiate.offer_publish(ours, 10, 20, 21))
    await engine.publish(CONFERENCE, "d1", offer)
    (transport,) = engine.host.transports()
    await engine.remove(CONFERENCE, "d1")  # before its task had a turn
    assert transport.state == "closed"
    assert engine.host.connections == 0
    assert engine.host.router.publishers == {}
    await close(sender)
    await engine.close()


async def test_what_cannot_be_is_refused_with_its_code(engine: Engine) -> None:
    with pytest.raises(MediaError) as refused:
        await engine.publish(CONFERENCE, "d1", "v=0\r\nnonsense")
    assert refused.value.code == "bad_sdp"
    with pytest.raises(MediaError) as refused:
        await engine.answer(CONFERENCE, "d1", "v=0")
    assert refused.value.code == "bad_sdp"
    offer, _ = await engine.subscribe(CONFERENCE, "d1", plan("64.01"))
    with pytest.raises(MediaError) as refused:
        await engine.answer(CONFERENCE, "stranger", offer)
    assert refused.value.code == "media_state"
    with pytest.raises(MediaError) as refused:
        await engine.subscribe(CONFERENCE, "d1", [])
    assert refused.value.code == "media_state"


async def test_after_a_killed_worker_media_flows_again(embedded: EmbeddedEngine) -> None:
    sender, receiver = Sender(), Receiver()
    await embedded.route(CONFERENCE, [route("d2", "64.01", "d1")])
    await sender.publish(embedded, "d1")
    await receiver.subscribe(embedded, "d2", ["64.01"])
    async with sender.steadily():
        await until(lambda: receiver.of("64.01", "video"))
    epoch = embedded.epoch
    loop = asyncio.get_running_loop()
    async with Follower(embedded) as follower:
        await until(lambda: follower.events)
        follower.events.clear()
        assert embedded.worker_pid is not None
        os.kill(embedded.worker_pid, signal.SIGKILL)
        killed = loop.time()
        await until(lambda: any(isinstance(e, MediaRestarted) for e in follower.events))
        told = loop.time() - killed
        sender2, receiver2 = Sender(), Receiver()
        await sender2.publish(embedded, "d1")
        await receiver2.subscribe(embedded, "d2", ["64.01"])
        async with sender2.steadily():
            await until(lambda: receiver2.of("64.01", "video"))
        flowing = loop.time() - killed
    assert embedded.epoch != epoch
    assert follower.events[-2] == MediaRestarted(epoch=embedded.epoch)
    assert follower.events[-1] == MediaChanged(device="d1", publishing=True)
    assert flowing < 5, f"told after {told:.2f} s, flowing after {flowing:.2f} s"
    print(f"told after {told:.2f} s, flowing after {flowing:.2f} s")
    await close(sender, receiver, sender2, receiver2)


async def test_a_spare_worker_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vicon.media.spare.DELAY_S", 0.0)
    engine = EmbeddedEngine(SystemClock())
    await engine.start()
    try:
        first = engine.worker_pid
        assert first is not None
        await until(lambda: engine.spare_pid is not None, 10)
        spare = engine.spare_pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: engine.worker_pid == spare, 10)
        await until(lambda: engine.spare_pid not in (None, spare), 10)
    finally:
        await engine.close()
    for pid in (first, spare):
        assert pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_hung_worker_is_killed_and_replaced(
    embedded: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vicon.media.process.HUNG_S", 0.3)
    pid = embedded.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    await until(lambda: embedded.worker_pid not in (None, pid), 10)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_the_worker_ends_with_its_owner(embedded: EmbeddedEngine) -> None:
    pid = embedded.worker_pid
    assert pid is not None
    await embedded.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(MediaError) as refused:
        await embedded.publish(CONFERENCE, "d1", "v=0")
    assert refused.value.code == "media_unavailable"


async def test_a_worker_starts_once_there_are_descriptors_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deep = tmp_path / ("deep" * 30)  # longer than the path of a Unix socket may be
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    engine = EmbeddedEngine(SystemClock())
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    with capture_logs() as logs:
        starting = asyncio.create_task(engine.start())
        resource.setrlimit(resource.RLIMIT_NOFILE, (1, usual[1]))
        try:
            await until(lambda: logs)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, usual)
        await starting
    assert "Too many open files" in logs[0]["why"]
    assert engine.ready
    await engine.close()


async def test_figures_tell_what_flows(engine: Engine) -> None:
    sender, receiver = Sender(), Receiver()
    async with Follower(engine) as follower:
        await engine.route(CONFERENCE, [route("d2", "64.01", "d1")])
        await sender.publish(engine, "d1")
        await receiver.subscribe(engine, "d2", ["64.00", "64.01"])

        def last() -> dict[str, DeviceStats]:
            return {d.device: d for d in follower.figures[-1].devices} if follower.figures else {}

        def flows() -> bool:
            up, down = last().get("d1"), last().get("d2")
            lines = (up.up if up else None, down.down if down else None)
            return all(line is not None and line.kbps > 300 for line in lines)

        async with sender.steadily():
            await until(flows, 10)
            await until(lambda: (line := last()["d1"].up) is not None and line.rtt_ms, 10)
        up, down = last()["d1"].up, last()["d2"].down
    assert up is not None
    assert down is not None
    assert {(s.kind, s.codec) for s in up.streams} == {("audio", "opus"), ("video", "vp8")}
    assert {(s.room, s.kind) for s in down.streams} == {("64.01", "audio"), ("64.01", "video")}
    for line in (up, down):
        assert sum(s.kbps for s in line.streams) == line.kbps
        assert not any(s.paused for s in line.streams)
    camera = next(s for s in up.streams if s.kind == "video")
    assert camera.fps is not None
    assert 10 < camera.fps < 60
    assert up.rtt_ms is not None
    assert 0 < up.rtt_ms < 1000
    await close(sender, receiver)


async def test_a_still_is_a_whole_key_frame(engine: Engine) -> None:
    sender, receiver = Sender(), Receiver()
    await engine.route(CONFERENCE, [route("d2", "64.01", "d1")])
    await sender.publish(engine, "d1")
    await receiver.subscribe(engine, "d2", ["64.01"])
    async with sender.steadily():
        await until(lambda: len(receiver.of("64.01", "video")) > 3)
        first = await engine.still(CONFERENCE, "d1")
        assert first is not None
        assert first.codec == "vp8"
        assert first.data in sender.keys
        assert first.after, "and what mends it"
        assert first.seconds >= 1.0
        asked = len(sender.keys)
        assert await engine.still(CONFERENCE, "d1") is not None
        assert len(sender.keys) == asked, "there was one: none was asked for"
        sender.drop = lambda sequence: sequence % 5 == 0  # repaired, as for any receiver
        second: Still | None = first
        async with asyncio.timeout(10):  # what is older than three seconds is forgotten
            while second is not None and second.data == first.data:
                await asyncio.sleep(0.05)
                second = await engine.still(CONFERENCE, "d1")
        assert second is not None
        assert second.data == sender.keys[-1]
        assert len(sender.keys) == asked + 1
    async with asyncio.timeout(5):  # then it sends no picture
        while await engine.still(CONFERENCE, "d1") is not None:
            await asyncio.sleep(0.05)
    await close(sender, receiver)


async def test_a_still_of_nobody_is_refused(engine: Engine) -> None:
    with pytest.raises(MediaError) as refused:
        await engine.still(CONFERENCE, "d9")
    assert refused.value.code == "media_state"
