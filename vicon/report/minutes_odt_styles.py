"""The fixed parts of the minutes' OpenDocument text: styles, page, information, contents."""

from __future__ import annotations

from datetime import UTC, datetime

from vicon.report.minutes_blocks import Paper
from vicon.report.minutes_odt_text import escaped, inline

MIMETYPE = "application/vnd.oasis.opendocument.text"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
        ("meta", "meta"),
    )
)
SPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
_COUNTRIES = {"id": "ID", "en": "GB"}


def _style(name: str, text: str = "", paragraph: str = "", parent: str = "Standard") -> str:
    return (
        f'<style:style style:name="{name}" style:family="paragraph" '
        f'style:parent-style-name="{parent}"><style:paragraph-properties {paragraph}/>'
        f"<style:text-properties {text}/></style:style>"
    )


def _sized(points: float, *, bold: bool = False) -> str:
    weight = ' fo:font-weight="bold"' if bold else ""
    return f'fo:font-size="{points}pt"{weight}'


_MONO = 'style:font-name="Mono" '
_RIGHT, _CENTRE = 'fo:text-align="end"', 'fo:text-align="center"'
_CLOSE = 'fo:margin-top="0cm" fo:margin-bottom="0cm"'
_HEADING = 'fo:margin-top="{top}cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"'
_PARAGRAPHS = "".join(
    (
        _style("Small", _sized(8.5)),
        _style("Strong", _sized(10.5, bold=True)),
        _style("Title1", _sized(13, bold=True), f'{_CENTRE} fo:margin-bottom="0cm"'),
        _style("Title2", _sized(11, bold=True), f'{_CENTRE} fo:margin-bottom="0cm"'),
        _style("Centre", "", _CENTRE),
        _style("Break", "", 'fo:break-before="page" fo:margin-bottom="0cm"'),
        _style("H1", _sized(10.5, bold=True), _HEADING.format(top=0.4)),
        _style("H2", _sized(9.5, bold=True), _HEADING.format(top=0.3)),
        _style("Rule", "", 'fo:border-bottom="0.05cm solid #000000" fo:padding-bottom="0.1cm"'),
        _style(
            "Line",
            "",
            'fo:border-bottom="0.02cm dotted #000000" style:join-border="false" '
            'fo:margin-top="0.45cm" fo:margin-bottom="0cm"',
        ),
        _style("Gap", _sized(4), _CLOSE),
        _style("Indent", "", 'fo:margin-left="0.6cm" fo:margin-bottom="0.2cm"'),
        _style("Together", "", 'fo:margin-top="0.3cm" fo:keep-with-next="always"'),
        _style("Fact", "", _CLOSE),
        _style("FactMono", _MONO + _sized(8), _CLOSE),
        _style("Cell", _sized(8.5), _CLOSE),
        _style("CellRight", _sized(8.5), f"{_CLOSE} {_RIGHT}"),
        _style("CellMono", _MONO + _sized(7), _CLOSE),
        _style("Head", _sized(7.5, bold=True), _CLOSE),
        _style("HeadRight", _sized(7.5, bold=True), f"{_CLOSE} {_RIGHT}"),
        _style("Foot", _sized(7.5) + ' fo:color="#555555"', _CLOSE),
    )
)
_FACES = (
    '<office:font-face-decls><style:font-face style:name="Sans" '
    "svg:font-family=\"Arial, 'Liberation Sans', 'DejaVu Sans'\" "
    'style:font-family-generic="swiss"/><style:font-face style:name="Mono" '
    "svg:font-family=\"'Liberation Mono', 'DejaVu Sans Mono', 'Courier New'\" "
    'style:font-family-generic="modern" style:font-pitch="fixed"/></office:font-face-decls>'
)


def styles(paper: Paper) -> bytes:
    language = f'fo:language="{paper.lang}" fo:country="{_COUNTRIES[paper.lang]}"'
    default = (
        '<style:default-style style:family="paragraph"><style:paragraph-properties '
        'fo:margin-bottom="0.2cm" fo:line-height="112%" style:writing-mode="page"/>'
        f'<style:text-properties style:font-name="Sans" {_sized(10.5)} {language}/>'
        "</style:default-style>"
        '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>'
    )
    page = (
        '<style:page-layout style:name="A4"><style:page-layout-properties '
        'fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-left="3cm" '
        'fo:margin-right="2cm" fo:margin-top="1.8cm" fo:margin-bottom="1.5cm"/>'
        '<style:footer-style><style:header-footer-properties fo:min-height="1cm" '
        'fo:margin-top="0.4cm"/></style:footer-style></style:page-layout>'
    )
    lines = "".join(
        f'<text:p text:style-name="Foot">{inline(one)}</text:p>' for one in paper.footer
    )
    number = (
        '<text:p text:style-name="Foot"><text:page-number text:select-page="current"/> / '
        "<text:page-count/></text:p>"
    )
    master = (
        '<style:master-page style:name="Standard" style:page-layout-name="A4">'
        f"<style:footer>{lines}{number}</style:footer></style:master-page>"
    )
    return (
        f'{HEAD}<office:document-styles {SPACES} office:version="1.3">{_FACES}'
        f"<office:styles>{default}{_PARAGRAPHS}</office:styles>"
        f"<office:automatic-styles>{page}</office:automatic-styles>"
        f"<office:master-styles>{master}</office:master-styles></office:document-styles>"
    ).encode()


def meta(paper: Paper) -> bytes:
    made = f"{datetime.fromtimestamp(paper.made_at // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'{HEAD}<office:document-meta {SPACES} office:version="1.3"><office:meta>'
        f"<meta:generator>vicon</meta:generator><dc:title>{escaped(paper.title)}</dc:title>"
        f"<meta:keyword>{escaped(paper.mark)}</meta:keyword>"
        f"<meta:initial-creator>{escaped(paper.author)}</meta:initial-creator>"
        f"<meta:creation-date>{made}</meta:creation-date><dc:date>{made}</dc:date>"
        f"<dc:language>{paper.lang}</dc:language></office:meta></office:document-meta>"
    ).encode()


def manifest() -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    names = ("content.xml", "styles.xml", "meta.xml")
    entries = [("/", MIMETYPE), *((name, "text/xml") for name in names)]
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in entries
    )
    return (
        f'{HEAD}<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">'
        f"{listed}</manifest:manifest>"
    ).encode()
