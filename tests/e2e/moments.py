"""When a test saw things happen, and what a value is held against that is known only so far."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False)
class Between:
    """Equal to any number from `least` to `most`."""

    least: float
    most: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int | float) and self.least <= other <= self.most

    __hash__ = None  # type: ignore[assignment]

    def to(self, later: Between) -> Between:
        """From the beginning of this to the end of a later one."""
        return Between(self.least, later.most)

    def since(self, earlier: Between) -> Between:
        """How long it was from an earlier one to this."""
        return Between(max(0, self.least - earlier.most), self.most - earlier.least)


@dataclass
class Moments:
    """When the test saw what happen, Unix ms; the server runs on the same machine."""

    seen: dict[str, Between] = field(default_factory=dict)

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        began = time.time()
        yield
        self.seen[name] = Between(began * 1000 - 1, time.time() * 1000 + 1)

    def __getitem__(self, name: str) -> Between:
        return self.seen[name]

    def item(self, number: int) -> Between:
        return self.seen[f"item {number}"]


def differences(found: Any, wished: Any, place: str = "") -> list[str]:
    """Every field that is not as it must be, one that is missing, one that is too much."""
    if isinstance(found, dict) and isinstance(wished, dict):
        names = [*found, *(name for name in wished if name not in found)]
        none = "(none)"
        return [
            line
            for name in names
            for line in differences(
                found.get(name, none), wished.get(name, none), f"{place}.{name}"
            )
        ]
    if isinstance(found, list) and isinstance(wished, list) and len(found) == len(wished):
        pairs = enumerate(zip(found, wished, strict=True))
        return [
            line for n, (one, other) in pairs for line in differences(one, other, f"{place}[{n}]")
        ]
    return [] if found == wished else [f"{place}: {found!r}, not {wished!r}"]
