"""The command `vicon`. Each command is a file, imported when it is called for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from vicon import __version__
from vicon.ops.words import SpokenError, Words, environment_language, reason_of

_LANGUAGES = ("id", "en")
_COULD_NOT, _WRONG_USE, _INTERRUPTED = 3, 2, 130


class _Command(NamedTuple):
    name: str
    place: str
    words: Words


_COMMANDS = (
    _Command(
        "up",
        "vicon.cli.up:up",
        Words(
            "Menyiapkan dan menjalankan vicon, lalu menampilkan tautannya.",
            "Set vicon up, run it and show its links.",
        ),
    ),
    _Command(
        "serve",
        "vicon.cli.serve:serve",
        Words(
            "Menjalankan server menurut berkas konfigurasi.",
            "Run the server as a configuration file says.",
        ),
    ),
    _Command(
        "links",
        "vicon.cli.links:links",
        Words("Menampilkan tautan dan kode QR.", "Show links and QR codes."),
    ),
    _Command(
        "user",
        "vicon.cli.user:app",
        Words(
            "Akun moderator, teknisi dan pengelola.",
            "Accounts of moderators, technicians, organizers.",
        ),
    ),
    _Command(
        "posters",
        "vicon.cli.posters:posters",
        Words("Menulis poster pintu setiap ruang (PDF).", "Write each room's door poster (PDF)."),
    ),
    _Command(
        "doctor",
        "vicon.cli.doctor:doctor",
        Words("Memeriksa apakah mesin ini siap.", "Check whether this machine is ready."),
    ),
    _Command(
        "config",
        "vicon.cli.config:config",
        Words(
            "Contoh konfigurasi, papan Grafana, peringatan; memeriksa berkas.",
            "A sample configuration, a dashboard, alerts; check a file.",
        ),
    ),
    _Command(
        "journal",
        "vicon.cli.journal:app",
        Words("Membaca, memeriksa, mengekspor jurnal.", "Read, verify, export the journal."),
    ),
    _Command(
        "minutes",
        "vicon.cli.minutes:minutes",
        Words("Menulis berita acara dari jurnal.", "Write the minutes from the journal."),
    ),
    _Command(
        "compose",
        "vicon.cli.compose:compose",
        Words("Membuat film dari rekaman.", "Make a film of a recording."),
    ),
    _Command(
        "pact",
        "vicon.cli.pact:app",
        Words(
            "Menulis dan memeriksa dokumen pakta.",
            "Write and check the pact's document.",
        ),
    ),
    _Command(
        "backup",
        "vicon.cli.backup:app",
        Words(
            "Menulis cadangan saat server berjalan, atau memeriksanya.",
            "Write a backup while the server runs, or check one.",
        ),
    ),
    _Command(
        "restore",
        "vicon.cli.restore:restore",
        Words(
            "Memulihkan direktori data dari cadangan.",
            "Restore a data directory from a backup.",
        ),
    ),
    _Command(
        "standby",
        "vicon.cli.standby:app",
        Words(
            "Menampilkan keadaan server utama dan cadangannya.",
            "Show how the first server and its standby stand.",
        ),
    ),
    _Command(
        "takeover",
        "vicon.cli.takeover:takeover",
        Words(
            "Menjadikan server cadangan ini yang melayani.",
            "Make this standby the server that serves.",
        ),
    ),
    _Command(
        "purge",
        "vicon.cli.purge:purge",
        Words(
            "Menghapus data pribadi yang masa simpannya habis.",
            "Remove personal data that was kept long enough.",
        ),
    ),
    _Command(
        "ask",
        "vicon.cli.ask:ask",
        Words(
            "Menanyakan keadaan vicon, atau mengirim satu perintah.",
            "How a conference stands, or one command to it.",
        ),
    ),
    _Command(
        "count",
        "vicon.cli.count:count",
        Words("Menghitung wajah pada gambar.", "Count the faces on pictures."),
    ),
    _Command(
        "trial",
        "vicon.cli.trial:app",
        Words("Menguji jalur dari ruang ini ke pusat.", "Test the line from here to the centre."),
    ),
    _Command(
        "sweep",
        "vicon.cli.sweep:sweep",
        Words("Menguji semua ruang yang tersambung.", "Test all rooms that are connected."),
    ),
    _Command(
        "agent",
        "vicon.cli.agent:agent",
        Words("Masuk ke ruang tanpa layar.", "Join a room without a screen."),
    ),
    _Command(
        "rehearse",
        "vicon.cli.rehearse:rehearse",
        Words("Mengisi ruang-ruang untuk gladi.", "Fill the rooms for a rehearsal."),
    ),
    _Command(
        "drill",
        "vicon.cli.drill:drill",
        Words("Uji pemulihan dalam gladi.", "Recovery drills in a rehearsal."),
    ),
)


def main() -> None:
    """Run `vicon` with the arguments of the process; ends it with one of the exit codes of
    docs/command-line.md."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code. Every failure is a sentence on standard error;
    its traceback only with VICON_DEBUG=1."""
    try:
        code = _call(_take_language(arguments))
        sys.stdout.flush()  # here, where a reader that went away is no fault
        return code
    except SpokenError as error:
        return _fail(error.words, error.exit_code)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has had enough (`| head`): nothing more to say, to anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        what = f"{error.filename}: {reason_of(error)}" if error.filename else reason_of(error)
        return _fail(Words(f"Tidak berhasil: {what}.", f"It failed: {what}."), _COULD_NOT)
    except Exception as error:  # noqa: BLE001  # the outermost edge: a fault of ours
        what = f"{type(error).__name__}: {error}"
        words = Words(
            f"Kesalahan di dalam vicon: {what}. Ulangi dengan VICON_DEBUG=1 dan laporkan.",
            f"A fault within vicon: {what}. Run again with VICON_DEBUG=1 and report it.",
        )
        return _fail(words, _COULD_NOT)


def _call(arguments: Sequence[str]) -> int:
    from cyclopts import App, CycloptsError

    app = App(
        name="vicon",
        help=Words(
            "Vicon antara satu pusat dan banyak ruang.",
            "Video conference between one hub and many rooms.",
        ).say(environment_language()),
        help_epilogue="--lang id|en · docs/command-line.md",
        version=__version__,
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    called = next((argument for argument in arguments if not argument.startswith("-")), "")
    for command in _COMMANDS:
        # The command's own page is its docstring; the list has one line for each.
        line = None if command.name == called else command.words.say(environment_language())
        app.command(command.place, name=command.name, help=line)
    if called:
        from vicon.ops import logging

        logging.setup(level="warning")  # standard output is for results; serve and up say more
    try:
        result = app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        what = str(error)
        words = Words(
            f"Perintah tidak dimengerti: {what} Lihat `vicon --help`.",
            f"The command is not understood: {what} See `vicon --help`.",
        )
        return _fail(words, _WRONG_USE)
    return result if isinstance(result, int) else 0


def _take_language(arguments: Sequence[str]) -> list[str]:
    """Take `--lang id|en`, wherever it stands, and tell the whole process."""
    left, wanted = list(arguments), ""
    for place, argument in enumerate(left):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            wanted = left.pop(place).partition("=")[2]
            break
        if argument == "--lang":
            wanted = " ".join(left[place + 1 : place + 2])
            del left[place : place + 2]
            break
    else:
        return left
    if wanted not in _LANGUAGES:
        raise _WrongLanguage("--lang harus id atau en.", "--lang must be id or en.")
    os.environ["LANGUAGE"] = wanted
    return left


class _WrongLanguage(SpokenError):
    exit_code = _WRONG_USE


def _fail(words: Words, code: int) -> int:
    if os.environ.get("VICON_DEBUG") == "1" and sys.exc_info()[0]:
        import traceback

        traceback.print_exc()
    text = words.say(environment_language())
    print(text if "\n" in text else f"vicon: {text}", file=sys.stderr)
    return code
