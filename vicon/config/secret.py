"""Secrets: out of a file that holds nothing else, out of the environment, or, where that is all one
has, out of the configuration itself. Never an argument: anybody on the machine reads those."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vicon.ops.words import SpokenError

TURN, OIDC, METRICS = "VICON_TURN_SECRET", "VICON_OIDC_CLIENT_SECRET", "VICON_METRICS_TOKEN"
WEBHOOK = "VICON_WEBHOOK_SECRET"
"""Of the environment."""


def secret_of(
    what: str,
    value: str,
    file: str,
    variable: str,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """The secret; empty: there is none. The file goes before the environment, that before the
    configuration. `what` is named in errors. Raises SpokenError when the file cannot be read."""
    if not file:
        return environment.get(variable, "") or value
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SpokenError(
            f"Rahasia {what} {file} tidak dapat dibaca. Periksa izinnya.",
            f"The {what} secret {file} cannot be read. Check its permissions.",
        ) from error
