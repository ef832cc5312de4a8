"""A short campaign: one fault of each kind over a session of three halls. The whole one, a hundred
over ten halls, is scripts/bench faults (docs/faults.md)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.campaign import Campaign, table, why_not
from tests.faults.kinds import KINDS
from tests.faults.names import answer
from tests.faults.place import NAME

WHY_NOT = why_not()


@pytest.mark.net
@pytest.mark.patient(200)
@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "there is a place")
@pytest.mark.timeout(400)
async def test_after_each_kind_of_fault_everybody_is_back_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    kinds = list(KINDS)
    random.Random(7).shuffle(kinds)
    told = await Campaign(tmp_path, 7, halls=3, browser=False).run(kinds)
    print(*table(told), sep="\n")
    # How soon is for the bench: here the machine is shared.
    assert told.wrong == []
    assert len(told.blows) == len(KINDS)
    assert told.acknowledged > 50, "it acted meanwhile"


def test_the_name_server_knows_one_name() -> None:
    def asked(name: str, kind: int = 1) -> bytes:
        words = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
        head = bytes([0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        return head + words + bytes([0, 0, kind, 0, 1])

    known = answer(asked(NAME))
    assert known[:2] == b"\xab\xcd"
    assert known[-4:] == bytes([10, 90, 0, 1])
    assert known[7] == 1
    assert answer(asked(NAME, 28))[7] == 0, "it has no IPv6 address"
    assert answer(asked("elsewhere.test"))[3] & 15 == 3
