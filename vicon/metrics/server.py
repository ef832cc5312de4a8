"""Metrics of the server itself."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import get_args

from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector

from vicon import __version__
from vicon.core.estimate import Quality
from vicon.gauges import CameraCounter, Gauges, Plane
from vicon.metrics.family import counter, gauge, histogram, one, states
from vicon.ops.checks import Check
from vicon.pair.first import First, Stand
from vicon.ports import MediaLoad

_STANDS: tuple[str, ...] = get_args(Stand)
_QUALITIES: tuple[Quality, ...] = get_args(Quality)
_CHECK = {"ok": 0, "warn": 1, "fail": 2}


def families(gauges: Gauges, checks: Iterable[Check]) -> Iterator[Metric]:
    """What is known here; in the event loop."""
    yield gauge(
        "build_info",
        "1, with the versions.",
        ("version", "python"),
        [((__version__, platform.python_version()), 1)],
    )
    yield gauge(
        "check_state",
        "Of /readyz: 0 good, 1 needs somebody's hand, 2 nobody new should be sent here.",
        ("check",),
        [((check.name,), _CHECK[check.state]) for check in checks],
    )
    level = gauges.pressure()
    yield gauge("pressure_level", "What gives way, 0 (nothing) to 5 (sound alone).", (), one(level))
    yield from _edge(gauges)
    yield histogram("journal_write_seconds", "Until a transaction was durable.", gauges.writes)
    yield counter("journal_write_failures", "Transactions that failed.", (), one(gauges.failures()))
    yield from _media(gauges.plane)
    yield from _counter(gauges.counter)
    yield from _pair(gauges.pair)
    yield from _receivers(gauges)


def pids(gauges: Gauges) -> dict[str, int | str]:
    """Of the server's processes, by their name."""
    found: dict[str, int | str] = {"main": "self", **dict(gauges.plane.vitals.pids)}
    counting = gauges.counter.pid if gauges.counter is not None else None
    return found if counting is None else found | {"counter": counting}


def machine(folder: Path, processes: Mapping[str, int | str]) -> Iterator[Metric]:
    """What the machine says: looks at the disk and at /proc, so not in the event loop."""
    yield from _disk(folder)
    yield from _processes(processes)


def _disk(folder: Path) -> Iterator[Metric]:
    try:
        found = shutil.disk_usage(folder)
    except OSError:  # the check `disk` says so
        return
    yield gauge("disk_free_bytes", "On the data directory's disk.", (), one(found.free))
    yield gauge("disk_size_bytes", "Of the data directory's disk.", (), one(found.total))


def _edge(gauges: Gauges) -> Iterator[Metric]:
    requests = gauges.requests
    yield counter(
        "http_requests",
        "Requests by the route's template; none: no such route.",
        ("method", "route", "status"),
        [
            ((kind.method, kind.route, str(kind.status)), count)
            for kind, count in list(requests.counts.items())
        ],
    )
    yield histogram(
        "http_request_seconds",
        "From the header to the answer; without those that last.",
        requests.seconds,
    )
    yield gauge("websocket_connections", "Open now.", (), one(gauges.connections()))
    yield gauge(
        "certificate_expiry_timestamp_seconds",
        "End of the listener's certificate.",
        ("listener",),
        [
            ((f"{at.host}:{at.port}",), at.tls.expires_at / 1000)
            for at in gauges.listeners
            if at.tls is not None
        ],
    )


def _media(plane: Plane) -> Iterator[Metric]:
    vitals, load = plane.vitals, plane.load or MediaLoad()
    yield gauge("media_ready", "1: the media plane can be used.", (), one(plane.ready))
    yield gauge(
        "media_heartbeat_age_seconds",
        "Since the media worker last answered; absent where it is within the main process.",
        (),
        one(vitals.beat_age_s),
    )
    yield counter("media_worker_restarts", "Media workers that died.", (), one(vitals.restarts))
    late = None if load.late_ms is None else load.late_ms / 1000
    yield gauge("media_late_seconds", "By which its regular work came late.", (), one(late))
    yield gauge("media_cpu_ratio", "Share of one core, last second.", (), one(load.cpu))
    yield gauge("media_connections", "Media connections of devices.", (), one(vitals.connections))
    yield gauge(
        "media_dropped_datagrams",
        "For which the receive queues had no room, of the sockets that are open.",
        (),
        one(vitals.dropped),
    )


def _counter(found: CameraCounter | None) -> Iterator[Metric]:
    """Nothing where no camera is looked at."""
    if found is None:
        return
    yield gauge("counter_up", "1: the camera counter runs.", (), one(found.pid is not None))
    yield counter("counter_restarts", "Camera counters that ended.", (), one(found.restarts))
    yield counter(
        "counter_looks",
        "Looks at a room's camera, by their quality.",
        ("quality",),
        [((quality,), found.looks.get(quality, 0)) for quality in _QUALITIES],
    )


def _pair(first: First) -> Iterator[Metric]:
    yield gauge(
        "standby_state",
        "The second server: none, away, behind, synced; 1 for the present one.",
        ("state",),
        [((name,), value) for name, value in states(_STANDS, first.told.stand)],
    )
    yield gauge("standby_behind_entries", "That it does not have.", (), one(first.told.behind))
    yield gauge(
        "standby_right",
        "1: the second server takes over by itself should this one end.",
        (),
        one(first.rules.right),
    )


def _receivers(gauges: Gauges) -> Iterator[Metric]:
    """Nothing where there are none."""
    found = gauges.receivers()
    if not found:
        return
    yield counter(
        "webhook_attempts",
        "To tell a receiver: ok, status (not 2xx), timeout, unreachable.",
        ("receiver", "outcome"),
        [
            ((one.name, outcome), one.attempts.get(outcome, 0))
            for one in found
            for outcome in ("ok", "status", "timeout", "unreachable")
        ],
    )
    yield gauge(
        "webhook_failing",
        "1: the receiver's last attempt failed; it is tried again.",
        ("receiver",),
        [((one.name,), one.failing_s is not None) for one in found],
    )
    yield gauge(
        "webhook_waiting_entries",
        "Of the journal, that the receiver has not been told.",
        ("receiver",),
        [((one.name,), one.waiting) for one in found],
    )


def _processes(processes: Mapping[str, int | str]) -> Iterator[Metric]:
    """As prometheus_client reads them of /proc: CPU, memory, descriptors, start."""
    found: dict[str, Metric] = {}
    for name, pid in processes.items():
        for family in ProcessCollector("vicon", pid=_always(pid), registry=None).collect():
            kept = found.setdefault(
                family.name, Metric(family.name, family.documentation, family.type)
            )
            for sample in family.samples:
                kept.add_sample(sample.name, {**sample.labels, "process": name}, sample.value)
    yield from found.values()


def _always(pid: int | str) -> Callable[[], int | str]:
    return lambda: pid
