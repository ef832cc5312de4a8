"""Found by every Python that is started with this folder in PYTHONPATH: its clock is off by
VICON_TEST_SHIFT_NS, so that pages speak of the example's own morning, whenever a test runs."""

import os
import time

_shift, _now = int(os.environ.get("VICON_TEST_SHIFT_NS", "0")), time.time_ns


def _shifted() -> int:
    return _now() + _shift


time.time_ns = _shifted
