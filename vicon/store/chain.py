"""The journal's hash chain, pure: how an entry is hashed, and what is wrong with a row of them.

An entry's canonical form is this JSON object, in UTF-8, without white space, with the keys of
every object sorted by code point and nothing escaped that JSON does not demand:

    {"actor":...,"at":...,"conference":...,"event":...,"previous":...,"sequence":...}

Its hash is the SHA-256 of those bytes in lower-case hexadecimal; `previous` is the hash of the
entry before, 64 zeros for the first. `actor` and `event` are hashed as the text that was stored,
never as decoded and encoded again: a later version that knows more fields still finds the same
hash. `json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)` gives the
same bytes, so that anyone can check an export without vicon.

What no chain can see: entries missing at the end. Who must know keeps the last hash elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from vicon.core.events import Event
from vicon.ops.words import Words
from vicon.ports import START


class Row(Struct, frozen=True, kw_only=True):
    """An entry as stored; `actor` and `event` are JSON text. Fields may be anything at all when
    the store was tampered with."""

    conference: str
    sequence: int
    at: int
    actor: bytes
    event: bytes
    previous: str
    hash: str


class _Hashed(Struct, frozen=True, kw_only=True):
    conference: str
    sequence: int
    at: int
    actor: Raw
    event: Raw
    previous: str


class _Exported(_Hashed, frozen=True, kw_only=True):
    hash: str


Kind = Literal["changed", "gap", "order", "broken"]


class Fault(Struct, frozen=True, kw_only=True):
    """The first wrong entry of a conference; what comes after it proves nothing."""

    conference: str
    sequence: int
    kind: Kind
    words: Words


class Checked(Struct, frozen=True, kw_only=True):
    """A conference whose entries were looked at: how many, and the hash of the last good one."""

    conference: str
    entries: int
    last: str


class Report(Struct, frozen=True, kw_only=True):
    conferences: list[Checked]
    faults: list[Fault]

    @property
    def sound(self) -> bool:
        return not self.faults


def canonical(value: Mapping[str, Any] | Event) -> bytes:
    """Canonical JSON of an actor or an event. Raises UnicodeEncodeError for a lone surrogate."""
    return msgspec.json.encode(value, order="sorted")


def entry_hash(row: Row) -> str:
    """SHA-256 of the canonical form, hexadecimal; `row.hash` is not part of it."""
    return hashlib.sha256(msgspec.json.encode(_hashed(row), order="sorted")).hexdigest()


def export_line(row: Row) -> bytes:
    """One line of JSON: the canonical form and the hash, in the same order of keys."""
    hashed = _hashed(row)
    values = {name: getattr(hashed, name) for name in _Hashed.__struct_fields__}
    return msgspec.json.encode(_Exported(**values, hash=row.hash), order="sorted")


def exported(line: bytes) -> Row:
    """The entry of an export's line. Raises msgspec.MsgspecError, UnicodeDecodeError or
    RecursionError for what is none."""
    found = msgspec.json.decode(line, type=_Exported)
    return Row(
        conference=found.conference,
        sequence=found.sequence,
        at=found.at,
        actor=bytes(found.actor),
        event=bytes(found.event),
        previous=found.previous,
        hash=found.hash,
    )


def make_rows(
    conference: str,
    head: tuple[int, str],
    batch: Iterable[tuple[int, Mapping[str, str], Iterable[Event]]],
) -> list[Row]:
    """Rows that follow `head`, the last sequence and hash (0 and START before the first)."""
    sequence, previous = head
    rows = []
    for at, actor, events in batch:
        who = canonical(actor)
        for event in events:
            sequence += 1
            row = Row(
                conference=conference,
                sequence=sequence,
                at=at,
                actor=who,
                event=canonical(event),
                previous=previous,
                hash="",
            )
            previous = entry_hash(row)
            rows.append(msgspec.structs.replace(row, hash=previous))
    return rows


class Chain:
    """Follows one conference's entries in order and tells the first one that does not fit."""

    def __init__(self, conference: str, sequence: int = 0, last: str = START) -> None:
        """`sequence` and `last`: number and hash of the entry that was followed last."""
        self.conference = conference
        self.sequence = sequence
        self.last = last

    def follow(self, row: Row) -> Fault | None:
        """Take the next entry; None if it fits. After a fault do not ask again."""
        fault = self._wrong(row)
        if fault is None:
            self.sequence, self.last = row.sequence, row.hash
        return fault

    def _wrong(self, row: Row) -> Fault | None:
        wanted = self.sequence + 1
        if row.sequence > wanted:
            return self._fault(wanted, "gap", _missing(wanted, row.sequence))
        if row.sequence < wanted:
            return self._fault(row.sequence, "order", _REPEATED)
        if not _is_json(row.actor) or not _is_json(row.event) or entry_hash(row) != row.hash:
            return self._fault(wanted, "changed", _CHANGED)
        if row.previous != self.last:
            return self._fault(wanted, "broken", _broken(wanted))
        return None

    def _fault(self, sequence: int, kind: Kind, words: Words) -> Fault:
        return Fault(conference=self.conference, sequence=sequence, kind=kind, words=words)


def check(rows: Iterable[Row]) -> Report:
    """Look at all entries, ordered by conference and sequence."""
    chains: dict[str, Chain] = {}
    faults: dict[str, Fault] = {}
    for row in rows:
        chain = chains.setdefault(row.conference, Chain(row.conference))
        if row.conference not in faults and (fault := chain.follow(row)):
            faults[row.conference] = fault
    checked = [
        Checked(conference=name, entries=chain.sequence, last=chain.last)
        for name, chain in chains.items()
    ]
    return Report(conferences=checked, faults=list(faults.values()))


def _hashed(row: Row) -> _Hashed:
    return _Hashed(
        conference=row.conference,
        sequence=row.sequence,
        at=row.at,
        actor=Raw(row.actor),
        event=Raw(row.event),
        previous=row.previous,
    )


def _is_json(text: bytes) -> bool:
    """Whether it is exactly one JSON value: else text could reach beyond its own field and two
    different entries could have the same canonical form."""
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


_CHANGED = Words(
    "isinya tidak cocok dengan sidik hash: ada yang diubah setelah ditulis",
    "its content does not fit its hash: something was changed after it was written",
)
_REPEATED = Words("nomor urut ini muncul dua kali", "this sequence number comes twice")


def _missing(wanted: int, found: int) -> Words:
    return Words(
        f"hilang: setelah {wanted - 1} langsung {found}",
        f"missing: {wanted - 1} is followed by {found}",
    )


def _broken(wanted: int) -> Words:
    return Words(
        f"tidak menyambung ke catatan {wanted - 1}: salah satunya diganti",
        f"does not follow on from entry {wanted - 1}: one of the two was replaced",
    )
