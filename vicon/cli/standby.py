"""`vicon standby`: how the two servers of a pair stand, and the key that they share."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import App, Parameter

from vicon.cli.common import DONE, REFUSED, Data, Json, say, write_json
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.trail import trail
from vicon.ops.words import SpokenError
from vicon.pair.halls import FROZEN
from vicon.pair.record import Record, key_path, make_key, read_record
from vicon.pair.state import OLD_S, Standing, read_standing

app = App(
    name="standby",
    help=say(
        "Keadaan dua server yang berpasangan: siapa melayani, siapa mengikuti.",
        "How two servers of a pair stand: which serves, which follows.",
    ),
)


class NoPair(SpokenError):
    """No server of a pair has run on this data directory."""

    exit_code = 1


def standing_of(home: DataDir) -> Standing | None:
    """Of the running server; None: none runs. Raises DataError."""
    found, pid = read_standing(home), home.holder()
    fresh = found is not None and SystemClock().now() - found.at < OLD_S * 1000
    return found if found is not None and fresh and found.pid == pid else None


@app.default
def status(*, data: Data, json: Json = False) -> int:
    """Menampilkan bagian server ini, pasangannya, dan apakah cadangan lengkap. Kode keluar 1 bila
    pasangannya tidak tersambung.

    Show what this server is in its pair, and whether the standby has everything. Exit code 1 when
    the two are not connected.
    """
    home = DataDir(data)
    record, found = read_record(home), standing_of(home)
    if json:
        write_json({"record": record, "now": found})
    else:
        print("\n".join(_lines(record, found)))
    return DONE if found is not None and found.line else REFUSED


@app.command
def key(
    *,
    data: Data,
    show: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help=say("Tampilkan kuncinya, bukan berkasnya.", "Print the key, not its file."),
        ),
    ] = False,
) -> int:
    """Membuat kunci pasangan bila belum ada, dan menampilkan berkasnya. Salin berkas itu ke mesin
    cadangan: siapa memilikinya memperoleh semua data dan kunci server.

    Make the key of the pair where there is none, and print its file. Copy that file to the
    standby's machine: who has it gets all data and keys of the server.
    """
    home = DataDir(data)
    if not home.path.is_dir():
        raise NoPair(
            f"Direktori {data} tidak ada. Jalankan dahulu server utama dengan --data itu.",
            f"There is no directory {data}. Run the first server with that --data first.",
        )
    with trail(home, "standby key"):
        made = make_key(home)
        sys.stdout.write(f"{made if show else key_path(home)}\n")
    return DONE


def _lines(record: Record | None, found: Standing | None) -> list[str]:
    if found is None:
        if record is None:
            return [
                say(
                    "Server ini belum pernah berpasangan. Lihat docs/operations.md, bagian "
                    "Server cadangan.",
                    "This server has never been in a pair. See docs/operations.md, A standby.",
                )
            ]
        return [_part(record, None), say("Server tidak berjalan.", "The server does not run.")]
    lines = [_part(record, found)]
    if found.peer:
        lines.append(say(f"Pasangan: {found.peer}", f"The other: {found.peer}"))
    lines.append(_line(found))
    if found.frozen:
        lines.append(say(FROZEN.id, FROZEN.en))
    if found.part == "standby":
        lines.append(
            say(
                "Mengambil alih sendiri bila server utama mati.",
                "Takes over by itself when the first server ends.",
            )
            if found.right
            else say(
                "Saat ini hanya mengambil alih atas perintah: vicon takeover.",
                "At present it takes over by command alone: vicon takeover.",
            )
        )
    if found.answer.en:
        lines.append(say(found.answer.id, found.answer.en))
    return lines


def moment(number: int) -> str:
    """When an epoch began, by this machine's clock."""
    return f"{datetime.fromtimestamp(number, UTC).astimezone():%Y-%m-%d %H:%M:%S}"


def _part(record: Record | None, found: Standing | None) -> str:
    fenced = record is not None and record.fenced is not None
    part = found.part if found is not None else ("fenced" if fenced else record and record.part)
    known = record.fenced_number if fenced and record is not None else record and record.number
    since = moment(found.number if found is not None else known or 0)
    match part:
        case "standby":
            return say(
                f"Cadangan, mengikuti yang melayani sejak {since}.",
                f"Standby, follows what serves since {since}.",
            )
        case "fenced":
            return say(
                f"Sudah digantikan pada {since}: tidak melayani. Jalankan lagi dengan "
                "--standby-of agar menjadi cadangan.",
                f"Replaced at {since}: does not serve. Start it again with --standby-of to make it "
                "the standby.",
            )
        case "asking":
            return say(
                "Menunggu kabar pasangannya sebelum melayani.",
                "Waits for word from the other before it serves.",
            )
    return say(f"Server utama, melayani sejak {since}.", f"First, serves since {since}.")


def _line(found: Standing) -> str:
    if not found.line:
        return say("Keduanya tidak tersambung.", "The two are not connected.")
    if found.synced:
        return say("Tersambung, cadangan lengkap.", "Connected, the standby has everything.")
    return say(
        f"Tersambung, cadangan {found.behind} kejadian di belakang.",
        f"Connected, the standby is {found.behind} entries behind.",
    )
