"""The table of causes and cures, and that the judges use all of it and nothing else."""

from __future__ import annotations

import inspect
import re
from string import Formatter

import pytest

from vicon.measure.run import Words
from vicon.trial import (
    causes,
    findings,
    judge_capacity,
    judge_devices,
    judge_line,
    judge_media,
    runner,
    steps,
)
from vicon.trial.causes import CAUSES, Cause

YIELDED_BY_NAME = {
    *(f"camera_{why}" for why in ("denied", "missing", "busy", "unanswered", "failed")),
    *(f"camera_{how}" for how in ("black", "covered", "frozen", "dark", "over_exposed", "blurred")),
    *(f"microphone_{why}" for why in ("denied", "missing", "busy", "unanswered", "failed")),
    "loss_up",
    "loss_down",
    "no_media",
    "no_media_up",
    "no_media_down",
}
"""Put together from a word and a state."""


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def sentences(cause: Cause) -> list[Words]:
    return [cause.cause, *cause.cure]


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
def test_a_cause_is_whole_in_both_languages(cause: Cause) -> None:
    assert 1 <= len(cause.cure) <= 4
    for words in sentences(cause):
        assert placeholders(words.id) == placeholders(words.en)
        for text in (words.id, words.en):
            assert text.endswith("."), text
            assert "!" not in text
            assert text == text.strip()
            assert "  " not in text
        if placeholders(words.id) == []:
            assert words.id != words.en
    assert len({act.id for act in cause.cure}) == len(cause.cure)


def test_no_code_is_told_twice() -> None:
    assert len(causes._ALL) == len(CAUSES)


def test_what_is_yielded_exists_and_what_exists_is_yielded() -> None:
    modules = (judge_capacity, judge_devices, judge_line, judge_media, findings, runner, steps)
    text = "\n".join(inspect.getsource(module) for module in modules)
    words = set(re.findall(r'"([a-z_]+)[":]', text)) | YIELDED_BY_NAME | {"failed"}
    assert set(CAUSES) - words == set()
    added = re.findall(r'\.add\(\s*"?\w+"?,\s*"([a-z_]+)"', text)
    named = re.findall(r'broken\(\s*"\w+",\s*"([a-z_]+)"', text)
    broken = re.findall(r'broken\[name\] = "([a-z_]+)"', text)
    assert len(added) > 15
    assert len(named) > 4
    assert len(broken) > 2
    assert {*added, *named, *broken, *YIELDED_BY_NAME, "media_no_path"} <= set(CAUSES)


@pytest.mark.parametrize("code", CAUSES)
def test_each_can_be_said(code: str) -> None:
    names = {name for words in sentences(CAUSES[code]) for name in placeholders(words.id)}
    said, cures = causes.say(code, **{name: Words("anu", "thing") for name in names})
    for words in (said, *cures):
        assert "{" not in words.id + words.en
        assert words.id[:1] == words.id[:1].upper()
    if names & set(placeholders(CAUSES[code].cause.id)):
        assert "anu" in said.id.lower()
        assert "thing" in said.en.lower()


def test_a_missing_value_and_an_unknown_code_are_told() -> None:
    with pytest.raises(KeyError):
        causes.say("rtt_high")
    with pytest.raises(KeyError):
        causes.say("no_such_cause")


def test_a_name_with_braces_stays_as_it_is() -> None:
    said, _ = causes.say("camera_covered", camera="Cam {0} {x}")
    assert said.id == "Cam {0} {x} tertutup sesuatu."
