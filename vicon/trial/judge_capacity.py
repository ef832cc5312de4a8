"""What the loads up and down mean. Pure."""

from __future__ import annotations

from vicon.measure.report import LoadReport
from vicon.measure.run import Figure, State, Step, Words
from vicon.trial import wording
from vicon.trial.findings import Findings, broken, step
from vicon.trial.seen import Seen
from vicon.trial.thresholds import SOURCES, Thresholds

CEILING_KBPS = 4000.0
"""Above this a capacity is told as at least so much."""

_SKIPPED_LOAD = {
    "live": Words("dilewati, sesi berlangsung", "skipped, the session is live"),
    "quick": Words("dilewati, periksa singkat", "skipped in the short check"),
    "together": Words("dilewati, diuji bersama", "skipped, tested together"),
    "no_path": Words("dilewati, tidak ada jalan", "skipped, no way"),
}


def capacity(seen: Seen, limits: Thresholds) -> Step:
    if seen.load_skipped:
        line = _SKIPPED_LOAD.get(seen.load_skipped, wording.NOT_MEASURED)
        return Step(name="capacity", state="skipped", line=line)
    found = Findings()
    figures: list[Figure] = []
    up, up_more = known(seen.load_up)
    down, down_more = known(seen.load_down)
    if up is None and down is None:
        return broken("capacity", "capacity_unknown")
    _judge_up(up, up_more, limits, found, figures)
    _judge_down(down, down_more, limits, found, figures)
    for side, load in (("up", seen.load_up), ("down", seen.load_down)):
        _judge_rise(side, load, limits, found, figures)
    short = seen.load_up_limited and up is not None and up < limits.up_kbps_pass and up_more
    if up is None or down is None or short:
        found.add("warn", "capacity_unknown")
    words = [wording.megabits(up, up_more), wording.megabits(down, down_more)]
    line = Words(
        f"unggah {words[0].id}, unduh {words[1].id} Mbit/s",
        f"up {words[0].en}, down {words[1].en} Mbit/s",
    )
    return step("capacity", line, found, figures)


def known(load: LoadReport | None) -> tuple[float | None, bool]:
    """kbit/s, and whether the line carries at least that much. Above the ceiling the ceiling."""
    if load is None or load.kbps is None:
        return None, False
    if load.kbps >= CEILING_KBPS * 1.1 or (not load.filled and load.kbps >= CEILING_KBPS):
        return CEILING_KBPS, True
    return load.kbps, not load.filled


def _judge_up(
    up: float | None, more: bool, limits: Thresholds, found: Findings, figures: list[Figure]
) -> None:
    enough = up is None or up >= limits.up_kbps_pass
    state: State = "pass" if enough else "pending"  # "at least" so little proves nothing
    if up is not None and not enough and not more:
        state = "fail" if up < limits.up_kbps_fail else "warn"
        rate = wording.rate(up)
        if state == "fail":
            found.add("fail", "up_none", rate=rate)
        else:
            profile = (
                Words("360p", "360p")
                if up >= limits.up_kbps_360p
                else Words("suara saja", "sound alone")
            )
            found.add("warn", "up_small", rate=rate, profile=profile)
    limit = f"≥ {limits.up_kbps_pass / 1000:g} Mbit/s"
    figures.append(_capacity_figure("up", up, more, state, limit, SOURCES["up_kbps"]))


def _judge_down(
    down: float | None, more: bool, limits: Thresholds, found: Findings, figures: list[Figure]
) -> None:
    enough = down is None or down >= limits.down_kbps_pass
    state: State = "pass" if enough else "pending"  # "at least" so little proves nothing
    if down is not None and not enough and not more:
        state = "fail" if down < limits.down_kbps_fail else "warn"
        needed = wording.rate(limits.down_kbps_pass)
        found.add(state, "down_small", rate=wording.rate(down), needed=needed)
    limit = f"≥ {limits.down_kbps_pass / 1000:g} Mbit/s"
    figures.append(_capacity_figure("down", down, more, state, limit, SOURCES["down_kbps"]))


def _capacity_figure(
    side: str, kbps: float | None, more: bool, state: State, limit: str, source: str
) -> Figure:
    text = wording.rate(kbps or 0.0, more)
    return wording.figure(
        f"capacity_{side}_kbps", kbps, "kbit/s", text, state, limit, source, at_least=more
    )


def _judge_rise(
    side: str,
    load: LoadReport | None,
    limits: Thresholds,
    found: Findings,
    figures: list[Figure],
) -> None:
    rise: float | None = None
    if load is not None and load.rtt_before is not None and load.rtt_during is not None:
        rise = max(0.0, load.rtt_during - load.rtt_before)
    state: State = "pass"
    if rise is not None and rise >= limits.rise_ms_pass:
        state = "fail" if rise >= limits.rise_ms_fail else "warn"
        found.add("warn", "bufferbloat", rise=wording.number(rise, 0))
    text = wording.milliseconds(rise or 0.0)
    limit = f"< {limits.rise_ms_pass:g} ms"
    figures.append(
        wording.figure(f"rtt_rise_{side}_ms", rise, "ms", text, state, limit, SOURCES["rise_ms"])
    )
