"""A backup is whole or is not there, and so is what is restored from it."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from vicon.core.events import TallyChanged
from vicon.ops.data import DataDir, write_private
from vicon.ops.words import SpokenError, Words
from vicon.store import archive, reader
from vicon.store.archive import BadBackup, Manifest
from vicon.store.backup import Made, Unfit, backup
from vicon.store.faults import JournalFault
from vicon.store.restore import check, restore
from vicon.store.sqlite import SqliteJournal
from vicon.store.staging import CannotMake
from vicon.store.trials import SqliteTrials

ROOT = Path(__file__).parents[2]
KEY = b"K" * 32
SECRET = b"hush-hush"
needs_mounts = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="mounts need root and unshare"
)


def silent(_what: Words, _done: int, _total: int) -> None:
    pass


def make(home: DataDir, out: Path, *, keys: bool = True) -> Made:
    return backup(home, out, keys=keys, now=1_600_000_000_000, version="1.2.3", tell=silent)


async def fill(home: DataDir, entries: int = 30) -> None:
    journal = await SqliteJournal.open(home)
    for n in range(entries):
        await journal.append("k", n, {"role": "operator"}, [TallyChanged(room="64.02", tally=n)])
    await journal.close()
    trials = await SqliteTrials.open(home)
    await trials.close()
    write_private(home.key, KEY)
    write_private(home.tls / "ca.key", b"CA" + SECRET)
    write_private(home.links, b'{"base":"","issues":[]}')
    write_private(home.path / "vicon.toml", b'[turn]\nsecret = "%s"\n' % SECRET)
    write_private(home.cache / "clip", b"can be made again")


@pytest.fixture
async def whole(home: DataDir, tmp_path: Path) -> Path:
    """A backup of a data directory that a server has open."""
    await fill(home)
    out = tmp_path / "whole.vicon"
    make(home, out)
    return out


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_it_is_a_tar_that_is_checked_without_vicon(whole: Path) -> None:
    data = whole.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        names = tar.getnames()
        seal = tar.extractfile(archive.SEAL)
        assert seal is not None
        said = seal.read().decode().strip()
        text = tar.extractfile(archive.MANIFEST)
        assert text is not None
        manifest = msgspec.json.decode(text.read(), type=Manifest)
        for member in manifest.members:
            file = tar.extractfile(member.name)
            assert file is not None
            assert hashlib.sha256(file.read()).hexdigest() == member.sha256
    assert hashlib.sha256(data[:-2048]).hexdigest() == said
    assert names == [archive.MANIFEST, *(m.name for m in manifest.members), archive.SEAL]
    assert set(names[1:-1]) == {
        "journal.sqlite", "trials.sqlite", "links.json", "vicon.toml", "keys/links.key",
        "tls/ca.key",
    }  # fmt: skip
    assert whole.stat().st_mode & 0o777 == 0o600
    assert [(one.conference, one.entries) for one in manifest.conferences] == [("k", 30)]


async def test_what_is_restored_is_what_was_there_and_goes_on(
    home: DataDir, whole: Path, tmp_path: Path
) -> None:
    target = tmp_path / "new"
    target.mkdir(mode=0o755)
    held = restore(whole, target, silent)
    assert list(reader.rows(target / "journal.sqlite")) == list(reader.rows(home.journal))
    assert (target / "keys" / "links.key").read_bytes() == KEY
    assert held == check(whole, silent)
    assert target.stat().st_mode & 0o777 == 0o700
    files = [path for path in target.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert leftovers(tmp_path) == []
    with DataDir.claim(target) as claimed:
        journal = await SqliteJournal.open(claimed)
        await journal.append("k", 99, {"role": "operator"}, [TallyChanged(room="1", tally=1)])
        await journal.close()
        assert reader.verify(claimed.journal).sound


def test_all_that_was_durable_before_it_began_is_in_it(tmp_path: Path) -> None:
    """Another process writes as fast as it can, meanwhile and afterwards."""
    data = tmp_path / "data"
    command = [sys.executable, "-m", "tests.store.appender", str(data)]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout is not None
        durable: dict[int, str] = {}
        for number in range(4):
            for _ in range(200):
                sequence, hash = writer.stdout.readline().split()
                durable[int(sequence)] = hash
            out = tmp_path / f"{number}.vicon"
            make(DataDir(data), out)
            restore(out, tmp_path / f"new{number}", silent)
            kept = reader.rows(tmp_path / f"new{number}" / "journal.sqlite")
            found = {row.sequence: row.hash for row in kept}
            assert {n: found.get(n) for n in durable} == durable
            assert reader.verify(tmp_path / f"new{number}" / "journal.sqlite").sound
        assert writer.poll() is None, "the writer was disturbed"
    finally:
        writer.kill()
        writer.communicate()


def test_every_changed_bit_and_every_cut_is_seen(whole: Path, tmp_path: Path) -> None:
    data = whole.read_bytes()
    bad, target = tmp_path / "bad.vicon", tmp_path / "new"
    places = [*range(0, 3000, 7), *range(3000, len(data), 997), *range(len(data) - 2100, len(data))]
    for place in places:
        bad.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(BadBackup):
            restore(bad, target, silent)
    for length in (0, 1, 511, 512, 4096, len(data) - 2048, len(data) - 1):
        bad.write_bytes(data[:length])
        with pytest.raises(BadBackup):
            check(bad, silent)
    for more in (b"\0", b"\0" * 10_240, b"x"):
        bad.write_bytes(data + more)
        with pytest.raises(BadBackup):
            check(bad, silent)
    assert not target.exists()
    assert leftovers(tmp_path) == []


def forged(whole: Path, out: Path, change: Callable[[Manifest, Path], Manifest]) -> Path:
    """A backup that fits itself and was not made as one is: `change` gives the manifest, and may
    change what the members are made from."""
    stage = out.with_suffix(".stage")
    manifest = archive.read(whole, lambda _n, _of: None)
    with tarfile.open(whole) as tar:
        tar.extractall(stage, filter="data")
    manifest = change(manifest, stage)
    with out.open("wb") as file:
        archive.write(file, manifest, stage, lambda _n, _of: None)
    return out


def remade(manifest: Manifest, stage: Path) -> Manifest:
    members = [archive.measure(stage / one.name, one.name) for one in manifest.members]
    return msgspec.structs.replace(manifest, members=members)


def test_one_of_a_newer_version_says_so(whole: Path, tmp_path: Path) -> None:
    newer = forged(
        whole, tmp_path / "a", lambda found, _stage: msgspec.structs.replace(found, format=2)
    )
    with pytest.raises(BadBackup, match="newer vicon"):
        restore(newer, tmp_path / "new", silent)

    def later_schema(manifest: Manifest, stage: Path) -> Manifest:
        with closing(sqlite3.connect(stage / "journal.sqlite")) as connection:
            connection.execute("PRAGMA user_version = 99")
        return remade(manifest, stage)

    with pytest.raises(JournalFault, match="newer vicon"):
        restore(forged(whole, tmp_path / "b", later_schema), tmp_path / "new", silent)
    assert not (tmp_path / "new").exists()


def test_a_journal_that_is_not_the_one_of_the_manifest_is_not_restored(
    whole: Path, tmp_path: Path
) -> None:
    def shorter(manifest: Manifest, stage: Path) -> Manifest:
        with closing(sqlite3.connect(stage / "journal.sqlite", isolation_level=None)) as it:
            it.execute("DROP TRIGGER journal_not_deleted")
            it.execute("DELETE FROM journal WHERE sequence > 20")
        return remade(manifest, stage)

    with pytest.raises(BadBackup):
        restore(forged(whole, tmp_path / "a", shorter), tmp_path / "new", silent)
    assert not (tmp_path / "new").exists()


def test_no_member_leads_out_of_the_folder(whole: Path, tmp_path: Path) -> None:
    for name in ("../evil", "/evil", "a/../../evil"):

        def rename(manifest: Manifest, stage: Path, name: str = name) -> Manifest:
            evil = archive.Member(name=name, size=2, sha256=hashlib.sha256(b"hi").hexdigest())
            (stage / "evil").write_bytes(b"hi")
            (stage.parent / "evil").write_bytes(b"hi")
            return msgspec.structs.replace(manifest, members=[evil])

        out = tmp_path / "a.vicon"
        try:
            forged(whole, out, rename)
        except FileNotFoundError:
            continue  # it cannot even be written here
        (tmp_path / "evil").unlink(missing_ok=True)
        with pytest.raises(BadBackup):
            restore(out, tmp_path / "new", silent)
        assert not (tmp_path / "evil").exists()
        shutil.rmtree(out.with_suffix(".stage"))


async def test_without_keys_there_is_no_secret_in_it(home: DataDir, tmp_path: Path) -> None:
    await fill(home)
    made = make(home, tmp_path / "thin.vicon", keys=False)
    data = (tmp_path / "thin.vicon").read_bytes()
    assert KEY not in data
    assert SECRET not in data
    assert made.left_out == ["vicon.toml", "keys/links.key", "tls/ca.key"]
    assert not restore(tmp_path / "thin.vicon", tmp_path / "new", silent).manifest.keys
    assert not (tmp_path / "new" / "keys").exists()
    write_private(home.path / "vicon.toml", b'[server]\ntls = "off"\n')
    assert "vicon.toml" not in make(home, tmp_path / "b.vicon", keys=False).left_out


async def test_nothing_is_overwritten(home: DataDir, whole: Path, tmp_path: Path) -> None:
    before = whole.read_bytes()
    with pytest.raises(CannotMake, match="not overwritten"):
        make(home, whole)
    assert whole.read_bytes() == before
    target = tmp_path / "full"
    target.mkdir()
    (target / "mine").write_text("mine")
    with pytest.raises(CannotMake, match="not empty"):
        restore(whole, target, silent)
    assert [path.name for path in target.iterdir()] == ["mine"]
    with pytest.raises(CannotMake, match="server is running"):
        restore(whole, home.path, silent)
    with pytest.raises(CannotMake, match="no directory"):
        restore(whole, tmp_path / "no" / "such", silent)


async def test_a_broken_journal_is_not_kept_as_if_it_were_whole(
    home: DataDir, tmp_path: Path
) -> None:
    await fill(home)
    with closing(sqlite3.connect(home.journal, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_not_changed")
        connection.execute("UPDATE journal SET at = 1 WHERE sequence = 7")
    with pytest.raises(Unfit, match="entry k 7"):
        make(home, tmp_path / "bad.vicon")
    assert not (tmp_path / "bad.vicon").exists()
    assert leftovers(tmp_path) == []


def test_a_folder_without_a_journal_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpokenError, match="nothing to back up"):
        make(DataDir(tmp_path / "none"), tmp_path / "a.vicon")


@pytest.mark.parametrize("what", ["backup", "restore"])
async def test_killed_at_any_moment_it_leaves_nothing_half_there(
    home: DataDir, whole: Path, tmp_path: Path, what: str
) -> None:
    one = home.path if what == "backup" else whole
    other = tmp_path / "made"
    command = [sys.executable, "-m", "tests.store.killed", what, str(one), str(other)]
    kills = 0
    for at in range(1, 100):
        ended = subprocess.run([*command, str(at)], cwd=ROOT, capture_output=True, check=False)
        if ended.returncode == 0:
            break
        kills += 1
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert not other.exists()
    assert kills >= 4
    assert leftovers(tmp_path) == [], "what was killed is cleared away by the next attempt"
    if what == "backup":
        check(other, silent)
    else:
        assert reader.verify(other / "journal.sqlite").sound


@needs_mounts
@pytest.mark.parametrize("how", ["size=40k", "ro"])
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_full_or_read_only_disk_is_told_and_leaves_nothing(
    whole: Path, home: DataDir, tmp_path: Path, how: str, what: str
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    vicon = f"{sys.executable} -m vicon"
    call = {
        "backup": f"{vicon} backup --data {home.path} --out {place}/a.vicon",
        "restore": f"{vicon} restore {whole} --data {place}/new",
    }[what]
    script = f"mount -t tmpfs -o {how} tmpfs {place} && {{ {call}; echo code $?; ls -A {place}; }}"
    short = (what, how) == ("backup", "size=40k")  # seen before anything is copied
    words = ("Ruang tidak cukup", "Not enough space") if short else ("tidak dapat", "cannot be")
    for language, word in zip(("id", "en"), words, strict=True):
        told = subprocess.run(
            ["unshare", "-m", "sh", "-c", script],
            cwd=ROOT,
            env={**os.environ, "LANGUAGE": language},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if "mount:" in told.stderr:
            pytest.skip(f"no mounts here: {told.stderr}")
        assert told.stdout == "code 3\n", told.stderr
        assert word in told.stderr
        assert short or ("No space left" if "size" in how else "Read-only") in told.stderr
        assert told.stderr.count("\n") == 1
