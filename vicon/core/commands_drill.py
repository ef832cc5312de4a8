"""What may be asked about recovery drills; a part of commands.py, the whole."""

from __future__ import annotations

from vicon.core.recovered import Recovered
from vicon.core.shape import BaseCommand


class RecordDrill(BaseCommand):
    """A drill has ended: this takes the place of the one before."""

    found: tuple[Recovered, ...]


DrillCommand = RecordDrill
