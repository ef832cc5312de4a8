"""The reports of a run in the formats that are handed out, each with its conference's words."""

from __future__ import annotations

from collections.abc import Callable

from vicon.core.model import Plan
from vicon.measure.beside import CompareRow
from vicon.measure.run import Run
from vicon.report import plain
from vicon.report.compare import compare
from vicon.report.words import Language


class RunReports:
    """Blocking work of up to half a second: call it in a thread."""

    def __init__(self, plan_of: Callable[[str], Plan]) -> None:
        """`plan_of(conference)`, as it is now."""
        self._plan_of = plan_of

    def make(self, run: Run, format: str, lang: Language) -> bytes:
        """`format`: pdf, csv, json or txt."""
        plan = self._plan_of(run.conference)
        zone, label = plan.timezone, plan.timezone_label
        if format == "json":
            return plain.json(run)
        if format == "csv":
            return plain.csv(run, lang, zone, label)
        if format == "txt":
            return plain.text(run, lang, zone, label).encode()
        # Imported here: the typesetter costs a start a tenth of a second.
        from vicon.report import trial

        form = trial.Form(title=plan.title, zone=zone, zone_label=label)
        return trial.pdf(run, form, lang)

    def compare(self, run: Run, against: Run | None) -> list[CompareRow]:
        return compare(run, against)
