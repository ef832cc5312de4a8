"""A small real conference: plan, claimed data directory, journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from vicon.core.model import Plan, RoomPlan
from vicon.ops.data import DataDir
from vicon.store.sqlite import SqliteJournal


@pytest.fixture
def plan() -> Plan:
    rooms = (("64.02", "Kabupaten Kutai Kartanegara", "Kukar"), ("64.71", "Kota Balikpapan", "BPP"))
    return Plan(
        id="uji",
        title="Uji",
        timezone="Asia/Makassar",
        timezone_label="WITA",
        hub=RoomPlan(code="64", name="Provinsi Kalimantan Timur", short_name="Provinsi"),
        rooms=tuple(RoomPlan(code=c, name=n, short_name=s) for c, n, s in rooms),
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DataDir]:
    with DataDir.claim(tmp_path / "data") as claimed:
        yield claimed


@pytest.fixture
async def journal(home: DataDir) -> AsyncIterator[SqliteJournal]:
    opened = await SqliteJournal.open(home)
    yield opened
    await opened.close()
