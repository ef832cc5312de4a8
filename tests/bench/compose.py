"""scripts/bench compose: how fast a film is made of a recording.

Eleven rooms as they are recorded: hub and the room on air with 720 lines, the others with 180, all
with sound of the open microphones; the floor goes round. Prints one JSON object: the film's length,
what it took, processor time for each second of film, and the most memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from vicon.core.recordplan import Marker, RecordingNote, RecordingSheet, RecordPart
from vicon.measure import testclip
from vicon.measure.encode import AUDIO_RATE, VIDEO_RATE, Clip
from vicon.media.record.part import SILENCE, Part, Picture
from vicon.programme.film import compose
from vicon.programme.writing import Look

BEGAN, TURN_S, HUB = 1_600_996_360_000, 30, "64"
SMALL, LARGE = 0, 2
"""Places among the clip's sizes."""


def room(place: Path, clip: Clip, code: str, seconds: int, turns: list[int]) -> RecordPart:
    """One room's file; `turns`: numbers of the turns in which it is on air."""
    key = next(frame.data for frame in clip.videos[SMALL].frames if frame.key)
    part = Part(place / f"{code}-1.webm", Picture("vp8", key), {"room": code})
    entries: list[tuple[float, str, bytes, bool, float]] = []
    for loop in range(seconds // testclip.SECONDS + 1):
        begin = float(loop * testclip.SECONDS)
        on = code == HUB or int(begin / TURN_S) in turns
        for frame in clip.videos[LARGE if on else SMALL].frames:
            at = begin + frame.at / VIDEO_RATE
            entries.append((at, "video", frame.data, frame.key, 0.0))
        for packet in clip.packets:
            data = packet.data if on else SILENCE
            entries.append((begin + packet.at / AUDIO_RATE, "audio", data, True, 0.02))
    for at, kind, data, is_key, lasts in sorted(entries):
        if at < seconds:
            part.write(kind, at, data, key=is_key, seconds=lasts)
    part.close()
    return RecordPart(
        file=part.path.name, room=code, device=code, video="vp8", began=BEGAN,
        seconds=part.seconds, bytes=part.size, ended=True,
    )  # fmt: skip


def recording(place: Path, clip: Clip, rooms: int, seconds: int) -> RecordingSheet:
    codes = [HUB, *(f"64.{number:02}" for number in range(1, rooms))]
    turns = [codes[1 + turn % (rooms - 1)] for turn in range(-(-seconds // TURN_S))]
    parts = [
        room(place, clip, code, seconds, [n for n, of in enumerate(turns) if of == code])
        for code in codes
    ]
    at = [BEGAN + 1000 * TURN_S * number for number in range(len(turns))]
    return RecordingSheet(
        id="r", conference="c", title="Pakta Integritas", timezone="Asia/Makassar",
        timezone_label="WITA", began=BEGAN, ended=BEGAN + 1000 * seconds, by="bench",
        rooms={code: f"Kabupaten {code}" for code in codes}, hub=HUB, floor="",
        parts=tuple(parts),
        notes=tuple(RecordingNote(at=a, what="floor", room=of)
                    for a, of in zip(at, turns, strict=True)),
        markers=tuple(Marker(at=a, title=f"Sambutan {of}", room=of)
                      for a, of in zip(at, turns, strict=True)),
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench compose", description=__doc__)
    parser.add_argument("--rooms", type=int, default=11)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--output", default="film.mp4", help="its ending says the kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        clip = testclip.load(testclip.user_cache())
        sheet = recording(place, clip, arguments.rooms, arguments.seconds)
        out = place / Path(arguments.output).name
        before, began = os.times(), time.perf_counter()
        made = compose(place, sheet, out, Look(), "id", lambda done, total: None)
        took, after = time.perf_counter() - began, os.times()
        cpu = after.user + after.system - before.user - before.system
        recorded = sum(part.bytes for part in sheet.parts)
    found = {
        "rooms": arguments.rooms,
        "seconds": round(made.seconds, 1),
        "took_s": round(took, 1),
        "times_real_time": round(made.seconds / took, 2),
        "cpu_s_per_second": round(cpu / made.seconds, 3),
        "cores": os.cpu_count(),
        "recorded_mb": round(recorded / 1e6, 1),
        "film_mb": round(made.bytes / 1e6, 1),
        "most_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "problems": [one.words.en for one in made.problems],
    }
    print(json.dumps(found, indent=2))
    return 1 if made.problems else 0


if __name__ == "__main__":
    sys.exit(main())
