"""Traces: one span for each canonical line, one trace for each request in whatever process; nothing
waits for the collector, and nothing secret goes there."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from tests.ops.collector import Collector
from vicon.cli.doctor import _check_telemetry
from vicon.config import Settings
from vicon.config.settings import Telemetry
from vicon.ops import telemetry
from vicon.ops.telemetry import Line, Spans

SECRET = "eyJhbGciOiJIUzI1NiJ9.rahasia.tanda"
ACT = {"event": "< act", "act": "SetTally", "conference": "k", "request": "r-1", "ms": 2.5}


def _within(seconds: float, test: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not test():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


PROCESS = """
import sys, json, structlog
from vicon.ops import logging, telemetry, trace
spans = telemetry.begin(sys.argv[1], sys.argv[2])
logging.setup(json=True, beside=spans)
log = structlog.get_logger("vicon")
for request, event, words in json.loads(sys.stdin.read()):
    with trace.following(request):
        log.info(event, **words)
"""


def _tell(process: str, lines: Sequence[object], url: str = "", **env: str) -> str:
    """A process of vicon that logs these lines and ends; what it wrote to its log."""
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, process, url], input=json.dumps(lines), text=True,
        capture_output=True, timeout=60, check=True, env=env,
    )  # fmt: skip
    return done.stderr


def test_one_request_is_one_trace_through_two_processes() -> None:
    act = {"act": "StartRecording", "conference": "k", "role": "moderator", "ms": 12.5,
           "name": "Siti Aminah", "outcome": "done", "token": SECRET}  # fmt: skip
    media = {"act": "record", "conference": "k", "outcome": "done", "ms": 3.0}
    with Collector().open() as collector:
        _tell("server", [("r-1", "< act", act), ("r-1", "- ready", {})], collector.url)
        key = "kunci-pengumpul"
        _tell(
            "media", [("r-1", "< media", media), ("r-2", "x media", media)],
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
            OTEL_EXPORTER_OTLP_HEADERS=f"authorization={key}",
        )  # fmt: skip
    names = [span.name for span, _, _ in collector.spans]
    assert names == ["act StartRecording", "media record", "media record"]
    first, second, third = (span.trace_id for span, _, _ in collector.spans)
    assert first == second != third
    (span, facts, about), *_ = collector.spans
    assert span.end_time_unix_nano - span.start_time_unix_nano == 12_500_000
    assert abs(span.end_time_unix_nano / 1e9 - time.time()) < 60
    assert facts["vicon.request"] == "r-1"
    assert facts["vicon.role"] == "moderator"
    assert (about["service.name"], about["vicon.process"]) == ("vicon", "server")
    for hidden in (SECRET, "Siti", key):
        assert hidden.encode() not in collector.bodies
    assert collector.heads[-1]["authorization"] == key


def test_a_collector_that_is_away_or_refuses_harms_nothing() -> None:
    lines = [("r", "< act", {"act": "SetTally", "ms": 1.0})] * 5
    with Collector(status=400).open() as collector:
        began = time.monotonic()
        log = _tell("server", lines, collector.url)
    assert log.count('"< act"') == 5
    assert collector.spans
    gone = _tell("server", lines, collector.url)  # nobody listens there any more
    assert gone.count('"< act"') == 5
    assert time.monotonic() - began < 30


def test_lines_never_wait_and_what_has_no_room_is_counted() -> None:
    block, begun, sent = threading.Event(), threading.Event(), list[Line]()

    def export(batch: Sequence[Line]) -> bool:
        begun.set()
        block.wait(10)
        sent.extend(batch)
        return True

    spans = Spans(export, lambda: 1_000, time.monotonic, waiting=10)
    spans.start()
    spans(None, "info", dict(ACT))
    assert begun.wait(10)
    for _ in range(30):
        assert spans(None, "info", dict(ACT)) == ACT
    assert spans.dropped == 20
    block.set()
    spans.close()
    assert (len(sent), spans.sent, spans.dropped) == (11, 11, 20)


def test_what_the_collector_does_not_take_is_counted() -> None:
    answers: list[bool | OSError] = [False, OSError("away"), True]

    def export(batch: Sequence[Line]) -> bool:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    clock = iter(range(0, 10_000_000, 100))  # no batch waits for more
    spans = Spans(export, lambda: 1_000, lambda: float(next(clock)))
    spans.start()
    for n in range(3):
        spans(None, "info", dict(ACT))
        assert _within(10, lambda n=n: len(answers) == 2 - n)  # type: ignore[misc]
    spans.close()
    assert (spans.lost, spans.sent, spans.dropped) == (2, 1, 0)


def test_without_the_extra_a_server_and_the_doctor_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    settings = Settings(conferences=[], telemetry=Telemetry(otlp_endpoint="http://127.0.0.1:4318"))
    (there,) = _check_telemetry(settings)
    assert there.status == "ok"
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if "opentelemetry" in name else find(name)
    )
    (missing,) = _check_telemetry(settings)
    assert (missing.status, missing.found) == ("warning", telemetry.MISSING)
    assert telemetry.begin("server", settings.telemetry.otlp_endpoint) is None
    for name in telemetry._ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    assert list(_check_telemetry(Settings(conferences=[]))) == []
    assert telemetry.begin("server") is None
