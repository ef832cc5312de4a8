"""What the privacy page says, in both languages, made from how this server is configured: it never
says what is not so here."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from vicon.core.privacy import Keep
from vicon.ops.words import Words


class Told(Struct, frozen=True, kw_only=True):
    """What the page depends on."""

    conferences: Sequence[tuple[str, Keep]]
    """Title, and how long what is kept."""
    cameras: bool
    """Whether persons are counted by the halls' cameras."""
    pact: bool
    """Whether anything is signed."""
    turn: bool
    """Whether media can go through another server."""


class Section(Struct, frozen=True, kw_only=True):
    heading: Words
    lines: Sequence[Words]


TITLE = Words("Privasi", "Privacy")
SUMMARY = Words(
    "Apa yang disimpan server vicon ini tentang Anda, untuk apa, dan berapa lama.",
    "What this vicon server keeps about you, why, and for how long.",
)
OTHER = Words("English", "Bahasa Indonesia")


def sections(told: Told) -> list[Section]:
    """In the order of the page."""
    return [_seen(), *([_camera()] if told.cameras else [_no_camera()]), _kept(told), _long(told),
            _who(told), _asked()]  # fmt: skip


def _seen() -> Section:
    return Section(
        heading=Words("Gambar dan suara", "Picture and sound"),
        lines=[
            Words(
                "Gambar dan suara ruang diteruskan ke ruang lain selama sesi. Server ini tidak "
                "merekamnya kecuali moderator memulai rekaman: tanpa itu, setelah diteruskan tidak "
                "ada yang tersisa.",
                "Picture and sound of a hall are passed on to the others during the session. This "
                "server does not record them unless a moderator starts a recording: without one, "
                "nothing of them is left once passed on.",
            ),
            Words(
                "Selama direkam, setiap halaman ruang dan pemantau menampilkan bahwa sesi direkam "
                "dan siapa yang memulainya. Mikrofon yang tertutup, jalur pribadi dan pengumuman "
                "tidak direkam.",
                "While it is recorded, every hall's and observer's page says so, and who started "
                "it. Closed microphones, private lines and announcements are not recorded.",
            ),
            Words(
                "Bila moderator memulai siaran, umum melihat ruang yang tampil dan mendengar "
                "mikrofon yang terbuka; setiap halaman ruang dan pemantau menampilkannya. Server "
                "hanya menyimpan setengah menit terakhir, selama siaran berlangsung.",
                "When a moderator starts a broadcast, the public sees the hall on air and hears "
                "the open microphones; every hall's and observer's page says so. The server keeps "
                "the last half minute alone, while the broadcast lasts.",
            ),
            Words(
                "Di perjalanan keduanya disandikan; di dalam server dibuka untuk diteruskan.",
                "On the way both are encrypted; within the server they are opened to be passed on.",
            ),
            Words(
                "Siapa yang ikut dapat merekam layarnya sendiri. Itu tidak dapat dicegah server.",
                "Whoever takes part can record the own screen. No server can prevent that.",
            ),
            Words(
                "Saat uji coba, satu gambar diam dari kamera ruang disimpan di memori paling lama "
                "sepuluh menit agar teknisi dapat melihatnya. Tidak ditulis ke disk.",
                "In a trial call one still of the hall's camera is held in memory for ten minutes "
                "at most, for the technician to see. It is not written to disk.",
            ),
        ],
    )


def _camera() -> Section:
    return Section(
        heading=Words("Hitungan oleh kamera", "Counting by the camera"),
        lines=[
            Words(
                "Server menghitung berapa wajah yang terlihat pada kamera ruang, untuk "
                "dibandingkan dengan batas orang. Tidak ada yang dikenali: wajah tidak "
                "dibandingkan dengan siapa pun, dan tidak ada ciri wajah yang dibuat atau "
                "disimpan.",
                "The server counts how many faces a hall's camera shows, to hold the figure "
                "against the room's limit. Nobody is recognised: no face is compared with anyone, "
                "and no feature of a face is made or kept.",
            ),
            Words(
                "Proses penghitung hanya menerima satu gambar dan sekitar satu detik setelahnya. "
                "Yang disimpan: satu angka, mutunya, dan jamnya. Gambarnya dibuang.",
                "The process that counts is given one picture and about a second of what follows. "
                "What is kept: a figure, its quality, and the time. The picture is dropped.",
            ),
            Words(
                "Operator ruang dapat mematikan hitungan kamera untuk ruangnya.",
                "The hall's operator can switch it off for the hall.",
            ),
        ],
    )


