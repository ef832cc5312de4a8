"""scripts/bench rate: a receiver whose line becomes narrow and wide again, beside a good one.

A real Chromium publishes simulcast at the hub; one Chromium receives in the room, behind a line of
4 Mbit/s that falls to 500 kbit/s and comes back; one receives at the hub. Every second both are
asked what they get, and the SFU what it thinks of their links. Prints one JSON object: how long it
took until all was steady, and whether the good one's picture ever changed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from playwright.async_api import Page

from tests.bench import calls
from tests.bench.calls import SOURCE, Ours, Report
from tests.bench.hall import header
from tests.net.badline import BadLine, bad_line

WIDE_KBPS, NARROW_KBPS, DELAY_MS, QUEUE_MS = 4000, 500, 20, 200
HEIGHT = 720
PHASES = {"wide": 25.0, "narrow": 20.0, "wide again": 30.0}
"""Seconds."""
DOWN_S, UP_S, FREEZE_S = 5.0, 20.0, 1.0
"""What is asked."""
FEW, STEADY_S = 5, 3
"""Packets that may fall out of the queue in a second of rest, and how many such make it settled."""
BAD, GOOD = SOURCE + 1, SOURCE + 2
Sample = dict[str, Any]


class Watch:
    """Samples of one receiver, one each second."""

    def __init__(self, page: Page, through: Ours, device: int) -> None:
        self._page, self._through, self._device = page, through, f"d{device}"
        self._before: dict[str, Report] | None = None

    async def look(self) -> Sample:
        now = await calls.received(self._page)
        gap = float(await self._page.evaluate("longestGap()"))
        before, self._before = self._before or now, now
        video, then = now["video"], before["video"]
        seconds = max(0.001, (video["timestamp"] - then["timestamp"]) / 1000)
        sample: Sample = {
            "height": video.get("frameHeight", 0),
            "fps": round((video["framesDecoded"] - then["framesDecoded"]) / seconds, 1),
            "kbps": round(8 * (video["bytesReceived"] - then["bytesReceived"]) / 1000 / seconds),
            "lost": video["packetsLost"] - then["packetsLost"],
            "freezes": video["freezeCount"] - then["freezeCount"],
            "longest_gap_ms": round(gap),
            "concealed_samples": _concealed(now) - _concealed(before),
        }
        stats = self._through.figures.get(self._device)
        if stats is not None and stats.down is not None:
            sample["available_kbps"] = stats.down.available_kbps
            sample["limit"] = stats.down.limit
            sample["layers"] = [s.layer for s in stats.down.streams if s.kind == "video"]
        return sample


def _concealed(reports: dict[str, Report]) -> int:
    audio = reports.get("audio", {})
    return int(audio.get("concealedSamples", 0)) - int(audio.get("silentConcealedSamples", 0))


async def run(line: BadLine, folder: Path) -> dict[str, Any]:
    line.relay.clean()
    line.relay.set("both", delay_ms=DELAY_MS, queue_ms=QUEUE_MS, rate_kbps=WIDE_KBPS)
    async with (
        calls.browsers(line, folder, HEIGHT) as browsers,
        calls.ours() as through,
        calls.page(browsers["hub"], through, SOURCE) as source,
        calls.page(browsers["room"], through, BAD) as bad,
        calls.page(browsers["hub"], through, GOOD) as good,
    ):
        through.source = source
        await calls.publish(source, height=HEIGHT, simulcast=True)
        for receiver in (bad, good):
            await receiver.evaluate("subscribe()")
            await calls.until_moving(receiver)
        watches = Watch(bad, through, BAD), Watch(good, through, GOOD)
        samples: list[Sample] = []
        begun = asyncio.get_running_loop().time()
        for phase, seconds in PHASES.items():
            line.relay.set("both", rate_kbps=NARROW_KBPS if phase == "narrow" else WIDE_KBPS)
            line.relay.zero()
            start = asyncio.get_running_loop().time()
            while (passed := asyncio.get_running_loop().time() - start) < seconds:
                await asyncio.sleep(1 - passed % 1)
                told = line.relay.report()["down"]["kinds"]["rtp"]
                now = asyncio.get_running_loop().time()
                sample = {
                    "phase": phase,
                    "at_s": round(now - begun, 1),
                    "in_phase_s": round(now - start, 1),
                    "queue_dropped": told["dropped"],
                    "layers_wanted": through.layers,
                    "bad": await watches[0].look(),
                    "good": await watches[1].look(),
                }
                samples.append(sample)
        sent = await source.evaluate("sent()")
        version = browsers["hub"].version
    return {"chromium": version, "sending": _sending(sent), "samples": samples}


def _sending(reports: list[Report]) -> list[dict[str, Any]]:
    """What the publisher's encoders did at the end."""
    wanted = ("rid", "active", "frameHeight", "framesPerSecond", "qualityLimitationReason")
    found = [r for r in reports if r["kind"] == "video"]
    return [{name: r.get(name) for name in wanted} for r in found]


