"""Figures in words."""

from __future__ import annotations

import pytest

from vicon.measure.run import NOTHING, Words
from vicon.trial import wording
from vicon.trial.wording import bound

HARD = "\u00a0"


@pytest.mark.parametrize(
    ("loose", "firm"),
    [
        ("2.1 %", "2.1_%"),
        ("2.1 % (±0.4)", "2.1_% (±0.4)"),
        ("40 ms", "40_ms"),
        ("≥ 4.0 Mbit/s", "≥_4.0_Mbit/s"),
        ("< 50 ms", "<_50_ms"),
        ("> −60 dBFS", ">_−60_dBFS"),
        ("within 200 ms.", "within 200_ms."),
        ("12 seconds of 3 masters", "12 seconds of 3 masters"),
        ("≥ none", "≥ none"),
        ("3 packets", "3 packets"),
    ],
)
def test_no_line_ends_between_a_figure_and_its_unit(loose: str, firm: str) -> None:
    assert bound(loose) == firm.replace("_", HARD)
    assert bound(bound(loose)) == bound(loose)


@pytest.mark.parametrize(
    ("words", "id", "en"),
    [
        (wording.percent(2.1), "2,1_%", "2.1_%"),
        (wording.percent(2.14, 0.4), "2,1_% (±0,4)", "2.1_% (±0.4)"),
        (wording.percent(2.14, 0.04), "2,1_%", "2.1_%"),
        (wording.milliseconds(3.21), "3,2_ms", "3.2_ms"),
        (wording.milliseconds(41.7), "42_ms", "42_ms"),
        (wording.milliseconds(-3.2), "−3,2_ms", "−3.2_ms"),
        (wording.seconds(7240), "7,2_s", "7.2_s"),
        (wording.rate(64), "64_kbit/s", "64_kbit/s"),
        (wording.rate(640), "0,64_Mbit/s", "0.64_Mbit/s"),
        (wording.rate(4000, True), "≥_4,0_Mbit/s", "≥_4.0_Mbit/s"),
        (wording.megabits(None), "–", "–"),
        (wording.megabits(640), "0,64", "0.64"),
        (wording.megabits(4000, True), "≥_4,0", "≥_4.0"),
    ],
)
def test_both_languages(words: Words, id: str, en: str) -> None:
    assert words == Words(id.replace("_", HARD), en.replace("_", HARD))


def test_what_is_not_known_is_no_figure() -> None:
    found = wording.figure("rtt_ms", None, "ms", wording.milliseconds(0.0), "pass", "< 300 ms", "x")
    assert (found.value, found.state) == (None, "pending")
    assert found.text == Words("tidak terukur", "not measured")
    assert "0" not in found.text.id


def test_a_figure_reads_back_as_it_was_written() -> None:
    found = wording.figure("echoes", 7, "", wording.both("7"), interval=1)
    assert (type(found.value), type(found.interval)) == (float, float)
    assert found.limit == NOTHING
