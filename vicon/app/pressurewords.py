"""What gives way under pressure, and why, in words (core.pressure)."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.core.pressure import CLOSED, PAUSED, SMALL, SOUND, STAGE, Level, Why
from vicon.ops.words import Words

GIVES_WAY: Mapping[Level, Words] = {
    CLOSED: Words(
        "Pemantau dan pemutar baru belum dapat masuk; ruang tetap dapat.",
        "New observers and players are not let in; halls are.",
    ),
    SMALL: Words(
        "Gambar kecil dikirim sekecil mungkin; pemantau baru belum dapat masuk.",
        "Thumbnails come in their smallest form; new observers are not let in.",
    ),
    PAUSED: Words(
        "Gambar kecil diistirahatkan; pusat dan ruang yang tampil tetap terlihat.",
        "Thumbnails rest; the hub and the room on air are seen.",
    ),
    STAGE: Words(
        "Hanya ruang yang tampil yang terlihat; semua suara tetap ada.",
        "Only the room on air is seen; all sound is there.",
    ),
    SOUND: Words(
        "Semua gambar diistirahatkan supaya suara tetap utuh.",
        "All pictures rest, so that the sound stays whole.",
    ),
}
PRESSES: Mapping[Why, Words] = {
    "media_cpu": Words(
        "Proses media memakai seluruh satu inti prosesor. Kurangi pemantau dan pemutar, dan "
        "hentikan uji coba; gambar kembali sendiri setelah lega.",
        "The media process uses all of a processor core. Have fewer observers and players, and "
        "stop trial calls; pictures come back by themselves once it is easy.",
    ),
    "media_late": Words(
        "Proses media terlambat mengirim. Tutup program lain di mesin server; gambar kembali "
        "sendiri setelah lega.",
        "The media process is late with what it sends. Close other programs on the server's "
        "machine; pictures come back by themselves once it is easy.",
    ),
    "server_late": Words(
        "Server terlambat menjawab. Tutup program lain di mesin server.",
        "The server is late to answer. Close other programs on the server's machine.",
    ),
    "descriptors": Words(
        "Jumlah sambungan mendekati batas berkas terbuka. Naikkan batasnya (ulimit -n, "
        "LimitNOFILE) setelah sesi.",
        "Connections come near the limit of open files. Raise it (ulimit -n, LimitNOFILE) after "
        "the session.",
    ),
}
