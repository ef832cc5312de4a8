"""How far `vicon compose` is: a bar with the time that is left, or a line for each tenth."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from vicon.cli.common import say
from vicon.ports import Clock

SETTLED_S = 3.0
"""From then on the time that is left can be told."""
_LINES = 10


class Progress:
    """On standard error. Use it as a context."""

    def __init__(self, name: str, clock: Clock, *, quiet: bool) -> None:
        self._name, self._clock = name, clock
        self._began = clock.monotonic()
        self._quiet = quiet
        self._bar: Bar | None = None
        self._task = TaskID(0)
        self._told = 0

    def __enter__(self) -> Progress:
        console = Console(stderr=True)
        if console.is_terminal and not self._quiet:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[left]}"),
            )
            self._bar = Bar(*columns, console=console, transient=True)
            self._task = self._bar.add_task(self._name, total=1.0, left="")
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, done: float, total: float) -> None:
        """Seconds of the film."""
        if self._quiet:
            return
        share = min(1.0, done / total)
        if self._bar is not None:
            self._bar.update(self._task, completed=share, left=self._left(share))
            return
        tenth = int(share * _LINES)
        if tenth > self._told:
            self._told = tenth
            sys.stderr.write(f"{self._name} {100 * tenth // _LINES} % {self._left(share)}".rstrip())
            sys.stderr.write("\n")

    def _left(self, share: float) -> str:
        passed = self._clock.monotonic() - self._began
        if passed < SETTLED_S or share <= 0:
            return ""
        left = round(passed / share - passed)
        shown = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
        return say(f"sisa {shown}", f"{shown} left")
