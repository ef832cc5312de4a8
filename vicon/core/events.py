"""What happened: the journal's payload. A promise to others: fields are only ever added, with a
default; tests/golden/journal.jsonl must stay readable for ever.
"""

from __future__ import annotations

from vicon.core import events_broadcast as broadcast
from vicon.core import events_ceremony as ceremony
from vicon.core import events_drill as drill
from vicon.core import events_fallback as fallback
from vicon.core import events_office as office
from vicon.core import events_pact as pact
from vicon.core import events_recording as recording
from vicon.core import events_server as server
from vicon.core import events_talk as talk
from vicon.core.estimate import Quality
from vicon.core.model import (
    AlarmKind,
    DeviceKind,
    Expected,
    Phase,
    Plan,
    Role,
    Trial,
    Via,
    Zone,
)
from vicon.core.shape import BaseEvent


class ConferenceCreated(BaseEvent, tag="conference_created"):
    plan: Plan


class PhaseChanged(BaseEvent, tag="phase_changed"):
    phase: Phase


class DeviceJoined(BaseEvent, tag="device_joined"):
    device: str
    room: str | None
    kind: DeviceKind
    role: Role
    label: str = ""
    name: str = ""
    shared: bool = False
    waiting: bool = False
    consent: bool = False
    via: Via = "page"
    plays: str = ""
    hall: str = ""


class DeviceAdmitted(BaseEvent, tag="device_admitted"):
    device: str


class DeviceLeft(BaseEvent, tag="device_left"):
    """`why`: left, removed, expired, declined, replaced, closed, revoked, archived."""

    device: str
    why: str


class DeviceLost(BaseEvent, tag="device_lost"):
    device: str
    why: str


class DeviceReturned(BaseEvent, tag="device_returned"):
    device: str


class MainChanged(BaseEvent, tag="main_changed"):
    """`device` is now the room's main camera; None: the room has none."""

    room: str
    device: str | None


class CameraChanged(BaseEvent, tag="camera_changed"):
    device: str
    on: bool


class PublishingChanged(BaseEvent, tag="publishing_changed"):
    device: str
    on: bool


class TallyChanged(BaseEvent, tag="tally_changed"):
    """`tally`: the new figure; `undo`: an earlier one was brought back."""

    room: str
    tally: int | None
    undo: bool = False


class LimitChanged(BaseEvent, tag="limit_changed"):
    room: str
    limit: int
    reason: str


class EstimateSwitched(BaseEvent, tag="estimate_switched"):
    """The room's camera may be looked at from now on, or not; what it showed is void."""

    room: str
    on: bool


class EstimateChanged(BaseEvent, tag="estimate_changed"):
    """What the room's camera shows differs from what it did; `persons` None: it cannot be known."""

    room: str
    persons: int | None
    quality: Quality


class ZonesChanged(BaseEvent, tag="zones_changed"):
    """Where in its camera's picture no faces are counted; what it showed is void."""

    room: str
    zones: list[Zone]


class CountSignChanged(BaseEvent, tag="count_sign_changed"):
    """Whether more persons are there, or are seen, than the limit allows; whether the camera sees
    clearly more than were counted. The figures are those at this moment."""

    room: str
    over: bool
    mismatch: bool
    persons: int | None
    camera: int | None


class CountAlarmRaised(BaseEvent, tag="count_alarm_raised"):
    """`locked`: the room's microphone is locked for it."""

    room: str
    kind: AlarmKind
    persons: int | None
    camera: int | None
    limit: int
    locked: bool = False


class CountAlarmEscalated(BaseEvent, tag="count_alarm_escalated"):
    room: str
    kind: AlarmKind


class CountAlarmAcknowledged(BaseEvent, tag="count_alarm_acknowledged"):
    room: str
    kind: AlarmKind
    by: str
    reason: str


class CountAlarmEnded(BaseEvent, tag="count_alarm_ended"):
    """It is no longer so; as a task it stays until somebody acknowledges it."""

    room: str
    kind: AlarmKind


