"""Metrics of conferences and their rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, get_args

from prometheus_client.metrics_core import Metric

from vicon.app.figures import lost_percent
from vicon.app.gateway import Hall
from vicon.app.totals import WAYS, Totals
from vicon.core import headcount, readiness, views
from vicon.core.model import AlarmKind, Conference, Phase, Role, Room
from vicon.core.profile import Level
from vicon.core.rooms import main_device
from vicon.metrics.family import Samples, counter, gauge, states
from vicon.ports import DeviceStats, LineStats

MOST_ROOMS = 500
"""Whose figures are told; of conferences that are open first. The rest is counted."""
_PHASES: tuple[str, ...] = get_args(Phase)
_ROLES: tuple[str, ...] = get_args(Role)
_PRESENCES: tuple[str, ...] = get_args(views.Presence)
_LEVELS: tuple[str, ...] = get_args(Level)
_READY: tuple[str, ...] = get_args(readiness.State)
_ALARMS: tuple[AlarmKind, ...] = get_args(AlarmKind)
_ROOM = ("conference", "room")


class Place(NamedTuple):
    """A room of a living conference."""

    hall: Hall
    code: str
    lines: Mapping[str, DeviceStats]

    @property
    def state(self) -> Conference:
        return self.hall.actor.state

    @property
    def room(self) -> Room:
        return self.state.rooms[self.code]

    @property
    def labels(self) -> tuple[str, str]:
        return self.state.plan.id, self.code

    def line(self, way: str) -> LineStats | None:
        """Of its main camera, as just measured."""
        main = main_device(self.state, self.code)
        stats = self.lines.get(main.id) if main is not None else None
        if stats is None:
            return None
        return stats.up if way == "up" else stats.down


def families(halls: Mapping[str, Hall], now: int) -> Iterator[Metric]:
    """`now`: Unix ms."""
    yield from _conferences(halls)
    places, left_out = _places(halls)
    yield gauge(
        "rooms_left_out",
        f"Rooms beyond {MOST_ROOMS} of which nothing is told.",
        (),
        [((), left_out)],
    )
    yield from _counts(places)
    yield from _presence(places, now)
    yield from _trials(places)
    yield from _lines(places)
    yield from _forwarded(places)


def _places(halls: Mapping[str, Hall]) -> tuple[list[Place], int]:
    """Put away: nobody is there any more."""
    living = [hall for hall in halls.values() if not hall.actor.state.archived]
    living.sort(key=lambda hall: hall.actor.state.phase not in ("live", "lobby"))
    found: list[Place] = []
    for hall in living:
        lines = hall.media.lines()
        found += [Place(hall, code, lines) for code in hall.actor.state.rooms]
    return found[:MOST_ROOMS], max(0, len(found) - MOST_ROOMS)


def _conferences(halls: Mapping[str, Hall]) -> Iterator[Metric]:
    all = [(hall.actor.state.plan.id, hall) for hall in halls.values()]
    yield gauge(
        "conference_phase",
        "Phase of the conference: 1 for the present one.",
        ("conference", "phase"),
        [
            ((id, name), value)
            for id, hall in all
            for name, value in states(_PHASES, hall.actor.state.phase)
        ],
    )
    yield gauge(
        "conference_rooms",
        "Rooms by presence of their main camera, the hub among them.",
        ("conference", "presence"),
        [((id, name), count) for id, hall in all for name, count in _present(hall.actor.state)],
    )
    yield gauge(
        "conference_alarms",
        "Count alarms that nobody has acknowledged.",
        ("conference",),
        [
            (
                (id,),
                sum(
                    _open(room, kind)
                    for room in hall.actor.state.rooms.values()
                    for kind in _ALARMS
                ),
            )
            for id, hall in all
        ],
    )
    yield gauge(
        "conference_websocket_connections",
        "Signalling connections that have been let in.",
        ("conference", "role"),
        [
            ((id, role), sum(guest.actor.role == role for guest in hall.audience.guests()))
            for id, hall in all
            for role in _ROLES
        ],
    )
    yield gauge(
        "journal_entries",
        "Entries of the conference's journal.",
        ("conference",),
        [((id,), hall.actor.revision) for id, hall in all],
    )
    yield counter(
        "acts",
        "Commands that the conference carried out or refused.",
        ("conference", "outcome"),
        [((id, name), value) for id, hall in all for name, value in hall.actor.acts.items()],
    )


def _present(state: Conference) -> list[tuple[str, int]]:
    found = [views.presence(state, code)[0] for code in state.rooms]
    return [(name, found.count(name)) for name in _PRESENCES]  # type: ignore[arg-type]


def _counts(places: Iterable[Place]) -> Iterator[Metric]:
    kinds: Mapping[str, Callable[[Place], int | None]] = {
        "declared": lambda place: headcount.declared(place.state, place.code),
        "checked_in": lambda place: headcount.checked_in(place.state, place.code),
        "camera": lambda place: place.room.estimate.persons if place.room.estimate else None,
        "effective": lambda place: headcount.effective(place.state, place.code),
    }
    yield gauge(
        "room_persons",
        "Persons in the room: declared (tally and companions), checked_in, camera (an estimate), "
        "effective (the larger of the first two). Absent: not known.",
        (*_ROOM, "count"),
        [((*place.labels, kind), read(place)) for place in places for kind, read in kinds.items()],
    )
    yield gauge(
        "room_cap_persons",
        "Most persons in the room by the plan.",
        _ROOM,
        [(place.labels, place.room.plan.cap) for place in places],
    )
    yield gauge(
        "room_limit_persons",
        "In force: the cap, or what a moderator allowed.",
        _ROOM,
        [(place.labels, place.room.limit) for place in places],
    )
    yield gauge(
        "room_alarm",
        "1: a count alarm that nobody has acknowledged. over: above the limit. mismatch: the "
        "camera sees clearly more than were counted.",
        (*_ROOM, "kind"),
        [((*place.labels, kind), _open(place.room, kind)) for place in places for kind in _ALARMS],
    )


def _open(room: Room, kind: AlarmKind) -> bool:
    alarm = room.alarms.get(kind)
    return alarm is not None and not alarm.by


def _presence(places: Iterable[Place], now: int) -> Iterator[Metric]:
    yield gauge(
        "room_presence",
        "Presence of the room's main camera: 1 for the present one.",
        (*_ROOM, "presence"),
        [
            ((*place.labels, name), value)
            for place in places
            for name, value in states(_PRESENCES, views.presence(place.state, place.code)[0])
        ],
    )
    yield gauge(
        "room_on_air",
        "1: the room has the floor.",
        _ROOM,
        [(place.labels, place.state.floor == place.code) for place in places],
    )
    yield gauge(
        "room_help",
        "1: the hall has called for help and nobody has answered.",
        _ROOM,
        [(place.labels, place.room.help is not None) for place in places],
    )
    yield gauge(
        "room_fallback",
        "Level of the hall's fallback plan: 1 for the present one.",
        (*_ROOM, "level"),
        [
            ((*place.labels, name), value)
            for place in places
            for name, value in states(_LEVELS, place.room.fallback.level)
        ],
    )
    yield gauge(
        "room_ready",
        "Readiness of the room: 1 for the present one.",
        (*_ROOM, "state"),
        [
            ((*place.labels, name), value)
            for place in places
            for name, value in states(
                _READY, readiness.readiness(place.state, place.code, now).state
            )
        ],
    )


def _trials(places: Iterable[Place]) -> Iterator[Metric]:
    yield gauge(
        "room_trial",
        "1, with the verdict of the room's last full trial (or untested), the profile that its "
        "line carries, and the code of what was found (docs/trials.md).",
        (*_ROOM, "verdict", "profile", "cause"),
        [((*place.labels, *_trial(place.room)), 1) for place in places],
    )
    yield gauge(
        "room_trial_timestamp_seconds",
        "When the room's last full trial was.",
        _ROOM,
        [(place.labels, place.room.trial.at / 1000) for place in places if place.room.trial],
    )


def _trial(room: Room) -> tuple[str, str, str]:
    trial = room.trial
    return ("untested", "", "") if trial is None else (trial.verdict, trial.profile, trial.cause)


def _lines(places: Iterable[Place]) -> Iterator[Metric]:
    """Of the last two seconds; absent without a connection."""
    labels = (*_ROOM, "way")
    found = [
        ((*place.labels, way), line)
        for place in places
        for way in WAYS
        if (line := place.line(way)) is not None
    ]
    yield gauge(
        "room_line_connected",
        "1: media has a way between the room and the server.",
        labels,
        [(at, line.state == "connected") for at, line in found],
    )
    yield gauge(
        "room_line_bits_per_second",
        "Media of the room's main camera; way: up, down.",
        labels,
        [(at, 1000 * line.kbps) for at, line in found],
    )
    yield gauge(
        "room_line_available_bits_per_second",
        "Estimate of what the line down carries.",
        labels,
        [
            (at, None if line.available_kbps is None else 1000 * line.available_kbps)
            for at, line in found
        ],
    )
    yield gauge(
        "room_line_loss_ratio",
        "Packets that did not come, before repair.",
        labels,
        [(at, lost_percent(line) / 100) for at, line in found],
    )
    yield gauge(
        "room_line_rtt_seconds",
        "Round trip.",
        labels,
        [(at, None if line.rtt_ms is None else line.rtt_ms / 1000) for at, line in found],
    )
    yield gauge(
        "room_line_jitter_seconds",
        "Of the stream that is worst off.",
        labels,
        [(at, max((s.jitter_ms for s in line.streams), default=0.0) / 1000) for at, line in found],
    )
    yield gauge(
        "room_line_limited",
        "1: the line holds pictures back.",
        labels,
        [(at, bool(line.limit)) for at, line in found],
    )


def _forwarded(places: Iterable[Place]) -> Iterator[Metric]:
    """Of all devices of a room, since the server's start."""
    labels = (*_ROOM, "way")
    read: Mapping[str, tuple[str, Callable[[Totals], float]]] = {
        "room_media_packets": ("RTP packets.", lambda total: total.packets),
        "room_media_bytes": ("Payload and RTP headers.", lambda total: total.octets),
        "room_media_lost_packets": ("Packets lost, before repair.", lambda total: total.lost),
        "room_media_nacks": ("Packets asked for again (NACK).", lambda total: total.nacks),
        "room_media_repaired_packets": ("Packets sent again.", lambda total: total.repaired),
        "room_media_key_frame_requests": ("Key frames asked for.", lambda total: total.plis),
        "room_media_limited_intervals": (
            "Intervals of two seconds in which a device's line had no room for something.",
            lambda total: total.limited,
        ),
    }
    found = [
        ((*place.labels, way), place.hall.media.totals.way(place.code, way))
        for place in places
        for way in WAYS
    ]
    for name, (help, value) in read.items():
        samples: Samples = [(at, value(total)) for at, total in found]
        yield counter(name, help, labels, samples)
    frozen = [(place.labels, place.hall.media.totals.frozen(place.code)) for place in places]
    yield counter(
        "room_freezes",
        "Times that a picture stood still on the room's pages.",
        _ROOM,
        [(at, one.freezes) for at, one in frozen],
    )
    yield counter(
        "room_frozen_seconds",
        "For so long pictures stood still there.",
        _ROOM,
        [(at, one.frozen_s) for at, one in frozen],
    )
    yield counter(
        "room_dropped_frames",
        "Frames that came there and were not shown.",
        _ROOM,
        [(at, one.dropped) for at, one in frozen],
    )
