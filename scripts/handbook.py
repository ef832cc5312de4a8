"""The handbooks as PDF: python scripts/handbook.py FOLDER. Of Markdown it sets what they use:
headings, paragraphs, numbered steps, tables, pictures, bold, code, links."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst
from markdown_it import MarkdownIt
from markdown_it.token import Token

BOOKS = Path(__file__).resolve().parents[1] / "docs/handbook"
ROOT: Any = BOOKS
"""typst's types want it to be of the text's own."""
MADE = datetime(2026, 11, 30, tzinfo=UTC)
"""Of every file, so that the same text gives the same bytes."""
HEAD = """
#set page(paper: "a4", margin: (x: 1.6cm, y: 1.5cm), numbering: "1", number-align: right)
#set text(font: ("Liberation Sans", "DejaVu Sans"), size: 10.5pt, lang: "LANG")
#set par(leading: 0.5em, spacing: 0.75em)
#set enum(spacing: 0.6em)
#set table(stroke: 0.4pt + luma(150), inset: 3.5pt)
#show raw: set text(font: ("Liberation Mono", "DejaVu Sans Mono"), size: 0.95em)
#let key(name) = box(stroke: 0.4pt + luma(120), radius: 2pt, outset: (y: 2pt), inset: (x: 3pt),
  name)
#show heading: set block(above: 1.1em, below: 0.6em, sticky: true)
#show link: underline
"""
KEYS = {"Spasi", "Space", "Esc", "Enter"}
NARROW = 18
"""Characters of a column's cells up to which it is as wide as they are."""
WIDTHS = {"1280": "78%", "390": "32%", "536": "36%"}
"""Of a picture on the page, by its width in pixels."""


def escaped(text: str) -> str:
    return re.sub(r"([\\#$*_`<>@\[\]~/=+.\-\"'])", r"\\\1", text)


def inline(tokens: Sequence[Token]) -> str:
    return "".join(map(_word, tokens))


def _word(token: Token) -> str:
    match token.type:
        case "text":
            return escaped(token.content)
        case "softbreak":
            return " "
        case "strong_open":
            return "#strong["
        case "strong_close" | "em_close":
            return "]"
        case "em_open":
            return "#emph["
        case "code_inline":
            look = "key" if token.content in KEYS or len(token.content) == 1 else "raw"
            return f"#{look}({quoted(token.content)})"
        case "link_open":
            return f"#link({quoted(target(str(token.attrs['href'])))})["
        case "link_close":
            return "]"
        case "image":
            return picture(str(token.attrs["src"]))
        case other:
            raise ValueError(f"the handbooks use no {other}")


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def target(href: str) -> str:
    """A page of docs/ by its name: who reads on paper looks there."""
    return href.removeprefix("../") if "://" not in href else href


def picture(src: str) -> str:
    wide = "1280" if not re.search(r"/(hall-|poster)", src) else "390"
    wide = "536" if "poster" in src else wide
    return f"#align(center, image({quoted('/' + src)}, width: {WIDTHS[wide]}))"


def blocks(tokens: Sequence[Token]) -> Iterator[str]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    sections = 0
    for place, token in enumerate(tokens):
        content = inline(tokens[place + 1].children or ()) if token.nesting == 1 else ""
        match token.type:
            case "heading_open":
                sections += token.tag == "h2"
                if token.tag == "h2" and sections == 2:
                    yield "#pagebreak()\n#set text(size: 9pt)"
                yield f"{'=' * int(token.tag[1])} {content}"
            case "ordered_list_open":
                numbers.append(int(token.attrs.get("start", 1)))
            case "ordered_list_close":
                numbers.pop()
            case "paragraph_open" if numbers:
                yield f"{numbers[-1]}. {content}"
                numbers[-1] += 1
            case "paragraph_open":
                yield content
            case "table_open":
                rows = []
            case "tr_open":
                rows.append([])
            case "th_open":
                rows[-1].append(f"#strong[{content}]")
            case "td_open":
                rows[-1].append(content)
            case "table_close":
                yield table(rows)


def table(rows: list[list[str]]) -> str:
    cells = [f"[{cell}]" for row in rows for cell in row]
    count = len(rows[0])
    head = ", ".join(cells[:count])
    narrow = (all(len(row[place]) < NARROW for row in rows) for place in range(count))
    columns = ", ".join("auto" if one else "1fr" for one in narrow)
    return f"#table(columns: ({columns}), table.header({head}), {', '.join(cells[count:])})"


def written(text: str, lang: str) -> str:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return HEAD.replace("LANG", lang) + "\n\n".join(blocks(tokens))


def written_to(path: Path, folder: Path) -> Path:
    """The PDF of a handbook."""
    source = written(path.read_text("utf-8"), path.name.split(".")[1]).encode()
    made: bytes = typst.compile(source, root=ROOT, timestamp=MADE)
    file = folder / path.with_suffix(".pdf").name
    file.write_bytes(made)
    return file


if __name__ == "__main__":
    to = Path(sys.argv[1])
    to.mkdir(parents=True, exist_ok=True)
    for book in sorted(BOOKS.glob("*.*.md")):
        print(written_to(book, to))
