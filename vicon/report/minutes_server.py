"""What befell the server itself, as the minutes tell it: in short, and row by row."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.core.events_server import TakeoverWhy
from vicon.core.minutewords import Jumped, Pressed, Takeover
from vicon.core.pressure import CLOSED, PAUSED, SMALL, SOUND, STAGE, Level, Why
from vicon.measure.run import Words as W
from vicon.report.minutes_told import NONE, Told, times

_GAVE_WAY: Mapping[Level, W] = {
    CLOSED: W("pemantau baru ditolak", "new observers were refused"),
    SMALL: W("gambar kecil dikirim sekecil mungkin", "thumbnails came in their smallest form"),
    PAUSED: W("gambar kecil diistirahatkan", "thumbnails rested"),
    STAGE: W("hanya ruang yang tampil terlihat", "only the room on air was seen"),
    SOUND: W("semua gambar diistirahatkan, suara tetap", "all pictures rested, the sound went on"),
}
_PRESSED: Mapping[Why, W] = {
    "media_cpu": W("proses media memakai satu inti penuh", "the media process used a whole core"),
    "media_late": W("media terlambat dikirim", "media was sent late"),
    "server_late": W("server terlambat menjawab", "the server was late to answer"),
    "descriptors": W("sambungan mendekati batas", "connections came near their limit"),
}
_TAKEN: Mapping[TakeoverWhy, W] = {
    "ended": W("server itu mati", "it had ended"),
    "handed_over": W("diserahkan dengan perintah", "handed over by command"),
    "decided": W("diputuskan petugas", "decided by a person"),
    "halls": W("lebih dari separuh ruang kehilangannya", "more than half of the halls had lost it"),
}
Row = tuple[str, str, str, str]


def server_sums(told: Told) -> tuple[tuple[str, str], ...]:
    """While the session was live."""
    say, server = told.say, told.minutes.server
    jumps = sum(one.live for one in server.jumps)
    return (
        (
            say("Server digantikan", "Server replaced"),
            times(told, [one.away_ms or 0 for one in server.takeovers if one.live]),
        ),
        (
            say("Server kewalahan", "Server hard pressed"),
            times(told, [one.lasted_ms for one in server.pressed if one.live]),
        ),
        (
            say("Jam server melompat", "Server's clock jumped"),
            say(f"{jumps} kali", "once" if jumps == 1 else f"{jumps} times")
            if jumps
            else say("tidak pernah", "never"),
        ),
    )


def server_rows(told: Told) -> tuple[Row, ...]:
    """In the order of time."""
    server = told.minutes.server
    found = [
        *((one.at - (one.away_ms or 0), _takeover(told, one)) for one in server.takeovers),
        *((one.began_at, _pressed(told, one)) for one in server.pressed),
        *((one.at, _jumped(told, one)) for one in server.jumps),
    ]
    rows = [row for _, row in sorted(found, key=lambda one: one[0])]
    if server.more:
        said = told.say(
            f"{server.more} kejadian lain hanya ada di jurnal",
            f"{server.more} more are in the journal alone",
        )
        rows.append((NONE, said, NONE, NONE))
    return tuple(rows)


def _takeover(told: Told, one: Takeover) -> Row:
    why = told.pick(_TAKEN[one.why]) + (f" ({one.by})" if one.by else "")
    before = f" {one.server}" if one.server else ""
    what = told.say(
        f"Server lain menggantikan server{before}: {why}",
        f"Another server took over from the one before{before}: {why}",
    )
    began = told.clock(one.at - (one.away_ms or 0), seconds=True)
    return (began, what, told.length(one.away_ms), _ended(told, one.at, live=one.live))


def _pressed(told: Told, one: Pressed) -> Row:
    gave = told.pick(_GAVE_WAY[one.highest])
    why = f": {told.pick(_PRESSED[one.why])}" if one.why else ""
    what = told.say(f"Server kewalahan{why}; {gave}", f"Server hard pressed{why}; {gave}")
    began = told.clock(one.began_at, seconds=True)
    return (began, what, told.length(one.lasted_ms), _ended(told, one.ended_at, live=one.live))


def _jumped(told: Told, one: Jumped) -> Row:
    length = told.length(abs(one.by_ms))
    way = told.say("maju", "ahead") if one.by_ms > 0 else told.say("mundur", "back")
    kept = told.say("waktu di sini tidak ikut", "the times here did not follow")
    if one.followed:
        kept = told.say("waktu di sini ikut", "the times here followed")
    what = told.say(
        f"Jam server melompat {way} {length}; {kept}",
        f"The server's clock jumped {way} by {length}; {kept}",
    )
    return (told.clock(one.at, seconds=True), what, NONE, _ended(told, None, live=one.live))


def _ended(told: Told, at: int | None, *, live: bool) -> str:
    said = told.clock(at, seconds=True)
    return said if live else said + told.say(" (di luar sesi)", " (not while live)")
