"""From what was seen to what it means: one function per step, then the whole. Pure.

A figure that was not measured is None and accuses nothing. A step that nothing could be said of is
skipped, with the reason. One cause per step: the worst that was found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from signaling.trial import DeviceFacts, PathName
from vicon.measure.looks import CameraLook, MicrophoneLook
from vicon.measure.report import LoadReport, Lost
from vicon.measure.run import Figure, Outcome, Profile, State, Step, StepName, Words
from vicon.trial import causes, emodel, wording
from vicon.trial.seen import PathTry, Seen
from vicon.trial.thresholds import SOURCES, Thresholds

_RANK: dict[State, int] = {
    "pending": 0,
    "skipped": 0,
    "running": 0,
    "pass": 1,
    "warn": 2,
    "fail": 3,
}
PATH_NAMES: dict[PathName, Words] = {
    "udp": Words("UDP langsung", "UDP direct"),
    "turn_udp": Words("TURN/UDP", "TURN/UDP"),
    "turn_tcp": Words("TURN/TCP", "TURN/TCP"),
    "turn_tls": Words("TLS 443", "TLS 443"),
}
CEILING_KBPS = 4000.0
"""Above this a capacity is told as at least so much."""
_NEEDED_CODECS = ("vp8", "opus")
_SMALL_CAMERA = 480


class Finding(NamedTuple):
    state: State
    code: str
    params: dict[str, object]


class _Findings:
    """Collects what is wrong in a step."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, state: State, code: str, **params: object) -> None:
        self._found.append(Finding(state, code, params))

    def worst(self) -> Finding | None:
        """The first among the worst."""
        return max(self._found, key=lambda one: _RANK[one.state], default=None)


def judge(name: StepName, seen: Seen, limits: Thresholds) -> Step:
    """A measuring step; of `verdict` see conclude()."""
    why = seen.broken.get(name)
    if why is not None:
        return _broken(name, why)
    return _JUDGES[name](seen, limits)


_BROKEN_STATES: dict[str, State] = {
    "stopped": "skipped",
    "not_measured": "warn",
    "capacity_unknown": "warn",
    "worker_lost": "warn",
    "server_restarted": "warn",
}
"""What is not the line's or the hall's fault does not fail them."""


def _broken(name: StepName, why: str) -> Step:
    code, _, detail = why.partition(":")
    known = code if code in causes.CAUSES else "not_measured"
    cause, cure = causes.say(known, why=detail or code)
    state: State = _BROKEN_STATES.get(code, "fail")
    return Step(
        name=name,
        state=state,
        line=wording.NOT_MEASURED,
        cause_code=known,
        cause=cause,
        cure=cure,
        notes=(detail,) if detail else (),
    )


def _skipped(name: StepName, id: str, en: str) -> Step:
    return Step(name=name, state="skipped", line=Words(id, en))


def _step(
    name: StepName,
    line: Words,
    findings: _Findings,
    figures: list[Figure] | None = None,
    notes: tuple[str, ...] = (),
) -> Step:
    worst = findings.worst()
    if worst is None:
        return Step(name=name, state="pass", line=line, figures=tuple(figures or ()), notes=notes)
    cause, cure = causes.say(worst.code, **worst.params)
    return Step(
        name=name,
        state=worst.state,
        line=line,
        figures=tuple(figures or ()),
        cause_code=worst.code,
        cause=cause,
        cure=cure,
        notes=notes,
    )


# --- browser --------------------------------------------------------------------------------------


def _browser(seen: Seen, limits: Thresholds) -> Step:
    facts = seen.browser
    if facts is None:
        return _broken("browser", "not_measured")
    found = _Findings()
    codecs = {codec.lower() for codec in facts.codecs}
    if not facts.secure:
        found.add("fail", "insecure")
    if not facts.webrtc:
        found.add("fail", "no_webrtc")
    for codec in _NEEDED_CODECS:
        if facts.webrtc and codec not in codecs:
            found.add("fail", "no_codec", codec=codec.upper())
    shown = [name for name in ("VP8", "H264", "opus") if name.lower() in codecs]
    names = ", ".join({"H264": "H.264", "opus": "Opus"}.get(name, name) for name in shown)
    agent = facts.agent.split("/")[0].split(",")[0][:40]
    text = ", ".join(part for part in (agent, names) if part)
    notes = (f"{facts.agent}; {facts.platform}; {facts.threads} threads",)
    return _step("browser", Words(text, text), found, notes=notes)


