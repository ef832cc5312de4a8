"""What the minutes are made of, whatever they are written as: PDF or a document for the secretary.
Every text is plain: nothing of it is markup."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

BLANK = None
"""A value that is filled in by hand: printed as a dotted line."""


class Kop(Struct, frozen=True, tag="kop"):
    """Empty lines for the office's letterhead, with a rule below."""

    lines: int


class Title(Struct, frozen=True, tag="title"):
    """Centred; `number`: the word before an empty number, empty: without one."""

    lines: tuple[str, ...]
    number: str = ""


class Heading(Struct, frozen=True, tag="heading"):
    text: str
    level: Literal[1, 2] = 1


class Para(Struct, frozen=True, tag="para"):
    text: str
    look: Literal["plain", "small", "strong"] = "plain"


class Facts(Struct, frozen=True, tag="facts"):
    """Name and value, one below the other."""

    rows: tuple[tuple[str, str | None], ...]
    number: str = ""
    """Before the first, as of a list."""
    after: str = ""
    mono: tuple[int, ...] = ()
    """Rows whose value is a hash."""


class Table(Struct, frozen=True, tag="table"):
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    """In mm; together the width of the text."""
    right: tuple[int, ...] = ()
    """Columns of figures."""
    tall: bool = False
    """There is something to be signed in each row."""
    mono: tuple[int, ...] = ()
    """Columns of hashes and seals."""


class Lines(Struct, frozen=True, tag="lines"):
    """Empty lines to write on."""

    count: int


class Signer(Struct, frozen=True):
    above: str
    """Place and date, filled in by hand; empty: nothing."""
    role: str


class Signers(Struct, frozen=True, tag="signers"):
    """Two and two, each with an empty place for signature, name and NIP; together on one page
    with the words `before` them."""

    before: str
    of: tuple[tuple[Signer, Signer], ...]


class Break(Struct, frozen=True, tag="break"):
    """A new page."""


Block = Kop | Title | Heading | Para | Facts | Table | Lines | Signers | Break
TEXT_MM = 160.0
"""Width of the text: A4 less 30 mm to the left and 20 to the right."""


class Paper(Struct, frozen=True, kw_only=True):
    title: str
    lang: Literal["id", "en"]
    author: str
    made_at: int
    """Unix ms: the journal's last entry, never the present time."""
    footer: tuple[str, ...]
    """Lines at the foot of each page, beside the page's number."""
    mark: str
    """By which a program knows from which journal it is."""
    blocks: list[Block] = field(default_factory=list)
