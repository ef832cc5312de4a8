"""scripts/bench loss: what a call suffers on a line that loses packets, round trip 100 ms.

A real Chromium publishes, a real Chromium receives; one of them stands behind the bad line, which
loses each packet of either direction by chance. With --against janus the same call goes through
Janus in the same round. Prints one JSON object: for each line and loss, both sides' figures of the
receiver, and their ratios where the other's is not 0.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from playwright.async_api import Page

from tests.bench import calls, janus
from tests.bench.calls import SOURCE, Place, Report
from tests.bench.hall import header
from tests.bench.sides import Name
from tests.net.badline import BadLine, bad_line

ROUND_TRIP_MS = 100
WARM_S, SETTLE_S = 8.0, 3.0
"""Without loss, until the publisher's rate has risen; then with it, before each window."""
HEIGHT, KBPS = 360, 800
_LINES: dict[str, tuple[Place, Place]] = {"receiver": ("hub", "room"), "publisher": ("room", "hub")}
"""Whose line is bad -> where the publisher and the receiver stand."""
LOWER_IS_BETTER = ("freezes_per_minute", "frozen_ms_per_minute", "concealed_percent")
Figures = dict[str, float]


def figures(before: dict[str, Report], after: dict[str, Report], seconds: float) -> Figures:
    """What happened between two looks at a receiver's inbound-rtp."""

    def grown(kind: str, name: str) -> float:
        return float(after[kind].get(name, 0)) - float(before[kind].get(name, 0))

    samples = max(1.0, grown("audio", "totalSamplesReceived"))
    concealed = grown("audio", "concealedSamples") - grown("audio", "silentConcealedSamples")
    found = {
        "freezes_per_minute": grown("video", "freezeCount") * 60 / seconds,
        "frozen_ms_per_minute": grown("video", "totalFreezesDuration") * 60_000 / seconds,
        "frames_per_s": grown("video", "framesDecoded") / seconds,
        "height": float(after["video"].get("frameHeight", 0)),
        "video_kbps": grown("video", "bytesReceived") * 8 / 1000 / seconds,
        "packets_lost": grown("video", "packetsLost"),
        "packets_recovered": grown("video", "retransmittedPacketsReceived"),
        "nacks": grown("video", "nackCount"),
        "key_frames_asked": grown("video", "pliCount"),
        "concealed_percent": 100 * concealed / samples,
        "silent_concealed_percent": 100 * grown("audio", "silentConcealedSamples") / samples,
        "audio_packets_lost": grown("audio", "packetsLost"),
        "jitter_buffer_ms": 1000
        * grown("video", "jitterBufferDelay")
        / max(1.0, grown("video", "jitterBufferEmittedCount")),
    }
    return {name: round(value, 2) for name, value in found.items()}


async def sent(source: Page) -> Report:
    """outbound-rtp of the publisher's picture."""
    reports: list[Report] = await source.evaluate("sent()")
    return next(report for report in reports if report["kind"] == "video")


def sent_figures(before: Report, after: Report, seconds: float) -> Figures:
    """What the publisher's browser did meanwhile."""

    def grown(name: str) -> float:
        return float(after.get(name, 0)) - float(before.get(name, 0))

    found = {
        "sent_kbps": grown("bytesSent") * 8 / 1000 / seconds,
        "sent_target_kbps": float(after.get("targetBitrate", 0)) / 1000,
        "sent_packets": grown("packetsSent"),
        "sent_again": grown("retransmittedPacketsSent"),
        "sent_nacks_heard": grown("nackCount"),
        "sent_key_frames": grown("keyFramesEncoded"),
        "sent_key_frames_asked": grown("pliCount"),
    }
    return {name: round(value, 2) for name, value in found.items()}


