"""What a desk is told of another's acts: of all kinds, in words that the page has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from signaling import messages as m
from tests.core.scene import KUKAR, MODERATOR, Scene, operator
from vicon.app.deeds import _TOLD, deed
from vicon.core import commands as do
from vicon.core.model import Actor

PAGE = Path(__file__).parents[2] / "web_client/src/control/deeds.ts"


def test_the_page_has_words_for_each() -> None:
    spoken = set(re.findall(r'^  "([a-z_.]+)": ', PAGE.read_text("utf-8"), re.MULTILINE))
    assert spoken == {str(body.__struct_config__.tag) for body in _TOLD}


def told(actor: Actor, on: bool = True) -> m.Deed | None:
    scene = Scene()
    scene.hall(KUKAR)
    events = scene.does(MODERATOR, do.LockMic(on=True)) if on else []
    return deed(scene.state, actor, m.MicLock(on=True), events, 7)


def test_only_what_a_desk_did_and_what_came_of_it() -> None:
    assert told(MODERATOR) == m.Deed(at=7, by=MODERATOR.name, act="mic.lock", on=True)
    assert told(MODERATOR, on=False) is None
    assert told(operator(KUKAR)) is None


@pytest.mark.parametrize("body", [m.CountSet(room=KUKAR, value=3), m.RoomLeave()])
def test_what_is_seen_anyway_is_not_told(body: m.CommandBody) -> None:
    scene = Scene()
    events = scene.does(MODERATOR, do.LockMic(on=True))
    assert deed(scene.state, MODERATOR, body, events, 7) is None


def test_of_a_device_its_room_is_named() -> None:
    scene = Scene()
    device = scene.hall(KUKAR).device
    assert device is not None
    events = scene.does(MODERATOR, do.LockMic(on=True))
    said = deed(scene.state, MODERATOR, m.DeviceAdmit(device=device), events, 7)
    assert said is not None
    assert said.room == KUKAR
