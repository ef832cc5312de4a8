"""scripts/bench faults: a hundred faults over a session of ten halls, and how everybody came back.
As root; takes about 25 minutes. docs/faults.md says what is done and what is asked for."""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from tests.faults.campaign import Campaign, table, why_not
from tests.faults.kinds import KINDS

MEDIAN_S, LONGEST_S = 5.0, 15.0


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--halls", type=int, default=10)
    asked.add_argument("--browser", action="store_true", help="the first hall is Chromium")
    asked.add_argument("--only", help="faults whose name begins so")
    asked.add_argument("--keep", type=Path, help="a new folder for data and logs")
    told = asked.parse_args()
    if why := why_not():
        print(why, file=sys.stderr)
        return 2
    kinds = [kind for kind in KINDS if kind.startswith(told.only or "")]
    every = [kinds[n % len(kinds)] for n in range(told.count)]
    random.Random(told.seed).shuffle(every)
    with tempfile.TemporaryDirectory(prefix="vicon-faults-") as folder:
        campaign = Campaign(Path(folder), told.seed, told.halls, told.browser)
        try:
            result = asyncio.run(campaign.run(every))
        finally:
            if told.keep:
                shutil.copytree(folder, told.keep)
    backs = result.backs or [0.0]
    summary = {
        "command": " ".join(["scripts/bench faults", *sys.argv[1:]]),
        "python": platform.python_version(),
        "faults": len(result.blows),
        "table": table(result),
        "median_s": round(statistics.median(backs), 1),
        "max_s": round(max(backs), 1),
        "acknowledged": result.acknowledged,
        "unknown": result.unknown,
        "floor_changes": result.floors,
        "refused": result.refused,
        "journal_entries": result.entries,
        "wrong": result.wrong,
    }
    print(json.dumps(summary, indent=1))
    good = not result.wrong and statistics.median(backs) <= MEDIAN_S and max(backs) <= LONGEST_S
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
