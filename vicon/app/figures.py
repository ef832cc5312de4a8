"""Statistics of the media plane as the wire tells them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from signaling import messages as wire
from vicon.core.model import Conference
from vicon.core.presentations import PRESENT
from vicon.core.voices import ANNOUNCE, LINE
from vicon.ports import DeviceStats, LineStats, StreamStats

STREAMS_PER_MESSAGE = 400
"""About 130 kB of JSON, half of what a frame may hold."""
HELD_BACK = ("bandwidth", "codec", "uplink")
"""Reasons for a pause that a person should know of."""


def line_view(line: LineStats) -> wire.LineView:
    return wire.LineView(
        state=line.state,
        kbps=line.kbps,
        available_kbps=line.available_kbps,
        limit=line.limit,
        rtt_ms=_short(line.rtt_ms),
        lost_percent=round(lost_percent(line), 1),
        jitter_ms=round(max((s.jitter_ms for s in line.streams), default=0.0), 1),
    )


def lost_percent(line: LineStats) -> float:
    """Of all packets of the connection, before repair."""
    packets = sum(s.packets for s in line.streams)
    return sum(s.lost_percent * s.packets for s in line.streams) / packets if packets else 0.0


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def stream_view(stream: StreamStats, seen: wire.SeenRoom | None = None) -> wire.StreamView:
    """`seen`: what the receiver says of the room's picture and sound."""
    picture = seen if stream.kind == "video" else None
    sound = seen if stream.kind == "audio" else None
    return wire.StreamView(
        room=stream.room,
        kind=stream.kind,
        layer=stream.layer,
        codec=stream.codec,
        kbps=stream.kbps,
        packets=stream.packets,
        lost_percent=round(stream.lost_percent, 1),
        jitter_ms=round(stream.jitter_ms, 1),
        rtt_ms=_short(stream.rtt_ms),
        nacks=stream.nacks,
        repaired=stream.repaired,
        plis=stream.plis,
        fps=_short(stream.fps),
        paused=stream.paused,
        freezes=picture.freezes if picture else None,
        frozen_s=round(picture.frozen_s, 1) if picture else None,
        dropped=picture.dropped if picture else None,
        shown_fps=_short(picture.fps) if picture else None,
        concealed_percent=_short(sound.concealed_percent) if sound else None,
    )


def device_figures(
    state: Conference, stats: DeviceStats, seen: Mapping[str, wire.SeenRoom]
) -> wire.DeviceFigures:
    """Raises KeyError for a device that is not in `state`. `seen` by room."""
    device = state.devices[stats.device]
    up, down = stats.up, stats.down
    receives = (s for s in _shown(down) if s.packets or s.paused in HELD_BACK)
    return wire.DeviceFigures(
        device=device.id,
        kind=device.kind,
        room=device.room,
        up=line_view(up) if up else None,
        down=line_view(down) if down else None,
        sends=[stream_view(s) for s in (up.streams if up else ())],
        receives=[stream_view(s, seen.get(s.room)) for s in receives],
    )


def _shown(down: LineStats | None) -> list[StreamStats]:
    """Of the programme: who talks with whom beside it is nobody else's business."""
    streams = down.streams if down else ()
    return [stream for stream in streams if stream.room not in (ANNOUNCE, LINE, PRESENT)]


def media_line(stats: DeviceStats | None) -> wire.MediaLine:
    """What a device is told of itself; None: it has no connection."""
    up, down = (stats.up, stats.down) if stats else (None, None)
    streams = down.streams if down else ()
    heard = (ANNOUNCE, LINE)
    held = (s for s in streams if s.room not in heard and s.paused in HELD_BACK)
    return wire.MediaLine(
        limit=down.limit if down else "",
        available_kbps=down.available_kbps if down else None,
        up=line_view(up) if up else None,
        down=line_view(down) if down else None,
        paused=[wire.PausedView(room=s.room, kind=s.kind, why=s.paused) for s in held],
    )


def noticeable(before: wire.MediaLine, now: wire.MediaLine) -> bool:
    """Whether a page would show anything else."""
    if (before.limit, before.paused) != (now.limit, now.paused):
        return True
    lines = ((before.up, now.up), (before.down, now.down))
    return any(_moved(old, new) for old, new in lines)


def _moved(old: wire.LineView | None, new: wire.LineView | None) -> bool:
    if old is None or new is None:
        return old is not new
    return (
        (old.state, old.limit) != (new.state, new.limit)
        or _far(old.kbps, new.kbps, 50, 0.2)
        or _far(old.available_kbps, new.available_kbps, 50, 0.2)
        or _far(old.rtt_ms, new.rtt_ms, 20, 0.25)
        or _far(old.lost_percent, new.lost_percent, 1, 0)
        or _far(old.jitter_ms, new.jitter_ms, 10, 0.5)
    )


def _far(old: float | None, new: float | None, least: float, share: float) -> bool:
    """Whether two figures differ by `least` and by a `share` of the larger."""
    if old is None or new is None:
        return old is not new
    return abs(old - new) >= max(least, share * max(old, new))


def parcels(figures: Iterable[wire.DeviceFigures]) -> Iterator[wire.MediaFigures]:
    """As many messages as keep each within a frame; none for nothing."""
    rooms: list[wire.DeviceFigures] = []
    streams = 0
    for one in figures:
        size = len(one.sends) + len(one.receives)
        if rooms and streams + size > STREAMS_PER_MESSAGE:
            yield wire.MediaFigures(rooms=rooms)
            rooms, streams = [], 0
        rooms.append(one)
        streams += size
    if rooms:
        yield wire.MediaFigures(rooms=rooms)
