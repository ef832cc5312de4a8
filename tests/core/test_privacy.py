"""What is left of a list when its time is over: nobody's name, and every figure."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.scene import PASER, make_plan
from vicon.core import privacy
from vicon.core.attendance import arrivals
from vicon.core.events import (
    AttendeeCorrected,
    AttendeeEntered,
    AttendeeLeft,
    ConferenceCreated,
    DeviceJoined,
    Event,
    ExpectedChanged,
    TallyChanged,
)
from vicon.core.evolve import replay
from vicon.core.model import Conference, Expected
from vicon.core.privacy import DAY_MS, Keep

ROLES = ("Pers", "KPU")
NAMES = st.sampled_from(["Siti Aminah", "Yosep Ding", "siti  aminah", "Budi", "#1", "#7"])
INSTITUTIONS = st.sampled_from(["", "KPU Paser", "Bawaslu"])
ROLE = st.sampled_from(["", "Pers", "Ketua Bawaslu Paser"])
PERSONS = st.sampled_from(["person-a", "person-b", "person-c"])
EVENTS = st.one_of(
    st.builds(
        AttendeeEntered,
        room=st.just(PASER),
        person=PERSONS,
        name=NAMES,
        institution=INSTITUTIONS,
        role=ROLE,
        entered_at=st.just(5),
    ),
    st.builds(
        ExpectedChanged,
        room=st.just(PASER),
        persons=st.lists(
            st.builds(Expected, name=NAMES, institution=INSTITUTIONS, role=ROLE), max_size=3
        ),
    ),
    st.builds(TallyChanged, room=st.just(PASER), tally=st.integers(0, 9)),
)


def as_json(events: list[Any]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(msgspec.json.encode(event)) for event in events]


def redacted(events: list[Any]) -> list[dict[str, Any]]:
    found = privacy.redact(as_json(events), ROLES).changed
    return [found.get(place, event) for place, event in enumerate(as_json(events))]


def state_of(events: list[dict[str, Any]]) -> Conference:
    created = ConferenceCreated(plan=make_plan())
    decoded = [msgspec.convert(event, type=Event) for event in events]
    state = replay([(1, created), *((2, event) for event in decoded)])
    assert state is not None
    return state


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(EVENTS, max_size=12))
def test_no_name_is_left_and_a_second_time_finds_nothing(events: list[Any]) -> None:
    once = redacted(events)
    text = msgspec.json.encode(once).decode().casefold()
    for gone in ("aminah", "yosep", "budi", "kpu paser", "bawaslu"):
        assert gone not in text
    for before, after in zip(as_json(events), once, strict=True):
        assert before == after or privacy.is_clean(after)
    again = privacy.redact(once, ROLES)
    assert (again.changed, again.names) == ({}, 0)


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(EVENTS, max_size=12))
def test_everything_but_the_names_is_as_it_was(events: list[Any]) -> None:
    before, after = state_of(as_json(events)).rooms[PASER], state_of(redacted(events)).rooms[PASER]
    assert [(a.id, a.visits, a.present) for a in before.attendance.values()] == [
        (a.id, a.visits, a.present) for a in after.attendance.values()
    ]
    assert (before.tally, len(before.expected)) == (after.tally, len(after.expected))


def entered(person: str, name: str, institution: str) -> AttendeeEntered:
    return AttendeeEntered(
        room=PASER, person=person, name=name, institution=institution, role="KPU", entered_at=5
    )


def test_who_came_of_those_expected_can_still_be_counted() -> None:
    events = [
        entered("person-a", "Siti Aminah", "KPU Paser"),
        entered("person-b", "Yosep Ding", "Bawaslu"),
        AttendeeLeft(room=PASER, person="person-b", left_at=9),
        ExpectedChanged(
            room=PASER,
            persons=[
                Expected(name="siti aminah", institution="kpu paser", role="Ketua"),
                Expected(name="Yosep Ding"),
                Expected(name="Yosep Ding", institution="Pers"),
                Expected(name="Budi"),
            ],
        ),
    ]
    came = arrivals(state_of(redacted(events)).rooms[PASER])
    assert [one.id if one else None for one in came] == ["person-a", "person-b", None, None]
    assert came == [
        None if one is None else state_of(redacted(events)).rooms[PASER].attendance[one.id]
        for one in arrivals(state_of(as_json(events)).rooms[PASER])
    ]


def test_a_corrected_name_and_a_devices_name_go_too_and_roles_of_the_conference_stay() -> None:
    device = DeviceJoined(
        device="d1", room=PASER, kind="main", role="operator", label="HP Budi", name="Operator"
    )
    corrected = AttendeeCorrected(
        room=PASER, person="person-a", name="Siti", institution="X", role="Ketua X"
    )
    one, two, three = redacted([device, entered("person-a", "Sity", "X"), corrected])
    assert (one["label"], one["name"]) == ("", "Operator")
    assert (two["name"], two["institution"], two["role"]) == ("#1", "", "KPU")
    assert (three["name"], three["institution"], three["role"]) == ("#2", "", "")


def test_what_a_purge_cannot_have_left_is_not_clean() -> None:
    clean = as_json([entered("person-a", "#1", "")])[0]
    assert privacy.is_clean(clean)
    for wrong in (
        {**clean, "name": "Siti"},
        {**clean, "name": "#0"},
        {**clean, "institution": "KPU"},
        {**clean, "type": "tally_changed"},
        {"type": "expected_changed", "persons": [{"name": "Budi"}]},
        {"type": "expected_changed"},
        {"type": "device_joined", "label": "HP Budi"},
        {"type": "pact_signed"},
    ):
        assert not privacy.is_clean(wrong)


def test_nothing_is_due_before_the_closing_nor_a_day_early() -> None:
    keep, closed = Keep(attendance_days=90, trials_days=365), 1_600_000_000_000
    open_ = privacy.due("uji", None, keep, closed, (3, 2, 1))
    assert (open_.anything, open_.attendance_at) == (False, None)
    early = privacy.due("uji", closed, keep, closed + 90 * DAY_MS - 1, (3, 2, 1))
    assert (early.anything, early.attendance_at) == (False, closed + 90 * DAY_MS)
    then = privacy.due("uji", closed, keep, closed + 90 * DAY_MS, (3, 2, 1))
    assert (then.removes_entries, then.removes_trials) == (3, 0)
    late = privacy.due("uji", closed, keep, closed + 365 * DAY_MS, (0, 0, 1))
    assert (late.removes_entries, late.removes_trials, late.anything) == (0, 1, True)
