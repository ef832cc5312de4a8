"""`vicon user`: accounts are made and changed; a password never stands on a command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Result, Vicon
from vicon.ops.accounts import Accounts
from vicon.ops.data import DataDir
from vicon.ops.passwords import Passwords
from vicon.ops.trail import read_trail

PASSWORD = "kuda makan rumput hijau"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\nanother line\n", "utf-8")
    return file


def given(*arguments: str | Path, words: str) -> Result:
    """With these words on its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "vicon", "--lang", "en", *map(str, arguments)],
        cwd=ROOT,
        input=words,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_account_is_made_changed_closed_and_removed(
    vicon: Vicon, data: Path, secret: Path
) -> None:
    home = DataDir(data)
    add = ("user", "add", "Rini", "--data", data, "--password-file", secret)
    done = vicon(
        *add, "--role", "moderator@kaltim-2020", "--role", "organizer", "--shown", "Rini A."
    )
    assert done.returncode == 0, done.stderr
    accounts = Accounts(home)
    made = accounts.find("rini")
    assert made is not None
    assert Passwords().verify(made.hash, PASSWORD)
    assert not Passwords().stale(made.hash)
    assert home.accounts.stat().st_mode & 0o777 == 0o600
    (told,) = json.loads(vicon("user", "list", "--data", data, "--json").stdout)
    assert (told["name"], told["shown"], told["disabled"]) == ("rini", "Rini A.", False)
    assert told["roles"] == [
        {"role": "moderator", "conference": "kaltim-2020"},
        {"role": "organizer", "conference": ""},
    ]
    assert made.hash not in vicon("user", "list", "--data", data).stdout

    fresh = given(
        "user", "passwd", "rini", "--data", data, "--password-file", "-", words="lain lagi ya\n"
    )
    assert fresh.returncode == 0, fresh.stderr
    changed = accounts.find("rini")
    assert changed is not None
    assert Passwords().verify(changed.hash, "lain lagi ya")
    editions = [made.edition, changed.edition]
    for act in (("rights", "--role", "technician"), ("disable",), ("enable",)):
        command = ("user", act[0], "rini", "--data", data, *act[1:])
        assert vicon(*command).returncode == 0
        found = accounts.find("rini")
        assert found is not None
        editions.append(found.edition)
    assert editions == [1, 2, 3, 4, 5]  # each ends the sessions
    assert found is not None
    assert [right.role for right in found.rights] == ["technician"]
    assert not found.disabled
    assert vicon("user", "remove", "rini", "--data", data).returncode == 0
    assert accounts.find("rini") is None
    assert "no accounts" in vicon("user", "list", "--data", data).stdout
    deeds = [deed.what for deed in read_trail(home)]
    assert deeds[0] == "user add"
    assert {"user passwd", "user rights", "user disable", "user enable", "user remove"} <= set(
        deeds
    )
    assert PASSWORD not in home.trail.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "rini", "--role", "moderator@lain"), "no conference with the id lain"),
        (("add", "rini", "--role", "operator"), "--role operator is unknown"),
        (("add", "rini", "--role", "organizer@kaltim-2020"), "is unknown"),
        (("add", "Rini A", "--role", "moderator"), "small letters"),
        (("add", "../x", "--role", "moderator"), "small letters"),
        (("passwd", "budi"), "no account budi"),
        (("disable", "budi"), "no account budi"),
        (("remove", "budi"), "no account budi"),
        (("rights", "budi", "--role", "moderator"), "no account budi"),
    ],
)
def test_what_cannot_be_meant_is_2_and_a_sentence(
    vicon: Vicon, data: Path, secret: Path, arguments: tuple[str, ...], said: str
) -> None:
    words = (*arguments, "--data", data)
    if arguments[0] in ("add", "passwd"):
        words = (*words, "--password-file", secret)
    done = vicon("user", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert Accounts(DataDir(data)).all() == []


def test_a_poor_password_or_none_makes_no_account(vicon: Vicon, data: Path) -> None:
    add = ("user", "add", "rini", "--role", "moderator", "--data", data)
    for words, said in (
        ("short\n", "too short"),
        ("rini rini rini\n", "easy to guess"),
        ("", "short"),
    ):
        done = given(*add, "--password-file", "-", words=words)
        assert done.returncode == 2
        assert said in done.stderr
    done = given(*add, words=PASSWORD)  # no terminal to ask on
    assert done.returncode == 2
    assert "--password-file" in done.stderr
    done = vicon(*add, "--password-file", data / "none")
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)
    assert Accounts(DataDir(data)).all() == []


def test_an_account_is_not_made_twice(vicon: Vicon, data: Path, secret: Path) -> None:
    add = ("user", "add", "rini", "--role", "moderator", "--data", data, "--password-file", secret)
    assert vicon(*add).returncode == 0
    before = (data / "accounts.json").read_bytes()
    done = vicon(*add)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert (data / "accounts.json").read_bytes() == before