# --- devices --------------------------------------------------------------------------------------


def _devices(seen: Seen, limits: Thresholds) -> Step:
    if seen.client == "program":
        return _skipped("devices", "program tanpa kamera", "a program has no camera")
    facts = seen.devices
    if facts is None:
        return _broken("devices", "not_measured")
    found = _Findings()
    figures: list[Figure] = []
    _camera(seen, facts, found, figures)
    _microphone(seen, facts, limits, found, figures)
    opened = not (facts.camera_problem and facts.microphone_problem)
    if opened and not seen.looked:
        found.add("warn", "devices_unseen")
    return _step("devices", _devices_line(seen, facts), found, figures)


def _devices_line(seen: Seen, facts: DeviceFacts) -> Words:
    height = seen.camera.height if seen.camera is not None else facts.height
    ids, ens = [], []
    if height:
        ids.append(f"kamera {height}p")
        ens.append(f"camera {height}p")
    if seen.microphone is not None:
        level = f"{wording.number(seen.microphone.rms_dbfs, 0)} dBFS"
        ids.append(f"mikrofon {level}")
        ens.append(f"microphone {level}")
    return Words(", ".join(ids), ", ".join(ens)) if ids else wording.NOT_MEASURED


_PROBLEMS = frozenset(("denied", "missing", "busy"))


def _camera(seen: Seen, facts: DeviceFacts, found: _Findings, figures: list[Figure]) -> None:
    if facts.camera_problem:
        kind = facts.camera_problem if facts.camera_problem in _PROBLEMS else "failed"
        found.add("fail", f"camera_{kind}")
        return
    look = seen.camera
    if look is None:
        return
    name: object = facts.camera or Words("kamera", "the camera")
    _judge_camera(look, name, found)
    text = wording.both(f"{look.height}")
    figures.append(wording.figure("camera_height", float(look.height), "px", text))
    rate = wording.both(wording.number(look.fps, 1))
    figures.append(wording.figure("camera_fps", look.fps or None, "fps", rate))


def _judge_camera(look: CameraLook, name: object, found: _Findings) -> None:
    states: dict[str, State] = {
        "black": "fail",
        "covered": "fail",
        "frozen": "fail",
        "dark": "warn",
        "over_exposed": "warn",
        "blurred": "warn",
    }
    if look.state in states:
        found.add(
            states[look.state],
            f"camera_{look.state}",
            camera=name,
            brightness=wording.number(look.brightness, 0),
        )


def _microphone(
    seen: Seen, facts: DeviceFacts, limits: Thresholds, found: _Findings, figures: list[Figure]
) -> None:
    if facts.microphone_problem:
        kind = facts.microphone_problem if facts.microphone_problem in _PROBLEMS else "failed"
        found.add("fail", f"microphone_{kind}")
        return
    look = seen.microphone
    if look is None:
        return
    name: object = facts.microphone or Words("Mikrofon", "The microphone")
    silent = look.rms_dbfs <= limits.microphone_dbfs_fail
    clipped = look.clipped_samples > limits.clipped_samples_pass
    dbfs = wording.number(look.rms_dbfs, 0)
    if silent:
        limit = wording.number(limits.microphone_dbfs_fail, 0)
        found.add("fail", "microphone_silent", microphone=name, dbfs=dbfs, limit=limit)
    elif clipped:
        found.add("warn", "microphone_clipped", microphone=name, samples=look.clipped_samples)
    elif look.state == "echo":
        echo = wording.number(look.echo_db or 0.0, 0)
        found.add("warn", "microphone_echo", microphone=name, echo=echo)
    elif look.state == "noisy":
        noise = wording.number(look.noise_dbfs, 0)
        found.add("warn", "microphone_noisy", microphone=name, dbfs=noise)
    figures += _microphone_figures(look, limits, silent, clipped)


