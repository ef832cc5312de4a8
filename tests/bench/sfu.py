"""scripts/bench sfu: what forwarding costs, and where one core is full.

A mesh of 11 rooms over real ICE, DTLS and SRTP against the real media worker: CPU per forwarded
packet at 2,310 packets/s in and 23,100 out, the delay that it adds, then packets/s out from one
core while the rate rises until less than 99.9 % is delivered. With --against janus Debian's Janus
is measured in the same rounds, alternating, by the same clients, and each figure's ratio is told.
Prints one JSON object; exit code 1 where less than 99.9 % was delivered at the first rate or a
transport did not agree on AES-GCM.

With --role-based: cores for the whole conference with simulcast, as the page shows it (roles.py).
With --memory: what each device needs (memory.py).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.metadata
import json
import os
import platform
import statistics
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import structlog

from tests.bench import janus, kernel, memory, roles, sides
from tests.bench.mesh import ALL, Figures, Mesh
from tests.bench.sides import Name

_PACKAGES = ("aiortc", "aioice", "pylibsrtp", "cryptography")
_WANTED = {"ratio": 0.75, "out_per_s": 120_000, "added_p99_ms": 3.0}


async def one_round(name: Name, arguments: argparse.Namespace, address: str) -> Figures:
    """The search for the most is made with receivers that tell of their links by REMB: what they
    tell of each packet (feedback.py) is not true any more once the side loses some, and an SFU
    that controls congestion would send less on account of it."""
    async with _mesh(name, arguments, address, twcc=arguments.feedback == "twcc") as mesh:
        found: Figures = {
            "srtp_profiles": dict(Counter(mesh.profiles())),
            "threads": kernel.threads(mesh.pid),
            "first_rate": await mesh.window(arguments.seconds, arguments.rooms - 1),
        }
    if arguments.step_seconds:
        async with _mesh(name, arguments, address, twcc=False) as mesh:
            found["srtp_profiles"] = dict(
                Counter(found["srtp_profiles"]) + Counter(mesh.profiles())
            )
            found["one_core"] = await mesh.saturate(arguments.step_seconds)
    return found


@contextlib.asynccontextmanager
async def _mesh(
    name: Name, arguments: argparse.Namespace, address: str, *, twcc: bool
) -> AsyncIterator[Mesh]:
    """Running at the first rate, through a process of its own on a core of its own."""
    async with sides.side(name, address) as side:
        if (os.cpu_count() or 1) > 1:
            kernel.pin(side.pid, [0])
        kernel.prefer(side.pid)
        mesh = Mesh(side, arguments.rooms, address, twcc=twcc)
        try:
            await mesh.connect()
            async with mesh.running():
                yield mesh
        finally:
            await mesh.close()


def summary(rounds: Sequence[Figures]) -> Figures:
    """Medians over the rounds, but for delivery: the least."""

    def median(*path: str) -> float:
        values = []
        for one in rounds:
            value: Any = one
            for name in path:
                value = value[name]
            values.append(float(value))
        return round(statistics.median(values), 3)

    found: Figures = {
        "us_per_out": median("first_rate", "us_per_out"),
        "cpu_percent": median("first_rate", "cpu_percent"),
        "delivered_least": min(one["first_rate"]["delivered"] for one in rounds),
        "added_p50_ms": median("first_rate", "added_ms", "p50"),
        "added_p99_ms": median("first_rate", "added_ms", "p99"),
        "rtcp_to_clients_per_s": median("first_rate", "rtcp_to_clients_per_s"),
        "sent_again_per_s": median("first_rate", "sent_again_per_s"),
        "srtp_profiles": sorted({p for one in rounds for p in one["srtp_profiles"]}),
    }
    if "one_core" in rounds[0]:
        for name in ("delivered_99.9", "delivered_99", "most_out_per_s"):
            found[f"one_core_{name}"] = median("one_core", name)
        found["load_was_full"] = any(one["one_core"]["load_was_full"] for one in rounds)
    return found


def compare(mine: Sequence[Figures], other: Sequence[Figures], name: Name) -> Figures:
    """Ratios of the figures of one round, and their medians."""
    cost = [
        round(m["first_rate"]["us_per_out"] / o["first_rate"]["us_per_out"], 3)
        for m, o in zip(mine, other, strict=True)
    ]
    found: Figures = {f"ratio_to_{name}": round(statistics.median(cost), 3), "ratios": cost}
    if "one_core" in mine[0]:
        most = [
            round(m["one_core"]["delivered_99.9"] / max(1, o["one_core"]["delivered_99.9"]), 3)
            for m, o in zip(mine, other, strict=True)
        ]
        found[f"one_core_ratio_to_{name}"] = round(statistics.median(most), 3)
        found["one_core_ratios"] = most
    return found


def faults(name: str, rounds: Sequence[Figures]) -> list[str]:
    """What makes a side's figures worth nothing."""
    found = [
        f"{name}: round {number}: {one['first_rate']['delivered']:.3%} delivered"
        for number, one in enumerate(rounds, 1)
        if one["first_rate"]["delivered"] < ALL
    ]
    found += [
        f"{name}: round {number}: {profile!r} on {count} transports"
        for number, one in enumerate(rounds, 1)
        for profile, count in one["srtp_profiles"].items()
        if "AEAD_AES" not in profile
    ]
    return found


