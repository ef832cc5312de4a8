"""The journal's entries of one conference, verified on the way; also while a server runs."""

from __future__ import annotations

from collections.abc import Iterator

from vicon.cli.common import REFUSED, WrongUse
from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError, Words
from vicon.ports import Record
from vicon.store import reader
from vicon.store.chain import Chain
from vicon.store.sqlite import record_of


class BrokenChain(SpokenError):
    """An entry does not fit the hash chain: nothing is made of such a journal."""

    exit_code = REFUSED


def records(home: DataDir, conference: str) -> Iterator[Record]:
    """In their order. Raises BrokenChain at the first entry that does not fit, JournalFault."""
    with reader.looking(home.journal, conference) as sight:
        chain = Chain(conference, redactions=sight.of(conference))
        for row in sight.rows:
            wrong = chain.follow(row)
            if wrong is not None:
                raise _broken(conference, wrong.sequence, wrong.words)
            yield record_of(row)
        wrong = chain.finish()
        if wrong is not None:
            raise _broken(conference, wrong.sequence, wrong.words)


def conference_of(home: DataDir, wanted: str | None) -> str:
    """The conference that is meant; None: the only one. Raises WrongUse, JournalFault."""
    known = list(dict.fromkeys(row.conference for row in reader.rows(home.journal)))
    if wanted is not None and wanted not in known:
        raise WrongUse(
            f"Tidak ada catatan untuk vicon `{wanted}`. Id yang ada: {', '.join(known) or '–'}.",
            f"There is no entry for a conference `{wanted}`. The ids: {', '.join(known) or '–'}.",
        )
    if wanted is not None:
        return wanted
    if len(known) == 1:
        return known[0]
    if not known:
        raise WrongUse(
            "Jurnal ini masih kosong. Jalankan servernya dulu.",
            "This journal is still empty. Start its server first.",
        )
    raise WrongUse(
        f"Jurnal ini memuat beberapa vicon. Sebutkan dengan --conference: {', '.join(known)}.",
        f"This journal has several conferences. Name one with --conference: {', '.join(known)}.",
    )


def _broken(conference: str, sequence: int, words: Words) -> BrokenChain:
    return BrokenChain(
        f"Jurnal {conference} salah pada catatan {sequence}: {words.id}. Dari jurnal seperti itu "
        "tidak ada dokumen yang dibuat. Pulihkan direktori data dari cadangan; `vicon journal "
        "verify` memeriksa semuanya.",
        f"The journal of {conference} is wrong at entry {sequence}: {words.en}. No document is "
        "made from such a journal. Restore the data directory from a backup; `vicon journal "
        "verify` checks all of it.",
    )
