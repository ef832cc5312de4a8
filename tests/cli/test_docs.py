"""docs/command-line.md is complete: every command and every option is in it."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import ROOT, Vicon

GUIDE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
SECTIONS = {
    text.split("`")[1].split()[1]: text for text in re.split(r"^### ", GUIDE, flags=re.M)[1:]
}
ACTS: dict[str, tuple[str, ...]] = {
    "up": (),
    "serve": (),
    "standby": ("key",),
    "takeover": (),
    "links": (),
    "user": ("add", "passwd", "rights", "disable", "enable", "remove", "list"),
    "posters": (),
    "doctor": (),
    "config": (),
    "backup": ("verify",),
    "restore": (),
    "purge": (),
    "count": (),
    "minutes": (),
    "compose": (),
    "pact": ("pdf", "verify", "key"),
    "journal": ("show", "verify", "export"),
    "trial": ("verify",),
    "sweep": (),
    "ask": (),
    "agent": (),
    "rehearse": (),
    "drill": (),
}


def test_every_command_has_a_section(vicon: Vicon) -> None:
    assert sorted(SECTIONS) == sorted(ACTS)
    offered = re.findall(r"^│ +([a-z]+) +", vicon("--help").stdout, flags=re.M)
    assert sorted(offered) == sorted(ACTS)


@pytest.mark.parametrize("command", ACTS)
def test_every_option_is_explained(vicon: Vicon, vicon_process: Vicon, command: str) -> None:
    """Each command starts in a process of its own, too."""
    calls = [(command,), *((command, act) for act in ACTS[command])]
    offered = set[str]()
    for call in calls:
        done = (vicon if call[1:] else vicon_process)(*call, "--help")
        assert done.returncode == 0
        help = done.stdout
        offered |= set(re.findall(r"^│[ *]+(--[a-z][a-z-]*)", help, flags=re.M))
        offered |= set(re.findall(r"--no-[a-z]+", help))
    assert set(re.findall(r"--[a-z][a-z-]*", SECTIONS[command])) == offered - {
        "--help",
        "--version",
    }
