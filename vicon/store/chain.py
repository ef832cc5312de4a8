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

An entry whose personal fields were removed keeps its hash, by which its neighbours are still held
together; what it says now has another, its digest. A later entry of the chain, the purge's, carries
the SHA-256 over the lines `SEQUENCE DIGEST` (each ended by a line feed) of all entries that it
changed, and their number. See docs/adr/0204-what-a-purge-leaves.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from vicon.core import privacy
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


class _Exported(_Hashed, frozen=True, kw_only=True, omit_defaults=True):
    hash: str
    purge: int | None = None


class Redactions(Struct, frozen=True, kw_only=True):
    """Which entries of a conference say less than they did."""

    purges: Mapping[int, Mapping[int, str]] = {}
    """Number of a purge's entry -> number of an entry that it changed -> its digest then."""

    def of(self, sequence: int) -> tuple[int, str] | None:
        """The last purge that changed the entry, and its digest since."""
        last = max((p for p, each in self.purges.items() if sequence in each), default=None)
        return (last, self.purges[last][sequence]) if last is not None else None


NONE = Redactions()
PURGED = b'"personal_data_purged"'


class _Purge(Struct):
    """What a purge's entry says of it."""

    type: str
    entries: int
    digest: str


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


def export_line(row: Row, redactions: Redactions = NONE) -> bytes:
    """One line of JSON: the canonical form and the hash, in the same order of keys; and where a
    purge has changed the entry, which therefore does not fit its hash, the number of that."""
    hashed = _hashed(row)
    values = {name: getattr(hashed, name) for name in _Hashed.__struct_fields__}
    found = redactions.of(row.sequence)
    purge = found[0] if found is not None else None
    return msgspec.json.encode(_Exported(**values, hash=row.hash, purge=purge), order="sorted")


def digest_of(changed: Mapping[int, str]) -> str:
    """What a purge's entry carries: over the digests of the entries, by their numbers."""
    lines = "".join(f"{sequence} {changed[sequence]}\n" for sequence in sorted(changed))
    return hashlib.sha256(lines.encode()).hexdigest()


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


def purge_of(line: bytes) -> int | None:
    """The purge that changed the entry of an export's line. Raises as `exported`."""
    return msgspec.json.decode(line, type=_Exported).purge


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

    def __init__(
        self,
        conference: str,
        sequence: int = 0,
        last: str = START,
        redactions: Redactions = NONE,
    ) -> None:
        """`sequence` and `last`: number and hash of the entry that was followed last."""
        self.conference = conference
        self.sequence = sequence
        self.last = last
        self.redactions = redactions
        self._unproven: dict[int, int] = {}
        """Number of a purge's entry that is still to come -> the first that it must vouch for."""

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
        if not _is_json(row.actor) or not _is_json(row.event):
            return self._fault(wanted, "changed", _CHANGED)
        found = entry_hash(row)
        if found != row.hash and not self._is_redacted(row, found):
            return self._fault(wanted, "changed", _CHANGED)
        if row.previous != self.last:
            return self._fault(wanted, "broken", _broken(wanted))
        return self._wrong_purge(row)

    def finish(self) -> Fault | None:
        """After the last entry: what no purge has vouched for."""
        if not self._unproven:
            return None
        return self._fault(min(self._unproven.values()), "changed", _CHANGED)

    def _is_redacted(self, row: Row, found: str) -> bool:
        known = self.redactions.of(row.sequence)
        if known is None or known[0] <= row.sequence or known[1] != found:
            return False
        event = msgspec.json.decode(row.event)
        if not isinstance(event, dict) or not privacy.is_clean(event):
            return False
        self._unproven.setdefault(known[0], row.sequence)
        return True

    def _wrong_purge(self, row: Row) -> Fault | None:
        """A purge's entry and the table must say the same."""
        changed = self.redactions.purges.get(row.sequence)
        if changed is None and PURGED not in row.event:
            return None
        try:
            said = msgspec.json.decode(row.event, type=_Purge)
        except msgspec.MsgspecError:
            said = _Purge(type="", entries=0, digest="")
        if said.type.encode() != PURGED.strip(b'"'):
            if changed is None:  # the word stands in some other entry's text
                return None
        elif (said.entries, said.digest) == (len(changed or {}), digest_of(changed or {})):
            self._unproven.pop(row.sequence, None)
            return None
        first = self._unproven.get(row.sequence, row.sequence)
        return self._fault(first, "changed", _CHANGED)

    def _fault(self, sequence: int, kind: Kind, words: Words) -> Fault:
        return Fault(conference=self.conference, sequence=sequence, kind=kind, words=words)


def check(rows: Iterable[Row], redactions: Mapping[str, Redactions] | None = None) -> Report:
    """Look at all entries, ordered by conference and sequence. `redactions`: by conference."""
    known = redactions or {}
    chains: dict[str, Chain] = {}
    faults: dict[str, Fault] = {}
    for row in rows:
        chain = chains.get(row.conference)
        if chain is None:
            chain = Chain(row.conference, redactions=known.get(row.conference, NONE))
            chains[row.conference] = chain
        if row.conference not in faults and (fault := chain.follow(row)):
            faults[row.conference] = fault
    for name, chain in chains.items():
        if name not in faults and (fault := chain.finish()):
            faults[name] = fault
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
