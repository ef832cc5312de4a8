"""The protocol's order, limits and silences, without a socket."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signaling import messages as m
from signaling.peer import (
    TRANSITIONS,
    CommandReceived,
    HelloReceived,
    Limits,
    LocalProtocolError,
    Peer,
    PeerEvent,
    PingReceived,
    Violation,
)
from tests.signaling.examples import HELLO, SERVER_MESSAGES, welcome

TAKE = m.FloorTake()


def frame(message: m.ClientMessage) -> str:
    return msgspec.json.encode(message).decode()


def code_of(events: list[PeerEvent]) -> str:
    (event,) = events
    assert isinstance(event, Violation)
    return event.code


def greeted(now: float = 0.0, limits: Limits | None = None) -> Peer:
    peer = Peer(now, limits)
    assert peer.receive(frame(HELLO), now) == [HelloReceived(HELLO)]
    return peer


def opened(now: float = 0.0, limits: Limits | None = None) -> Peer:
    peer = greeted(now, limits)
    peer.send(welcome(rev=7))
    return peer


def test_the_way_in_and_one_command() -> None:
    peer = opened()
    command = m.Command(id=1, body=TAKE)
    assert peer.receive(frame(command), 1.0) == [CommandReceived(command)]
    answer = m.Ok(id=1, rev=8)
    assert msgspec.json.decode(peer.send(answer), type=m.ServerMessage) == answer


def test_hello_comes_first_and_once() -> None:
    for early in (m.Ping(t=1), m.Command(id=1, body=TAKE)):
        assert code_of(Peer(0.0).receive(frame(early), 0.0)) == "out_of_order"
    assert code_of(greeted().receive(frame(HELLO), 0.0)) == "out_of_order"
    assert code_of(opened().receive(frame(HELLO), 0.0)) == "out_of_order"


def test_commands_wait_for_the_welcome_but_pings_need_not() -> None:
    peer = greeted()
    assert peer.receive(frame(m.Ping(t=5)), 0.0) == [PingReceived(5)]
    peer.send(m.Pong(t=5, now=1))
    assert code_of(peer.receive(frame(m.Command(id=1, body=TAKE)), 0.0)) == "out_of_order"


def test_command_ids_rise_but_may_skip() -> None:
    peer = opened()
    for number in (1, 5, 2**53 - 1):
        (event,) = peer.receive(frame(m.Command(id=number, body=TAKE)), 0.0)
        assert isinstance(event, CommandReceived)
    for again in (2**53 - 1, 3):
        assert code_of(peer.receive(frame(m.Command(id=again, body=TAKE)), 0.0)) == "out_of_order"


def test_another_version_is_told_so() -> None:
    assert code_of(Peer(0.0).receive(frame(m.Hello(v=2, token="x")), 0.0)) == "wrong_version"
    assert code_of(Peer(0.0).receive('{"type":"hello","v":1}', 0.0)) == "bad_message"
    later = '{"type":"hello","v":9,"token":"x","more":{}}'
    assert code_of(Peer(0.0).receive(later, 0.0)) == "wrong_version"


def test_binary_garbage_and_size() -> None:
    assert code_of(opened().receive(frame(m.Ping(t=1)).encode(), 0.0)) == "bad_message"
    assert code_of(opened().receive("{", 0.0)) == "bad_message"
    fits = '{"type":"ping","t":1}'
    whole = fits + " " * (m.MAX_FRAME_BYTES - len(fits))
    assert opened().receive(whole, 0.0) == [PingReceived(1.0)]
    assert code_of(opened().receive(whole + " ", 0.0)) == "too_large"
    # Bytes count, not characters.
    assert code_of(opened().receive("é" * (m.MAX_FRAME_BYTES // 2 + 1), 0.0)) == "too_large"


def test_too_fast() -> None:
    peer = opened(limits=Limits(messages_per_s=20, burst=60))
    ping = frame(m.Ping(t=1))
    events = [peer.receive(ping, 0.0) for _ in range(60)]  # the hello took one of sixty
    assert all(isinstance(e[0], PingReceived) for e in events[:59])
    assert code_of(events[59]) == "too_fast"
    assert isinstance(peer.receive(ping, 0.051)[0], PingReceived)
    assert code_of(peer.receive_control(0.051)) == "too_fast"


def test_a_steady_client_at_the_rate_is_never_too_fast() -> None:
    peer = opened()
    for n in range(1, 400):
        (event,) = peer.receive(frame(m.Command(id=n, body=TAKE)), n * 0.0501)
        assert isinstance(event, CommandReceived)


def test_silence_is_found_after_three_intervals_and_any_message_breaks_it() -> None:
    peer = Peer(0.0)
    assert peer.tick(9.9) == []
    assert code_of(peer.tick(10.0)) == "heartbeat"
    peer = opened(now=100.0)
    assert peer.deadline == 115.0
    assert peer.tick(114.9) == []
    peer.receive(frame(m.Ping(t=1)), 114.9)
    assert peer.tick(129.8) == []
    # The program is silent even if its WebSocket library still answers pings.
    peer.receive_control(129.8)
    assert code_of(peer.tick(129.9)) == "heartbeat"


def test_after_bye_nothing_more() -> None:
    peer = opened()
    bye = msgspec.json.decode(peer.bye("removed"), type=m.ServerMessage)
    assert isinstance(bye, m.Bye)
    assert bye.code == "removed"
    assert bye.text.id.startswith("Moderator mengeluarkan")
    assert peer.receive(frame(m.Ping(t=1)), 0.0) == []
    assert peer.receive_control(0.0) == []
    assert peer.tick(1e9) == []
    with pytest.raises(LocalProtocolError):
        peer.bye("removed")
    with pytest.raises(LocalProtocolError):
        peer.send(m.Delta(prev=7, rev=8))


@pytest.mark.parametrize("code", ["room_full", "no_such_code"])
def test_only_a_close_code_closes(code: str) -> None:
    peer = opened()
    with pytest.raises(KeyError):
        peer.bye(code, cap=12)
    assert peer.state == "open"


def test_our_own_mistakes_are_caught_before_they_reach_a_client() -> None:
    with pytest.raises(LocalProtocolError):
        Peer(0.0).send(welcome())
    peer = opened()
    with pytest.raises(LocalProtocolError):
        peer.send(welcome())
    with pytest.raises(LocalProtocolError):
        peer.send(m.Ok(id=1, rev=7))
    with pytest.raises(LocalProtocolError):
        peer.send(m.Delta(prev=6, rev=8))
    peer.send(m.Delta(prev=7, rev=9))
    peer.receive(frame(m.Command(id=1, body=TAKE)), 0.0)
    peer.send(m.Ok(id=1, rev=9))
    with pytest.raises(LocalProtocolError):
        peer.send(m.Ok(id=1, rev=9))


# --- any order of anything -------------------------------------------------------------------

FRAMES = st.sampled_from(
    [
        frame(HELLO),
        frame(m.Hello(v=2, token="x")),
        frame(m.Ping(t=1)),
        *(frame(m.Command(id=n, body=TAKE)) for n in (1, 2, 3, 4)),
        "{",
        "[]",
        b"\x00",
        "x" * (m.MAX_FRAME_BYTES + 1),
    ]
)
ACTS = st.one_of(
    st.tuples(st.just("in"), FRAMES),
    st.tuples(st.just("out"), st.sampled_from(SERVER_MESSAGES)),
    st.tuples(st.just("control"), st.none()),
)


@given(st.lists(st.tuples(ACTS, st.floats(0, 4)), max_size=40))
@settings(max_examples=300)
def test_any_order_of_anything(acts: list[tuple[tuple[str, object], float]]) -> None:
    """A client never gets past the table; ids rise; after the first violation comes only bye."""
    peer, now, ids, hellos, over = Peer(0.0), 0.0, [0], 0, False
    for (kind, what), step in acts:
        now += step
        before = peer.state
        events = peer.tick(now)
        if kind == "out":
            assert isinstance(what, m.ServerMessage)
            allowed = (before, str(what.__struct_config__.tag)) in TRANSITIONS
            try:
                peer.send(what)
            except LocalProtocolError:
                assert peer.state == before
            else:
                assert allowed
        elif kind == "control":
            events += peer.receive_control(now)
        else:
            assert isinstance(what, str | bytes)
            events += peer.receive(what, now)
        for event in events:
            assert before != "closed"
            if isinstance(event, Violation):
                over = True
            elif isinstance(event, HelloReceived):
                hellos += 1
                assert (before, hellos) == ("new", 1)
            elif isinstance(event, CommandReceived):
                assert before == "open"
                assert event.command.id > ids[-1]
                ids.append(event.command.id)
        if over:
            if peer.state != "closed":
                peer.bye("bad_message")
            assert peer.state == "closed"
