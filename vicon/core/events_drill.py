"""Recovery drills that were run; a part of events.py, which is the whole: the same promise."""

from __future__ import annotations

from vicon.core.recovered import Recovered
from vicon.core.shape import BaseEvent


class DrillRecorded(BaseEvent, tag="drill_recorded"):
    by: str
    found: list[Recovered]


DrillEvent = DrillRecorded
