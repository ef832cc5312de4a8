"""Statistics of the media plane's connections, conference by conference."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from vicon.media.connection import Connection
from vicon.media.sfu.figures import LineFigures
from vicon.media.sfu.router import Router
from vicon.ports import DeviceStats, LineStats, MediaFigures


class Figures:
    """collect() every STATS_S; it also asks for the round trips of the next time."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._lines: WeakKeyDictionary[Connection, LineFigures] = WeakKeyDictionary()

    def collect(self, connections: Iterable[Connection], now: float) -> dict[str, MediaFigures]:
        """Of each conference the figures since the last call. Monotonic seconds."""
        found: dict[str, dict[str, dict[str, LineStats]]] = {}
        for connection in connections:
            stats = self._read(connection, now)
            if stats is not None:
                conference, device = connection.key
                lines = found.setdefault(conference, {}).setdefault(device, {})
                lines[connection.direction] = stats
        return {
            conference: MediaFigures(
                devices=tuple(
                    DeviceStats(device=device, up=lines.get("up"), down=lines.get("down"))
                    for device, lines in devices.items()
                )
            )
            for conference, devices in found.items()
        }

    def _read(self, connection: Connection, now: float) -> LineStats | None:
        lines = self._lines.get(connection)
        if lines is None:  # counts from now on; what came before has no duration
            lines = self._lines[connection] = LineFigures(now)
            self._stats(connection, lines, now)
            return None
        return self._stats(connection, lines, now)

    def _stats(self, connection: Connection, lines: LineFigures, now: float) -> LineStats | None:
        transport = connection.transport
        transport.ping()
        if connection.direction == "up":
            publisher = self._router.publishers.get(connection.key)
            if publisher is None:
                return None
            return lines.up(publisher, connection.round_trip, transport.state, now)
        subscriber = connection.subscriber
        if subscriber is None or self._router.subscribers.get(connection.key) is not subscriber:
            return None
        return lines.down(subscriber, connection.round_trip, transport.state, now)
