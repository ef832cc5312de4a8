"""Run by test_backup.py as a process of its own: a backup or a restore that is killed, as by the
power, at the Nth word of how far it is."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from vicon.ops.data import DataDir
from vicon.ops.words import Words
from vicon.store.backup import backup
from vicon.store.restore import restore


def main(what: str, one: str, other: str, at: int) -> None:
    told = 0

    def tell(_what: Words, _done: int, _total: int) -> None:
        nonlocal told
        told += 1
        if told == at:
            os.kill(os.getpid(), signal.SIGKILL)

    if what == "backup":
        backup(DataDir(Path(one)), Path(other), keys=True, now=0, version="1", tell=tell)
    else:
        restore(Path(one), Path(other), tell)
    print(told)


main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
