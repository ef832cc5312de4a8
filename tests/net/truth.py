"""Is what a trial reports what the line did? One trial over a bad line, beside the relay's counts.

A setting says what is asked of the relay; the relay says what it did. The trial's figures are
compared with the latter, but for the capacity, which the relay has from us.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.net.badline import Relay, Way

LOSS_POINTS, RTT_MS, RTT_SHARE, JITTER_MS, CAPACITY_SHARE = 0.5, 5.0, 0.05, 5.0, 0.10
"""How far a report may be from the truth (design: trial call, "How its truth is judged")."""
CEILING_KBPS = 4000
_SAMPLE_S = 0.1

Side = Literal["up", "down"]
SIDES: tuple[Side, Side] = ("up", "down")


@dataclass(frozen=True)
class Setting:
    name: str
    faults: Mapping[Way, Mapping[str, float]] = field(default_factory=dict)

    def apply(self, relay: Relay) -> None:
        relay.clean()
        for way, values in self.faults.items():
            relay.set(way, **values)

    def rate(self, side: Side) -> float:
        """kbit/s; 0: no bottleneck."""
        both = self.faults.get("both", {}).get("rate_kbps", 0.0)
        return self.faults.get(side, {}).get("rate_kbps", both)


def _rtt(ms: float) -> dict[Way, dict[str, float]]:
    return {"both": {"delay_ms": ms / 2}}


SETTINGS = (
    Setting("clean"),
    Setting("RTT 50 ms", _rtt(50)),
    Setting("RTT 150 ms", _rtt(150)),
    Setting("RTT 300 ms", _rtt(300)),
    Setting("RTT 600 ms", _rtt(600)),
    Setting("loss 0.5 % both", {"both": {"loss_percent": 0.5, "delay_ms": 10}}),
    Setting("loss 1 % up", {"both": {"delay_ms": 10}, "up": {"loss_percent": 1}}),
    Setting("loss 3 % down", {"both": {"delay_ms": 10}, "down": {"loss_percent": 3}}),
    Setting("loss 5 % both", {"both": {"loss_percent": 5, "delay_ms": 10}}),
    Setting("jitter 10 ms", {"both": {"delay_ms": 30, "jitter_ms": 10}}),
    Setting("jitter 40 ms", {"both": {"delay_ms": 60, "jitter_ms": 40}}),
    Setting("256 kbit/s", {"both": {"delay_ms": 20, "rate_kbps": 256}}),
    Setting("1 Mbit/s", {"both": {"delay_ms": 20, "rate_kbps": 1000}}),
    Setting("4 Mbit/s", {"both": {"delay_ms": 20, "rate_kbps": 4000}}),
    Setting("bursts of 5, 2 %", {"both": {"delay_ms": 10, "loss_percent": 2, "burst": 5}}),
    Setting(
        "150 ms, 1 %, jitter 10, up 1 Mbit/s",
        {
            "both": {"delay_ms": 75, "loss_percent": 1, "jitter_ms": 10},
            "up": {"rate_kbps": 1000},
        },
    ),
    Setting(
        "satellite: 600 ms, 0.5 %, up 512 kbit/s, down 2 Mbit/s",
        {
            "both": {"delay_ms": 300, "loss_percent": 0.5},
            "up": {"rate_kbps": 512},
            "down": {"rate_kbps": 2000},
        },
    ),
)


@dataclass(frozen=True)
class Truth:
    """What the relay did while the media call was measured."""

    loss: Mapping[Side, float]
    """Percent of RTP packets, retransmissions too."""
    packets: Mapping[Side, int]
    rtt_ms: float
    """Mean of the STUN packets' delays, both ways."""
    jitter_ms: Mapping[Side, float]
    """Mean |D| of the sound's packets that the relay put in."""


