"""`vicon purge`: remove the personal data whose time is over, or say what is due."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from msgspec.structs import replace

from vicon import config as configuration
from vicon.cli.common import DONE, Data, Json, WrongUse, say, write_json
from vicon.config.settings import Conference
from vicon.config.shelf import Shelf
from vicon.core.privacy import Due, Keep
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, DataInUse
from vicon.ops.trail import trail
from vicon.ops.words import Words
from vicon.store import reader
from vicon.store.keeping import Keeping
from vicon.store.purge import survey
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import SqliteTrials

_LISTS, _TRIALS = Words("daftar hadir", "attendance"), Words("uji coba", "trial calls")
_RECORDINGS = Words("rekaman", "recordings")
WHO = {"role": "system", "name": "vicon purge"}
MOST_DAYS = 36_500


def purge(
    *,
    data: Data,
    conference: Annotated[
        str | None,
        Parameter(help=say("Hanya vicon dengan id ini.", "Only the conference with this id.")),
    ] = None,
    dry_run: Annotated[
        bool,
        Parameter(
            negative="",
            help=say(
                "Hanya menyebut apa yang akan dihapus; juga saat server berjalan.",
                "Only say what would be removed; also while the server runs.",
            ),
        ),
    ] = False,
    config: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Masa simpan menurut berkas ini; bawaan: DATA/vicon.toml bila ada.",
                "Retention by this file; default: DATA/vicon.toml where there is one.",
            )
        ),
    ] = None,
    days: Annotated[
        int | None,
        Parameter(
            validator=Number(gte=0, lte=MOST_DAYS),
            help=say(
                "Sekian hari setelah ditutup, sebagai ganti konfigurasi.",
                "So many days after the closing, instead of the configuration's.",
            ),
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Menghapus nama pada daftar hadir dan daftar undangan, hasil uji, serta rekaman, dari vicon
    yang sudah ditutup dan masa simpannya habis. Jurnal tetap dapat diperiksa. Tidak dapat
    diurungkan, dan cadangan lama masih memuat semuanya.

    Remove the names on lists of those who came and who were expected, the trial calls, and the
    recordings, of conferences that were closed and whose time is over. The journal stays
    verifiable. It cannot be undone, and older backups still hold everything.
    """
    home = DataDir(data)
    keeps, now = _keeps(home, config, days), SystemClock().now()
    known = list(dict.fromkeys(row.conference for row in reader.rows(home.journal)))
    if conference is not None and conference not in known:
        raise WrongUse(
            f"Tidak ada catatan untuk vicon `{conference}`. Id yang ada: {', '.join(known)}.",
            f"There is no entry for a conference `{conference}`. The ids: {', '.join(known)}.",
        )
    wanted = [name for name in known if conference in (None, name)]
    found = [survey(home, name, keeps.get(name, _default(days)), now) for name in wanted]
    if not dry_run and any(one.anything for one in found):
        with trail(home, "purge", conference=conference):
            asyncio.run(_purge(data, [one for one in found if one.anything], now))
    if json:
        write_json([_as_json(one, done=not dry_run) for one in found])
    else:
        sys.stdout.write("".join(_line(one, done=not dry_run) for one in found))
    return DONE


def _keeps(home: DataDir, config: Path | None, days: int | None) -> dict[str, Keep]:
    path = config or home.path / "vicon.toml"
    there = config is not None or path.is_file()
    keeps = kept(home, configuration.load(path).conferences if there else [])
    if days is None:
        return keeps
    return {
        name: replace(keep, attendance_days=days, trials_days=days, recordings_days=days)
        for name, keep in keeps.items()
    }


def kept(home: DataDir, configured: Sequence[Conference]) -> dict[str, Keep]:
    """By conference: those of a configuration, and those that were made in the editor."""
    shelf = Shelf(home.conferences)
    made = [
        shelf.read(id, archived=archived)
        for archived in (False, True)
        for id in shelf.ids(archived=archived)
    ]
    found = [one.conference for one in made if one is not None and one.conference is not None]
    return {one.id: configuration.keep_of(one) for one in (*found, *configured)}


def _default(days: int | None) -> Keep:
    if days is None:
        return Keep()
    return Keep(attendance_days=days, trials_days=days, recordings_days=days)


async def _purge(data: Path, found: list[Due], now: int) -> None:
    try:
        with DataDir.claim(data) as home:
            journal = await SqliteJournal.open(home)
            try:
                trials = await SqliteTrials.open(home)
                try:
                    keeping = Keeping(home, journal, trials)
                    for one in found:
                        await keeping.purge(now, WHO, one)
                finally:
                    await trials.close()
            finally:
                await journal.close()
    except DataInUse as error:
        raise DataInUse(
            f"{error.words.id} Bila [conferences.retention] automatic = true, server itu sendiri "
            "menghapus yang sudah waktunya sekali sehari; --dry-run dapat dipakai kapan saja.",
            f"{error.words.en} With [conferences.retention] automatic = true that server removes "
            "what is due by itself, once a day; --dry-run works at any time.",
        ) from error


def _line(found: Due, *, done: bool) -> str:
    return f"{found.conference}: {said(found, done=done)}\n"


def said(found: Due, *, done: bool) -> str:
    """What is due, or what was removed, of one conference."""
    if found.closed_at is None:
        return say(
            "belum ditutup, jadi belum ada yang dihapus.",
            "has not been closed, so nothing of it is due.",
        )
    parts = [
        _part(
            found.removes_entries,
            say(
                f"{found.names} nama dalam {found.entries} catatan",
                f"{found.names} names in {found.entries} entries",
            ),
            done=done,
        ),
        _part(
            found.removes_trials,
            say(f"{found.trials} uji coba", f"{found.trials} trial calls"),
            done=done,
        ),
        _part(
            found.removes_recordings,
            say(f"{found.recordings} rekaman", f"{found.recordings} recordings"),
            done=done,
        ),
    ]
    later = [
        say(f"{what.id} pada {_date(at)}", f"{what.en} on {_date(at)}")
        for what, count, is_due, at in (
            (_LISTS, found.entries, found.attendance_due, found.attendance_at),
            (_TRIALS, found.trials, found.trials_due, found.trials_at),
            (_RECORDINGS, found.recordings, found.recordings_due, found.recordings_at),
        )
        if count and not is_due
    ]
    text = " ".join(part for part in parts if part)
    if later:
        names = ", ".join(later)
        text += say(f" Berikutnya: {names}.", f" To come: {names}.")
    return text.strip() or say("tidak ada yang tersisa.", "nothing is left to remove.")


def _part(count: int, what: str, *, done: bool) -> str:
    if not count:
        return ""
    if done:
        return say(f"Dihapus: {what}.", f"Removed: {what}.")
    return say(f"Akan dihapus: {what}.", f"Would be removed: {what}.")


def _date(at: int | None) -> str:
    return f"{datetime.fromtimestamp((at or 0) / 1000, UTC):%Y-%m-%d}"


def _as_json(found: Due, *, done: bool) -> dict[str, object]:
    return {
        "conference": found.conference,
        "removed": done and found.anything,
        "closed_at": found.closed_at,
        "entries": found.entries,
        "names": found.names,
        "trials": found.trials,
        "attendance_at": found.attendance_at,
        "trials_at": found.trials_at,
        "attendance_due": found.attendance_due,
        "trials_due": found.trials_due,
        "recordings": found.recordings,
        "recordings_at": found.recordings_at,
        "recordings_due": found.recordings_due,
    }
