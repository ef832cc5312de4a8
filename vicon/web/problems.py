"""Refusals of WHIP and WHEP as problem details (RFC 9457): what happened, why, and what to do, in
both languages. Clients go by the status alone (RFC 9725, section 4.1); the text is for persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web
from msgspec import UNSET, Struct, UnsetType

from vicon.ops.words import Words


class Problem(Struct, frozen=True):
    status: int
    words: Words
    retry_s: int = 0
    """Retry-After; 0: coming again alone changes nothing."""


class Details(Struct, frozen=True, kw_only=True):
    """A refusal, as problem details (RFC 9457) with `code` and `text` as every other has them."""

    title: str
    status: int
    detail: str
    """The sentence, in the language that was asked for."""
    code: str
    text: Words
    cause: str | UnsetType = UNSET
    """For a technician."""


def _problem(status: int, id: str, en: str, retry_s: int = 0) -> Problem:
    return Problem(status, Words(id, en), retry_s)


PROBLEMS: Mapping[str, Problem] = {
    "no_token": _problem(
        401,
        "Permintaan ini tanpa token. Isikan token dari `vicon links --whip` sebagai bearer token.",
        "This request has no token. Set the token of `vicon links --whip` as bearer token.",
    ),
    "bad_token": _problem(
        401,
        "Token ini tidak sah. Salin lagi yang utuh dari `vicon links --whip`.",
        "This token is not valid. Copy it again as a whole from `vicon links --whip`.",
    ),
    "expired_token": _problem(
        401,
        "Token ini sudah kedaluwarsa. Ambil yang baru dari `vicon links --whip`.",
        "This token has expired. Take a new one from `vicon links --whip`.",
    ),
    "link_revoked": _problem(
        401,
        "Token ini sudah dicabut oleh pengelola. Minta yang baru kepada panitia.",
        "The organiser has revoked this token. Ask the organisers for a new one.",
    ),
    "conference_archived": _problem(
        401,
        "Vicon ini sudah diarsipkan, jadi tokennya tidak berlaku. Tanyakan kepada panitia.",
        "This conference has been archived, so its tokens do not work. Ask the organisers.",
    ),
    "wrong_token": _problem(
        403,
        "Token ini bukan untuk alamat ini. Pakai token dan alamat dari baris yang sama.",
        "This token is not for this address. Use token and address of the same entry.",
    ),
    "link_token": _problem(
        403,
        "Ini token tautan halaman, bukan untuk enkoder. Ambil yang dari `vicon links --whip`.",
        "This is the token of a page's link, not for encoders. Take that of `vicon links --whip`.",
    ),
    "not_allowed": _problem(
        403,
        "Token ini tidak boleh melakukan ini. Minta yang sesuai kepada panitia.",
        "This token may not do this. Ask the organisers for the right one.",
    ),
    "not_found": _problem(
        404,
        "Vicon atau ruang ini tidak ada di server. Periksa alamatnya.",
        "There is no such conference or room on this server. Check the address.",
    ),
    "no_session": _problem(
        404,
        "Sesi ini tidak ada di server, mungkin server dimulai ulang. Mulai siaran lagi.",
        "The server knows no such session; it may have been restarted. Start the stream again.",
    ),
    "bad_method": _problem(
        405,
        "Alamat ini tidak mengenal metode itu. POST ke alamat ruang; PATCH dan DELETE ke sesinya.",
        "This address does not know that method. POST to the room's address; PATCH and DELETE to "
        "the session's.",
    ),
    "too_slow": _problem(
        408,
        "Isi permintaan tidak datang utuh dalam 10 detik. Periksa jaringannya, lalu coba lagi.",
        "The body did not come whole within 10 seconds. Check the network, then try again.",
    ),
    "main_taken": _problem(
        409,
        "Ruang ini sudah punya kamera utama yang hidup. Keluarkan kamera itu dahulu, lalu mulai "
        "lagi.",
        "This room has a living main camera already. Remove that one first, then start again.",
        5,
    ),
    "not_open": _problem(
        409,
        "Vicon belum dibuka. Tunggu moderator membukanya, lalu mulai lagi.",
        "The conference is not open yet. Wait for a moderator to open it, then start again.",
        30,
    ),
    "conference_closed": _problem(
        409,
        "Vicon sudah ditutup. Hubungi moderator bila ini keliru.",
        "The conference is closed. Ask a moderator if this is a mistake.",
    ),
    "media_state": _problem(
        409,
        "Sambungan media sesi ini belum siap untuk langkah itu. Mulai siaran lagi.",
        "The session's media connection is not ready for this step. Start the stream again.",
    ),
    "session_over": _problem(
        410,
        "Sesi ini sudah diakhiri server. Mulai siaran lagi.",
        "The server has ended this session. Start the stream again.",
    ),
    "session_removed": _problem(
        410,
        "Moderator mengeluarkan perangkat ini. Hubungi moderator bila ini keliru.",
        "A moderator removed this device. Ask the moderator if this is a mistake.",
    ),
    "stale_etag": _problem(
        412,
        "ETag dalam If-Match bukan yang sekarang: ICE sudah dimulai ulang. Pakai yang terbaru.",
        "The entity-tag in If-Match is not the present one: ICE was restarted. Use the newest.",
    ),
    "too_large": _problem(
        413,
        "Isi permintaan terlalu besar. Kirim SDP saja, paling besar 64 KiB.",
        "The body is too large. Send the SDP alone, 64 KiB at most.",
    ),
    "want_sdp": _problem(
        415,
        "Isi permintaan bukan SDP. Kirim dengan Content-Type: application/sdp.",
        "The body is no SDP. Send it with Content-Type: application/sdp.",
    ),
    "want_fragment": _problem(
        415,
        "Isi permintaan bukan potongan SDP. Kirim dengan Content-Type: "
        "application/trickle-ice-sdpfrag.",
        "The body is no SDP fragment. Send it with Content-Type: application/trickle-ice-sdpfrag.",
    ),
    "bad_sdp": _problem(
        422,
        "SDP ini tidak dapat dipakai server. Kirim satu video (H.264 baseline atau VP8) dan satu "
        "audio (Opus) tanpa B-frame; lihat `cause`.",
        "The server cannot use this SDP. Send one video (H.264 baseline or VP8) and one audio "
        "(Opus), without B-frames; see `cause`.",
    ),
    "bad_fragment": _problem(
        422,
        "Potongan SDP ini tidak dapat dibaca server. Lihat `cause`; sesinya jalan terus.",
        "The server cannot read this SDP fragment. See `cause`; the session goes on.",
    ),
    "no_etag": _problem(
        428,
        "If-Match tidak ada. Sertakan ETag terbaru, atau * untuk memulai ulang ICE.",
        "If-Match is missing. Give the newest entity-tag, or * to restart ICE.",
    ),
    "too_fast": _problem(
        429,
        "Terlalu banyak permintaan dengan token ini. Tunggu sebentar, lalu coba lagi.",
        "Too many requests with this token. Wait a moment, then try again.",
        5,
    ),
    "internal": _problem(
        500,
        "Ada kesalahan di server. Mulai siaran lagi; bila berulang, panggil teknisi.",
        "Something went wrong on the server. Start the stream again; if it repeats, call a "
        "technician.",
    ),
    "too_many_devices": _problem(
        503,
        "Terlalu banyak perangkat atau pemutar. Tutup yang tidak dipakai, lalu coba lagi.",
        "There are too many devices or players. Close those not in use, then try again.",
        30,
    ),
    "server_full": _problem(
        503,
        "Server sedang terlalu sibuk untuk satu pemutar lagi. Tunggu, lalu coba lagi.",
        "The server is too busy for one more player. Wait, then try again.",
        30,
    ),
    "too_many_watch": _problem(
        503,
        "Siaran ini sedang ditonton banyak orang lewat situs lain. Tunggu, lalu coba lagi.",
        "Many are watching this in other sites' pages already. Wait, then try again.",
        30,
    ),
    "media_unavailable": _problem(
        503,
        "Gambar dan suara sedang disiapkan ulang di server. Coba lagi sebentar lagi.",
        "Picture and sound are being set up again on the server. Try again in a moment.",
        2,
    ),
    "busy": _problem(
        503,
        "Server sedang sibuk. Coba lagi sebentar lagi.",
        "The server is busy. Try again in a moment.",
        2,
    ),
    "journal_failed": _problem(
        503,
        "Server gagal mencatat perubahan ini. Coba lagi; bila berulang, panggil teknisi.",
        "The server could not record this. Try again; if it repeats, call a technician.",
        5,
    ),
}
ALIASES = {"unknown_room": "not_found", "not_joined": "session_over"}
"""Refusals of the core that say the same here."""


def problem(code: str, lang: str = "", cause: str = "") -> web.Response:
    """The answer that refuses. `lang`: Accept-Language; `cause`: for a technician."""
    code = ALIASES.get(code, code)
    if code not in PROBLEMS:
        code, cause = "internal", cause or code
    found = PROBLEMS[code]
    english = lang.strip().lower().startswith("en")
    body = Details(
        title=HTTPStatus(found.status).phrase,
        status=found.status,
        detail=found.words.en if english else found.words.id,
        code=code,
        text=found.words,
        cause=cause or UNSET,
    )
    answer = web.Response(
        body=msgspec.json.encode(body),
        status=found.status,
        content_type="application/problem+json",
        headers={"Content-Language": "en" if english else "id"},
    )
    if found.retry_s:
        answer.headers["Retry-After"] = str(found.retry_s)
    return answer
