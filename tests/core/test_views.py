"""Facts as people see them."""

from __future__ import annotations

import pytest

from tests.core.scene import KUKAR, PASER, Scene
from vicon.core import commands as do
from vicon.core.views import devices, hand, title


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kabupaten Kutai Kartanegara", "Kutai Kartanegara"),
        ("Kota Bontang", "Bontang"),
        ("Provinsi Kalimantan Timur", "Kalimantan Timur"),
        ("Kotabaru", "Kotabaru"),
        ("Kota ", "Kota "),
    ],
)
def test_a_title_is_the_name_without_its_kind(name: str, expected: str) -> None:
    assert title(name) == expected


def test_places_in_the_queue_begin_at_one() -> None:
    scene = Scene()
    for code in (KUKAR, PASER):
        scene.does(scene.hall(code), do.RaiseHand(room=code))
    assert (hand(scene.state, KUKAR), hand(scene.state, PASER)) == (1, 2)
    assert hand(scene.state, "64.03") is None


def test_the_main_camera_is_listed_first() -> None:
    scene = Scene()
    scene.phone(PASER, 1)
    scene.phone(PASER, 2)
    scene.hall(PASER)
    scene.hall(KUKAR)
    listed = [device.id for device in devices(scene.state, PASER)]
    assert listed == ["64.01-main", "64.01-phone-1", "64.01-phone-2"]
