"""`vicon user`: accounts of moderators, technicians and organizers, also while the server runs. A
password comes from a prompt, a file or standard input, never as an argument: anybody on the machine
reads those."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, get_args

from cyclopts import App, Parameter
from msgspec.structs import replace

from vicon.cli.common import DONE, Data, Json, WrongUse, say, write_json
from vicon.ops.accounts import (
    MOST,
    NAME,
    ROLES,
    Account,
    Accounts,
    PersonRole,
    Right,
    changing,
    plain,
)
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, read_struct
from vicon.ops.passwords import Passwords, objection
from vicon.ops.trail import trail
from vicon.ops.words import SpokenError

app = App(
    name="user",
    help=say(
        "Akun moderator, teknisi dan pengelola; juga saat server berjalan. Perubahan akun "
        "mengakhiri sesinya yang masih terbuka.",
        "Accounts of moderators, technicians and organizers, also while the server runs. A change "
        "of an account ends its sessions that are open.",
    ),
)
Name = Annotated[str, Parameter(help=say("Nama untuk masuk.", "The name with which it signs in."))]
Roles = Annotated[
    list[str],
    Parameter(
        name="--role",
        negative="",
        help=say(
            "moderator, technician atau organizer; dengan @ID hanya di vicon itu, misalnya "
            "moderator@kaltim-2020. Boleh berulang.",
            "moderator, technician or organizer; with @ID in that conference alone, such as "
            "moderator@kaltim-2020. May be given several times.",
        ),
    ),
]
PasswordFile = Annotated[
    Path | None,
    Parameter(
        allow_leading_hyphen=True,
        help=say(
            "Kata sandi dari baris pertama berkas ini; - : dari masukan baku. Bawaan: ditanyakan.",
            "The password is the first line of this file; - : of standard input. Default: asked.",
        ),
    ),
]


@app.command
def add(
    name: Name,
    /,
    *,
    data: Data,
    role: Roles,
    shown: Annotated[
        str,
        Parameter(
            help=say(
                "Nama yang dilihat orang lain; bawaan: nama untuk masuk.",
                "The name that others see; default: that with which it signs in.",
            )
        ),
    ] = "",
    password_file: PasswordFile = None,
) -> int:
    """Menambah akun.

    Add an account.
    """
    home, name = DataDir(data), _name(name)
    rights = _rights(home, role)
    with trail(home, "user add", name=name, roles=" ".join(role)):
        if Accounts(home).find(name) is not None:
            raise _taken(name)
        hash = Passwords().hash(_password(name, password_file))
        with changing(home) as accounts:
            if name in accounts:
                raise _taken(name)
            if len(accounts) >= MOST:
                raise WrongUse(
                    f"Sudah ada {MOST} akun. Hapus yang tidak dipakai.",
                    f"There are {MOST} accounts already. Remove those that nobody uses.",
                )
            accounts[name] = Account(
                name=name,
                shown=(shown.strip() or name)[:100],
                rights=rights,
                hash=hash,
                changed=SystemClock().now(),
            )
    print(say(f"Akun {name} ditambahkan.", f"Account {name} was added."))
    return DONE


@app.command
def passwd(name: Name, /, *, data: Data, password_file: PasswordFile = None) -> int:
    """Memberi akun kata sandi baru.

    Give an account a new password.
    """
    home, name = DataDir(data), _name(name)
    with trail(home, "user passwd", name=name):
        _known(home, name)
        hash = Passwords().hash(_password(name, password_file))
        _change(home, name, lambda account: replace(account, hash=hash))
    print(say(f"Kata sandi {name} diganti.", f"The password of {name} was changed."))
    return DONE


@app.command
def rights(name: Name, /, *, data: Data, role: Roles) -> int:
    """Memberi akun peran lain sebagai ganti yang lama.

    Give an account other roles in place of those it has.
    """
    home, name = DataDir(data), _name(name)
    given = _rights(home, role)
    with trail(home, "user rights", name=name, roles=" ".join(role)):
        _change(home, name, lambda account: replace(account, rights=given))
    print(say(f"Peran {name} diganti.", f"The roles of {name} were changed."))
    return DONE


@app.command
def disable(name: Name, /, *, data: Data) -> int:
    """Menutup akun tanpa menghapusnya: ia tidak dapat masuk, dan yang sudah masuk dikeluarkan.

    Close an account and keep it: it cannot sign in, and who is in by it is sent away.
    """
    home, name = DataDir(data), _name(name)
    with trail(home, "user disable", name=name):
        _change(home, name, lambda account: replace(account, disabled=True))
    print(say(f"Akun {name} ditutup.", f"Account {name} is closed."))
    return DONE


@app.command
def enable(name: Name, /, *, data: Data) -> int:
    """Membuka lagi akun yang ditutup.

    Open an account that was closed.
    """
    home, name = DataDir(data), _name(name)
    with trail(home, "user enable", name=name):
        _change(home, name, lambda account: replace(account, disabled=False))
    print(say(f"Akun {name} dibuka.", f"Account {name} is open."))
    return DONE


@app.command
def remove(name: Name, /, *, data: Data) -> int:
    """Menghapus akun.

    Remove an account.
    """
    home, name = DataDir(data), _name(name)
    with trail(home, "user remove", name=name), changing(home) as accounts:
        if accounts.pop(name, None) is None:
            raise _unknown(name)
    print(say(f"Akun {name} dihapus.", f"Account {name} was removed."))
    return DONE


@app.command(name="list")
def list_(*, data: Data, json: Json = False) -> int:
    """Menampilkan akun, tanpa kata sandinya.

    Show the accounts, without their passwords.
    """
    home = DataDir(data)
    with trail(home, "user list"):
        found = Accounts(home).all()
        if json:
            write_json([_as_json(account) for account in found])
        elif not found:
            print(
                say(
                    f"Belum ada akun di {data}. Tambahkan dengan `vicon user add NAMA --role ...`.",
                    f"There are no accounts in {data}. Add one: `vicon user add NAME --role ...`.",
                )
            )
        for account in () if json else found:
            print(_line(account))
    return DONE


def _change(home: DataDir, name: str, change: Callable[[Account], Account]) -> None:
    """Its sessions end by it. Raises WrongUse."""
    with changing(home) as accounts:
        old = accounts.get(name)
        if old is None:
            raise _unknown(name)
        fresh = replace(change(old), changed=SystemClock().now(), edition=old.edition + 1)
        accounts[name] = fresh


def _known(home: DataDir, name: str) -> None:
    if Accounts(home).find(name) is None:
        raise _unknown(name)


def _name(said: str) -> str:
    name = plain(said)
    if not NAME.fullmatch(name):
        raise WrongUse(
            "Nama akun: 1 sampai 32 huruf kecil, angka, titik, garis; dimulai huruf atau angka.",
            "An account's name: 1 to 32 small letters, digits, dots, hyphens, underscores; it "
            "begins with a letter or digit.",
        )
    return name


def _rights(home: DataDir, said: Sequence[str]) -> tuple[Right, ...]:
    """Raises WrongUse."""
    from vicon.ops.book import Book

    book = read_struct(home.links, Book)
    known = {issue.grant.conference for issue in book.issues} if book is not None else set()
    found = []
    for text in said:
        role, _, conference = text.partition("@")
        right = next((one for one in ROLES if one == role), None)
        if right is None or (right == "organizer" and conference):
            names = ", ".join(get_args(PersonRole))
            raise WrongUse(
                f"--role {text} tidak dikenal: pilih {names}; @ID vicon hanya untuk dua yang "
                "pertama.",
                f"--role {text} is unknown: choose of {names}; @ID of a conference goes with the "
                "first two alone.",
            )
        if conference and known and conference not in known:
            raise WrongUse(
                f"Tidak ada vicon dengan id {conference} di server ini.",
                f"There is no conference with the id {conference} on this server.",
            )
        found.append(Right(role=right, conference=conference))
    return tuple(found)


def _password(name: str, file: Path | None) -> str:
    """Raises WrongUse."""
    if file is None:
        password = _asked()
    elif str(file) == "-":
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        try:
            password = file.read_text("utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise WrongUse(
                f"Berkas kata sandi {file} tidak dapat dibaca. Periksa nama dan izinnya.",
                f"The password file {file} cannot be read. Check its name and permissions.",
            ) from error
    wrong = objection(password, name)
    if wrong is not None:
        raise WrongUse(wrong.id, wrong.en)
    return password


def _asked() -> str:
    if not sys.stdin.isatty():
        raise WrongUse(
            "Tidak ada layar untuk menanyakan kata sandi: pakai --password-file BERKAS, atau - "
            "untuk masukan baku.",
            "There is no terminal on which to ask for the password: give --password-file FILE, or "
            "- for standard input.",
        )
    first = getpass.getpass(say("Kata sandi: ", "Password: "))
    if getpass.getpass(say("Sekali lagi: ", "Once more: ")) != first:
        raise WrongUse(
            "Keduanya tidak sama. Jalankan perintahnya lagi.",
            "The two differ. Run the command again.",
        )
    return first


def _line(account: Account) -> str:
    roles = ", ".join(
        f"{right.role}@{right.conference}" if right.conference else right.role
        for right in account.rights
    )
    when = datetime.fromtimestamp(account.changed / 1000, UTC)
    closed = say("  (ditutup)", "  (closed)") if account.disabled else ""
    return f"{account.name}  {account.shown}  {roles}  {when:%Y-%m-%d %H:%M} UTC{closed}"


def _as_json(account: Account) -> dict[str, object]:
    return {
        "name": account.name,
        "shown": account.shown,
        "roles": account.rights,
        "changed": account.changed,
        "disabled": account.disabled,
    }


def _taken(name: str) -> SpokenError:
    return WrongUse(
        f"Akun {name} sudah ada. Ganti kata sandinya dengan `vicon user passwd`, perannya dengan "
        "`vicon user rights`.",
        f"Account {name} is there already. Change its password by `vicon user passwd`, its roles "
        "by `vicon user rights`.",
    )


def _unknown(name: str) -> SpokenError:
    return WrongUse(
        f"Tidak ada akun {name}. Lihat `vicon user list`.",
        f"There is no account {name}. See `vicon user list`.",
    )
