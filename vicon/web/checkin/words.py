"""What the page at a room's door says in both languages: its words, and why it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from signaling.reasons import text
from vicon.ops.words import Language, Words

Field = Literal["", "name", "institution", "role"]
"""Where the fault is; empty: in no field."""

WORDS: Mapping[str, Words] = {
    "list": Words("Daftar hadir", "Attendance list"),
    "other": Words("English", "Bahasa Indonesia"),
    "inside": Words("orang di dalam ruang", "people in the room"),
    "left": Words("Masih {n} tempat", "{n} places left"),
    "left_one": Words("Masih 1 tempat", "1 place left"),
    "full": Words("Penuh", "Full"),
    "most": Words("Paling banyak {n} orang", "{n} people at most"),
    "place": Words("Anda orang ke-{n}", "You are person {n}"),
    "away": Words(
        "Tidak tersambung. Angka ini mungkin sudah berubah.",
        "Not connected. This figure may have changed.",
    ),
    "name": Words("Nama", "Name"),
    "institution": Words("Instansi", "Institution"),
    "role": Words("Peran", "Role"),
    "entered": Words("Masuk", "Checked in"),
    "gone": Words("Keluar", "Left"),
    "enter": Words("Masuk", "Check in"),
    "again": Words("Masuk lagi", "Check in again"),
    "leave": Words("Keluar", "Leave"),
    "look": Words("Periksa lagi", "Look again"),
    "now": Words("Kirim sekarang", "Send now"),
    "someone": Words("Daftarkan orang lain", "Check someone else in"),
    "sending": Words("Mengirim...", "Sending..."),
    "minutes": Words(
        "Nama Anda masuk berita acara sesi ini.", "Your name goes into the minutes of this session."
    ),
    "privacy": Words("Apa yang disimpan tentang Anda", "What is kept about you"),
    "crowded": Words(
        "Menurut operator ruang sudah penuh. Isi hanya bila Anda sudah di dalam; selain itu tunggu "
        "di luar.",
        "The operator counts the room as full. Go on only if you are inside already; otherwise "
        "wait outside.",
    ),
    "full_title": Words(
        "Ruang penuh ({count}/{cap}). Hubungi operator.",
        "The room is full ({count}/{cap}). Contact the operator.",
    ),
    "full_wait": Words(
        "Tunggu di luar sampai ada yang keluar. Halaman ini berubah sendiri begitu ada tempat.",
        "Wait outside until someone leaves. This page changes by itself as soon as there is a "
        "place.",
    ),
    "full_cure": Words(
        "Minta petugas di pintu memanggil operator ruang ini. Operator dapat mencatat siapa yang "
        "sudah keluar, atau meminta moderator mengizinkan lebih.",
        "Ask the staff at the door to call this room's operator, who can note who has left, or "
        "ask the moderator to allow more.",
    ),
    "full_late": Words(
        "Isian Anda baru sampai setelah ruang penuh, jadi Anda belum tercatat masuk.",
        "What you entered arrived after the room was full, so you are not checked in.",
    ),
    "in_title": Words("Anda tercatat masuk", "You are checked in"),
    "in_stay": Words(
        "Biarkan halaman ini terbuka. Tekan Keluar saat meninggalkan ruang.",
        "Keep this page open. Press Leave when you leave the room.",
    ),
    "out_title": Words("Anda tercatat keluar", "You have left"),
    "out_back": Words(
        "Tekan Masuk lagi bila Anda kembali ke ruang ini.",
        "Press Check in again when you come back to this room.",
    ),
    "wait_enter": Words(
        "Belum terkirim, dikirim begitu tersambung", "Not sent yet, sent once connected"
    ),
    "wait_leave": Words(
        "Keluar belum terkirim, dikirim begitu tersambung",
        "Leaving not sent yet, sent once connected",
    ),
    "wait_stay": Words(
        "Biarkan halaman ini terbuka. Bila lama belum terkirim, lapor ke operator; operator dapat "
        "mencatat Anda.",
        "Keep this page open. If it takes long, tell the operator, who can enter you.",
    ),
    "too_old": Words(
        "Isian itu terlalu lama belum terkirim, jadi tidak dikirim lagi. Bila masih berlaku, kirim "
        "lagi.",
        "That waited too long to be sent and was given up. Send it again if it still holds.",
    ),
    "early_title": Words("Daftar hadir belum dibuka", "The list is not open yet"),
    "early_wait": Words(
        "Tunggu sampai moderator membuka vicon. Halaman ini berubah sendiri.",
        "Wait until a moderator opens the conference. This page changes by itself.",
    ),
    "closed_title": Words("Sesi sudah ditutup", "The session is closed"),
    "closed_why": Words(
        "Daftar hadirnya tidak dapat diubah lagi. Hubungi operator bila ini keliru.",
        "Its attendance list can no longer be changed. Contact the operator if this is a mistake.",
    ),
    "closed_kept": Words("Kehadiran Anda tercatat.", "Your attendance is recorded."),
    "at_door": Words(
        "Lapor ke operator di dalam ruang; operator dapat mencatat Anda tanpa ponsel.",
        "Tell the operator in the room, who can enter you without a phone.",
    ),
}


class Problem(Struct, frozen=True):
    """Why something was refused: what happened, why, and what to do."""

    status: int
    words: Words
    field: Field = ""
    retry_s: int = 0
    """Retry-After; above 0: a program sends the same again."""


_PROBLEMS: Mapping[str, Problem] = {
    "unknown_door": Problem(
        404,
        Words(
            "Tautan pintu ini tidak dikenal. Pindai lagi kode QR yang tergantung di pintu.",
            "This door's link is not known. Scan the QR code at the door again.",
        ),
    ),
    "expired_door": Problem(
        410,
        Words(
            "Tautan pintu ini sudah kedaluwarsa. Panitia perlu mencetak poster yang baru.",
            "This door's link has expired. The organisers need to print a new poster.",
        ),
    ),
    "link_revoked": Problem(
        410,
        Words(
            "Tautan pintu ini sudah dicabut. Pindai poster yang baru, atau lapor ke operator.",
            "This door's link has been revoked. Scan the new poster, or tell the operator.",
        ),
    ),
    "conference_archived": Problem(
        410,
        Words(
            "Acara ini sudah diarsipkan, daftar hadirnya ditutup. Tanyakan kepada panitia.",
            "This event has been archived: its attendance list is closed. Ask the organisers.",
        ),
    ),
    "cross_site": Problem(
        403,
        Words(
            "Isian ini dikirim dari situs lain, jadi ditolak. Pindai kode QR di pintu, lalu isi "
            "di sana.",
            "This was sent from another site and was refused. Scan the QR code at the door and "
            "fill in there.",
        ),
    ),
    "bad_form": Problem(
        422,
        Words(
            "Isian ini tidak utuh sampai di server. Periksa isian Anda, lalu kirim lagi.",
            "What you entered did not arrive whole. Check it, then send it again.",
        ),
    ),
    "bad_institution": Problem(
        422,
        Words(
            "Instansi belum dapat dipakai. Isi dengan huruf biasa, paling panjang 100 huruf.",
            "That institution cannot be used. Enter it in plain letters, 100 at most.",
        ),
        "institution",
    ),
    "no_role": Problem(
        422,
        Words(
            "Peran belum dipilih. Pilih salah satu, lalu tekan Masuk.",
            "No role is chosen. Choose one, then press Check in.",
        ),
        "role",
    ),
    "room_full": Problem(409, WORDS["full_title"]),
    "list_full": Problem(
        409,
        Words(
            "Daftar hadir ruang ini tidak dapat memuat orang lagi. Lapor ke operator.",
            "This room's attendance list can hold nobody more. Tell the operator.",
        ),
    ),
    "unknown_person": Problem(
        404,
        Words(
            "Anda tidak ada dalam daftar hadir ruang ini, mungkin dicoret operator. Bila Anda di "
            "ruang ini, isi lagi lalu tekan Masuk.",
            "You are not on this room's attendance list; the operator may have struck you off. If "
            "you are in this room, fill in again and press Check in.",
        ),
    ),
    "not_open": Problem(409, WORDS["early_title"]),
    "conference_closed": Problem(409, WORDS["closed_why"]),
    "too_slow": Problem(
        408,
        Words(
            "Isian tidak sampai utuh dalam 10 detik. Periksa jaringan ponsel, lalu kirim lagi.",
            "What you sent did not come whole within 10 seconds. Check the phone's network, then "
            "send it again.",
        ),
        retry_s=2,
    ),
    "too_large": Problem(
        413,
        Words(
            "Isian ini terlalu panjang. Persingkat, lalu kirim lagi.",
            "What you entered is too long. Shorten it, then send it again.",
        ),
    ),
    "want_form": Problem(
        415,
        Words(
            "Isian ini tidak dapat dibaca server. Muat ulang halaman, lalu kirim lagi.",
            "The server cannot read this. Reload the page, then send it again.",
        ),
    ),
    "too_fast": Problem(
        429,
        Words(
            "Terlalu banyak permintaan dari jaringan ini. Tunggu sebentar, lalu coba lagi.",
            "Too many requests from this network. Wait a moment, then try again.",
        ),
        retry_s=3,
    ),
    "busy": Problem(
        503,
        Words(
            "Server sedang sibuk, jadi ini belum tercatat. Tunggu sebentar, lalu kirim lagi.",
            "The server is busy, so this is not recorded yet. Wait a moment, then send it again.",
        ),
        retry_s=2,
    ),
    "journal_failed": Problem(
        503,
        Words(
            "Server gagal mencatat ini. Kirim lagi; bila berulang, lapor ke operator.",
            "The server could not record this. Send it again; if it repeats, tell the operator.",
        ),
        retry_s=5,
    ),
}
_FIELDS: Mapping[str, Field] = {"bad_person": "name", "person_twice": "name"}


def problem(code: str, params: Mapping[str, str | int]) -> Problem:
    """Of a refusal of the core, or of a code of this table. Raises KeyError for any other code."""
    known = _PROBLEMS.get(code)
    if known is None:
        said = text(code, **params)
        status = 422 if code == "bad_person" else 409
        return Problem(status, Words(said.id, said.en), _FIELDS.get(code, ""))
    if not params:
        return known
    words = Words(known.words.id.format_map(params), known.words.en.format_map(params))
    return Problem(known.status, words, known.field, known.retry_s)


def spoken(lang: Language) -> dict[str, str]:
    return {name: words.say(lang) for name, words in WORDS.items()}
