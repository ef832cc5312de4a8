"""A folder beside what is being made, in which it is made: only what is whole takes its name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vicon.ops.data import DataDir, DataError, DataInUse, make_private_dir, sync_dir
from vicon.ops.words import SpokenError, reason_of


class CannotMake(SpokenError):
    """The file or folder that was wanted cannot be made; nothing of it is there."""


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """`.NAME.partial` beside `target`, empty but for its lock; gone afterwards, unless it was
    renamed. What a killed process left of an earlier attempt is removed first.

    Raises CannotMake: another process makes the same; no right, no space.
    """
    folder = target.parent / f".{target.name}.partial"
    try:
        if not target.parent.is_dir():
            raise _no_parent(target)
        with DataDir.claim(folder) as claimed:
            _clear(folder, claimed.lock)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except DataInUse as error:
        raise CannotMake(
            f"{target} sedang dibuat oleh proses lain. Tunggu sampai selesai, lalu periksa.",
            f"{target} is being made by another process. Wait for its end, then look.",
        ) from error
    except DataError as error:
        raise CannotMake(error.words.id, error.words.en) from error


def _clear(folder: Path, lock: Path) -> None:
    for entry in folder.iterdir():
        if entry == lock:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def write_synced(path: Path) -> int:
    """A descriptor of a new file, 0600, in a folder that is made where there is none."""
    make_private_dir(path.parent)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def sync_tree(folder: Path) -> None:
    """Make all files and names below a folder durable. Raises OSError."""
    for place, _, names in os.walk(folder):
        for name in names:
            descriptor = os.open(Path(place) / name, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_dir(Path(place))


def failed(target: Path, error: OSError) -> CannotMake:
    """What the system said, as a sentence."""
    why = reason_of(error)
    return CannotMake(
        f"{target} tidak dapat dibuat: {why}. Tidak ada yang setengah jadi. Periksa ruang disk, "
        "pemilik dan izin, atau pilih tempat lain, lalu ulangi.",
        f"{target} cannot be made: {why}. Nothing is left half done. Check the disk space, owner "
        "and permissions, or choose another place, then try again.",
    )


def _no_parent(target: Path) -> CannotMake:
    return CannotMake(
        f"Direktori {target.parent} tidak ada. Buat dulu, atau pilih tempat lain.",
        f"There is no directory {target.parent}. Make it first, or choose another place.",
    )