def held(result: Figures) -> Figures:
    """Whether what is asked of this SFU was so."""
    mine = result["summary"]["vicon"]
    found = {"added_p99_ms <= 3": mine["added_p99_ms"] <= _WANTED["added_p99_ms"]}
    if "one_core_delivered_99.9" in mine:
        many = mine["one_core_delivered_99.9"] >= _WANTED["out_per_s"]
        found["120,000 packets/s from one core"] = many
    if "ratio_to_janus" in result:
        found["ratio_to_janus <= 0.75"] = result["ratio_to_janus"] <= _WANTED["ratio"]
    return found


async def meshes(arguments: argparse.Namespace, address: str) -> Figures:
    rounds = await _alternate(arguments, one_round, address)
    wrong = [fault for name, of in rounds.items() for fault in faults(name, of)]
    profiles = {p for of in rounds.values() for one in of for p in one["srtp_profiles"]}
    if len(profiles) > 1:
        wrong.append(f"not the same SRTP profile everywhere: {sorted(profiles)}")
    result: Figures = {"summary": {name: summary(of) for name, of in rounds.items()}}
    if arguments.against:
        result |= compare(rounds["vicon"], rounds[arguments.against], arguments.against)
    return {**result, "held": held(result), "faults": wrong, "raw": rounds}


async def memories(arguments: argparse.Namespace, address: str) -> Figures:
    rounds = await _alternate(arguments, memory.one_round, address)
    most = max(one["per_device_kib"] for one in rounds["vicon"])
    return {"held": {"per device <= 2 MiB": most * 1024 <= memory.MOST_PER_DEVICE}, "raw": rounds}


async def conferences(arguments: argparse.Namespace, address: str) -> Figures:
    raw = []
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        raw.append(await roles.one_round(arguments, address))
    cores = statistics.median(one["cores"] for one in raw)
    return {"cores": cores, "held": {"cores <= 0.25": cores <= roles.MOST_CORES}, "raw": raw}


async def _alternate(
    arguments: argparse.Namespace,
    measure: Callable[[Name, argparse.Namespace, str], Awaitable[Figures]],
    address: str,
) -> dict[Name, list[Figures]]:
    names: list[Name] = ["vicon", arguments.against] if arguments.against else ["vicon"]
    rounds: dict[Name, list[Figures]] = {name: [] for name in names}
    for number in range(arguments.rounds):
        for name in names if number % 2 == 0 else reversed(names):
            print(f"round {number + 1} of {arguments.rounds}: {name}", file=sys.stderr)
            rounds[name].append(await measure(name, arguments, address))
    return rounds


def header(arguments: argparse.Namespace) -> Figures:
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    if arguments.against == "janus":
        versions["janus"] = janus.version()
    return {
        "command": " ".join(["scripts/bench sfu", *sys.argv[1:]]),
        "versions": {"python": platform.python_version(), **versions},
        "machine": {
            "cores": os.cpu_count(),
            "load_average": round(os.getloadavg()[0], 2),
            "preferred": kernel.prefer(os.getpid()),
        },
        "rooms": arguments.rooms,
    }


async def measure(arguments: argparse.Namespace, address: str) -> int:
    begun = header(arguments)
    if arguments.memory:
        result = await memories(arguments, address)
    elif arguments.role_based:
        result = await conferences(arguments, address)
    else:
        result = await meshes(arguments, address)
    print(json.dumps({**begun, **result}, indent=1))
    return 1 if result.get("faults") else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench sfu")
    parser.add_argument(
        "--against",
        choices=["janus", "python"],
        help="measure it too, alternating; python: vicon without its compiled part",
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rooms", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=8.0, help="at the first rate")
    parser.add_argument(
        "--step-seconds", type=float, default=2.5, help="0: do not look for the most"
    )
    parser.add_argument(
        "--feedback",
        choices=["twcc", "remb"],
        default="twcc",
        help="how receivers tell of their links: as Chromium, or by their own estimate",
    )
    parser.add_argument("--role-based", action="store_true", help="the whole conference instead")
    parser.add_argument("--memory", action="store_true", help="memory of each device instead")
    arguments = parser.parse_args()
    if arguments.role_based and arguments.against:
        parser.error("--role-based is measured alone: Janus has no such rules")
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(30),
    )
    reason = janus.why_not() if arguments.against == "janus" else ""
    try:
        address = "" if reason else kernel.isolate()
    except kernel.PlaceError as error:
        reason = str(error)
    if reason:
        print(json.dumps({"skipped": reason}))
        return 0
    if (cores := os.cpu_count() or 1) > 1:
        kernel.pin(os.getpid(), range(1, cores))
    with contextlib.suppress(PermissionError):
        os.setsid()  # not to raise the shell with us
    return asyncio.run(measure(arguments, address))


if __name__ == "__main__":
    sys.exit(main())
