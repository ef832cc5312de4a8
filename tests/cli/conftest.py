from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from msgspec.structs import replace

from vicon import config
from vicon.cli import run
from vicon.core.events import ConferenceCreated, FloorChanged, TallyChanged
from vicon.ops.data import DataDir, ServerInfo
from vicon.ops.links import issue_links
from vicon.store.sqlite import SqliteJournal

ROOT = Path(__file__).parents[2]
START = 1_601_000_000_000
"""25 September 2020, 10:13:20 WITA."""
Result = subprocess.CompletedProcess[str]
Vicon = Callable[..., Result]
SPOKEN = {"LANGUAGE": "en", "COLUMNS": "200"}


@pytest.fixture(scope="session")
def vicon_process() -> Vicon:
    """Runs the command as a process of its own, in English unless told otherwise."""

    def call(*arguments: str | Path, **environment: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "vicon", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, **SPOKEN, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return call


@pytest.fixture
def vicon(monkeypatch: pytest.MonkeyPatch) -> Vicon:
    """Runs the command in the test's process: what it loads is loaded already. Its help is in the
    language in which a command was first asked for."""

    def call(*arguments: str | Path, **environment: str) -> Result:
        words = [*map(str, arguments)]
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        with monkeypatch.context() as for_now, redirect_stdout(out), redirect_stderr(err):
            for_now.chdir(ROOT)
            for name, value in (SPOKEN | environment).items():
                for_now.setenv(name, value)
            try:
                code = run(words)
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Result(words, code, *map(_text, (out, err)))

    return call


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory such as a server of the built-in example leaves behind."""
    path = tmp_path / "data"
    settings = config.load(config.example())
    shown = replace(settings.server, embed_origins=["https://www.contoh.go.id"])
    settings = replace(settings, server=shown)
    with DataDir.claim(path) as home:
        issue_links(
            home,
            config.grants(settings),
            base="",
            now=START,
            lifetime_ms=86_400_000,
            secret=os.urandom,
        )
        home.write_server(ServerInfo(url="http://10.0.0.5:8443", port=8443, pid=1, started=START))
        asyncio.run(_write(home, settings))
    return path


async def _write(home: DataDir, settings: config.Settings) -> None:
    journal = await SqliteJournal.open(home)
    (plan,) = config.plans(settings)
    system = {"role": "system", "name": "vicon"}
    operator = {"role": "operator", "name": "Operator Kukar", "room": "64.02", "device": "d1"}
    moderator = {"role": "moderator", "name": "Rini", "room": "64"}
    await journal.append(plan.id, START, system, [ConferenceCreated(plan=plan)])
    for n in range(1, 4):
        event = TallyChanged(room="64.02", tally=n)
        await journal.append(plan.id, START + n * 1000, operator, [event])
    floor = FloorChanged(room="64.08", next="64.11", hands=[], mics={"64.08": True})
    await journal.append(plan.id, START + 9000, moderator, [floor])
    await journal.close()
