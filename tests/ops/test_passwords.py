"""Passwords are kept as argon2id says it, and judged before they are kept."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from vicon.ops.passwords import LEAST, NOBODY, Passwords, objection

CHEAP = Passwords(time_cost=1, memory_kib=512, lanes=1)


def test_the_parameters_are_those_of_rfc_9106() -> None:
    found = extract_parameters(Passwords().hash("kuda makan rumput"))
    assert found.type is Type.ID
    assert (found.time_cost, found.memory_cost, found.parallelism) == (3, 65_536, 4)
    assert (found.salt_len, found.hash_len, found.version) == (16, 32, 19)


def test_the_right_one_alone_is_right() -> None:
    kept = CHEAP.hash("kuda makan rumput")
    assert kept != CHEAP.hash("kuda makan rumput")  # a salt of its own
    assert CHEAP.verify(kept, "kuda makan rumput")
    for wrong in ("Kuda makan rumput", "kuda makan rumput ", "", "x" * 100_000):
        assert not CHEAP.verify(kept, wrong)
    for broken in ("", "nothing", "$argon2id$v=19$m=1,t=1,p=1$x$x", kept[:-3]):
        assert not CHEAP.verify(broken, "kuda makan rumput")


def test_one_letter_composed_in_two_ways_is_one_password() -> None:
    assert CHEAP.verify(CHEAP.hash("caf\u00e9 di tepi sungai"), "cafe\u0301 di tepi sungai")


def test_nobodys_hash_costs_what_anybodys_does() -> None:
    """So that a name that is not known takes as long as one that is."""
    assert extract_parameters(NOBODY) == extract_parameters(Passwords().hash("kuda makan rumput"))
    assert not Passwords().verify("", "nobody")


def test_a_hash_of_other_parameters_is_stale() -> None:
    assert not CHEAP.stale(CHEAP.hash("kuda makan rumput"))
    assert Passwords(time_cost=2, memory_kib=512, lanes=1).stale(CHEAP.hash("kuda"))


@pytest.mark.parametrize("bad", ["x" * (LEAST - 1), "rini-12345", "aaaaaaaaaaaa", "y" * 300])
def test_a_poor_one_is_refused_with_a_sentence(bad: str) -> None:
    words = objection(bad, "rini")
    assert words is not None
    assert words.id != words.en
    assert bad not in words.en


def test_a_few_words_will_do() -> None:
    assert objection("kuda makan rumput", "rini") is None
