"""What the media plane and the pages measure of one conference: kept while it is true, told to
whom it concerns, never journalled."""

from __future__ import annotations

from msgspec import Struct

from signaling import messages as wire
from vicon.app.actor import ConferenceActor
from vicon.app.audience import Audience, Guest
from vicon.app.figures import device_figures, media_line, noticeable, parcels
from vicon.app.totals import RoomTotals
from vicon.core.rooms import main_device
from vicon.ports import DeviceStats, LayersWanted, MediaFigures

TOLD_MS = 1_900
"""Least time between two messages about the same; a little less than ports.STATS_S."""
FRESH_MS = 6_000
"""Figures that are older are not true any more."""
SEEN_MS = 15_000
"""Three reports of a page."""
SLOW_FRAMES = 8
"""Who has so many messages still to read is not given figures."""
CARRIED_MS = 60_000
"""So long a line is taken to carry what it last did."""
ROLES = ("moderator", "technician")
"""Who sees the figures of all rooms."""


class _Seen(Struct):
    at: int
    rooms: dict[str, wire.SeenRoom]
    cpu_percent: float | None


class Measured:
    """Bounded by the devices of the conference: of each only the last that was said."""

    def __init__(self, actor: ConferenceActor, audience: Audience) -> None:
        self._actor, self._audience = actor, audience
        self._stats: dict[str, DeviceStats] = {}
        self._at: int | None = None
        self._layers: dict[str, LayersWanted] = {}
        self._seen: dict[str, _Seen] = {}
        self._told: dict[str, tuple[int, wire.MediaLine]] = {}
        self.totals = RoomTotals()
        self._carried: dict[str, tuple[int, int]] = {}
        """When, and kbit/s: outlives the media plane, for the lines outlive it too."""

    @property
    def at(self) -> int | None:
        """When the figures came, Unix ms; None: there are none."""
        return self._at

    def restarted(self) -> None:
        """All connections are gone, and what was measured of them."""
        self._at = None
        for known in (self._stats, self._layers, self._seen, self._told):
            known.clear()

    # --- what comes in -------------------------------------------------------------------------

    def layers_wanted(self, wanted: LayersWanted) -> None:
        if wanted.device not in self._actor.state.devices:
            return
        self._layers[wanted.device] = wanted
        holder = self._audience.holder(wanted.device)
        if holder is not None:
            self.tell_layers(holder)

    def figures(self, figures: MediaFigures) -> None:
        self._stats = {stats.device: stats for stats in figures.devices}
        self._at = self._actor.now()
        self.totals.add(self._actor.state, figures)
        for stats in figures.devices:
            down = stats.down
            # Of one that has fallen silent the estimate sinks, whatever its line carried.
            if down is None or down.available_kbps is None:
                continue
            if down.state == "connected" and down.kbps > 0:
                self._carried[stats.device] = self._at, down.available_kbps
        self._forget()
        everybody = [g for g in self._audience.guests() if g.actor.role in ROLES]
        if everybody:
            messages = list(parcels(self.rooms()))
            for guest in everybody:
                self._send(guest, messages)
        for guest in self._audience.guests():
            self._tell_line(guest)

    def saw(self, device: str, body: wire.MediaSeen) -> None:
        """A page's own report; of rooms that there are."""
        rooms = {one.room: one for one in body.rooms if one.room in self._actor.state.rooms}
        self._seen[device] = _Seen(self._actor.now(), rooms, body.cpu_percent)
        known = self._actor.state.devices.get(device)
        self.totals.saw(device, known.room if known is not None else None, rooms.values())

    def cpu(self, device: str) -> float | None:
        """What its page said lately of its machine, percent of the time in which it was too slow to
        encode its picture."""
        seen = self._seen.get(device)
        fresh = seen is not None and 0 <= self._actor.now() - seen.at <= FRESH_MS
        return seen.cpu_percent if seen is not None and fresh else None

    def lines(self) -> dict[str, DeviceStats]:
        """The last figures by device; none that are older than FRESH_MS."""
        old = self._at is None or self._actor.now() - self._at > FRESH_MS
        return {} if old else dict(self._stats)

    def _forget(self) -> None:
        known = self._actor.state.devices
        for kept in (self._layers, self._seen, self._told, self._carried):
            for device in list(kept):
                if device not in known:
                    del kept[device]

    def carried(self, device: str) -> int | None:
        """What its line carried a moment ago, kbit/s: the start of its next connection."""
        at, kbps = self._carried.get(device, (0, 0))
        return kbps if abs(self._actor.now() - at) <= CARRIED_MS else None

    # --- what goes out -------------------------------------------------------------------------

    def devices(self) -> list[wire.DeviceFigures]:
        """Of each device that has a connection, at the last look."""
        state, oldest = self._actor.state, self._actor.now() - SEEN_MS
        seen = {device: one.rooms for device, one in self._seen.items() if one.at >= oldest}
        return [
            device_figures(state, stats, seen.get(stats.device, {}))
            for stats in self._stats.values()
            if stats.device in state.devices
        ]

    def rooms(self) -> list[wire.DeviceFigures]:
        """Of the main devices alone."""
        state = self._actor.state
        found = (main_device(state, code) for code in state.rooms)
        mains = {device.id for device in found if device is not None}
        return [one for one in self.devices() if one.device in mains]

    def greet(self, guest: Guest) -> None:
        """A guest has just been welcomed: what it would have been told before."""
        self._told.pop(guest.actor.device or "", None)
        self.tell_layers(guest)
        if self._at is None or self._actor.now() - self._at > FRESH_MS:
            return
        self._tell_line(guest)
        if guest.actor.role in ROLES:
            self._send(guest, list(parcels(self.rooms())))

    def tell_layers(self, guest: Guest) -> None:
        """What its device should encode, if the media plane has said so."""
        wanted = self._layers.get(guest.actor.device or "")
        if wanted is not None:
            guest.socket.send(wire.MediaLayers(layers=list(wanted.layers)))  # type: ignore[arg-type]

    def _tell_line(self, guest: Guest) -> None:
        device = guest.actor.device
        if device is None:
            return
        now, line = self._actor.now(), media_line(self._stats.get(device))
        told_at, told = self._told.get(device, (0, media_line(None)))
        if abs(now - told_at) < TOLD_MS or not noticeable(told, line):
            return
        self._told[device] = now, line
        guest.socket.send(line)

    @staticmethod
    def _send(guest: Guest, messages: list[wire.MediaFigures]) -> None:
        if guest.socket.waiting > SLOW_FRAMES:
            return
        for message in messages:
            guest.socket.send(message)
