"""From what was seen to what it means: one judge per step, then the whole. Pure.

A figure that was not measured is None and accuses nothing. A step that nothing could be said of is
skipped, with the reason. One cause per step: the worst that was found.
"""

from __future__ import annotations

from collections.abc import Callable

from vicon.measure.run import Outcome, Profile, Step, StepName, Words
from vicon.trial import judge_capacity, judge_devices, judge_line, judge_media
from vicon.trial.findings import RANK, broken
from vicon.trial.judge_capacity import known
from vicon.trial.judge_media import no_media, stopped_after, worse_loss
from vicon.trial.seen import Seen
from vicon.trial.thresholds import Thresholds
from vicon.trial.wording import both

_JUDGES: dict[StepName, Callable[[Seen, Thresholds], Step]] = {
    "browser": judge_devices.browser,
    "devices": judge_devices.devices,
    "signalling": judge_line.signalling,
    "paths": judge_line.paths,
    "media": judge_media.media,
    "capacity": judge_capacity.capacity,
    "reconnect": judge_line.reconnect,
}


def judge(name: StepName, seen: Seen, limits: Thresholds) -> Step:
    """A measuring step; of `verdict` see conclude()."""
    why = seen.broken.get(name)
    if why is not None:
        return broken(name, why)
    return _JUDGES[name](seen, limits)


def conclude(
    steps: tuple[Step, ...], seen: Seen, limits: Thresholds
) -> tuple[Step, Outcome, Profile | None, Words]:
    """The verdict step, the outcome, the profile and the one sentence, from the other steps. The
    profile is None where the call could not be measured, for no fault of the line."""
    others = [step for step in steps if step.name != "verdict"]
    profile: Profile | None = _profile(seen, limits)
    media = next((step for step in others if step.name == "media"), None)
    if seen.call is None and media is not None and media.state == "warn":
        profile = None
    worst = max(others, key=lambda step: RANK[step.state])
    outcome: Outcome = "fail" if worst.state == "fail" else "pass"
    if worst.state == "warn" or (outcome == "pass" and profile in ("360p", "audio")):
        outcome = "warn"
    if profile == "none":
        outcome = "fail"
    if outcome == "pass" and _unmeasured(others, seen):
        outcome = "warn"
    sentence = _sentence(outcome, profile, worst, seen)
    word = {
        "pass": Words("siap", "ready"),
        "warn": Words("perhatian", "attention"),
        "fail": Words("belum siap", "not ready"),
    }[outcome]
    line = word
    if profile not in (None, "none") and outcome != "fail":
        shown = Words("suara saja", "sound alone") if profile == "audio" else both(profile)
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


def _sentence(outcome: Outcome, profile: Profile | None, worst: Step, seen: Seen) -> Words:
    if outcome == "pass" and seen.together:
        return Words(
            "Jalur tetap membawa sesi saat semua ruang diuji bersama.",
            "The line carries the session while all rooms are tested at once.",
        )
    if outcome == "pass" and seen.client == "program":
        return Words(
            "Siap: jalur membawa sesi. Kamera dan mikrofon tidak diuji.",
            "Ready: the line carries it. Camera and microphone were not tested.",
        )
    if outcome == "pass":
        return Words(
            "Siap: jalur dan perangkat membawa sesi.", "Ready: line and equipment carry it."
        )
    if worst.cause is not None:
        return worst.cause
    if profile in (None, "720p"):
        return Words(
            "Belum semua langkah terukur. Ulangi uji.",
            "Not all steps were measured. Run the trial again.",
        )
    carries = {
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
    if call is None or no_media(seen) or stopped_after(seen) is not None:
        return "none"
    profiles: list[Profile] = [_LEVELS.get(call.level, "audio")]
    up, up_more = known(seen.load_up)
    down, down_more = known(seen.load_down)
    if up is not None and not up_more:
        profiles.append(_by_up(up, limits))
    if down is not None and not down_more and down < limits.down_kbps_pass:
        profiles.append("360p" if down >= limits.down_kbps_fail else "audio")
    loss = worse_loss(seen)
    if loss is not None and loss > 3 * limits.loss_percent_fail:
        profiles.append("audio")
    return max(profiles, key=_ORDER.index)


def _by_up(up: float, limits: Thresholds) -> Profile:
    if up >= limits.up_kbps_pass:
        return "720p"
    if up >= limits.up_kbps_360p:
        return "360p"
    return "audio" if up >= limits.up_kbps_fail else "none"
