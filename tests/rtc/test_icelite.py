from __future__ import annotations

import random

from aioice import stun as other
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import stun
from vicon.rtc.icelite import ERROR_BURST, MAX_PATHS, Credentials, LiteAgent

SOURCE = ("192.0.2.7", 40000)


def agent() -> LiteAgent[str]:
    return LiteAgent(random.Random(7).getrandbits)


def check(
    to: Credentials, *, nominate: bool = False, controlled: bool = False, key: str = ""
) -> stun.Message:
    message = other.Message(other.Method.BINDING, other.Class.REQUEST)
    message.attributes.update({"USERNAME": f"{to.ufrag}:peer", "PRIORITY": 7})
    message.attributes["ICE-CONTROLLED" if controlled else "ICE-CONTROLLING"] = 1
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((key or to.password).encode())
    return stun.parse(bytes(message))


def ask(it: LiteAgent[str], message: stun.Message, path: str, now: float = 0.0) -> int:
    """The error's code, 0 for a success, -1 for no answer."""
    answer, right = it.request(message, path, SOURCE, now)
    if answer is None:
        return -1
    read = other.parse_message(answer)
    assert read.transaction_id == message.transaction
    assert right == (read.error_code is None)
    return read.error_code or 0


def test_credentials_are_long_enough_and_new_each_time() -> None:
    seen = {LiteAgent(random.Random(n).getrandbits).local for n in range(50)}
    assert len({one.ufrag for one in seen}) == len({one.password for one in seen}) == 50
    # RFC 8839, section 5.4: at least 24 and 128 bits.
    assert all(len(one.ufrag) * 6 >= 24 and len(one.password) * 6 >= 128 for one in seen)


def test_the_first_right_check_gives_a_path_and_a_nomination_the_one_to_use() -> None:
    it = agent()
    assert ask(it, check(it.local), "wifi") == 0
    assert it.selected == "wifi"
    assert ask(it, check(it.local, nominate=True), "cable") == 0
    assert it.selected == "cable"
    assert ask(it, check(it.local), "wifi") == 0
    assert it.selected == "cable"  # a check without nomination changes nothing any more
    assert ask(it, check(it.local, nominate=True), "wifi") == 0
    assert it.selected == "wifi"


def test_one_that_never_nominates_is_followed_when_its_address_changes() -> None:
    it = agent()
    ask(it, check(it.local), "old", 0.0)
    ask(it, check(it.local), "new", 1.0)
    assert it.selected == "old"
    ask(it, check(it.local), "new", 6.0)
    assert it.selected == "new"


def paths(it: LiteAgent[str]) -> tuple[str | None, str | None]:
    """In use, and checked in its place."""
    return it.selected, it.rival


def test_one_that_chose_once_is_followed_when_its_path_does_not_answer() -> None:
    it = agent()
    ask(it, check(it.local, nominate=True), "old", 0.0)
    ask(it, check(it.local), "new", 1.0)
    assert it.rival is None, "the old path was checked a moment ago"
    ask(it, check(it.local), "new", 6.0)
    assert paths(it) == ("old", "new")
    it.heard("old", 6.1)
    it.give_way()
    assert paths(it) == ("old", None), "it has answered"
    ask(it, check(it.local), "new", 8.0)
    assert it.rival is None, "and was heard a moment ago"
    ask(it, check(it.local), "new", 11.0)
    it.give_way()
    assert paths(it) == ("new", None)
    ask(it, check(it.local, nominate=True), "old", 12.0)
    assert it.selected == "old"


def test_wrong_requests_are_refused_by_their_code() -> None:
    it = agent()
    plain = other.Message(other.Method.BINDING, other.Class.REQUEST)
    assert ask(it, stun.parse(bytes(plain)), "p") == 400
    assert ask(it, check(it.local, key="x" * 24), "p") == 401
    assert ask(it, check(Credentials("nobody", it.local.password)), "p") == 401
    assert ask(it, check(it.local, controlled=True), "p") == 487
    assert it.selected is None
    assert not it.paths


