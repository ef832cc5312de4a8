"""Whether a room is ready, and who waits at the gate."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.core.scene import BERAU, HUB, KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from vicon.core import commands as do
from vicon.core.events import DeviceAdmitted, GateOverridden
from vicon.core.model import Policy, Trial
from vicon.core.readiness import ITEMS, blocked, overall, readiness

DAY = 86_400_000
Verdict = Literal["pass", "warn", "fail"]


def record(
    scene: Scene, room: str, verdict: Verdict, at: int | None = None, *, equipment: bool = True
) -> None:
    trial = Trial(
        run="u1",
        at=scene.now if at is None else at,
        by="Teknisi",
        verdict=verdict,
        profile="720p",
        equipment=equipment,
        sentence_id="Jalur naik sempit.",
        sentence_en="The line up is narrow.",
    )
    scene.does(do.SYSTEM, do.RecordTrial(room=room, trial=trial))


def gated(admission: Literal["open", "ask"] = "open") -> Scene:
    return Scene(make_plan(policy=Policy(gate=True, admission=admission)))


def waiting(scene: Scene, code: str) -> bool:
    main = scene.state.rooms[code].main
    assert main is not None
    return scene.state.devices[main].waiting


def test_a_room_without_a_trial_is_untested() -> None:
    found = readiness(Scene().state, PASER, 0)
    assert (found.state, found.id, found.en) == ("untested", "Belum diuji.", "Not tested yet.")


@pytest.mark.parametrize(
    ("verdict", "state"), [("pass", "ready"), ("warn", "attention"), ("fail", "not_ready")]
)
def test_the_verdict_of_the_last_trial_counts(verdict: Verdict, state: str) -> None:
    scene = Scene()
    record(scene, PASER, "fail" if verdict == "pass" else "pass")
    record(scene, PASER, verdict)
    found = readiness(scene.state, PASER, scene.now)
    assert found.state == state
    assert found.en == ("" if verdict == "pass" else "The line up is narrow.")


def test_a_trial_that_passed_grows_old_after_just_its_age() -> None:
    scene = Scene()
    record(scene, PASER, "pass", at=1_000)
    assert readiness(scene.state, PASER, 1_000 + DAY).state == "ready"
    found = readiness(scene.state, PASER, 1_000 + DAY + 1)
    assert (found.state, found.stale) == ("attention", True)
    assert "24 jam" in found.id
    assert "24 hours" in found.en


def test_a_trial_that_failed_stays_failed_when_it_is_old() -> None:
    scene = Scene()
    record(scene, PASER, "fail", at=0)
    found = readiness(scene.state, PASER, 2 * DAY)
    assert (found.state, found.stale) == ("not_ready", True)


def test_who_began_to_tick_is_told_what_is_missing() -> None:
    scene = Scene()
    record(scene, PASER, "pass")
    assert readiness(scene.state, PASER, scene.now).state == "ready"
    for item in ITEMS[:-2]:
        scene.does(operator(PASER), do.CheckEquipment(room=PASER, item=item, on=True))
    found = readiness(scene.state, PASER, scene.now)
    assert found.state == "attention"
    assert found.id == "Belum dicentang: jalur cadangan, narahubung."
    assert found.en == "Not ticked: backup line, contact person."
    for item in ITEMS[-2:]:
        scene.does(MODERATOR, do.CheckEquipment(room=PASER, item=item, on=True))
    assert readiness(scene.state, PASER, scene.now).state == "ready"
    assert scene.state.rooms[PASER].ticks["camera"].by == operator(PASER).name


def test_ticking_twice_is_no_second_event() -> None:
    scene = Scene()
    tick = do.CheckEquipment(room=PASER, item="camera", on=True)
    assert len(scene.does(MODERATOR, tick)) == 1
    assert scene.does(MODERATOR, tick) == []


def test_the_halls_decide_whether_to_go_and_the_hub_does_not() -> None:
    scene = Scene()
    record(scene, PASER, "pass")
    record(scene, KUKAR, "warn")
    assert tuple(overall(scene.state, scene.now)) == (1, 1, 0, 1)
    assert not overall(scene.state, scene.now).go
    record(scene, BERAU, "pass")
    assert overall(scene.state, scene.now).go, "attention and an untested hub do not stand against"
    record(scene, KUKAR, "fail")
    assert not overall(scene.state, scene.now).go


def test_without_the_gate_everybody_comes_in() -> None:
    scene = Scene()
    scene.hall(PASER)
    assert not waiting(scene, PASER)


@pytest.mark.parametrize(
    ("verdict", "waits"), [(None, True), ("fail", True), ("warn", False), ("pass", False)]
)
def test_at_the_gate_only_a_room_without_a_good_trial_waits(
    verdict: Verdict | None, waits: bool
) -> None:
    scene = gated()
    if verdict is not None:
        record(scene, PASER, verdict)
    scene.hall(PASER)
    assert waiting(scene, PASER) is waits


def test_the_gate_is_for_halls_main_cameras_alone() -> None:
    scene = gated()
    phone = scene.joins("doc", "operator", PASER, kind="document")
    assert not scene.state.devices[phone.device or ""].waiting
    scene.moderator()
    assert not waiting(scene, HUB)


def test_a_moderator_lets_in_whom_the_gate_holds_and_later_ones() -> None:
    scene = gated()
    main = scene.hall(PASER)
    scene.hall(KUKAR)
    happened = scene.does(
        MODERATOR, do.OverrideGate(room=PASER, on=True, reason="dicek lewat telepon")
    )
    assert happened == [
        GateOverridden(room=PASER, on=True, reason="dicek lewat telepon"),
        DeviceAdmitted(device=main.device or ""),
    ]
    assert waiting(scene, KUKAR)
    scene.does(main, do.LeaveRoom())
    scene.hall(PASER)
    assert not waiting(scene, PASER)


def test_taking_the_override_back_holds_the_next_one() -> None:
    scene = gated()
    scene.does(MODERATOR, do.OverrideGate(room=PASER, on=True, reason="x"))
    main = scene.hall(PASER)
    scene.does(MODERATOR, do.OverrideGate(room=PASER, on=False, reason="x"))
    assert not waiting(scene, PASER), "who is in stays in"
    scene.does(main, do.LeaveRoom())
    scene.hall(PASER)
    assert waiting(scene, PASER)


def test_an_override_does_not_admit_where_every_device_is_asked_for() -> None:
    scene = gated("ask")
    scene.hall(PASER)
    scene.does(MODERATOR, do.OverrideGate(room=PASER, on=True, reason="x"))
    assert waiting(scene, PASER)


def test_a_moderator_may_admit_one_device_without_an_override() -> None:
    scene = gated()
    main = scene.hall(PASER)
    scene.does(MODERATOR, do.AdmitDevice(device=main.device or ""))
    assert not waiting(scene, PASER)
    assert blocked(scene.state, PASER)


def test_a_program_says_that_a_line_is_good_and_not_that_a_hall_is() -> None:
    scene = Scene()
    record(scene, PASER, "pass", equipment=False)
    found = readiness(scene.state, PASER, scene.now)
    assert found.state == "attention"
    assert "camera and microphone were not tested" in found.en


@pytest.mark.parametrize(
    ("verdict", "state"), [("pass", "not_ready"), ("warn", "not_ready"), ("fail", "not_ready")]
)
def test_a_program_does_not_mend_what_failed_in_a_hall(verdict: Verdict, state: str) -> None:
    scene = gated()
    record(scene, PASER, "fail")
    record(scene, PASER, verdict, equipment=False)
    assert readiness(scene.state, PASER, scene.now).state == state
    assert blocked(scene.state, PASER)
    record(scene, PASER, "pass")
    assert readiness(scene.state, PASER, scene.now).state == "ready"
