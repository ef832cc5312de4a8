"""The documents of a session, as they are handed out by a server with its seal."""

from __future__ import annotations

from typing import Literal

from vicon.app.signing import Seal
from vicon.core.minutewords import Minutes

# What writes them is imported when it is called for: a start, and a recovery, is the shorter.


class SessionDocuments:
    """Blocking work of up to a few seconds: call it in a thread."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def minutes(
        self, minutes: Minutes, format: Literal["json", "pdf", "odt"], lang: Literal["id", "en"]
    ) -> bytes:
        from vicon.report.minutes import MinutesReports

        return MinutesReports().make(minutes, format, lang)

    def pact(self, minutes: Minutes, lang: Literal["id", "en"]) -> bytes:
        """Of minutes with a pact."""
        from vicon.report.pact import pact_pdf

        return pact_pdf(minutes, self._seal, lang)
