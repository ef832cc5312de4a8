"""Nothing that a person reads is there in one language alone: what the program's own text shows of
that. scripts/check runs this, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from signaling.reasons import REFUSALS
from vicon.app.officewords import OFFICE
from vicon.web.checkin.words import WORDS, problem
from vicon.web.problems import PROBLEMS

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("vicon/**/*.py"), *ROOT.glob("signaling/**/*.py")])
PAIRS = {"Words", "say", "said", "SpokenError"}
"""What is called with a text in Bahasa Indonesia, then in English."""
SAME = {"TURN/UDP", "TURN/TCP", "TURN/TLS", "vicon"}
REFUSED = {reason.code: reason for reason in REFUSALS}
READ = r'\b(?:alt|aria-label|placeholder|title)="([^"]*)"'


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def literal(node: ast.expr) -> str | None:
    """A text as it is written, with {} for each value; None: it is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return "".join(map(str, parts))


def one_sided(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of pairs that are not two languages."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or name_of(call) not in PAIRS or len(call.args) != 2:
            continue
        id, en = map(literal, call.args)
        if id is None or en is None or (id, en) == ("", ""):
            continue
        words = re.sub(r"\{[^}]*\}", "", id)
        if not id.strip() or not en.strip():
            yield call.lineno, id or en
        elif id == en and len(re.findall(r"[^\W\d_]{3,}", words)) > 1 and id not in SAME:
            yield call.lineno, id


def refused(tree: ast.AST) -> Iterator[tuple[int, str, set[str] | None]]:
    """Line, code and names of the values of each refusal; None: they are made elsewhere."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or name_of(call) != "Refused" or not call.args:
            continue
        code = literal(call.args[0])
        if code is None:
            continue
        given = call.args[1] if len(call.args) > 1 else ast.Dict(keys=[], values=[])
        known = isinstance(given, ast.Dict) and all(given.keys)
        names = {str(literal(key)) for key in given.keys if key} if known else None  # type: ignore[attr-defined]
        yield call.lineno, code, names


def is_said(code: str, names: set[str] | None) -> bool:
    """On the wire, at a door, to an encoder or the organizer, with the values that it is given."""
    reason = REFUSED.get(code)
    if reason is not None:
        return names is None or reason.placeholders <= names
    try:
        problem(code, dict.fromkeys(names or (), ""))
    except KeyError:
        return code in PROBLEMS or code in OFFICE
    return True


def unspoken(template: str) -> list[str]:
    """Words of a page's template that are in one language alone."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", "", template, flags=re.DOTALL)
    read = re.findall(READ, text)
    between = re.sub(r"<[^>]*>", " ", re.sub(r'\b[\w-]+="[^"]*"', "", text))
    words = [word for part in (between, *read) for word in re.findall(r"[^\W\d_]{2,}", part)]
    return [word for word in words if word not in SAME]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_is_in_both_languages(path: Path) -> None:
    assert list(one_sided(ast.parse(path.read_text("utf-8")))) == []


def test_every_refusal_has_its_sentence_and_its_values() -> None:
    found = 0
    for path in SOURCES:
        for line, code, names in refused(ast.parse(path.read_text("utf-8"))):
            found += 1
            assert is_said(code, names), f"{path}:{line}: no sentence for {code} with {names}"
    assert found > 80


def test_the_doors_pages_have_no_words_of_their_own() -> None:
    templates = list(ROOT.glob("vicon/web/**/*.html"))
    assert len(templates) >= 3
    for path in templates:
        text = path.read_text("utf-8")
        assert unspoken(text) == [], path.name
        unknown = set(re.findall(r"\bw\.(\w+)", text)) - WORDS.keys()
        assert not unknown, path.name


SHEETS = {ROOT / "vicon/report/poster.typ", ROOT / "vicon/report/join.typ"}
"""On these both languages stand beside each other."""
REPORTS = sorted(set(ROOT.glob("vicon/report/*.typ")) - SHEETS)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.name)
def test_reports_are_set_from_words_that_come_in(path: Path) -> None:
    text = path.read_text("utf-8")
    shown = re.findall(r"\[([^\[\]#]*[^\W\d_]{3,}[^\[\]#]*)\]", re.sub(r"//.*", "", text))
    assert [one for one in shown if one.strip() not in ("NIP.",)] == []


def test_what_is_in_one_language_is_found() -> None:
    bad = (
        'Words("Ruang penuh", "")\nsay("Dua kata", "Dua kata")\nWords("a", "b")\n'
        'say(f"{n} orang", "")'
    )
    assert [line for line, _ in one_sided(ast.parse(bad))] == [1, 2, 4]
    assert list(refused(ast.parse('Refused("no_such", {"most": 1})'))) == [(1, "no_such", {"most"})]
    assert not is_said("no_such", set())
    assert not is_said("room_full", set())
    assert is_said("room_full", {"cap"})
    assert unspoken('<p title="Nama">{{ w.name }}{% if x %}Halo{% endif %}</p>') == ["Halo", "Nama"]
    assert (
        unspoken('<p class="strong" title="{{ w.name }}">{{ w.name }}: {# not read #}3</p>') == []
    )
