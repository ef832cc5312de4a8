"""Watches the halls' lines by the media plane's figures, and says when a hall's picture is to go a
step down or up. The core decides; nothing of the figures is kept here but the last looks."""

from __future__ import annotations

from collections.abc import Callable

from vicon.app.actor import ConferenceActor
from vicon.app.figures import lost_percent
from vicon.core import commands as do
from vicon.core import commands_fallback as ladder
from vicon.core.model import Device
from vicon.core.rooms import main_device
from vicon.core.watch import LineLook, Look, Watch
from vicon.ports import STATS_S, DeviceStats, LineStats, MediaFigures


class Fallbacks:
    """One per conference. Bounded by its halls."""

    def __init__(self, actor: ConferenceActor, cpu: Callable[[str], float | None]) -> None:
        """`cpu`: what a device's page said lately of its machine, percent of the time in which it
        was too slow; None: nothing."""
        self._actor, self._cpu = actor, cpu
        self._watches: dict[str, tuple[str, Watch]] = {}
        """By hall the device that is watched."""

    def restarted(self) -> None:
        """All connections are new."""
        self._watches.clear()

    def steps(self, figures: MediaFigures) -> list[do.Command]:
        """What the server is to ask for now. Call it with all figures, in their order."""
        state, now = self._actor.state, self._actor.now()
        stats = {one.device: one for one in figures.devices}
        found: list[do.Command] = []
        for code in [code for code in self._watches if code not in state.rooms]:
            del self._watches[code]
        for room in state.plan.rooms:
            device = main_device(state, room.code)
            measured = stats.get(device.id) if device is not None else None
            if device is None or measured is None:
                self._watches.pop(room.code, None)
                continue
            watch, plan = self._watch(room.code, device), state.rooms[room.code].fallback
            if plan.pinned:
                watch.forget()
                continue
            step = watch.take(self._look(measured), plan.level, plan.ceiling, now)
            if step == "up":
                found.append(ladder.RaiseFallback(room=room.code, level=plan.level))
            elif step is not None:
                lower = ladder.LowerFallback(room=room.code, level=plan.level, trouble=step)
                found.append(lower)
        return found

    def _watch(self, code: str, device: Device) -> Watch:
        """A new one for another device: it has a line of its own."""
        known = self._watches.get(code)
        if known is None or known[0] != device.id:
            known = self._watches[code] = device.id, Watch(round(1000 * STATS_S))
        return known[1]

    def _look(self, stats: DeviceStats) -> Look:
        return Look(
            up=_line(stats.up),
            down=_line(stats.down),
            cpu_percent=self._cpu(stats.device),
        )


def _line(stats: LineStats | None) -> LineLook | None:
    """None for a connection that does not stand: it has troubles of its own."""
    if stats is None or stats.state != "connected":
        return None
    narrow = stats.available_kbps if stats.available_kbps is not None else stats.kbps
    return LineLook(
        packets=sum(stream.packets for stream in stats.streams),
        lost_percent=lost_percent(stats),
        rtt_ms=stats.rtt_ms,
        narrow_kbps=narrow if stats.limit == "sound" else None,
    )
