"""The rundown: Lanjut, Urungkan, what is on, how late it is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from vicon.core import commands as base
from vicon.core import commands_ceremony as do
from vicon.core import events as ev
from vicon.core.ceremony import MAX_ITEMS, Item
from vicon.core.model import Policy
from vicon.core.rundown import pending, timing

MINUTE = 60_000
OPENING = Item(id="open", kind="opening", title="Pembukaan", planned_s=120)
ANTHEM = Item(id="anthem", kind="free", title="Indonesia Raya", planned_s=180, hush=True)
READING = Item(id="point-2", kind="reading", title="Butir 2", planned_s=60, point=2)
PASER_SIGNS = Item(id="sign-1", kind="signing", title="Paser", planned_s=60, room=PASER)
KUKAR_SIGNS = Item(id="sign-2", kind="signing", title="Kukar", planned_s=60, room=KUKAR)
END = Item(id="end", kind="closing", title="Penutup", planned_s=120)
ITEMS = (OPENING, ANTHEM, READING, PASER_SIGNS, KUKAR_SIGNS, END)


def ceremony(*, policy: Policy | None = None, starts_at: int | None = None) -> Scene:
    plan = replace(make_plan(policy=policy), rundown=ITEMS, starts_at=starts_at)
    scene = Scene(plan, now=0)
    scene.moderator()
    for code in (PASER, KUKAR):
        scene.hall(code)
    return scene


def lanjut(scene: Scene, item: str | None = None) -> list[str]:
    """The kinds of what happened."""
    command = do.Advance(current=scene.state.rundown.current, item=item)
    return [type(event).__name__ for event in scene.does(MODERATOR, command)]


def to(scene: Scene, item: str) -> None:
    while scene.state.rundown.current != item:
        lanjut(scene)


def test_lanjut_goes_through_the_items_to_the_end() -> None:
    scene = ceremony()
    seen = []
    for _ in ITEMS:
        scene.now += MINUTE
        lanjut(scene)
        seen.append((scene.state.rundown.current, scene.state.floor))
    assert seen == [
        ("open", None),
        ("anthem", None),
        ("point-2", None),
        ("sign-1", PASER),
        ("sign-2", KUKAR),
        ("end", None),
    ]
    lanjut(scene)
    rundown = scene.state.rundown
    assert (rundown.current, pending(rundown)) == (None, [])
    assert all(run.ended_at is not None for run in rundown.runs.values())
    assert scene.refuses(MODERATOR, do.Advance(current=None)) == "rundown_over"


def test_one_act_gives_the_floor_opens_the_microphone_and_names_who_follows() -> None:
    scene = ceremony()
    scene.does(MODERATOR, base.MuteAll())
    to(scene, "point-2")
    assert (scene.state.point, scene.state.next) == (2, PASER)
    lanjut(scene)
    assert scene.state.floor == PASER
    assert scene.mic(PASER)
    assert (scene.state.next, scene.state.point) == (KUKAR, 0)


def test_a_hall_that_did_not_agree_is_asked_for_its_microphone() -> None:
    scene = Scene(replace(make_plan(), rundown=(PASER_SIGNS,)))
    scene.hall(PASER, consent=False)
    scene.does(MODERATOR, base.MuteAll())
    assert "MicAsked" in lanjut(scene)
    assert (scene.mic(PASER), scene.state.rooms[PASER].mic_asked) == (False, True)
    scene.does(MODERATOR, do.UndoRundown())
    assert not scene.state.rooms[PASER].mic_asked


def test_an_item_that_hushes_mutes_all_halls() -> None:
    scene = ceremony()
    to(scene, "anthem")
    assert not scene.mic(PASER)
    assert not scene.mic(KUKAR)
    assert scene.mic(HUB)


def test_a_room_that_is_not_here_is_not_gone_to() -> None:
    scene = ceremony()
    to(scene, "point-2")
    scene.loses(replace(operator(PASER), device=f"{PASER}-main"))
    before = scene.state
    assert scene.refuses(MODERATOR, do.Advance(current="point-2")) == "room_absent"
    assert scene.state == before
    scene.does(MODERATOR, do.SkipItem(item="sign-1", on=True))
    assert scene.state.next == KUKAR
    lanjut(scene)
    assert scene.state.floor == KUKAR


def test_after_the_last_hall_nobody_is_told_to_be_ready() -> None:
    scene = ceremony()
    to(scene, "sign-1")
    told = [(scene.state.floor, scene.state.next)]
    for _ in range(2):
        lanjut(scene)
        told.append((scene.state.floor, scene.state.next))
    scene.does(MODERATOR, do.UndoRundown())
    told.append((scene.state.floor, scene.state.next))
    assert told == [(PASER, KUKAR), (KUKAR, None), (None, None), (KUKAR, None)]


def test_a_room_above_its_limit_is_not_gone_to_where_the_policy_says_so() -> None:
    scene = ceremony(policy=Policy(over="refuse_floor"))
    for _ in range(2):
        scene.does(base.SYSTEM, base.RecordEstimate(room=PASER, persons=13, quality="ok"))
    to(scene, "point-2")
    assert scene.refuses(MODERATOR, do.Advance(current="point-2")) == "room_over"


def test_of_two_moderators_only_the_first_moves_on() -> None:
    scene = ceremony()
    to(scene, "open")
    scene.does(MODERATOR, do.Advance(current="open"))
    assert scene.refuses(MODERATOR, do.Advance(current="open")) == "rundown_moved"
    assert scene.state.rundown.current == "anthem"


def test_one_can_go_to_any_item_and_what_was_left_out_comes_later() -> None:
    scene = ceremony()
    to(scene, "open")
    lanjut(scene, "sign-2")
    assert scene.state.floor == KUKAR
    lanjut(scene)
    assert scene.state.rundown.current == "end"
    lanjut(scene)
    assert scene.state.rundown.current == "anthem"
    assert scene.refuses(MODERATOR, do.Advance(current="anthem", item="nowhere")) == "unknown_item"
    again = do.Advance(current="anthem", item="anthem")
    assert scene.refuses(MODERATOR, again) == "unknown_item"


def test_undo_brings_item_floor_and_timer_back() -> None:
    scene = ceremony()
    to(scene, "sign-1")
    began = scene.state.rundown.runs["sign-1"].started_at
    before = scene.state
    scene.now += 30_000
    lanjut(scene)
    scene.now += 10_000
    scene.does(MODERATOR, do.UndoRundown())
    state = scene.state
    assert (state.rundown, state.floor, state.next) == (
        before.rundown,
        before.floor,
        before.next,
    )
    assert timing(state, scene.now).elapsed == scene.now - began
    assert scene.refuses(MODERATOR, do.UndoRundown()) == "nothing_to_undo"


def test_undo_comes_too_late_after_ten_seconds() -> None:
    scene = ceremony()
    lanjut(scene)
    scene.now += 10_001
    assert scene.refuses(MODERATOR, do.UndoRundown()) == "undo_too_late"


def test_undo_leaves_a_floor_that_was_changed_since() -> None:
    scene = ceremony()
    to(scene, "sign-1")
    scene.now += 1_000
    scene.does(MODERATOR, base.GiveFloor(room=KUKAR))
    scene.does(MODERATOR, do.UndoRundown())
    assert (scene.state.floor, scene.state.rundown.current) == (KUKAR, "point-2")


def test_a_pause_stops_the_timer() -> None:
    scene = ceremony()
    lanjut(scene)
    scene.now += MINUTE
    scene.does(MODERATOR, do.PauseRundown(on=True))
    assert scene.does(MODERATOR, do.PauseRundown(on=True)) == []
    scene.now += 5 * MINUTE
    assert timing(scene.state, scene.now).elapsed == MINUTE
    scene.does(MODERATOR, do.PauseRundown(on=False))
    scene.now += MINUTE
    assert timing(scene.state, scene.now)[:2] == (2 * MINUTE, 0)
    lanjut(scene)
    run = scene.state.rundown.runs["open"]
    assert run.paused_ms == 5 * MINUTE
    scene.does(MODERATOR, do.PauseRundown(on=True))
    scene.now += MINUTE
    lanjut(scene)
    assert scene.state.rundown.paused_at is None
    assert scene.state.rundown.runs["anthem"].paused_ms == MINUTE


def test_how_late_it_is_and_when_it_will_end() -> None:
    begin = 10 * MINUTE
    scene = ceremony(starts_at=begin)
    whole = sum(item.planned_s for item in ITEMS) * 1000
    assert timing(scene.state, begin - MINUTE) == (0, 0, 0, begin + whole)
    assert timing(scene.state, begin + MINUTE) == (0, 0, MINUTE, begin + MINUTE + whole)
    scene.now = begin + MINUTE
    lanjut(scene)
    found = timing(scene.state, scene.now + MINUTE)
    assert (found.elapsed, found.left, found.behind) == (MINUTE, MINUTE, MINUTE)
    assert found.ends_at == begin + whole + MINUTE
    late = timing(scene.state, scene.now + 3 * MINUTE)
    assert (late.left, late.behind) == (-MINUTE, 2 * MINUTE)
    scene.does(MODERATOR, do.SkipItem(item="anthem", on=True))
    skipped = timing(scene.state, scene.now + MINUTE)
    assert skipped.ends_at == begin + whole + MINUTE - 3 * MINUTE
    assert skipped.behind == MINUTE, "what is left out makes nobody earlier than planned"


def test_a_plan_of_another_day_makes_nobody_late() -> None:
    """The built-in example is of 2020."""
    scene = ceremony(starts_at=0)
    scene.now = 6 * 365 * 24 * 60 * MINUTE
    assert timing(scene.state, scene.now) == (0, 0, 0, None)
    lanjut(scene)
    assert timing(scene.state, scene.now + MINUTE).behind == 0
    assert timing(scene.state, scene.now + 3 * MINUTE).behind == MINUTE


def test_without_a_planned_beginning_it_counts_from_the_first_item() -> None:
    scene = ceremony()
    assert timing(scene.state, scene.now) == (0, 0, 0, None)
    scene.now = 7 * MINUTE
    lanjut(scene)
    assert timing(scene.state, scene.now + MINUTE).behind == 0
    assert timing(scene.state, scene.now + 3 * MINUTE).behind == MINUTE


def test_items_that_are_to_come_are_edited_and_reordered_live() -> None:
    scene = ceremony()
    to(scene, "anthem")
    more = Item(id="photo", kind="free", title="Foto bersama", planned_s=120)
    items = (OPENING, ANTHEM, KUKAR_SIGNS, more, PASER_SIGNS, END)
    scene.does(MODERATOR, do.EditRundown(items=items, version=0))
    assert [item.id for item in pending(scene.state.rundown)] == [
        "sign-2",
        "photo",
        "sign-1",
        "end",
    ]
    lanjut(scene)
    assert scene.state.floor == KUKAR
    stale = do.EditRundown(items=ITEMS, version=0)
    assert scene.refuses(MODERATOR, stale) == "rundown_edited"
    gone = do.EditRundown(items=items[1:], version=1)
    assert scene.refuses(MODERATOR, gone) == "item_ran"


@pytest.mark.parametrize(
    "items",
    [
        (OPENING, OPENING),
        (replace(OPENING, title="  "),),
        (replace(OPENING, title="x" * 201),),
        (replace(OPENING, planned_s=0),),
        (replace(OPENING, planned_s=86_401),),
        (replace(OPENING, room="64.99"),),
        (replace(OPENING, id="a b"),),
        (replace(OPENING, point=-1),),
        tuple(replace(OPENING, id=f"i{n}") for n in range(MAX_ITEMS + 1)),
    ],
)
def test_a_rundown_that_cannot_be_is_refused(items: tuple[Item, ...]) -> None:
    command = do.EditRundown(items=items, version=0)
    assert ceremony().refuses(MODERATOR, command) == "bad_rundown"


def test_what_ran_is_not_skipped_and_what_was_skipped_comes_back() -> None:
    scene = ceremony()
    to(scene, "open")
    assert scene.refuses(MODERATOR, do.SkipItem(item="open", on=True)) == "item_ran"
    assert scene.refuses(MODERATOR, do.SkipItem(item="no", on=True)) == "unknown_item"
    scene.does(MODERATOR, do.SkipItem(item="anthem", on=True))
    assert scene.does(MODERATOR, do.SkipItem(item="anthem", on=True)) == []
    scene.does(MODERATOR, do.SkipItem(item="anthem", on=False))
    lanjut(scene)
    assert scene.state.rundown.current == "anthem"


def test_lanjut_ends_black_and_the_second_room() -> None:
    scene = ceremony()
    scene.does(MODERATOR, do.SetBlack(on=True))
    scene.does(MODERATOR, do.SetBeside(room=KUKAR))
    lanjut(scene)
    assert (scene.state.black, scene.state.beside) == (False, None)


def test_a_step_is_one_story_with_the_floor() -> None:
    scene = ceremony()
    to(scene, "sign-1")
    kinds = [type(event) for at, event in scene.records if at == scene.now]
    assert ev.FloorChanged in kinds
