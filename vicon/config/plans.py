"""From configuration to what the core and the links need."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from vicon.config import settings as cfg
from vicon.config.kinds import port_range
from vicon.core.ceremony import Item
from vicon.core.model import Plan, Policy, RoomPlan
from vicon.core.pactwords import Document
from vicon.core.privacy import Keep
from vicon.core.zones import label_of
from vicon.ops.links import DoorRole, Grant, MediaRole, Role

_KINDS = ("Kabupaten ", "Kota ", "Provinsi ")


def plans(settings: cfg.Settings) -> list[Plan]:
    """The conferences as the core takes them, in the order of the file."""
    return [plan_of(conference) for conference in settings.conferences]


def keep_of(conference: cfg.Conference) -> Keep:
    """How long what of a conference is kept."""
    retention = conference.retention
    return Keep(
        automatic=retention.automatic,
        attendance_days=retention.attendance_days,
        trials_days=retention.trials_days,
        recordings_days=retention.recordings_days,
    )


def media_ports(media: cfg.Media) -> tuple[int, int]:
    """First and last UDP port; (0, 0): any."""
    return port_range(media.port_range) or (media.port, media.port)


def grants(settings: cfg.Settings) -> list[Grant]:
    """Who gets a link: of each conference the moderators, the technicians (one at least), each
    room's operator, one observer, each room's test page, each room's encoder, one player,
    each room's door and display, and the page that other sites may show, where some may."""
    shown = bool(settings.server.embed_origins)
    return [grant for one in settings.conferences for grant in grants_of(one, embedded=shown)]


def grants_of(conference: cfg.Conference, *, embedded: bool = False) -> list[Grant]:
    """See grants()."""
    technicians = conference.technicians or [cfg.Person(name="Teknisi")]

    everywhere = (conference.hub, *conference.rooms)

    once = conference.policy.hall_links == "once"

    def grant(role: Role | MediaRole | DoorRole, room: str | None, name: str) -> Grant:
        single = once and role == "operator"
        return Grant(conference=conference.id, role=role, room=room, name=name, once=single)

    return [
        *(grant("moderator", conference.hub.code, who.name) for who in conference.moderators),
        *(grant("technician", None, who.name) for who in technicians),
        *(grant("operator", r.code, f"Operator {_short(r)}") for r in conference.rooms),
        grant("observer", None, "Pemantau"),
        *(grant("tester", room.code, f"Uji {_short(room)}") for room in everywhere),
        *(grant("encoder", room.code, f"Enkoder {_short(room)}") for room in everywhere),
        grant("player", None, "Pemutar"),
        *(grant("door", room.code, f"Pintu {_short(room)}") for room in everywhere),
        *(grant("observer", room.code, f"Layar {_short(room)}") for room in everywhere),
        *([grant("embed", None, "Sematan")] if embedded else []),
    ]


def plan_of(conference: cfg.Conference) -> Plan:
    """A conference as the core takes it."""
    policy = conference.policy
    return Plan(
        id=conference.id,
        title=conference.title,
        timezone=conference.timezone,
        timezone_label=conference.timezone_label or _label(conference),
        hub=_room(conference.hub),
        rooms=tuple(_room(room) for room in conference.rooms),
        starts_at=_starts_at(conference),
        rundown=tuple(_item(n, item) for n, item in enumerate(conference.rundown, 1)),
        pact=_pact(conference.pact),
        policy=Policy(
            admission=policy.admission,
            mute_on_join=policy.mute_on_join,
            mute_lock=policy.mute_lock,
            companion_grace_ms=policy.companion_grace_s * 1000,
            main_grace_ms=policy.main_grace_s * 1000,
            undo_ms=policy.undo_s * 1000,
            gate=policy.gate,
            trial_age_ms=policy.trial_age_hours * 3_600_000,
            over=policy.over,
            escalate_ms=policy.escalate_s * 1000,
            roles=tuple(policy.roles),
        ),
    )


def _item(number: int, item: cfg.RundownItem) -> Item:
    return Item(
        id=f"i{number}",
        kind=item.kind,
        title=item.title,
        planned_s=round(item.minutes * 60),
        room=item.room or None,
        notes=item.notes,
        point=item.point,
        hush=item.hush,
    )


def _pact(pact: cfg.Pact) -> Document | None:
    if not pact.points:
        return None
    return Document(
        title=pact.title,
        preamble=pact.preamble,
        points=tuple(pact.points),
        closing=pact.closing,
    )


def _room(room: cfg.Room) -> RoomPlan:
    return RoomPlan(
        code=room.code, name=room.name, short_name=_short(room), abbr=room.abbr, cap=room.cap
    )


def _short(room: cfg.Room) -> str:
    kind = next((kind for kind in _KINDS if room.name.startswith(kind)), "")
    return room.short_name or room.name.removeprefix(kind) or room.name


def _begin(conference: cfg.Conference) -> datetime | None:
    begin = conference.starts_at
    if begin is not None and begin.tzinfo is None:
        return begin.replace(tzinfo=ZoneInfo(conference.timezone))
    return begin


def _starts_at(conference: cfg.Conference) -> int | None:
    begin = _begin(conference)
    return round(begin.timestamp() * 1000) if begin else None


def _label(conference: cfg.Conference) -> str:
    """Indonesia's own names; else what the time zone is called at the beginning."""
    if known := label_of(conference.timezone):
        return known
    begin = _begin(conference)
    zone = ZoneInfo(conference.timezone)
    return (begin.astimezone(zone).tzname() if begin else None) or conference.timezone
