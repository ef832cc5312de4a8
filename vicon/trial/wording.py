"""Figures and steps in words, in Bahasa Indonesia and English."""

from __future__ import annotations

import re

from vicon.measure.run import Figure, State, Words

NOT_MEASURED = Words("tidak terukur", "not measured")
NOTHING = Words("", "")
_LOOSE = re.compile(r"(?<=\d) (?=(?:%|ms|s|kbit/s|Mbit/s|dBFS|dB)(?!\w))|(?<=[<>≤≥]) (?=[\d−])")


def bound(text: str) -> str:
    """With no-break spaces between a figure, its unit and its sign, so that no line ends there."""
    return _LOOSE.sub("\u00a0", text)


def number(value: float, digits: int) -> str:
    """With a point and a true minus sign."""
    return f"{value:.{digits}f}".replace("-", "−")


def both(text: str) -> Words:
    """The same in both languages, but for the decimal sign."""
    text = bound(text)
    return Words(text.replace(".", ","), text)


def percent(value: float, interval: float | None = None) -> Words:
    """4.0 % (±0.7)."""
    beside = f" (±{number(interval, 1)})" if interval is not None and interval >= 0.05 else ""
    return both(f"{number(value, 1)} %{beside}")


def milliseconds(value: float) -> Words:
    return both(f"{number(value, 0 if abs(value) >= 10 else 1)} ms")


def seconds(value_ms: float) -> Words:
    return both(f"{number(value_ms / 1000, 1)} s")


def rate(kbps: float, at_least: bool = False) -> Words:
    """In Mbit/s, below 100 kbit/s in kbit/s."""
    sign = "≥ " if at_least else ""
    if kbps < 100:
        return both(f"{sign}{number(kbps, 0)} kbit/s")
    return both(f"{sign}{number(kbps / 1000, 2 if kbps < 1000 else 1)} Mbit/s")


def megabits(kbps: float | None, at_least: bool = False) -> Words:
    """The bare figure for a short line; an en dash for the unknown."""
    if kbps is None:
        return Words("–", "–")
    return both(f"{'≥ ' if at_least else ''}{number(kbps / 1000, 2 if kbps < 1000 else 1)}")


def figure(
    name: str,
    value: float | None,
    unit: str,
    text: Words,
    state: State = "pending",
    limit: str = "",
    source: str = "",
    *,
    at_least: bool = False,
    interval: float | None = None,
) -> Figure:
    """`text` is not used for a value that is not known."""
    return Figure(
        name=name,
        value=float(value) if value is not None else None,  # an int would not read back the same
        unit=unit,
        state=state if value is not None else "pending",
        text=text if value is not None else NOT_MEASURED,
        limit=both(limit) if limit else NOTHING,
        source=source,
        at_least=at_least,
        interval=float(interval) if interval is not None else None,
    )