def _microphone_figures(
    look: MicrophoneLook, limits: Thresholds, silent: bool, clipped: bool
) -> list[Figure]:
    figures = [
        wording.figure(
            "microphone_dbfs",
            look.rms_dbfs,
            "dBFS",
            wording.both(f"{wording.number(look.rms_dbfs, 0)} dBFS"),
            "fail" if silent else "pass",
            f"> {wording.number(limits.microphone_dbfs_fail, 0)} dBFS",
            SOURCES["microphone_dbfs"],
        ),
        wording.figure(
            "clipped_samples",
            float(look.clipped_samples),
            "",
            wording.both(str(look.clipped_samples)),
            "warn" if clipped else "pass",
            f"≤ {limits.clipped_samples_pass:g}",
            SOURCES["clipped_samples"],
        ),
    ]
    if look.echo_db is not None:
        text = wording.both(f"{wording.number(look.echo_db, 0)} dB")
        figures.append(wording.figure("echo_db", look.echo_db, "dB", text))
    return figures


# --- signalling -----------------------------------------------------------------------------------


def _signalling(seen: Seen, limits: Thresholds) -> Step:
    found = _Findings()
    if seen.socket_lost:
        found.add("fail", "signalling_lost")
    if not seen.echoes_ms:
        if not seen.socket_lost:
            return _broken("signalling", "not_measured")
        return _step("signalling", wording.NOT_MEASURED, found)
    middle = sorted(seen.echoes_ms)[len(seen.echoes_ms) // 2]
    slow = middle > limits.signalling_ms_pass
    if slow:
        found.add("warn", "signalling_slow", ms=wording.number(middle, 0))
    text = wording.milliseconds(middle)
    held = wording.number(seen.held_s, 0)
    figures = [
        wording.figure(
            "signalling_rtt_ms",
            middle,
            "ms",
            text,
            "warn" if slow else "pass",
            f"≤ {limits.signalling_ms_pass:g} ms",
            SOURCES["signalling_ms"],
        ),
        wording.figure("signalling_held_s", seen.held_s, "s", wording.both(f"{held} s")),
    ]
    line = Words(f"{text.id}, bertahan {held} s", f"{text.en}, held for {held} s")
    return _step("signalling", line, found, figures)


# --- paths ----------------------------------------------------------------------------------------


def _paths(seen: Seen, limits: Thresholds) -> Step:
    asked = [one for one in seen.paths if one.asked]
    if not asked:
        return _broken("paths", "not_measured")
    figures = [_path_figure(one) for one in asked]
    found = _Findings()
    direct = next((one for one in asked if one.name == "udp"), None)
    udp = direct is not None and direct.connected is not None and direct.connected.connected
    refused = any("401" in error for one in asked for error in _errors(one))
    if seen.chosen is None:
        if refused:
            found.add("fail", "turn_refused")
        elif not seen.turn_configured:
            found.add("fail", "udp_blocked_no_turn")
        else:
            names = Words(*(_names(asked, en) for en in (False, True)))
            found.add("fail", "all_paths_dead", tried=names)
        line = Words("tidak ada jalan", "no way")
    elif not udp:
        way = PATH_NAMES[seen.chosen]
        found.add("warn", "udp_blocked", way=way)
        line = Words(f"UDP diblokir, lewat {way.id}", f"UDP blocked, by {way.en}")
    else:
        line = PATH_NAMES["udp"]
    notes = tuple(f"{one.name}: {error}" for one in asked for error in _errors(one))
    if not seen.turn_configured:
        notes = (*notes, "TURN is not configured: turn_udp, turn_tcp, turn_tls were not tried")
    return _step("paths", line, found, figures, notes[:12])


def _errors(one: PathTry) -> list[str]:
    told = list(one.connected.errors) if one.connected is not None else []
    return [*told, *([one.why] if one.why else [])]


def _names(tried: list[PathTry], en: bool) -> str:
    return ", ".join(PATH_NAMES[one.name].en if en else PATH_NAMES[one.name].id for one in tried)


def _path_figure(one: PathTry) -> Figure:
    good = one.connected is not None and one.connected.connected
    ms = one.connected.ms if one.connected is not None and good else None
    text = wording.milliseconds(ms) if ms is not None else wording.NOT_MEASURED
    state: State = "pass" if good else "warn"
    made = wording.figure(f"connect_{one.name}_ms", ms, "ms", text, state, source=SOURCES["path"])
    if good or ms is not None:
        return made
    blocked = Words("tidak tersambung", "not connected")
    return Figure(
        name=made.name, value=None, unit="ms", state=state, text=blocked, source=made.source
    )


# --- media ----------------------------------------------------------------------------------------


def _media(seen: Seen, limits: Thresholds) -> Step:
    if seen.chosen is None and not seen.together and seen.call is None:
        cause, cure = causes.say("media_no_path")
        line = Words("dilewati, tidak ada jalan", "skipped, no way")
        return Step(
            name="media", state="skipped", line=line, cause_code="media_no_path",
            cause=cause, cure=cure,
        )  # fmt: skip
    if seen.call_connected is not None and not seen.call_connected.connected:
        return _broken("media", "ice_failed")
    call = seen.call
    if call is None:
        return _broken("media", "not_measured")
    found = _Findings()
    figures: list[Figure] = []
    rtt = call.round_trips.mean if call.round_trips is not None else None
    if call.up is None and call.down is None:
        found.add("fail", "no_media")
    _rtt(rtt, limits, found, figures)
    jitter = _jitter(seen, limits, found, figures)
    _loss(seen, limits, found, figures)
    loss = _worse_loss(seen)
    _mos(rtt, jitter, loss, limits, found, figures)
    _received(seen, limits, found, figures)
    figures += _delays(seen)
    return _step("media", _media_line(rtt, loss), found, figures)


def _media_line(rtt: float | None, loss: float | None) -> Words:
    first = wording.milliseconds(rtt) if rtt is not None else wording.NOT_MEASURED
    second = wording.percent(loss) if loss is not None else Words("–", "–")
    return Words(f"RTT {first.id}, hilang {second.id}", f"RTT {first.en}, lost {second.en}")


def _rtt(rtt: float | None, limits: Thresholds, found: _Findings, figures: list[Figure]) -> None:
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


def _jitter(
    seen: Seen, limits: Thresholds, found: _Findings, figures: list[Figure]
) -> float | None:
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


def _loss(seen: Seen, limits: Thresholds, found: _Findings, figures: list[Figure]) -> None:
    call = seen.call
    assert call is not None
    states = {}
    for side, lost in (("up", call.up), ("down", call.down)):
        states[side] = _loss_state(lost, limits)
        figures += _loss_figures(side, lost, states[side], limits)
    up, down = (one.percent if one is not None else None for one in (call.up, call.down))
    bad = [side for side, state in states.items() if state != "pass"]
    if len(bad) == 2:
        worst = max(states.values(), key=lambda state: _RANK[state])
        texts = [wording.percent(value or 0.0) for value in (up, down)]
        found.add(worst, "loss_both", up=texts[0], down=texts[1])
    elif bad:
        value = up if bad[0] == "up" else down
        found.add(states[bad[0]], f"loss_{bad[0]}", percent=wording.percent(value or 0.0))
    bursts = [one.burst_percent for one in (call.up, call.down) if one and one.burst_percent]
    if bursts and max(bursts) >= limits.burst_percent_fail and not bad:
        found.add("warn", "burst_loss", percent=wording.percent(max(bursts)))


def _loss_state(lost: Lost | None, limits: Thresholds) -> State:
    """A few packets fail nobody: what fails must lie above the limit with its whole interval."""
    if lost is None or lost.percent is None or lost.percent < limits.loss_percent_pass:
        return "pass"
    lower = lost.percent - (lost.interval or 0.0)
    if lower > limits.loss_percent_fail:
        return "fail"
    # Within its interval of the passing limit a single lost packet would accuse.
    return "warn" if lost.lost > 1 else "pass"


def _loss_figures(side: str, lost: Lost | None, state: State, limits: Thresholds) -> list[Figure]:
    percent = lost.percent if lost is not None else None
    interval = lost.interval if lost is not None else None
    burst = lost.burst_percent if lost is not None else None
    text = wording.percent(percent or 0.0, interval)
    if lost is not None and percent is not None:
        unknown_id = f", {lost.unknown} tak diketahui" if lost.unknown else ""
        unknown_en = f", {lost.unknown} unknown" if lost.unknown else ""
        text = Words(
            f"{text.id}, {lost.packets} paket{unknown_id}",
            f"{text.en}, {lost.packets} packets{unknown_en}",
        )
    worst = burst is not None and burst >= limits.burst_percent_fail
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
            "warn" if worst else "pass",
            f"< {limits.burst_percent_fail:g} %",
            SOURCES["burst_percent"],
        ),
    ]


