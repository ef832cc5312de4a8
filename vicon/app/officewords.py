"""What the organizer is told: values, and refusals that only the organizer meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from vicon.config.check import Finding
from vicon.config.table import Table
from vicon.ops.links import AnyRole
from vicon.ops.words import Words

Origin = Literal["file", "office"]
"""file: of the server's configuration, changed there alone. office: made in the editor."""


class Listed(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    origin: Origin
    archived: bool
    phase: str | None
    """None: it is not held: archived, or its file is wrong."""
    starts_at: int | None
    """Unix ms."""
    timezone: str
    timezone_label: str
    rooms: int
    """Halls; without the hub."""
    devices: int
    """Connected now."""
    wrong: Words | None = None
    """Why it is not held although it is not archived."""


class Opened(Struct, frozen=True, kw_only=True):
    """A conference to be looked at, or changed."""

    listed: Listed
    table: Table
    version: str
    """To be named by the edit that follows."""


class Kept(Struct, frozen=True, kw_only=True):
    """It is durable and in force."""

    id: str
    version: str


class Faults(Struct, frozen=True):
    """What is wrong with what was sent, by field; nothing was changed."""

    findings: Sequence[Finding]


class LinkRow(Struct, frozen=True, kw_only=True):
    """Times are Unix ms."""

    link: str
    role: AnyRole
    room: str | None
    name: str
    issued_at: int
    expires_at: int
    revoked_at: int | None
    url: str
    """Empty: it leads nowhere."""
    token: str
    """Of an encoder or a player, which has it typed in; else empty."""
    devices: int
    """Here by it now."""
    once: bool = False
    """It is for one browser."""
    used_at: int | None = None
    """When that browser came first."""
    until: int | None = None
    """Until when another may come in its place."""
    sign_in: bool = False
    """Who has this role comes by no link: `url` is where to sign in."""


class Noted(Struct, frozen=True, kw_only=True):
    """An act of preparation, from the conference's journal."""

    at: int
    """Unix ms."""
    by: str
    role: str
    what: str
    """Tag of the event; link_held: a release that was taken back."""
    links: Sequence[str] = ()
    """Names of the links that it concerns."""


OFFICE: Mapping[str, Words] = {
    "not_organizer": Words(
        "Tautan ini bukan tautan pengelola. Buka tautan pengelola dari `vicon links`.",
        "This is not the organiser's link. Open the organiser's link, from `vicon links`.",
    ),
    "unknown_conference": Words(
        "Vicon itu tidak ada di server ini. Muat ulang daftarnya.",
        "There is no such conference on this server. Reload the list.",
    ),
    "plan_edited": Words(
        "Orang lain menyimpan perubahan sejak halaman ini dibuka. Isian Anda belum hilang: salin "
        "yang perlu, muat ulang, lalu isi lagi.",
        "Somebody else saved a change since this page was opened. What you typed is not lost: copy "
        "what you need, reload, then enter it again.",
    ),
    "from_file": Words(
        "Vicon ini berasal dari berkas konfigurasi server dan hanya diubah di sana. Salin menjadi "
        "vicon baru bila ingin mengubahnya di sini.",
        "This conference comes from the server's configuration file and is changed there alone. "
        "Copy it into a new one to change it here.",
    ),
    "broken_file": Words(
        "Berkas vicon ini rusak, jadi belum dijalankan. Perbaiki di server, lalu mulai ulang.",
        "The file of this conference is damaged, so it is not held. Mend it on the server, then "
        "start the server again.",
    ),
    "unknown_link": Words(
        "Tautan itu tidak ada lagi dalam daftar. Muat ulang daftarnya.",
        "That link is no longer on the list. Reload the list.",
    ),
    "link_gone": Words(
        "Tautan itu sudah dicabut. Terbitkan yang baru dahulu.",
        "That link has been revoked. Issue a new one first.",
    ),
    "link_for_many": Words(
        "Tautan itu dapat dibuka di beberapa peramban, jadi tidak perlu dilepas. Muat ulang "
        "daftarnya.",
        "That link is good in several browsers: nothing is to be let go. Reload the list.",
    ),
    "link_stands": Words(
        "Tautan itu masih berlaku. Cabut dahulu, lalu terbitkan yang baru.",
        "That link still stands. Revoke it first, then issue a new one.",
    ),
    "bad_expiry": Words(
        "Waktu itu tidak dapat dipakai: harus di masa depan, paling lama 10 tahun lagi.",
        "That time cannot be used: it must lie ahead, within ten years.",
    ),
    "bad_body": Words(
        "Kiriman ini tidak utuh, terlalu besar, atau bukan dari halaman ini. Muat ulang, lalu coba "
        "lagi; yang tersimpan tidak berubah.",
        "What was sent is not whole, too large, or not from this page. Reload, then try again; "
        "what is kept has not changed.",
    ),
    "links_full": Words(
        "Daftar tautan di server ini penuh: paling besar {most} MiB. Minta pengurus server "
        "memindahkan berkas vicon yang sudah selesai dari DATA/conferences/archive saat server "
        "berhenti, lalu coba lagi. Yang tersimpan tidak berubah.",
        "The list of links on this server is full: {most} MiB at most. Have the server's keeper "
        "move the files of conferences that are over out of DATA/conferences/archive while it is "
        "stopped, then retry. What is kept has not changed.",
    ),
    "too_many_conferences": Words(
        "Sudah ada {most} vicon di server ini. Arsipkan yang sudah selesai, lalu buat lagi.",
        "There are {most} conferences on this server already. Archive what is over, then retry.",
    ),
}
