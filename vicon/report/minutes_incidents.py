"""What went wrong and what was said: lost links, calls for help, messages to the halls; in short
for the minutes, in full for their annex."""

from __future__ import annotations

from vicon.core.minutewords import (
    Announced,
    CueMinutes,
    HelpMinutes,
    LineMinutes,
    Narrowed,
    Outage,
    OutageKind,
)
from vicon.core.talk import AnnounceEnd, LineEnd
from vicon.measure.run import Words as W
from vicon.report.minutes_blocks import Block, Break, Facts, Heading, Para, Table, Title
from vicon.report.minutes_server import server_rows, server_sums
from vicon.report.minutes_told import NONE, Told, times
from vicon.report.words import number

_BACK = {
    "returned": W("kembali {at}", "back at {at}"),
    "replaced": W("diganti perangkat lain {at}", "replaced by another device at {at}"),
}
_WHY = {
    "server_restart": W("server dimulai ulang", "the server was restarted"),
    "server_stopping": W("server dihentikan", "the server was stopped"),
    "connection_lost": W("jaringan putus", "the network broke"),
    "heartbeat": W("perangkat tidak terdengar lagi", "the device was not heard any more"),
    "left": W("halaman ditutup", "the page was closed"),
    "media_lost": W("gambar dan suara berhenti datang", "picture and sound ceased to come"),
    "replaced": W("dibuka di tempat lain", "it was opened elsewhere"),
    "resync": W("jaringan terlalu lambat", "the network was too slow"),
}
"""As the server saw it; another word of its is printed as it is."""
_UNSAID: dict[AnnounceEnd, W] = {
    "lost": W("sambungan putus", "the link was lost"),
    "left": W("keluar", "left"),
    "closed": W("sesi ditutup", "the session was closed"),
}
_UNLINED: dict[LineEnd, W] = {
    "declined": W("ditolak", "declined"),
    "unanswered": W("tidak dijawab", "not answered"),
    "on_air": W("ruang tampil", "the room came on air"),
    "lost": W("sambungan putus", "the link was lost"),
    "left": W("satu pihak keluar", "one side left"),
    "closed": W("sesi ditutup", "the session was closed"),
}
"""Why it ended; nothing is said of one that was ended as it should be."""


def incidents(told: Told) -> list[Block]:
    say, minutes = told.say, told.minutes
    answered = sum(one.answered_at is not None for one in minutes.help)
    calls, none = len(minutes.help), say("tidak ada", "none")
    rows = (
        (say("Sambungan terputus", "Links lost"), _sum(told, "link")),
        (say("Gambar terhenti", "Pictures stopped"), _sum(told, "media")),
        (say("Gambar diturunkan", "Pictures reduced"), _narrowed_sum(told)),
        *server_sums(told),
        (
            say("Panggilan bantuan", "Calls for help"),
            say(f"{calls}, dijawab {answered}", f"{calls}, {answered} answered") if calls else none,
        ),
        (say("Aba-aba", "Messages to halls"), str(len(minutes.cues) or none)),
        (
            say("Pengumuman suara", "Voice announcements"),
            str(len(minutes.announcements) or none),
        ),
        (say("Saluran pribadi", "Private lines"), str(len(minutes.lines) or none)),
    )
    return [
        Heading(say("Kejadian", "Incidents")),
        Facts(rows),
        Para(
            say(
                "Sambungan dan gambar kamera utama selama sesi berlangsung; rincian di Lampiran "
                "III.",
                "Links and pictures of main cameras while the session was live; in detail in "
                "Annex III.",
            ),
            "small",
        ),
    ]


def _sum(told: Told, kind: OutageKind) -> str:
    return times(told, [o.lasted_ms for o in told.minutes.outages if o.kind == kind and o.live])


def _narrowed_sum(told: Told) -> str:
    return times(told, [one.lasted_ms for one in told.minutes.narrowed if one.live])


def incidents_annex(told: Told) -> list[Block]:
    say, minutes = told.say, told.minutes
    return [
        Break(),
        Title((say("LAMPIRAN III", "ANNEX III"), say("KEJADIAN", "INCIDENTS"))),
        Heading(say("Sambungan dan gambar ruang", "Links and pictures of the rooms"), 2),
        _table(
            told,
            (say("Mulai", "From"), say("Ruang", "Room"), say("Kejadian", "Incident"),
             say("Lama", "Length"), say("Berakhir", "End")),
            tuple(_outage(told, one) for one in minutes.outages),
            (20.0, 42.0, 42.0, 14.0, 42.0),
        ),
        Heading(say("Gambar yang diturunkan", "Pictures reduced"), 2),
        _table(
            told,
            (say("Mulai", "From"), say("Ruang", "Room"), say("Sebab", "Reason"),
             say("Sampai", "Down to"), say("Lama", "Length"), say("Berakhir", "End")),
            tuple(_narrowed(told, one) for one in minutes.narrowed),
            (20.0, 38.0, 44.0, 20.0, 14.0, 24.0),
        ),
        Heading(say("Server", "The server"), 2),
        _table(
            told,
            (say("Waktu", "Time"), say("Kejadian", "Incident"),
             say("Lama", "Length"), say("Berakhir", "End")),
            server_rows(told),
            (20.0, 92.0, 16.0, 32.0),
        ),
        Heading(say("Panggilan bantuan", "Calls for help"), 2),
        _table(
            told,
            (say("Waktu", "Time"), say("Ruang", "Room"), say("Isi", "Words"),
             say("Oleh", "By"), say("Dijawab", "Answered")),
            tuple(_help(told, one) for one in minutes.help),
            (17.0, 38.0, 45.0, 27.0, 33.0),
        ),
        Heading(say("Aba-aba kepada ruang", "Messages to the halls"), 2),
        _table(
            told,
            (say("Waktu", "Time"), say("Kepada", "To"), say("Isi", "Words"),
             say("Oleh", "By"), say("Dilihat", "Seen")),
            tuple(_cue(told, one) for one in minutes.cues),
            (17.0, 30.0, 43.0, 22.0, 48.0),
        ),
        Heading(say("Pengumuman suara", "Voice announcements"), 2),
        _table(
            told,
            (say("Waktu", "Time"), say("Oleh", "By"), say("Lama", "Length"),
             say("Berakhir", "End")),
            tuple(_announced(told, one) for one in minutes.announcements),
            (20.0, 60.0, 20.0, 60.0),
        ),
        Heading(say("Saluran pribadi", "Private lines"), 2),
        _table(
            told,
            (say("Waktu", "Time"), say("Oleh", "By"), say("Kepada", "To"),
             say("Dijawab", "Answered"), say("Pesan", "Texts"), say("Berakhir", "End")),
            tuple(_line(told, one) for one in minutes.lines),
            (17.0, 30.0, 36.0, 32.0, 13.0, 32.0),
        ),
        Para(
            say(
                "Apa yang dibicarakan dan ditulis di saluran pribadi tidak dicatat.",
                "What is said and written on a private line is not recorded.",
            ),
            "small",
        ),
    ]  # fmt: skip