def _worse_loss(seen: Seen) -> float | None:
    call = seen.call
    known = [
        lost.percent
        for lost in ((call.up, call.down) if call is not None else ())
        if lost is not None and lost.percent is not None
    ]
    return max(known) if known else None


def _mos(
    rtt: float | None,
    jitter: float | None,
    loss: float | None,
    limits: Thresholds,
    found: _Findings,
    figures: list[Figure],
) -> None:
    value: float | None = None
    if rtt is not None and jitter is not None and loss is not None:
        value = emodel.mos(rtt, jitter, loss / 100)
    state: State = "pass"
    if value is not None and value < limits.mos_pass:
        # Of a long way alone the moderator decides, see _rtt.
        near = emodel.mos(min(rtt or 0.0, limits.rtt_ms_pass), jitter or 0.0, (loss or 0.0) / 100)
        state = "fail" if value < limits.mos_fail else "warn"
        by_distance = near >= limits.mos_fail
        finding: State = "warn" if by_distance else state
        found.add(finding, "mos_low", mos=wording.both(wording.number(value, 2)))
    text = wording.both(wording.number(value or 0.0, 2))
    limit = f"≥ {limits.mos_pass:.1f}"
    figures.append(wording.figure("mos", value, "", text, state, limit, SOURCES["mos"]))


