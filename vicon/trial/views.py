"""Runs as the wire shows them."""

from __future__ import annotations

from signaling import messages as wire
from vicon.measure.run import Figure, Run, Step, Words


def run_view(
    run: Run,
    *,
    progress: float | None = None,
    note: Words | None = None,
    picture: bool = False,
    microphone: float | None = None,
) -> wire.RunView:
    """`progress` and `note` are of the step that runs now."""
    return wire.RunView(
        id=run.id,
        room=run.room,
        kind=run.kind,
        state=run.state,
        verdict=run.verdict,
        profile=run.profile,
        sentence=text(run.sentence),
        steps=[_step(step, progress, note) for step in run.steps],
        started_at=run.started_at,
        ended_at=run.ended_at,
        by=run.by,
        station=run.station,
        agent=run.agent,
        picture=picture,
        microphone=microphone,
        hash=run.hash,
    )


def text(words: Words) -> wire.Text:
    return wire.Text(id=words.id, en=words.en)


def _step(step: Step, progress: float | None, note: Words | None) -> wire.StepView:
    running = step.state == "running"
    return wire.StepView(
        name=step.name,
        state=step.state,
        line=text(note if running and note is not None else step.line),
        figures=[_figure(figure) for figure in step.figures],
        cause=text(step.cause) if step.cause is not None else None,
        cure=[text(act) for act in step.cure],
        progress=progress if running else None,
        attempts=step.attempts,
    )


def _figure(figure: Figure) -> wire.FigureView:
    return wire.FigureView(
        name=figure.name,
        value=figure.value,
        unit=figure.unit,
        state=figure.state,
        text=text(figure.text),
        limit=text(figure.limit),
    )
