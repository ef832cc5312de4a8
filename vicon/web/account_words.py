"""What is told to whoever signs in: what happened, why, what to do. None tells whether a name is
known here."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.ops.words import Words

WORDS: Mapping[str, tuple[int, Words]] = {
    "wrong_password": (
        401,
        Words(
            "Nama atau kata sandi tidak cocok. Periksa keduanya (huruf besar dan kecil berbeda), "
            "lalu coba lagi; bila lupa, minta kata sandi baru kepada pengelola server.",
            "Name or password is wrong. Check both (capital and small letters differ), then try "
            "again; if you forgot it, ask the server's administrator for a new one.",
        ),
    ),
    "too_many_tries": (
        429,
        Words(
            "Terlalu banyak percobaan yang salah. Tunggu {wait} detik, lalu coba lagi.",
            "Too many tries were wrong. Wait {wait} seconds, then try again.",
        ),
    ),
    "busy": (
        503,
        Words(
            "Server sedang memeriksa banyak kata sandi. Coba lagi sebentar lagi.",
            "The server is checking many passwords. Try again in a moment.",
        ),
    ),
    "failed": (
        503,
        Words(
            "Daftar akun di server tidak dapat dibaca, maka tidak ada yang dapat masuk dengan kata "
            "sandi. Hubungi pengelola server; yang sudah masuk tetap masuk.",
            "The server's accounts cannot be read, so nobody can sign in with a password. Call "
            "the server's administrator; who is signed in stays so.",
        ),
    ),
    "not_signed_in": (
        401,
        Words(
            "Anda belum masuk, atau sesi Anda sudah berakhir. Masuk lagi.",
            "You are not signed in, or your session is over. Sign in again.",
        ),
    ),
    "not_from_here": (
        403,
        Words(
            "Permintaan ini tidak datang dari halaman server ini, maka ditolak. Muat ulang halaman "
            "masuk di alamat server, lalu coba lagi.",
            "This request did not come from a page of this server, so it was refused. Load the "
            "sign-in page again at the server's address, then try again.",
        ),
    ),
    "bad_body": (
        400,
        Words(
            "Isian ini tidak utuh. Muat ulang halaman, lalu coba lagi.",
            "What was sent is not whole. Load the page again, then retry.",
        ),
    ),
    "bad_password": (422, Words("{why}", "{why}")),
    "no_password": (
        409,
        Words(
            "Akun ini masuk lewat penyedia lain; kata sandinya diubah di sana.",
            "This account signs in by another provider; its password is changed there.",
        ),
    ),
    "no_such_place": (
        403,
        Words(
            "Akun ini tidak berhak atas peran itu di vicon itu, atau vicon itu sudah tidak ada. "
            "Muat ulang daftarnya, atau minta hak kepada pengelola server.",
            "This account may not have that role in that conference, or the conference is gone. "
            "Reload the list, or ask the server's administrator for the right.",
        ),
    ),
    "no_oidc": (
        404,
        Words(
            "Server ini tidak memakai penyedia lain. Masuk dengan nama dan kata sandi.",
            "This server uses no other provider. Sign in with name and password.",
        ),
    ),
    "oidc_down": (
        503,
        Words(
            "Penyedia tidak menjawab. Coba lagi sebentar lagi, atau masuk dengan nama dan kata "
            "sandi bila Anda memilikinya.",
            "The provider does not answer. Try again in a moment, or sign in with name and "
            "password if you have one.",
        ),
    ),
    "oidc_refused": (
        403,
        Words(
            "Penyedia tidak mengizinkan masuk. Coba lagi; bila berulang, tanyakan kepada pengelola "
            "penyedia itu.",
            "The provider did not let you in. Try again; if it repeats, ask whoever runs it.",
        ),
    ),
    "oidc_late": (
        400,
        Words(
            "Masuk lewat penyedia terlalu lama, sudah dipakai, atau dimulai di peramban lain. "
            "Mulai lagi dari halaman ini.",
            "The way by the provider took too long, was used already, or was begun in another "
            "browser. Begin again from this page.",
        ),
    ),
    "oidc_bad": (
        502,
        Words(
            "Jawaban penyedia tidak dapat dipercaya, maka ditolak. Coba lagi; bila berulang, "
            "beri tahu pengelola server: rinciannya ada di log.",
            "The provider's answer cannot be trusted, so it was refused. Try again; if it repeats, "
            "tell the server's administrator: the log has the details.",
        ),
    ),
    "oidc_no_role": (
        403,
        Words(
            "Anda dikenal oleh penyedia, tetapi belum diberi peran di server ini. Minta kepada "
            "pengelola server agar kelompok Anda didaftarkan.",
            "The provider knows you, but you have no role on this server yet. Ask the server's "
            "administrator to enter your group.",
        ),
    ),
}
"""By code: HTTP status and sentence."""
