"""Recordings: for the moderator of the conference, and for the organizer of any."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.web.answers import RecordingDeleted, RecordingTold
from vicon.web.openapi.words import BYTES, JSON, Answer, Operation, Schema, told

_NAME: Schema = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,80}$"}
_PATH: Mapping[str, Schema] = {"recording": _NAME, "file": _NAME}
_FILE = Answer(
    says="The file; `recording.json` says what the others are.",
    content={"video/webm": BYTES, "video/x-matroska": BYTES, JSON: BYTES},
    headers=("Content-Disposition",),
)


def operations(at: str, prefix: str, path: Mapping[str, Schema]) -> dict[str, Operation]:
    """Of the conferences at this address; ids begin with `prefix`."""
    one = {**path, "recording": _NAME}
    return {
        f"GET {at}/recordings": Operation(
            id=f"{prefix}recordings",
            says="All recordings of a conference, the newest first.",
            path=path,
            answers={200: told("They, with their files.", list[RecordingTold])},
            refuses=(404, 503),
        ),
        f"GET {at}/recordings/{{recording}}/{{file}}": Operation(
            id=f"{prefix}recording_file",
            says="One file of a recording, or a range of it (RFC 9110, section 14).",
            path={**path, **_PATH},
            answers={
                200: _FILE,
                206: Answer(says="The range.", content=_FILE.content),
                416: Answer(says="The file has no such range."),
            },
            refuses=(404,),
        ),
        f"DELETE {at}/recordings/{{recording}}": Operation(
            id=f"{prefix}delete_recording",
            says="A recording is gone, with all its files.",
            path=one,
            answers={200: told("It is gone.", RecordingDeleted)},
            refuses=(404, 409, 503),
        ),
    }
