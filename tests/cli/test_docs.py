"""docs/command-line.md is complete: every command and every option is in it."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import ROOT, Vicon

GUIDE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
SECTIONS = {
    text.split("`")[1].split()[1]: text for text in re.split(r"^### ", GUIDE, flags=re.M)[1:]
}
COMMANDS = ("up", "serve", "links", "doctor", "config", "journal", "agent", "rehearse")


def test_every_command_has_a_section() -> None:
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize(
    "command",
    [*((name,) for name in COMMANDS), *(("journal", act) for act in ("show", "verify", "export"))],
    ids=" ".join,
)
def test_every_option_is_explained(vicon: Vicon, command: tuple[str, ...]) -> None:
    help = vicon(*command, "--help").stdout
    offered = set(re.findall(r"^│[ *]+(--[a-z][a-z-]*)", help, flags=re.M)) - {"--help"}
    offered |= set(re.findall(r"--no-[a-z]+", help))
    explained = set(re.findall(r"--[a-z][a-z-]*", SECTIONS[command[0]]))
    assert offered - {"--version"} <= explained
    if len(command) == 1 and command[0] != "journal":
        assert explained <= offered
