"""What all events and commands are made of."""

from __future__ import annotations

from typing import dataclass_transform

from msgspec import Struct


@dataclass_transform(frozen_default=True)  # mypy does not see it through the base
class BaseEvent(Struct, frozen=True, kw_only=True, tag_field="type"):
    pass


@dataclass_transform(frozen_default=True)
class BaseCommand(Struct, frozen=True, kw_only=True):
    pass
