"""Plain text as XML of an OpenDocument: nothing that somebody typed is markup."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not have, and carriage returns."""
_SPACED = re.compile(r"\n|\t|(?:(?<=^)|(?<=\n)) +| {2,}")


def escaped(text: str) -> str:
    """For content and attributes; what XML cannot hold becomes U+FFFD."""
    return escape(_UNFIT.sub("\ufffd", text), {'"': "&quot;"})


def inline(text: str) -> str:
    """Of a paragraph: with its line breaks, tabs and runs of spaces, which XML would lose."""
    return _SPACED.sub(_kept, escaped(text))


def _kept(found: re.Match[str]) -> str:
    if found[0] == "\n":
        return "<text:line-break/>"
    if found[0] == "\t":
        return "<text:tab/>"
    return f'<text:s text:c="{len(found[0])}"/>'
