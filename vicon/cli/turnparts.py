"""What vicon.cli.turns is made of: what the command was told, persons' wishes, small words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from vicon.ops.data import DataDir
from vicon.ops.trail import trail
from vicon.ops.words import Words
from vicon.pair import words
from vicon.pair.reach import BadPeer
from vicon.pair.record import Record, read_key

NOT_SURE = Words(
    "Server ini menunggu kabar dari pasangannya, yang mungkin sudah mengambil alih. Periksa server "
    "itu. Bila ia pasti tidak melayani, jalankan `vicon takeover --sure`.",
    "This server waits for word from the other one, which may have taken over. Look at that one. "
    "If it surely does not serve, run `vicon takeover --sure`.",
)
REPLACED = Words(
    "Server ini sudah digantikan dan tidak mengikuti siapa pun. Jalankan lagi dengan --standby-of, "
    "tunggu sampai lengkap, lalu ulangi; atau, bila server yang lain pasti tidak melayani lagi, "
    "pakai --sure.",
    "This server has been replaced and follows nobody. Start it again with --standby-of, wait "
    "until it has everything, then repeat; or, if the other surely does not serve any more, use "
    "--sure.",
)


class StandbyOf(Struct, frozen=True, kw_only=True):
    """What `vicon serve` was told of the first server."""

    url: str
    key_file: Path | None = None
    authority: Path | None = None
    takeover_s: float = 3.0
    """0: never by itself."""


class Asked:
    """Persons' wishes, by signal."""

    def __init__(self) -> None:
        self.count, self.sure, self.answer = 0, False, Words("", "")
        self._open = False
        self.listener: Callable[[bool], None] | None = None

    def ask(self, sure: bool) -> None:
        if self.listener is not None:
            self.listener(sure)
            return
        self.count += 1
        self.sure, self._open, self.answer = sure, True, Words("", "")

    def refuse(self, why: Words) -> None:
        if self._open:
            self._open, self.answer = False, why


def note(home: DataDir, what: str, epoch: int) -> None:
    """In DATA/trail.jsonl, beside what persons have done."""
    with trail(home, what, epoch=str(epoch)):
        return


def state_of(record: Record, part: str) -> words.State:
    return words.State(
        holder=record.holder,
        part="standby" if part == "standby" else "first",
        number=record.number,
        fenced=record.fenced is not None,
        heir=record.fenced_by,
        heir_number=record.fenced_number,
    )


def key_of(home: DataDir, file: Path | None) -> str:
    """Raises BadPeer, DataError."""
    if file is not None:
        try:
            found = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
    else:
        found = read_key(home) or ""
    if not found:
        raise BadPeer(
            "Kunci pasangan tidak ada. Buat di server utama dengan `vicon standby key`, salin "
            "berkasnya ke sini, lalu sebut dengan --standby-key.",
            "There is no key of the pair. Make it on the first server with `vicon standby key`, "
            "copy the file here, and name it with --standby-key.",
        )
    return found
