"""Who gives way when there are too many connections, for any order of coming and going."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.web.crowd import Bounds, Crowd, Seat

BOUNDS = Bounds(connections=6, address=4, waiting=4, waiting_address=2)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["come", "come", "busy", "waits", "left"]),
        st.sampled_from(["10.0.0.1", "10.0.0.2", "127.0.0.1"]),
        st.integers(0, 20),
    ),
    max_size=60,
)


@given(STEPS)
def test_the_bounds_hold_and_who_is_served_never_gives_way(
    steps: list[tuple[str, str, int]],
) -> None:
    crowd, here, served, closed = Crowd(BOUNDS), list[Seat](), set[Seat](), set[Seat]()
    for act, address, which in steps:
        if act == "come":
            made: list[Seat] = []
            seat = crowd.admit(address, lambda made=made: closed.update(made))  # type: ignore[misc]
            if seat is not None:
                made.append(seat)
                here.append(seat)
            else:
                full = [s for s in here if s not in closed]
                mine = [s for s in full if s.address == address]
                assert len(full) == 6 or len(mine) == 4
                assert all(s in served for s in (mine if len(full) < 6 else full))
        elif here:
            seat = here[which % len(here)]
            if act == "left":
                crowd.left(seat)
                here.remove(seat)
                served.discard(seat)
            elif seat not in closed:
                getattr(crowd, act)(seat)
                (served.add if act == "busy" else served.discard)(seat)
        assert not served & closed
        open_ = [seat for seat in here if seat not in closed]
        assert len(crowd) == len(open_) <= 6
        waiting = [seat for seat in open_ if seat not in served]
        assert crowd.waiting == len(waiting) <= 4
        for address in ("10.0.0.1", "10.0.0.2"):
            assert sum(seat.address == address for seat in open_) <= 4
            assert sum(seat.address == address for seat in waiting) <= 2


def test_the_oldest_of_the_same_address_goes_first() -> None:
    crowd, gone = Crowd(BOUNDS), []
    for name in ("a", "b"):
        crowd.admit("10.0.0.2", lambda name=name: gone.append(name))  # type: ignore[misc]
    for name in ("c", "d", "e"):
        crowd.admit("10.0.0.1", lambda name=name: gone.append(name))  # type: ignore[misc]
    assert gone == ["c"]
    assert (crowd.dropped, crowd.refused, len(crowd)) == (1, 0, 4)
    crowd.relieve(3)
    assert gone == ["c", "a", "b", "d"]


def test_a_proxy_on_this_machine_has_no_bound_of_its_own() -> None:
    crowd = Crowd(BOUNDS)
    for _ in range(6):
        seat = crowd.admit("127.0.0.1", lambda: None)
        assert seat is not None
        crowd.busy(seat)
    assert crowd.admit("127.0.0.1", lambda: None) is None
    assert crowd.refused == 1
