"""Open files: how many are left, and one that is kept for the worst moment."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import pytest

from vicon.ops import descriptors
from vicon.ops.descriptors import Reserve

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux lists what is open")


@linux
def test_what_is_free_is_what_can_be_opened(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = len(os.listdir("/proc/self/fd")) + 20
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, hard))
    opened: list[int] = []
    try:
        free = descriptors.free()
        reserve = Reserve()
        try:
            while True:
                opened.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            left = descriptors.free()
        assert free is not None
        # What was opened before the limit was lowered may lie above it, and takes no place below.
        assert free <= len(opened) + 1 <= free + 4, "the reserve is the one more"
        assert left == 0
        reserve.release()
        opened.append(os.open(os.devnull, os.O_RDONLY))
        reserve.restore()  # there is none to be had: nothing happens
        os.close(opened.pop())
        reserve.restore()
        with pytest.raises(OSError, match="Too many open files"):
            os.open(os.devnull, os.O_RDONLY)
        reserve.release()
    finally:
        for one in opened:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
