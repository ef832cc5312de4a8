"""Found by every Python that is started with this folder in PYTHONPATH: its clock is off by
VICON_TEST_SHIFT_NS, so that pages speak of the example's own morning, whenever a test runs; and on
a server nothing gives way, however busy the machine is with other tests."""

import os
import sys
import time

_shift, _now = int(os.environ.get("VICON_TEST_SHIFT_NS", "0")), time.time_ns


def _shifted() -> int:
    return _now() + _shift


time.time_ns = _shifted
if "serve" in sys.orig_argv:
    from vicon.core import pressure, watch

    pressure.FIRST_S = float("inf")
    watch.BAD = watch.WINDOW + 1  # looks: a starved machine's round trips are no hall's