def _no_camera() -> Section:
    return Section(
        heading=Words("Hitungan oleh kamera", "Counting by the camera"),
        lines=[
            Words(
                "Di server ini kamera tidak dipakai untuk menghitung orang.",
                "On this server no camera is used to count persons.",
            )
        ],
    )


def _kept(told: Told) -> Section:
    lines = [
        Words(
            "Daftar hadir: nama, instansi, peran, jam masuk dan keluar; daftar undangan bila "
            "diunggah. Untuk menjaga batas orang dan untuk berita acara.",
            "Attendance lists: name, institution, role, when each came and left; who was expected, "
            "where such a list was uploaded. For the rooms' limits and for the minutes.",
        ),
        Words(
            "Jurnal: apa yang dilakukan moderator, teknisi dan operator, dengan nama pada "
            "tautannya; pesan antara pusat dan ruang; jumlah orang; perangkat yang masuk dan nama "
            "yang diberikan padanya. Untuk berita acara dan pertanggungjawaban.",
            "The journal: what moderators, technicians and operators did, by the name on their "
            "link; messages between hub and halls; counts; devices that joined and the names they "
            "were given. For the minutes and for accountability.",
        ),
    ]
    if told.pact:
        lines.append(
            Words(
                "Pakta: nama, jabatan dan tanda tangan (digoreskan atau diketik) penanda tangan, "
                "nama saksi, jam menandatangani. Untuk dokumen pakta yang dapat dibuktikan.",
                "The pact: name, office and signature (drawn or typed) of who signs, names of "
                "witnesses, when it was signed. For a document that can be proven.",
            )
        )
    lines += [
        Words(
            "Rekaman, bila dibuat: gambar dan suara tiap ruang, siapa yang memulai dan "
            "menghentikannya. Agar sesi dapat dilihat kembali.",
            "Recordings, where one was made: picture and sound of each hall, who started and who "
            "stopped it. So that the session can be seen again.",
        ),
        Words(
            "Uji coba: ukuran jalur, peramban, kamera dan mikrofon ruang, serta siapa yang "
            "menguji. Agar gangguan ditemukan sebelum acara.",
            "Trial calls: what the hall's line, browser, camera and microphone were, and who "
            "tested. So that trouble is found before the day.",
        ),
        Words(
            "Di peramban Anda: bahasa yang dipilih, isian daftar hadir sampai server "
            "menerimanya, dan kuki dengan nomor acak, agar tautan ruang dapat dibatasi pada satu "
            "peramban dan agar yang masuk dengan akun dikenali. Tidak ada pelacak dan tidak ada "
            "layanan pihak lain di halaman.",
            "In your browser: the language you chose, what was entered on a list until the server "
            "has it, and a cookie with a random number, so that a hall's link can be kept to one "
            "browser and whoever signs in with an account is known. There is no tracking, nor any "
            "third party, on these pages.",
        ),
    ]
    return Section(
        heading=Words("Yang disimpan, dan untuk apa", "What is kept, and why"), lines=lines
    )


