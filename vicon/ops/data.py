"""The data directory: everything that a server keeps, and nothing else does.

    DATA/lock               held by the running server (flock), with its process id
    DATA/journal.sqlite     the journal
    DATA/trials.sqlite      the trial calls
    DATA/*.schema-N.sqlite  what each of them was before it was brought to a newer schema
    DATA/cache/             what can be made again: the test picture
    DATA/keys/links.key     secret that signs link and resume tokens
    DATA/keys/seal.key      with which signatures of the pact are sealed
    DATA/links.json         the book of issued links
    DATA/browsers.json      which browser came by which one-time link
    DATA/accounts.json      moderators, technicians, organizers with a password
    DATA/sessions.json      who is signed in
    DATA/conferences/       conferences made in the editor, one file each; archive/: put away
    DATA/recordings/        what was recorded, one directory each
    DATA/broadcast/         the last seconds of what is broadcast, one directory each
    DATA/server.json        where the server was reached last
    DATA/trail.jsonl        who has read what with the commands; who signed in, who changed accounts
    DATA/refused.jsonl      who tried to sign in and was refused
    DATA/webhooks.json      how far each receiver of webhooks has been told
    DATA/tls/               local certificate authority and server certificate

Directories are 0700, files 0600. One server at a time: `DataDir.claim`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from vicon.ops.words import SpokenError, reason_of

T = TypeVar("T", bound=Struct)
LOCK_TRIES = 1000


class DataError(SpokenError):
    """The data directory cannot be used."""


class DataInUse(DataError):
    """Another server holds the data directory."""


class ServerInfo(Struct, frozen=True, kw_only=True):
    """Where a server was reached last; kept after its end, so that links can be printed."""

    url: str
    port: int
    pid: int
    started: int
    """Unix ms."""
    urls: tuple[str, ...] = ()
    """All, in the order of the listeners."""


class DataDir:
    """Names of what is in a data directory, for reading; `claim` is for the one server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = path / "journal.sqlite"
        self.trials = path / "trials.sqlite"
        self.cache = path / "cache"
        self.key = path / "keys" / "links.key"
        self.links = path / "links.json"
        self.browsers = path / "browsers.json"
        self.accounts = path / "accounts.json"
        self.sessions = path / "sessions.json"
        self.conferences = path / "conferences"
        self.recordings = path / "recordings"
        self.broadcast = path / "broadcast"
        self.server = path / "server.json"
        self.trail = path / "trail.jsonl"
        self.refused = path / "refused.jsonl"
        self.webhooks = path / "webhooks.json"
        self.tls = path / "tls"
        self.lock = path / "lock"

    @classmethod
    @contextmanager
    def claim(cls, path: Path) -> Iterator[DataDir]:
        """Make the directory where there is none and hold it for this process alone.

        Raises DataInUse, naming the process that holds it, and DataError.
        """
        home = cls(path)
        try:
            make_private_dir(path)
            descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            _lock(home, descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield home
        finally:
            os.close(descriptor)  # which also gives the lock back

    def holder(self) -> int | None:
        """Process id of the server that runs on this directory now, None if there is none.

        Raises DataError if the lock file cannot be looked at.
        """
        try:
            descriptor = os.open(self.lock, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(self.path, error) from error
        try:
            # Shared: two onlookers do not take each other for a server.
            return None if _try(descriptor, fcntl.LOCK_SH) else _pid(descriptor)
        finally:
            os.close(descriptor)

    def write_server(self, info: ServerInfo) -> None:
        write_private(self.server, msgspec.json.encode(info) + b"\n")

    def read_server(self) -> ServerInfo | None:
        """None if no server has run here yet. Raises DataError if the file is damaged."""
        return read_struct(self.server, ServerInfo)


def make_private_dir(path: Path) -> None:
    """Make it 0700, or leave an existing one as it is. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file as a whole, durably, readable by the owner alone. Raises DataError."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        make_private_dir(path.parent)
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_dir(path.parent)
    except OSError as error:
        raise _unusable(path, error) from error


def sync_dir(path: Path) -> None:
    """Make names in a directory durable. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_struct(path: Path, kind: type[T]) -> T | None:
    """A small JSON file, None if there is none. Raises DataError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from error
    except msgspec.MsgspecError as error:
        raise DataError(
            f"Berkas {path} rusak ({error}). Pulihkan dari cadangan, atau hapus agar dibuat baru.",
            f"The file {path} is damaged ({error}). Restore it, or delete it to have it made anew.",
        ) from error


def _lock(home: DataDir, descriptor: int) -> None:
    for _ in range(LOCK_TRIES):
        if _try(descriptor, fcntl.LOCK_EX):
            return
        if not _try(descriptor, fcntl.LOCK_SH):
            break
        # Only an onlooker (`holder`) had it, for an instant.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.sched_yield()
    pid = _pid(descriptor) or "?"
    raise DataInUse(
        f"Data {home.path} sedang dipakai server lain (proses {pid}). "
        "Hentikan dulu server itu, atau pakai --data lain.",
        f"The data directory {home.path} is in use by another server (process {pid}). "
        "Stop that one first, or take another --data.",
    )


def _try(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(descriptor: int) -> int:
    """What the holder wrote; 0 in the moment before it has written it."""
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else 0


def _unusable(path: Path, error: OSError) -> DataError:
    why = reason_of(error)
    return DataError(
        f"{path} tidak dapat dipakai: {why}. Periksa pemilik, izin dan ruang disk.",
        f"{path} cannot be used: {why}. Check its owner, permissions and the disk space.",
    )
