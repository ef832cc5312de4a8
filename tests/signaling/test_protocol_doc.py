"""docs/protocol.md is a promise: its transcript is valid, and no message or code is missing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from signaling import messages as m
from signaling.decode import decode_server
from signaling.peer import Limits, Peer, Violation
from signaling.reasons import CLOSES, REFUSALS, Reason
from signaling.replica import Replica

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")


def transcript() -> list[tuple[str, str]]:
    """Direction and frame of every message that the page shows, in order."""
    fences = re.findall(r"^```\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    messages = [text for fence in fences for text in re.split(r"\n\n", fence.strip())]
    return [(text[0], text[2:]) for text in messages]


def test_the_transcript_is_a_valid_conversation() -> None:
    peer, replica, count = Peer(0.0, Limits(burst=1000)), None, 0
    for direction, frame in transcript():
        count += 1
        if direction == ">":
            if peer.state != "new" and '"type": "hello"' in frame:
                peer, replica = Peer(0.0), None  # the socket broke; another connection
            (event,) = peer.receive(frame, 0.0)
            assert not isinstance(event, Violation), (event, frame)
            continue
        assert direction == "<"
        message = decode_server(frame)
        assert message is not None
        assert json.loads(msgspec.json.encode(message)) == json.loads(frame), "a field is missing"
        peer.send(message)
        if isinstance(message, m.Welcome):
            replica = Replica(message)
        elif isinstance(message, m.Delta):
            assert replica is not None
            replica.apply(message)
    assert count > 20
    assert peer.state == "closed"


def test_every_message_command_and_result_is_described() -> None:
    kinds = (m.ClientMessage, m.ServerMessage, m.CommandBody)
    structs = [struct for union in kinds for struct in get_args(union)]
    results = [m.Joined, m.Published, m.Subscribed, m.TrialAnswer, m.TrialStarted]
    tasks = [*get_args(m.Task), *get_args(m.TaskResult)]
    for struct in (*structs, *results, *tasks):
        tag = str(struct.__struct_config__.tag)
        assert re.search(rf"`{re.escape(tag)}[`\s{{]", TEXT), tag


@pytest.mark.parametrize("reason", [*CLOSES, *REFUSALS], ids=lambda reason: reason.code)
def test_every_code_stands_in_its_table_as_it_is(reason: Reason) -> None:
    rows = re.findall(rf"^\| `{reason.code}` \|(.*)\|$", TEXT, re.MULTILINE)
    assert len(rows) == 1
    cells = [cell.strip() for cell in rows[0].split("|")]
    if reason.close is None:
        assert cells == [reason.blame, reason.text.en]
    else:
        assert cells[:3] == [str(reason.close), reason.blame, "no" if reason.final else "yes"]


def test_the_limits_are_those_in_force() -> None:
    limits = Limits()
    assert f"{m.MAX_FRAME_BYTES:,} bytes" in TEXT
    assert f"{limits.messages_per_s:.0f} messages per second, {limits.burst} at once" in TEXT
    assert f"within {limits.hello_s:.0f} s" in TEXT
