"""Whatever comes from the wire gives a message or BadMessage, and no secret goes to the log."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs
from rich.console import Console
from rich.pretty import Pretty

from signaling import messages as m
from signaling.decode import BadMessage, decode_client, decode_server
from tests.signaling.examples import BODIES, HELLO, SERVER_MESSAGES, view, welcome, you

VALID = [
    msgspec.json.encode(message).decode()
    for message in (HELLO, m.Ping(t=1.0), *(m.Command(id=1, body=body) for body in BODIES))
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


def judged(frame: str) -> m.ClientMessage | BadMessage:
    try:
        return decode_client(frame, expect_hello=True)
    except BadMessage as error:
        return error


@given(st.text(st.characters()))
@example("[" * 100_000)
@example('{"type":"hello","v":2,"x":' + "[" * 100_000)
@example('{"a":' * 50_000)
@example('{"type":"ping","t":1e999}')
@example('{"type":"\ud800"}')
@example("\x00")
def test_random_text_never_does_worse_than_bad_message(frame: str) -> None:
    assert isinstance(judged(frame), BadMessage)


@given(JSON_VALUES)
def test_random_json_never_does_worse_than_bad_message(value: Any) -> None:
    assert isinstance(judged(json.dumps(value)), BadMessage)


@given(st.sampled_from(VALID), st.data())
@settings(max_examples=300)
def test_bent_frames_give_a_message_or_bad_message(frame: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(frame)))
    cut = data.draw(st.integers(0, 4))
    put = data.draw(st.text(max_size=4))
    result = judged(frame[:at] + put + frame[at + cut :])
    assert isinstance(result, BadMessage | m.Hello | m.Command | m.Ping)


@given(st.sampled_from(VALID), st.text(min_size=1, max_size=9), JSON_VALUES)
def test_unknown_fields_of_a_client_are_refused(frame: str, name: str, value: Any) -> None:
    fields = json.loads(frame)
    if name in fields or name in ("resume", "lang"):
        return
    assert isinstance(judged(json.dumps({**fields, name: value})), BadMessage)


SECRET = "s3cr3t"


@pytest.mark.parametrize(
    "frame",
    [
        {"type": SECRET},
        {"type": "hello", "v": 1, SECRET: 1},
        {"type": "hello", "v": SECRET, "token": "x"},
        {"type": "hello", "v": 1, "token": "x", "lang": f"'{SECRET}'"},
        {"type": "command", "id": 1, "body": {"type": f"` - at `$.{SECRET}"}},
        {"type": "command", "id": 1, "body": {"type": "room.join", "kind": SECRET}},
        {"type": "command", "id": 1, "body": {"type": "room.join", f"`{SECRET}`": SECRET}},
    ],
)
def test_what_the_client_wrote_stays_out_of_the_words_for_the_log(frame: dict[str, Any]) -> None:
    error = judged(json.dumps(frame))
    assert isinstance(error, BadMessage)
    assert SECRET not in error.detail
    assert error.detail


@pytest.mark.parametrize(
    "message",
    [
        m.Hello(v=1, token=SECRET, resume=SECRET),
        m.Ok(id=1, rev=1, result=m.Joined(device="d1", resume=SECRET)),
        structs.replace(welcome(), view=structs.replace(view(), you=you("d1", SECRET))),
    ],
)
def test_messages_are_shown_without_their_secrets(message: m.ClientMessage) -> None:
    assert SECRET in msgspec.json.encode(message).decode()
    shown = io.StringIO()
    Console(file=shown, width=400).print(Pretty(message))
    for text in (repr(message), str(message), shown.getvalue()):
        assert SECRET not in text
        assert "..." in text


def test_a_hello_of_another_version_is_told_from_a_broken_one() -> None:
    later = judged('{"type":"hello","v":2,"token":"x","invented_later":[1]}')
    assert isinstance(later, BadMessage)
    assert later.code == "wrong_version"
    broken = judged('{"type":"hello","v":1,"token":"x","invented_later":[1]}')
    assert isinstance(broken, BadMessage)
    assert broken.code == "bad_message"


@pytest.mark.parametrize("message", SERVER_MESSAGES, ids=lambda message: type(message).__name__)
def test_a_client_reads_every_message_and_ignores_new_fields(message: m.ServerMessage) -> None:
    fields = json.loads(msgspec.json.encode(message))
    assert decode_server(json.dumps({**fields, "invented_later": [1]})) == message


def test_a_client_ignores_messages_of_unknown_type_but_not_broken_ones() -> None:
    assert decode_server('{"type":"invented_later","x":1}') is None
    with pytest.raises(BadMessage):
        decode_server('{"type":"delta","prev":"x"}')
    with pytest.raises(BadMessage):
        decode_server("[1]")
