"""Words as bitmaps: set by typst, offline, with the machine's fonts or the typesetter's own; each
text once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from importlib.resources import files
from typing import Any, TypeAlias, TypeVar

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import typst

Alpha: TypeAlias = npt.NDArray[np.uint8]
"""How much of each pixel is ink: (height, width), 255 all."""
FONTS = ("Liberation Sans", "Noto Sans", "DejaVu Sans", "Arial", "Libertinus Serif")
"""The first that the machine has; the last comes with the typesetter."""
NORMAL, STRONG = 400, 700
MOST_KEPT = 256
LEAST_SHARE = 0.75
"""So far a text that is too wide is made smaller; a longer one goes on in the next line."""
MOST_LETTERS = 300
_GLYPHS = "0123456789:"
_V = TypeVar("_V")


class Kept(OrderedDict[Hashable, _V]):
    """A bounded cache: what was used last stays."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        super().__init__()
        self._most = most

    def take(self, key: Hashable, make: Callable[[], _V]) -> _V:
        if key in self:
            self.move_to_end(key)
            return self[key]
        made = self[key] = make()
        if len(self) > self._most:
            self.popitem(last=False)
        return made


class Captions:
    """Not for several threads at once. A text that is new takes some 0.05 s."""

    def __init__(self, fonts: Sequence[str] = FONTS) -> None:
        self._fonts = tuple(fonts)
        self._texts: Kept[Alpha] = Kept()
        self._glyphs: Kept[dict[str, Alpha]] = Kept(8)

    def text(
        self, words: str, size: int, *, width: int, weight: int = NORMAL, centred: bool = False
    ) -> Alpha:
        """`size`: pixels of the letters' em. No wider than `width` pixels: smaller where it must
        be, then in several lines. `centred`: those."""
        words = words[:MOST_LETTERS]
        key = (words, size, width, weight, centred)
        return self._texts.take(key, lambda: self._fitted(words, size, width, weight, centred))

    def clock(self, words: str, size: int) -> Alpha:
        """In one line; its figures are set once for each size, so that a second costs nothing."""
        figures = self._glyphs.take(size, lambda: self._figures(size))
        head = words.rstrip("".join({*words} - {*_GLYPHS}))
        parts = [figures[glyph] for glyph in head if glyph in figures]
        rest = words[len(head) :].strip()
        if len(parts) != len(head) or not head:
            return self.text(words, size, width=40 * size)
        if rest:
            gap = np.zeros((parts[0].shape[0], max(1, size // 4)), np.uint8)
            parts += [gap, self.text(rest, size, width=40 * size)]
        return _beside(parts)

    def _figures(self, size: int) -> dict[str, Alpha]:
        return dict(zip(_GLYPHS, self._set([*_GLYPHS], size, NORMAL), strict=True))

    def _fitted(self, words: str, size: int, width: int, weight: int, centred: bool) -> Alpha:
        (plain,) = self._set([words], size, weight)
        if plain.shape[1] <= width:
            return plain
        share = max(LEAST_SHARE, width / (plain.shape[1] + 2))
        smaller = max(1, int(size * share))
        (plain,) = self._set([words], smaller, weight)
        if plain.shape[1] <= width:
            return plain
        (block,) = self._set([words], smaller, weight, width=width, centred=centred)
        return block[:, :width]  # a word that is wider than all of it

    def _set(
        self,
        texts: Sequence[str],
        size: int,
        weight: int,
        *,
        width: int | None = None,
        centred: bool = False,
    ) -> list[Alpha]:
        """One typst point is one pixel."""
        data = {
            "texts": list(texts),
            "size": size,
            "weight": weight,
            "fonts": list(self._fonts),
            "width": width,
            "centred": centred,
        }
        inputs = {"data": msgspec.json.encode(data).decode()}
        made: Any = typst.compile(_template(), format="png", ppi=72, sys_inputs=inputs)
        pages = made if isinstance(made, list) else [made]
        return [_ink(page) for page in pages]


def _template() -> bytes:
    return files("vicon.programme").joinpath("caption.typ").read_bytes()


def _ink(png: bytes) -> Alpha:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None, "typst gave no picture"
    return np.ascontiguousarray(picture[..., 3], dtype=np.uint8)


def _beside(parts: Sequence[Alpha]) -> Alpha:
    height = max(part.shape[0] for part in parts)
    fitted = [np.pad(part, ((0, height - part.shape[0]), (0, 0))) for part in parts]
    return np.concatenate(fitted, axis=1)
