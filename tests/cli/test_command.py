"""The command as a whole: help, languages, exit codes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Vicon
from vicon import __version__
from vicon.cli import run


def _processor_seconds(command: list[str]) -> float:
    """Of the best of three runs."""
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_help_names_every_command_and_comes_at_once(vicon_process: Vicon) -> None:
    """Under 0.4 s of processor time; on a slow or busy machine hardly more than the help of an
    empty command takes there."""
    done = vicon_process("--help")
    assert done.returncode == 0
    for name in ("up", "serve", "links", "doctor", "config", "journal", "agent", "rehearse"):
        assert f"│ {name} " in done.stdout
    taken = _processor_seconds([sys.executable, "-m", "vicon", "--help"])
    if taken >= 0.4:
        empty = "from cyclopts import App; App(name='x')(['--help'])"
        assert taken < 1.5 * _processor_seconds([sys.executable, "-c", empty])


def test_help_imports_none_of_the_commands() -> None:
    code = (
        "import sys; from vicon.cli import run; run(['--help'])\n"
        "print([m for m in sys.modules if m.startswith(('vicon.cli.', 'aiohttp', 'aiortc'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.rstrip().endswith("[]")


def test_version(vicon_process: Vicon) -> None:
    assert vicon_process("--version").stdout.strip() == __version__


def test_indonesian_first_english_on_demand(vicon_process: Vicon) -> None:
    indonesian = vicon_process("--help", LANGUAGE="", LC_ALL="C.UTF-8")
    assert "Memeriksa apakah mesin ini siap." in indonesian.stdout
    for arguments in (["--lang", "en", "--help"], ["--help", "--lang=en"]):
        english = vicon_process(*arguments, LANGUAGE="id")
        assert "Check whether this machine is ready." in english.stdout
    assert (
        "Read, verify, export"
        in vicon_process("--help", LANGUAGE="", LC_ALL="", LANG="en_GB").stdout
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["config", "--chek", "x"],
        ["config", "--check"],
        ["links"],
        ["journal", "verify"],
        ["journal", "burn"],
        ["--lang", "fr"],
        ["--lang"],
    ],
)
def test_wrong_use_is_2_and_one_sentence(vicon_process: Vicon, arguments: list[str]) -> None:
    done = vicon_process(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("vicon: ")
    assert "Traceback" not in done.stderr


def test_a_fault_of_ours_is_a_sentence_and_with_debug_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("boom")

    monkeypatch.setattr("vicon.config.sample", broken)
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.delenv("VICON_DEBUG", raising=False)
    assert run(["config"]) == 3
    said = capsys.readouterr().err
    assert "A fault within vicon: RuntimeError: boom" in said
    assert "Traceback" not in said
    monkeypatch.setenv("VICON_DEBUG", "1")
    assert run(["config"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("vicon.config.sample", interrupted)
    assert run(["config"]) == 130


def test_a_reader_that_goes_away_is_no_error(data: Path) -> None:
    """`vicon journal export | head -1`, with more output than the pipe holds."""
    line = f"{sys.executable} -m vicon journal export --data {data} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, env={**os.environ}, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "0"
    assert done.stderr == ""
