"""scripts/bench marks [--frames 100000]: how surely marks are read, and that none is read falsely.

Real frames of the marked clip (VP8, 180p to 720p), worn: scaled, dimmed, blurred, noisy; and
pictures without a mark that look like one. What a picture may be read as is known from how it was
made. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time

import cv2

from tests.measure.marks import KINDS, decoded, ghosts, worn
from vicon.measure import testclip
from vicon.measure.picture import read

SEED = 1
LEAST_WORN = 0.96
"""Share of the worn marks that must be read; of the clip's own every one."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench marks", description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    frames = parser.parse_args().frames
    source = decoded(testclip.make())
    clean = [(mark, read(luma)) for mark, luma in source]
    good = frames // 2
    began = time.perf_counter()
    right = unread = wrong = 0
    for mark, luma in worn(source, good, SEED):
        found = read(luma)
        right += found == mark
        unread += found is None
        wrong += found not in (None, mark)
    tally = {kind: {"frames": 0, "unread": 0, "one_of_two": 0, "false": 0} for kind in KINDS}
    for kind, luma, may in ghosts(source, frames - good, SEED):
        found = read(luma)
        how = "unread" if found is None else "one_of_two" if found in may else "false"
        tally[kind]["frames"] += 1
        tally[kind][how] += 1
    ghostly = sum(one["false"] for one in tally.values())
    seconds = time.perf_counter() - began
    result = {
        "command": " ".join(["scripts/bench marks", *sys.argv[1:]]),
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "clip_frames": {"all": len(clean), "read": sum(mark == found for mark, found in clean)},
        "worn": {"frames": good, "read": right, "unread": unread, "false": wrong},
        "without_mark": {"frames": frames - good, "false": ghostly, "kinds": tally},
        "seconds": round(seconds, 1),
    }
    print(json.dumps(result, indent=1))
    all_read = all(mark == found for mark, found in clean) and right >= LEAST_WORN * good
    return 0 if all_read and not wrong and not ghostly else 1


if __name__ == "__main__":
    sys.exit(main())