def _received(seen: Seen, limits: Thresholds, found: _Findings, figures: list[Figure]) -> None:
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
        found.add("warn", "few_frames", fps=wording.both(wording.number(fps, 1)))
    limit, source = f"≥ {limits.fps_pass:g}", SOURCES["fps"]
    text = wording.both(wording.number(fps or 0.0, 1))
    figures.append(wording.figure("fps_received", fps, "fps", text, state, limit, source))
    shown = wording.both(wording.number(height or 0.0, 0))
    figures.append(wording.figure("frame_height", height, "px", shown))
    count = wording.both(wording.number(freezes or 0.0, 0))
    figures.append(wording.figure("freezes", freezes, "", count))
    figures.append(wording.figure("frozen_ms", frozen, "ms", wording.milliseconds(frozen or 0.0)))
    figures.append(
        wording.figure("av_offset_ms", offset, "ms", wording.milliseconds(offset or 0.0))
    )


def _delays(seen: Seen) -> list[Figure]:
    down, error = seen.delay_down_ms, seen.delay_error_ms
    text = wording.milliseconds(down or 0.0)
    if error is not None:
        beside = wording.number(error, 0)
        text = Words(f"{text.id} (±{beside})", f"{text.en} (±{beside})")
    psnr = wording.both(f"{wording.number(seen.psnr_db or 0.0, 1)} dB")
    ssim = wording.both(wording.number(seen.ssim or 0.0, 3))
    return [
        wording.figure("delay_down_ms", down, "ms", text, interval=error),
        wording.figure("psnr_db", seen.psnr_db, "dB", psnr),
        wording.figure("ssim", seen.ssim, "", ssim),
    ]


# --- capacity -------------------------------------------------------------------------------------

