"""A hall's fallback plan: from its last trial, a step at a time, as a moderator decides."""

from __future__ import annotations

from typing import Literal

import pytest
from msgspec.structs import replace

from tests.core.scene import HUB, KUKAR, PASER, Scene
from vicon.core import commands as do
from vicon.core import commands_fallback as ladder
from vicon.core import layout
from vicon.core.events_fallback import (
    FallbackLowered,
    FallbackPinned,
    FallbackRaised,
    FallbackSet,
    FallbackUnpinned,
)
from vicon.core.evolve import replay
from vicon.core.model import Actor, Trial
from vicon.core.profile import Fallback, Level, Trouble

LOSS = Trouble(why="loss", side="up", value=12.0)
Profile = Literal["720p", "360p", "audio", "none"]


def trial(profile: Profile, run: str = "u1") -> Trial:
    return Trial(
        run=run,
        at=1,
        by="Teknisi",
        verdict="warn",
        profile=profile,
        sentence_id="Begini.",
        sentence_en="So.",
    )


class Hall:
    """A moderator, two halls, and what becomes of the plan of one of them."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.moderator = self.scene.moderator()

    def tried(self, profile: Profile, run: str = "u1") -> list[object]:
        return list(
            self.scene.does(do.SYSTEM, do.RecordTrial(room=PASER, trial=trial(profile, run)))
        )

    def comes(self) -> Actor:
        actor = self.scene.hall(PASER)
        self.scene.does(do.SYSTEM, do.SetPublishing(device=actor.device or "", on=True))
        return actor

    @property
    def plan(self) -> Fallback:
        return self.scene.state.rooms[PASER].fallback

    def down(self, level: Level) -> list[object]:
        command = ladder.LowerFallback(room=PASER, level=level, trouble=LOSS)
        return list(self.scene.does(do.SYSTEM, command))

    def up(self, level: Level) -> list[object]:
        return list(self.scene.does(do.SYSTEM, ladder.RaiseFallback(room=PASER, level=level)))

    def pin(self, level: Level | None) -> list[object]:
        return list(self.scene.does(self.moderator, ladder.PinFallback(room=PASER, level=level)))


def test_a_hall_without_a_trial_begins_at_720p_and_it_is_known_that_it_was_not_tested() -> None:
    hall = Hall()
    hall.comes()
    assert (hall.plan.level, hall.plan.ceiling, hall.plan.run) == ("720p", "720p", "")


@pytest.mark.parametrize(
    ("profile", "level"),
    [("720p", "720p"), ("360p", "360p"), ("audio", "audio"), ("none", "audio")],
)
def test_the_last_trial_is_the_plan(profile: Profile, level: Level) -> None:
    hall = Hall()
    (_, event) = hall.tried(profile)
    assert event == FallbackSet(room=PASER, level=level, ceiling=level, run="u1")
    hall.comes()
    assert (hall.plan.level, hall.plan.ceiling, hall.plan.run) == (level, level, "u1")
    hall.tried("720p", "u2")
    assert (hall.plan.level, hall.plan.ceiling, hall.plan.run) == ("720p", "720p", "u2")


def test_who_comes_anew_begins_at_the_plan_and_who_comes_back_does_not() -> None:
    hall = Hall()
    hall.tried("720p")
    first = hall.comes()
    hall.down("720p")
    hall.scene.loses(first)
    hall.scene.returns(first)
    assert hall.plan.level == "360p"
    hall.scene.loses(first)
    hall.scene.joins("another", "operator", PASER, take_over=True)
    assert hall.plan.level == "360p", "the hall was never away"
    hall.scene.does(Actor(role="operator", name="x", room=PASER, device="another"), do.LeaveRoom())
    hall.comes()
    assert (hall.plan.level, hall.plan.trouble, hall.plan.since) == ("720p", None, None)


def test_down_and_up_a_step_at_a_time_and_never_above_the_ceiling() -> None:
    hall = Hall()
    hall.tried("360p")
    hall.comes()
    hall.scene.now = 77
    assert hall.down("360p") == [FallbackLowered(room=PASER, level="audio", trouble=LOSS)]
    assert (hall.plan.trouble, hall.plan.since) == (LOSS, 77)
    assert hall.down("audio") == [], "sound is what is kept"
    assert hall.up("audio") == [FallbackRaised(room=PASER, level="360p")]
    assert (hall.plan.trouble, hall.plan.ceiling) == (None, "360p")
    assert hall.up("360p") == []


def test_the_reason_stands_until_the_picture_is_back_whole() -> None:
    hall = Hall()
    hall.comes()
    hall.down("720p")
    hall.down("360p")
    hall.up("audio")
    assert (hall.plan.level, hall.plan.trouble) == ("360p", LOSS)
    hall.up("360p")
    assert (hall.plan.level, hall.plan.trouble) == ("720p", None)


def test_what_was_measured_at_another_level_counts_no_more() -> None:
    hall = Hall()
    hall.comes()
    hall.down("720p")
    assert hall.down("720p") == []
    assert hall.up("audio") == []


def test_nobody_who_is_not_there_moves() -> None:
    hall = Hall()
    assert hall.down("720p") == []
    assert (
        hall.scene.does(do.SYSTEM, ladder.LowerFallback(room="64.99", level="720p", trouble=LOSS))
        == []
    )


def test_a_pin_holds_against_lines_trials_and_coming_anew_until_it_is_taken_out() -> None:
    hall = Hall()
    hall.tried("360p")
    main = hall.comes()
    assert hall.pin("720p") == [FallbackPinned(room=PASER, level="720p", by="hub-main")]
    assert hall.pin("720p") == []
    assert hall.down("720p") == []
    hall.tried("audio", "u2")
    hall.scene.does(main, do.LeaveRoom())
    hall.comes()
    assert (hall.plan.level, hall.plan.pinned, hall.plan.by) == ("720p", True, "hub-main")
    assert hall.pin(None) == [FallbackUnpinned(room=PASER, level="audio", by="hub-main")]
    assert hall.pin(None) == []
    assert (hall.plan.level, hall.plan.pinned, hall.plan.by) == ("audio", False, "")


def test_unpinned_it_goes_on_where_it_is() -> None:
    hall = Hall()
    hall.comes()
    hall.pin("360p")
    hall.pin(None)
    assert hall.plan.level == "360p"
    assert hall.up("360p") == [FallbackRaised(room=PASER, level="720p")]


def test_the_hub_has_no_plan() -> None:
    hall = Hall()
    pinned = ladder.PinFallback(room=HUB, level="audio")
    assert hall.scene.refuses(hall.moderator, pinned) == "not_allowed"
    lowered = ladder.LowerFallback(room=HUB, level="720p", trouble=LOSS)
    assert hall.scene.does(do.SYSTEM, lowered) == []


def test_history_brings_it_back() -> None:
    hall = Hall()
    hall.tried("360p")
    hall.comes()
    hall.down("360p")
    hall.pin("360p")
    again = replay(hall.scene.records)
    assert again is not None
    assert again.rooms[PASER].fallback == hall.plan


# --- what a level means ---------------------------------------------------------------------------


def on_air(level: Level) -> tuple[Hall, str, str]:
    """The hall at that level on air, another one beside it; their devices."""
    hall = Hall()
    mine = hall.comes()
    other = hall.scene.hall(KUKAR)
    hall.scene.does(hall.moderator, do.GiveFloor(room=PASER))
    for device in (hall.moderator.device, other.device):
        hall.scene.does(do.SYSTEM, do.SetPublishing(device=device or "", on=True))
    hall.pin(level)
    return hall, mine.device or "", other.device or ""


@pytest.mark.parametrize(
    ("level", "sends", "height", "kbps"),
    [("720p", True, 720, 1500), ("360p", True, 360, 400), ("audio", False, 180, 150)],
)
def test_a_hall_on_air_sends_no_more_than_its_plan(
    level: Level, sends: bool, height: int, kbps: int
) -> None:
    hall, mine, other = on_air(level)
    wish = layout.send_wish(hall.scene.state, mine)
    assert wish is not None
    assert (wish.audio, wish.video, wish.height, wish.max_kbps) == (True, sends, height, kbps)
    (got,) = [w for w in layout.receive_wishes(hall.scene.state, other) if w.room == PASER]
    assert (got.audio, got.video, got.height) == (True, sends, height)


def test_at_360p_a_hall_is_sent_no_larger_picture() -> None:
    hall, mine, _ = on_air("360p")
    hall.scene.does(hall.moderator, do.GiveFloor(room=KUKAR))
    wants = {w.room: w for w in layout.receive_wishes(hall.scene.state, mine)}
    assert {code: (w.video, w.height) for code, w in wants.items()} == {
        HUB: (True, 360),
        KUKAR: (True, 360),
    }
    assert wants[KUKAR].audio


def test_with_sound_alone_a_hall_sees_who_is_shown_large_alone_and_small() -> None:
    hall, mine, other = on_air("audio")
    hall.scene.does(hall.moderator, do.GiveFloor(room=KUKAR))
    hall.scene.does(
        Actor(role="moderator", name="m", room=HUB, device=hall.moderator.device),
        do.UnmuteMic(room=HUB),
    )
    wants = {w.room: w for w in layout.receive_wishes(hall.scene.state, mine)}
    assert (wants[KUKAR].audio, wants[KUKAR].video, wants[KUKAR].height) == (True, True, 180)
    assert (wants[HUB].audio, wants[HUB].video) == (True, False)
    back = {w.room: w for w in layout.receive_wishes(hall.scene.state, other)}
    assert PASER not in back or not back[PASER].video


def test_a_phone_of_the_hall_has_a_line_of_its_own() -> None:
    hall, _, _ = on_air("audio")
    phone = hall.scene.phone(PASER)
    wants = {w.room: w for w in layout.receive_wishes(hall.scene.state, phone.device or "")}
    assert (wants[HUB].video, wants[HUB].height) == (True, 360)


def test_a_room_that_becomes_the_hub_is_not_held_by_its_old_plan() -> None:
    hall, _, _ = on_air("audio")
    state = hall.scene.state
    rooms = {**state.rooms, HUB: replace(state.rooms[HUB], fallback=Fallback(level="audio"))}
    assert layout.level_of(replace(state, rooms=rooms), HUB) == "720p"
