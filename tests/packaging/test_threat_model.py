"""docs/threat-model.md: every threat has a number of its own and names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/threat-model.md").read_text("utf-8").splitlines()
    if re.match(r"\| T\d+ \|", line)
]


def test_numbers_rise_without_a_gap() -> None:
    assert [row[0] for row in ROWS] == [f"T{n}" for n in range(1, len(ROWS) + 1)]


def test_every_line_names_a_test_that_is_there() -> None:
    for number, _, _, stands, tests in ((row[0], *row[1:5]) for row in ROWS):
        named = re.findall(r"tests/[\w/]+", tests)
        assert stands, number
        assert named, number
        for place in named:
            found = ROOT / place
            assert found.is_dir() or found.with_suffix(".py").is_file(), (number, place)
