"""What a judge finds in a step, and the step that it makes of it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from vicon.measure.run import Figure, State, Step, StepName, Words
from vicon.trial import causes, wording

RANK: dict[State, int] = {
    "pending": 0,
    "skipped": 0,
    "running": 0,
    "pass": 1,
    "warn": 2,
    "fail": 3,
}


class Finding(NamedTuple):
    state: State
    code: str
    params: dict[str, object]


class Findings:
    """Collects what is wrong in a step."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, state: State, code: str, **params: object) -> None:
        self._found.append(Finding(state, code, params))

    def worst(self) -> Finding | None:
        """The first among the worst."""
        return max(self._found, key=lambda one: RANK[one.state], default=None)


_BROKEN_STATES: dict[str, State] = {
    "stopped": "skipped",
    "not_measured": "warn",
    "capacity_unknown": "warn",
    "worker_lost": "warn",
    "server_restarted": "warn",
}
"""What is not the line's or the hall's fault does not fail them."""


def broken(name: StepName, why: str) -> Step:
    code, _, detail = why.partition(":")
    known = code if code in causes.CAUSES else "not_measured"
    cause, cure = causes.say(known, why=detail or code)
    state: State = _BROKEN_STATES.get(code, "fail")
    return Step(
        name=name,
        state=state,
        line=wording.NOT_MEASURED,
        cause_code=known,
        cause=cause,
        cure=cure,
        notes=(detail,) if detail else (),
    )


def skipped(name: StepName, id: str, en: str) -> Step:
    return Step(name=name, state="skipped", line=Words(id, en))


def step(
    name: StepName,
    line: Words,
    findings: Findings,
    figures: list[Figure] | None = None,
    notes: tuple[str, ...] = (),
) -> Step:
    line = Words(wording.bound(line.id), wording.bound(line.en))
    worst = findings.worst()
    if worst is None:
        return Step(name=name, state="pass", line=line, figures=tuple(figures or ()), notes=notes)
    cause, cure = causes.say(worst.code, **worst.params)
    return Step(
        name=name,
        state=worst.state,
        line=line,
        figures=tuple(figures or ()),
        cause_code=worst.code,
        cause=cause,
        cure=cure,
        notes=notes,
    )
