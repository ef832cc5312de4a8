"""The reports of an agent: JSON lines for programs, tables for persons."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from signaling.messages import Text
from vicon.agent.report import Event, JsonReporter, Line, Receiving, Sending, TableReporter
from vicon.ops.words import Language

LINE = Line(
    t=1_600_000_000_000,
    room="64.02",
    device="d1",
    state="joined",
    mic="on",
    on_air=True,
    count=8,
    sending=Sending(connection="connected", height=360, audio=True, kbps=312.5),
    connection="connected",
    receiving={
        "64.07": Receiving(video_frames=150, video_fps=15.0, audio_packets=500, kbps=128.0),
        "64.71": Receiving(lost=3),
    },
)
REFUSAL = Event(
    t=1_600_000_000_000,
    room="64.02",
    event="refused",
    code="room_full",
    text=Text(id="Ruang penuh.", en="The room is full."),
)


def test_every_line_is_one_json_object_as_documented() -> None:
    out = io.StringIO()
    reporter = JsonReporter(out)
    reporter.event(REFUSAL)
    reporter.lines([LINE])
    event, line = (json.loads(text) for text in out.getvalue().splitlines())
    assert event == {
        "t": 1_600_000_000_000,
        "room": "64.02",
        "event": "refused",
        "code": "room_full",
        "text": {"id": "Ruang penuh.", "en": "The room is full."},
    }
    assert (line["t"], line["room"], line["device"]) == (1_600_000_000_000, "64.02", "d1")
    assert (line["state"], line["mic"], line["on_air"], line["count"]) == ("joined", "on", True, 8)
    assert line["sending"]["kbps"] == 312.5
    assert line["receiving"]["64.07"]["video_fps"] == 15.0
    assert line["receiving"]["64.71"]["lost"] == 3


@pytest.mark.parametrize(
    ("lang", "single", "words"),
    [
        ("id", True, ("64.02: tersambung", "Dari ruang", "64.07", "Ruang penuh.")),
        ("en", True, ("64.02: joined", "From room", "64.71", "The room is full.")),
        ("id", False, ("Ruang bergerak", "1/2", "tersambung", "360p")),
    ],
)
def test_the_table_speaks_the_persons_language(
    lang: Language, single: bool, words: tuple[str, ...]
) -> None:
    out = io.StringIO()
    with TableReporter(Console(file=out, width=100), lang, single) as reporter:
        reporter.event(REFUSAL)
        reporter.lines([LINE])
    assert [word for word in words if word not in out.getvalue()] == []
