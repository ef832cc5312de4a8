"""Where each key of a TOML text stands: tomllib reads the values and forgets the lines.

The text must already have been accepted by tomllib; of anything else the answer is meaningless.
A place is the way from the top: names of keys and numbers of array elements, as in
("conferences", 0, "rooms", 3, "cap").
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Place = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


def find_lines(text: str) -> Mapping[Place, int]:
    """Line, from 1, of every table, key and array element."""
    return _Scanner(text).scan()


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """Line of a place, or of the nearest table around it that is written out; 1 at the least."""
    for length in range(len(place), 0, -1):
        if line := lines.get(place[:length]):
            return line
    return 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self._lines: dict[Place, int] = {}
        self._arrays: dict[Place, int] = {}
        """Arrays of tables and how many elements each has so far."""

    def scan(self) -> Mapping[Place, int]:
        table: Place = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            table = self._header() if self._here("[") else self._pair(table)
            self._skip(_BLANK)
        return self._lines

    def _header(self) -> Place:
        """`[a.b]` or `[[a.b]]`; the table in which the next keys stand (TOML 1.0, Table)."""
        start = self._at
        double = self._here("[[")
        self._at += 2 if double else 1
        *outer, last = self._dotted()
        place: Place = ()
        for name in outer:
            place = self._newest((*place, name))
            self._note(place, start)
        place = (*place, last)
        if double:
            self._note(place, start)
            self._arrays[place] = self._arrays.get(place, 0) + 1
            place = self._newest(place)
        self._note(place, start)
        self._at += 2 if double else 1
        return place

    def _newest(self, place: Place) -> Place:
        """The last element, if the place is an array of tables."""
        count = self._arrays.get(place)
        return place if count is None else (*place, count - 1)

    def _pair(self, table: Place) -> Place:
        """`key = value`; gives the table back."""
        start = self._at
        place = table
        for name in self._dotted():
            place = (*place, name)
            self._note(place, start)
        self._at += 1  # the equals sign
        self._value(place)
        return table

    def _dotted(self) -> list[str]:
        names = [self._name()]
        while self._here("."):
            self._at += 1
            names.append(self._name())
        return names

    def _name(self) -> str:
        self._skip(_SPACE)
        quoted = self._text[self._at] in "\"'"
        word = self._take(_STRING if quoted else _BARE)
        self._skip(_SPACE)
        return str(tomllib.loads(f"k = {word}")["k"]) if quoted else word

    def _value(self, place: Place) -> None:
        self._skip(_SPACE)
        if self._here("["):
            self._array(place)
        elif self._here("{"):
            self._inline(place)
        elif self._text[self._at] in "\"'":
            self._take(_STRING)
        else:
            self._take(_SCALAR)

    def _array(self, place: Place) -> None:
        self._at += 1
        self._skip(_BLANK)
        count = 0
        while not self._here("]"):
            element = (*place, count)
            self._note(element, self._at)
            self._value(element)
            self._comma()
            count += 1
        self._at += 1

    def _inline(self, place: Place) -> None:
        self._at += 1
        self._skip(_BLANK)
        while not self._here("}"):
            self._pair(place)
            self._comma()
        self._at += 1

    def _comma(self) -> None:
        self._skip(_BLANK)
        if self._here(","):
            self._at += 1
            self._skip(_BLANK)

    def _note(self, place: Place, at: int) -> None:
        self._lines.setdefault(place, bisect_right(self._starts, at))

    def _here(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Raises ValueError where the text is no TOML after all, rather than stand still."""
        match = pattern.match(self._text, self._at)
        if match is None:
            line = bisect_right(self._starts, self._at)
            raise ValueError(f"line {line}: no TOML")
        self._at = match.end()
        return match[0]
