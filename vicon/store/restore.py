"""`restore`: a data directory out of a backup, all of it or nothing."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from vicon.ops.data import DataDir, sync_dir
from vicon.store import archive, copies
from vicon.store.archive import BadBackup, Manifest
from vicon.store.backup import CHECKING, COPYING, Tell
from vicon.store.staging import CannotMake, failed, staging, sync_tree, write_synced

_DATABASES = ("journal.sqlite", "trials.sqlite")


class Held(Struct, frozen=True, kw_only=True):
    """What a backup holds, all of it checked."""

    manifest: Manifest
    trials: int
    """Runs of trial calls."""


def check(file: Path, tell: Tell) -> Held:
    """Every byte, both databases and the journal's chain. They are unpacked into the system's
    temporary folder for that, and removed again.

    Raises BadBackup, JournalFault, CannotMake.
    """
    manifest = _read(file, tell)
    try:
        with tempfile.TemporaryDirectory(prefix="vicon-check-") as folder:
            stage = Path(folder)
            _unpack(file, manifest, stage, tell, only=_DATABASES)
            return _held(file, manifest, stage, tell)
    except OSError as error:
        raise failed(Path(tempfile.gettempdir()), error) from error


def restore(file: Path, target: Path, tell: Tell) -> Held:
    """Make the data directory `target`, which must be empty or absent. It appears in one step,
    after everything in it was checked; until then, and after a failure, nothing is there.

    Raises BadBackup, JournalFault, CannotMake.
    """
    target = target.absolute()
    _free(target)
    manifest = _read(file, tell)
    try:
        with staging(target) as stage:
            _unpack(file, manifest, stage, tell)
            held = _held(file, manifest, stage, tell)
            sync_tree(stage)
            _free(target)
            os.rename(stage, target)
            sync_dir(target.parent)
            return held
    except OSError as error:
        raise _not_there(target, error) from error


def _free(target: Path) -> None:
    """Raises CannotMake: a server has it, or something is there."""
    if target.is_dir():
        pid = DataDir(target).holder()
        if pid is not None:
            raise CannotMake(
                f"Server sedang berjalan dengan {target} (proses {pid}). Hentikan dulu, pindahkan "
                "direktori itu, lalu ulangi; atau pulihkan ke direktori lain.",
                f"A server is running on {target} (process {pid}). Stop it and move that directory "
                "away, then try again; or restore into another directory.",
            )
        if not any(target.iterdir()):
            return
    elif not target.is_symlink() and not target.exists():
        return
    raise CannotMake(
        f"{target} sudah berisi dan tidak ditimpa. Pindahkan dulu (mv), atau pulihkan ke direktori "
        "lain.",
        f"{target} is not empty and is not overwritten. Move it away first (mv), or restore into "
        "another directory.",
    )


def _read(file: Path, tell: Tell) -> Manifest:
    try:
        return archive.read(file, lambda n, of: tell(CHECKING, n, of))
    except OSError as error:
        raise _unread(file, error) from error


def _unpack(
    file: Path, manifest: Manifest, stage: Path, tell: Tell, only: Sequence[str] = ()
) -> None:
    done, total = 0, sum(member.size for member in manifest.members)
    with archive.members(file, manifest) as found:
        for member, source in found:
            if not only or member.name in only:
                with open(write_synced(stage / member.name), "wb") as target:
                    archive.copy(source, target, member, file)
            done += member.size
            tell(COPYING, done, total)


def _held(file: Path, manifest: Manifest, stage: Path, tell: Tell) -> Held:
    """Raises BadBackup where the journal is not what the manifest says."""
    tell(CHECKING, 0, 1)
    journal, trials = (stage / name for name in _DATABASES)
    report = copies.check_journal(journal)
    if not report.sound or report.conferences != manifest.conferences:
        raise archive.damaged(file)
    return Held(manifest=manifest, trials=copies.count_trials(trials) if trials.is_file() else 0)


def _unread(file: Path, error: OSError) -> BadBackup:
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    return BadBackup(
        f"Cadangan {file} tidak dapat dibaca: {why}. Periksa nama, izin dan medianya.",
        f"The backup {file} cannot be read: {why}. Check its name, permissions and medium.",
    )


def _not_there(target: Path, error: OSError) -> CannotMake:
    if error.errno == errno.EBUSY:
        return CannotMake(
            f"{target} adalah titik kait (mount) dan tidak dapat diganti sekaligus. Pulihkan ke "
            "direktori di dalamnya.",
            f"{target} is a mount point and cannot be replaced in one step. Restore into a "
            "directory within it.",
        )
    return failed(target, error)
