"""draft, lobby, live, closed."""

from __future__ import annotations

import pytest

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from vicon.core import commands as do
from vicon.core.decide import decide
from vicon.core.events import DeviceLeft, PhaseChanged
from vicon.core.model import Phase
from vicon.core.refusals import Refused


def test_a_conference_begins_as_a_draft_with_the_planned_rooms() -> None:
    scene = Scene(phase="draft")
    assert scene.state.phase == "draft"
    assert list(scene.state.rooms) == [HUB, PASER, KUKAR, "64.03"]
    assert scene.state.rooms[PASER].limit == 12


def test_only_the_server_creates_and_only_once() -> None:
    create = do.Create(plan=make_plan())
    assert decide(None, MODERATOR, create, 0) == Refused("not_allowed")
    assert decide(None, MODERATOR, do.TakeFloor(), 0) == Refused("not_open")
    assert Scene().refuses(do.SYSTEM, create) == "bad_phase"


def test_a_draft_is_not_open() -> None:
    scene = Scene(phase="draft")
    assert scene.refuses(operator(PASER), do.JoinRoom(device="a")) == "not_open"
    assert scene.refuses(MODERATOR, do.MuteAll()) == "not_open"
    scene.does(MODERATOR, do.SetPhase(phase="lobby"))
    scene.hall(PASER)


@pytest.mark.parametrize(
    ("here", "there", "code"),
    [("lobby", "draft", "bad_phase"), ("live", "lobby", "bad_phase")],
)
def test_there_is_no_way_back(here: str, there: Phase, code: str) -> None:
    assert Scene(phase=here).refuses(MODERATOR, do.SetPhase(phase=there)) == code


def test_the_same_phase_again_is_nothing() -> None:
    assert Scene(phase="live").does(MODERATOR, do.SetPhase(phase="live")) == []


def test_closing_sends_everybody_away_and_is_for_good() -> None:
    scene = Scene()
    moderator, main = scene.moderator(), scene.hall(PASER)
    scene.phone(PASER)
    scene.joins("watcher", "observer", None)
    scene.does(main, do.RaiseHand(room=PASER))
    scene.does(operator(PASER), do.SetCount(room=PASER, value=9))
    scene.does(moderator, do.GiveFloor(room=PASER))
    events = scene.does(moderator, do.SetPhase(phase="closed"))
    left = [event.why for event in events if isinstance(event, DeviceLeft)]
    assert left == ["closed"] * 4
    assert events[-1] == PhaseChanged(phase="closed")
    state = scene.state
    assert (state.devices, state.floor, state.hands) == ({}, None, ())
    assert state.rooms[PASER].tally == 9
    assert scene.refuses(main, do.JoinRoom(device="again")) == "conference_closed"
    assert scene.refuses(moderator, do.SetPhase(phase="live")) == "conference_closed"
    assert scene.refuses(operator(PASER), do.AddCount(room=PASER, by=1)) == "conference_closed"
    assert scene.does(moderator, do.SetPhase(phase="closed")) == []
    assert scene.does(do.SYSTEM, do.ExpireDevices()) == []
