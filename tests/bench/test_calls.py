"""How the figures of measured calls are made of what browsers tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench import loss, rate


def reports(**changed: float) -> dict[str, dict[str, Any]]:
    names = ("freezeCount", "totalFreezesDuration", "framesDecoded", "packetsLost")
    video: dict[str, Any] = {"frameHeight": 360, **dict.fromkeys(names, 0)}
    audio: dict[str, Any] = dict.fromkeys(
        ("concealedSamples", "silentConcealedSamples", "totalSamplesReceived"), 0
    )
    for name, value in changed.items():
        (audio if name in audio else video)[name] = value
    return {"video": video, "audio": audio}


def test_a_call_is_told_per_minute_and_without_silent_concealment() -> None:
    after = reports(
        freezeCount=2,
        totalFreezesDuration=0.5,
        framesDecoded=450,
        packetsLost=9,
        concealedSamples=9_600,
        silentConcealedSamples=2_400,
        totalSamplesReceived=720_000,
    )
    found = loss.figures(reports(), after, 15.0)
    assert found["freezes_per_minute"] == 8
    assert found["frozen_ms_per_minute"] == 2000
    assert found["frames_per_s"] == 30
    assert found["packets_lost"] == 9
    assert found["concealed_percent"] == 1


def test_sides_are_compared_by_the_medians_of_their_rounds() -> None:
    def of(freezes: float) -> dict[str, dict[str, float]]:
        names = dict.fromkeys(loss.LOWER_IS_BETTER, 0.0)
        return {"3": {**names, "freezes_per_minute": freezes}}

    row = loss.table([{"vicon": of(v), "janus": of(j)} for v, j in ((1, 4), (9, 2), (2, 8))])["3"]
    assert row["vicon"]["freezes_per_minute"] == 2
    assert row["ratio"]["freezes_per_minute"] == 0.5
    assert row["ratio"]["concealed_percent"] is None
    assert all(row["no_worse"].values())


def samples(phase: str, heights: list[int], dropped: list[int] | None = None) -> list[rate.Sample]:
    start = dict(zip(rate.PHASES, (0, 25, 45), strict=True))[phase]
    return [
        {
            "phase": phase,
            "at_s": start + second,
            "in_phase_s": float(second),
            "queue_dropped": fallen,
            "bad": {"height": height, "longest_gap_ms": 200, "concealed_samples": 0},
            "good": {"height": 720},
        }
        for second, (height, fallen) in enumerate(
            zip(heights, dropped or [0] * len(heights), strict=True), 1
        )
    ]


def test_a_line_is_settled_when_the_picture_stays_and_hardly_anything_falls_out() -> None:
    narrow = samples("narrow", [720, 360, *[180] * 5, 360], [10, 40, 50, 60, 61, 61, 61, 90])
    told = rate.summary(
        samples("wide", [360, 720]) + narrow + samples("wide again", [180, 180, *[720] * 4])
    )
    assert (told["settled_down_s"], told["settled_up_s"]) == (5, 3)
    assert told["seconds_unsettled_again"] == {"narrow": 1, "wide again": 0}
    assert told["good_kept_its_layer"]
    assert told["held"]["down within 5 s"]
    assert told["height"] == {"wide": 720, "narrow": 360, "wide again": 720}


@pytest.mark.parametrize("last", [180, 360])
def test_a_picture_that_does_not_come_back_is_not_settled(last: int) -> None:
    told = rate.summary(
        samples("wide", [720])
        + samples("narrow", [180] * 4)
        + samples("wide again", [180, *[last] * 4])
    )
    assert told["settled_up_s"] is None
    assert not told["held"]["up within 20 s"]