async def one_call(
    line: BadLine,
    browsers: dict[Place, Any],
    name: Name,
    whose: str,
    arguments: argparse.Namespace,
) -> dict[str, Figures]:
    """Figures by loss."""
    publishing, receiving = _LINES[whose]
    line.relay.clean()
    line.relay.set("both", delay_ms=ROUND_TRIP_MS / 2)
    async with (
        calls.switch(name) as through,
        calls.page(browsers[publishing], through, SOURCE) as source,
        calls.page(browsers[receiving], through, SOURCE + 1) as receiver,
    ):
        if isinstance(through, calls.Ours):
            through.source = source
        await calls.publish(source, height=HEIGHT, simulcast=arguments.simulcast, kbps=KBPS)
        await receiver.evaluate("subscribe()")
        await calls.until_moving(receiver)
        await asyncio.sleep(WARM_S)
        found = {}
        for loss in (0.0, *arguments.loss):
            line.relay.set("both", loss_percent=loss)
            await asyncio.sleep(SETTLE_S)
            sent_before, before = await sent(source), await calls.received(receiver)
            await asyncio.sleep(arguments.seconds if loss else arguments.seconds / 3)
            sent_after, after = await sent(source), await calls.received(receiver)
            passed = (after["video"]["timestamp"] - before["video"]["timestamp"]) / 1000
            found[f"{loss:g}"] = {
                **figures(before, after, passed),
                **sent_figures(sent_before, sent_after, passed),
            }
        return found


def table(rounds: Sequence[dict[Name, dict[str, Figures]]]) -> dict[str, Any]:
    """Medians over the rounds: by loss, by side, and the ratio of the sides."""
    result: dict[str, Any] = {}
    names = list(rounds[0])
    for loss in rounds[0][names[0]]:
        sides: dict[str, Any] = {
            name: {
                figure: round(statistics.median(one[name][loss][figure] for one in rounds), 2)
                for figure in rounds[0][name][loss]
            }
            for name in names
        }
        row = dict(sides)
        if len(names) > 1:
            mine, other = sides["vicon"], sides["janus"]
            row["ratio"] = {
                figure: round(mine[figure] / other[figure], 2) if other[figure] else None
                for figure in mine
            }
            row["no_worse"] = {f: mine[f] <= other[f] for f in LOWER_IS_BETTER}
        result[loss] = row
    return result


async def measure(arguments: argparse.Namespace) -> int:
    names: list[Name] = ["vicon", "janus"] if arguments.against else ["vicon"]
    raw: dict[str, list[dict[Name, dict[str, Figures]]]] = {whose: [] for whose in arguments.line}
    versions = {"janus": janus.version()} if arguments.against else {}
    begun = header("loss", **versions)
    with bad_line() as line, tempfile.TemporaryDirectory() as folder:
        async with calls.browsers(line, Path(folder), HEIGHT) as browsers:
            begun["versions"]["chromium"] = browsers["hub"].version
            for number in range(arguments.rounds):
                for place, whose in enumerate(arguments.line):
                    order = names if (number + place) % 2 == 0 else names[::-1]
                    found: dict[Name, dict[str, Figures]] = {}
                    for name in order:
                        print(f"round {number + 1}: {whose}'s line: {name}", file=sys.stderr)
                        found[name] = await one_call(line, browsers, name, whose, arguments)
                    raw[whose].append(found)
    result = {
        **begun,
        "round_trip_ms": ROUND_TRIP_MS,
        "picture": {"height": HEIGHT, "kbps": KBPS, "simulcast": arguments.simulcast},
        "lines": {whose: table(rounds) for whose, rounds in raw.items()},
        "raw": raw,
    }
    print(json.dumps(result, indent=1))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench loss")
    parser.add_argument("--against", choices=["janus"], help="measure it too, alternating")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each window")
    parser.add_argument("--loss", type=float, nargs="+", default=[3.0, 5.0, 10.0], help="percent")
    parser.add_argument("--line", nargs="+", choices=list(_LINES), default=list(_LINES))
    parser.add_argument("--simulcast", action="store_true")
    arguments = parser.parse_args()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(30),
    )
    if reason := (janus.why_not() if arguments.against else "") or calls.why_not():
        print(json.dumps({"skipped": reason}))
        return 0
    return asyncio.run(measure(arguments))


if __name__ == "__main__":
    sys.exit(main())
