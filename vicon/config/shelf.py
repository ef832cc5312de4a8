"""Conferences that were made in the editor: DATA/conferences/ID.toml, put away ones in
DATA/conferences/archive/. The same form and the same checker as the configuration."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

from msgspec import Struct

from vicon.config import table as tables
from vicon.config.settings import Conference
from vicon.config.table import Table
from vicon.ops.data import DataError, make_private_dir, sync_dir, write_private
from vicon.ops.words import Words, reason_of


class Shelved(Struct, frozen=True, kw_only=True):
    """What a file says."""

    id: str
    table: Table
    conference: Conference | None
    """None: `wrong` says why it is none."""
    wrong: Words = Words("", "")
    version: str = ""
    """Of the file's bytes: an edit names the one that it is of."""


class Shelf:
    """For the one server that has claimed the data directory. Calls block. Raises DataError."""

    def __init__(self, folder: Path) -> None:
        self._folders = {False: folder, True: folder / "archive"}

    def ids(self, *, archived: bool = False) -> list[str]:
        return sorted(path.stem for path in self._folders[archived].glob("*.toml"))

    def holds(self, id: str) -> bool:
        """Archived or not."""
        return any(self._path(id, archived).exists() for archived in (False, True))

    def read(self, id: str, *, archived: bool = False) -> Shelved | None:
        """None: there is no such file."""
        path = self._path(id, archived)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(path, error) from error
        return _parse(id, content)

    def write(self, id: str, table: Table) -> None:
        """As a whole, durably."""
        write_private(self._path(id, archived=False), tables.render(table).encode())

    def remove(self, id: str) -> None:
        path = self._path(id, archived=False)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _unusable(path, error) from error

    def move(self, id: str, *, archived: bool) -> None:
        """Put away, or take out again. Nothing happens if it is there already."""
        old, new = self._path(id, not archived), self._path(id, archived)
        try:
            make_private_dir(new.parent)
            if old.exists():
                old.replace(new)
                sync_dir(new.parent)
                sync_dir(old.parent)
        except OSError as error:
            raise _unusable(new, error) from error

    def _path(self, id: str, archived: bool) -> Path:
        """`id` has been checked: it holds nothing that leads elsewhere."""
        return self._folders[archived] / f"{id}.toml"


def _parse(id: str, content: bytes) -> Shelved:
    version = hashlib.sha256(content).hexdigest()
    try:
        data = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        wrong = Words(f"bukan TOML yang benar ({error})", f"is not right TOML ({error})")
        return Shelved(id=id, table={}, conference=None, wrong=wrong, version=version)
    conferences = data.get("conferences")
    table = conferences[0] if isinstance(conferences, list) and len(conferences) == 1 else None
    if not isinstance(table, dict) or table.get("id") != id:
        wrong = Words(
            f'harus berisi satu vicon dengan id "{id}"',
            f'must hold one conference, with the id "{id}"',
        )
        return Shelved(id=id, table={}, conference=None, wrong=wrong, version=version)
    found = tables.check(table)
    if found:
        first = found[0]
        key = ".".join(map(str, first.place))
        wrong = Words(f"{key}: {first.words.id}", f"{key}: {first.words.en}")
        return Shelved(id=id, table=table, conference=None, wrong=wrong, version=version)
    made = tables.conference(table)
    return Shelved(id=id, table=table, conference=made, version=version)


def _unusable(path: Path, error: OSError) -> DataError:
    why = reason_of(error)
    return DataError(
        f"{path} tidak dapat dipakai: {why}. Periksa pemilik, izin dan ruang disk.",
        f"{path} cannot be used: {why}. Check its owner, permissions and the disk space.",
    )
