"""What the vision worker does: looks at one picture after another, and answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import structlog

from vicon.ops import trace
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

log = structlog.get_logger("vicon.vision")


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
            with trace.following(word.trace):
                answer = _answer(looking, word)
                log.debug("< look", room=word.room, outcome=answer.quality)
            _say(sink, answer)
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
