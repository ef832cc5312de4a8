"""Why something was refused or a connection closed: whose fault, and what the person reads.

One table. Refusals answer a command (`refused`); closes end a connection (`bye`, then the
WebSocket's close code). Each sentence says what happened, why, and what to do.
"""

from __future__ import annotations

from string import Formatter
from typing import Literal

from msgspec import Struct

from signaling.messages import Text

Blame = Literal["client", "server", "person"]
"""client: the program at the other end. server: we. person: the hand or the link, or an act."""


class Reason(Struct, frozen=True, kw_only=True):
    code: str
    blame: Blame
    close: int | None = None
    """Close code of the WebSocket (RFC 6455 section 7.4); None for a refusal."""
    final: bool = False
    """A client must not come back by itself after this close."""
    text: Text
    """May hold {placeholders}, the same in both languages."""

    @property
    def placeholders(self) -> frozenset[str]:
        """Names that text() wants for this reason."""
        return _placeholders(self.text.id)


def reason(code: str) -> Reason:
    """Raises KeyError for a code that is not in the table."""
    return _TABLE[code]


def text(code: str, **params: object) -> Text:
    """The sentences of `code` with their placeholders filled; params beyond them are ignored.

    Raises KeyError for an unknown code or a missing placeholder.
    """
    sentences = _TABLE[code].text
    return Text(id=sentences.id.format_map(params), en=sentences.en.format_map(params))


def _placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def _refusal(code: str, blame: Blame, indonesian: str, english: str) -> Reason:
    return Reason(code=code, blame=blame, text=Text(id=indonesian, en=english))


def _close(
    code: str, blame: Blame, number: int, indonesian: str, english: str, *, final: bool = False
) -> Reason:
    sentences = Text(id=indonesian, en=english)
    return Reason(code=code, blame=blame, close=number, final=final, text=sentences)


