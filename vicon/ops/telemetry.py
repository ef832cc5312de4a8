"""Traces for OpenTelemetry, by OTLP over HTTP: one span for each canonical line of the log.

All spans of one request share a trace, whose id is made from the request's: each process tells its
own, and they meet at the collector. Nothing here waits for anything: lines go into a bounded queue,
a thread sends them, and what finds no room is counted and gone. Needs the extra `otel`; settings of
the standard's environment (OTEL_EXPORTER_OTLP_HEADERS, OTEL_RESOURCE_ATTRIBUTES, ...) hold.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import importlib.util
import logging
import os
import queue
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import structlog
from structlog.typing import EventDict, WrappedLogger

from vicon import __version__
from vicon.ops.clock import SystemClock
from vicon.ops.trace import KEY
from vicon.ops.words import Words

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_TRACES = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
_ENDPOINTS = (_TRACES, ENDPOINT)
WAITING, BATCH = 2_048, 256
"""Lines in the queue, and sent together, at most."""
LINGER_S = 2.0
"""So long a batch waits for more."""
EXPORT_S, CLOSE_S, AWAY_S, SAID_S = 3.0, 5.0, 0.1, 60.0
_MODULES = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")
_KINDS = {"act", "http", "command", "media", "look"}
_FACTS = (
    "act", "conference", "role", "room", "of_room", "device", "leg", "outcome", "code", "status",
    "revision", "events", "ms",
)  # fmt: skip
"""Codes, figures and random ids: nobody's name, no address, nothing that a person wrote."""
_LONGEST = 128

MISSING = Words(
    "Alamat OTLP diisi, tetapi paket OpenTelemetry tidak terpasang: jejak tidak dikirim.",
    "An OTLP endpoint is set, but OpenTelemetry is not installed: no traces are sent.",
)
INSTALL = Words(
    "Pasang requirements/otel.txt ke lingkungan Python vicon (docs/monitoring.md), lalu jalankan "
    "lagi.",
    "Install requirements/otel.txt into vicon's Python environment (docs/monitoring.md), then "
    "start again.",
)
log = structlog.get_logger("vicon.telemetry")


class Line(NamedTuple):
    """What becomes a span. Times: Unix ns."""

    name: str
    request: str
    start: int
    end: int
    facts: Mapping[str, str | int | float | bool]


Export = Callable[[Sequence[Line]], bool]
"""Sends them; False or an OSError: they are lost."""


def endpoint(configured: str = "") -> str:
    """Where traces go: as configured, else as the environment says; empty: nowhere."""
    return configured or next((os.environ[one] for one in _ENDPOINTS if os.environ.get(one)), "")


def installed() -> bool:
    try:
        found = map(importlib.util.find_spec, _MODULES)
        return all(one is not None for one in found)
    except ModuleNotFoundError:  # of a package above it
        return False


def begin(process: str, configured: str = "") -> Spans | None:
    """For this process, until it ends; the processes that it starts go by the environment. None:
    there is no endpoint, or no extra (`installed`)."""
    if not endpoint(configured) or not installed():
        return None
    if configured:
        os.environ[ENDPOINT] = configured
        os.environ.pop(_TRACES, None)  # it would go before
    clock = SystemClock()
    spans = Spans(_exporter(process), clock.now, clock.monotonic)
    spans.start()
    atexit.register(spans.close)
    return spans


