from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from vicon.ops.data import DataDir
from vicon.store.sqlite import SqliteJournal


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DataDir]:
    with DataDir.claim(tmp_path / "data") as home:
        yield home


@pytest.fixture
async def journal(home: DataDir) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(home)
    yield journal
    await journal.close()
