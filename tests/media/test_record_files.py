"""One source's files: what begins a new one, what stands in a gap, what garbage does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import pytest
from msgspec import structs

from tests.media.test_still import _h264
from tests.vision.people import hall, key_frame
from vicon.core.recordplan import (
    Marker,
    RecordPart,
    RecordPlan,
    RecordSource,
)
from vicon.media.record import words
from vicon.media.record.recorder import Recording
from vicon.media.record.source import GAP_S

SOUND = b"\x78" + bytes(60)
KEY, DELTA = bytes([0x10, 0, 0, 0x9D, 1, 0x2A, 0x80, 2, 0x68, 1]) + bytes(90), b"\x01" + bytes(90)
START = 5_000.0


class Source:
    """Packets of a room, straight into a recording."""

    def __init__(self, folder: Path, markers: tuple[Marker, ...] = (), most: int = 1 << 30) -> None:
        source = RecordSource(device="d", room="64.02", name="Kukar")
        plan = RecordPlan(
            id="r", directory=str(folder), sources=(source,), markers=markers,
            most_bytes=most, least_free=0,
        )  # fmt: skip
        self.folder = folder
        self.recording = Recording(plan, lambda at: round(1000 * at))
        self.parts: dict[str, RecordPart] = {}
        self.now = START
        self._numbers = {1: 10, 2: 10}
        self.video("vp8")
        self.recording.stream(_stream(1, "audio", "opus", 48_000))

    def video(self, codec: str, stream: int = 2) -> None:
        self.recording.stream(_stream(stream, "video", codec, 90_000))
        self.recording.take(words.Sender(stream=stream, ntp=_ntp(START), timestamp=0))
        self.recording.take(words.Sender(stream=1, ntp=_ntp(START), timestamp=0))

    def sound(self) -> None:
        self._put(1, 48_000, [SOUND])

    def picture(self, payloads: Sequence[bytes], *, key: bool, stream: int = 2) -> None:
        self._put(stream, 90_000, payloads, key=key)

    def _put(self, stream: int, rate: int, payloads: Sequence[bytes], *, key: bool = False) -> None:
        for place, payload in enumerate(payloads):
            number = self._numbers[stream] = self._numbers.get(stream, 10) + 1
            flags = words.MARKER if place == len(payloads) - 1 else 0
            flags |= words.START if place == 0 else 0
            flags |= words.KEY if key and place == 0 else 0
            ticks = round((self.now - START) * rate) & 0xFFFFFFFF
            self.recording.take(words.Packet(stream, number, ticks, self.now, flags, payload))

    def lasts(self, seconds: float, *, sound: bool = True, picture: bool = True) -> None:
        """So long with 50 sounds and 25 pictures a second, a key frame each second."""
        for step in range(round(seconds * 50)):
            if sound:
                self.sound()
            if picture and step % 2 == 0:
                self.picture([DELTA if step % 50 else KEY], key=step % 50 == 0)
            self.goes_on(0.02)

    def goes_on(self, seconds: float) -> None:
        self.now += seconds
        self.recording.tick(self.now)

    def trouble(self) -> str | None:
        return self.recording.trouble

    def end(self) -> list[dict[str, float]]:
        """Of each file: length, and when its sounds and pictures stand."""
        self.recording.close()
        self.parts |= {p.file: p for p in self.recording.state(self.now, over=True).parts}
        return [_played(self.folder / name) for name in sorted(self.parts)]


def _stream(stream: int, kind: str, codec: str, rate: int) -> words.Stream:
    return words.Stream(stream=stream, device="d", kind=kind, codec=codec, rate=rate, clock=1)


def _ntp(at: float) -> int:
    return int(at * 2**32)


def _played(path: Path) -> dict[str, float]:
    found = {"audio": 0.0, "video": 0.0, "gap": 0.0}
    before = 0.0
    with av.open(path) as container:
        found["seconds"] = (container.duration or 0) / 1e6
        found["chapters"] = len(container.chapters())
        for packet in container.demux():
            if packet.pts is None:
                continue
            found[packet.stream.type] += 1
            at = float(packet.pts * packet.time_base)
            if packet.stream.type == "audio":
                found["gap"], before = max(found["gap"], at - before), at
    return found


def test_a_camera_that_is_off_for_a_while_leaves_one_file_and_true_times(tmp_path: Path) -> None:
    source = Source(tmp_path)
    source.lasts(3)
    source.lasts(5, picture=False)
    source.lasts(2)
    (one,) = source.end()
    assert (tmp_path / "64.02-1.webm").stat().st_mode & 0o777 == 0o600
    assert abs(one["seconds"] - 10) < 0.1
    assert one["video"] == 125


def test_where_nothing_is_heard_silence_stands(tmp_path: Path) -> None:
    source = Source(tmp_path)
    source.lasts(3)
    source.lasts(4, sound=False)
    source.lasts(3)
    (one,) = source.end()
    assert abs(one["audio"] - 500) < 5
    assert one["gap"] < 0.06


def test_one_that_comes_back_after_long_gets_another_file(tmp_path: Path) -> None:
    source = Source(tmp_path)
    source.lasts(3)
    source.goes_on(GAP_S + 5)
    source.lasts(3)
    first, second = source.end()
    assert abs(first["seconds"] - 3) < 0.1
    assert abs(second["seconds"] - 3) < 0.1
    began = [source.parts[name].began for name in sorted(source.parts)]
    assert abs((began[1] - began[0]) / 1000 - (GAP_S + 8)) < 0.1


def test_sound_alone_is_a_file_and_the_picture_begins_another(tmp_path: Path) -> None:
    source = Source(tmp_path)
    source.lasts(3, picture=False)
    source.lasts(3)
    first, second = source.end()
    assert (first["video"], second["video"]) == (0, 75)
    assert abs(first["seconds"] + second["seconds"] - 6) < 0.2


def test_a_file_that_is_full_gives_way_at_a_key_frame(tmp_path: Path) -> None:
    source = Source(tmp_path, most=12_000)
    source.lasts(8)
    found = source.end()
    assert len(found) > 2
    assert sum(one["video"] for one in found) == 200
    assert abs(sum(one["seconds"] for one in found) - 8) < 0.3


def test_another_codec_and_another_size_of_h264_begin_a_new_file(tmp_path: Path) -> None:
    source = Source(tmp_path)
    source.lasts(2)
    source.video("h264", 3)
    whole = _h264(key_frame(hall(3), "h264"))
    for _ in range(50):
        source.picture(whole, key=True, stream=3)
        source.sound()
        source.goes_on(0.04)
    first, second = source.end()
    assert sorted(source.parts) == ["64.02-1.webm", "64.02-2.mkv"]
    assert (first["video"], second["video"]) == (50, 50)
    with av.open(tmp_path / "64.02-2.mkv") as container:
        picture = next(container.decode(video=0))
    assert picture.width > 100


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_garbage_harms_nothing_but_itself(tmp_path: Path, codec: str) -> None:
    source = Source(tmp_path)
    source.lasts(2)
    source.video(codec, 3)
    for payload in (b"\x67\x00", b"\x65" + b"\xff" * 40, b"\x00", b"\x78\x00\x01\x67"):
        source.picture([payload], key=True, stream=3)
        source.lasts(1, picture=False)
    source.video("vp8", 4)
    source._numbers[2] = 500
    for _ in range(25):
        source.picture([KEY], key=True, stream=4)
        source.goes_on(0.04)
    found = source.end()
    assert source.recording.trouble is None
    assert found[-1]["video"] >= 20


def test_items_are_chapters_of_the_file_in_which_they_began(tmp_path: Path) -> None:
    markers = tuple(
        Marker(at=round(1000 * (START + at)), title=title)
        for at, title in ((-60, "Lama"), (-5, "Pembukaan"), (2, "Sambutan"), (900, "Nanti"))
    )
    source = Source(tmp_path, markers)
    source.lasts(4)
    source.end()
    with av.open(tmp_path / "64.02-1.webm") as container:
        titles = [one["metadata"]["title"] for one in container.chapters()]
        starts = [one["start"] * float(one["time_base"] or 0) for one in container.chapters()]
    assert titles == ["Pembukaan", "Sambutan"]
    assert [round(at) for at in starts] == [0, 2]


def test_a_disk_that_is_nearly_full_ends_it_with_whole_files(tmp_path: Path) -> None:
    source = Source(tmp_path)
    source.lasts(3)
    source.recording.look()
    assert source.trouble() is None
    source.recording.update(structs.replace(source.recording.plan, least_free=1 << 60))
    source.recording.look()
    assert source.trouble() == "disk_full"
    (one,) = source.end()
    assert abs(one["seconds"] - 3) < 1


def test_a_folder_that_cannot_be_written_ends_it(tmp_path: Path) -> None:
    source = Source(tmp_path / "gone")
    source.lasts(2)
    assert source.trouble() == "write_failed"
    assert source.recording.state(source.now, over=True).free_bytes == 0
