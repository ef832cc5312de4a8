"""An export of the journal (`vicon journal export`) checked by itself, without a server: every byte
of it is as it was written, or it is told which entry is not."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from vicon.ops.words import Words
from vicon.store.chain import (
    NONE,
    Chain,
    Checked,
    Fault,
    Redactions,
    Report,
    Row,
    entry_hash,
    export_line,
    exported,
    purge_of,
)


def check_export(data: bytes) -> Report:
    """`data`: the whole file. Of each conference the first wrong entry is named; of a line that is
    none, the conference and the entry that were to come."""
    redactions = _redactions(data)
    chains: dict[str, Chain] = {}
    faults: dict[str, Fault] = {}
    now = ""
    for number, line in enumerate(_lines(data), 1):
        row = _read(line, redactions)
        if row is None:
            chain = chains.setdefault(now, Chain(now))
            fault: Fault | None = _unread(chain)
        else:
            now = row.conference
            known = redactions.get(now, NONE)
            chain = chains.setdefault(now, Chain(now, redactions=known))
            fault = None if now in faults else chain.follow(row)
        if fault is not None:
            faults.setdefault(now, _placed(fault, number))
    for name, chain in chains.items():
        if name not in faults and (unproven := chain.finish()):
            faults[name] = unproven
    checked = [
        Checked(conference=name, entries=chain.sequence, last=chain.last)
        for name, chain in chains.items()
    ]
    return Report(conferences=checked, faults=list(faults.values()))


def _lines(data: bytes) -> list[bytes]:
    """Each with its end."""
    *whole, rest = data.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def _redactions(data: bytes) -> dict[str, Redactions]:
    """By conference: the entries that are marked with a purge, and what they say now. What is
    marked and was not purged is found by the purge's own entry."""
    purges: dict[str, dict[int, dict[int, str]]] = {}
    for line in _lines(data):
        if b'"purge":' not in line:
            continue
        try:
            row, purge = exported(line), purge_of(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue  # told where it is followed
        if purge is not None:
            of = purges.setdefault(row.conference, {})
            of.setdefault(purge, {})[row.sequence] = entry_hash(row)
    return {name: Redactions(purges=each) for name, each in purges.items()}


def _read(line: bytes, redactions: Mapping[str, Redactions]) -> Row | None:
    """None: it is not written as an export writes it."""
    try:
        row = exported(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    known = redactions.get(row.conference, NONE)
    return row if export_line(row, known) + b"\n" == line else None


def _unread(chain: Chain) -> Fault:
    return Fault(
        conference=chain.conference, sequence=chain.sequence + 1, kind="changed", words=_UNREAD
    )


def _placed(fault: Fault, line: int) -> Fault:
    words = Words(f"baris {line}: {fault.words.id}", f"line {line}: {fault.words.en}")
    return msgspec.structs.replace(fault, words=words)


_UNREAD = Words(
    "tidak tertulis seperti ditulis vicon journal export: ada yang diubah",
    "not written as vicon journal export writes it: something was changed",
)