class ReduceAsked(BaseEvent, tag="reduce_asked"):
    room: str
    on: bool


class AttendeeEntered(BaseEvent, tag="attendee_entered"):
    """`person` is there, for the first time or again. `entered_at`: Unix ms, earlier than the
    event when a phone was offline. `by` empty: the person's own phone."""

    room: str
    person: str
    name: str
    institution: str
    role: str
    entered_at: int
    by: str = ""


class AttendeeLeft(BaseEvent, tag="attendee_left"):
    room: str
    person: str
    left_at: int
    by: str = ""


class AttendeeStayed(BaseEvent, tag="attendee_stayed"):
    """The leaving was a mistake: the person never left."""

    room: str
    person: str


class AttendeeCorrected(BaseEvent, tag="attendee_corrected"):
    room: str
    person: str
    name: str
    institution: str
    role: str


class AttendeeStruck(BaseEvent, tag="attendee_struck"):
    """The entry was a mistake: nobody came."""

    room: str
    person: str


class ExpectedChanged(BaseEvent, tag="expected_changed"):
    """Who is to come, in place of any list before."""

    room: str
    persons: list[Expected]


class FloorChanged(BaseEvent, tag="floor_changed"):
    """`room`: on air from now; None: the hub. `next`: who follows. `hands`: the queue afterwards.
    `mics`: microphones that this act opened (true) or closed (false)."""

    room: str | None
    next: str | None
    hands: list[str]
    mics: dict[str, bool]


class FloorUndone(BaseEvent, tag="floor_undone"):
    """The state before the last FloorChanged is back."""


class NextChanged(BaseEvent, tag="next_changed"):
    room: str | None


class MicChanged(BaseEvent, tag="mic_changed"):
    room: str
    on: bool


class MicAsked(BaseEvent, tag="mic_asked"):
    room: str


class MicLockChanged(BaseEvent, tag="mic_lock_changed"):
    """`room` None: the whole conference."""

    room: str | None
    on: bool


class HandsChanged(BaseEvent, tag="hands_changed"):
    hands: list[str]


class TrialRecorded(BaseEvent, tag="trial_recorded"):
    room: str
    trial: Trial


class EquipmentChecked(BaseEvent, tag="equipment_checked"):
    room: str
    item: str
    on: bool
    by: str = ""


class GateOverridden(BaseEvent, tag="gate_overridden"):
    """`on` false: the room has to be ready again."""

    room: str
    on: bool
    reason: str = ""


class PersonalDataPurged(BaseEvent, tag="personal_data_purged"):
    """Of `entries` entries before this one so many different `names` were removed, and `trials`
    runs of trial calls. `digest`: SHA-256 over what those entries say now (vicon.store.chain)."""

    entries: int
    names: int
    trials: int
    digest: str


Event = (
    ConferenceCreated
    | PhaseChanged
    | DeviceJoined
    | DeviceAdmitted
    | DeviceLeft
    | DeviceLost
    | DeviceReturned
    | MainChanged
    | CameraChanged
    | PublishingChanged
    | TallyChanged
    | LimitChanged
    | EstimateSwitched
    | EstimateChanged
    | ZonesChanged
    | CountSignChanged
    | CountAlarmRaised
    | CountAlarmEscalated
    | CountAlarmAcknowledged
    | CountAlarmEnded
    | ReduceAsked
    | AttendeeEntered
    | AttendeeLeft
    | AttendeeStayed
    | AttendeeCorrected
    | AttendeeStruck
    | ExpectedChanged
    | FloorChanged
    | FloorUndone
    | NextChanged
    | MicChanged
    | MicAsked
    | MicLockChanged
    | HandsChanged
    | TrialRecorded
    | EquipmentChecked
    | GateOverridden
    | PersonalDataPurged
    | ceremony.CeremonyEvent
    | pact.PactEvent
    | office.OfficeEvent
    | talk.TalkEvent
    | fallback.FallbackEvent
    | drill.DrillEvent
    | recording.RecordingEvent
    | broadcast.BroadcastEvent
    | server.ServerEvent
)
