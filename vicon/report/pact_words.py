"""What a check of a pact's document says: what happened, why, what to do. In both languages."""

from __future__ import annotations

from vicon.ops.words import Words

UNCERTIFIED = Words(
    "Tanda tangan yang digambar di layar atau dibubuhkan lewat papan ketik adalah bukti acara, dan "
    "paling jauh merupakan tanda tangan elektronik tidak tersertifikasi (UU ITE Pasal 11; "
    "PP 71/2019 Pasal 59 dan 60). Tanda tangan elektronik tersertifikasi dibuat melalui "
    "penyelenggara sertifikasi elektronik, misalnya BSrE.",
    "A signature drawn on a screen or given by keyboard is evidence of the ceremony, and at most "
    "an uncertified electronic signature (UU ITE, article 11; PP 71/2019, articles 59 and 60). "
    "Certified electronic signatures are made through a certification authority, such as BSrE.",
)
TYPED = Words("dibubuhkan lewat papan ketik", "given by keyboard")
"""Of a signature by typing the own name."""
NO_PROOF = Words(
    "Tidak ada bukti di dalam berkas ini. Ini bukan dokumen pakta dari vicon, atau buktinya "
    "dibuang saat disimpan ulang. Minta berkas aslinya.",
    "There is no proof inside this file. It is no pact's document of vicon, or the proof was lost "
    "when it was saved again. Ask for the original file.",
)
PROOF_UNREAD = Words(
    "Bukti di dalam berkas ini rusak dan tidak dapat dibaca, sehingga tanda tangannya tidak dapat "
    "diperiksa. Minta berkas aslinya.",
    "The proof inside this file is damaged and cannot be read, so its signatures cannot be "
    "checked. Ask for the original file.",
)
NO_SEAL = Words(
    "Segel di akhir berkas tidak ada: berkas dipotong, atau disimpan ulang oleh program lain. "
    "Minta berkas aslinya.",
    "The seal at the end of the file is missing: it was cut off, or saved again by another "
    "program. Ask for the original file.",
)
FOREIGN_FILE = Words(
    "Berkas ini disegel dengan kunci lain daripada tanda tangan di dalamnya: halamannya tidak "
    "dibuat server yang menyegel tanda tangan itu.",
    "This file is sealed with another key than the signatures inside: its pages were not made by "
    "the server that sealed them.",
)
CODE = Words(
    "Isi bukti tidak cocok dengan kode di kaki halaman: bukti diganti setelah dibuat.",
    "The proof does not fit the code at the foot of the pages: it was replaced afterwards.",
)
DOCUMENT = Words(
    "Naskah pakta dalam bukti tidak cocok dengan hash-nya: naskah diganti setelah ditandatangani.",
    "The text of the pact in the proof does not fit its hash: it was replaced after it was signed.",
)
IN_PROOF = Words("di dalam bukti terlampir", "within the attached proof")
IN_PAGES = Words("di halaman atau gambarnya", "in the pages or their drawings")
IN_BOTH = Words("di halaman atau bukti terlampir", "in the pages or the attached proof")


def appended(count: int) -> Words:
    return Words(
        f"Ada {count} byte yang ditambahkan setelah segel. Minta berkas aslinya.",
        f"There are {count} bytes that were added after the seal. Ask for the original file.",
    )


def seal_changed(begin: int) -> Words:
    return Words(
        f"Segel di akhir berkas, mulai byte {begin}, diubah: keaslian halamannya tidak dapat "
        "dibuktikan. Minta berkas aslinya.",
        f"The seal at the end of the file, from byte {begin} on, was changed: that its pages are "
        "genuine cannot be proven. Ask for the original file.",
    )


def changed(begin: int, end: int, place: Words) -> Words:
    return Words(
        f"Berkas diubah setelah disegel, antara byte {begin} dan {end - 1}, {place.id}.",
        f"The file was changed after it was sealed, between bytes {begin} and {end - 1}, "
        f"{place.en}.",
    )


def length(found: int, wanted: int) -> Words:
    return Words(
        f"Panjang berkas berubah: {found} byte sebelum segel, seharusnya {wanted}.",
        f"The file's length has changed: {found} bytes before the seal, not {wanted}.",
    )


def other_key(found: str) -> Words:
    return Words(
        f"Kunci server lain: berkas ini disegel dengan kunci bersidik jari {found}, bukan kunci "
        "yang diminta. Dokumen ini bukan dari server yang dimaksud, atau kuncinya salah salin.",
        f"Another server's key: this file is sealed with the key of fingerprint {found}, not with "
        "the one asked for. It is not of the server that was meant, or the key was copied wrongly.",
    )


def journal_unknown(conference: str) -> Words:
    return Words(
        f"Vicon `{conference}` tidak ada dalam jurnal ini. Periksa --data.",
        f"The conference `{conference}` is not in this journal. Check --data.",
    )


def journal_head(sequence: int) -> Words:
    return Words(
        f"Catatan {sequence} dalam jurnal lain daripada yang disebut dokumen ini: dokumen dibuat "
        "dari jurnal lain, atau jurnalnya diganti.",
        f"Entry {sequence} of the journal is another than this document names: it was made from "
        "another journal, or the journal was replaced.",
    )


def journal_signature(name: str, room: str, sequence: int) -> Words:
    return Words(
        f"Tanda tangan {name}, {room}, tidak ada pada catatan {sequence} dalam jurnal seperti "
        "yang disebut dokumen ini.",
        f"The signature of {name}, {room}, does not stand at entry {sequence} of the journal as "
        "this document says.",
    )


def later(signed: int, struck: int) -> Words:
    return Words(
        f"Setelah dokumen ini dibuat jurnal mencatat {signed} tanda tangan lagi dan {struck} yang "
        "dicoret. Buat dokumen baru dengan `vicon pact pdf`.",
        f"Since this document was made the journal has {signed} more signatures, and {struck} "
        "struck out. Make a new document with `vicon pact pdf`.",
    )


def signature(name: str, room: str) -> Words:
    return Words(
        f"Segel tanda tangan {name}, {room}, tidak cocok: tanda tangan, nama, saksi atau waktunya "
        "diubah setelah disegel.",
        f"The seal of the signature of {name}, {room}, does not fit: the signature, name, "
        "witnesses or time were changed after it was sealed.",
    )


def text(name: str, room: str) -> Words:
    return Words(
        f"{name}, {room}, menandatangani naskah lain daripada yang ada di dokumen ini.",
        f"{name}, {room}, signed another text than the one in this document.",
    )
