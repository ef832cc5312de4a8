"""An export of the journal (`vicon journal export`) checked by itself, without a server: every byte
of it is as it was written, or it is told which entry is not."""

from __future__ import annotations

import msgspec

from vicon.ops.words import Words
from vicon.store.chain import Chain, Checked, Fault, Report, Row, export_line, exported


def check_export(data: bytes) -> Report:
    """`data`: the whole file. Of each conference the first wrong entry is named; of a line that is
    none, the conference and the entry that were to come."""
    chains: dict[str, Chain] = {}
    faults: dict[str, Fault] = {}
    now = ""
    for number, line in enumerate(_lines(data), 1):
        row = _read(line)
        if row is None:
            chain = chains.setdefault(now, Chain(now))
            fault: Fault | None = _unread(chain)
        else:
            now = row.conference
            chain = chains.setdefault(now, Chain(now))
            fault = None if now in faults else chain.follow(row)
        if fault is not None:
            faults.setdefault(now, _placed(fault, number))
    checked = [
        Checked(conference=name, entries=chain.sequence, last=chain.last)
        for name, chain in chains.items()
    ]
    return Report(conferences=checked, faults=list(faults.values()))


def _lines(data: bytes) -> list[bytes]:
    """Each with its end."""
    *whole, rest = data.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def _read(line: bytes) -> Row | None:
    """None: it is not written as an export writes it."""
    try:
        row = exported(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return row if export_line(row) + b"\n" == line else None


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
