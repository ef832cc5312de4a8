"""Who has read what with a command is in DATA/trail.jsonl afterwards."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Vicon
from vicon.ops.data import DataDir
from vicon.ops.trail import read_trail


def test_commands_that_read_leave_their_line(vicon: Vicon, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked: list[tuple[str, tuple[str | Path, ...]]] = [
        ("links", ("links", "--room", "64.02", "--json")),
        ("links", ("links", "--whip", "--json")),
        ("journal show", ("journal", "show")),
        ("journal export", ("journal", "export", "--output", out)),
        ("posters", ("posters", "--out", out)),
        ("minutes", ("minutes", "--format", "json")),
    ]
    for _, command in asked:
        done = vicon(*command, "--data", data)
        assert done.returncode == 0, done.stderr
    found = read_trail(DataDir(data))
    assert [(deed.what, deed.outcome) for deed in found] == [(what, "done") for what, _ in asked]
    assert found[0].which == {"kind": "page", "room": "64.02"}
    assert found[1].which["kind"] == "whip"
    assert found[3].which["out"] == str(out)
    assert all(deed.who for deed in found)
    text = (data / "trail.jsonl").read_text("utf-8")
    assert "eyJ" not in text


def test_what_failed_is_there_too(vicon: Vicon, data: Path) -> None:
    assert vicon("journal", "show", "--conference", "lain", "--data", data).returncode == 2
    (deed,) = read_trail(DataDir(data))
    assert (deed.what, deed.outcome, deed.which) == (
        "journal show",
        "failed",
        {"conference": "lain"},
    )
