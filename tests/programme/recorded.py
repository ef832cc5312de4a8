"""A recording as the recorder writes one, of plain pictures, flashes and beeps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from vicon.core.recordplan import RecordingSheet, RecordPart
from vicon.media.record.part import SILENCE, Part, Picture
from vicon.store.recordings import SHEET

BEGAN = 1_600_996_360_000
"""25 September 2020, 09:12:40 WITA."""
HUB, KUKAR, PASER = "64", "64.02", "64.01"
NAMES = {
    HUB: "Provinsi Kalimantan Timur",
    KUKAR: "Kabupaten Kutai Kartanegara",
    PASER: "Kabupaten Paser",
}
COLOURS = {HUB: "#2040a0", KUKAR: "#a03030", PASER: "#208040"}
FPS, RATE, FLASH_S, BEEP_HZ = 25, 48_000, 0.2, 1000


class Made:
    """A recording that grows file by file."""

    def __init__(self, place: Path) -> None:
        self.place = place
        place.mkdir(parents=True)
        self.sheet = RecordingSheet(
            id=place.name,
            conference=place.parent.name,
            title="Deklarasi dan Penandatanganan Pakta Integritas",
            timezone="Asia/Makassar",
            timezone_label="WITA",
            began=BEGAN,
            ended=BEGAN + 10_000,
            by="Rini",
            rooms=NAMES,
            hub=HUB,
            floor="",
        )
        self._numbers = itertools.count(1)

    def file(
        self,
        room: str,
        seconds: float,
        *,
        after: float = 0.0,
        size: tuple[int, int] | None = (320, 180),
        flashes: Sequence[float] = (),
        beeps: Sequence[float] = (),
        ended: bool = True,
        like: str = "",
        codec: str = "vp8",
    ) -> Path:
        """One file that begins `after` seconds; flashes and beeps at seconds of the file. `size`
        None: sound alone. `like`: with another room's colour."""
        suffix = "mkv" if codec == "h264" else "webm"
        path = self.place / f"{room}-{next(self._numbers)}.{suffix}"
        colour = COLOURS[like or room]
        pictures = [*_pictures(colour, size, seconds, flashes, codec)] if size else []
        began = BEGAN + round(1000 * after)
        part = Part(
            path,
            Picture(codec, pictures[0][1]) if pictures else None,
            {"room": room, "start_unix_ms": str(began)},
        )
        entries = [(at, "video", data, key, 0.0) for at, data, key in pictures]
        entries += [(at, "audio", data, True, 0.02) for at, data in _sound(seconds, tuple(beeps))]
        for at, kind, data, key, lasts in sorted(entries):
            part.write(kind, at, data, key=key, seconds=lasts)
        part.close()
        about = RecordPart(
            file=path.name,
            room=room,
            device=f"d{room}",
            video=codec if pictures else "",
            began=began,
            seconds=part.seconds,
            bytes=path.stat().st_size,
            ended=ended,
        )
        self.tells(parts=(*self.sheet.parts, about))
        return path

    def tells(self, **changes: object) -> None:
        self.sheet = msgspec.structs.replace(self.sheet, **changes)
        (self.place / SHEET).write_bytes(msgspec.json.encode(self.sheet))


def _pictures(
    colour: str, size: tuple[int, int], seconds: float, flashes: Sequence[float], codec: str
) -> Iterator[tuple[float, bytes, bool]]:
    """Marked as a key frame is one every two seconds."""
    for number in range(round(seconds * FPS)):
        lit = any(0 <= number / FPS - at < FLASH_S for at in flashes)
        shown = _picture("#ffffff" if lit else colour, size, codec)
        yield number / FPS, shown, number % (2 * FPS) == 0


