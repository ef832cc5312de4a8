"""A trial run as it is kept for ever: what was asked, what was measured, what it means.

The stored form is the JSON of `Run`; a promise to others, so fields are only ever added, with a
default. `seal` gives the hash by which a printed report is recognised.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

State = Literal["pending", "running", "pass", "warn", "fail", "skipped"]
Outcome = Literal["pass", "warn", "fail"]
Profile = Literal["720p", "360p", "audio", "none"]
StepName = Literal[
    "browser", "devices", "signalling", "paths", "media", "capacity", "reconnect", "verdict"
]
STEPS: tuple[StepName, ...] = (
    "browser", "devices", "signalling", "paths", "media", "capacity", "reconnect", "verdict",
)  # fmt: skip


class Words(Struct, frozen=True):
    id: str
    en: str


NOTHING = Words("", "")


class Figure(Struct, frozen=True, kw_only=True):
    name: str
    """With its unit: rtt_ms, loss_up_percent."""
    value: float | None
    """None: not measured."""
    unit: str
    state: State = "pending"
    """pending: it has no threshold."""
    text: Words = NOTHING
    limit: Words = NOTHING
    """The threshold."""
    source: str = ""
    """Where the threshold comes from."""
    at_least: bool = False
    interval: float | None = None
    """Half-width of the 95 % interval."""


class Step(Struct, frozen=True, kw_only=True):
    name: StepName
    state: State = "pending"
    line: Words = NOTHING
    figures: tuple[Figure, ...] = ()
    cause_code: str = ""
    """Of trial/causes.py; empty: nothing is wrong."""
    cause: Words | None = None
    cure: tuple[Words, ...] = ()
    attempts: int = 0
    started_at: int | None = None
    ended_at: int | None = None
    notes: tuple[str, ...] = ()
    """Details for the one who looks closer: errors as the browser said them."""


class Run(Struct, frozen=True, kw_only=True):
    """Times are Unix ms."""

    id: str
    conference: str
    room: str
    room_name: str
    kind: Literal["full", "quick"]
    state: Literal["running", "done", "stopped", "broken"]
    seconds: int
    started_at: int
    ended_at: int | None = None
    by: str
    by_role: str
    station: str
    client: Literal["browser", "program"]
    agent: str
    steps: tuple[Step, ...]
    verdict: Outcome | None = None
    profile: Profile | None = None
    sentence: Words = NOTHING
    measured_from: int | None = None
    measured_to: int | None = None
    """While the media call was measured."""
    path: str = ""
    """The way that the media call took: udp, turn_udp, turn_tcp, turn_tls; with details."""
    sweep: str = ""
    """Id of the sweep that it belongs to."""
    together: bool = False
    """Measured while all other rooms were, too."""
    repeats: str = ""
    """The run whose other steps were taken over."""
    versions: tuple[tuple[str, str], ...] = ()
    """Program and version."""
    thresholds: tuple[tuple[str, str, str, str], ...] = ()
    """Metric, pass, fail, source; as in force."""
    hash: str = ""

    def step(self, name: StepName) -> Step:
        return next(step for step in self.steps if step.name == name)

    def figure(self, name: str) -> Figure | None:
        """The last of that name over all steps."""
        found = [f for step in self.steps for f in step.figures if f.name == name]
        return found[-1] if found else None

    @property
    def cause(self) -> str:
        """Code of what decided the verdict; empty: nothing is wrong."""
        return next((step.cause_code for step in self.steps if step.name == "verdict"), "")

    def value(self, name: str) -> float | None:
        figure = self.figure(name)
        return figure.value if figure is not None else None


def seal(run: Run) -> Run:
    """The run with its hash: SHA-256 over its JSON with an empty hash."""
    blank = replace(run, hash="")
    return replace(blank, hash=hashlib.sha256(encode(blank)).hexdigest())


def sealed(run: Run) -> bool:
    """The run is as it was when it was sealed."""
    return bool(run.hash) and seal(run).hash == run.hash


def encode(run: Run) -> bytes:
    return msgspec.json.encode(run, order="deterministic")


def decode(body: bytes) -> Run:
    """Raises msgspec.MsgspecError for what is none."""
    return msgspec.json.decode(body, type=Run)


def measured_at(run: Run) -> int:
    """Unix ms of its oldest step: a run that repeats one step is no younger for the others."""
    times = [step.started_at for step in run.steps if step.started_at and step.name != "verdict"]
    return min(times, default=run.started_at)