def summary(samples: Sequence[Sample]) -> dict[str, Any]:
    """Seconds until the bad one's picture was at rest; None: not at all."""
    phases = {name: [s for s in samples if s["phase"] == name] for name in PHASES}
    before = phases["wide"][-1]["bad"]["height"]
    heights = [s["good"]["height"] for s in samples if s["at_s"] > PHASES["wide"] / 2]
    gaps = [s["bad"]["longest_gap_ms"] for s in samples if s["phase"] != "wide"]
    down, restless = _settled(phases["narrow"])
    up, restless_up = _settled(phases["wide again"], before)
    return {
        "height": {name: of[-1]["bad"]["height"] for name, of in phases.items()},
        "settled_down_s": down,
        "settled_up_s": up,
        "seconds_unsettled_again": {"narrow": restless, "wide again": restless_up},
        "longest_gap_ms": max(gaps),
        "good_heights": sorted(set(heights)),
        "good_kept_its_layer": len(set(heights)) == 1,
        "concealed_samples_narrow": sum(s["bad"]["concealed_samples"] for s in phases["narrow"]),
        "held": {
            "down within 5 s": down is not None and down <= DOWN_S,
            "up within 20 s": up is not None and up <= UP_S,
            "no freeze longer than 1 s": max(gaps) <= 1000 * FREEZE_S,
        },
    }


def _steady(phase: Sequence[Sample], height: int | None) -> list[bool]:
    """Of each second: the picture has `height` (None: that of the second before) and hardly a
    packet fell out of the line's queue."""
    found = []
    before = phase[0]
    for sample in phase:
        same = sample["bad"]["height"] == (before["bad"]["height"] if height is None else height)
        found.append(same and sample["queue_dropped"] - before["queue_dropped"] < FEW)
        before = sample
    found[0] = found[0] and phase[0]["queue_dropped"] < FEW
    return found


def _settled(phase: Sequence[Sample], height: int | None = None) -> tuple[float | None, int]:
    """When, in a phase, the first STEADY_S seconds of rest began, and how many seconds after them
    were not of it. At `height`, if that is given."""
    steady = _steady(phase, height)
    for start in range(len(steady) - STEADY_S + 1):
        if all(steady[start : start + STEADY_S]):
            return float(phase[start]["in_phase_s"]), steady[start:].count(False)
    return None, 0


async def measure(arguments: argparse.Namespace) -> int:
    raw = []
    begun = header("rate")
    with bad_line() as line, tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            raw.append(await run(line, Path(folder)))
    result = {
        **begun,
        "line": {"wide_kbps": WIDE_KBPS, "narrow_kbps": NARROW_KBPS, "delay_ms": DELAY_MS},
        "rounds": [summary(one["samples"]) for one in raw],
        "raw": raw,
    }
    print(json.dumps(result, indent=1))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench rate")
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(30),
    )
    if reason := calls.why_not():
        print(json.dumps({"skipped": reason}))
        return 0
    return asyncio.run(measure(arguments))


if __name__ == "__main__":
    sys.exit(main())
