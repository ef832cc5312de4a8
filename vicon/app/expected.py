"""The list of those who are expected, from a spreadsheet's CSV: all of it, or every mistake with
its line. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from msgspec import Struct

from vicon.core.attendance import LONGEST_NAME
from vicon.core.model import MAX_EXPECTED, Conference, Expected
from vicon.ops.words import SpokenError, Words

MOST_FAULTS = 50
_BOM = "\ufeff"
_DELIMITERS = ",;\t"
COLUMNS = {
    "room": ("room", "ruang"),
    "name": ("name", "nama"),
    "institution": ("institution", "instansi"),
    "role": ("role", "peran"),
}
"""What each may be called; all four are wanted, others are passed over."""
_COLUMN_OF = {name: column for column, names in COLUMNS.items() for name in names}


class Fault(Struct, frozen=True):
    line: int
    text: Words


class BadList(SpokenError):
    """Nothing of the list can be taken. `faults` is empty where the file as a whole is wrong;
    at most MOST_FAULTS."""

    def __init__(self, id: str, en: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(id, en)
        self.faults = list(faults[:MOST_FAULTS])


class _Row(Struct, frozen=True):
    line: int
    cells: list[str]


def read(data: bytes, state: Conference) -> dict[str, tuple[Expected, ...]]:
    """By room, in the order of the file; rooms that are not named are not in it. Raises BadList."""
    text = _text(data)
    rows, broken = _split(text, _delimiter(text))
    if not rows:
        raise _all([broken]) if broken else _empty()
    reader = _Reader(state, rows[0].cells, _places(rows[0].cells))
    for row in rows[1:]:
        reader.take(row)
    faults = [*reader.faults, broken] if broken else reader.faults
    if faults:
        raise _all(faults)
    if not reader.found:
        raise _nobody()
    return {code: tuple(persons) for code, persons in reader.found.items()}


def _text(data: bytes) -> str:
    try:
        return data.decode().removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadList(
            f"Berkas ini bukan CSV dengan huruf UTF-8 (baris {line} tidak terbaca). Di Excel pilih "
            'Simpan Sebagai, jenis "CSV UTF-8 (dipisahkan koma)", lalu unggah lagi.',
            f"This file is no CSV in UTF-8 (line {line} cannot be read). In Excel choose Save As, "
            'type "CSV UTF-8 (Comma delimited)", then upload it again.',
        ) from error


def _delimiter(text: str) -> str:
    """The one by which the first line that is not empty names the most of the columns."""
    first = next((line for line in text.splitlines() if line.strip(_DELIMITERS + ' "')), "")
    return max(_DELIMITERS, key=lambda sign: len(_known(first.replace('"', "").split(sign))))


def _known(heads: Sequence[str]) -> dict[str, int]:
    """Column -> place, of those that are known; of two that mean the same the first."""
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        column = _COLUMN_OF.get(head.strip().casefold())
        if column is not None:
            found.setdefault(column, place)
    return found


def _split(text: str, delimiter: str) -> tuple[list[_Row], Fault | None]:
    """Those that are not empty, with the line on which each begins; and where reading had to
    stop."""
    rows: list[_Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_Row(line, cells))
            line = reader.line_num + 1
    except csv.Error:
        return rows, Fault(line, _QUOTES)
    return rows, None


def _places(heads: Sequence[str]) -> dict[str, int]:
    known = _known(heads)
    missing = [names for column, names in COLUMNS.items() if column not in known]
    if missing:
        id = ", ".join(names[1] for names in missing)
        en = ", ".join(names[0] for names in missing)
        raise BadList(
            f"Baris pertama harus berisi judul kolom: ruang, nama, instansi, peran. Yang belum "
            f"ada: {id}. Tambahkan, lalu unggah lagi.",
            f"The first line must name the columns: room, name, institution, role. Missing: {en}. "
            "Add them, then upload it again.",
        )
    return known


class _Reader:
    """Takes row after row and goes on after a mistake."""

    def __init__(self, state: Conference, heads: Sequence[str], places: Mapping[str, int]) -> None:
        self.found: dict[str, list[Expected]] = {}
        """By room."""
        self.faults: list[Fault] = []
        self._lines: dict[tuple[str, str, str], int] = {}
        """Room, name and institution -> where they stand."""
        self._rooms, self._example = _rooms(state), state.plan.rooms[:1] or (state.plan.hub,)
        self._width, self._places = len(heads), places

    def take(self, row: _Row) -> None:
        wrong = self._take(row)
        if wrong is not None:
            self.faults.append(Fault(row.line, wrong))

    def _take(self, row: _Row) -> Words | None:
        """What is wrong with it; None: it is taken."""
        if any(cell.strip() for cell in row.cells[self._width :]):
            return _TOO_WIDE
        room, *said = (self._cell(row, column) for column in COLUMNS)
        if not said[0]:
            return _NO_NAME
        if any(len(part) > LONGEST_NAME or not part.isprintable() for part in said):
            return _UNFIT
        codes = self._rooms.get(room.casefold(), [])
        if len(codes) != 1:
            return self._which(room, codes)
        return self._add(codes[0], Expected(name=said[0], institution=said[1], role=said[2]), row)

    def _cell(self, row: _Row, column: str) -> str:
        """With its spaces put right; empty where the row ends before."""
        place = self._places[column]
        return " ".join(row.cells[place].split()) if place < len(row.cells) else ""

    def _add(self, code: str, expected: Expected, row: _Row) -> Words | None:
        key = code, expected.name.casefold(), expected.institution.casefold()
        before = self._lines.setdefault(key, row.line)
        if before != row.line:
            return Words(
                f"{expected.name} sudah ada di baris {before}. Hapus salah satu.",
                f"{expected.name} stands in line {before} already. Delete one of them.",
            )
        persons = self.found.setdefault(code, [])
        if len(persons) >= MAX_EXPECTED:
            return Words(
                f"Ruang {code} sudah berisi {MAX_EXPECTED} orang, yang terbanyak.",
                f"Room {code} has {MAX_EXPECTED} persons already, the most there can be.",
            )
        persons.append(expected)
        return None

    def _which(self, room: str, codes: Sequence[str]) -> Words:
        """Why a room's name is none, or too many."""
        if codes:
            listed = ", ".join(codes)
            return Words(
                f'Ruang "{room}" dapat berarti {listed}. Tulis kodenya.',
                f'Room "{room}" may be any of {listed}. Write its code.',
            )
        (example,) = self._example
        return Words(
            f'Ruang "{room}" tidak ada dalam vicon ini. Tulis kode atau namanya, misalnya '
            f"{example.code} atau {example.short_name}.",
            f'There is no room "{room}" in this conference. Write its code or name, such as '
            f"{example.code} or {example.short_name}.",
        )


