"""How many files and sockets this process may have open, and has."""

from __future__ import annotations

import os
import resource
import sys

LISTED = "/proc/self/fd"


def raise_limit() -> int:
    """As many as the administrator allows at most: the usual 1,024 are meant for programs that
    have one connection. The limit now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if sys.platform == "linux" and soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        return hard
    return soft


def free() -> int | None:
    """How many more can be opened; None: it cannot be known here."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return None
    try:
        return max(0, limit - len(os.listdir(LISTED)) + 1)  # that of the listing is closed again
    except FileNotFoundError:
        return None
    except OSError:  # there is none left to look with
        return 0


class Reserve:
    """One descriptor that is kept for a moment in which there is none: enough to take a connection
    and close it, so that whoever comes is refused and does not wait."""

    def __init__(self) -> None:
        self._kept: int | None = None
        self.restore()

    def release(self) -> None:
        if self._kept is not None:
            os.close(self._kept)
            self._kept = None

    def restore(self) -> None:
        """Does nothing while there is none to be had."""
        if self._kept is None:
            try:
                self._kept = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                return
