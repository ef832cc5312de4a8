"""The alert rules: Prometheus' own promtool reads them, and each fires when it should and not
before."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from vicon import config

RULES = config.around("alerts.yaml")
NAMES = re.findall(r"^ +- alert: (\w+)$", RULES, re.MULTILINE)
ROOM = 'conference="k",room="64.02"'
PROMTOOL = shutil.which("promtool")

needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="needs promtool (Debian: prometheus)")


class Case(NamedTuple):
    """What makes an alert fire; values a minute apart, as promtool writes them."""

    series: str
    values: str


CASES: dict[str, list[Case]] = {
    "ViconHallLost": [Case(f'vicon_room_presence{{{ROOM},presence="lost"}}', "1x10")],
    "ViconHallCallsForHelp": [Case(f"vicon_room_help{{{ROOM}}}", "1x10")],
    "ViconCountOver": [Case(f'vicon_room_alarm{{{ROOM},kind="over"}}', "1x10")],
    "ViconLossHigh": [Case(f'vicon_room_line_loss_ratio{{{ROOM},way="up"}}', "0.08x10")],
    "ViconHallNotReady": [Case(f'vicon_room_ready{{{ROOM},state="untested"}}', "1x60")],
    "ViconDown": [Case('up{job="vicon"}', "0x10")],
    "ViconMediaWorkerRestarted": [Case("vicon_media_worker_restarts_total", "0 0 1 1 1x10")],
    "ViconMediaWorkerSilent": [Case("vicon_media_heartbeat_age_seconds", "7x10")],
    "ViconPressed": [Case("vicon_pressure_level", "2x10")],
    "ViconDiskLow": [Case("vicon_disk_free_bytes", "1000000000x10")],
    "ViconJournalFails": [Case("vicon_journal_write_failures_total", "0 0 1 2 3x10")],
    "ViconJournalSlow": [
        Case('vicon_journal_write_seconds_bucket{le="0.1"}', "0+1x20"),
        Case('vicon_journal_write_seconds_bucket{le="1.0"}', "0+60x20"),
        Case('vicon_journal_write_seconds_bucket{le="+Inf"}', "0+60x20"),
    ],
    "ViconCertificateSoonOver": [
        Case('vicon_certificate_expiry_timestamp_seconds{listener="a:1"}', "864000x20")
    ],
    "ViconStandbyWithoutRight": [
        Case('vicon_standby_state{state="none"}', "0x10"),
        Case("vicon_standby_right", "0x10"),
    ],
    "ViconWebhookBehind": [Case('vicon_webhook_failing{receiver="pusat"}', "1x10")],
    "ViconCheckFails": [Case('vicon_check_state{check="disk"}', "2x10")],
}
GOOD = [
    Case(f'vicon_room_presence{{{ROOM},presence="lost"}}', "0x60"),
    Case(f"vicon_room_help{{{ROOM}}}", "0x60"),
    Case(f'vicon_room_alarm{{{ROOM},kind="over"}}', "0x60"),
    Case(f'vicon_room_line_loss_ratio{{{ROOM},way="up"}}', "0.01x60"),
    Case(f'vicon_room_ready{{{ROOM},state="untested"}}', "0x60"),
    Case('up{job="vicon"}', "1x60"),
    Case("vicon_media_worker_restarts_total", "2x60"),
    Case("vicon_media_heartbeat_age_seconds", "0.6x60"),
    Case("vicon_media_ready", "1x60"),
    Case("vicon_pressure_level", "0x60"),
    Case("vicon_disk_free_bytes", "80000000000x60"),
    Case("vicon_journal_write_failures_total", "1x60"),
    Case('vicon_journal_write_seconds_bucket{le="0.1"}', "0+60x60"),
    Case('vicon_journal_write_seconds_bucket{le="+Inf"}', "0+60x60"),
    Case('vicon_certificate_expiry_timestamp_seconds{listener="a:1"}', "9000000x60"),
    Case('vicon_standby_state{state="none"}', "0x60"),
    Case("vicon_standby_right", "1x60"),
    Case('vicon_check_state{check="disk"}', "1x60"),
    Case('vicon_webhook_failing{receiver="pusat"}', "0x60"),
]


def _test(series: list[Case], alert: str, at: str, *, fires: bool) -> dict[str, Any]:
    query = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
    samples = [{"labels": "{}", "value": 1}] if fires else []
    return {
        "interval": "1m",
        "input_series": [{"series": one.series, "values": one.values} for one in series],
        "promql_expr_test": [{"expr": query, "eval_time": at, "exp_samples": samples}],
    }


def _run(folder: Path, *arguments: str) -> None:
    assert PROMTOOL
    done = subprocess.run(
        [PROMTOOL, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_promtool_finds_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text(RULES, "utf-8")
    _run(tmp_path, "check", "rules", "--lint=all", "--lint-fatal", "alerts.yaml")


@needs_promtool
def test_each_fires_when_it_should_and_is_silent_when_all_is_well(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text(RULES, "utf-8")
    tests = [_test(GOOD, name, "45m", fires=False) for name in NAMES]
    tests += [
        _test(CASES[name], name, "45m" if name == "ViconHallNotReady" else "8m", fires=True)
        for name in NAMES
    ]
    told = {"rule_files": ["alerts.yaml"], "evaluation_interval": "1m", "tests": tests}
    (tmp_path / "tests.yaml").write_text(json.dumps(told), "utf-8")
    _run(tmp_path, "test", "rules", "tests.yaml")


def test_every_alert_has_a_case_and_speaks_both_languages() -> None:
    assert set(NAMES) == set(CASES)
    for part in RULES.split("- alert: ")[1:]:
        for wanted in ("summary_id", "description_id", "summary", "description"):
            said = re.findall(rf'^ +{wanted}: "(.+)"$', part, re.MULTILINE)
            assert len(said) == 1, (part, wanted)
        assert re.search(r"labels: \{severity: (critical|warning|info)\}", part), part
