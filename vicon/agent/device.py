"""By what a program without a browser is known again where a link is for one device alone: a number
of this account of this machine, kept in its state folder and sent as a browser sends its cookie."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

NAME, LEAST = "vicon.device", 32


def device_cookie(url: str, environment: Mapping[str, str] = os.environ) -> str:
    """Value of the header Cookie for a WebSocket's or a page's address. Where nothing can be kept
    it is another one each time."""
    secure = url.startswith(("wss:", "https:"))
    return f"{'__Host-' if secure else ''}{NAME}={_number(environment)}"


def _number(environment: Mapping[str, str]) -> str:
    folder = environment.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
    file = Path(folder) / "vicon" / "device"
    try:
        known = file.read_text("ascii").strip()
        if len(known) >= LEAST:
            return known
    except (OSError, UnicodeDecodeError):
        pass  # there is none yet
    made = secrets.token_urlsafe(32)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_name(f"device.{made[:8]}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as kept:
            kept.write(f"{made}\n")
        fresh.replace(file)
    except OSError:
        return made
    return made
