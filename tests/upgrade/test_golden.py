"""Data directories that earlier versions wrote (tests/golden/data-*, how: make.py): the server of
today takes them as they are, and everything is still there."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from signaling.client import Client, socket_address
from tests.e2e.service import Service, run
from vicon.ops.data import DataDir
from vicon.store import before, reader, schema

pytestmark = pytest.mark.patient

GOLDEN = Path(__file__).parents[1] / "golden"
DIRECTORIES = sorted(GOLDEN.glob("data-*"))


def _versions(*paths: Path) -> list[int]:
    found = []
    for path in paths:
        with closing(sqlite3.connect(path)) as connection:
            found.append(connection.execute("PRAGMA user_version").fetchone()[0])
    return found


@pytest.mark.parametrize("golden", DIRECTORIES, ids=[one.name for one in DIRECTORIES])
async def test_what_an_earlier_version_wrote(golden: Path, tmp_path: Path) -> None:
    service = Service(tmp_path)
    shutil.copytree(golden / "data", service.data)
    shutil.copyfile(golden / "vicon.toml", tmp_path / "vicon.toml")
    home = DataDir(service.data)
    written = list(reader.rows(home.journal))
    await service.start()
    try:
        address = socket_address(service.url)
        assert address
        handed_out = json.loads((golden / "tokens.json").read_text())
        assert set(handed_out) <= {one.token for one in service.links}
        for link in service.links:
            if link.role == "organizer":  # opens the organizer's page, and no session
                continue
            async with Client(address, link.token, rng=random.Random(0)) as client:
                view = await client.ready(timeout=10)
        assert view.conference.phase == "closed"
    finally:
        assert await service.stop() == 0

    (conference,) = {row.conference for row in written}
    said = await run("journal", "verify", "--data", str(home.path))
    assert conference in said
    kept = before.name_of(home.journal, 1)
    assert _versions(home.journal, kept) == [schema.migrations()[-1][0], 1]
    assert list(reader.rows(kept)) == written
    assert list(reader.rows(home.journal))[: len(written)] == written
    now = await _minutes(home, tmp_path / "minutes.json")
    assert {room["code"]: room["counts"]["end"] for room in now["rooms"]}["64.01"] == 13
    then = golden / "minutes.json"
    if then.is_file():
        assert _still(json.loads(then.read_text("utf-8")), now) == []


async def _minutes(home: DataDir, out: Path) -> dict[str, Any]:
    await run("minutes", "--data", str(home.path), "--format", "json", "--out", str(out))
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def _still(then: Any, now: Any, at: str = "") -> list[str]:
    """Where the minutes of today say something else than those of then; fields may be added."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [one for key in then for one in _still(then[key], now.get(key), f"{at}.{key}")]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        pairs = enumerate(zip(then, now, strict=True))
        return [one for n, (was, is_) in pairs for one in _still(was, is_, f"{at}[{n}]")]
    return [] if then == now else [f"{at}: {then!r} -> {now!r}"]
