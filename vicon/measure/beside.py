"""Figures of one run beside those of another."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Change = Literal["better", "worse", "same", "unknown"]


class CompareRow(Struct, frozen=True, kw_only=True):
    name: str
    unit: str
    before: float | None
    after: float | None
    change: Change
