"""Whether a broadcast's public channel can be reached, and its key kept: for `vicon doctor`."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from vicon.ops.doctor import Check, good, wrong
from vicon.ops.words import Words

NAME = "channel"
PORTS = {"rtmp": 1935, "rtmps": 443}
CONNECT_S = 5.0


def check_channel(url: str, key_file: str) -> Check:
    """`url`: of the configuration, without the key. The key is not sent anywhere. It warns only:
    the channel may be switched on later."""
    if key_file and Path(key_file).stat().st_mode & 0o077:
        return wrong(
            NAME,
            Words(
                f"{key_file} dapat dibaca pengguna lain mesin ini.",
                f"{key_file} can be read by other users of this machine.",
            ),
            Words(f"Jalankan: chmod 600 {key_file}", f"Run: chmod 600 {key_file}"),
            "warning",
        )
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 1935)
    try:
        with socket.create_connection((host, port), CONNECT_S):
            pass
    except OSError as error:
        why = error.strerror or type(error).__name__
        return wrong(
            NAME,
            Words(
                f"Saluran siaran {host}:{port} tidak terjangkau: {why}.",
                f"The broadcast's channel {host}:{port} cannot be reached: {why}.",
            ),
            Words(
                f"Izinkan server ini keluar ke {host}:{port} (TCP), atau perbaiki rtmp_url.",
                f"Let this server out to {host}:{port} (TCP), or mend rtmp_url.",
            ),
            "warning",
        )
    return good(NAME, f"{host}:{port} terjangkau.", f"{host}:{port} can be reached.")
