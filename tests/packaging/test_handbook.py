"""The handbooks name nothing that is not there: pictures, pages, commands and keys; and both
editions have the same parts. Their words: web_client/src/i18n/handbook.test.ts; their steps:
tests/e2e/test_handbook.py."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import cv2
import pypdfium2
import pytest
from cyclopts import App, CycloptsError

from vicon.cli import _COMMANDS

BOOKS = Path(__file__).parents[2] / "docs/handbook"
SET = Path(__file__).parents[2] / "scripts/handbook.py"
ROLES, LANGUAGES = ("moderator", "technician"), ("id", "en")
FILES = [BOOKS / f"{role}.{lang}.md" for role in ROLES for lang in LANGUAGES]
LARGEST, ALL = 60_000, 2_000_000
"""Bytes of a picture, and of all of them."""
SIZES = {(1280, 720), (390, 844)}
"""Width and height of a desk, a phone."""
KEYS = Path(__file__).parents[2] / "web_client/src/control/keys.ts"
NAMED_KEYS = {"Spasi", "Space", "Esc", "Enter"}


def pictures(text: str) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)


def links(text: str) -> list[str]:
    return re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", text)


def spans(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def commands(text: str) -> list[str]:
    return [one for one in spans(text) if one.startswith("vicon ")]


def shape(text: str) -> list[str]:
    """What each line is, by what no language changes: a heading's level and number, a step's
    number, the columns of a row, a picture's name."""
    found = []
    for line in text.splitlines():
        if line.startswith("#"):
            found.append(re.sub(r"[^#\d].*", "", line.replace(" ", "", 1)))
        elif re.match(r"\d+\. ", line):
            found.append(line.partition(".")[0])
        elif line.startswith("|"):
            found.append(f"row of {line.count('|')}")
        elif line.startswith("!"):
            found.append(re.sub(r"\.(id|en)\.", ".", pictures(line)[0]))
        elif line:
            found.append("text")
    return found


def keys(text: str) -> set[str]:
    """Keys of the keyboard that are named."""
    return {one for one in spans(text) if len(one) == 1 or one in NAMED_KEYS}


@pytest.mark.parametrize("path", [*FILES, BOOKS / "README.md"], ids=lambda path: path.name)
def test_pictures_and_pages_are_there(path: Path) -> None:
    text = path.read_text("utf-8")
    for target in (*pictures(text), *links(text)):
        assert (BOOKS / target).is_file(), f"{path.name}: {target}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_edition_shows_pictures_of_its_language(path: Path) -> None:
    lang = path.name.split(".")[1]
    named = pictures(path.read_text("utf-8"))
    assert len(named) >= 10
    assert len(set(named)) == len(named)
    assert {one for one in named if f".{lang}." not in one} <= {"shots/poster.webp"}


def test_every_picture_is_shown_and_small() -> None:
    shown = {Path(name).name for path in FILES for name in pictures(path.read_text("utf-8"))}
    files = list((BOOKS / "shots").iterdir())
    assert {one.name for one in files} == shown
    assert sum(one.stat().st_size for one in files) < ALL
    for one in files:
        picture = cv2.imread(str(one))
        assert picture is not None, one.name
        assert one.stat().st_size <= LARGEST, one.name
        height, width = picture.shape[:2]
        assert (width, height) in SIZES or one.name == "poster.webp", one.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_commands_are_taken(path: Path) -> None:
    found = commands(path.read_text("utf-8"))
    assert "technician" not in path.name or len(found) > 15
    for command in found:
        assert is_taken(command), f"{path.name}: {command}"


def is_taken(command: str) -> bool:
    """The command and its options are known; files that it names need not be there."""
    app = App()
    for one in _COMMANDS:
        app.command(one.place, name=one.name)
    try:
        app.parse_args(shlex.split(command)[1:], exit_on_error=False, print_error=False)
    except CycloptsError as error:
        return "exist" in str(error)
    return True


@pytest.mark.parametrize("role", ROLES)
def test_both_editions_have_the_same_parts(role: str) -> None:
    id, en = (shape((BOOKS / f"{role}.{lang}.md").read_text("utf-8")) for lang in LANGUAGES)
    assert id == en


@pytest.mark.parametrize("role", ROLES)
def test_both_editions_press_the_same_keys(role: str) -> None:
    id, en = (keys((BOOKS / f"{role}.{lang}.md").read_text("utf-8")) for lang in LANGUAGES)
    assert id - {"Spasi"} == en - {"Space"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_moderators_keys_are_the_desks(lang: str) -> None:
    known = set(re.findall(r'^  "?([^"\s:])"?: \{ act: "', KEYS.read_text("utf-8"), re.MULTILINE))
    assert len(known) > 20
    named = keys((BOOKS / f"moderator.{lang}.md").read_text("utf-8")) - NAMED_KEYS
    assert {one.lower() for one in named} - set("0123456789") <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_sheet_of_the_day_is_the_first_page(path: Path, tmp_path: Path) -> None:
    """Of the PDF: that page is printed alone."""
    runpy.run_path(str(SET))["written_to"](path, tmp_path)
    pages = list(pypdfium2.PdfDocument(tmp_path / f"{path.stem}.pdf"))
    first, second, *_ = [page.get_textpage().get_text_range() for page in pages]
    headings = re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE)
    assert headings[0] in first
    assert headings[1] in second
    assert second.startswith("1. ")


def test_what_is_not_there_is_found() -> None:
    assert is_taken("vicon backup --data /var/lib/vicon --out FILE")
    assert not is_taken("vicon backup --date /var/lib/vicon")
    assert not is_taken("vicon backups --data /var/lib/vicon")
    text = "## 3. Uji\n\n1. Tekan `U`, lihat ![a](shots/a.id.webp)\n| a | b |\nKata [x](../y.md)"
    assert shape(text) == ["##3", "1", "row of 3", "text"]
    assert (pictures(text), links(text), keys(text)) == (["shots/a.id.webp"], ["../y.md"], {"U"})
