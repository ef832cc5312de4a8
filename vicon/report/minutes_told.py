"""Minutes about to be written: in which language, with which clock; and their small words."""

from __future__ import annotations

from collections.abc import Sequence

from vicon.core.minutewords import Minutes
from vicon.measure.run import Words as W
from vicon.report.words import Language, date, day, moment, number, time

NONE = "–"
"""Not known, or did not happen."""
ROLL = {
    "present": W("Hadir", "Present"),
    "late": W("Terlambat", "Late"),
    "excused": W("Izin", "Excused"),
    "absent": W("Tidak hadir", "Absent"),
    None: W("Belum diabsen", "Not called"),
}


class Told:
    """Minutes in a language. Times are Unix ms, lengths ms."""

    def __init__(self, minutes: Minutes, lang: Language) -> None:
        self.minutes, self.lang = minutes, lang
        self._zone, self._label = minutes.timezone, minutes.timezone_label
        self._names = {room.code: room.name for room in minutes.rooms}

    @property
    def day_at(self) -> int:
        """A moment of the session's day: when it began, was to begin, or is told."""
        found = (self.minutes.begun_at, self.minutes.planned_begin, self.minutes.journal.last_at)
        return next(at for at in found if at is not None)

    @property
    def end(self) -> int:
        """Until when it is told."""
        closed = self.minutes.closed_at
        return self.minutes.journal.last_at if closed is None else closed

    def say(self, id: str, en: str) -> str:
        return en if self.lang == "en" else id

    def pick(self, words: W) -> str:
        return self.say(words.id, words.en)

    def room(self, code: str | None) -> str:
        """By its code; None: all halls."""
        if code is None:
            return self.say("Semua ruang", "All rooms")
        return self._names[code]

    def on_air(self, code: str | None) -> str:
        """Of an item of the rundown; None: the hub."""
        return self.say("Pusat", "Hub") if code in (None, self.minutes.hub) else self.room(code)

    def clock(self, at: int | None, *, seconds: bool = False) -> str:
        """09:12; of another day than the session's 24/9 09:12, of another year 24/9/2020 09:12."""
        if at is None:
            return NONE
        when, of = moment(at, self._zone), moment(self.day_at, self._zone)
        year = "" if when.year == of.year else f"/{when.year}"
        other = "" if when.date() == of.date() else f"{when.day}/{when.month}{year} "
        return f"{other}{when:%H:%M:%S}" if seconds else f"{other}{when:%H:%M}"

    def full(self, at: int | None) -> str:
        """25 September 2020, 09:12:40 WITA."""
        if at is None:
            return NONE
        return f"{date(at, self._zone, self.lang)}, {time(at, self._zone, self._label)}"

    def day(self) -> str:
        return day(self.day_at, self._zone, self.lang)

    def span(self, begin: int | None, end: int | None) -> str:
        """09:00 – 10:00 WITA; without an end mulai 09:00 WITA."""
        if begin is None:
            return NONE
        if end is None:
            since = f"{self.clock(begin)} {self._label}".strip()
            return self.say(f"mulai {since}", f"from {since}")
        return f"{self.clock(begin)} – {self.clock(end)} {self._label}".strip()

    def length(self, ms: int | None) -> str:
        """2:05, minutes and seconds; 1:02:05 with hours."""
        if ms is None:
            return NONE
        minutes, seconds = divmod(round(ms / 1000), 60)
        hours, rest = divmod(minutes, 60)
        return f"{hours}:{rest:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def behind(self, ms: int | None) -> str:
        """+3:00 late, −0:30 early."""
        if ms is None:
            return NONE
        sign = "" if round(ms / 1000) == 0 else "+" if ms > 0 else "−"
        return sign + self.length(abs(ms))

    def figure(self, value: int | None) -> str:
        return NONE if value is None else str(value)

    def decimal(self, value: float) -> str:
        return number(value, self.lang)


def times(told: Told, lengths: Sequence[int]) -> str:
    """How often, and how long in all."""
    if not lengths:
        return told.say("tidak pernah", "never")
    length, count = told.length(sum(lengths)), len(lengths)
    often = "once" if count == 1 else f"{count} times"
    return told.say(f"{count} kali, seluruhnya {length}", f"{often}, {length} in all")
