"""A backup as one file: a tar whose every byte is accounted for.

Its members, in this order: `vicon-backup.json` (the manifest: what is in it, size and SHA-256 of
each), the files by their names in the data directory, and `vicon-backup.sha256`: the SHA-256 of all
bytes before that member, in hexadecimal. `tar -tf` lists it; without vicon

    head -c -2048 FILE | sha256sum

gives what its last member says. After that nothing follows but the tar's end.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

import msgspec
from msgspec import Struct

from vicon.ops.words import SpokenError
from vicon.store.chain import Checked

FORMAT = 1
MANIFEST, SEAL = "vicon-backup.json", "vicon-backup.sha256"
_BLOCK, _END = 512, 1024
_TAIL = 2 * _BLOCK + _END
"""Header and text of the seal, and the tar's end."""
_PIECE = 1 << 20
LARGEST_MANIFEST = 1 << 20
Told = Callable[[int, int], None]
"""Bytes done, bytes in all."""


class Member(Struct, frozen=True, kw_only=True):
    """A file of the data directory."""

    name: str
    """With `/` between its parts."""
    size: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True):
    format: int
    """A later one is not read by this version."""
    vicon: str
    """The version that wrote it."""
    made_at: int
    """Unix ms."""
    keys: bool
    """False: without keys, made to go elsewhere."""
    members: list[Member]
    conferences: list[Checked]
    """Entries and last hash of each conference of the journal."""


class _Format(Struct):
    format: int


class BadBackup(SpokenError):
    """The file is no backup, or no whole one."""

    exit_code = 1


def write(file: BinaryIO, manifest: Manifest, source: Path, told: Told) -> None:
    """Write all of it. `source`: where the members are. Raises OSError; ValueError when a member
    is not what the manifest says."""
    whole = hashlib.sha256()
    total = sum(member.size for member in manifest.members)
    done = 0

    def put(data: bytes) -> None:
        whole.update(data)
        file.write(data)

    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    put(_header(MANIFEST, len(text), manifest.made_at) + text + _padding(len(text)))
    for member in manifest.members:
        put(_header(member.name, member.size, manifest.made_at))
        found = hashlib.sha256()
        with (source / member.name).open("rb") as part:
            while piece := part.read(_PIECE):
                found.update(piece)
                put(piece)
                done += len(piece)
                told(done, total)
        if found.hexdigest() != member.sha256:
            raise ValueError(member.name)
        put(_padding(member.size))
    file.write(_tail(whole.hexdigest(), manifest.made_at))


def measure(path: Path, name: str) -> Member:
    """Size and hash of a file. Raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Member(name=name, size=file.tell(), sha256=digest)


def read(path: Path, told: Told) -> Manifest:
    """Read every byte. Raises BadBackup (damaged, cut off, newer, none at all) and OSError."""
    with path.open("rb") as file:
        manifest = _manifest(file, path)
        _check_whole(file, path, manifest, told)
    return manifest


@contextmanager
def members(path: Path, manifest: Manifest) -> Iterator[Iterator[tuple[Member, IO[bytes]]]]:
    """The files in it, in their order, of one that `read` has found good. Raises BadBackup when the
    file has become another meanwhile."""
    with tarfile.open(path, "r:") as tar:
        yield _members(tar, path, manifest)


def _members(
    tar: tarfile.TarFile, path: Path, manifest: Manifest
) -> Iterator[tuple[Member, IO[bytes]]]:
    tar.next()
    for member in manifest.members:
        info = tar.next()
        file = tar.extractfile(info) if info is not None and info.isreg() else None
        if info is None or file is None or (info.name, info.size) != (member.name, member.size):
            raise damaged(path)
        yield member, file


def _manifest(file: BinaryIO, path: Path) -> Manifest:
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            info = tar.next()
            if info is None or info.name != MANIFEST or not info.size <= LARGEST_MANIFEST:
                raise _none(path)
            part = tar.extractfile(info)
            text = part.read() if part is not None else b""
    except (tarfile.TarError, EOFError) as error:
        raise _none(path) from error
    try:
        found = msgspec.json.decode(text, type=_Format).format
        if found > FORMAT:
            raise _newer(path, found)
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise damaged(path) from error
    if not all(_is_safe(member.name) for member in manifest.members):
        raise damaged(path)
    return manifest


def _check_whole(file: BinaryIO, path: Path, manifest: Manifest, told: Told) -> None:
    size = path.stat().st_size
    whole, left = hashlib.sha256(), max(0, size - _TAIL)
    body = left
    file.seek(0)
    while left and (piece := file.read(min(left, _PIECE))):
        whole.update(piece)
        left -= len(piece)
        told(body - left, body)
    if left or file.read() != _tail(whole.hexdigest(), manifest.made_at):
        raise damaged(path)


def _is_safe(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and name == "/".join(parts) and not {"/", "..", "."} & set(parts)


def _header(name: str, size: int, made_at: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, made_at // 1000, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _tail(digest: str, made_at: int) -> bytes:
    text = f"{digest}\n".encode()
    return _header(SEAL, len(text), made_at) + text + _padding(len(text)) + bytes(_END)


def copy(source: IO[bytes], target: BinaryIO, member: Member, path: Path) -> None:
    """One file out of it. Raises BadBackup when it is not what the manifest says, and OSError."""
    found = hashlib.sha256()
    while piece := source.read(_PIECE):
        found.update(piece)
        target.write(piece)
    if found.hexdigest() != member.sha256:
        raise damaged(path)


def damaged(path: Path) -> BadBackup:
    return BadBackup(
        f"Cadangan {path} rusak atau terpotong: isinya tidak cocok dengan sidiknya. Tidak ada yang "
        "dipulihkan darinya. Salin lagi dari tempat asalnya, atau pakai cadangan lain.",
        f"The backup {path} is damaged or cut off: its content does not fit its hash. Nothing is "
        "restored from it. Copy it again from where it came, or take another backup.",
    )


def _none(path: Path) -> BadBackup:
    return BadBackup(
        f"{path} bukan cadangan vicon, atau terpotong di awalnya. Pakai berkas yang dibuat oleh "
        "`vicon backup`.",
        f"{path} is no backup of vicon, or cut off near its beginning. Take a file that "
        "`vicon backup` has made.",
    )


def _newer(path: Path, found: int) -> BadBackup:
    return BadBackup(
        f"Cadangan {path} dibuat versi vicon yang lebih baru (bentuk {found}, versi ini mengenal "
        f"{FORMAT}). Pasang vicon terbaru.",
        f"The backup {path} was made by a newer vicon (format {found}, this one knows {FORMAT}). "
        "Install the latest vicon.",
    )