_SKIPPED_LOAD = {
    "live": Words("dilewati, sesi berlangsung", "skipped, the session is live"),
    "quick": Words("dilewati, periksa singkat", "skipped in the short check"),
    "together": Words("dilewati, diuji bersama", "skipped, tested together"),
    "no_path": Words("dilewati, tidak ada jalan", "skipped, no way"),
}


def _capacity(seen: Seen, limits: Thresholds) -> Step:
    if seen.load_skipped:
        line = _SKIPPED_LOAD.get(seen.load_skipped, wording.NOT_MEASURED)
        return Step(name="capacity", state="skipped", line=line)
    found = _Findings()
    figures: list[Figure] = []
    up, up_more = _known(seen.load_up)
    down, down_more = _known(seen.load_down)
    if up is None and down is None:
        return _broken("capacity", "capacity_unknown")
    _judge_up(up, up_more, limits, found, figures)
    _judge_down(down, down_more, limits, found, figures)
    for side, load in (("up", seen.load_up), ("down", seen.load_down)):
        _judge_rise(side, load, limits, found, figures)
    if up is None or down is None:
        found.add("warn", "capacity_unknown")
    words = [wording.megabits(up, up_more), wording.megabits(down, down_more)]
    line = Words(
        f"unggah {words[0].id}, unduh {words[1].id} Mbit/s",
        f"up {words[0].en}, down {words[1].en} Mbit/s",
    )
    return _step("capacity", line, found, figures)


def _known(load: LoadReport | None) -> tuple[float | None, bool]:
    """kbit/s, and whether the line carries at least that much. Above the ceiling the ceiling."""
    if load is None or load.kbps is None:
        return None, False
    if load.kbps >= CEILING_KBPS * 1.1 or (not load.filled and load.kbps >= CEILING_KBPS):
        return CEILING_KBPS, True
    return load.kbps, not load.filled


def _judge_up(
    up: float | None, more: bool, limits: Thresholds, found: _Findings, figures: list[Figure]
) -> None:
    state: State = "pass"
    if up is not None and up < limits.up_kbps_pass and not more:
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
    down: float | None, more: bool, limits: Thresholds, found: _Findings, figures: list[Figure]
) -> None:
    state: State = "pass"
    if down is not None and down < limits.down_kbps_pass and not more:
        state = "fail" if down < limits.down_kbps_fail else "warn"
        found.add("warn", "down_small", rate=wording.rate(down))
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
    found: _Findings,
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


# --- reconnect ------------------------------------------------------------------------------------


def _reconnect(seen: Seen, limits: Thresholds) -> Step:
    if seen.kind == "quick":
        return _skipped("reconnect", "dilewati, periksa singkat", "skipped in the short check")
    if seen.together:
        return _skipped("reconnect", "dilewati, diuji bersama", "skipped, tested together")
    cut = seen.cut
    if cut is None:
        if seen.chosen is None:
            return _skipped("reconnect", "dilewati, tidak ada jalan", "skipped, no way")
        return _broken("reconnect", "not_measured")
    found = _Findings()
    figures = [
        wording.figure(
            f"reconnect_{name}_ms",
            value,
            "ms",
            wording.seconds(value or 0.0),
            "pass" if value is None or value <= 1000 * limits.reconnect_s_pass else "warn",
            f"≤ {limits.reconnect_s_pass:g} s",
            SOURCES["reconnect_s"],
        )
        for name, value in (("socket", cut.socket_ms), ("media", cut.media_ms))
    ]
    if cut.media_ms is None:
        found.add("fail", "reconnect_none")
        line = Words("tidak kembali", "did not come back")
    else:
        text = wording.seconds(cut.media_ms)
        if cut.media_ms > 1000 * limits.reconnect_s_pass:
            found.add("warn", "reconnect_slow", seconds=text)
        line = Words(f"kembali dalam {text.id}", f"back in {text.en}")
    return _step("reconnect", line, found, figures)


_JUDGES: dict[StepName, Callable[[Seen, Thresholds], Step]] = {
    "browser": _browser,
    "devices": _devices,
    "signalling": _signalling,
    "paths": _paths,
    "media": _media,
    "capacity": _capacity,
    "reconnect": _reconnect,
}