def test_answers_to_the_unauthenticated_are_few() -> None:
    it = agent()
    wrong = check(it.local, key="x" * 24)
    codes = [ask(it, wrong, "p", 10.0) for _ in range(1000)]
    assert codes.count(401) == ERROR_BURST
    assert codes.count(-1) == 1000 - ERROR_BURST
    assert ask(it, check(it.local), "p", 10.0) == 0  # who is known is answered all the same
    assert ask(it, wrong, "p", 11.0) == 401


def test_a_restart_lets_the_old_path_go_on_until_the_new_one_is_chosen() -> None:
    it = agent()
    old = it.local
    ask(it, check(old, nominate=True), "wifi")
    new = it.restart()
    assert it.local == new != old
    assert it.selected == "wifi"
    assert ask(it, check(old, nominate=True), "wifi") == 0  # consent on the old path
    assert ask(it, check(new), "cable") == 0
    assert it.selected == "wifi"
    assert ask(it, check(new, nominate=True), "cable") == 0
    assert it.selected == "cable"
    assert ask(it, check(old), "wifi") == 401
    assert it.ufrags == (new.ufrag,)


def test_a_second_restart_takes_the_place_of_one_that_nobody_followed() -> None:
    it = agent()
    old = it.local
    ask(it, check(old, nominate=True), "wifi")
    first, second = it.restart(), it.restart()
    assert ask(it, check(first, nominate=True), "cable") == 401
    assert ask(it, check(old, nominate=True), "wifi") == 0
    assert ask(it, check(second, nominate=True), "cable") == 0
    assert it.selected == "cable"


def test_its_own_requests_bear_the_credentials_of_the_path_in_use() -> None:
    it = agent()
    assert it.check(bytes(12)) is None
    it.set_remote(Credentials("theirs", "p" * 24))
    ask(it, check(it.local, nominate=True), "wifi")
    old = it.local.ufrag
    it.restart()
    it.set_remote(Credentials("again", "q" * 24))
    made = stun.parse(it.check(bytes(12)) or b"")
    assert made.username == f"theirs:{old}"
    assert made.is_signed_by(b"p" * 24)
    ask(it, check(it.local, nominate=True), "cable")
    made = stun.parse(it.check(bytes(12)) or b"")
    assert made.username == f"again:{it.local.ufrag}"
    assert made.is_signed_by(b"q" * 24)


def test_addresses_are_bounded_and_the_one_in_use_stays() -> None:
    it = agent()
    ask(it, check(it.local, nominate=True), "mine")
    for number in range(100):
        ask(it, check(it.local), f"other {number}")
    assert len(it.paths) == MAX_PATHS
    assert "mine" in it.paths
    assert "other 99" in it.paths


STEP = st.one_of(
    st.just("restart"),
    st.tuples(
        st.integers(0, 4),  # which credentials ever made
        st.booleans(),  # the right password
        st.booleans(),  # nominates
        st.booleans(),  # claims to be controlled
        st.sampled_from("abc"),
        st.floats(0, 10),
    ),
)


@given(st.lists(STEP, max_size=40))
def test_only_right_credentials_ever_choose_a_path(steps: list[object]) -> None:
    it = agent()
    made = [it.local]
    now = 0.0
    for step in steps:
        if not isinstance(step, tuple):
            made.append(it.restart())
            continue
        which, right, nominate, controlled, path, later = step
        now += later
        to = made[which % len(made)]
        valid = to.ufrag in it.ufrags
        before, known = it.selected, set(it.paths)
        key = "" if right else "x" * 24
        code = ask(it, check(to, nominate=nominate, controlled=controlled, key=key), path, now)
        good = valid and right and not controlled
        assert (code == 0) == good
        if not good:
            assert (it.selected, set(it.paths)) == (before, known)
        elif nominate or before is None:
            assert it.selected == path
        assert 1 <= len(it.ufrags) <= 2
        assert it.selected is None or it.selected in it.paths
