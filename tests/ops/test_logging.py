from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from tests.ops.test_links import TOKEN
from vicon.ops import logging as logs
from vicon.ops import trace

DOOR = "Pq7-x_9ZkT2mVw4nRb8sLc"
LINK = f"https://10.0.0.5:8443/ruang#{TOKEN}"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def spoken(*, json: bool) -> io.StringIO:
    stream = io.StringIO()
    logs.setup(json=json, stream=stream)
    return stream


def say_everything() -> None:
    ours = structlog.get_logger("vicon.test")
    ours.info("> welcome", room="64.02", count=3, link=LINK, token=TOKEN)
    ours.warning(f"x hello {TOKEN}", deep={"list": [LINK, {"resume": 1, "t": TOKEN}]})
    logging.getLogger("aiohttp.access").info("GET /ruang?t=%s", TOKEN)
    logging.getLogger("aiohttp.access").info("GET /checkin/%s/in/%s", DOOR, DOOR[::-1])
    try:
        raise ValueError(f"bad {TOKEN}")
    except ValueError:
        ours.exception("failed")
        logging.getLogger("aiohttp.server").exception("also failed")


@pytest.mark.parametrize("as_json", [True, False])
def test_no_token_is_ever_written(as_json: bool) -> None:
    stream = spoken(json=as_json)
    say_everything()
    text = stream.getvalue()
    assert "> welcome" in text
    assert "https://10.0.0.5:8443/ruang#[blotted]" in text
    assert "ValueError" in text
    for part in (*TOKEN.split("."), DOOR, DOOR[::-1]):
        assert part not in text


def test_json_lines_are_for_machines() -> None:
    stream = spoken(json=True)
    say_everything()
    lines: list[dict[str, Any]] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == 6
    assert lines[0]["event"] == "> welcome"
    assert (lines[0]["room"], lines[0]["count"], lines[0]["level"]) == ("64.02", 3, "info")
    assert lines[0]["token"] == "[blotted]"
    assert lines[2]["logger"] == "aiohttp.access"
    assert lines[0]["timestamp"].endswith("Z")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_request_id_that_is_a_token_is_not_written(as_json: bool) -> None:
    stream = spoken(json=as_json)
    with trace.following(trace.taken(f"{TOKEN[:36]}.e30.x")):
        assert trace.current().startswith("eyJ")
        structlog.get_logger("vicon.test").info("< act")
    assert TOKEN[:36] not in stream.getvalue()
    assert "[blotted]" in stream.getvalue()


def test_an_id_is_for_what_is_done_within_and_no_longer() -> None:
    stream = spoken(json=True)
    log = structlog.get_logger("vicon.test")
    assert trace.current() == ""
    with trace.following("a-1"):
        log.info("first")
        with trace.following(""):
            log.info("second")
        with trace.following("b-2"):
            log.info("third")
    log.info("fourth")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line.get("request") for line in lines] == ["a-1", "a-1", "b-2", None]


def test_what_is_below_the_level_is_not_said() -> None:
    stream = io.StringIO()
    logs.setup(level="warning", json=True, stream=stream)
    structlog.get_logger("vicon").info("quiet")
    structlog.get_logger("vicon").warning("loud")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["loud"]


def test_values_that_are_no_json_are_said_as_text() -> None:
    stream = spoken(json=True)
    structlog.get_logger("vicon").info("x", error=ValueError(LINK), data=b"abc")
    assert TOKEN not in stream.getvalue()
    assert json.loads(stream.getvalue())["error"].endswith("#[blotted]")
