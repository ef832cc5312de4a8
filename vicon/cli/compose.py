"""`vicon compose`: one film of a recording, also while the server runs."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from vicon.cli.common import COULD_NOT, DONE, Json, WrongUse, say, write_json
from vicon.cli.composing import Progress
from vicon.core.recordplan import RecordingSheet
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.trail import trail
from vicon.ops.words import SpokenError, Words, environment_language
from vicon.ports import RecordingError
from vicon.programme.film import Film, NothingRecorded
from vicon.programme.film import compose as make
from vicon.programme.pieces import Problem
from vicon.programme.writing import KINDS, Look, Quality
from vicon.store.recordings import SHEET, read_sheet, recording_places

NICE = 15
"""A session that runs on the same machine goes first."""
LEAST_SIDE, MOST_SIDE = 160, 3840
LEAST_FPS, MOST_FPS = 5, 60


class CouldNot(SpokenError):
    exit_code = COULD_NOT


def compose(
    recording: Annotated[
        str | None,
        Parameter(
            help=say(
                "Id rekaman, atau direktori yang berisi recording.json. Bawaan: satu-satunya.",
                "The recording's id, or a directory with a recording.json. Default: the only one.",
            )
        ),
    ] = None,
    /,
    *,
    data: Annotated[
        Path | None,
        Parameter(help=say("Direktori data server.", "The server's data directory.")),
    ] = None,
    conference: Annotated[
        str | None,
        Parameter(help=say("Hanya rekaman vicon ini.", "Only this conference's recordings.")),
    ] = None,
    output: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Film ini: .mp4, .webm atau .mkv. Bawaan: VICON-TANGGAL-JAM.mp4 di sini.",
                "This film: .mp4, .webm or .mkv. Default: CONFERENCE-DATE-TIME.mp4 here.",
            )
        ),
    ] = None,
    size: Annotated[
        str, Parameter(help=say("Lebar x tinggi, piksel.", "Width x height, pixels."))
    ] = "1280x720",
    fps: Annotated[
        int, Parameter(help=say("Gambar per detik, 5 sampai 60.", "Pictures a second, 5 to 60."))
    ] = 25,
    quality: Annotated[
        Quality,
        Parameter(
            help=say(
                "small: berkas kecil; high: berkas besar.",
                "small: a small file; high: a large one.",
            )
        ),
    ] = "normal",
    replace: Annotated[
        bool,
        Parameter(
            negative="",
            help=say("Menimpa film yang sudah ada.", "Overwrite a film that is there already."),
        ),
    ] = False,
    json: Json = False,
) -> int:
    """Membuat satu film dari rekaman: ruang yang tampil, nama dan acara, jam, suara semua ruang
    yang mikrofonnya terbuka, bab dari rundown. Bila dihentikan, tidak ada berkas setengah jadi.

    Make one film of a recording: the rooms on air, names and items, the clock, the sound of all
    open microphones, chapters from the rundown. Where it is interrupted no half file is left."""
    place = _place(recording, data, conference)
    sheet = _sheet(place)
    look = _look(size, fps, quality)
    out = _output(output, sheet, replace=replace)
    if sheet.ended is None:
        _warn(
            "Rekaman ini belum berakhir: film dibuat sampai saat ini.",
            "This recording has not ended: the film goes as far as it is now.",
        )
    with contextlib.suppress(OSError):
        os.nice(NICE)
    clock = SystemClock()
    began = clock.monotonic()
    noted = (
        trail(DataDir(data), "compose", recording=f"{sheet.conference}/{sheet.id}", out=out)
        if data is not None
        else contextlib.nullcontext()
    )
    with noted, _terminated(), Progress(out.name, clock, quiet=json) as progress:
        made = _made(place, sheet, out, look, progress)
    _tell(made, sheet, out, look, clock.monotonic() - began, json=json)
    return DONE


def _made(place: Path, sheet: RecordingSheet, out: Path, look: Look, progress: Progress) -> Film:
    try:
        return make(place, sheet, out, look, environment_language(), progress.tell)
    except NothingRecorded as error:
        raise CouldNot(
            f"Tidak ada berkas di {place} yang dapat diputar{_listed(error.problems, 'id')}. "
            "Ambil rekaman dari salinan lain.",
            f"No file in {place} can be played{_listed(error.problems, 'en')}. Take the recording "
            "from another copy.",
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CouldNot(
                f"Disk penuh: film tidak jadi dan tidak ada yang tertinggal. Kosongkan tempat di "
                f"{out.parent}, atau sebutkan --output di disk lain.",
                f"The disk is full: no film was made, and nothing of it is left. Free room in "
                f"{out.parent}, or give --output on another disk.",
            ) from error
        raise


# --- which recording ------------------------------------------------------------------------------


def _place(recording: str | None, data: Path | None, conference: str | None) -> Path:
    """Its directory. Raises WrongUse."""
    if recording is not None and (Path(recording) / SHEET).is_file():
        return Path(recording)
    if data is None:
        raise WrongUse(
            "Sebutkan --data DIREKTORI server, atau direktori rekaman yang berisi recording.json.",
            "Give the server's --data DIRECTORY, or the directory of a recording, with its "
            "recording.json.",
        )
    root = DataDir(data).recordings
    found = [
        place
        for name in ([conference] if conference is not None else _conferences(root))
        for place in recording_places(root, name)
        if (place / SHEET).is_file()
    ]
    wanted = [place for place in found if recording in (None, place.name)]
    if len(wanted) == 1:
        return wanted[0]
    lines = "\n".join(_line(place) for place in (wanted or found))
    if not found:
        raise WrongUse(
            f"Tidak ada rekaman di {root}. Periksa --data dan --conference.",
            f"There is no recording in {root}. Check --data and --conference.",
        )
    if not wanted:
        raise WrongUse(
            f"Tidak ada rekaman `{recording}`. Yang ada:\n{lines}",
            f"There is no recording `{recording}`. There are:\n{lines}",
        )
    raise WrongUse(
        f"Ada beberapa rekaman. Sebutkan id salah satunya:\n{lines}",
        f"There are several recordings. Give the id of one:\n{lines}",
    )


def _conferences(root: Path) -> list[str]:
    return sorted(entry.name for entry in root.iterdir()) if root.is_dir() else []


def _line(place: Path) -> str:
    try:
        sheet = read_sheet(place)
    except RecordingError:
        return f"{place.name}  {place.parent.name}"
    return f"{sheet.id}  {sheet.conference}  {_moment(sheet):%Y-%m-%d %H:%M} {sheet.title}"


def _moment(sheet: RecordingSheet) -> datetime:
    return datetime.fromtimestamp(sheet.began / 1000, ZoneInfo(sheet.timezone))


def _sheet(place: Path) -> RecordingSheet:
    try:
        return read_sheet(place)
    except RecordingError as error:
        raise CouldNot(
            f"{place / SHEET} rusak, jadi tidak diketahui siapa yang tampil kapan ({error}). "
            "Pulihkan berkas itu dari salinan.",
            f"{place / SHEET} is damaged, so that nobody knows who was on air when ({error}). "
            "Restore that file from a copy.",
        ) from error


# --- what is wanted -------------------------------------------------------------------------------


def _look(size: str, fps: int, quality: Quality) -> Look:
    matched = re.fullmatch(r"([0-9]{2,4})x([0-9]{2,4})", size)
    width, height = (int(matched[1]), int(matched[2])) if matched else (0, 0)
    if any(side % 2 or not LEAST_SIDE <= side <= MOST_SIDE for side in (width, height)):
        raise WrongUse(
            f"--size {size}: tulis LEBARxTINGGI dalam bilangan genap {LEAST_SIDE} sampai "
            f"{MOST_SIDE}, misalnya 1280x720.",
            f"--size {size}: write WIDTHxHEIGHT in even numbers from {LEAST_SIDE} to {MOST_SIDE}, "
            "such as 1280x720.",
        )
    if not LEAST_FPS <= fps <= MOST_FPS:
        raise WrongUse(
            f"--fps {fps}: antara {LEAST_FPS} dan {MOST_FPS}.",
            f"--fps {fps}: between {LEAST_FPS} and {MOST_FPS}.",
        )
    return Look(width, height, fps, quality)


def _output(output: Path | None, sheet: RecordingSheet, *, replace: bool) -> Path:
    name = f"{sheet.conference}-{_moment(sheet):%Y%m%d-%H%M}.mp4"
    out = output if output is not None else Path(name)
    if out.suffix.lower() not in KINDS:
        raise WrongUse(
            f"--output {out}: namanya harus berakhir .mp4, .webm atau .mkv.",
            f"--output {out}: its name must end in .mp4, .webm or .mkv.",
        )
    if not out.parent.is_dir():
        raise WrongUse(
            f"Direktori {out.parent} tidak ada. Buat dahulu, atau sebutkan --output lain.",
            f"There is no directory {out.parent}. Make it first, or give another --output.",
        )
    if out.is_dir() or (out.exists() and not replace):
        raise WrongUse(
            f"{out} sudah ada. Sebutkan --output lain, atau --replace untuk menimpanya.",
            f"{out} is there already. Give another --output, or --replace to overwrite it.",
        )
    return out


@contextlib.contextmanager
def _terminated() -> Iterator[None]:
    """SIGTERM is as Ctrl-C: nothing is left."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# --- what became of it ----------------------------------------------------------------------------