REFUSALS = (
    _refusal(
        "plan_fixed",
        "person",
        "Sesi ini sudah dibuka, susunannya tetap. Ubah rundown dan batas orang di ruang kendali.",
        "This session has been opened: its plan stays. Change rundown and limits at the control "
        "desk.",
    ),
    _refusal(
        "rundown_begun",
        "person",
        "Rundown sudah berjalan, jadi tidak diganti dari sini. Ubah di ruang kendali.",
        "The rundown has begun, so it is not replaced from here. Change it at the control desk.",
    ),
    _refusal(
        "room_in_use",
        "person",
        "{room} sedang dipakai: ada perangkat, orang atau tanda tangan. Kosongkan dahulu ruangnya.",
        "{room} is in use: a device, a person or a signature is there. Empty the room first.",
    ),
    _refusal(
        "conference_live",
        "person",
        "Vicon ini sedang berlangsung. Tutup sesinya dahulu, lalu arsipkan.",
        "This conference is live. Close the session first, then archive it.",
    ),
    _refusal(
        "archived",
        "person",
        "Vicon ini sudah diarsipkan. Pulihkan dahulu dari arsip, lalu ulangi.",
        "This conference is archived. Restore it from the archive first, then try again.",
    ),
    _refusal(
        "pact_signed",
        "person",
        "Pakta sudah ditandatangani, isinya tidak dapat diubah. Batalkan tanda tangannya dahulu.",
        "The pact has been signed, so it cannot be changed. Strike the signatures out first.",
    ),
    _refusal(
        "bad_pact",
        "person",
        "Naskah pakta belum lengkap. Isi judul dan 1 sampai {most} butir, tidak ada yang kosong.",
        "The pact is incomplete. Give it a title and 1 to {most} points, none of them empty.",
    ),
    _refusal(
        "unknown_point",
        "person",
        "Butir itu tidak ada: pakta ini punya {points} butir. Pilih salah satunya.",
        "There is no such point: this pact has {points}. Choose one of them.",
    ),
    _refusal(
        "no_pact",
        "person",
        "Vicon ini tidak punya pakta. Isi naskahnya dahulu di penyunting acara.",
        "This conference has no pact. Enter its text in the editor first.",
    ),
    _refusal(
        "pact_closed",
        "person",
        "Penandatanganan belum dibuka atau sudah ditutup. Tunggu moderator membukanya.",
        "Signing is not open, or is over. Wait for a moderator to open it.",
    ),
    _refusal(
        "pact_changed",
        "person",
        "Naskah, nama, atau saksi berubah sejak halaman ini dibuka. Periksa, lalu tanda tangani.",
        "Text, name or witnesses changed since this page was opened. Check them, then sign.",
    ),
    _refusal(
        "unknown_signatory",
        "person",
        "Penanda tangan itu tidak ada dalam daftar ruang ini. Lihat daftar yang sekarang.",
        "That signatory is not on this room's list. See the present list.",
    ),
    _refusal(
        "signed_already",
        "person",
        "{name} sudah menandatangani. Bila keliru, batalkan tanda tangannya dengan alasan.",
        "{name} has signed already. If by mistake, strike the signature out with a reason.",
    ),
    _refusal(
        "no_witness",
        "person",
        "Belum ada saksi untuk ruang ini. Isi nama saksi dahulu, lalu tanda tangani.",
        "This room has no witness yet. Enter a witness first, then sign.",
    ),
    _refusal(
        "bad_signature",
        "person",
        "Tanda tangan belum terbaca. Tulis lagi di bidangnya dengan pena, jari, atau tetikus.",
        "The signature cannot be read. Write it again on the pad with a pen, finger or mouse.",
    ),
    _refusal(
        "name_differs",
        "person",
        "Nama yang diketik bukan {name}. Ketik nama itu persis seperti tertulis, lalu coba lagi.",
        "The name typed is not {name}. Type that name just as it is written, then try again.",
    ),
    _refusal(
        "rundown_edited",
        "person",
        "Susunan acara baru saja diubah orang lain. Lihat yang sekarang, lalu ubah lagi.",
        "Someone else has just changed the rundown. See what it is now, then change it again.",
    ),
    _refusal(
        "bad_rundown",
        "person",
        "Susunan acara belum benar. Isi judul, lama, dan ruang tiap butir; paling banyak {most}.",
        "That rundown cannot be used. Give each item a title, a length and a room; at most {most}.",
    ),
    _refusal(
        "item_ran",
        "person",
        "Butir itu sudah atau sedang berjalan, jadi tidak dapat dilewati atau dihapus.",
        "That item ran already or is running, so it cannot be skipped or removed.",
    ),
    _refusal(
        "rundown_moved",
        "person",
        "Moderator lain sudah melanjutkan. Lihat butir yang sekarang, lalu lanjutkan bila perlu.",
        "Another moderator has moved on already. See the present item, then go on if needed.",
    ),
    _refusal(
        "unknown_item",
        "person",
        "Butir itu tidak ada dalam susunan acara yang sekarang. Pilih lagi dari daftar.",
        "There is no such item in the present rundown. Choose again from the list.",
    ),
    _refusal(
        "rundown_over",
        "person",
        "Tidak ada butir yang berjalan atau tersisa. Tambahkan butir bila acara masih berlanjut.",
        "No item is running or left. Add one if the ceremony goes on.",
    ),
    _refusal(
        "bad_cue",
        "person",
        "Pesan kosong, terlalu panjang, atau tidak terbaca. Tulis paling banyak {most} huruf.",
        "The message is empty, too long or unreadable. Write {most} letters at most.",
    ),
    _refusal(
        "broadcast_off",
        "server",
        "Server ini belum disiapkan untuk siaran, jadi siaran tidak dimulai. Minta teknisi mengisi "
        "[broadcast] di konfigurasinya.",
        "This server is not set up for a broadcast, so none was started. Have a technician fill in "
        "[broadcast] in its configuration.",
    ),
    _refusal(
        "broadcast_taken",
        "person",
        'Server ini sedang menyiarkan "{title}", dan hanya dapat menyiarkan satu sesi. Tunggu '
        "sampai siaran itu dihentikan.",
        'This server is broadcasting "{title}", and can broadcast one session alone. Wait until '
        "that one is stopped.",
    ),
    _refusal(
        "too_many_viewers",
        "server",
        "Terlalu banyak yang menonton siaran ini sekaligus, jadi permintaan ini tidak dijawab. "
        "Coba lagi sebentar lagi.",
        "Too many are watching this broadcast at once, so this request was not answered. Try again "
        "in a moment.",
    ),
    _refusal(
        "record_no_room",
        "server",
        "Disk server hanya cukup untuk {minutes} menit rekaman; perlu {need}. Hapus rekaman "
        "lama, lalu mulai lagi.",
        "The server's disk has room for {minutes} minutes of recording; {need} are needed. Delete "
        "old recordings, then start again.",
    ),
    _refusal(
        "record_unwritable",
        "server",
        "Rekaman tidak dapat ditulis cukup cepat ke disk server. Panggil teknisi, lalu ulangi.",
        "A recording cannot be written to the server's disk fast enough. Call a technician, then "
        "try again.",
    ),
    _refusal(
        "record_clock",
        "server",
        "Jam server meleset, jadi waktu di rekaman akan salah. Minta teknisi menyetel jamnya dulu.",
        "The server's clock is off, so the recording's times would be wrong. Have it set first.",
    ),
    _refusal(
        "unknown_recording",
        "client",
        "Rekaman itu tidak ada lagi: mungkin sudah dihapus. Muat ulang daftar rekaman.",
        "There is no such recording: it may have been deleted. Load the list of recordings again.",
    ),
    _refusal(
        "recording_runs",
        "person",
        "Rekaman ini masih berjalan, jadi belum dapat dihapus. Hentikan dahulu rekamannya.",
        "This recording is still running, so it cannot be deleted. Stop it first.",
    ),
    _refusal(
        "bad_drill",
        "client",
        "Hasil uji pemulihan tidak dapat dicatat: detik di luar 0 sampai 3.600, atau terlalu "
        "banyak. Jalankan vicon drill yang sama dengan server.",
        "The drill's results cannot be kept: seconds beyond 0 to 3,600, or too many. Run the vicon "
        "drill of the server's version.",
    ),
    _refusal(
        "announcing_already",
        "person",
        "{by} sedang menyampaikan pengumuman. Tunggu sampai selesai, lalu coba lagi.",
        "{by} is making an announcement. Wait until it is over, then try again.",
    ),
    _refusal(
        "line_busy",
        "person",
        "{room} sedang berbicara dengan {by}. Tunggu sampai selesai, lalu panggil lagi.",
        "{room} is talking with {by}. Wait until that is over, then call again.",
    ),
    _refusal(
        "line_already",
        "person",
        "Perangkat ini sudah ada di saluran pribadi lain. Tutup dulu percakapan itu.",
        "This device is on another private line already. Hang up there first.",
    ),
    _refusal(
        "technicians_busy",
        "person",
        "Teknisi sedang berbicara dengan {by}. Tunggu sampai selesai, lalu panggil lagi.",
        "The technicians are talking with {by}. Wait until that is over, then call again.",
    ),
    _refusal(
        "line_on_air",
        "person",
        "{room} sedang tampil, mikrofonnya untuk acara. Tulis pesan saja, atau tunggu sebentar.",
        "{room} is on air, its microphone belongs to the programme. Write instead, or wait.",
    ),
    _refusal(
        "line_nobody",
        "person",
        "Tidak ada perangkat {room} yang tersambung. Panggil lagi setelah ruang itu masuk.",
        "No device of {room} is connected. Call again once the room has joined.",
    ),
    _refusal(
        "line_gone",
        "person",
        "Panggilan itu sudah berakhir atau sudah dijawab di perangkat lain.",
        "That call is over, or was answered on another device.",
    ),
    _refusal(
        "on_air_already",
        "person",
        "{room} sudah tampil. Pilih ruang lain untuk di sampingnya.",
        "{room} is on air already. Choose another room to stand beside it.",
    ),
    _refusal(
        "presentation_away",
        "person",
        "Perangkat {room} itu belum tersambung. Tunggu sampai kembali, atau tampilkan yang lain.",
        "That device of {room} is not connected. Wait until it is back, or show another one.",
    ),
    _refusal(
        "presentation_sound_only",
        "person",
        "Jalur {room} kini hanya membawa suara. Kirim berkasnya ke pusat dan tampilkan dari sana.",
        "{room}'s line carries sound alone now. Send the file to the hub and show it from there.",
    ),
    _refusal(
        "bad_person",
        "person",
        "Nama belum dapat dipakai. Isi nama dengan huruf biasa, paling panjang 100 huruf.",
        "That name cannot be used. Enter a name in plain letters, 100 at most.",
    ),
    _refusal(
        "person_twice",
        "person",
        "{name} sudah tercatat masuk. Bila ini orang lain, tambahkan pembeda pada namanya.",
        "{name} is checked in already. If this is someone else, add something to the name.",
    ),
    _refusal(
        "unknown_person",
        "person",
        "Orang itu tidak ada dalam daftar hadir ruang ini. Daftarkan masuk lebih dahulu.",
        "That person is not on this room's attendance list. Check the person in first.",
    ),
    _refusal(
        "list_full",
        "person",
        "Daftar tidak dapat memuat lebih dari {most}. Kurangi dahulu, lalu coba lagi.",
        "A list cannot hold more than {most}. Shorten it first, then try again.",
    ),
    _refusal(
        "bad_zones",
        "client",
        "Bidang itu di luar gambar, kosong, atau lebih dari {most}. Gambar ulang di dalam gambar.",
        "That zone is outside the picture, empty, or one more than {most}. Draw it again.",
    ),
    _refusal(
        "no_alarm",
        "person",
        "Peringatan itu sudah tidak ada. Lihat daftar peringatan yang sekarang.",
        "That alarm is no longer there. See the present list of alarms.",
    ),
    _refusal(
        "no_reason",
        "person",
        "Alasannya belum diisi. Tulis singkat apa yang sudah dilakukan.",
        "The reason is missing. Write in a few words what has been done.",
    ),
    _refusal(
        "not_over",
        "person",
        "{room} tidak melebihi batas sekarang, jadi tidak ada yang perlu dikurangi.",
        "{room} is not above its limit now, so there is nothing to ask for.",
    ),
    _refusal(
        "room_over",
        "person",
        "{room} melebihi batas orang. Minta kurangi, izinkan lebih, atau tandai selesai dahulu.",
        "{room} is above its limit. Ask it to reduce, allow more, or mark the alarm first.",
    ),
    _refusal(
        "not_allowed",
        "person",
        "Peran Anda tidak boleh melakukan ini. Minta moderator melakukannya.",
        "Your role may not do this. Ask a moderator to do it.",
    ),
    _refusal(
        "not_joined",
        "person",
        "Perangkat ini belum masuk ruang. Gabung dahulu, lalu coba lagi.",
        "This device has not joined a room yet. Join first, then try again.",
    ),
    _refusal(
        "needs_socket",
        "client",
        "Ini hanya berlaku selama perangkat tersambung. Lakukan dari halaman atau program yang "
        "membuka WebSocket.",
        "This holds only as long as a device is connected. Do it from a page, or a program that "
        "opens the WebSocket.",
    ),
    _refusal(
        "id_reused",
        "client",
        "Nomor permintaan ini sudah dipakai untuk perintah lain. Beri nomor baru, lalu kirim lagi.",
        "This request's id was used for another command already. Give it a new one, then send it "
        "again.",
    ),
    _refusal(
        "already_joined",
        "person",
        "Perangkat ini sudah masuk ruang. Keluar dahulu bila ingin masuk dengan cara lain.",
        "This device has joined already. Leave first if you want to join differently.",
    ),
    _refusal(
        "unknown_room",
        "client",
        "Ruang itu tidak ada dalam vicon ini. Periksa ruangnya, lalu coba lagi.",
        "There is no such room in this conference. Check the room and try again.",
    ),
    _refusal(
        "unknown_device",
        "person",
        "Perangkat itu sudah tidak ada. Pilih lagi dari daftar yang sekarang.",
        "That device is no longer here. Choose again from the present list.",
    ),
    _refusal(
        "room_full",
        "person",
        "Ruang penuh ({cap}/{cap}). Minta moderator mengizinkan lebih, atau kurangi dahulu.",
        "The room is full ({cap}/{cap}). Ask a moderator to allow more, or lower the count first.",
    ),
    _refusal(
        "count_negative",
        "person",
        "Jumlah orang sudah 0, tidak bisa dikurangi lagi. Periksa angkanya.",
        "The count is 0 already and cannot go lower. Check the figure.",
    ),
    _refusal(
        "nothing_to_undo",
        "person",
        "Tidak ada yang bisa diurungkan. Ubah langsung bila perlu.",
        "There is nothing to undo. Change it directly if you need to.",
    ),
    _refusal(
        "undo_too_late",
        "person",
        "Waktu untuk mengurungkan sudah lewat. Atur giliran bicara sekali lagi.",
        "The time to undo has passed. Set the floor once more.",
    ),
    _refusal(
        "main_taken",
        "person",
        "Ruang ini sudah punya kamera utama. Gabung sebagai pendamping, "
        "atau keluarkan kamera itu dahulu.",
        "This room has a main camera already. Join as a companion, or remove that camera first.",
    ),
    _refusal(
        "main_lost",
        "person",
        "Kamera utama ruang ini terputus, tempatnya masih disimpan. "
        "Ambil alih bila perangkat ini penggantinya.",
        "The main camera of this room lost its connection and its place is kept. "
        "Take over if this device replaces it.",
    ),
    _refusal(
        "not_open",
        "person",
        "Vicon belum dibuka. Tunggu moderator membukanya, lalu gabung.",
        "The conference is not open yet. Wait for a moderator to open it, then join.",
    ),
    _refusal(
        "conference_closed",
        "person",
        "Vicon sudah ditutup. Hubungi moderator bila ini keliru.",
        "The conference is closed. Ask a moderator if this is a mistake.",
    ),
    _refusal(
        "bad_phase",
        "person",
        "Vicon tidak bisa kembali ke tahap itu. Lihat tahap yang sekarang di layar.",
        "The conference cannot go to that phase from here. See the present phase on the screen.",
    ),
    _refusal(
        "room_absent",
        "person",
        "Ruang itu belum hadir, jadi belum bisa tampil. Tunggu kameranya, atau pilih ruang lain.",
        "That room is not here yet, so it cannot go on air. "
        "Wait for its camera, or choose another room.",
    ),
    _refusal(
        "mic_locked",
        "person",
        "Mikrofon dikunci moderator. Angkat tangan bila ingin bicara.",
        "The microphone is locked by a moderator. Raise your hand to speak.",
    ),
    _refusal(
        "too_many_devices",
        "person",
        "Terlalu banyak perangkat di ruang ini. Keluarkan yang tidak dipakai, lalu coba lagi.",
        "There are too many devices in this room. Remove those not in use, then try again.",
    ),
    _refusal(
        "bad_limit",
        "person",
        "Batas itu tidak bisa dipakai. Isi angka dari kapasitas ruang ke atas, "
        "dan bila lebih sertakan alasannya.",
        "That limit cannot be used. Enter the room's cap or more, and a reason if it is more.",
    ),
    _refusal(
        "media_unavailable",
        "server",
        "Gambar dan suara sedang disiapkan ulang di server. "
        "Tunggu sebentar, akan tersambung sendiri.",
        "Picture and sound are being set up again on the server. "
        "Wait a moment; they come back by themselves.",
    ),
    _refusal(
        "bad_sdp",
        "client",
        "Gambar dan suara dari perangkat ini tidak bisa dibaca server. "
        "Muat ulang halaman, atau pakai Chromium atau Firefox terbaru.",
        "The server cannot read this device's picture and sound. "
        "Reload the page, or use a recent Chromium or Firefox.",
    ),
    _refusal(
        "media_state",
        "client",
        "Gambar dan suara belum siap untuk langkah ini. Muat ulang halaman.",
        "Picture and sound are not ready for this step. Reload the page.",
    ),
    _refusal(
        "no_station",
        "person",
        "Belum ada halaman uji yang terbuka di ruang ini. "
        "Kirim tautan uji kepada ruang itu, minta membukanya, lalu coba lagi.",
        "No test page is open in this room. "
        "Send the room its test link, have it opened, then try again.",
    ),
    _refusal(
        "trial_running",
        "person",
        "Ruang ini sedang diuji. Tunggu sampai selesai, atau hentikan dahulu.",
        "This room is being tested. Wait until that is over, or stop it first.",
    ),
    _refusal(
        "trial_live",
        "person",
        "Sesi sedang berlangsung, dan uji memakai jalur yang sama. "
        "Uji setelah sesi, atau paksa bila memang perlu.",
        "The session is live, and a trial uses the same line. "
        "Test after it, or force it if you must.",
    ),
    _refusal(
        "unknown_run",
        "person",
        "Uji itu tidak ada lagi. Pilih lagi dari riwayat yang sekarang.",
        "That trial is no longer there. Choose again from the present history.",
    ),
    _refusal(
        "trial_task",
        "client",
        "Jawaban itu tidak cocok dengan langkah uji yang sekarang. Muat ulang halaman uji.",
        "That answer does not fit the present step of the trial. Reload the test page.",
    ),
    _refusal(
        "room_not_ready",
        "person",
        "Ruang ini belum lulus uji. Uji dahulu, atau minta moderator mengizinkan dengan alasan.",
        "This room has not passed its trial. Test it first, or ask a moderator to let it in.",
    ),
    _refusal(
        "trials_unread",
        "server",
        "Simpanan uji di server tidak dapat dibaca. Coba lagi; bila berulang, panggil teknisi.",
        "The server's store of trials cannot be read. Try again; if it repeats, call a technician.",
    ),
    _refusal(
        "bad_query",
        "client",
        "Pertanyaan ini tidak dimengerti server. Muat ulang halaman.",
        "The server does not understand this query. Reload the page.",
    ),
    _refusal(
        "journal_failed",
        "server",
        "Perubahan ini tidak jadi karena server gagal mencatatnya. "
        "Coba lagi; bila berulang, panggil teknisi.",
        "This change was not made because the server could not record it. "
        "Try again; if it repeats, call a technician.",
    ),
    _refusal(
        "server_full",
        "server",
        "Server sedang penuh; ruang dan yang sudah masuk didahulukan. Coba lagi nanti.",
        "The server is full; halls and those already in come first. Try again later.",
    ),
    _refusal(
        "busy",
        "server",
        "Server sedang sibuk, perubahan ini belum dilakukan. Tunggu sebentar, lalu coba lagi.",
        "The server is busy and has not done this. Wait a moment, then try again.",
    ),
)

