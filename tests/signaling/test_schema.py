from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from signaling import messages as m
from signaling import reasons, schema
from tests.signaling.examples import BODIES, HELLO, SERVER_MESSAGES

ROOT = Path(__file__).parents[2]


def validator(name: str) -> Any:
    document = json.loads(schema.json_schema())
    return jsonschema_rs.validator_for({**document, "anyOf": [{"$ref": f"#/$defs/{name}"}]})


def test_the_committed_files_are_fresh() -> None:
    made = {
        "web_client/src/protocol.ts": schema.typescript(),
        "docs/schema/protocol-v1.json": schema.json_schema(),
    }
    for path, text in made.items():
        assert (ROOT / path).read_text("utf-8") == text, f"{path} is stale: run scripts/gen"


def test_what_we_send_and_take_fits_the_schema() -> None:
    client, server = validator("ClientMessage"), validator("ServerMessage")
    for message in (HELLO, *(m.Command(id=1, body=body) for body in BODIES), m.Ping(t=1.5)):
        client.validate(json.loads(msgspec.json.encode(message)))
    for answer in SERVER_MESSAGES:
        server.validate(json.loads(msgspec.json.encode(answer)))


@pytest.mark.parametrize(
    "message",
    [
        {"type": "hello", "v": 1},
        {"type": "hello", "v": 1, "token": "x", "extra": 1},
        {"type": "command", "id": 0, "body": {"type": "floor.take"}},
        {"type": "command", "id": 1, "body": {"type": "count.set", "room": "a", "value": 1000}},
        {"type": "command", "id": 1, "body": {"type": "no.such"}},
    ],
)
def test_the_schema_refuses_what_the_decoder_refuses(message: dict[str, Any]) -> None:
    assert not validator("ClientMessage").is_valid(message)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(message), type=m.ClientMessage)


def interface(name: str) -> str:
    found = re.search(rf"export interface {name} {{\n(.*?)\n}}", schema.typescript(), re.DOTALL)
    assert found is not None, name
    return found[1]


def test_typescript_tells_optional_from_nullable() -> None:
    assert "resume?: Token | null;" in interface("Hello")
    assert "label?: Label;" in interface("RoomJoin")
    assert "room: RoomCode;" in interface("FloorGive")
    # The server always sends its fields, so a client need not ask whether they are there.
    assert "conference: ConferenceView | null;" in interface("Delta")
    assert "rooms: RoomView[];" in interface("Delta")
    results = "Published | Subscribed | Joined | TrialAnswer | TrialStarted"
    assert f"result: {results} | null;" in interface("Ok")
    assert "by: 1 | -1;" in interface("CountAdd")
    assert 'type: "count.add";' in interface("CountAdd")


def test_typescript_knows_every_message_and_the_limits() -> None:
    text = schema.typescript()
    for body in BODIES:
        assert f"export interface {type(body).__name__} {{" in text
    assert f"export const PROTOCOL_VERSION = {m.PROTOCOL_VERSION};" in text
    assert f"export const MAX_FRAME_BYTES = {m.MAX_FRAME_BYTES};" in text
    for code in reasons.FINAL:
        assert f'"{code}"' in text


def test_the_server_sends_default_fields_too() -> None:
    assert json.loads(msgspec.json.encode(m.Delta(prev=1, rev=2))) == {
        "type": "delta",
        "prev": 1,
        "rev": 2,
        "conference": None,
        "rundown": None,
        "pact": None,
        "rooms": [],
        "you": None,
    }