@cache
def _picture(colour: str, size: tuple[int, int], codec: str) -> bytes:
    """A plain one, as a key frame; of H.264 as annex B has it."""
    stream: Any = av.CodecContext.create({"vp8": "libvpx", "h264": "libx264"}[codec], "w")
    stream.width, stream.height = size
    stream.pix_fmt, stream.time_base, stream.framerate = "yuv420p", Fraction(1, FPS), FPS
    plain = np.full((size[1], size[0], 3), [*bytes.fromhex(colour[1:])], np.uint8)
    frame = VideoFrame.from_ndarray(plain, format="rgb24").reformat(format="yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, FPS)
    return b"".join(bytes(packet) for packet in [*stream.encode(frame), *stream.encode(None)])


@cache
def _sound(seconds: float, beeps: tuple[float, ...]) -> list[tuple[float, bytes]]:
    """20 ms each."""
    if not beeps:
        return [(number * 0.02, SILENCE) for number in range(round(seconds * 50))]
    found: list[tuple[float, bytes]] = []
    times = np.arange(round(seconds * RATE)) / RATE
    heard = np.zeros(len(times), np.float32)
    for at in beeps:
        during = (times >= at) & (times < at + FLASH_S)
        heard[during] = 0.5 * np.sin(2 * np.pi * BEEP_HZ * times[during])
    stream: Any = av.CodecContext.create("libopus", "w")
    stream.sample_rate, stream.layout, stream.format = RATE, "stereo", "s16"
    stream.bit_rate = 48_000
    for number in range(len(times) // 960):
        block = heard[number * 960 : (number + 1) * 960]
        samples = np.repeat(np.asarray(block * 32767, np.int16), 2).reshape(1, -1)
        frame = AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate = RATE
        frame.pts, frame.time_base = number * 960, Fraction(1, RATE)
        found += [(number * 0.02, bytes(packet)) for packet in stream.encode(frame)]
    return found


class Film:
    """A film, played to the end."""

    def __init__(self, path: Path) -> None:
        self.pictures: list[tuple[float, np.ndarray[Any, np.dtype[np.uint8]]]] = []
        """Seconds, and BGR."""
        heard: list[np.ndarray[Any, np.dtype[np.float32]]] = []
        first: float | None = None
        with av.open(path) as container:
            self.format = container.format.name
            self.duration = (container.duration or 0) / 1e6
            self.title = container.metadata.get("title", "")
            self.chapters = [
                (one["start"] * float(one["time_base"] or 0), one["metadata"].get("title", ""))
                for one in container.chapters()
            ]
            for frame in container.decode(video=0, audio=0):
                if isinstance(frame, VideoFrame):
                    shot = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
                    self.pictures.append((frame.time or 0.0, shot))
                elif isinstance(frame, AudioFrame):
                    first = frame.time if first is None else first
                    heard.append(np.asarray(frame.to_ndarray(), np.float32)[0])
        self.sound = np.concatenate(heard)
        self._first = first or 0.0

    def at(self, second: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
        return min(self.pictures, key=lambda entry: abs(entry[0] - second))[1]

    def colour(self, second: float, x: float = 0.5, y: float = 0.3) -> str:
        """Whose colour stands there (0..1 of width and height): a room's code, or empty."""
        shot = self.at(second)
        found = shot[int(y * shot.shape[0]), int(x * shot.shape[1])].astype(int)
        for room, colour in COLOURS.items():
            if np.abs(found[::-1] - [*bytes.fromhex(colour[1:])]).max() < 24:
                return room
        return ""

    def flashes(self) -> list[float]:
        """Seconds at which the picture turns white."""
        lit = [(at, shot[shot.shape[0] // 3].mean() > 200) for at, shot in self.pictures]
        return [b[0] for a, b in itertools.pairwise(lit) if b[1] and not a[1]]

    def beeps(self) -> list[float]:
        """Seconds at which a beep begins."""
        loud = np.abs(self.sound) > 0.1
        starts = np.nonzero(loud)[0]
        found = [
            at
            for at, before in zip(starts, [-RATE, *starts], strict=False)
            if at - before > RATE // 10
        ]
        return [self._first + at / RATE for at in found]
