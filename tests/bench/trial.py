"""scripts/bench trial [--only TEXT] [--by program,browser] [--write FILE]: are trials true?

Over a bad line made of three network namespaces and a relay that counts what it does (tests/net),
one trial per setting, by the command line and by Chromium. Prints JSON: what was asked, what the
relay did, what the trial reported, the error. `--write` puts the table into docs/trial-accuracy.md,
below the words that stand there.
Needs root, gcc, iproute2, ethtool, nftables and Chromium.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import vicon
from tests.e2e.capture import camera, flags, microphone
from tests.e2e.chromium import EXECUTABLE
from tests.e2e.service import AS_DELIVERED, Service
from tests.e2e.trials import technician
from tests.net.badline import BadLine, bad_line, why_not
from tests.net.hall import by_page, by_program, open_test_page
from tests.net.lab import HUB_ADDRESS
from tests.net.truth import SETTINGS, Line, measure
from vicon.ops import logging


async def _all(
    arguments: argparse.Namespace, line: BadLine, folder: Path, results: list[dict[str, Any]]
) -> None:
    service = Service(folder, HUB_ADDRESS, root=AS_DELIVERED)
    async with AsyncExitStack() as stack:
        await service.start()
        stack.push_async_callback(service.stop)
        for by in arguments.by.split(","):
            async with AsyncExitStack() as own:
                trial = await _way(by, arguments.seconds, line, service, folder, own)
                for setting in SETTINGS:
                    if arguments.only and arguments.only not in setting.name:
                        continue
                    lines, run = await measure(setting, line.relay, trial)
                    results.append(_result(by, setting.name, lines, run))
                    print(_short(results[-1]), file=sys.stderr, flush=True)


async def _way(
    by: str, seconds: int, line: BadLine, service: Service, folder: Path, stack: AsyncExitStack
) -> Callable[[], Awaitable[dict[str, Any]]]:
    if by == "program":
        return lambda: by_program(line, service, seconds)
    line.relay.clean()
    voice = microphone(folder / "voice.wav", "speech")
    hall = flags(camera(folder, "hall"), voice)
    await stack.enter_async_context(open_test_page(line, service, folder, hall))
    desk = await stack.enter_async_context(technician(service))
    return lambda: by_page(desk, seconds)


def _result(by: str, setting: str, lines: list[Line], run: dict[str, Any]) -> dict[str, Any]:
    return {
        "by": by,
        "setting": setting,
        "verdict": run["verdict"],
        "state": run["state"],
        "profile": run["profile"],
        "figures": [asdict(line) | {"good": line.good} for line in lines],
        "accused": [
            {"step": step["name"], "state": step["state"], "cause": (step["cause"] or {}).get("en")}
            for step in run["steps"]
            if step["state"] in ("warn", "fail")
        ],
    }


def _short(result: dict[str, Any]) -> str:
    bad = [
        f"{f['figure']} {_number(f['reported'])} for {_number(f['true'])}"
        for f in result["figures"]
        if not f["good"]
    ]
    state = "ok" if not bad else "OFF: " + "; ".join(bad)
    return f"{result['by']:8} {result['setting']:55} {result['verdict']!s:5} {state}"


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _table(results: list[dict[str, Any]], about: dict[str, Any]) -> str:
    head = [
        "| by | asked | figure | the relay did | reported | error | limit | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        for figure in result["figures"]:
            cells = [
                result["by"],
                result["setting"],
                figure["figure"],
                _number(figure["true"]),
                _number(figure["reported"]),
                _number(figure["error"]),
                _number(figure["limit"]),
                "" if figure["good"] else "**off**",
            ]
            head.append("| " + " | ".join(cells) + " |")
    good = sum(f["good"] for r in results for f in r["figures"])
    count = sum(len(r["figures"]) for r in results)
    words = (
        f"`{about['command']}`, {about['versions']}: {good} of {count} figures within the limits "
        "of the design."
    )
    return f"{words}\n\n" + "\n".join(head) + "\n"


_TABLE = "`scripts/bench trial"
"""So the first line of what _table() makes begins."""


def _command(arguments: argparse.Namespace) -> str:
    """What to type to measure this again; where the table was put is no part of it."""
    words = ["scripts/bench trial", "--by", arguments.by, "--seconds", str(arguments.seconds)]
    if arguments.only:
        words += ["--only", shlex.quote(arguments.only)]
    return " ".join(words)


def _beneath(text: str, table: str) -> str:
    """The table in the place of the one that stands in `text`, or at its end."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.startswith(_TABLE):
            break
        kept.append(line)
    above = "\n".join(kept).rstrip()
    return f"{above}\n\n{table}" if above else table


def _write(path: Path, table: str) -> None:
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(_beneath(before, table), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench trial", description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="of each media call")
    parser.add_argument("--only", default="", help="settings whose name holds this")
    parser.add_argument("--by", default="program,browser")
    parser.add_argument("--write", type=Path, help="put the table into this file")
    arguments = parser.parse_args()
    logging.setup(level="warning")  # standard output is for the figures
    reason = why_not()
    if reason:
        print(f"scripts/bench trial: {reason}", file=sys.stderr)
        return 2
    browser = subprocess.run([str(EXECUTABLE), "--version"], capture_output=True, text=True)
    about = {
        "command": _command(arguments),
        "versions": f"vicon {vicon.__version__}, Python {platform.python_version()}, "
        f"{browser.stdout.strip()}",
    }
    results: list[dict[str, Any]] = []
    try:
        with tempfile.TemporaryDirectory() as folder, bad_line() as line:
            asyncio.run(_all(arguments, line, Path(folder), results))
    finally:  # what was measured before a stop is worth keeping
        print(json.dumps(about | {"results": results}, indent=1))
        if arguments.write and results:
            _write(arguments.write, _table(results, about))
    return 0 if results and all(f["good"] for r in results for f in r["figures"]) else 1


if __name__ == "__main__":
    sys.exit(main())
