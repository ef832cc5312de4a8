"""The accounts of moderators, technicians and organizers: DATA/accounts.json, 0600.

`vicon user` writes it, also while the server runs, and so does the server when a hash is made anew;
whoever changes it holds DATA/accounts.lock. A change of an account gives it another `edition`, by
which its sessions end.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from vicon.ops.data import DataDir, DataError, make_private_dir, read_struct, write_private
from vicon.ops.words import reason_of

PersonRole = Literal["moderator", "technician", "organizer"]
ROLES: tuple[PersonRole, ...] = get_args(PersonRole)
"""Roles that a person has by name, not by standing in a hall."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
MOST = 500
"""Accounts of a server."""


class Right(Struct, frozen=True, kw_only=True):
    role: PersonRole
    conference: str = ""
    """Empty: every one of this server; an organizer has no other."""


class Account(Struct, frozen=True, kw_only=True):
    name: str
    """With which it signs in, in small letters."""
    shown: str
    """As others in a conference see it."""
    rights: tuple[Right, ...]
    hash: str
    """See vicon.ops.passwords."""
    changed: int
    """Unix ms."""
    edition: int = 1
    disabled: bool = False


class _File(Struct, frozen=True, kw_only=True):
    accounts: list[Account] = []


class Accounts:
    """Reads what is there now: a file that has not changed is not read again. Blocks."""

    def __init__(self, home: DataDir) -> None:
        self._home = home
        self._stamp: tuple[int, ...] | None = None
        self._known: dict[str, Account] = {}

    def all(self) -> list[Account]:
        """In the order in which they were added. Raises DataError."""
        self._look()
        return list(self._known.values())

    def find(self, name: str) -> Account | None:
        """Raises DataError."""
        self._look()
        return self._known.get(plain(name))

    def last(self, name: str) -> Account | None:
        """As it was last read."""
        return self._known.get(plain(name))

    def rehash(self, account: Account, hash: str) -> None:
        """The same password under other parameters: no session ends. Nothing if the account has
        changed since. Raises DataError."""
        with changing(self._home) as accounts:
            if accounts.get(account.name) == account:
                accounts[account.name] = msgspec.structs.replace(account, hash=hash)

    def _look(self) -> None:
        try:
            found = self._home.accounts.stat()
        except FileNotFoundError:
            self._stamp, self._known = None, {}
            return
        except OSError as error:
            raise DataError(
                f"Akun di {self._home.accounts} tidak dapat dibaca: {reason_of(error)}.",
                f"The accounts in {self._home.accounts} cannot be read: {reason_of(error)}.",
            ) from error
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            self._known = _read(self._home)
            self._stamp = stamp


@contextmanager
def changing(home: DataDir) -> Iterator[dict[str, Account]]:
    """The accounts by name, to be changed in place: written as a whole when the block ends well.
    One at a time, in all processes. Raises DataError."""
    lock = home.accounts.with_suffix(".lock")
    try:
        make_private_dir(home.path)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataError(
            f"{lock} tidak dapat dipakai: {reason_of(error)}.",
            f"{lock} cannot be used: {reason_of(error)}.",
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        accounts = _read(home)
        before = dict(accounts)
        yield accounts
        if accounts != before:
            content = msgspec.json.encode(_File(accounts=list(accounts.values())))
            write_private(home.accounts, msgspec.json.format(content) + b"\n")
    finally:
        os.close(descriptor)  # which also gives the lock back


def plain(name: str) -> str:
    """As names are compared."""
    return name.strip().lower()


def _read(home: DataDir) -> dict[str, Account]:
    found = read_struct(home.accounts, _File) or _File()
    return {account.name: account for account in found.accounts}
