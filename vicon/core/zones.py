"""How Indonesia's time zones are called."""

from __future__ import annotations

_LABELS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


def label_of(zone: str) -> str:
    """Of an IANA name; empty where it has none."""
    return _LABELS.get(zone, "")
