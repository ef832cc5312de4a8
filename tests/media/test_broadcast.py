"""What the public gets is the programme: the room on air, in step, whatever dies meanwhile; and the
channel's key is seen nowhere."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, cast

import av
import imageio_ffmpeg
import numpy as np
import pytest

from tests.media.peers import CONFERENCE, until
from tests.media.test_recording import MOST_OFFSET_S, Hall
from vicon.core.recordplan import RecordSource
from vicon.measure import testclip
from vicon.measure.encode import Clip
from vicon.measure.picture import read
from vicon.measure.sound import find_chirps
from vicon.measure.sync import sound_after_picture
from vicon.media.inprocess import InProcessEngine
from vicon.ops.clock import SystemClock
from vicon.ports import MediaEngine
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan, Outlet
from vicon.programme.scene import Scene

KEY = "kunci-rahasia-saluran"
LEFT = (slice(90, 268), slice(0, 318))
"""Of two pictures in 640 x 360: programme.canvas."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return testclip.load(tmp_path_factory.getbasetemp())


class Told:
    def __init__(self, engine: MediaEngine) -> None:
        self.last = BroadcastFigures(id="")
        self.deaths = 0
        self._task = asyncio.create_task(self._follow(engine))

    async def _follow(self, engine: MediaEngine) -> None:
        async for event in engine.events(CONFERENCE):
            if isinstance(event, BroadcastFigures):
                self.last = event
                self.deaths += event.over

    def close(self) -> None:
        self._task.cancel()


class Channel:
    """A receiver of RTMP, as long as it lasts."""

    def __init__(self, port: int, file: Path) -> None:
        self.file = file
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-listen", "1"]
        at = f"rtmp://127.0.0.1:{port}/live/{KEY}"
        self._process = subprocess.Popen(
            [*command, "-i", at, "-c", "copy", "-flush_packets", "1", str(file)],
            stderr=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)


def plan(outlet: Outlet, air: str) -> BroadcastPlan:
    """Two rooms side by side, where neither clock nor name covers the clip's marks: on the left the
    one that is on air, which alone is heard."""
    rooms = {"64.02": "a", "64.03": "b"}
    (beside,) = set(rooms) - {air}
    return BroadcastPlan(
        id="b1",
        sources=tuple(
            RecordSource(device=device, room=room, name=room, audio=room == air)
            for room, device in rooms.items()
        ),
        scene=Scene(air=air, beside=beside, title="Pakta"),
        zone="Asia/Makassar",
        zone_label="WITA",
        outlet=outlet,
    )


class Seen:
    """A file, played to the end: what is on the left, and what is heard."""

    def __init__(self, path: Path) -> None:
        self.marks: list[tuple[float, int]] = []
        sound: list[np.ndarray] = []
        first, self.last = 0.0, 0.0
        with av.open(path) as container:
            for frame in cast(Any, container).decode():
                self.last = max(self.last, frame.time)
                if isinstance(frame, av.VideoFrame):
                    grey = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
                    mark = read(np.ascontiguousarray(grey[LEFT]))
                    if mark is not None:
                        self.marks.append((frame.time, mark))
                else:
                    if not sound:
                        first = frame.time
                    sound.append(frame.to_ndarray().mean(axis=0).astype(np.float64))
        self.chirps = [first + at for at, _, _ in find_chirps(np.concatenate(sound))]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def segments(directory: Path) -> list[str]:
    playlist = directory / "live.m3u8"
    return re.findall(r"^\S+\.m4s$", playlist.read_text("utf-8"), re.MULTILINE)


def whole(directory: Path, run: str, to: Path) -> Path:
    """A run's head and segments are one file."""
    parts = sorted(directory.glob(f"{run}-*.m4s"), key=lambda p: int(p.stem.partition("-")[2]))
    to.write_bytes(b"".join(p.read_bytes() for p in (directory / f"{run}-head.mp4", *parts)))
    return to


def run_of(name: str) -> str:
    return name.partition("-")[0]


