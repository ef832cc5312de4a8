"""The limits that every report prints."""

from __future__ import annotations

import msgspec

from vicon.trial.thresholds import SOURCES, Thresholds, rows


def test_the_defaults_are_those_of_the_design() -> None:
    table = {metric: (good, bad) for metric, good, bad, _ in rows(Thresholds())}
    assert table == {
        "rtt_ms": ("< 300", "> 500 (warning)"),
        "jitter_ms": ("< 30", "> 50"),
        "loss_percent": ("< 1", "> 5"),
        "burst_percent": ("< 10", ">= 10"),
        "mos": (">= 4", "< 3.5"),
        "capacity_up_kbps": (">= 1200 (360p 500, audio 150)", "< 150"),
        "capacity_down_kbps": (">= 1500", "< 500"),
        "rtt_rise_ms": ("< 50", ">= 100 (warning)"),
        "fps_received": (">= 15", "< 7"),
        "microphone_dbfs": ("> -60", "<= -60"),
        "clipped_samples": ("<= 6", "-"),
        "path": ("UDP", "-"),
        "signalling_ms": ("<= 1000", "-"),
        "reconnect_s": ("<= 5", "> 15"),
    }


def test_every_limit_names_its_source() -> None:
    assert all(source in SOURCES.values() and source for _, _, _, source in rows(Thresholds()))


def test_a_changed_limit_is_printed_as_it_is_in_force() -> None:
    changed = msgspec.structs.replace(Thresholds(), loss_percent_pass=0.5, rise_ms_fail=250.0)
    table = {metric: (good, bad) for metric, good, bad, _ in rows(changed)}
    assert table["loss_percent"] == ("< 0.5", "> 5")
    assert table["rtt_rise_ms"] == ("< 50", ">= 250 (warning)")
