"""The head count's alarms: when more persons are in a room than its limit allows, or the camera
sees clearly more than were counted. A task for the moderator, who acknowledges it with a reason."""

from __future__ import annotations

from typing import get_args

from vicon.core import commands as do
from vicon.core import mics
from vicon.core.events import (
    CountAlarmAcknowledged,
    CountAlarmEnded,
    CountAlarmEscalated,
    CountAlarmRaised,
    CountSignChanged,
    Event,
    MicLockChanged,
    ReduceAsked,
)
from vicon.core.headcount import effective
from vicon.core.model import AlarmKind, Conference, CountAlarm
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub

CLEARLY = 2
"""So many more than were counted must the camera see."""
WINDOW_MS = 10_000
"""What was counted by hand is above the limit for so long before it is an alarm: a guest who only
looks in is none. What the camera sees must be so in two looks, one after the other."""
KINDS: tuple[AlarmKind, ...] = get_args(AlarmKind)


def seen(state: Conference, code: str) -> int | None:
    """What the camera shows; None: it cannot be known."""
    estimate = state.rooms[code].estimate
    return estimate.persons if estimate is not None else None


def over(state: Conference, code: str) -> bool:
    """Whether more persons are there, or are seen, than are allowed."""
    figure = max(effective(state, code) or 0, seen(state, code) or 0)
    return figure > state.rooms[code].limit


def mismatch(state: Conference, code: str) -> bool:
    """Where nobody has counted there is nothing that the camera differs from."""
    counted, camera = effective(state, code), seen(state, code)
    return counted is not None and camera is not None and camera >= counted + CLEARLY


def _since(state: Conference, code: str, kind: AlarmKind) -> int | None:
    room = state.rooms[code]
    return room.over_since if kind == "over" else room.mismatch_since


def consequences(
    before: Conference, state: Conference, command: do.Command, changed: bool
) -> list[Event]:
    """What has become of `before` by `command`, as far as alarms go: signs that come and go,
    alarms that a camera's second look raises, and those that end. `changed`: anything has."""
    if state.phase not in ("lobby", "live"):
        return []
    looked = command.room if isinstance(command, do.RecordEstimate) else None
    if not changed and looked not in state.rooms:
        return []
    more: list[Event] = []
    for code in state.rooms:
        more += _of_room(before, state, code, looked == code)
    return more


def _of_room(before: Conference, state: Conference, code: str, looked: bool) -> list[Event]:
    room = state.rooms[code]
    signs = over(state, code), mismatch(state, code)
    events: list[Event] = []
    if signs != (room.over_since is not None, room.mismatch_since is not None):
        events.append(
            CountSignChanged(
                room=code,
                over=signs[0],
                mismatch=signs[1],
                persons=effective(state, code),
                camera=seen(state, code),
            )
        )
    for kind, sign in zip(KINDS, signs, strict=True):
        if sign and looked and _twice(before, state, code, kind):
            events += _raise(state, code, kind)
        elif not sign:
            events += _end(state, code, kind)
    if room.reduce_asked and not signs[0]:
        events.append(ReduceAsked(room=code, on=False))
    return events


def _twice(before: Conference, state: Conference, code: str, kind: AlarmKind) -> bool:
    """Whether the camera showed it at the last look already."""
    looks = _seen_so(before, code, kind) and _seen_so(state, code, kind)
    return looks and _since(before, code, kind) is not None


def _seen_so(state: Conference, code: str, kind: AlarmKind) -> bool:
    """Whether it is so by what the camera shows."""
    camera = seen(state, code)
    return camera is not None and (kind == "mismatch" or camera > state.rooms[code].limit)


def _raise(state: Conference, code: str, kind: AlarmKind) -> list[Event]:
    """Once; again where more are there than when it was acknowledged, or where it had ended."""
    room, old = state.rooms[code], state.rooms[code].alarms.get(kind)
    persons, camera = effective(state, code), seen(state, code)
    standing = old is not None and old.ended_at is None
    if (
        old is not None
        and standing
        and (not old.by or max(persons or 0, camera or 0) <= old.figure)
    ):
        return []
    lock = kind == "over" and state.plan.policy.over == "lock_mic" and not is_hub(state, code)
    locking = lock and not room.mic_lock
    kept = standing and old is not None and old.locked and room.mic_lock
    raised = CountAlarmRaised(
        room=code,
        kind=kind,
        persons=persons,
        camera=camera,
        limit=room.limit,
        locked=locking or kept,
    )
    return [raised, *(mics.lock_events(state, code, on=True) if locking else [])]


def _end(state: Conference, code: str, kind: AlarmKind) -> list[Event]:
    alarm = state.rooms[code].alarms.get(kind)
    if alarm is None or alarm.ended_at is not None:
        return []
    ended: list[Event] = [CountAlarmEnded(room=code, kind=kind)]
    if alarm.locked and state.rooms[code].mic_lock:
        ended.append(MicLockChanged(room=code, on=False))
    return ended


def refuses_floor(state: Conference, code: str) -> bool:
    """Whether the room's alarm keeps the floor from it: until it ends or is acknowledged."""
    alarm = state.rooms[code].alarms.get("over")
    policy = state.plan.policy.over == "refuse_floor"
    return policy and alarm is not None and alarm.ended_at is None and not alarm.by


def due(state: Conference, now: int) -> bool:
    """Whether WatchCounts has anything to do at `now` (Unix ms)."""
    return bool(_watched(state, now)) if state.phase in ("lobby", "live") else False


def watch(state: Conference, asker: Who, command: do.WatchCounts, now: int) -> Outcome:
    return _watched(state, now) if state.phase in ("lobby", "live") else []


def _watched(state: Conference, now: int) -> list[Event]:
    events: list[Event] = []
    for code, room in state.rooms.items():
        by_hand = (effective(state, code) or 0) > room.limit
        if by_hand and room.over_since is not None and now - room.over_since >= WINDOW_MS:
            events += _raise(state, code, "over")
        events += [
            CountAlarmEscalated(room=code, kind=alarm.kind)
            for alarm in room.alarms.values()
            if _unheeded(state, alarm, now)
        ]
    return events


def _unheeded(state: Conference, alarm: CountAlarm, now: int) -> bool:
    open_still = not alarm.by and alarm.ended_at is None and not alarm.escalated
    return open_still and now - alarm.raised_at >= state.plan.policy.escalate_ms


def acknowledge(state: Conference, asker: Who, command: do.AcknowledgeCount, now: int) -> Outcome:
    alarm = state.rooms[command.room].alarms.get(command.kind)
    reason = " ".join(command.reason.split())
    if alarm is None:
        return Refused("no_alarm")
    if not reason:
        return Refused("no_reason")
    if alarm.by:
        return []
    return [
        CountAlarmAcknowledged(
            room=command.room, kind=command.kind, by=asker.name or asker.role, reason=reason
        )
    ]


def ask_reduce(state: Conference, asker: Who, command: do.AskReduce, now: int) -> Outcome:
    """Of a room that is not above its limit nothing can be asked."""
    if command.on == state.rooms[command.room].reduce_asked:
        return []
    if command.on and not over(state, command.room):
        return Refused("not_over", {"room": state.rooms[command.room].plan.name})
    return [ReduceAsked(room=command.room, on=command.on)]