def said_anywhere(words: str, but: set[int]) -> list[str]:
    """Arguments and environments of all processes in which it stands."""
    found: list[str] = []
    for place in Path("/proc").glob("[0-9]*"):
        if int(place.name) in but:
            continue
        for name in ("cmdline", "environ"):
            try:
                text = (place / name).read_bytes()
            except OSError:
                continue
            if words.encode() in text:
                found.append(f"{place}/{name}")
    return found


@pytest.mark.patient(60)
@pytest.mark.timeout(240)
async def test_the_programme_goes_out_whatever_dies(
    clip: Clip, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = InProcessEngine(SystemClock(), addresses=["127.0.0.1"])
    first, second, told = Hall(clip), Hall(clip), Told(engine)
    directory, port = tmp_path / "hls", free_port()
    key = tmp_path / "key"
    key.write_text(KEY + "\n")
    outlet = Outlet(
        directory=str(directory),
        rtmp_url=f"rtmp://127.0.0.1:{port}/live",
        rtmp_key_file=str(key),
        height=360,
        kbps=800,
    )
    channel = Channel(port, tmp_path / "first.flv")
    try:
        await first.publish(engine, "a")
        await second.publish(engine, "b")
        async with first.on(), second.on():
            await until(lambda: engine.host.router.publishers["c", "b"].publishing)
            await engine.broadcast(CONFERENCE, plan(outlet, "64.02"))
            await until(lambda: told.last.segments >= 5, 60)
            await until(lambda: told.last.channel == "sending", 30)
            assert said_anywhere(KEY, {channel.pid}) == []

            # The receiver dies: HLS goes on; it comes back, and gets a stream from a key frame on.
            channel.kill()
            await until(lambda: told.last.channel != "sending", 30)
            before = told.last.pictures
            channel = Channel(port, tmp_path / "again.flv")
            await until(lambda: told.last.channel == "sending", 40)
            assert told.last.pictures > before

            # The floor goes to another room, whose sound was never heard before.
            await engine.broadcast(CONFERENCE, plan(outlet, "64.03"))
            done = told.last.pictures + 6 * 25
            await until(lambda: told.last.pictures > done, 40)
            run = run_of(segments(directory)[-1])
            seen = Seen(whole(directory, run, tmp_path / "one.mp4"))

            pid = engine.host.airs.pid(CONFERENCE)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await until(lambda: told.deaths == 1)
            killed = time.monotonic()
            assert first.sender is not None
            assert engine.host.router.publishers["c", "a"].publishing
            await engine.broadcast(CONFERENCE, plan(outlet, "64.03"))
            await until(lambda: run_of(segments(directory)[-1]) != run, 30)
            assert time.monotonic() - killed < 15
            await engine.broadcast(CONFERENCE, None)
    finally:
        told.close()
        await engine.close()
        channel.kill()
    check_picture(seen)
    playlist = (directory / "live.m3u8").read_text("utf-8")
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 1
    numbers = [int(name.partition("-")[2].removesuffix(".m4s")) for name in segments(directory)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    for file in ("first.flv", "again.flv"):
        check_channel(tmp_path / file)
    logged = "".join(capfd.readouterr())
    assert "x channel" in logged
    assert KEY not in logged


def check_picture(seen: Seen) -> None:
    """The rooms' own marks and chirps, drawn and encoded anew, still in step: first of one room, at
    the end of the other."""
    for begins, ends in ((0.0, seen.last - 8), (seen.last - 5, seen.last)):
        chirps = [at for at in seen.chirps if begins <= at < ends]
        marks = [one for one in seen.marks if begins <= one[0] < ends]
        offset = sound_after_picture(chirps, marks, testclip.FPS)
        assert offset is not None, (begins, chirps, len(marks))
        assert abs(offset) <= MOST_OFFSET_S
        assert len(marks) > 0.5 * testclip.FPS * (ends - begins)


def check_channel(file: Path) -> None:
    with av.open(file) as got:
        (video,), (audio,) = got.streams.video, got.streams.audio
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == (640, 360)
        times: dict[str, list[float]] = {"video": [], "audio": []}
        for packet in got.demux():
            if packet.pts is not None:
                times[packet.stream.type].append(float(packet.pts * packet.time_base))
    for found in times.values():
        assert found[0] < 0.6
        assert found[-1] - found[0] > 2
    assert abs(times["video"][-1] - times["audio"][-1]) < 0.6
