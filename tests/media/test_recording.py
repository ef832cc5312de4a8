"""What is recorded is what was sent: whole, in step, and still there after a kill -9."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from msgspec.structs import replace

from tests.media.peers import CONFERENCE, transport, until
from vicon.core.recordplan import (
    Marker,
    RecordingFigures,
    RecordingSheet,
    RecordPart,
    RecordPlan,
    RecordSource,
)
from vicon.measure import testclip
from vicon.measure.clipsender import ClipSender
from vicon.measure.encode import Clip
from vicon.measure.heard import heard_chirps
from vicon.measure.picture import read
from vicon.measure.sync import sound_after_picture
from vicon.media.engine import EmbeddedEngine
from vicon.media.inprocess import InProcessEngine
from vicon.ops.clock import SystemClock
from vicon.ports import (
    MediaEngine,
    MediaEvent,
)
from vicon.programme import film
from vicon.programme.writing import Look
from vicon.rtc import negotiate, rtcp, sdp

MOST_OFFSET_S = 0.040
KILLED_S = 2.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return testclip.load(tmp_path_factory.getbasetemp())


class Hall:
    """Sends the marked clip over a real transport."""

    def __init__(self, clip: Clip) -> None:
        self.transport = transport(controlling=True)
        self.transport.on_rtcp = self._on_rtcp
        self._clip = clip
        self.sender: ClipSender | None = None
        self.lose = 0
        """One packet in so many is lost; 0: none."""
        self._count = 0

    def _on_rtcp(self, data: bytes, now: float) -> None:
        if self.sender is not None:
            for packet in self.sender.receive(rtcp.parse(data), now, time.time()):
                self.transport.send_rtp(packet)

    async def publish(self, engine: MediaEngine, device: str) -> None:
        ours = await self.transport.gather("actpass")
        offer = negotiate.offer_publish(ours, 10, 20, 21)
        answer = sdp.parse(await engine.publish(CONFERENCE, device, sdp.render(offer)))
        await self.transport.connect(answer.transport)
        audio, video = map(negotiate.choose, answer.sections)
        audio, video = replace(audio, ssrc=10), replace(video, ssrc=20, rtx_ssrc=21)
        self.sender = ClipSender(self._clip, audio, video, time.monotonic(), 1 << 60)
        self.sender.want(audio=True, video=True, height=360)

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._play())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=1)

    async def _play(self) -> None:
        assert self.sender is not None
        report = time.monotonic() + 0.3
        while True:
            now = time.monotonic()
            for packet in self.sender.poll(now):
                self._count += 1
                if not self.lose or self._count % self.lose:
                    self.transport.send_rtp(packet)
            if now >= report:
                report = now + 1
                self.transport.send_rtcp(self.sender.report(now, time.time()))
            await asyncio.sleep(0.004)


class Told:
    """What the engine tells of the recording."""

    def __init__(self, engine: MediaEngine) -> None:
        self.last: RecordingFigures | None = None
        self.parts: dict[str, RecordPart] = {}
        self.troubles: list[str] = []
        self._task = asyncio.create_task(self._follow(engine))

    async def _follow(self, engine: MediaEngine) -> None:
        async for event in engine.events(CONFERENCE):
            self._hear(event)

    def _hear(self, event: MediaEvent) -> None:
        if isinstance(event, RecordingFigures):
            self.last = event
            self.parts |= {part.file: part for part in event.parts}
            if event.trouble:
                self.troubles.append(event.trouble)

    def seconds(self, name: str = "") -> float:
        """Of the longest file whose name begins so."""
        files = (part for part in self.parts.values() if part.file.startswith(name))
        return max((part.seconds for part in files), default=0.0)

    def close(self) -> None:
        self._task.cancel()


def plan(directory: Path, **changes: object) -> RecordPlan:
    source = RecordSource(device="a", room="64.02", name="Kutai Kartanegara")
    return RecordPlan(
        id="r1",
        directory=str(directory),
        sources=(source,),
        least_free=0,
        markers=(Marker(at=0, title="Pembukaan"),),
        **changes,  # type: ignore[arg-type]
    )


class Seen:
    """A file, played to the end."""

    def __init__(self, path: Path) -> None:
        self.marks: list[tuple[float, int]] = []
        sounds: list[tuple[float, bytes]] = []
        with av.open(path) as container:
            self.titles = [c["metadata"].get("title", "") for c in container.chapters()]
            self.tags = dict(container.metadata)
            self.duration = (container.duration or 0) / 1e6
            self.last = 0.0
            for packet in container.demux():
                if packet.pts is None:
                    continue
                at = float(packet.pts * packet.time_base)
                self.last = max(self.last, at)
                if packet.stream.type == "audio":
                    sounds.append((at, bytes(packet)))
                for picture in packet.decode() if packet.stream.type == "video" else ():
                    assert isinstance(picture, av.VideoFrame)
                    mark = read(np.asarray(picture.to_ndarray(format="gray"), np.uint8))
                    if mark is not None:
                        self.marks.append((picture.time, mark))
        self.gaps = max(b[0] - a[0] for a, b in itertools.pairwise(sounds))
        self.chirps = heard_chirps(sounds)

    @property
    def offset(self) -> float | None:
        return sound_after_picture(self.chirps, self.marks, testclip.FPS)


def plays(path: Path) -> None:
    if shutil.which("ffprobe") is None:
        return
    command = ["ffprobe", "-v", "error", "-count_packets", "-show_entries"]
    asked = [*command, "stream=nb_read_packets", "-of", "csv=p=0", str(path)]
    found = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True)
    assert found.stderr == ""
    assert all(int(line) > 0 for line in found.stdout.split())


async def test_a_hall_is_recorded_whole_and_in_step(clip: Clip, tmp_path: Path) -> None:
    engine = InProcessEngine(SystemClock(), addresses=["127.0.0.1"])
    hall, told = Hall(clip), Told(engine)
    hall.lose = 29
    try:
        await hall.publish(engine, "a")
        async with hall.on():
            await until(lambda: engine.host.router.publishers["c", "a"].publishing)
            await engine.record(CONFERENCE, plan(tmp_path))
            await until(lambda: told.seconds() > 9, 40)
            stopped = time.time()
            await engine.record(CONFERENCE, None)
        await until(lambda: told.last is not None and told.last.over)
    finally:
        told.close()
        await engine.close()
    (part,) = told.parts.values()
    assert part.ended
    path = tmp_path / part.file
    seen = Seen(path)
    plays(path)
    assert told.troubles == []
    assert abs(seen.duration - (stopped - part.began / 1000)) < 0.2
    assert seen.offset is not None
    assert abs(seen.offset) <= MOST_OFFSET_S
    assert len(seen.marks) > 0.9 * testclip.FPS * seen.duration
    assert seen.gaps < 0.1
    assert seen.titles == ["Pembukaan"]
    assert seen.tags["title"] == "Kutai Kartanegara"
    await asyncio.to_thread(_is_made_a_film_of, tmp_path, part, seen.duration)


def _is_made_a_film_of(place: Path, part: RecordPart, seconds: float) -> None:
    sheet = RecordingSheet(
        id="r1", conference=CONFERENCE, title="Pakta", timezone="Asia/Makassar", began=part.began,
        by="Rini", rooms={}, hub=part.room, floor="", parts=(part,),
    )  # fmt: skip
    out = place / "film" / "film.webm"
    out.parent.mkdir()
    film.compose(place, sheet, out, Look(640, 360), "id", lambda done, total: None)
    seen = Seen(out)
    assert abs(seen.duration - seconds) < 0.2
    assert seen.offset is not None
    assert abs(seen.offset) <= MOST_OFFSET_S


async def test_a_recorder_that_is_killed_loses_little_and_nothing_else(
    clip: Clip, tmp_path: Path
) -> None:
    engine = InProcessEngine(SystemClock(), addresses=["127.0.0.1"])
    hall, told = Hall(clip), Told(engine)
    try:
        await hall.publish(engine, "a")
        async with hall.on():
            await until(lambda: engine.host.router.publishers["c", "a"].publishing)
            await engine.record(CONFERENCE, plan(tmp_path))
            await until(lambda: told.seconds() > 5, 30)
            pid = engine.host.feeds.pid(CONFERENCE)
            assert pid is not None
            killed = time.time()
            os.kill(pid, signal.SIGKILL)
            await until(lambda: told.troubles)
            # It goes on with the next word, in a file of its own.
            await engine.record(CONFERENCE, plan(tmp_path))
            await until(lambda: len(told.parts) > 1 and told.seconds("64.02-2") > 2, 20)
            await engine.record(CONFERENCE, None)
    finally:
        told.close()
        await engine.close()
    assert told.troubles == ["recorder_ended"]
    first, second = sorted(told.parts)
    seen = Seen(tmp_path / first)
    plays(tmp_path / first)
    assert killed - (told.parts[first].began / 1000 + seen.last) < KILLED_S
    assert len(seen.marks) > testclip.FPS * 2
    assert Seen(tmp_path / second).duration > 2


async def test_a_worker_that_dies_leaves_closed_files_and_the_next_goes_on(
    clip: Clip, tmp_path: Path
) -> None:
    engine = EmbeddedEngine(SystemClock(), addresses=["127.0.0.1"])
    await engine.start()
    hall, told = Hall(clip), Told(engine)
    try:
        await hall.publish(engine, "a")
        async with hall.on():
            await engine.record(CONFERENCE, plan(tmp_path))
            await until(lambda: told.seconds() > 3, 30)
            assert engine.worker_pid is not None
            os.kill(engine.worker_pid, signal.SIGKILL)
            await until(lambda: told.troubles and engine.ready, 20)
        again = Hall(clip)
        await again.publish(engine, "a")
        async with again.on():
            await until(lambda: len(told.parts) > 1, 30)
            await engine.record(CONFERENCE, None)
    finally:
        told.close()
        await engine.close()
    first, second = (Seen(tmp_path / name) for name in sorted(told.parts))
    assert first.duration > 3  # it has an index: the recorder closed it by itself
    assert second.marks
