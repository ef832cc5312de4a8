"""The promises of scripts/ that a broken one would break silently."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("told", ["version", "section"])
def test_a_tag_that_says_another_version_is_not_released(tmp_path: Path, told: str) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(CHECKOUT / "scripts/release", tmp_path / "scripts")
    version, section = ("1.2.3", "1.2.4") if told == "version" else ("1.2.4", "1.2.3")
    (tmp_path / "pyproject.toml").write_text(f'version = "{version}"\n')
    (tmp_path / "CHANGELOG.md").write_text(f"## [{section}] - 2026-11-30\n")
    person = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"], ["tag", "v1.2.4"]):
        subprocess.run(["git", *person, *words], cwd=tmp_path, check=True, timeout=30)
    done = subprocess.run(
        ["scripts/release", "out"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "the tag is v1.2.4" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_skipped_test_fails_the_run_in_ci_alone(tmp_path: Path, ci: str, code: int) -> None:
    shutil.copy(CHECKOUT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_good() -> None: pass\n"
        "@pytest.mark.skip(reason='no such machine')\n"
        "def test_other() -> None: pass\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", str(tmp_path)],
        cwd=tmp_path, env=os.environ | {"CI": ci}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout
    assert "no such machine" in done.stdout
    assert "1 passed, 1 skipped" in done.stdout.splitlines()[-1]


def _no_hosts(folder: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/no-hosts in a repository that holds one more file."""
    (folder / "scripts").mkdir()
    shutil.copy(CHECKOUT / "scripts/no-hosts", folder / "scripts")
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    command = [folder / "scripts/no-hosts"]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("requirements/runtime.txt", "a==1 --hash=sha256:00\n", 0),
        ("requirements/runtime.txt", "-i https://example.org/simple\n", 1),
        ("web_client/package-lock.json", '{"resolved": "https://example.org/a.tgz"}\n', 1),
        ("docs/how.md", "Fetched from py" + "pi.org.\n", 1),
        ("docs/how.md", "See https://example.org.\n", 0),
    ],
)
def test_no_file_names_where_packages_come_from(
    tmp_path: Path, name: str, text: str, code: int
) -> None:
    done = _no_hosts(tmp_path, name, text)
    assert done.returncode == code, done.stdout + done.stderr
    assert (name in done.stdout) == bool(code)
