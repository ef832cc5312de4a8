"""A pact's document beside the journal of the server that made it."""

from __future__ import annotations

from collections.abc import Iterable

from vicon.core.events_pact import PactSigned, PactStruck
from vicon.core.minutewords import Signed
from vicon.core.pactwords import unstruck
from vicon.ports import Record
from vicon.report import pact_words as words
from vicon.report.pact_check import Checked
from vicon.report.pact_proof import Proof


def compare(checked: Checked, proof: Proof, records: Iterable[Record]) -> None:
    """Adds what differs. `records`: all of the conference's, their chain verified; none: it is not
    in this journal."""
    wanted = {one.sequence for one in proof.signatures} | {proof.journal.entries}
    wanted |= {one.signature.journal_sequence for one in proof.signatures}
    found: dict[int, Record] = {}
    struck = set[str]()
    signed_later = struck_later = 0
    for record in records:
        if record.sequence in wanted:
            found[record.sequence] = record
        later = record.sequence > proof.journal.entries
        if isinstance(record.event, PactStruck):
            struck.add(record.event.signature)
            struck_later += later
        elif isinstance(record.event, PactSigned):
            signed_later += later
    head = found.get(proof.journal.entries)
    if head is None or head.hash != proof.journal.hash:
        checked.wrong("journal", words.journal_head(proof.journal.entries))
    for one in proof.signatures:
        if not _stands(one, found, struck):
            said = words.journal_signature(
                one.signature.name, proof.room_name(one.signature.room), one.sequence
            )
            checked.wrong("journal", said, one.signature)
    if signed_later or struck_later:
        checked.notes.append(words.later(signed_later, struck_later))


def _stands(one: Signed, found: dict[int, Record], struck: set[str]) -> bool:
    """Whether the journal has this very signature there, after the entry that it names, and was
    told of its striking."""
    record, before = found.get(one.sequence), found.get(one.signature.journal_sequence)
    if record is None or before is None or not isinstance(record.event, PactSigned):
        return False
    same = record.hash == one.hash and unstruck(record.event.signature) == unstruck(one.signature)
    rooted = before.hash == one.signature.journal_hash and before.sequence < record.sequence
    return same and rooted and (not one.signature.struck_by or one.signature.id in struck)