def _tell(
    made: Film, sheet: RecordingSheet, out: Path, look: Look, took: float, *, json: bool
) -> None:
    if json:
        write_json(_as_json(made, sheet, out, look, took))
        return
    for problem in made.problems:
        _warn(
            f"Tidak ada di film: {problem.file}: {problem.words.id}.",
            f"Not in the film: {problem.file}: {problem.words.en}.",
        )
    size = f"{made.bytes / 1e6:.1f} MB"
    speed = made.seconds / max(took, 0.1)
    sys.stdout.write(
        say(
            f"Film: {out}, {_lasts(made.seconds)}, {size}, {speed:.1f} x waktu nyata.\n",
            f"Film: {out}, {_lasts(made.seconds)}, {size}, {speed:.1f} x real time.\n",
        )
    )


def _as_json(
    made: Film, sheet: RecordingSheet, out: Path, look: Look, took: float
) -> dict[str, Any]:
    language = environment_language()
    return {
        "file": str(out),
        "conference": sheet.conference,
        "recording": sheet.id,
        "seconds": round(made.seconds, 3),
        "bytes": made.bytes,
        "width": look.width,
        "height": look.height,
        "fps": look.fps,
        "chapters": [{"at": round(at, 3), "title": title} for at, title in made.chapters],
        "missing": [{"file": one.file, "why": one.words.say(language)} for one in made.problems],
        "took_s": round(took, 1),
    }


def _lasts(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _listed(problems: Sequence[Problem], language: str) -> str:
    said = ", ".join(
        f"{one.file} {one.words.en if language == 'en' else one.words.id}" for one in problems
    )
    return f" ({said})" if said else ""


def _warn(id: str, en: str) -> None:
    sys.stderr.write(Words(id, en).say(environment_language()) + "\n")
