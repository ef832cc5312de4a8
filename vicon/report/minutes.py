"""The minutes of a session (Berita Acara) as they are handed out: JSON for programs, PDF by typst,
offline, and a document that the secretary can edit. The same minutes give the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from typing import Literal

import msgspec

from vicon.core.minutewords import Minutes
from vicon.report.minutes_annex import annexes
from vicon.report.minutes_blocks import Paper
from vicon.report.minutes_opening import closing, opening
from vicon.report.minutes_sections import sections
from vicon.report.minutes_told import Told
from vicon.report.words import Language

Format = Literal["json", "pdf", "odt"]
FONTS = ("Arial", "Liberation Sans", "DejaVu Sans", "Libertinus Serif")
"""The first that the machine has; the last comes with the typesetter."""


class MinutesReports:
    """Blocking work of some 0.5 s: call it in a thread."""

    def make(self, minutes: Minutes, format: Format, lang: Language) -> bytes:
        """`lang`: of what is for persons; JSON is the same in both."""
        if format == "json":
            return json(minutes)
        paper = paper_of(minutes, lang)
        if format == "odt":
            from vicon.report.minutes_odt import odt

            return odt(paper)
        return pdf(paper)


def json(minutes: Minutes) -> bytes:
    return msgspec.json.format(msgspec.json.encode(minutes), indent=2) + b"\n"


def paper_of(minutes: Minutes, lang: Language) -> Paper:
    told, journal = Told(minutes, lang), minutes.journal
    source = told.say(
        f"Jurnal {minutes.conference}, catatan {journal.entries}",
        f"Journal {minutes.conference}, entry {journal.entries}",
    )
    return Paper(
        title=f"{told.say('Berita Acara', 'Minutes')}: {minutes.title}",
        lang=lang,
        author="vicon",
        made_at=journal.last_at,
        footer=(source, journal.hash),
        mark=f"vicon-journal:{minutes.conference}:{journal.entries}:{journal.hash}",
        blocks=[*opening(told), *sections(told), *closing(told), *annexes(told)],
    )


def pdf(paper: Paper) -> bytes:
    # Imported here: the typesetter costs a start a tenth of a second.
    import typst

    template = files("vicon.report").joinpath("minutes.typ").read_bytes()
    data = {**msgspec.to_builtins(paper), "fonts": list(FONTS)}
    out: bytes = typst.compile(
        template,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        timestamp=datetime.fromtimestamp(paper.made_at // 1000, UTC),
    )
    return out
