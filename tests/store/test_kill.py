"""`kill -9` at any moment loses nothing that was acknowledged."""

from __future__ import annotations

import random
import select
import subprocess
import sys
import threading
from pathlib import Path

from vicon.ops.data import DataDir
from vicon.store import reader

ROOT = Path(__file__).parents[2]
KILLS = 6


def run_and_kill(path: Path, delay: float, program: str) -> list[list[str]]:
    """What the process said was durable before it was killed, `delay` s after its first word."""
    command = [sys.executable, "-m", program, str(path)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    ready, _, _ = select.select([child.stdout], [], [], 20)
    assert ready, "the child does not begin"
    killer = threading.Timer(delay, child.kill)
    killer.start()
    out, _ = child.communicate(timeout=20)
    killer.join()
    lines = out.decode().splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def test_nothing_acknowledged_is_missing(tmp_path: Path) -> None:
    """Killed six times over, each time in the middle of writing, and started again on the same
    data: the lock of the dead is no hindrance, every acknowledged entry is there and the chain
    holds."""
    rng = random.Random(20200925)
    acknowledged: dict[int, str] = {}
    for _ in range(KILLS):
        fresh = run_and_kill(tmp_path, rng.uniform(0.0, 0.15), "tests.store.appender")
        assert fresh
        acknowledged |= {int(sequence): hash for sequence, hash in fresh}
        assert DataDir(tmp_path).holder() is None
        kept = {row.sequence: row.hash for row in reader.rows(tmp_path / "journal.sqlite")}
        assert reader.verify(tmp_path / "journal.sqlite").sound
        assert {n: kept.get(n) for n in acknowledged} == acknowledged
