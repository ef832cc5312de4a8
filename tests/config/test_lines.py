from __future__ import annotations

import json
import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from vicon.config.lines import Place, find_lines, line_of

NASTY = '''# "quotes" [not.a.table] = 1
top = "# no comment" # [neither]
[a."b.c"] # the quoted key is one
"x y" = """
[not] = 'a table'
\\""" still ""inside"" """
lit = \'\'\'
\'quoted\' "" [x]
\'\'\'\'\'
when = 2020-09-25 09:00:00+08:00
d.e.f = 1
d.e.g = { h = [ 1, { i = "}" } ], 'j' = [] }
list = [
  "one", # comment ]
  [ 2,
    3 ],

  "four" ,
]
[[people]]
name = "first"
  [people.home]
  street = 1
  [[people.pets]]
  name = "cat"
  [[people.pets]]
  name = "dog"
[[people]]
name = "second"
[[people.pets]]
name = "hen"
'''
EXPECTED: dict[Place, int] = {
    ("top",): 2,
    ("a", "b.c", "x y"): 4,
    ("a", "b.c", "lit"): 7,
    ("a", "b.c", "when"): 10,
    ("a", "b.c", "d", "e", "f"): 11,
    ("a", "b.c", "d", "e", "g", "h", 1, "i"): 12,
    ("a", "b.c", "d", "e", "g", "j"): 12,
    ("a", "b.c", "list", 0): 14,
    ("a", "b.c", "list", 1): 15,
    ("a", "b.c", "list", 1, 1): 16,
    ("a", "b.c", "list", 2): 18,
    ("people",): 20,
    ("people", 0): 20,
    ("people", 0, "home", "street"): 23,
    ("people", 0, "pets", 1, "name"): 27,
    ("people", 1): 28,
    ("people", 1, "pets", 0, "name"): 31,
}


def places(value: Any, place: Place = ()) -> set[Place]:
    """Of everything in what tomllib read."""
    found = {place} if place else set()
    if isinstance(value, dict):
        found |= {p for key, inner in value.items() for p in places(inner, (*place, key))}
    elif isinstance(value, list):
        found |= {p for n, inner in enumerate(value) for p in places(inner, (*place, n))}
    return found


def test_every_spelling_of_toml() -> None:
    lines = find_lines(NASTY)
    assert set(lines) == places(tomllib.loads(NASTY))
    assert {place: lines[place] for place in EXPECTED} == EXPECTED


def test_windows_lines_and_no_end_of_line() -> None:
    lines = find_lines('a = 1\r\n\r\n[b]\r\nc = "x"')
    assert lines == {("a",): 1, ("b",): 3, ("b", "c"): 4}


def test_what_is_not_written_stands_at_the_nearest_table() -> None:
    lines = find_lines("\n[a]\nb = 1\n")
    assert line_of(lines, ("a", "missing", 3)) == 2
    assert line_of(lines, ("nothing",)) == 1


KEYS = st.text("ab.\"'#[]= \\é\t", min_size=1, max_size=4) | st.sampled_from(["k", "l", "m"])
VALUES = st.recursive(
    st.integers() | st.booleans() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def _text(value: object) -> str:
    """JSON's escapes are TOML's, but for DEL and the pairs of surrogates."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _inline(value: Any, newline: str) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{_text(k)} = {_inline(v, ' ')}" for k, v in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        items = f",{newline}".join(_inline(v, newline) for v in value)
        return f"[{newline}{items}{newline}]"
    return _text(value).replace("Infinity", "inf")


@settings(deadline=None)  # a busy machine is no fault
@given(
    st.dictionaries(KEYS, VALUES, max_size=4),
    st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3),
    st.sampled_from([" ", "\n", " # ]\n\t"]),
)
def test_finds_the_places_that_tomllib_finds(
    top: dict[str, Any], tables: dict[str, dict[str, Any]], newline: str
) -> None:
    chunks = [f"{_text(k)} = {_inline(v, newline)}\n" for k, v in top.items()]
    for name, table in tables.items():
        if name not in top:
            chunks.append(f"[{_text(name)}]\n")
            chunks += [f"{_text(k)} = {_inline(v, newline)}\n" for k, v in table.items()]
    text = "".join(chunks)
    lines = find_lines(text)
    assert set(lines) == places(tomllib.loads(text))
    rows = text.split("\n")
    for place, line in lines.items():
        if len(place) == 1:
            assert rows[line - 1].lstrip("[").startswith(_text(place[0]))
