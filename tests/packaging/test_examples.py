"""What an office copies: the examples are in the wheel's package, and systemd has nothing against
the unit."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

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
