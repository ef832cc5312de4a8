"""What a receiver is told: by kind of entry, without names, signed as the specification says."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from vicon.core import events as core
from vicon.core.events import Event
from vicon.hooks import sign
from vicon.hooks.notice import TYPES, Notice, Place, notice, pass_over
from vicon.ports import START, Record

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/journal.jsonl"
KNOWN = ROOT / "tests/golden/webhooks.jsonl"


class Line(Struct):
    at: int
    event: Event


def told() -> list[Notice]:
    """Of the golden journal."""
    place, found = Place(0, START, {}), list[Notice]()
    for number, line in enumerate(GOLDEN.read_text("utf-8").splitlines(), 1):
        read = msgspec.json.decode(line, type=Line)
        record = Record(
            conference="pakta-2020",
            sequence=number,
            at=read.at,
            actor={"role": "moderator", "name": "Rini"},
            event=read.event,
            previous=START,
            hash=f"{number:064x}",
        )
        said = notice(record, place.mains)
        if said is not None:
            found.append(said)
        pass_over(place, record)
    return found


def test_the_golden_journal_is_told_as_ever() -> None:
    lines = KNOWN.read_text("utf-8").splitlines()
    assert [one.body.decode() for one in told()][: len(lines)] == lines


def test_the_golden_journal_has_every_type_that_is_in_the_handbook() -> None:
    assert {one.type for one in told()} == set(TYPES) - {"room.left"}
    doc = (ROOT / "docs/monitoring.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z]+\.[a-z_]+)`", doc, re.MULTILINE)) == set(TYPES)


def test_no_name_and_no_free_text_goes_out() -> None:
    text = b"\n".join(one.body for one in told()).decode()
    journal = GOLDEN.read_text("utf-8")
    free = r'"(?:name|by|label|institution|reason|text|title)":"([^"]{3,})"'
    names = set(re.findall(free, journal))
    assert len(names) > 10
    rooms = {"Kabupaten Kutai Timur", "Kabupaten Mahakam Ulu", "Provinsi Kalimantan Timur"}
    for one in names | rooms:
        assert f'"{one}"' not in text


def test_a_rooms_camera_comes_is_lost_returns_and_goes() -> None:
    place, found = Place(0, START, {}), list[str]()
    events: list[Event] = [
        core.MainChanged(room="64.02", device="a"),
        core.DeviceLost(device="a", why="heartbeat"),
        core.DeviceLost(device="b", why="heartbeat"),  # a companion
        core.DeviceReturned(device="a"),
        core.MainChanged(room="64.02", device="b"),
        core.DeviceLost(device="a", why="heartbeat"),
        core.MainChanged(room="64.02", device=None),
    ]
    for number, event in enumerate(events, 1):
        record = Record(
            conference="k", sequence=number, at=0, actor={}, event=event, previous="", hash="0" * 64
        )
        said = notice(record, place.mains)
        found += [said.type] if said is not None else []
        pass_over(place, record)
    assert found == ["room.joined", "room.lost", "room.returned", "room.joined", "room.left"]
    assert (place.sequence, place.mains) == (7, {})


def test_ids_differ_and_depend_on_nothing_but_the_entry() -> None:
    ids = [one.id for one in told()]
    assert len(set(ids)) == len(ids)
    assert ids == [one.id for one in told()]
    assert all(re.fullmatch(r"[a-z0-9-]+_\d+_[0-9a-f]{16}", one) for one in ids)


def test_the_signature_is_that_of_the_specifications_example() -> None:
    key = sign.key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = sign.headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "rahasia", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        sign.key_of(secret)
