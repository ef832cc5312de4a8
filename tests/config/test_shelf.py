"""Conferences as files: written as a whole, read by the checker of the configuration."""

from __future__ import annotations

import json
import stat
import tomllib
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicon import config
from vicon.config import table as tables
from vicon.config.shelf import Shelf
from vicon.config.table import Table
from vicon.ops.data import DataError

WITA = timezone(timedelta(hours=8))


def example(**parts: Any) -> Table:
    settings = config.load(config.example())
    return tables.of(settings.conferences[0]) | {"id": "gladi"} | parts


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "conferences")


def test_what_is_written_is_read_again_and_is_a_configuration(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write("gladi", example())
    read = shelf.read("gladi")
    assert read is not None
    assert read.table == example()
    path = tmp_path / "conferences" / "gladi.toml"
    assert config.load(path).conferences == [read.conference]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_version_is_of_what_is_written(shelf: Shelf) -> None:
    versions = []
    for title in ("satu", "dua", "satu"):
        shelf.write("gladi", example(title=title))
        read = shelf.read("gladi")
        assert read is not None
        versions.append(read.version)
    assert versions[0] == versions[2] != versions[1]


def test_put_away_and_taken_out(shelf: Shelf) -> None:
    shelf.write("gladi", example())
    for _ in range(2):  # twice is once
        shelf.move("gladi", archived=True)
        assert (shelf.ids(), shelf.ids(archived=True)) == ([], ["gladi"])
        assert shelf.holds("gladi")
    shelf.move("gladi", archived=False)
    assert (shelf.ids(), shelf.ids(archived=True)) == (["gladi"], [])
    assert shelf.read("gladi", archived=True) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("conferences = [", "TOML"),
        ("", "one conference"),
        (tables.render(example(id="lain")), "one conference"),
        (tables.render(example(title="")), "title"),
        ("x" * 10 + "\udcff", "TOML"),
    ],
)
def test_a_file_that_is_wrong_says_why(
    shelf: Shelf, tmp_path: Path, content: str, said: str
) -> None:
    folder = tmp_path / "conferences"
    folder.mkdir()
    (folder / "gladi.toml").write_bytes(content.encode(errors="surrogateescape"))
    read = shelf.read("gladi")
    assert read is not None
    assert read.conference is None
    assert said in read.wrong.en
    assert read.wrong.id


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-12-09T09:00", datetime(2026, 12, 9, 9)),  # noqa: DTZ001
        ("2026-12-09T09:00+08:00", datetime(2026, 12, 9, 9, tzinfo=WITA)),
        ("", None),
        (None, None),
    ],
)
def test_a_time_comes_as_text(sent: str | None, kept: datetime | None) -> None:
    table, wrong = tables.from_json(tables.to_json(example()) | {"starts_at": sent})
    assert wrong == []
    assert table.get("starts_at") == kept
    assert tables.check(table) == []


def test_a_time_that_is_none_is_told_at_its_field() -> None:
    table, wrong = tables.from_json(example() | {"starts_at": "besok pagi"})
    assert [one.place for one in wrong] == [("starts_at",)]
    assert tables.check(table) == []


def test_the_clocks_of_the_place_are_shown() -> None:
    noon = datetime(2026, 12, 9, 4, tzinfo=timezone.utc)  # noqa: UP017
    assert tables.to_json(example(starts_at=noon))["starts_at"] == "2026-12-09T12:00"


def test_faults_are_told_by_the_place_in_the_conference() -> None:
    table = example(title="", hub={"code": "64"})
    table["rooms"][2]["cap"] = 0
    places = {one.place for one in tables.check(table)}
    assert places == {("title",), ("hub", "name"), ("rooms", 2, "cap")}


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=40)


@given(title=TEXT, notes=TEXT, point=TEXT)
def test_whatever_is_typed_is_kept_as_it_is(title: str, notes: str, point: str) -> None:
    table = example(title=title)
    table["rundown"][0]["notes"] = notes
    table["pact"]["points"] = [point]
    (again,) = tomllib.loads(tables.render(table))["conferences"]
    assert again == table
    assert json.loads(json.dumps(tables.to_json(table)))["title"] == title


def test_a_disk_that_cannot_be_written_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "conferences").write_text("a file, no folder")
    with pytest.raises(DataError, match="conferences"):
        shelf.write("gladi", example())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**12) | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=300)
@given(data=st.data(), value=JSON)
def test_whatever_is_sent_is_told_or_makes_a_conference(data: st.DataObject, value: Any) -> None:
    """One value somewhere in a good conference is another."""
    whole: Any = tables.to_json(example())
    inside = whole
    while True:
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        key = data.draw(st.sampled_from(keys))
        deeper = isinstance(inside[key], dict | list) and inside[key]
        if not deeper or data.draw(st.integers(0, 3)) == 0:
            inside[key] = value
            break
        inside = inside[key]
    table, wrong = tables.from_json(whole)
    found = tables.check(table)
    assert all(one.words.id and one.words.en for one in [*wrong, *found])
    if not found:
        made = tables.conference(table)
        (again,) = tomllib.loads(tables.render(table))["conferences"]
        assert tables.check(again) == []
        assert tables.conference(again) == made
        config.plan_of(made)
        config.grants_of(made)