def _long(told: Told) -> Section:
    lines = [_one(title, keep) for title, keep in told.conferences]
    lines.append(
        Words(
            "Yang diganti nomor tidak dapat dikembalikan. Jumlah orang dan jam tetap ada, begitu "
            "juga bukti bahwa jurnal tidak diubah. Cadangan dan dokumen yang sudah dicetak tidak "
            "ikut berubah.",
            "What was replaced by a number cannot be brought back. Counts and times stay, and so "
            "does the proof that the journal was not altered. Backups and printed documents do "
            "not change.",
        )
    )
    if told.pact:
        lines.append(
            Words(
                "Pakta yang ditandatangani, termasuk nama dan tanda tangannya, disimpan "
                "selama jurnal ada: tanpa itu pakta tidak dapat dibuktikan lagi.",
                "A pact that was signed, with its names and signatures, is kept as long as the "
                "journal: without them it could not be proven any more.",
            )
        )
    lines.append(
        Words(
            "Nama petugas (moderator, teknisi, operator) dan pesan mereka disimpan selama jurnal "
            "ada.",
            "Names of officials (moderator, technician, operator) and their messages are kept as "
            "long as the journal.",
        )
    )
    return Section(heading=Words("Berapa lama", "How long"), lines=lines)


def _one(title: str, keep: Keep) -> Words:
    lists, trials, films = keep.attendance_days, keep.trials_days, keep.recordings_days
    if not keep.automatic:
        return Words(
            f"{title}: sampai pengelola server menghapusnya. Yang dianjurkan: nama pada daftar "
            f"{lists} hari, uji coba {trials} hari dan rekaman {films} hari setelah sesi ditutup.",
            f"{title}: until those who run the server remove it. What is advised: names on lists "
            f"{lists} days, trial calls {trials} days and recordings {films} days after the "
            "session was closed.",
        )
    return Words(
        f"{title}: {lists} hari setelah sesi ditutup nama pada daftar hadir dan daftar undangan "
        "diganti nomor, dan instansi serta nama perangkat dihapus; "
        f"hasil uji coba dihapus setelah {trials} hari dan rekaman setelah {films} hari. Server "
        "melakukannya sendiri.",
        f"{title}: {lists} days after the session was closed, names on lists of those who came and "
        "who were expected are replaced by numbers, and institutions and names of devices are "
        f"removed; trial calls are removed after {trials} days and recordings after {films} days. "
        "The server does so by itself.",
    )


def _who(told: Told) -> Section:
    lines = [
        Words(
            "Moderator dan teknisi melihat daftar hadir semua ruang; operator hanya ruangnya "
            "sendiri; pemantau tidak melihat nama. Di pintu, nama orang lain tidak ditampilkan.",
            "Moderators and technicians see the lists of all halls; an operator the own hall's "
            "alone; observers see no names. At the door nobody's names are shown.",
        ),
        Words(
            "Rekaman dapat diunduh dan dihapus oleh moderator dan penyelenggara.",
            "Recordings can be downloaded and deleted by moderators and the organizer.",
        ),
        Words(
            "Pengelola server dapat membaca semua yang disimpan. Berita acara yang dicetak memuat "
            "nama peserta.",
            "Those who run the server can read all that is kept. Printed minutes hold the names of "
            "those who came.",
        ),
    ]
    if told.turn:
        lines.append(
            Words(
                "Bila jaringan ruang tertutup, gambar dan suara lewat server perantara (TURN). Di "
                "sana keduanya tetap disandikan.",
                "Where a hall's network is closed, picture and sound go through another server "
                "(TURN). They stay encrypted there.",
            )
        )
    return Section(heading=Words("Siapa yang melihat", "Who sees it"), lines=lines)


def _asked() -> Section:
    return Section(
        heading=Words("Hak Anda", "Your rights"),
        lines=[
            Words(
                "Nama Anda salah, atau tidak seharusnya ada di daftar? Selama sesi, minta operator "
                "ruang memperbaiki atau mencoretnya. Setelah itu, hubungi penyelenggara acara.",
                "Is your name wrong, or should it not be on the list? During the session ask the "
                "hall's operator to correct or strike it. Afterwards ask those who held the event.",
            ),
            Words(
                "Yang dicoret tidak lagi dihitung, tetapi tetap tercatat di jurnal sampai masa "
                "simpannya habis.",
                "What is struck does not count any more, yet it stays in the journal until its "
                "time is over.",
            ),
        ],
    )
