"""What SQLite says, as a sentence that says what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from vicon.ops.words import SpokenError, Words
from vicon.ports import JournalError


class JournalFault(SpokenError, JournalError):
    """JournalError in both languages."""


_TELLS: dict[int, Words] = {
    sqlite3.SQLITE_FULL: Words(
        "Jurnal tidak dapat ditulis: disk penuh. Kosongkan ruang, lalu ulangi.",
        "The journal cannot be written: the disk is full. Free some space, then try again.",
    ),
    sqlite3.SQLITE_BUSY: Words(
        "Jurnal sedang dikunci program lain. Tutup program yang membuka journal.sqlite, "
        "lalu ulangi.",
        "The journal is locked by another program. Close what has journal.sqlite open, "
        "then try again.",
    ),
    sqlite3.SQLITE_CORRUPT: Words(
        "Berkas jurnal rusak. Salin dulu direktori data, lalu pulihkan dari cadangan; "
        "`vicon journal verify` menunjukkan catatan mana yang terkena.",
        "The journal file is damaged. Copy the data directory first, then restore a backup; "
        "`vicon journal verify` names the entries that are hit.",
    ),
    sqlite3.SQLITE_READONLY: Words(
        "Jurnal hanya dapat dibaca. Periksa pemilik dan izin direktori data, "
        "dan apakah disknya dipasang baca-saja.",
        "The journal is read-only. Check the owner and permissions of the data directory, "
        "and whether its disk is mounted read-only.",
    ),
    sqlite3.SQLITE_CANTOPEN: Words(
        "Jurnal tidak dapat dibuka. Periksa apakah direktori data ada dan boleh dibaca.",
        "The journal cannot be opened. Check that the data directory exists and may be read.",
    ),
    sqlite3.SQLITE_IOERR: Words(
        "Disk gagal membaca atau menulis jurnal. Periksa disk (dmesg); begitu pulih, server "
        "melanjutkan sendiri.",
        "The disk failed to read or write the journal. Check the disk (dmesg); once it has "
        "recovered, the server goes on by itself.",
    ),
}
_TRIALS_DAMAGED = Words(
    "Berkas uji trials.sqlite rusak. Salin dulu direktori data, lalu pulihkan dari cadangan, atau "
    "pindahkan berkas itu: riwayat uji dimulai dari kosong, jurnal tidak terkena.",
    "The file of trials, trials.sqlite, is damaged. Copy the data directory first, then restore a "
    "backup or move that file away: the history of trials begins anew, the journal is not hit.",
)
_SAME = {
    sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_NOTADB: sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_PERM: sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_AUTH: sqlite3.SQLITE_CANTOPEN,
}


def fault(words: Words, *, unsure: bool = False) -> JournalFault:
    made = JournalFault(words.id, words.en)
    made.unsure = unsure
    return made


def told(error: sqlite3.Error, *, trials: bool = False) -> JournalFault:
    """The sentence for an error of SQLite; its own words where it is none of the usual. `trials`:
    of the store of trials, not of the journal."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    code = _SAME.get(code, code)
    words = _TELLS.get(code) or Words(f"Jurnal gagal: {error}.", f"The journal failed: {error}.")
    if trials:
        words = _TRIALS_DAMAGED if code == sqlite3.SQLITE_CORRUPT else _of_trials(words)
    return fault(words)


def _of_trials(words: Words) -> Words:
    id = words.id.replace("Jurnal", "Simpanan uji").replace("jurnal", "simpanan uji")
    en = words.en.replace("The journal", "The store of trials")
    en = en.replace("the journal", "the store of trials")
    return Words(*(text.replace("journal.sqlite", "trials.sqlite") for text in (id, en)))


def newer_schema(
    found: int, known: int, *, trials: bool = False, kept: Path | None = None
) -> JournalFault:
    """`kept`: a copy of what it was when this version could read it (before.py)."""
    id, en = ("Simpanan uji", "store of trials") if trials else ("Jurnal", "journal")
    where_id = f" Salinan otomatis dari sebelum itu: {kept}." if kept is not None else ""
    where_en = f" An automatic copy from before that: {kept}." if kept is not None else ""
    return JournalFault(
        f"{id} ini ditulis versi vicon yang lebih baru (skema {found}, versi ini {known}). "
        f"Tidak ada yang diubah. Pasang vicon terbaru; {_BACK.id}{where_id}",
        f"This {en} was written by a newer vicon (schema {found}, this one knows {known}). "
        f"Nothing was changed. Install the latest vicon; {_BACK.en}{where_en}",
    )


_BACK = Words(
    "untuk kembali ke versi ini, pulihkan cadangan yang dibuat sebelum memperbarui "
    "(`vicon restore`).",
    "to go back to this version, restore the backup that was made before the upgrade "
    "(`vicon restore`).",
)


def unknown_event(conference: str, sequence: int, error: Exception) -> JournalFault:
    return JournalFault(
        f"Catatan {sequence} dari {conference} tidak dikenal versi ini ({error}). "
        f"Tidak ada yang diubah. Pasang vicon yang menulisnya atau yang lebih baru; {_BACK.id}",
        f"Entry {sequence} of {conference} is unknown to this version ({error}). "
        f"Nothing was changed. Install the vicon that wrote it, or a newer one; {_BACK.en}",
    )


def broken_chain(conference: str, sequence: int, words: Words) -> JournalFault:
    return JournalFault(
        f"Jurnal {conference} rusak pada catatan {sequence}: {words.id}. "
        "Pulihkan direktori data dari cadangan.",
        f"The journal of {conference} is wrong at entry {sequence}: {words.en}. "
        "Restore the data directory from a backup.",
    )


CLOSED = Words("Jurnal sudah ditutup.", "The journal is closed.")
UNSURE = Words(
    "Penulisan jurnal terputus dan hasilnya belum pasti. Periksa disk (dmesg); begitu disk "
    "menjawab lagi, server melanjutkan sendiri.",
    "Writing the journal was cut off and its outcome is not known yet. Check the disk (dmesg); "
    "the server goes on by itself once the disk answers.",
)
TOO_SLOW = Words(
    "Disk tidak menjawab saat jurnal ditulis. Periksa disk (dmesg); begitu disk menjawab lagi, "
    "server melanjutkan sendiri.",
    "The disk did not answer while the journal was written. Check it (dmesg); the server goes on "
    "by itself once the disk answers.",
)
NOT_TEXT = Words(
    "Catatan memuat teks yang bukan Unicode yang sah; tidak ada yang ditulis.",
    "The entry holds text that is not valid Unicode; nothing was written.",
)