def _rooms(state: Conference) -> dict[str, list[str]]:
    """What a room may be called, in small letters -> the codes that it may mean; a code means
    itself alone."""
    found: dict[str, list[str]] = {}
    for code, room in state.rooms.items():
        names = {room.plan.name, room.plan.short_name, room.plan.abbr} - {""}
        for name in {" ".join(name.split()).casefold() for name in names}:
            found.setdefault(name, []).append(code)
    return found | {code.casefold(): [code] for code in state.rooms}


_TOO_WIDE = Words(
    'Baris ini punya lebih banyak kolom daripada judulnya. Beri tanda kutip ("...") pada isi yang '
    "memuat pemisah, misalnya gelar.",
    'This line has more columns than the first. Put quotes ("...") around what contains the '
    "separator, such as a title after a name.",
)
_NO_NAME = Words(
    "Namanya kosong. Isi, atau hapus baris ini.",
    "The name is empty. Enter it, or delete this line.",
)
_UNFIT = Words(
    f"Nama, instansi, atau peran lebih panjang dari {LONGEST_NAME} huruf atau memuat tanda yang "
    "tidak dapat dicetak. Perpendek, atau tulis ulang.",
    f"A name, institution or role is longer than {LONGEST_NAME} letters or has signs that cannot "
    "be printed. Shorten it, or write it again.",
)
_QUOTES = Words(
    "Tanda kutip tidak ditutup, atau ada isi setelah tanda kutip penutup. Perbaiki tanda kutipnya.",
    "A quote is not closed, or something follows the closing quote. Mend the quotes.",
)


def _all(faults: Sequence[Fault]) -> BadList:
    count = len(faults)
    first = count > MOST_FAULTS
    return BadList(
        f"{count} kesalahan dalam daftar ini, jadi tidak ada yang diubah"
        f"{f' ({MOST_FAULTS} yang pertama disebut)' if first else ''}. Perbaiki barisnya, lalu "
        "unggah lagi.",
        f"{count} {'mistake' if count == 1 else 'mistakes'} in this list, so nothing was changed"
        f"{f' (the first {MOST_FAULTS} are named)' if first else ''}. Mend the lines, then upload "
        "it again.",
        faults,
    )


def _empty() -> BadList:
    return BadList(
        "Berkas ini kosong. Isi judul kolom (ruang, nama, instansi, peran) dan satu baris per "
        "orang.",
        "This file is empty. Enter the columns' names (room, name, institution, role) and one line "
        "for each person.",
    )


def _nobody() -> BadList:
    return BadList(
        "Daftar ini hanya berisi judul kolom. Isi satu baris per orang, lalu unggah lagi.",
        "This list has only the columns' names. Enter one line for each person, then upload it "
        "again.",
    )
