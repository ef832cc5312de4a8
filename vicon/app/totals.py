"""What went through the media plane for each room since this server started: figures that only ever
rise, for whoever adds up over time. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from signaling import messages as wire
from vicon.core.model import Conference
from vicon.core.presentations import PRESENT
from vicon.core.voices import ANNOUNCE, LINE
from vicon.ports import Line, LineStats, MediaFigures

WAYS: tuple[Line, ...] = ("up", "down")
"""up: what the room's devices sent here. down: what was forwarded to them."""


class Totals(Struct):
    """Of one room and way."""

    packets: int = 0
    octets: int = 0
    """Payload and RTP headers."""
    lost: int = 0
    """Packets that did not arrive, before repair; of the way down as the receivers report it."""
    nacks: int = 0
    """Packets asked for again."""
    repaired: int = 0
    """Packets that came, or were sent, again."""
    plis: int = 0
    """Key frames asked for."""
    limited: int = 0
    """Intervals of statistics in which the line had no room for something."""


class Frozen(Struct):
    """What the pages of one room saw."""

    freezes: int = 0
    frozen_s: float = 0.0
    dropped: int = 0
    """Frames that came and were not shown."""


class RoomTotals:
    """Of one conference; bounded by its rooms and devices."""

    def __init__(self) -> None:
        self._ways: dict[tuple[str, Line], Totals] = {}
        self._frozen: dict[str, Frozen] = {}
        self._seen: dict[str, dict[str, Frozen]] = {}
        """What each device last said, by the room that it saw."""

    def way(self, room: str, way: Line) -> Totals:
        return self._ways.get((room, way)) or Totals()

    def frozen(self, room: str) -> Frozen:
        return self._frozen.get(room) or Frozen()

    def add(self, state: Conference, figures: MediaFigures) -> None:
        """What came since the figures before. Devices of no room count nowhere."""
        for stats in figures.devices:
            device = state.devices.get(stats.device)
            if device is None or device.room is None:
                continue
            for way, line in zip(WAYS, (stats.up, stats.down), strict=True):
                if line is not None:
                    _add(self._ways.setdefault((device.room, way), Totals()), line)
        self._forget(state)

    def saw(self, device: str, room: str | None, rooms: Iterable[wire.SeenRoom]) -> None:
        """A page of `room` says what it saw since its connection was made."""
        if room is None:
            return
        before, now = self._seen.get(device, {}), _said(rooms)
        total = self._frozen.setdefault(room, Frozen())
        for code, said in now.items():
            old = before.get(code, Frozen())
            if said.freezes < old.freezes or said.dropped < old.dropped:
                old = Frozen()  # another connection
            total.freezes += said.freezes - old.freezes
            total.frozen_s += max(0.0, said.frozen_s - old.frozen_s)
            total.dropped += said.dropped - old.dropped
        self._seen[device] = now

    def _forget(self, state: Conference) -> None:
        for device in self._seen.keys() - state.devices.keys():
            del self._seen[device]
        for key in [key for key in self._ways if key[0] not in state.rooms]:
            del self._ways[key]
        for room in self._frozen.keys() - state.rooms.keys():
            del self._frozen[room]


def _said(rooms: Iterable[wire.SeenRoom]) -> dict[str, Frozen]:
    return {
        one.room: Frozen(freezes=one.freezes, frozen_s=one.frozen_s, dropped=one.dropped)
        for one in rooms
    }


def _add(total: Totals, line: LineStats) -> None:
    for stream in line.streams:
        if stream.room in (ANNOUNCE, LINE, PRESENT):
            continue
        total.packets += stream.packets
        total.octets += stream.octets
        total.nacks += stream.nacks
        total.repaired += stream.repaired
        total.plis += stream.plis
        total.lost += round(stream.packets * _share(stream.lost_percent))
    total.limited += any(stream.paused in ("bandwidth", "uplink") for stream in line.streams)


def _share(lost_percent: float) -> float:
    """Lost for each that came."""
    return lost_percent / max(1.0, 100.0 - lost_percent)
