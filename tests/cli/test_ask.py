"""`vicon ask` against a running server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.gatehouse import KUKAR, OURS, Gatehouse
from tests.app.served import served
from tests.cli.conftest import Vicon


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gatehouse]:
    with served(tmp_path_factory.mktemp("asked")) as made:
        yield made


@pytest.fixture
def link(house: Gatehouse, tmp_path: Path) -> str:
    """The moderator's, in a file."""
    place = tmp_path / "moderator"
    place.write_text(f"{house.url}/kendali#{house.token('moderator')}\n")
    return f"@{place}"


def test_it_tells_how_the_conference_stands(vicon: Vicon, link: str) -> None:
    done = vicon("ask", link)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["view"]["conference"]["id"] == OURS


def test_a_command_is_done_once_under_its_id(vicon: Vicon, house: Gatehouse, link: str) -> None:
    command = json.dumps({"type": "count.set", "room": KUKAR, "value": 5})
    first = vicon("ask", link, command, "--id", "satu")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["again"] is False
    second = json.loads(vicon("ask", link, command, "--id", "satu").stdout)
    assert second["again"] is True
    assert house.heads()[OURS][0] == json.loads(first.stdout)["rev"] == second["rev"]
    unnamed = vicon("ask", link, command)
    assert json.loads(unnamed.stdout)["again"] is False


def test_what_is_refused_is_told_in_ones_language(vicon: Vicon, link: str) -> None:
    refused = vicon("ask", link, '{"type":"room.leave"}')
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "has not joined" in refused.stderr
    assert "not_joined" in refused.stderr
    assert "belum masuk" in vicon("ask", link, '{"type":"room.leave"}', LANGUAGE="id").stderr
    assert "bad_body" in vicon("ask", link, '{"type":"sudo"}').stderr


def test_what_cannot_be_meant_is_told_as_such(vicon: Vicon, link: str, tmp_path: Path) -> None:
    for wrong in (
        ["ask", link, "{"],
        ["ask", "http://127.0.0.1:9/ruang"],
        ["ask", f"@{tmp_path / 'no'}"],
        ["ask", link, "{}", "--id", ""],
        ["ask", link, "--ca", str(tmp_path / "no.pem")],
    ):
        done = vicon(*wrong)
        assert done.returncode == 2, (wrong, done.stderr)
        assert len(done.stderr) > 20
    gone = vicon("ask", "http://127.0.0.1:9/ruang#token-of-nobody")
    assert gone.returncode == 3
    assert "does not answer" in gone.stderr
    assert "token-of-nobody" not in gone.stderr
