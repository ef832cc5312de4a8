"""`backup`: all that a server keeps, as one file, while it runs."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from vicon.ops.data import DataDir, sync_dir
from vicon.ops.words import SpokenError, Words
from vicon.store import archive, copies
from vicon.store.archive import Manifest
from vicon.store.chain import Checked, Report
from vicon.store.faults import JournalFault
from vicon.store.staging import CannotMake, failed, staging, write_synced

Tell = Callable[[Words, int, int], None]
"""What is being done, how much of it is done, how much there is."""
COPYING = Words("Menyalin", "Copying")
CHECKING = Words("Memeriksa", "Checking")
WRITING = Words("Menulis", "Writing")
SPARE = 1 << 20
"""Bytes beside twice the size of what is kept."""


class Unfit(SpokenError):
    """What is to be kept is wrong already."""

    exit_code = 1


class Made(Struct, frozen=True, kw_only=True):
    manifest: Manifest
    trials: int
    """Runs of trial calls in it."""
    left_out: list[str]
    """Files of the data directory that hold keys or secrets, and are not in it."""


def backup(home: DataDir, out: Path, *, keys: bool, now: int, version: str, tell: Tell) -> Made:
    """Everything acknowledged before this was called is in the file, which is there whole, durable
    and 0600, or not at all. `keys` false: without keys, certificates and configurations that hold a
    secret. `now`: Unix ms.

    Raises CannotMake (something is there already, disk full, no right), Unfit (the journal's chain
    is broken), JournalFault.
    """
    out = out.absolute()
    if out.is_symlink() or out.exists():
        raise CannotMake(
            f"{out} sudah ada dan tidak ditimpa. Pilih nama lain.",
            f"{out} is there already and is not overwritten. Choose another name.",
        )
    if not home.journal.is_file():
        raise _nothing(home)
    try:
        _see_to_space(home, out, keys=keys)
        with staging(out) as stage:
            checked, trials = _databases(home, stage, tell)
            names, left_out = _others(home, keys=keys)
            for name in names:
                _copy(home.path / name, stage / name)
            manifest = _manifest(stage, checked, keys=keys, now=now, version=version)
            _write(stage, out, manifest, tell)
            return Made(manifest=manifest, trials=trials, left_out=left_out)
    except OSError as error:
        raise failed(out, error) from error


def _see_to_space(home: DataDir, out: Path, *, keys: bool) -> None:
    """Rather than to find out at the end. Raises CannotMake, OSError."""
    names, _ = _others(home, keys=keys)
    files = [home.path / name for name in names]
    for path in (home.journal, home.trials):  # what is in the write-ahead log comes on top
        files += [path, path.with_name(f"{path.name}-wal")]
    need = 2 * sum(file.stat().st_size for file in files if file.is_file()) + SPARE
    free = shutil.disk_usage(out.parent).free
    if free < need:
        raise CannotMake(
            f"Ruang tidak cukup di {out.parent}: perlu {_mb(need)} MB, ada {free >> 20} MB. "
            "Kosongkan ruang, atau pilih disk lain dengan --out.",
            f"Not enough space in {out.parent}: {_mb(need)} MB are needed, {free >> 20} MB are "
            "free. Free some space, or choose another disk with --out.",
        )


def _mb(size: int) -> int:
    return -(-size // (1 << 20))


def _databases(home: DataDir, stage: Path, tell: Tell) -> tuple[list[Checked], int]:
    """The journal first: a run that it names is in the store of trials already."""
    paths = [path for path in (home.journal, home.trials) if path.is_file()]
    for path in paths:
        copies.copy_database(path, stage / path.name, lambda n, of: tell(COPYING, n, of))
    tell(CHECKING, 0, 1)
    report = copies.check_journal(stage / home.journal.name)
    if not report.sound:
        raise _broken(report)
    trials = copies.count_trials(stage / home.trials.name) if len(paths) > 1 else 0
    return report.conferences, trials


def _others(home: DataDir, *, keys: bool) -> tuple[list[str], list[str]]:
    """Names of what goes in beside the databases, and of what is left out."""
    beside = (home.links, home.browsers, home.server, home.trail, home.refused, home.webhooks)
    plain = [path for path in beside if path.is_file()]
    people = [path for path in (home.accounts, home.sessions) if path.is_file()]
    settings = sorted(
        path
        for path in (*home.path.glob("*.toml"), *home.conferences.rglob("*.toml"))
        if path.is_file()
    )
    secret = [
        path
        for folder in (home.key.parent, home.tls)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".new"
    ] + people
    if keys:
        return _names(home, [*plain, *settings, *secret]), []
    holding = [path for path in settings if _holds_secret(path)]
    kept = [path for path in settings if path not in holding]
    return _names(home, [*plain, *kept]), _names(home, [*holding, *secret])


def _names(home: DataDir, paths: list[Path]) -> list[str]:
    return [path.relative_to(home.path).as_posix() for path in paths]


def _holds_secret(path: Path) -> bool:
    """Whether a configuration has a secret of its own; one that cannot be read counts as one."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return True
    turn, accounts = table.get("turn", {}), table.get("accounts", {})
    oidc = accounts.get("oidc", {}) if isinstance(accounts, dict) else None
    if not isinstance(turn, dict) or not isinstance(oidc, dict):
        return True
    return bool(turn.get("secret") or oidc.get("client_secret"))


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as old, open(write_synced(target), "wb") as new:
        shutil.copyfileobj(old, new)


def _manifest(
    stage: Path, checked: list[Checked], *, keys: bool, now: int, version: str
) -> Manifest:
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    return Manifest(
        format=archive.FORMAT,
        vicon=version,
        made_at=now,
        keys=keys,
        members=[
            archive.measure(path, path.relative_to(stage).as_posix())
            for path in files
            if path != stage / "lock"
        ],
        conferences=checked,
    )


def _write(stage: Path, out: Path, manifest: Manifest, tell: Tell) -> None:
    fresh = stage / "archive"
    with open(write_synced(fresh), "wb") as file:
        archive.write(file, manifest, stage, lambda n, of: tell(WRITING, n, of))
        file.flush()
        os.fsync(file.fileno())
    if out.exists():
        raise FileExistsError(17, "", str(out))
    fresh.replace(out)
    sync_dir(out.parent)


def _nothing(home: DataDir) -> JournalFault:
    return JournalFault(
        f"Tidak ada jurnal di {home.path}, jadi tidak ada yang dicadangkan. Periksa --data.",
        f"There is no journal in {home.path}, so there is nothing to back up. Check --data.",
    )


def _broken(report: Report) -> Unfit:
    first = report.faults[0]
    where = f"{first.conference} {first.sequence}"
    return Unfit(
        f"Jurnal salah pada catatan {where}: {first.words.id}. Cadangan tidak dibuat, agar tidak "
        "menggantikan yang masih utuh. Salin direktori data apa adanya, lalu pulihkan dari "
        "cadangan terakhir.",
        f"The journal is wrong at entry {where}: {first.words.en}. No backup was made, so that "
        "none that is whole is replaced by it. Copy the data directory as it is, then restore the "
        "last backup.",
    )
