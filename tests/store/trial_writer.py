"""Run by test_trials.py as a process of its own: puts runs without end and tells what is kept."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from msgspec.structs import replace

from vicon.ops.data import DataDir
from vicon.ports import TrialRecord
from vicon.store.trials import SqliteTrials

RECORD = TrialRecord(
    id="u1",
    conference="k",
    room="64.02",
    kind="full",
    state="done",
    verdict="pass",
    profile="720p",
    started_at=1,
    ended_at=2,
    by="Teknisi",
    sweep="",
    hash="h1",
    body=b"{}",
)


async def main(path: Path) -> None:
    with DataDir.claim(path) as home:
        trials = await SqliteTrials.open(home)
        n = 0
        while True:
            n += 1
            id = f"u{os.getpid()}-{n}"
            await trials.put(replace(RECORD, id=id))
            print(id, flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