CLOSES = (
    _close(
        "bad_token",
        "person",
        4401,
        "Tautan ini tidak sah. Minta tautan baru kepada panitia.",
        "This link is not valid. Ask the organisers for a new one.",
        final=True,
    ),
    _close(
        "expired_token",
        "person",
        4402,
        "Tautan ini sudah kedaluwarsa. Minta tautan baru kepada panitia.",
        "This link has expired. Ask the organisers for a new one.",
        final=True,
    ),
    _close(
        "origin",
        "client",
        4403,
        "Halaman ini berasal dari alamat yang tidak dikenal server. Buka tautan dari panitia.",
        "This page comes from an address that the server does not know. "
        "Open the link from the organisers.",
        final=True,
    ),
    _close(
        "not_found",
        "person",
        4404,
        "Vicon ini tidak ada di server. Periksa tautannya, atau minta yang baru kepada panitia.",
        "This conference is not on this server. Check the link, or ask the organisers for another.",
        final=True,
    ),
    _close(
        "wrong_version",
        "client",
        4405,
        "Halaman ini beda versi dengan server. Muat ulang halaman.",
        "This page is of another version than the server. Reload the page.",
        final=True,
    ),
    _close(
        "bad_message",
        "client",
        4406,
        "Server tidak mengerti pesan dari perangkat ini. Muat ulang halaman bila tidak pulih.",
        "The server did not understand this device. Reload the page if it does not recover.",
    ),
    _close(
        "out_of_order",
        "client",
        4407,
        "Pesan dari perangkat ini datang tidak berurutan. Muat ulang halaman bila tidak pulih.",
        "Messages of this device came out of order. Reload the page if it does not recover.",
    ),
    _close(
        "heartbeat",
        "client",
        4408,
        "Server tidak lagi mendengar perangkat ini. Menyambung kembali; periksa jaringannya.",
        "The server no longer heard this device. Connecting again; check the network.",
    ),
    _close(
        "resync",
        "client",
        4409,
        "Jaringan perangkat ini terlalu lambat menerima kabar. Menyambung kembali untuk menyusul.",
        "This device's network was too slow to keep up. Connecting again to catch up.",
    ),
    _close(
        "too_large",
        "client",
        1009,
        "Pesan dari perangkat ini terlalu besar. Muat ulang halaman bila tidak pulih.",
        "A message of this device was too large. Reload the page if it does not recover.",
    ),
    _close(
        "too_fast",
        "client",
        4429,
        "Terlalu banyak perintah sekaligus dari perangkat ini. Tunggu sebentar, lalu coba lagi.",
        "Too many commands at once from this device. Wait a moment, then try again.",
    ),
    _close(
        "replaced",
        "person",
        4410,
        "Perangkat ini dibuka lagi di jendela lain. Pakai jendela itu, atau muat ulang di sini.",
        "This device was opened again in another window. Use that one, or reload here.",
        final=True,
    ),
    _close(
        "removed",
        "person",
        4411,
        "Moderator mengeluarkan perangkat ini. Hubungi moderator bila ini keliru.",
        "A moderator removed this device. Ask the moderator if this is a mistake.",
        final=True,
    ),
    _close(
        "link_revoked",
        "person",
        4412,
        "Tautan ini sudah dicabut oleh pengelola. Minta tautan baru kepada panitia.",
        "The organiser has revoked this link. Ask the organisers for a new one.",
        final=True,
    ),
    _close(
        "conference_archived",
        "person",
        4413,
        "Vicon ini sudah diarsipkan, tautannya tidak berlaku lagi. Tanyakan kepada panitia.",
        "This conference has been archived: its links do not work. Ask the organisers.",
        final=True,
    ),
    _close(
        "link_taken",
        "person",
        4420,
        "Tautan ini dipakai di peramban lain dan hanya untuk satu. Lanjutkan di sana, atau minta "
        "moderator mengizinkan perangkat baru, lalu muat ulang.",
        "This link is in use in another browser and is for one alone. Go on there, or ask the "
        "moderator to let a new device in, then reload.",
        final=True,
    ),
    _close(
        "link_needs_cookie",
        "person",
        4421,
        "Tautan ini untuk satu peramban, tetapi peramban ini tidak menyimpan kuki. Izinkan kuki "
        "untuk alamat ini (bukan mode penyamaran), lalu muat ulang halaman.",
        "This link is for one browser, but this one keeps no cookies. Allow cookies for this "
        "address, outside of private mode, then reload the page.",
        final=True,
    ),
    _close(
        "ticket_over",
        "person",
        4422,
        "Kode QR ini sudah dipakai atau lewat waktunya. Buka lagi Tambah perangkat di ruang, lalu "
        "pindai kode yang baru.",
        "This QR code was used, or its time is over. Open Add a device in the room once more, then "
        "scan the new one.",
        final=True,
    ),
    _close(
        "sign_in_needed",
        "person",
        4423,
        "Di server ini moderator, teknisi dan pengelola masuk dengan akun, tidak dengan tautan "
        "saja. Masuk dengan akun Anda.",
        "On this server moderators, technicians and organisers sign in with an account, not by a "
        "link alone. Sign in with yours.",
        final=True,
    ),
    _close(
        "session_over",
        "person",
        4424,
        "Anda tidak lagi masuk: keluar, waktunya habis, akunnya diubah, atau ini peramban lain. "
        "Masuk lagi.",
        "You are signed in no more: signed out, time over, the account was changed, or this is "
        "another browser. Sign in again.",
        final=True,
    ),
    _close(
        "plan_changed",
        "server",
        4414,
        "Panitia mengubah susunan vicon ini. Menyambung kembali dengan susunan yang baru.",
        "The organisers changed this conference. Connecting again with the new plan.",
    ),
    _close(
        "crowded",
        "server",
        4418,
        "Banyak yang masuk bersamaan, ruang didahulukan. Tunggu, akan tersambung sendiri.",
        "Many are coming in at once, and halls go first. Wait; it connects by itself.",
    ),
    _close(
        "server_stopping",
        "server",
        1012,
        "Server sedang dimulai ulang. Tunggu sebentar, akan tersambung sendiri.",
        "The server is restarting. Wait a moment; it connects by itself.",
    ),
    _close(
        "standing_by",
        "server",
        4415,
        "Ini server cadangan, belum melayani. Perangkat mencoba server utama; tunggu sebentar.",
        "This is the standby, which does not serve yet. The device tries the first server; wait.",
    ),
    _close(
        "fenced",
        "server",
        4416,
        "Server ini sudah digantikan server cadangan. Perangkat beralih ke sana; tunggu sebentar.",
        "This server has been replaced by its standby. The device goes there; wait a moment.",
    ),
    _close(
        "asking_other",
        "server",
        4417,
        "Server ini baru dimulai dan bertanya dahulu kepada pasangannya. Tunggu sebentar.",
        "This server has just been started and asks the other of its pair first. Wait a moment.",
    ),
    _close(
        "internal",
        "server",
        1011,
        "Ada kesalahan di server. Menyambung kembali; bila berulang, panggil teknisi.",
        "Something went wrong on the server. Connecting again; if it repeats, call a technician.",
    ),
)

_TABLE = {reason.code: reason for reason in (*REFUSALS, *CLOSES)}

FINAL = tuple(reason.code for reason in CLOSES if reason.final)
"""Close codes after which a client does not come back by itself."""
