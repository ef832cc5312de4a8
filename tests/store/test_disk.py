"""A disk that is full, becomes read-only, or does not answer: what was acknowledged is not lost,
nothing is acknowledged that is not there, and it goes on by itself."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.test_sqlite import ACTOR, read, tally
from vicon.ops.data import DataDir
from vicon.ports import JournalError, Record
from vicon.store import reader
from vicon.store import sqlite as store
from vicon.store.sqlite import SqliteJournal

needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="mounting a disk needs root on Linux"
)
MB = 1 << 20


def _mount(*words: str) -> None:
    try:
        subprocess.run(["mount", *words], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be mounted here: {getattr(error, 'stderr', error)}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place))
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def failing_disk(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """An ext4 that becomes read-only at its first error, and the file that makes one."""
    image, place = tmp_path / "image", tmp_path / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(32 * MB)
    try:
        subprocess.run(["mkfs.ext4", "-q", image], check=True, capture_output=True)
        made = ["losetup", "--find", "--show", str(image)]
        loop = subprocess.run(made, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be made here: {error}")
    try:
        _mount("-o", "errors=remount-ro", loop, str(place))
        yield place, Path("/sys/fs/ext4") / Path(loop).name / "trigger_fs_error"
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    finally:
        subprocess.run(["losetup", "--detach", loop], check=False)


def fill(place: Path) -> Path:
    """Use up every byte."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast


async def write_until_it_fails(journal: SqliteJournal) -> tuple[list[Record], JournalError]:
    acknowledged: list[Record] = []
    for number in range(5_000):
        try:
            acknowledged += await journal.append("k", number, ACTOR, [tally(number % 12)])
        except JournalError as error:
            return acknowledged, error
    raise AssertionError("the disk never filled")


@needs_root
async def test_a_full_disk_refuses_and_goes_on_when_there_is_space(small_disk: Path) -> None:
    with DataDir.claim(small_disk / "data") as home:
        journal = await SqliteJournal.open(home)
        acknowledged = await journal.append("k", 1, ACTOR, [tally(1)])
        ballast = fill(small_disk)
        more, error = await write_until_it_fails(journal)
        acknowledged += more
        assert "the disk is full" in str(error)
        assert not error.unsure
        with pytest.raises(JournalError, match="the disk is full"):
            await journal.append("k", 2, ACTOR, [tally(2)])
        assert await read(journal) == acknowledged, "it can be read all the while"
        ballast.unlink()
        await journal.probe()
        acknowledged += await journal.append("k", 3, ACTOR, [tally(3)])
        assert await read(journal) == acknowledged
        await journal.close()
        assert reader.verify(home.journal).sound


@needs_root
async def test_a_disk_that_becomes_read_only_is_told_and_read(
    failing_disk: tuple[Path, Path],
) -> None:
    place, trigger = failing_disk
    if not trigger.exists():
        pytest.skip("this kernel has no trigger_fs_error")
    with DataDir.claim(place / "data") as home:
        journal = await SqliteJournal.open(home)
        acknowledged = await journal.append("k", 1, ACTOR, [tally(1)])
        trigger.write_text("1")
        for _ in range(3):
            with pytest.raises(JournalError) as told:
                await journal.append("k", 2, ACTOR, [tally(2)])
            assert "disk" in str(told.value)
        with pytest.raises(JournalError):
            await journal.probe()
        assert await read(journal) == acknowledged
        await journal.close()


async def test_a_disk_that_answers_late_is_in_doubt_until_it_has(
    home: DataDir, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledged = await journal.append("k", 1, ACTOR, [tally(1)])
    monkeypatch.setattr(store, "APPEND_SECONDS", 0.05)
    gate, commit = asyncio.Event(), journal._connection.commit

    async def slow() -> None:
        await gate.wait()
        await commit()

    monkeypatch.setattr(journal._connection, "commit", slow)
    with pytest.raises(JournalError, match="did not answer") as told:
        await journal.append("k", 2, ACTOR, [tally(2)])
    assert told.value.unsure
    for attempt in (journal.mend(), journal.probe(), journal.append("k", 3, ACTOR, [tally(3)])):
        with pytest.raises(JournalError, match="did not answer"):
            await attempt
    gate.set()
    monkeypatch.setattr(store, "APPEND_SECONDS", 10.0)
    async with asyncio.timeout(10):
        while journal._slow is not None and not journal._slow.done():
            await asyncio.sleep(0)
    await journal.mend()
    found = await read(journal)
    assert [record.at for record in found] == [1, 2], "it was written, late"
    assert found[:1] == acknowledged
    await journal.append("k", 4, ACTOR, [tally(4)])
    assert reader.verify(home.journal).sound


async def test_after_a_failure_nobody_can_judge_the_file_is_opened_anew(
    home: DataDir, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await journal.append("k", 1, ACTOR, [tally(1)])
    old = journal._connection

    async def fails() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(old, "commit", fails)
    monkeypatch.setattr(old, "rollback", fails)
    with pytest.raises(JournalError, match="outcome is not known") as told:
        await journal.append("k", 2, ACTOR, [tally(2)])
    assert told.value.unsure
    await journal.append("k", 3, ACTOR, [tally(3)])
    assert [record.at for record in await read(journal)] == [1, 3]
    assert reader.verify(home.journal).sound
