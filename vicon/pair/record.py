"""DATA/standby.json: what this server is in its pair, and in which epoch."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct, json

from vicon.core.events_server import TakeoverWhy
from vicon.ops.data import DataDir, DataError, read_struct, write_private
from vicon.ops.words import reason_of
from vicon.pair.rules import Epoch

Part = Literal["first", "standby"]
MOST_FENCE = 200
KEY_BYTES = 32
_FENCE = b"vicon-fence:"


class Taken(Struct, frozen=True, kw_only=True):
    """How this server came to serve; for the journals of its conferences."""

    why: TakeoverWhy
    server: str
    """Where the one before was reached."""
    by: str = ""
    """Account of the person who asked; empty: nobody did."""
    heard_at: int | None = None
    """Last word of the one before, Unix ms; None: not known."""


class Record(Struct, frozen=True, kw_only=True):
    """Kept durably before anything follows from it."""

    holder: str
    """Of this server, made once."""
    part: Part = "first"
    number: int
    of: str = ""
    """The latest epoch that it knows: its number, and whose it is (empty: its own)."""
    fenced_by: str = ""
    """Holder of a later epoch, which `fenced_number` is; empty: none was seen."""
    fenced_number: int = 0
    paired: bool = False
    """Of the first: its standby may have taken over while this server was away."""
    peer: str = ""
    """Where the other is asked, an address with https:// or http://; empty: there is none."""
    peer_holder: str = ""
    peer_hosts: tuple[str, ...] = ()
    """Names and addresses by which the other is known."""
    synced: bool = False
    """Of the standby: it once had everything."""
    taken: Taken | None = None
    """A takeover that is not in the journals yet."""

    @property
    def epoch(self) -> Epoch:
        return Epoch(self.number, self.of or self.holder)

    @property
    def fenced(self) -> Epoch | None:
        return Epoch(self.fenced_number, self.fenced_by) if self.fenced_by else None


def read_record(home: DataDir) -> Record | None:
    """None: it never was in a pair. Raises DataError."""
    return read_struct(_path(home), Record)


def write_record(home: DataDir, record: Record) -> None:
    """Raises DataError."""
    write_private(_path(home), json.format(json.encode(record)) + b"\n")


def new_record(now: int) -> Record:
    """`now`: Unix ms. Later than all that went before: a server that was restored from a backup is
    meant to serve, whatever its clients have seen."""
    return Record(holder=secrets.token_hex(6), number=now // 1000)


def next_number(record: Record, now: int) -> int:
    """Of the epoch that follows those it knows."""
    return max(record.number + 1, record.fenced_number + 1, now // 1000)


def read_key(home: DataDir) -> str | None:
    """Which the two servers of a pair share; None: none was made. Raises DataError."""
    path = key_path(home)
    try:
        return path.read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        why = reason_of(error) if isinstance(error, OSError) else "UTF-8"
        raise DataError(
            f"Kunci pasangan {path} tidak dapat dibaca ({why}). Periksa izinnya, atau salin lagi "
            "dari server utama.",
            f"The pair's key {path} cannot be read ({why}). Check its permissions, or copy it "
            "again from the first server.",
        ) from error


def make_key(home: DataDir) -> str:
    """The key; made where there is none. Raises DataError."""
    found = read_key(home)
    if found is None:
        found = secrets.token_urlsafe(KEY_BYTES)
        write_private(key_path(home), found.encode() + b"\n")
    return found


def key_path(home: DataDir) -> Path:
    return home.key.with_name("standby.key")


class Fences:
    """Makes and reads what clients carry: an epoch that a server of this pair has vouched for with
    the key of its links, which both have."""

    def __init__(self, links_key: bytes) -> None:
        self._key = links_key

    def make(self, epoch: Epoch) -> str:
        said = f"{epoch.number}.{epoch.holder}"
        return f"{said}.{self._code(said)}"

    def read(self, fence: str | None) -> Epoch | None:
        """None for what no server of this pair has made."""
        if not fence or len(fence) > MOST_FENCE or not fence.isascii():
            return None
        said, _, code = fence.rpartition(".")
        number, _, holder = said.partition(".")
        if not hmac.compare_digest(code, self._code(said)) or not number.isdigit():
            return None
        return Epoch(int(number), holder)

    def _code(self, said: str) -> str:
        return hmac.digest(self._key, _FENCE + said.encode(), "sha256")[:16].hex()


def host_of(url: str) -> str:
    """In small letters; empty for none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def origin_of(url: str) -> str:
    """Scheme, host and port; empty for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _path(home: DataDir) -> Path:
    return home.path / "standby.json"
