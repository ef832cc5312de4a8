"""What the browser and the devices that were seen mean. Pure."""

from __future__ import annotations

from signaling.trial import DeviceFacts
from vicon.measure.looks import CameraLook, MicrophoneLook
from vicon.measure.run import Figure, State, Step, Words
from vicon.trial import wording
from vicon.trial.findings import Findings, broken, skipped, step
from vicon.trial.seen import Seen
from vicon.trial.thresholds import SOURCES, Thresholds

_NEEDED_CODECS = ("vp8", "opus")
_SMALL_CAMERA = 480
"""Fewer lines than that are told."""


def browser(seen: Seen, limits: Thresholds) -> Step:
    facts = seen.browser
    if facts is None:
        return broken("browser", "not_measured")
    found = Findings()
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
    return step("browser", Words(text, text), found, notes=notes)


def devices(seen: Seen, limits: Thresholds) -> Step:
    if seen.client == "program":
        return skipped("devices", "program tanpa kamera", "a program has no camera")
    facts = seen.devices
    if facts is None:
        return broken("devices", "not_measured")
    found = Findings()
    figures: list[Figure] = []
    _camera(seen, facts, found, figures)
    _microphone(seen, facts, limits, found, figures)
    if facts.speaker:
        name = Words(facts.speaker, facts.speaker)
        figures.append(Figure(name="speaker", value=None, unit="", text=name))
    opened = not (facts.camera_problem and facts.microphone_problem)
    unseen = (not facts.camera_problem and seen.camera is None) or (
        not facts.microphone_problem and seen.microphone is None
    )
    if opened and unseen:
        found.add("warn", "devices_unseen")
    return step("devices", _devices_line(seen, facts), found, figures)


def _devices_line(seen: Seen, facts: DeviceFacts) -> Words:
    height = _camera_height(seen, facts)
    ids, ens = [], []
    if height:
        ids.append(f"kamera {height}p")
        ens.append(f"camera {height}p")
    if seen.microphone is not None:
        level = f"{wording.number(seen.microphone.rms_dbfs, 0)} dBFS"
        ids.append(f"mikrofon {level}")
        ens.append(f"microphone {level}")
    return Words(", ".join(ids), ", ".join(ens)) if ids else wording.NOT_MEASURED


def _camera_height(seen: Seen, facts: DeviceFacts) -> int:
    """Of the camera itself: what came over the line may be smaller."""
    return facts.height or (seen.camera.height if seen.camera is not None else 0)


_PROBLEMS = frozenset(("denied", "missing", "busy", "unanswered"))


def _camera(seen: Seen, facts: DeviceFacts, found: Findings, figures: list[Figure]) -> None:
    if facts.camera_problem:
        kind = facts.camera_problem if facts.camera_problem in _PROBLEMS else "failed"
        found.add("fail", f"camera_{kind}")
        return
    name: object = facts.camera or Words("kamera", "the camera")
    look = seen.camera
    if look is not None:
        _judge_camera(look, name, found)
        height, fps = _camera_height(seen, facts), facts.fps or look.fps
        text = wording.both(f"{height}")
        figures.append(wording.figure("camera_height", float(height), "px", text))
        rate = wording.both(wording.number(fps, 1))
        figures.append(wording.figure("camera_fps", fps or None, "fps", rate))
    if 0 < facts.height < _SMALL_CAMERA:
        found.add("warn", "camera_small", camera=name, height=facts.height)


def _judge_camera(look: CameraLook, name: object, found: Findings) -> None:
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
    seen: Seen, facts: DeviceFacts, limits: Thresholds, found: Findings, figures: list[Figure]
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
