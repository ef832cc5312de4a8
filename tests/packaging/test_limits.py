"""docs/limits.md says how much of everything there may be: the numbers are those in the code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from vicon import health
from vicon.core import pressure

TEXT = (Path(__file__).parents[2] / "docs" / "limits.md").read_text("utf-8")
BOUNDS = re.findall(r"`((?:vicon|signaling)(?:\.\w+)+)` \(([\d,.]+)\)", TEXT)


def found(path: str) -> Any:
    """What stands in the code under this name; of a struct, its default."""
    words = path.split(".")
    for cut in range(len(words) - 1, 0, -1):
        try:
            value: Any = importlib.import_module(".".join(words[:cut]))
        except ModuleNotFoundError:
            continue
        for word in words[cut:]:
            if isinstance(value, type) and issubclass(value, Struct):
                value = value()
            value = getattr(value, word)
        return value
    raise ModuleNotFoundError(path)


@pytest.mark.parametrize(("path", "number"), BOUNDS, ids=[path for path, _ in BOUNDS])
def test_a_bound_is_what_it_says(path: str, number: str) -> None:
    assert found(path) == float(number.replace(",", ""))


def test_there_are_many_and_none_is_left_out_by_the_way_it_is_written() -> None:
    assert len(BOUNDS) > 70
    named = re.findall(r"`((?:vicon|signaling)(?:\.\w+){2,})`", TEXT)
    assert {*named} - {path for path, _ in BOUNDS} == {"vicon.ops.checks.Checks.add"}


def test_the_marks_of_pressure_are_those_of_the_rule() -> None:
    table = TEXT[TEXT.index("| sign |") : TEXT.index("- It rises")]
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]*\| [^|]*) \|", table, re.M))
    marks = {name: re.findall(r"[\d.]+", cells) for name, cells in rows.items()}
    for name, mark in (
        ("media process, processor", pressure.CPU),
        ("media process, late", pressure.MEDIA_LATE_MS),
        ("server, late", pressure.SERVER_LATE_MS),
        ("descriptors", pressure.FREE_DESCRIPTORS),
    ):
        assert [float(one) for one in marks[name]] == [mark.high, mark.low], name
    for number in (pressure.FIRST_S, pressure.RISE_S, pressure.FALL_S, pressure.LONGEST_FALL_S):
        assert re.search(rf"\b{number:g} s\b", TEXT), number
    assert (health.LITTLE, "1 GB free" in TEXT) == (1 << 30, True)
