"""Which files of a data directory the standby has too: keys, the book of links, conferences; not
the databases, which follow entry by entry, nor what belongs to the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from vicon.ops.data import DataDir, DataError, write_private

MOST_BYTES = 16 << 20
"""One file at most; a larger one is none of ours."""
MOST_FILES = 2000
_OWN = (
    "lock",
    "server.json",
    "standby.json",
    "standby-state.json",
    "takeover.json",
    "trail.jsonl",
    "trail.jsonl.1",
)
_OWN_FOLDERS = ("cache", "aside")
_OWN_TLS = ("tls/server.pem", "tls/server.key")
"""Each server has a certificate for its own addresses, of the one authority."""
_NEVER = (".sqlite", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal", ".new", ".log", ".tar")
SETTINGS = "pair/settings.json"
"""What the first's configuration says of conferences, links, trials: see vicon.pair.settings."""


class Files(Struct, frozen=True, kw_only=True):
    names: list[str]
    """All that there are."""
    changed: dict[str, bytes]


def belongs(name: str) -> bool:
    """Whether a name, with `/` between its parts, is of a file that both have."""
    parts = PurePosixPath(name).parts
    safe = bool(parts) and name == "/".join(parts) and not {"/", "..", "."} & set(parts)
    return (
        safe
        and "\\" not in name
        and "\0" not in name
        and parts[0] not in (*_OWN, *_OWN_FOLDERS)
        and name not in _OWN_TLS
        and not (len(parts) == 1 and name.endswith(".toml"))
        and not name.endswith(_NEVER)
    )


class Watch:
    """What has changed since one looked last. Blocks."""

    def __init__(self, home: DataDir) -> None:
        self._home = home
        self._known: dict[str, tuple[int, int, int]] = {}

    def look(self) -> Files | None:
        """None: nothing. Raises OSError."""
        found = {name: _mark(self._home.path / name) for name in _names(self._home.path)}
        changed = [name for name, mark in found.items() if self._known.get(name) != mark]
        if not changed and found.keys() == self._known.keys():
            return None
        content = {name: (self._home.path / name).read_bytes() for name in changed}
        self._known = found
        return Files(names=sorted(found), changed=content)


def take(home: DataDir, files: Files) -> None:
    """Make the directory's files these. Raises DataError, also for a name that is none of ours."""
    for name in (*files.names, *files.changed):
        if not belongs(name):
            raise DataError(
                f"Server utama mengirim berkas yang tidak dikenal ({name[:80]!r}). Pasang versi "
                "vicon yang sama di kedua mesin.",
                f"The first server sent a file that is not known ({name[:80]!r}). Install the same "
                "vicon on both machines.",
            )
    for name, content in files.changed.items():
        write_private(home.path / name, content)
    for name in set(_names(home.path)) - set(files.names):
        (home.path / name).unlink(missing_ok=True)


def _names(folder: Path) -> Iterator[str]:
    for path in _walk(folder, ()):
        name = path.relative_to(folder).as_posix()
        if belongs(name) and path.stat().st_size <= MOST_BYTES:
            yield name


def _walk(folder: Path, above: Sequence[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if not above and path.name in _OWN_FOLDERS:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, (*above, path.name))
        elif path.is_file() and not path.is_symlink():
            yield path


def _mark(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def pieces(files: Files) -> Iterator[Files]:
    """The same in frames that can be sent; each has all names."""
    part: dict[str, bytes] = {}
    for name, content in files.changed.items():
        if part and sum(map(len, part.values())) + len(content) > MOST_BYTES:
            yield Files(names=files.names, changed=part)
            part = {}
        part[name] = content
    yield Files(names=files.names, changed=part)