class Spans:
    """A structlog processor. `export` is called in a thread of its own; `now`: Unix ms;
    `monotonic`: seconds."""

    def __init__(
        self,
        export: Export,
        now: Callable[[], int],
        monotonic: Callable[[], float],
        waiting: int = WAITING,
    ) -> None:
        self._export, self._now, self._monotonic = export, now, monotonic
        self._queue: queue.Queue[Line | None] = queue.Queue(waiting)
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        self._over = threading.Event()
        self._said_at = float("-inf")
        self._away = False
        self.sent = self.dropped = self.lost = 0
        """Lines: at the collector; for which the queue had no room; that it did not take."""

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """What waits is sent, as far as that goes within five seconds; a collector that was away
        the last time is not waited for."""
        self._over.set()
        with contextlib.suppress(queue.Full):  # then nobody waits for something to come
            self._queue.put_nowait(None)
        if self._thread.is_alive():
            self._thread.join(AWAY_S if self._away else CLOSE_S)

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        mark, _space, kind = str(event.get("event", "")).partition(" ")
        if mark in ("<", "x") and kind in _KINDS and ("act" in event or kind == "look"):
            try:
                self._queue.put_nowait(self._line(kind, event))
            except queue.Full:
                self.dropped += 1
        return event

    def _line(self, kind: str, event: EventDict) -> Line:
        end = self._now() * 1_000_000
        took = event.get("ms", 0)
        start = end - int(took * 1_000_000) if isinstance(took, int | float) else end
        facts = {name: _plain(event[name]) for name in _FACTS if event.get(name) is not None}
        name = f"{kind} {facts['act']}" if "act" in facts else kind
        return Line(name, str(event.get(KEY, "")), start, end, facts)

    def _run(self) -> None:
        while True:
            batch = self._gather()
            if batch:
                self._send(batch)
            if self._over.is_set() and self._queue.empty():
                return

    def _gather(self) -> list[Line]:
        batch: list[Line] = []
        until: float | None = None
        while len(batch) < BATCH and not (self._over.is_set() and self._queue.empty()):
            left = None if until is None else until - self._monotonic()
            if left is not None and left <= 0:
                break
            try:
                line = self._queue.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                break
            batch.append(line)
            until = until or self._monotonic() + LINGER_S
        return batch

    def _send(self, batch: Sequence[Line]) -> None:
        try:
            done = self._export(batch)
        except OSError:
            done = False
        self._away = not done
        if done:
            self.sent += len(batch)
            return
        self.lost += len(batch)
        if self._monotonic() - self._said_at >= SAID_S:
            self._said_at = self._monotonic()
            log.warning("x telemetry", lost=self.lost, dropped=self.dropped, sent=self.sent)


def _plain(value: object) -> str | int | float | bool:
    return value if isinstance(value, bool | int | float) else str(value)[:_LONGEST]


def trace_of(request: str) -> int:
    """The trace's id: the same in every process that has a part in the request."""
    seed = request.encode() if request else secrets.token_bytes(16)
    return int.from_bytes(hashlib.sha256(b"vicon request " + seed).digest()[:16], "big")


def _exporter(process: str) -> Export:
    """Loads a quarter of a second of libraries."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExportResult
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # we say it, once a minute
    exporter = OTLPSpanExporter(timeout=EXPORT_S)
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "vicon"}
    about = {**named, "service.version": __version__, "vicon.process": process}
    resource, scope = Resource.create(about), InstrumentationScope("vicon", __version__)

    def span(line: Line) -> ReadableSpan:
        id = int.from_bytes(secrets.token_bytes(8), "big") or 1
        flags = TraceFlags(TraceFlags.SAMPLED)
        broken = int(line.facts.get("status", 0) or 0) >= 500
        return ReadableSpan(
            name=line.name,
            context=SpanContext(trace_of(line.request), id, is_remote=False, trace_flags=flags),
            resource=resource,
            attributes={f"vicon.{key}": value for key, value in line.facts.items()}
            | ({"vicon.request": line.request} if line.request else {}),
            kind=SpanKind.INTERNAL if line.name.startswith(("media", "look")) else SpanKind.SERVER,
            status=Status(StatusCode.ERROR if broken else StatusCode.UNSET),
            start_time=line.start,
            end_time=line.end,
            instrumentation_scope=scope,
        )

    def export(batch: Sequence[Line]) -> bool:
        return exporter.export([span(line) for line in batch]) is SpanExportResult.SUCCESS

    return export
