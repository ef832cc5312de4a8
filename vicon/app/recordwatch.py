"""How a recording goes: what was told of its sources, when each grew, how fast."""

from __future__ import annotations

from vicon.core.recordlook import Written
from vicon.core.recordplan import (
    RecordedSource,
    RecordingFigures,
    RecordingSheet,
)

NOTE_S = 5.0
"""recording.json follows its files' growth so often."""
BEHIND_S = 10.0
"""So long after the last packet that was left out the recorder counts as behind."""


class Watch:
    """What was told of one recording's sources, and when it grew."""

    def __init__(self, told: RecordingSheet | None = None) -> None:
        self.told = told
        """The sheet as it was written last."""
        self.over = False
        self._sources: dict[str, RecordedSource] = {}
        self._grown: dict[str, float] = {}
        self._kbps: dict[str, int] = {}
        self._at: float | None = None
        self._behind_at: float | None = None
        self._written_at = 0.0

    def take(self, figures: RecordingFigures, now: float) -> None:
        passed = now - self._at if self._at is not None else 0.0
        self._at = now
        if figures.dropped:
            self._behind_at = now
        sources = {source.device: source for source in figures.sources}
        for device, source in sources.items():
            before = self._sources.get(device)
            more = source.bytes - (before.bytes if before is not None else 0)
            if more < 0:  # of a new recorder
                more = source.bytes
            if more:
                self._grown[device] = now
            self._kbps[device] = int(more / 125 / passed) if passed > 0 else 0
        self._sources = sources

    def due(self, now: float) -> bool:
        if now - self._written_at < NOTE_S:
            return False
        self._written_at = now
        return True

    def behind(self, now: float) -> bool:
        return self._behind_at is not None and now - self._behind_at < BEHIND_S

    def kbps(self, device: str) -> int:
        return self._kbps.get(device, 0)

    def rate(self) -> float:
        """Bytes a second, of all sources."""
        return 125 * sum(self._kbps[device] for device in self._sources if device in self._kbps)

    def written(self, now: float) -> dict[str, Written]:
        grown = self._grown
        return {
            device: Written(
                grown_age=now - grown[device] if device in grown else None,
                picture_age=source.picture_age,
                key_age=source.key_age,
                sound_age=source.sound_age,
            )
            for device, source in self._sources.items()
        }
