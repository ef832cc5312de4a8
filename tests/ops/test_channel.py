"""What the doctor says of a broadcast's channel."""

from __future__ import annotations

import socket
from pathlib import Path

from vicon.ops.channel import check_channel


def test_a_channel_is_reached_or_said_not_to_be_and_its_key_is_for_the_server_alone(
    tmp_path: Path,
) -> None:
    key = tmp_path / "siaran.key"
    key.write_text("rahasia")
    key.chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as there:
        url = f"rtmp://127.0.0.1:{there.getsockname()[1]}/live"
        open_to_all = check_channel(url, str(key))
        assert (open_to_all.status, "chmod 600" in str(open_to_all.cure)) == ("warning", True)
        key.chmod(0o600)
        assert check_channel(url, str(key)).status == "ok"
    away = check_channel(url, str(key))
    assert away.status == "warning"
    assert "127.0.0.1" in away.found.en
    assert "rahasia" not in f"{open_to_all}{away}"