def _table(
    told: Told,
    heads: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    widths: tuple[float, ...],
) -> Block:
    if not rows:
        return Para(told.say("Tidak ada.", "None."), "small")
    return Table(heads, rows, widths)


def _outage(told: Told, one: Outage) -> tuple[str, ...]:
    say = told.say
    what = say("Kamera utama tidak mengirim", "Main camera sent nothing")
    if one.kind == "link":
        why = told.pick(_WHY[one.why]) if one.why in _WHY else one.why
        what = say("Sambungan terputus", "Link lost") + (f": {why}" if why else "")
    back = say("tidak kembali", "did not come back")
    if one.back is not None:
        back = told.pick(_BACK[one.back]).format(at=told.clock(one.ended_at, seconds=True))
    if not one.live:
        back += say(" (di luar sesi)", " (not while live)")
    began = told.clock(one.began_at, seconds=True)
    return (began, told.room(one.room), what, told.length(one.lasted_ms), back)


def _narrowed(told: Told, one: Narrowed) -> tuple[str, ...]:
    found, say = one.trouble, told.say
    side = say("unggah", "up") if found.side == "up" else say("unduh", "down")
    value = number(found.value, told.lang, 1 if found.why == "loss" else 0)
    why = {
        "loss": say(f"paket hilang {value} % ({side})", f"{value} % loss ({side})"),
        "rtt": say(f"waktu bolak-balik {value} ms", f"round trip {value} ms"),
        "rate": say(f"{side} hanya {value} kbit/s", f"{side} only {value} kbit/s"),
        "cpu": say(f"komputer lambat, {value} % waktu", f"slow computer, {value} % of the time"),
    }[found.why]
    level = say("suara saja", "sound alone") if one.lowest == "audio" else one.lowest
    ended = told.clock(one.ended_at, seconds=True)
    if not one.live:
        ended += say(" (di luar sesi)", " (not while live)")
    began = told.clock(one.began_at, seconds=True)
    return (began, told.room(one.room), why, level, told.length(one.lasted_ms), ended)


def _help(told: Told, one: HelpMinutes) -> tuple[str, ...]:
    answer = told.say("tidak dijawab", "not answered")
    if one.answered_at is not None:
        answer = f"{told.clock(one.answered_at)}, {one.answered_by}"
    return (told.clock(one.at), told.room(one.room), one.text or NONE, one.by, answer)


def _cue(told: Told, one: CueMinutes) -> tuple[str, ...]:
    seen = ", ".join(f"{told.room(by.room)} {told.clock(by.at)}" for by in one.seen)
    said = seen or told.say("tidak ada", "nobody")
    if one.withdrawn_at is not None:
        at = told.clock(one.withdrawn_at)
        said += told.say(f"; ditarik {at}", f"; withdrawn {at}")
    return (told.clock(one.at), told.room(one.room), one.text, one.by, said)


def _announced(told: Told, one: Announced) -> tuple[str, ...]:
    ended = told.length(None if one.ended_at is None else one.ended_at - one.at)
    return (
        told.clock(one.at, seconds=True),
        one.by,
        ended,
        _ended(told, one.ended_at, _UNSAID.get(one.why) if one.why else None),
    )


def _line(told: Told, one: LineMinutes) -> tuple[str, ...]:
    answered = told.say("tidak", "no")
    if one.answered_at is not None:
        answered = f"{told.clock(one.answered_at)}, {one.answered_by}"
    return (
        told.clock(one.at),
        one.by,
        told.say("Teknisi", "Technicians") if one.room is None else told.room(one.room),
        answered,
        str(one.texts or NONE),
        _ended(told, one.ended_at, _UNLINED.get(one.why) if one.why else None),
    )


def _ended(told: Told, at: int | None, why: W | None) -> str:
    """When, and why if something came in between."""
    return told.clock(at, seconds=True) + (f" ({told.pick(why)})" if why else "")
