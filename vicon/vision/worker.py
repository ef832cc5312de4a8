"""The vision worker: `python -m vicon.vision.worker --detector NAME`. One at a time, in order, and
behind everything else on the machine; it ends when its standard input does."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys

NICE = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--detector", required=True)
    parser.add_argument("--log-level", default="warning")
    options = parser.parse_args()
    # Ctrl-C is for the server, which ends this process by closing its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    # Imported here: a second of work that must stand behind everything else already.
    import cv2

    from vicon.ops import logging, telemetry
    from vicon.vision.serving import serve

    logging.setup(level=options.log_level, beside=telemetry.begin("counter"))

    cv2.setNumThreads(1)
    # What a library prints must not stand among the words.
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(BrokenPipeError):  # nobody listens any more
        serve(options.detector, sys.stdin.buffer, sink)
    return 0


if __name__ == "__main__":
    sys.exit(main())
