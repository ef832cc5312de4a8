"""Which recordings were made, and what became of them, as the minutes tell it."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.core.minutewords import RecordingMinutes
from vicon.core.recordwords import RecordEnd
from vicon.measure.run import Words as W
from vicon.report.minutes_blocks import Block, Heading, Para, Table
from vicon.report.minutes_told import Told

_WHY: Mapping[RecordEnd, W] = {
    "stopped": W("dihentikan", "stopped"),
    "closed": W("sesi ditutup", "the session was closed"),
    "disk_full": W("berhenti sendiri: disk penuh", "ended by itself: the disk was full"),
    "write_failed": W(
        "berhenti sendiri: tidak dapat ditulis", "ended by itself: it could not be written"
    ),
}


def recordings(told: Told) -> list[Block]:
    say, made = told.say, told.minutes.recordings
    head = Heading(say("Rekaman", "Recordings"))
    if not made:
        return [head, Para(say("Sesi ini tidak direkam.", "The session was not recorded."))]
    heads = (
        say("Mulai", "From"),
        say("Oleh", "By"),
        say("Selesai", "To"),
        say("Berakhir", "Ended"),
        say("Lama", "Length"),
        say("Penyimpanan", "Kept"),
    )
    rows = tuple(_row(told, one) for one in made)
    return [head, Table(heads, rows, (17.0, 30.0, 17.0, 40.0, 16.0, 40.0))]


def _row(told: Told, one: RecordingMinutes) -> tuple[str, ...]:
    return (
        told.clock(one.began_at, seconds=True),
        one.by,
        told.clock(one.ended_at, seconds=True),
        _end(told, one),
        told.length(one.lasted_ms),
        _kept(told, one),
    )


def _end(told: Told, one: RecordingMinutes) -> str:
    said = told.say("masih berjalan", "still running")
    if one.why is not None:
        said = told.pick(_WHY[one.why])
        if one.ended_by:
            said += told.say(f" oleh {one.ended_by}", f" by {one.ended_by}")
    if one.interruptions:
        n = one.interruptions
        often = "once" if n == 1 else f"{n} times"
        said += told.say(f"; terputus {n} kali", f"; interrupted {often}")
    return said


def _kept(told: Told, one: RecordingMinutes) -> str:
    if one.deleted_at is None:
        return told.say("disimpan", "kept")
    at = told.clock(one.deleted_at)
    if one.deleted_why == "retention":
        return told.say(f"dihapus {at}: masa simpan habis", f"deleted {at}: its time was over")
    by = one.deleted_by or told.say("tidak diketahui", "not known")
    return told.say(f"dihapus {at} oleh {by}", f"deleted {at} by {by}")
