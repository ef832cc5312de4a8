"""What one client says to two servers that have lost each other. Pure."""

from __future__ import annotations

from signaling.shape import WitnessWord

MOST_KEPT = 64
"""Councils in which a client remembers its word: nothing is forgotten, so that beyond these it says
nothing."""


class Page:
    """A hall's page, or a program in its place: the same in web_client/src/witness.ts."""

    def __init__(self) -> None:
        self._said: dict[str, WitnessWord] = {}

    def asked(self, council: str, word: WitnessWord) -> WitnessWord | None:
        """What it says in that council, once and for all; None: it cannot remember more."""
        if council not in self._said:
            if len(self._said) >= MOST_KEPT:
                return None
            self._said[council] = word
        return self._said[council]
