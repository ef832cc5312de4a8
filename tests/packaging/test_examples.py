"""What an office copies: the examples are in the wheel's package, and systemd has nothing against
the unit."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from vicon.cli import run
from vicon.cli.common import WRONG_USE
from vicon.cli.config import FILES, What
from vicon.config import example

EXAMPLES = Path(__file__).resolve().parents[2] / "vicon" / "examples"
ANALYZE = shutil.which("systemd-analyze", path="/usr/bin:/bin")
MOST_EXPOSED = 20
"""systemd-analyze's tenths: 0 is sealed, 100 is open."""
needs_systemd = pytest.mark.skipif(
    ANALYZE is None, reason="no systemd-analyze here (on Debian: apt-get install systemd)"
)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ANALYZE or "", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@needs_systemd
def test_systemd_reads_the_unit_without_a_word(tmp_path: Path) -> None:
    unit = tmp_path / "vicon.service"
    text = (EXAMPLES / "vicon.service").read_text("utf-8")
    assert "/opt/vicon/bin/vicon serve" in text
    unit.write_text(text.replace("/opt/vicon/bin/vicon", "/bin/true"), "utf-8")
    told = analyze("verify", str(unit))
    own = [line for line in told.stderr.splitlines() if "vicon" in line]
    assert (told.returncode, own) == (0, [])


@needs_systemd
def test_the_unit_leaves_little_open() -> None:
    told = analyze(
        "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", str(EXAMPLES / "vicon.service")
    )
    assert told.returncode == 0, told.stdout[-1500:]


def test_proxies_and_unit_speak_of_the_same_server() -> None:
    for name in ("nginx.conf", "Caddyfile"):
        text = (EXAMPLES / name).read_text("utf-8")
        settings = re.findall(r"^#   (.*)$", text, re.MULTILINE)
        assert settings[0] == "[server]"
        assert 'proxies = ["127.0.0.1"]' in settings
        assert "127.0.0.1:8443" in text


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["config", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("what", FILES)
def test_each_example_is_told_as_it_is(capsys: pytest.CaptureFixture[str], what: What) -> None:
    assert told(capsys, what) == (EXAMPLES / FILES[what]).read_text("utf-8")


def test_coturn_is_told_what_the_configuration_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "vicon.toml"
    wanted = '[media]\naddresses = ["10.0.0.5"]\nannounced = ["203.0.113.5"]\n[turn]\n'
    wanted += 'urls = ["turn:turn.contoh.go.id:3478"]\nsecret = "rahasia"\n'
    file.write_text(wanted + example().read_text("utf-8"), "utf-8")
    text = told(capsys, "coturn", "--from", str(file))
    allowed = re.findall(r"^allowed-peer-ip=(.*)$", text, re.MULTILINE)
    assert allowed == ["10.0.0.5", "203.0.113.5"]


def test_coturn_without_a_configuration_says_what_it_needs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["config", "coturn"]) == WRONG_USE
    assert "--from" in capsys.readouterr().err


def test_the_document_and_the_unit_speak_of_the_same_places() -> None:
    document = (EXAMPLES.parents[1] / "docs" / "installing.md").read_text("utf-8")
    unit = (EXAMPLES / "vicon.service").read_text("utf-8")
    (start,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    program, _, *options = start.split()
    for place in (program, *(option for option in options if option.startswith("/"))):
        assert place in document
