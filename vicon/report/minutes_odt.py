"""The minutes as an OpenDocument text (ODF 1.3, ISO/IEC 26300), for the secretary to go on writing.

The few elements that it needs are written here: the libraries for it are no longer kept, or bring
an XML library of their own. The same paper gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vicon.report.minutes_blocks import (
    TEXT_MM,
    Block,
    Break,
    Facts,
    Heading,
    Kop,
    Lines,
    Paper,
    Para,
    Signer,
    Signers,
    Table,
    Title,
)
from vicon.report.minutes_odt_styles import HEAD, MIMETYPE, SPACES, manifest, meta, styles
from vicon.report.minutes_odt_text import inline

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip knows: nothing in it tells when it was made."""
_DOTS = "…" * 26
_LOOKS = {"plain": "Standard", "small": "Small", "strong": "Strong"}
_CELLS = (
    '<style:style style:name="Bare" style:family="table-cell"><style:table-cell-properties '
    'fo:padding="0.04cm"/></style:style>'
    '<style:style style:name="Under" style:family="table-cell"><style:table-cell-properties '
    'fo:padding="0.08cm" fo:border-bottom="0.01cm solid #b0b0b0"/></style:style>'
    '<style:style style:name="Box" style:family="table-cell"><style:table-cell-properties '
    'fo:padding="0.12cm" fo:border="0.02cm solid #808080"/></style:style>'
    '<style:style style:name="Whole" style:family="table-row"><style:table-row-properties '
    'fo:keep-together="always"/></style:style>'
    '<style:style style:name="Signed" style:family="table-row"><style:table-row-properties '
    'style:min-row-height="0.9cm" fo:keep-together="always"/></style:style>'
)
_GAP = '<text:p text:style-name="Gap"/>'
"""After a table: two of them would be one."""


def odt(paper: Paper) -> bytes:
    parts = (
        ("content.xml", _Body().content(paper.blocks)),
        ("styles.xml", styles(paper)),
        ("meta.xml", meta(paper)),
        ("META-INF/manifest.xml", manifest()),
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # First, and as it is: by this the file's kind is known.
        _put(archive, "mimetype", MIMETYPE.encode(), zipfile.ZIP_STORED)
        for name, content in parts:
            _put(archive, name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes, how: int) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type, entry.create_system, entry.external_attr = how, 3, 0o644 << 16
    archive.writestr(entry, content)


class _Body:
    """Writes the blocks, and the widths of the tables that they need."""

    def __init__(self) -> None:
        self._widths: list[str] = []
        self._tables = 0
        self._writers: Mapping[type, Callable[[Any], str]] = {
            Kop: self._kop,
            Title: self._title,
            Heading: self._heading,
            Para: self._para,
            Facts: self._facts,
            Table: self._table,
            Lines: self._lines,
            Signers: self._signers,
            Break: self._break,
        }

    def content(self, blocks: Sequence[Block]) -> bytes:
        text = "".join(self._writers[type(block)](block) for block in blocks)
        return (
            f'{HEAD}<office:document-content {SPACES} office:version="1.3">'
            f"<office:automatic-styles>{_CELLS}{''.join(self._widths)}</office:automatic-styles>"
            f"<office:body><office:text>{text}</office:text></office:body>"
            "</office:document-content>"
        ).encode()

    def _kop(self, block: Kop) -> str:
        return _paragraph("Centre", _DOTS) * block.lines + _paragraph("Rule", "")

    def _title(self, block: Title) -> str:
        first, *rest = block.lines
        lines = _paragraph("Title1", first) + "".join(_paragraph("Title2", one) for one in rest)
        return lines + _paragraph("Centre", f"{block.number} {_DOTS[:12]}" if block.number else "")

    def _heading(self, block: Heading) -> str:
        return (
            f'<text:h text:style-name="H{block.level}" text:outline-level="{block.level}">'
            f"{inline(block.text)}</text:h>"
        )

    def _para(self, block: Para) -> str:
        return _paragraph(_LOOKS[block.look], block.text)

    def _facts(self, block: Facts) -> str:
        indent = 6.0 if block.number else 0.0
        widths = [*([indent] if indent else []), 40.0, 4.0, TEXT_MM - 44.0 - indent]
        rows = []
        for place, (name, value) in enumerate(block.rows):
            look = "FactMono" if place in block.mono else "Fact"
            cells = [name, ":", _DOTS if value is None else value]
            if indent:
                cells.insert(0, block.number if place == 0 else "")
            looks = [*["Fact"] * (len(cells) - 1), look]
            rows.append(_row([_paragraph(*one) for one in zip(looks, cells, strict=True)], "Bare"))
        after = _paragraph("Indent" if indent else "Standard", block.after)
        return self._tabled(widths, "", "".join(rows)) + (after if block.after else _GAP)

    def _table(self, block: Table) -> str:
        style = "Box" if block.tall else "Under"
        heads = [
            _paragraph("HeadRight" if place in block.right else "Head", head)
            for place, head in enumerate(block.heads)
        ]
        height = "Signed" if block.tall else "Whole"
        rows = "".join(
            _row([_paragraph(_look(block, i), cell) for i, cell in enumerate(row)], style, height)
            for row in block.rows
        )
        head = f"<table:table-header-rows>{_row(heads, style)}</table:table-header-rows>"
        return self._tabled(block.widths, head, rows) + _GAP

    def _lines(self, block: Lines) -> str:
        return _paragraph("Line", "") * block.count + _paragraph("Standard", "")

    def _signers(self, block: Signers) -> str:
        rows = "".join(_row([_signer(one) for one in pair], "Bare") for pair in block.of)
        table = self._tabled([TEXT_MM / 2] * 2, "", rows)
        return _paragraph("Together", block.before) + table + _GAP

    def _break(self, block: Break) -> str:
        return _paragraph("Break", "")

    def _tabled(self, widths: Sequence[float], head: str, rows: str) -> str:
        self._tables += 1
        name = f"T{self._tables}"
        self._widths.append(
            f'<style:style style:name="{name}" style:family="table"><style:table-properties '
            f'style:width="{sum(widths) / 10:.2f}cm" table:align="left"/></style:style>'
        )
        columns = ""
        for place, width in enumerate(widths):
            self._widths.append(
                f'<style:style style:name="{name}.{place}" style:family="table-column">'
                f'<style:table-column-properties style:column-width="{width / 10:.2f}cm"/>'
                "</style:style>"
            )
            columns += f'<table:table-column table:style-name="{name}.{place}"/>'
        opened = f'<table:table table:name="{name}" table:style-name="{name}">'
        return f"{opened}{columns}{head}{rows}</table:table>"


def _paragraph(style: str, text: str) -> str:
    return f'<text:p text:style-name="{style}">{inline(text)}</text:p>'


def _row(cells: Sequence[str], style: str, height: str = "Whole") -> str:
    """`cells`: their paragraphs."""
    inside = "".join(
        f'<table:table-cell table:style-name="{style}" office:value-type="string">{cell}'
        "</table:table-cell>"
        for cell in cells
    )
    return f'<table:table-row table:style-name="{height}">{inside}</table:table-row>'


def _look(block: Table, place: int) -> str:
    if place in block.mono:
        return "CellMono"
    return "CellRight" if place in block.right else "Cell"


def _signer(one: Signer) -> str:
    lines = [one.above, one.role, "", "", "", "", _DOTS[:18], f"NIP. {_DOTS[:15]}"]
    return "".join(_paragraph("Fact", line) for line in lines)
