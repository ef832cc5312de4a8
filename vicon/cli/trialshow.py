"""Trial runs on a terminal: the steps as they happen, the figures and causes at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from signaling import messages as wire
from vicon.measure.run import Run, Step
from vicon.ops.words import Language
from vicon.report.words import STATES, STEPS, pick

_SIGNS = {
    "pass": "[green]✓[/]",
    "warn": "[yellow]![/]",
    "fail": "[red]✗[/]",
    "skipped": "[dim]–[/]",
    "pending": "[dim]·[/]",
    "running": "[cyan]>[/]",
}
_COLOURS = {"pass": "green", "warn": "yellow", "fail": "red"}
EXIT: Mapping[str | None, int] = {"pass": 0, "warn": 1, "fail": 2}
COULD_NOT = 3


def exit_code(run: Run) -> int:
    """0 pass, 1 warning, 2 fail; 3 for a run that was not brought to its end."""
    return EXIT.get(run.verdict, COULD_NOT) if run.state == "done" else COULD_NOT


def said(text: wire.Text | Any, lang: Language) -> str:
    return str(text.en if lang == "en" else text.id)


class Progress:
    """The steps of a run, live on a terminal, line by line elsewhere. A context manager."""

    def __init__(self, console: Console, lang: Language) -> None:
        self._console, self._lang = console, lang
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._told: dict[str, str] = {}

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *details: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def show(self, run: wire.RunView) -> None:
        if self._console.is_terminal:
            self._live.update(self._table(run), refresh=True)
            return
        for step in run.steps:
            if step.state in ("pending", "running") or self._told.get(step.name) == step.state:
                continue
            self._told[step.name] = step.state
            self._console.print(_line(step, self._lang), highlight=False)

    def again(self) -> None:
        """Another run begins."""
        self._told.clear()

    def _table(self, run: wire.RunView) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        parts: list[RenderableType] = [f"[bold]{run.room}[/]  {escape(run.by)}", table]
        for number, step in enumerate(run.steps, 1):
            name = pick(STEPS[step.name], self._lang)
            table.add_row(
                _SIGNS[step.state], f"{number} {name}", escape(said(step.line, self._lang))
            )
            if step.state == "running" and step.progress is not None:
                parts = [*parts, ProgressBar(total=1, completed=step.progress, width=40)]
        return Group(*parts)


def _line(step: wire.StepView | Step, lang: Language) -> str:
    name = pick(STEPS[step.name], lang)
    state = pick(STATES[step.state], lang)
    return f"{_SIGNS[step.state]} {name}: {state}. {escape(said(step.line, lang))}"


def print_run(console: Console, run: Run, lang: Language) -> None:
    """Verdict, figures, and each cause with its cure."""
    word = pick(STATES[run.verdict], lang).upper() if run.verdict else run.state
    colour = _COLOURS.get(run.verdict or "", "red")
    profile = f", {run.profile}" if run.profile not in (None, "none") else ""
    console.print(
        f"[bold {colour}]{word}{profile}[/]  {escape(pick(run.sentence, lang))}", highlight=False
    )
    for step in run.steps:
        console.print(_line(step, lang), highlight=False)
        for figure in step.figures:
            limit = pick(figure.limit, lang)
            beside = f"  [dim]({escape(limit)})[/]" if limit else ""
            text = escape(pick(figure.text, lang))
            console.print(f"    {figure.name:24} {text}{beside}", highlight=False)
        if step.cause is not None and step.name != "verdict":
            console.print(f"    [bold]{escape(pick(step.cause, lang))}[/]", highlight=False)
            for number, act in enumerate(step.cure, 1):
                console.print(f"    {number}. {escape(pick(act, lang))}", highlight=False)


_TOP = (
    "rtt_ms",
    "jitter_ms",
    "loss_up_percent",
    "loss_down_percent",
    "capacity_up_kbps",
    "capacity_down_kbps",
    "mos",
)


def as_json(run: Run) -> dict[str, Any]:
    """What `--json` prints: figures by name with their unit, null where not measured."""
    out: dict[str, Any] = {name: run.value(name) for name in _TOP}
    for side in ("up", "down"):
        capacity = run.figure(f"capacity_{side}_kbps")
        out[f"capacity_{side}_more"] = capacity is not None and capacity.at_least
        loss = run.figure(f"loss_{side}_percent")
        out[f"loss_{side}_interval"] = loss.interval if loss is not None else None
    out |= {
        "verdict": run.verdict,
        "profile": run.profile,
        "state": run.state,
        "sentence": msgspec.to_builtins(run.sentence),
        "run": run.id,
        "room": run.room,
        "path": run.path,
        "seconds": run.seconds,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "measured_from": run.measured_from,
        "measured_to": run.measured_to,
        "hash": run.hash,
        "steps": [_step(step) for step in run.steps],
    }
    return out


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "state": step.state,
        "line": msgspec.to_builtins(step.line),
        "cause": msgspec.to_builtins(step.cause),
        "cause_code": step.cause_code,
        "cure": msgspec.to_builtins(step.cure),
        "started_at": step.started_at,
        "ended_at": step.ended_at,
        "figures": [
            {
                "name": f.name,
                "value": f.value,
                "unit": f.unit,
                "state": f.state,
                "interval": f.interval,
                "at_least": f.at_least,
            }
            for f in step.figures
        ],
    }


_HEADS_EN = "Room,Alone,RTT,Lost,Up,Down,MOS,Profile,Together"
_HEADS_ID = "Ruang,Sendiri,RTT,Hilang,Unggah,Unduh,MOS,Profil,Serentak"


def sweep_table(
    sweep: wire.SweepView,
    runs: Mapping[str, wire.RunView],
    name: Callable[[str], str],
    lang: Language,
) -> Table:
    """One row per room: alone, and together with all others."""
    en = lang == "en"
    table = Table(title="Sweep" if en else "Uji serentak")
    heads = ("Room", "Alone", "RTT ms", "Lost %", "Up", "Down", "MOS", "Profile", "Together")
    kepala = (
        "Ruang",
        "Sendiri",
        "RTT ms",
        "Hilang %",
        "Unggah",
        "Unduh",
        "MOS",
        "Profil",
        "Serentak",
    )
    for place, head in enumerate(heads if en else kepala):
        table.add_column(head, justify="left" if place in (0, 1, 7, 8) else "right")
    for room in sweep.rooms:
        run = runs.get(room.run or "")
        verdict = room.verdict or room.state
        word = STATES[room.verdict] if room.verdict else None
        alone = f"{_SIGNS.get(verdict, ' ')} {pick(word, lang) if word else room.state}"
        why = escape(said(room.why, lang)) if room.why else ""
        together = pick(STATES[room.together_verdict], lang) if room.together_verdict else ""
        table.add_row(
            name(room.room),
            alone,
            _value(run, "rtt_ms", lang),
            _worse(run, lang),
            _value(run, "capacity_up_kbps", lang),
            _value(run, "capacity_down_kbps", lang),
            _value(run, "mos", lang),
            (run.profile or "–") if run else "–",
            f"{together} {why}".strip(),
        )
    return table


def _figure(run: wire.RunView | None, name: str) -> wire.FigureView | None:
    if run is None:
        return None
    return next((f for step in run.steps for f in step.figures if f.name == name), None)


def _value(run: wire.RunView | None, name: str, lang: Language) -> str:
    figure = _figure(run, name)
    return escape(said(figure.text, lang)) if figure and figure.value is not None else "–"


def _worse(run: wire.RunView | None, lang: Language) -> str:
    both = [_figure(run, f"loss_{side}_percent") for side in ("up", "down")]
    known = [f for f in both if f is not None and f.value is not None]
    worst = max(known, key=lambda figure: figure.value or 0.0, default=None)
    return escape(said(worst.text, lang)) if worst else "–"
