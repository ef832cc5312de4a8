"""What the figures of the media call mean. Pure."""

from __future__ import annotations

import math

from vicon.measure.report import Lost
from vicon.measure.run import Figure, State, Step, Words
from vicon.measure.statistics import BURST_PACKETS
from vicon.trial import causes, emodel, wording
from vicon.trial.findings import RANK, Findings, broken, step
from vicon.trial.seen import Seen
from vicon.trial.thresholds import SOURCES, Thresholds

SILENT_S = 3.0
"""Sound goes fifty times a second: so long without any and the way is broken. What was measured
before would speak well of a call that ended."""
_SILENT_KBPS = 1.0
"""Sound alone is far more."""


def media(seen: Seen, limits: Thresholds) -> Step:
    if seen.chosen is None and not seen.together and seen.call is None:
        cause, cure = causes.say("media_no_path")
        line = Words("dilewati, tidak ada jalan", "skipped, no way")
        return Step(
            name="media", state="skipped", line=line, cause_code="media_no_path",
            cause=cause, cure=cure,
        )  # fmt: skip
    if seen.call_connected is not None and not seen.call_connected.connected:
        return broken("media", "ice_failed")
    call = seen.call
    if call is None:
        return broken("media", "not_measured")
    after = stopped_after(seen)
    if after is not None:
        return _stopped(after)
    found = Findings()
    figures: list[Figure] = []
    rtt = call.round_trips.mean if call.round_trips is not None else None
    if no_media(seen):
        found.add("fail", no_media(seen))
    _rtt(rtt, limits, found, figures)
    jitter = _jitter(seen, limits, found, figures)
    _loss(seen, limits, found, figures)
    loss = worse_loss(seen)
    _mos(rtt, jitter, loss, _sure_loss(seen), limits, found, figures)
    _received(seen, limits, found, figures)
    figures += _delays(seen)
    if loss is None and found.worst() is None:
        found.add("warn", "not_measured")
    return step("media", _media_line(rtt, loss), found, figures)


def _stopped(after: float) -> Step:
    cause, cure = causes.say("media_stopped", seconds=f"{after:.0f}")
    line = Words("media berhenti", "media stopped")
    return Step(
        name="media", state="fail", line=line, cause_code="media_stopped", cause=cause, cure=cure
    )


def stopped_after(seen: Seen) -> float | None:
    """Seconds of a call that flowed and then ended; None: it did not."""
    call = seen.call
    if call is None or no_media(seen):
        return None
    up = 0.0 if call.up is None and dumb(seen) else call.up_silent_s
    silent = max(up, call.down_silent_s)
    return call.seconds - silent if silent >= SILENT_S else None


def no_media(seen: Seen) -> str:
    """The cause, where a call connected and carried nothing, or nothing one way; else empty."""
    call, watched = seen.call, seen.watched
    if call is None:
        return ""
    if call.up is None and call.down is None:
        return "no_media"
    if call.up is None and call.up_kbps < _SILENT_KBPS and not dumb(seen):
        return "no_media_up"
    pictures = call.level not in ("audio", "none")
    if call.down is None and pictures and watched is not None and watched.decoded == 0:
        return "no_media_down"
    return ""


def dumb(seen: Seen) -> bool:
    """The hall has neither camera nor microphone: nothing goes up, and that is not the line's."""
    facts = seen.devices
    return facts is not None and bool(facts.camera_problem and facts.microphone_problem)


def _media_line(rtt: float | None, loss: float | None) -> Words:
    first = wording.milliseconds(rtt) if rtt is not None else wording.NOT_MEASURED
    second = wording.percent(loss) if loss is not None else Words("–", "–")
    return Words(f"RTT {first.id}, hilang {second.id}", f"RTT {first.en}, lost {second.en}")


def _rtt(rtt: float | None, limits: Thresholds, found: Findings, figures: list[Figure]) -> None:
    """By itself a long way never fails: a satellite hall can hold the session, and the moderator
    decides. The figure keeps its own colour."""
    state: State = "pass"
    if rtt is not None and rtt >= limits.rtt_ms_pass:
        state = "fail" if rtt > limits.rtt_ms_fail else "warn"
        found.add("warn", "rtt_high", rtt=wording.number(rtt, 0))
    text = wording.milliseconds(rtt or 0.0)
    figures.append(
        wording.figure(
            "rtt_ms", rtt, "ms", text, state, f"< {limits.rtt_ms_pass:g} ms", SOURCES["rtt_ms"]
        )
    )


