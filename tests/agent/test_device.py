"""By what an agent is known again."""

from __future__ import annotations

from pathlib import Path

from vicon.agent.device import device_cookie


def test_the_number_stays_and_is_its_owners_alone(tmp_path: Path) -> None:
    at = {"XDG_STATE_HOME": str(tmp_path)}
    first = device_cookie("ws://10.0.0.5/ws", at)
    name, _, number = first.partition("=")
    assert name == "vicon.device"
    assert len(number) >= 32
    assert device_cookie("ws://10.0.0.6/ws", at) == first
    assert device_cookie("wss://10.0.0.5/ws", at) == f"__Host-{first}"
    (kept,) = (tmp_path / "vicon").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    other = {"XDG_STATE_HOME": str(tmp_path / "other")}
    assert device_cookie("ws://10.0.0.5/ws", other) != first


def test_where_nothing_can_be_kept_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    at = {"XDG_STATE_HOME": str(tmp_path / "file")}
    assert device_cookie("ws://10.0.0.5/ws", at) != device_cookie("ws://10.0.0.5/ws", at)