# --- the whole ------------------------------------------------------------------------------------


def conclude(
    steps: tuple[Step, ...], seen: Seen, limits: Thresholds
) -> tuple[Step, Outcome, Profile, Words]:
    """The verdict step, the outcome, the profile and the one sentence, from the other steps."""
    others = [step for step in steps if step.name != "verdict"]
    profile = _profile(seen, limits)
    worst = max(others, key=lambda step: _RANK[step.state])
    outcome: Outcome = "fail" if worst.state == "fail" else "pass"
    if worst.state == "warn" or (outcome == "pass" and profile in ("360p", "audio")):
        outcome = "warn"
    if profile == "none":
        outcome = "fail"
    if outcome == "pass" and _unmeasured(others, seen):
        outcome = "warn"
    sentence = _sentence(outcome, profile, worst)
    word = {
        "pass": Words("siap", "ready"),
        "warn": Words("perhatian", "attention"),
        "fail": Words("belum siap", "not ready"),
    }[outcome]
    names = {"audio": Words("suara saja", "sound alone")}
    shown = names.get(profile, Words(profile, profile))
    line = word
    if profile != "none" and outcome != "fail":
        line = Words(f"{word.id}, {shown.id}", f"{word.en}, {shown.en}")
    step = Step(
        name="verdict",
        state=outcome,
        line=line,
        cause_code=worst.cause_code if outcome != "pass" else "",
        cause=worst.cause if outcome != "pass" else None,
        cure=worst.cure if outcome != "pass" else (),
    )
    return step, outcome, profile, sentence


def _unmeasured(steps: list[Step], seen: Seen) -> bool:
    """A full run of which a step was left out says less than "ready"."""
    if seen.kind == "quick" or seen.together:
        return False
    skipped = {step.name for step in steps if step.state in ("skipped", "pending")}
    return bool(skipped - ({"devices"} if seen.client == "program" else set()))


def _sentence(outcome: Outcome, profile: Profile, worst: Step) -> Words:
    if outcome == "pass":
        return Words(
            "Siap: jalur dan perangkat membawa sesi.", "Ready: line and equipment carry it."
        )
    if worst.cause is not None:
        return worst.cause
    if profile == "720p":
        return Words(
            "Belum semua langkah terukur. Ulangi uji.",
            "Not all steps were measured. Run the trial again.",
        )
    carries = {
        "720p": Words("Jalur membawa 720p.", "The line carries 720p."),
        "360p": Words("Jalur membawa gambar 360p.", "The line carries a picture of 360p."),
        "audio": Words("Jalur hanya membawa suara.", "The line carries sound alone."),
        "none": Words("Jalur tidak membawa panggilan.", "The line does not carry a call."),
    }
    return carries[profile]


_LEVELS: dict[str, Profile] = {"720p": "720p", "360p": "360p", "180p": "360p", "audio": "audio"}
_ORDER: tuple[Profile, ...] = ("720p", "360p", "audio", "none")


def _profile(seen: Seen, limits: Thresholds) -> Profile:
    """The poorest of what the media call reached and what the capacities allow."""
    call = seen.call
    if call is None or (call.up is None and call.down is None):
        return "none"
    profiles: list[Profile] = [_LEVELS.get(call.level, "720p")]
    up, up_more = _known(seen.load_up)
    down, down_more = _known(seen.load_down)
    if up is not None and not up_more:
        profiles.append(_by_up(up, limits))
    if down is not None and not down_more and down < limits.down_kbps_pass:
        profiles.append("360p" if down >= limits.down_kbps_fail else "audio")
    loss = _worse_loss(seen)
    if loss is not None and loss > 3 * limits.loss_percent_fail:
        profiles.append("audio")
    return max(profiles, key=_ORDER.index)


def _by_up(up: float, limits: Thresholds) -> Profile:
    if up >= limits.up_kbps_pass:
        return "720p"
    if up >= limits.up_kbps_360p:
        return "360p"
    return "audio" if up >= limits.up_kbps_fail else "none"
