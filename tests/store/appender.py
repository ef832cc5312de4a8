"""Run by test_kill.py as a process of its own: appends without end and tells what is durable."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from vicon.core.events import TallyChanged
from vicon.ops.data import DataDir
from vicon.store.sqlite import SqliteJournal


async def main(path: Path) -> None:
    with DataDir.claim(path) as home:
        journal = await SqliteJournal.open(home)
        for conference in await journal.conferences():
            async for _ in journal.replay(conference):
                pass
        n = 0
        while True:
            n += 1
            acts = [(n, {"role": "operator"}, [TallyChanged(room="64.02", tally=n)])] * (n % 4 + 1)
            for record in await journal.append_many("k", acts):
                print(record.sequence, record.hash, flush=True)


asyncio.run(main(Path(sys.argv[1])))