def _jitter(seen: Seen, limits: Thresholds, found: Findings, figures: list[Figure]) -> float | None:
    call = seen.call
    assert call is not None
    values = {
        "up": call.up_delay.jitter if call.up_delay is not None else None,
        "down": call.down_delay.jitter if call.down_delay is not None else None,
    }
    known = [value for value in values.values() if value is not None]
    worst = max(known) if known else None
    state = _state(worst, limits.jitter_ms_pass, limits.jitter_ms_fail)
    if worst is not None and state != "pass":
        found.add(state, "jitter_high", jitter=wording.number(worst, 0))
    limit, source = f"< {limits.jitter_ms_pass:g} ms", SOURCES["jitter_ms"]
    text = wording.milliseconds(worst or 0.0)
    figures.append(wording.figure("jitter_ms", worst, "ms", text, state, limit, source))
    for side, value in values.items():
        text = wording.milliseconds(value or 0.0)
        figures.append(wording.figure(f"jitter_{side}_ms", value, "ms", text))
    for side, delay in (("up", call.up_delay), ("down", call.down_delay)):
        spread = delay.variation_p95 if delay is not None else None
        text = wording.milliseconds(spread or 0.0)
        figures.append(wording.figure(f"delay_variation_{side}_ms", spread, "ms", text))
    return worst


def _state(value: float | None, passes: float, fails: float) -> State:
    """Lower is better: below `passes` it passes, above `fails` it fails."""
    if value is None or value < passes:
        return "pass"
    return "fail" if value > fails else "warn"


def _loss(seen: Seen, limits: Thresholds, found: Findings, figures: list[Figure]) -> None:
    call = seen.call
    assert call is not None
    states = {}
    for side, lost in (("up", call.up), ("down", call.down)):
        states[side] = _loss_state(lost, limits)
        figures += _loss_figures(side, lost, states[side], limits)
    up, down = (one.percent if one is not None else None for one in (call.up, call.down))
    bad = [side for side, state in states.items() if state != "pass"]
    if len(bad) == 2:
        worst = max(states.values(), key=lambda state: RANK[state])
        texts = [wording.percent(value or 0.0) for value in (up, down)]
        found.add(worst, "loss_both", up=texts[0], down=texts[1])
    elif bad:
        value = up if bad[0] == "up" else down
        found.add(states[bad[0]], f"loss_{bad[0]}", percent=wording.percent(value or 0.0))
    bursts = [one.burst_percent for one in (call.up, call.down) if one and _bursts(one, limits)]
    if bursts:
        found.add("fail", "burst_loss", percent=wording.percent(max(b or 0.0 for b in bursts)))


def _loss_state(lost: Lost | None, limits: Thresholds) -> State:
    """A few packets fail nobody: what fails must lie above the limit with its whole interval."""
    if lost is None or lost.percent is None or lost.percent < limits.loss_percent_pass:
        return "pass"
    lower = lost.percent - (lost.interval or 0.0)
    if lower > limits.loss_percent_fail:
        return "fail"
    # Within its interval of the passing limit a single lost packet would accuse.
    return "warn" if lost.lost > 1 else "pass"


def _bursts(lost: Lost | None, limits: Thresholds) -> bool:
    """Its worst 200 ms are worse than chance makes of a loss that is even: the window that holds
    the most of many is some four standard deviations above their mean."""
    if lost is None or lost.burst_percent is None or lost.percent is None:
        return False
    share = min(lost.percent, 100.0)
    chance = share + 4 * math.sqrt(share * (100 - share) / BURST_PACKETS)
    return lost.burst_percent >= limits.burst_percent_fail and lost.burst_percent > chance


def _loss_figures(side: str, lost: Lost | None, state: State, limits: Thresholds) -> list[Figure]:
    percent = lost.percent if lost is not None else None
    interval = lost.interval if lost is not None else None
    burst = lost.burst_percent if lost is not None else None
    worst = _bursts(lost, limits)
    text = wording.percent(percent or 0.0, interval)
    if lost is not None and percent is not None:
        unknown_id = f", {lost.unknown} tak diketahui" if lost.unknown else ""
        unknown_en = f", {lost.unknown} unknown" if lost.unknown else ""
        text = Words(
            f"{text.id}, {lost.packets} paket{unknown_id}",
            f"{text.en}, {lost.packets} packets{unknown_en}",
        )
    reordered = float(lost.reordered) if lost is not None else None
    return [
        wording.figure(
            f"loss_{side}_percent",
            percent,
            "%",
            text,
            state,
            f"< {limits.loss_percent_pass:g} %",
            SOURCES["loss_percent"],
            interval=interval,
        ),
        wording.figure(
            f"burst_{side}_percent",
            burst,
            "%",
            wording.percent(burst or 0.0),
            "fail" if worst else "pass",
            f"< {limits.burst_percent_fail:g} %",
            SOURCES["burst_percent"],
        ),
        wording.figure(
            f"reordered_{side}", reordered, "", wording.both(wording.number(reordered or 0.0, 0))
        ),
    ]