class Watch:
    """Looks at the relay ten times a second, so that afterwards any window can be read."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._samples: list[tuple[float, dict[Any, Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Watch:
        self._relay.zero()
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _look(self) -> None:
        while True:
            report = await asyncio.to_thread(self._relay.report)
            self._samples.append((time.time() * 1000, report))
            await asyncio.sleep(_SAMPLE_S)

    def between(self, start_ms: float, end_ms: float) -> Truth:
        """Unix ms of this machine."""
        began, first = min(self._samples, key=lambda s: abs(s[0] - start_ms))
        ended, last = min(self._samples, key=lambda s: abs(s[0] - end_ms))
        seconds = max(1.0, (ended - began) / 1000)
        return Truth(
            loss={side: _loss(first[side], last[side]) for side in SIDES},
            packets={side: _grown(first[side], last[side], "rtp", "came") for side in SIDES},
            rtt_ms=sum(_mean_delay(first[side], last[side], "stun") for side in SIDES),
            jitter_ms={side: _sound_jitter(first[side], last[side], seconds) for side in SIDES},
        )


def _grown(first: dict[str, Any], last: dict[str, Any], kind: str, what: str) -> Any:
    return last["kinds"][kind][what] - first["kinds"][kind][what]


def _loss(first: dict[str, Any], last: dict[str, Any]) -> float:
    came = _grown(first, last, "rtp", "came")
    gone = _grown(first, last, "rtp", "lost") + _grown(first, last, "rtp", "dropped")
    return float(100.0 * gone / max(1, came))


def _mean_delay(first: dict[str, Any], last: dict[str, Any], kind: str) -> float:
    through = _grown(first, last, kind, "through")
    return float(_grown(first, last, kind, "delay_ms") / max(1, through))


def _sound_jitter(first: dict[str, Any], last: dict[str, Any], seconds: float) -> float:
    """Of the stream whose number of packets is nearest to 50 a second: that is the sound."""
    grown = []
    for ssrc, now in last["streams"].items():
        before = first["streams"].get(ssrc, {"came": 0, "steps": 0, "wander_ms": 0.0})
        steps = now["steps"] - before["steps"]
        grown.append((now["came"] - before["came"], steps, now["wander_ms"] - before["wander_ms"]))
    if not any(count for count, _, _ in grown):
        return 0.0
    _, steps, wander = min(grown, key=lambda one: abs(one[0] / seconds - 50))
    mean: float = wander / max(1, steps)
    return mean


@dataclass(frozen=True)
class Line:
    """One figure beside the truth. `error` in the figure's unit, None: not reported."""

    setting: str
    figure: str
    asked: str
    true: float
    reported: float | None
    error: float | None
    limit: float

    @property
    def good(self) -> bool:
        return self.error is not None and abs(self.error) <= self.limit


def compare(setting: Setting, truth: Truth, run: Mapping[str, Any]) -> list[Line]:
    """`run`: what `vicon trial --json` prints."""
    lines = []
    for side in SIDES:
        name = f"loss_{side}_percent"
        lines.append(_line(setting, name, truth.loss[side], run[name], LOSS_POINTS))
    rtt_limit = max(RTT_MS, RTT_SHARE * truth.rtt_ms)
    lines.append(_line(setting, "rtt_ms", truth.rtt_ms, run["rtt_ms"], rtt_limit))
    figures = {one["name"]: one["value"] for step in run["steps"] for one in step["figures"]}
    for side in SIDES:
        name = f"jitter_{side}_ms"
        lines.append(_line(setting, name, truth.jitter_ms[side], figures.get(name), JITTER_MS))
    return [*lines, *(_capacity(setting, side, run) for side in SIDES)]


def _line(setting: Setting, figure: str, true: float, reported: float | None, limit: float) -> Line:
    error = None if reported is None else reported - true
    return Line(setting.name, figure, _asked(setting), true, reported, error, limit)


def _capacity(setting: Setting, side: Side, run: Mapping[str, Any]) -> Line:
    """Up to the ceiling the rate within a tenth; above it "at least the ceiling", and no less."""
    name = f"capacity_{side}_kbps"
    reported, rate = run[name], setting.rate(side)
    true = rate or float(CEILING_KBPS)
    if reported is not None and (not rate or rate >= CEILING_KBPS) and run[f"capacity_{side}_more"]:
        error: float | None = min(0.0, reported - 0.9 * true)
        return Line(setting.name, name, _asked(setting), true, reported, error, 0.0)
    error = None if reported is None else reported - true
    return Line(setting.name, name, _asked(setting), true, reported, error, CAPACITY_SHARE * true)


def _asked(setting: Setting) -> str:
    parts = []
    for way, values in setting.faults.items():
        parts += [f"{name} {value:g} {way}" for name, value in values.items()]
    return ", ".join(parts) or "nothing"


async def measure(
    setting: Setting, relay: Relay, trial: Callable[[], Awaitable[dict[str, Any]]]
) -> tuple[list[Line], dict[str, Any]]:
    """One trial under a setting. `trial` runs it and gives what `vicon trial --json` prints."""
    setting.apply(relay)
    async with Watch(relay) as watch:
        run = await trial()
    truth = watch.between(run["measured_from"] or 0, run["measured_to"] or 0)
    return compare(setting, truth, run), run
