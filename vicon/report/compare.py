"""A run beside an earlier one of the same room: what became better, what worse."""

from __future__ import annotations

from vicon.measure.beside import Change, CompareRow
from vicon.measure.run import Figure, Run

_MORE_IS_BETTER = frozenset(
    (
        "capacity_up_kbps",
        "capacity_down_kbps",
        "mos",
        "fps_received",
        "frame_height",
        "camera_height",
        "camera_fps",
        "psnr_db",
        "ssim",
        "signalling_held_s",
        "microphone_dbfs",
    )
)
_NEITHER = frozenset(("av_offset_ms",))
"""Nearer to zero is better."""
_SHARE = 0.05
_LEAST = {"ms": 5.0, "%": 0.5, "kbit/s": 100.0, "fps": 1.0, "dB": 0.5, "dBFS": 3.0, "s": 0.5}
"""Differences below these say nothing, in the figure's unit."""


def compare(run: Run, against: Run | None) -> list[CompareRow]:
    """The figures of `run`, in their order, beside those of `against`; what neither knows is left
    out."""
    rows: dict[str, CompareRow] = {}
    for step in run.steps:
        for figure in step.figures:
            old = against.figure(figure.name) if against is not None else None
            row = _row(figure, old)
            if row.before is not None or row.after is not None:
                rows[figure.name] = row
    return list(rows.values())


def _row(new: Figure, old: Figure | None) -> CompareRow:
    before = old.value if old is not None else None
    return CompareRow(
        name=new.name, unit=new.unit, before=before, after=new.value, change=_change(new, old)
    )


def _change(new: Figure, old: Figure | None) -> Change:
    if old is None or old.value is None or new.value is None:
        return "unknown"
    if new.at_least and old.at_least:
        return "same"  # both lines were not filled: nobody knows which carries more
    before, after = old.value, new.value
    if new.name in _NEITHER:
        before, after = abs(before), abs(after)
    difference = after - before
    if abs(difference) <= _tolerance(new, old):
        return "same"
    more = new.name in _MORE_IS_BETTER
    return "better" if (difference > 0) == more else "worse"


def _tolerance(new: Figure, old: Figure) -> float:
    intervals = (new.interval or 0.0) + (old.interval or 0.0)
    size = max(abs(new.value or 0.0), abs(old.value or 0.0))
    least = 0.1 if new.name == "mos" else _LEAST.get(new.unit, 0.0)
    return max(intervals, _SHARE * size if new.name != "mos" else 0.0, least)
