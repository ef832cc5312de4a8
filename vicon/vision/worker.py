"""The vision worker: `python -m vicon.vision.worker --detector NAME`. One at a time, in order, and
behind everything else on the machine; it ends when its standard input does."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from typing import BinaryIO

import cv2

from vicon.vision.faces import DETECTORS
from vicon.vision.looking import Looking
from vicon.vision.weights import WeightsError
from vicon.vision.words import (
    LENGTH,
    Forget,
    FromWorker,
    Looked,
    Ready,
    Task,
    ToWorker,
    length,
    pack,
    to_worker,
)

NICE = 10


def serve(detector: str, source: BinaryIO, sink: BinaryIO) -> None:
    """Until `source` ends. A model that is missing or damaged is said once, and then of each room
    that it cannot be known. Raises WordsError, msgspec.MsgspecError for what is no message."""
    looking, problem = None, None
    try:
        looking = Looking(DETECTORS[detector]())
    except WeightsError as error:
        problem = (error.words.id, error.words.en)
    _say(sink, Ready(problem=problem))
    for word in _words(source):
        if isinstance(word, Task):
            _say(sink, _answer(looking, word))
        elif looking is not None and isinstance(word, Forget):
            looking.forget(word.room)


def _answer(looking: Looking | None, task: Task) -> Looked:
    if looking is None:
        return Looked(id=task.id, count=None, quality="unavailable")
    count, quality = looking.at(task.room, task.still, task.zones)
    return Looked(id=task.id, count=count, quality=quality)


def _words(source: BinaryIO) -> Iterator[ToWorker]:
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        size = length(head)
        data = source.read(size)
        if len(data) < size:
            return
        yield to_worker.decode(data)


def _say(sink: BinaryIO, word: FromWorker) -> None:
    sink.write(pack(word))
    sink.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--detector", choices=sorted(DETECTORS), required=True)
    options = parser.parse_args()
    # Ctrl-C is for the server, which ends this process by closing its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    cv2.setNumThreads(1)
    # What a library prints must not stand among the words.
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(BrokenPipeError):  # nobody listens any more
        serve(options.detector, sys.stdin.buffer, sink)
    return 0


if __name__ == "__main__":
    sys.exit(main())
