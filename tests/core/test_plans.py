"""The plan of a conference that nobody has opened yet can be changed; nothing of people is lost."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.scene import BERAU, HUB, KUKAR, MODERATOR, PASER, Scene, make_plan
from vicon.core import commands as do
from vicon.core import commands_ceremony as ask
from vicon.core import commands_office as office
from vicon.core.ceremony import Item
from vicon.core.events import DeviceLeft, NextChanged
from vicon.core.events_office import LinkRevoked, LinksIssued, PlanChanged
from vicon.core.evolve import replay
from vicon.core.minutes import MinuteTaker
from vicon.core.model import Actor, Plan, Policy
from vicon.core.officewords import LinkNote
from vicon.core.pactwords import Document
from vicon.core.refusals import Refused

ORGANIZER = do.Organizer(name="Pengelola")
LINK = LinkNote(link="0a", role="operator", room=PASER, name="Operator Paser", expires_at=9_000)


def changed(scene: Scene, **parts: Any) -> Plan:
    """The present plan with some parts changed, in force."""
    plan = replace(scene.state.plan, **parts)
    scene.does(ORGANIZER, office.ChangePlan(plan=plan))
    assert scene.state.plan == plan
    return plan


def refused(scene: Scene, **parts: Any) -> str:
    plan = replace(scene.state.plan, **parts)
    return scene.refuses(ORGANIZER, office.ChangePlan(plan=plan))


def test_names_and_caps_change_while_the_halls_wait() -> None:
    scene = Scene(phase="lobby")
    hall = scene.hall(PASER)
    rooms = tuple(replace(room, name=f"{room.name} 2", cap=20) for room in scene.state.plan.rooms)
    changed(scene, title="Gladi", rooms=rooms)
    room = scene.state.rooms[PASER]
    assert (room.plan.name, room.plan.cap, room.limit) == ("Kabupaten Paser 2", 20, 20)
    assert room.main == hall.device
    assert replay(scene.records) == scene.state


def test_an_allowance_stays_as_long_as_it_is_one() -> None:
    scene = Scene(phase="lobby")
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=14, reason="saksi"))
    for cap, limit, reason in ((13, 14, "saksi"), (14, 14, ""), (10, 10, "")):
        changed(scene, rooms=tuple(replace(r, cap=cap) for r in scene.state.plan.rooms))
        room = scene.state.rooms[PASER]
        assert (room.limit, room.limit_reason) == (limit, reason)


@pytest.mark.parametrize("phase", ["live", "closed"])
def test_an_opened_session_keeps_its_plan(phase: Any) -> None:
    scene = Scene()
    scene.does(do.SYSTEM, do.SetPhase(phase=phase))
    assert refused(scene, title="Lain") == "plan_fixed"
    assert scene.does(ORGANIZER, office.ChangePlan(plan=scene.state.plan)) == []


def test_another_conference_is_not_slipped_in() -> None:
    assert refused(Scene(phase="lobby"), id="lain") == "not_allowed"


def test_rooms_come_and_go_and_the_first_is_next() -> None:
    scene = Scene(phase="lobby")
    before = scene.state.plan.rooms
    assert scene.state.next == PASER
    more = make_plan(rooms=4).rooms
    changed(scene, rooms=(more[3], *before[1:]))
    assert list(scene.state.rooms) == [HUB, more[3].code, KUKAR, BERAU]
    assert (scene.state.next, scene.state.room_sets) == (more[3].code, 1)
    changed(scene, rooms=(scene.state.plan.rooms[1], more[3], scene.state.plan.rooms[2]))
    assert (scene.state.next, scene.state.room_sets) == (KUKAR, 1)
    changed(scene, rooms=before[1:])
    scene.does(MODERATOR, do.CueRoom(room=BERAU))
    changed(scene, rooms=before)
    assert scene.state.next == BERAU, "a moderator chose it"
    assert replay(scene.records) == scene.state


def test_what_spoke_of_a_room_that_is_no_more_is_forgotten() -> None:
    scene = Scene(phase="lobby")
    scene.does(MODERATOR, ask.TakeRoll())
    scene.does(MODERATOR, ask.SendCue(cue="c-00000001", text="Bersiap", room=PASER))
    speech = Item(id="i9", kind="speech", title="Pidato", planned_s=60, room=PASER)
    scene.does(MODERATOR, ask.EditRundown(items=(speech,), version=0))
    changed(scene, rooms=scene.state.plan.rooms[1:])
    assert PASER not in scene.state.roll
    assert not scene.state.cues
    assert [item.room for item in scene.state.rundown.items] == [None]


@pytest.mark.parametrize("use", ["device", "person", "player"])
def test_a_room_in_use_does_not_vanish(use: str) -> None:
    scene = Scene(phase="lobby")
    if use == "device":
        scene.loses(scene.hall(PASER))
    elif use == "player":
        scene.does(
            Actor(role="observer", name="tv"),
            do.JoinRoom(device="tv", via="whep", plays=PASER),
        )
    else:
        person = do.EnterPerson(
            room=PASER, person="p-12345678", name="Siti", institution="", role="KPU"
        )
        scene.does(do.Door(room=PASER), person)
    assert refused(scene, rooms=scene.state.plan.rooms[1:]) == "room_in_use"
    assert refused(scene, hub=replace(scene.state.plan.rooms[0]), rooms=()) == "room_in_use"
    changed(scene, rooms=scene.state.plan.rooms[:1])


def test_the_hub_moves_only_while_nobody_is_in_it() -> None:
    scene = Scene(phase="lobby")
    hub = replace(scene.state.plan.hub, code="99")
    changed(scene, hub=hub)
    assert next(iter(scene.state.rooms)) == "99"
    scene.joins("desk", "moderator", "99")
    assert refused(scene, hub=replace(hub, code="98")) == "room_in_use"


def test_the_desk_keeps_its_rundown_unless_the_plan_changed_it() -> None:
    scene = Scene(replace(make_plan(), rundown=ITEMS), phase="lobby")
    scene.does(MODERATOR, ask.EditRundown(items=ITEMS[:1], version=0))
    changed(scene, title="Gladi")
    assert (scene.state.rundown.items, scene.state.rundown.version) == (ITEMS[:1], 1)
    changed(scene, rundown=tuple(reversed(ITEMS)))
    assert (scene.state.rundown.items, scene.state.rundown.version) == (ITEMS[::-1], 2)


def test_a_rundown_that_has_begun_stays() -> None:
    scene = Scene(replace(make_plan(), rundown=ITEMS), phase="lobby")
    scene.does(MODERATOR, ask.Advance(current=None))
    assert refused(scene, rundown=ITEMS[:1]) == "rundown_begun"
    changed(scene, title="Gladi")
    assert scene.refuses(MODERATOR, ask.UndoRundown()) == "nothing_to_undo"


ITEMS = tuple(
    Item(id=f"i{n}", kind="free", title=f"Butir {n}", planned_s=60, room=None) for n in (1, 2)
)


def test_the_pact_comes_changes_and_goes() -> None:
    scene = Scene(phase="lobby")
    first, second = (Document(title="Pakta", points=(text,)) for text in ("satu", "dua"))
    changed(scene, pact=first)
    scene.does(MODERATOR, ask.ShowPoint(point=1))
    scene.does(MODERATOR, ask.OpenPact(on=True))
    changed(scene, pact=second)
    assert (scene.state.pact.document, scene.state.point, scene.state.pact.open) == (
        second,
        0,
        True,
    )
    changed(scene, pact=None)
    assert (scene.state.pact.document, scene.state.pact.open) == (None, False)


def test_locks_follow_the_policy_when_it_changes() -> None:
    scene = Scene(phase="lobby")
    changed(scene, policy=Policy(mute_lock=True))
    assert scene.state.mic_lock
    assert not scene.mic(PASER)
    changed(scene, rooms=make_plan(rooms=4).rooms)
    assert not scene.mic("64.07"), "the lock covers who comes later"
    changed(scene, policy=Policy())
    assert not scene.state.mic_lock


def test_put_away_everybody_leaves_and_nobody_acts_until_it_is_back() -> None:
    scene = Scene(phase="lobby")
    hall = scene.hall(PASER)
    events = scene.does(ORGANIZER, office.ArchiveConference())
    assert DeviceLeft(device=hall.device or "", why="archived") in events
    assert scene.refuses(MODERATOR, do.SetPhase(phase="live")) == "archived"
    assert scene.refuses(ORGANIZER, office.ArchiveConference()) == "archived"
    assert scene.refuses(do.SYSTEM, do.WatchCounts()) == "archived"
    scene.does(ORGANIZER, office.RestoreConference())
    assert scene.does(ORGANIZER, office.RestoreConference()) == []
    scene.does(MODERATOR, do.SetPhase(phase="live"))
    assert scene.refuses(ORGANIZER, office.ArchiveConference()) == "conference_live"


def test_who_came_with_a_revoked_link_leaves_at_once() -> None:
    scene = Scene()
    hall, other = scene.hall(PASER), scene.hall(KUKAR)
    assert scene.does(ORGANIZER, office.NoteLinks(links=(LINK,))) == [LinksIssued(links=[LINK])]
    gone = (hall.device or "", "long gone")
    events = scene.does(ORGANIZER, office.RevokeLink(link=LINK, devices=gone))
    assert DeviceLeft(device=hall.device or "", why="revoked") in events
    assert events[-1] == LinkRevoked(link=LINK)
    assert list(scene.state.devices) == [other.device]


def test_the_organizer_may_begin_a_conference() -> None:
    from vicon.core.decide import decide

    made = decide(None, ORGANIZER, do.Create(plan=make_plan()), 1)
    assert not isinstance(made, Refused)
    assert isinstance(made[-1], NextChanged)


def test_the_minutes_tell_of_the_rooms_that_there_are() -> None:
    """A hall was lost, called for help and was spoken to; then it was taken out of the plan."""
    scene = Scene(phase="lobby")
    hall = scene.hall(PASER)
    scene.does(hall, ask.CallHelp(room=PASER, text="suara"))
    scene.does(MODERATOR, ask.SendCue(cue="c-00000001", text="Halo", room=None))
    scene.does(hall, ask.SeeCue(cue="c-00000001", room=PASER))
    scene.loses(hall)
    scene.now += 10_000_000
    scene.does(do.SYSTEM, do.ExpireDevices())
    changed(scene, rooms=scene.state.plan.rooms[1:])
    scene.moderator()
    taker = MinuteTaker()
    for number, (at, event) in enumerate(scene.records, 1):
        taker.take(_Entry(number, at, event))
    found = taker.minutes()
    known = {room.code for room in found.rooms}
    assert PASER not in known
    assert {one.room for one in found.outages} | {one.room for one in found.help} <= known
    assert {seen.room for cue in found.cues for seen in cue.seen} <= known


class _Entry:
    def __init__(self, sequence: int, at: int, event: Any) -> None:
        self.sequence, self.at, self.event = sequence, at, event
        self.actor: dict[str, str] = {"role": "organizer", "name": "Pengelola"}
        self.hash = f"{sequence:064}"


def test_a_change_is_one_entry_that_says_the_whole_plan() -> None:
    scene = Scene(phase="lobby")
    plan = replace(scene.state.plan, title="Gladi")
    assert scene.does(ORGANIZER, office.ChangePlan(plan=plan)) == [PlanChanged(plan=plan)]