def worse_loss(seen: Seen) -> float | None:
    call = seen.call
    known = [
        lost.percent
        for lost in ((call.up, call.down) if call is not None else ())
        if lost is not None and lost.percent is not None
    ]
    return max(known) if known else None


def _sure_loss(seen: Seen) -> float:
    call = seen.call
    both = (call.up, call.down) if call is not None else ()
    return max(
        (max(0.0, one.percent - (one.interval or 0.0)) for one in both if one and one.percent),
        default=0.0,
    )


def _mos(
    rtt: float | None,
    jitter: float | None,
    loss: float | None,
    sure: float,
    limits: Thresholds,
    found: Findings,
    figures: list[Figure],
) -> None:
    """`sure`: the lower end of the interval of loss: a few packets fail nobody."""
    value: float | None = None
    if rtt is not None and jitter is not None and loss is not None:
        value = emodel.mos(rtt, jitter, loss / 100)
    state: State = "pass"
    if value is not None and value < limits.mos_pass:
        # Of a long way alone the moderator decides, see _rtt.
        near = emodel.mos(min(rtt or 0.0, limits.rtt_ms_pass), jitter or 0.0, sure / 100)
        state = "fail" if value < limits.mos_fail else "warn"
        by_distance = near >= limits.mos_fail
        finding: State = "warn" if by_distance else state
        found.add(finding, "mos_low", mos=wording.both(wording.number(value, 2)))
    text = wording.both(wording.number(value or 0.0, 2))
    limit = f"≥ {limits.mos_pass:.1f}"
    figures.append(wording.figure("mos", value, "", text, state, limit, SOURCES["mos"]))


def _received(seen: Seen, limits: Thresholds, found: Findings, figures: list[Figure]) -> None:
    watched = seen.watched
    fps = height = freezes = frozen = offset = None
    if watched is not None and watched.decoded is not None and watched.seconds > 1:
        fps = watched.decoded / watched.seconds
        height = float(watched.height) if watched.height else None
    if watched is not None:
        freezes = float(watched.freezes) if watched.freezes is not None else None
        frozen, offset = watched.frozen_ms, watched.av_offset_ms
    state: State = "pass"
    sound_alone = seen.call is not None and seen.call.level in ("audio", "none")
    if fps is not None and fps < limits.fps_pass and not sound_alone:
        state = "fail" if fps < limits.fps_fail else "warn"
        found.add(state, "few_frames", fps=wording.both(wording.number(fps, 1)))
    limit, source = f"≥ {limits.fps_pass:g}", SOURCES["fps"]
    text = wording.both(wording.number(fps or 0.0, 1))
    figures.append(wording.figure("fps_received", fps, "fps", text, state, limit, source))
    shown = wording.both(wording.number(height or 0.0, 0))
    figures.append(wording.figure("frame_height", height, "px", shown))
    count = wording.both(wording.number(freezes or 0.0, 0))
    figures.append(wording.figure("freezes", freezes, "", count))
    figures.append(wording.figure("frozen_ms", frozen, "ms", wording.milliseconds(frozen or 0.0)))
    healed = watched.concealed_percent if watched is not None else None
    text = wording.percent(healed or 0.0)
    figures.append(wording.figure("concealed_percent", healed, "%", text))
    figures.append(
        wording.figure("av_offset_ms", offset, "ms", wording.milliseconds(offset or 0.0))
    )


def _delays(seen: Seen) -> list[Figure]:
    down, error = seen.delay_down_ms, seen.delay_error_ms
    text = wording.milliseconds(down or 0.0)
    if error is not None:
        beside = wording.milliseconds(error)
        text = Words(f"{text.id} (±{beside.id})", f"{text.en} (±{beside.en})")
    psnr = wording.both(f"{wording.number(seen.psnr_db or 0.0, 1)} dB")
    ssim = wording.both(wording.number(seen.ssim or 0.0, 3))
    return [
        wording.figure("delay_down_ms", down, "ms", text, interval=error),
        wording.figure("psnr_db", seen.psnr_db, "dB", psnr),
        wording.figure("ssim", seen.ssim, "", ssim),
    ]
