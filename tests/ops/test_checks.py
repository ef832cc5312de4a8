"""Checks: asked together, soon again for nothing, and one that hangs holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from vicon.ops import checks as module
from vicon.ops.checks import Check, Checker, Checks, ready
from vicon.ops.words import Words

WORDS = Words("Baik.", "Good.")


def saying(name: str, state: str, asked: list[str]) -> Checker:
    async def check() -> Sequence[Check]:
        asked.append(name)
        return [Check(name=name, state=state, words=WORDS)]  # type: ignore[arg-type]

    return check


async def test_what_was_found_is_said_again_for_a_second() -> None:
    now, asked = [100.0], list[str]()
    checks = Checks(lambda: now[0])
    checks.add("disk", saying("disk", "ok", asked))
    checks.add("clock", saying("clock", "warn", asked))
    found = await asyncio.gather(*(checks.look() for _ in range(50)))
    assert asked == ["disk", "clock"]
    assert [check.name for check in found[-1]] == ["disk", "clock"]
    assert ready(found[-1]), "a warning keeps nobody out"
    now[0] += module.FRESH_S
    await checks.look()
    assert asked == ["disk", "clock"] * 2


async def test_a_check_that_hangs_or_breaks_has_failed_and_the_others_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.02)

    async def hangs() -> Sequence[Check]:
        await asyncio.Event().wait()
        return []

    async def breaks() -> Sequence[Check]:
        raise OSError("no such disk /srv/rahasia")

    checks = Checks(lambda: 100.0)
    checks.add("slow", hangs)
    checks.add("broken", breaks)
    checks.add("disk", saying("disk", "ok", []))
    found = await checks.look()
    assert [(one.name, one.state) for one in found] == [
        ("slow", "fail"), ("broken", "fail"), ("disk", "ok"),
    ]  # fmt: skip
    assert not ready(found)
    assert "rahasia" not in str(found)


def test_a_name_is_taken_once_and_there_is_an_end() -> None:
    checks = Checks(lambda: 0.0)
    checks.add("disk", saying("disk", "ok", []))
    with pytest.raises(ValueError, match="disk"):
        checks.add("disk", saying("disk", "ok", []))
    for number in range(module.MOST - 1):
        checks.add(f"c{number}", saying("c", "ok", []))
    with pytest.raises(ValueError, match="one more"):
        checks.add("one more", saying("c", "ok", []))
