"""Why a step did not pass, and what to do: one table.

Sentences may hold {placeholders}, the same in both languages. Cures are acts that an operator or an
office's technician can do, first things first.
"""

from __future__ import annotations

from msgspec import Struct

from vicon.measure.run import Words
from vicon.trial.wording import bound


class Cause(Struct, frozen=True):
    code: str
    cause: Words
    cure: tuple[Words, ...]


def _cause(code: str, id: str, en: str, *cure: tuple[str, str]) -> Cause:
    return Cause(code, Words(id, en), tuple(Words(*act) for act in cure))


_RELOAD = ("Muat ulang halaman, lalu ulangi langkah ini.", "Reload the page and repeat this step.")
_AGAIN = ("Ulangi uji.", "Run the trial again.")
_CABLE = (
    "Sambungkan komputer dengan kabel LAN, jangan Wi-Fi.",
    "Connect the computer by LAN cable, not Wi-Fi.",
)
_STOP_LOAD = (
    "Hentikan unduhan, streaming dan pencadangan di jaringan kantor selama sesi.",
    "Stop downloads, streaming and backups on the office network during the session.",
)
_SECOND = (
    "Siapkan jalur kedua (penyedia lain atau modem) dan uji jalur itu.",
    "Prepare a second line (another provider or a modem) and test it.",
)
_PROVIDER = (
    "Laporkan angka ini kepada penyedia internet, minta diperbaiki sebelum hari acara.",
    "Report these figures to the internet provider and have them mended before the day.",
)
_BROWSER = (
    "Pakai Chrome atau Firefox terbaru di komputer.",
    "Use a recent Chrome or Firefox on a computer.",
)
_ALLOW = (
    "Tekan ikon gembok di bilah alamat dan izinkan kamera dan mikrofon.",
    "Press the lock in the address bar and allow camera and microphone.",
)
_CLOSE_APPS = (
    "Tutup aplikasi lain yang memakai kamera atau mikrofon (Zoom, Teams, OBS).",
    "Close other programs that use the camera or microphone (Zoom, Teams, OBS).",
)
_OPEN_UDP = (
    "Minta pengelola jaringan membuka UDP keluar ke server ini.",
    "Ask the network's administrator to let UDP out to this server.",
)
_SPEAK = (
    "Ucapkan satu kalimat, meteran harus bergerak.",
    "Say one sentence: the meter must move.",
)

_ALL = (
    # --- browser
    _cause(
        "insecure",
        "Halaman ini tidak dibuka lewat https, jadi peramban tidak memberi kamera dan mikrofon.",
        "This page was not opened by https, so the browser gives no camera and microphone.",
        ("Buka tautan yang dimulai dengan https.", "Open the link that begins with https."),
        (
            "Bila server belum punya sertifikat, minta administrator memasangnya.",
            "If the server has no certificate yet, ask its administrator to install one.",
        ),
    ),
    _cause(
        "no_webrtc",
        "Peramban ini tidak dapat melakukan panggilan (WebRTC tidak ada).",
        "This browser cannot make calls (it has no WebRTC).",
        _BROWSER,
    ),
    _cause(
        "no_codec",
        "Peramban ini tidak punya {codec}, yang dipakai sesi.",
        "This browser has no {codec}, which the session uses.",
        _BROWSER,
    ),
    # --- devices
    _cause(
        "camera_denied",
        "Izin kamera ditolak di peramban ini.",
        "Permission for the camera was denied in this browser.",
        _ALLOW,
        _RELOAD,
    ),
    _cause(
        "camera_unanswered",
        "Pertanyaan izin kamera di peramban belum dijawab.",
        "The browser's question about the camera was not answered.",
        _ALLOW,
        _RELOAD,
    ),
    _cause(
        "camera_missing",
        "Tidak ada kamera yang terbaca di komputer ini.",
        "This computer sees no camera.",
        ("Pasang ulang kabel kamera, tunggu 5 detik.", "Plug the camera in again, wait 5 s."),
        ("Coba lubang USB lain, tanpa hub.", "Try another USB port, without a hub."),
        _RELOAD,
    ),
    _cause(
        "camera_busy",
        "Kamera sedang dipakai aplikasi lain.",
        "The camera is in use by another program.",
        _CLOSE_APPS,
        _RELOAD,
    ),
    _cause(
        "camera_failed",
        "Kamera tidak dapat dibuka.",
        "The camera could not be opened.",
        ("Cabut dan pasang lagi kameranya.", "Unplug the camera and plug it in again."),
        _RELOAD,
    ),
    _cause(
        "camera_dark",
        "Gambar {camera} terlalu gelap (terang {brightness} dari 255).",
        "The picture of {camera} is too dark (brightness {brightness} of 255).",
        ("Nyalakan lampu depan ruang.", "Turn on the lights at the front."),
        (
            "Jangan arahkan kamera ke jendela yang terang.",
            "Do not point the camera at a bright window.",
        ),
    ),
    _cause(
        "camera_over_exposed",
        "Gambar {camera} terlalu terang, rinciannya hilang.",
        "The picture of {camera} is over-exposed, its details are gone.",
        ("Tutup tirai di belakang pembicara.", "Close the curtains behind the speaker."),
        ("Kurangi pencahayaan (exposure) kamera.", "Lower the camera's exposure."),
    ),
    _cause(
        "camera_blurred",
        "Gambar {camera} kabur.",
        "The picture of {camera} is blurred.",
        ("Bersihkan lensa.", "Clean the lens."),
        ("Atur fokus kamera ke meja pembicara.", "Focus the camera on the speaker's table."),
    ),
    _cause(
        "camera_frozen",
        "Gambar {camera} membeku: gambar datang, tetapi tidak berubah.",
        "The picture of {camera} is frozen: pictures come, but nothing changes.",
        ("Gerakkan tangan di depan kamera dan lihat.", "Move a hand before the camera and look."),
        (
            "Cabut dan pasang lagi kamera atau konverternya.",
            "Unplug and plug in the camera or its converter.",
        ),
    ),
    _cause(
        "camera_black",
        "Gambar {camera} hitam.",
        "The picture of {camera} is black.",
        ("Buka tutup lensa atau penutup privasi.", "Open the lens cap or the privacy cover."),
        (
            "Periksa apakah kamera atau mixer video menyala.",
            "See that the camera or video mixer is on.",
        ),
        ("Pilih kamera yang benar di halaman ini.", "Choose the right camera on this page."),
    ),
    _cause(
        "camera_covered",
        "{camera} tertutup sesuatu.",
        "{camera} is covered by something.",
        ("Singkirkan yang menutup lensa.", "Take away what covers the lens."),
    ),
    _cause(
        "camera_small",
        "{camera} hanya memberi {height}p; sesi memakai 720p.",
        "{camera} gives only {height}p; the session uses 720p.",
        ("Pilih kamera luar, bukan kamera laptop.", "Choose an external camera, not the laptop's."),
        _CLOSE_APPS,
    ),
    _cause(
        "microphone_denied",
        "Izin mikrofon ditolak di peramban ini.",
        "Permission for the microphone was denied in this browser.",
        _ALLOW,
        _RELOAD,
    ),
    _cause(
        "microphone_unanswered",
        "Pertanyaan izin mikrofon di peramban belum dijawab.",
        "The browser's question about the microphone was not answered.",
        _ALLOW,
        _RELOAD,
    ),
    _cause(
        "microphone_missing",
        "Tidak ada mikrofon yang terbaca di komputer ini.",
        "This computer sees no microphone.",
        (
            "Pasang speakerphone atau mikrofon sebelum halaman dibuka.",
            "Plug in the speakerphone or microphone before opening the page.",
        ),
        (
            "Ingat: kabel VGA tidak membawa suara.",
            "Remember: a VGA cable carries no sound.",
        ),
        _RELOAD,
    ),
    _cause(
        "microphone_busy",
        "Mikrofon sedang dipakai aplikasi lain.",
        "The microphone is in use by another program.",
        _CLOSE_APPS,
        _RELOAD,
    ),
    _cause(
        "microphone_failed",
        "Mikrofon tidak dapat dibuka.",
        "The microphone could not be opened.",
        ("Cabut dan pasang lagi mikrofonnya.", "Unplug the microphone and plug it in again."),
        _RELOAD,
    ),
    _cause(
        "microphone_silent",
        "{microphone} terbaca, tetapi tidak bersuara: {dbfs} dBFS, batas {limit} dBFS.",
        "{microphone} is there, but gives no sound: {dbfs} dBFS, limit {limit} dBFS.",
        (
            "Tekan sakelar mikrofon sampai lampunya hijau.",
            "Press the microphone's switch until its light is green.",
        ),
        (
            "Naikkan kanal mikrofon di mixer ke komputer.",
            "Raise the microphone's channel to the computer on the mixer.",
        ),
        _SPEAK,
    ),
    _cause(
        "microphone_clipped",
        "{microphone} terlalu keras: {samples} sampel terpotong.",
        "{microphone} is too loud: {samples} samples are clipped.",
        (
            "Turunkan gain di mixer sampai lampu merah tidak menyala.",
            "Lower the gain on the mixer until the red light stays off.",
        ),
        (
            "Pakai keluaran LINE, bukan penguat pengeras suara.",
            "Use the LINE output, not the loudspeaker amplifier's.",
        ),
        _SPEAK,
    ),
    _cause(
        "microphone_noisy",
        "{microphone} mendengar bising terus-menerus: {dbfs} dBFS saat tidak ada yang bicara.",
        "{microphone} hears a steady noise: {dbfs} dBFS while nobody speaks.",
        (
            "Jauhkan mikrofon dari pendingin ruangan dan kipas.",
            "Move the microphone away from air conditioners and fans.",
        ),
        ("Ganti kabel audio bila terdengar dengung.", "Change the audio cable if it hums."),
    ),
    _cause(
        "microphone_echo",
        "Pengeras suara terdengar kembali di {microphone} ({echo} dB): ruang lain akan mendengar "
        "gema.",
        "The loudspeakers come back through {microphone} ({echo} dB): other rooms will hear an "
        "echo.",
        (
            "Kecilkan pengeras suara atau jauhkan dari mikrofon.",
            "Turn the loudspeakers down or move them away from the microphone.",
        ),
        ("Pakai speakerphone dengan peredam gema.", "Use a speakerphone with echo cancellation."),
    ),
    _cause(
        "devices_unseen",
        "Kamera dan mikrofon terbuka, tetapi gambar dan suaranya tidak sampai ke server untuk "
        "diperiksa.",
        "Camera and microphone are open, but their picture and sound did not reach the server to "
        "be examined.",
        (
            "Perbaiki dahulu langkah 4 (Jalur), lalu ulangi langkah ini.",
            "Mend step 4 (Paths) first, then repeat this step.",
        ),
    ),
    # --- signalling
    _cause(
        "signalling_slow",
        "Pensinyalan lambat: {ms} ms bolak-balik.",
        "Signalling is slow: a round trip takes {ms} ms.",
        _CABLE,
        _STOP_LOAD,
    ),
    _cause(
        "signalling_lost",
        "Sambungan WebSocket ke server putus dalam 10 detik.",
        "The WebSocket to the server broke within 10 seconds.",
        (
            "Lewatkan alamat server tanpa proksi atau pemeriksa https.",
            "Let the server's address pass without a proxy or https inspection.",
        ),
        _CABLE,
    ),
    # --- paths
    _cause(
        "udp_blocked",
        "UDP langsung ke server diblokir dari jaringan ini; yang lolos: {way}.",
        "UDP straight to the server is blocked from this network; what gets through: {way}.",
        _OPEN_UDP,
        (
            "Bila tidak bisa, biarkan lewat {way}: sesi tetap jalan, gambar bisa lebih lambat.",
            "If that cannot be had, leave it at {way}: the session works, the picture may lag.",
        ),
    ),
    _cause(
        "udp_blocked_no_turn",
        "UDP diblokir dari jaringan ini, dan server belum punya TURN; jalan TURN/UDP, TURN/TCP dan "
        "TURN/TLS 443 karena itu tidak dapat dicoba.",
        "UDP is blocked from this network, and the server has no TURN; so the ways TURN/UDP, "
        "TURN/TCP and TURN/TLS 443 could not be tried.",
        _OPEN_UDP,
        (
            "Atau pasang server TURN di port 443 dan isi [turn] dalam konfigurasi vicon.",
            "Or set up a TURN server on port 443 and fill [turn] in vicon's configuration.",
        ),
    ),
    _cause(
        "turn_refused",
        "Server TURN menolak kredensial (401).",
        "The TURN server refused the credentials (401).",
        (
            "Samakan rahasia TURN di vicon dan di coturn (static-auth-secret).",
            "Make the TURN secret the same in vicon and coturn (static-auth-secret).",
        ),
        ("Samakan jam kedua server.", "Set the clocks of both servers right."),
    ),
    _cause(
        "turn_certificate",
        "Sertifikat server TURN ditolak: {why}.",
        "The TURN server's certificate was refused: {why}.",
        (
            "Pasang di server TURN sertifikat yang sah dan berlaku untuk nama di [turn] urls.",
            "Give the TURN server a valid certificate, not expired, for the name in [turn] urls.",
        ),
        ("Setel jam komputer ini.", "Set this computer's clock right."),
    ),
    _cause(
        "all_paths_dead",
        "Tidak ada jalan media ke server dari jaringan ini: {tried} semua gagal.",
        "There is no way for media to the server from this network: {tried} all failed.",
        (
            "Minta dibuka: UDP ke server, atau TCP 443 ke server TURN.",
            "Ask for UDP to the server, or TCP 443 to the TURN server, to be opened.",
        ),
        (
            "Pastikan server TURN hidup: uji juga dari jaringan yang biasanya lolos.",
            "Make sure that the TURN server runs: test from a network that usually gets through.",
        ),
        (
            "Coba jaringan lain (modem) untuk memastikan.",
            "Try another network (a modem) to make sure.",
        ),
    ),
    # --- media
    _cause(
        "ice_failed",
        "Panggilan media tidak tersambung lewat jalan yang tadi lolos.",
        "The media call did not connect by the way that got through before.",
        _AGAIN,
        _SECOND,
    ),
    _cause(
        "media_stopped",
        "Panggilan tersambung, lalu media berhenti sesudah {seconds} detik: jalannya putus di "
        "tengah panggilan.",
        "The call connected, then media stopped after {seconds} s: its way broke in the middle of "
        "the call.",
        _CABLE,
        (
            "Minta petugas jaringan memeriksa firewall: aliran UDP yang berjalan jangan diputus.",
            "Ask the network's keeper to check the firewall: a UDP flow that runs must not be cut.",
        ),
        _AGAIN,
        _SECOND,
    ),
    _cause(
        "media_no_path",
        "Tanpa jalan media, panggilan tidak dapat dicoba.",
        "Without a way for media the call could not be tried.",
        ("Perbaiki dahulu langkah 4 (Jalur).", "Mend step 4 (Paths) first."),
    ),
    _cause(
        "rtt_high",
        "Jarak ke pusat jauh: RTT {rtt} ms, seperti lewat satelit. Percakapan akan tersendat, "
        "tetapi bisa.",
        "The way to the centre is long: RTT {rtt} ms, as by satellite. Talking lags, but works.",
        (
            "Beri jeda sesudah bicara; moderator menunggu 1 detik.",
            "Pause after speaking; the moderator waits a second.",
        ),
        _SECOND,
    ),
    _cause(
        "jitter_high",
        "Waktu sampai paket tidak tetap: jitter {jitter} ms.",
        "Packets come unevenly: jitter {jitter} ms.",
        _CABLE,
        _STOP_LOAD,
    ),
    _cause(
        "loss_up",
        "Paket hilang pada arah unggah (dari ruang ini): {percent}.",
        "Packets are lost on the way up (from this room): {percent}.",
        _CABLE,
        _STOP_LOAD,
        _PROVIDER,
    ),
    _cause(
        "loss_down",
        "Paket hilang pada arah unduh (ke ruang ini): {percent}.",
        "Packets are lost on the way down (to this room): {percent}.",
        _CABLE,
        _STOP_LOAD,
        _PROVIDER,
    ),
    _cause(
        "loss_both",
        "Paket hilang pada kedua arah: unggah {up}, unduh {down}.",
        "Packets are lost both ways: up {up}, down {down}.",
        _CABLE,
        _STOP_LOAD,
        _PROVIDER,
        _SECOND,
    ),
    _cause(
        "burst_loss",
        "Paket hilang beruntun: sampai {percent} dalam 200 ms.",
        "Packets are lost in bursts: up to {percent} within 200 ms.",
        _CABLE,
        _PROVIDER,
    ),
    _cause(
        "mos_low",
        "Mutu suara rendah: MOS {mos} (5 terbaik), oleh tunda dan paket hilang.",
        "Speech quality is low: MOS {mos} (5 is best), from delay and loss.",
        _CABLE,
        _SECOND,
    ),
    _cause(
        "few_frames",
        "Gambar yang diterima hanya {fps} per detik.",
        "Only {fps} pictures per second are received.",
        (
            "Tutup program lain; komputer ini kewalahan.",
            "Close other programs; this computer is overloaded.",
        ),
        _CABLE,
    ),
    _cause(
        "no_media",
        "Panggilan tersambung, tetapi tidak ada paket media yang sampai.",
        "The call connected, but no media packets came.",
        _AGAIN,
        _SECOND,
    ),
    _cause(
        "no_media_up",
        "Panggilan tersambung, tetapi tidak ada paket media dari ruang ini yang sampai ke server.",
        "The call connected, but no media packets from this room came to the server.",
        _ALLOW,
        _AGAIN,
        _SECOND,
    ),
    _cause(
        "no_media_down",
        "Panggilan tersambung, tetapi tidak ada gambar dari server yang sampai ke ruang ini.",
        "The call connected, but no picture from the server came to this room.",
        _OPEN_UDP,
        _AGAIN,
        _SECOND,
    ),
    # --- capacity
    _cause(
        "up_small",
        "Unggah hanya {rate}: cukup untuk {profile}.",
        "Up only {rate}: enough for {profile}.",
        _STOP_LOAD,
        _CABLE,
        _SECOND,
    ),
    _cause(
        "up_none",
        "Unggah hanya {rate}: suara pun tidak cukup.",
        "Up only {rate}: not enough even for sound.",
        _STOP_LOAD,
        _SECOND,
    ),
    _cause(
        "down_small",
        "Unduh hanya {rate}; sesi perlu {needed}.",
        "Down only {rate}; the session needs {needed}.",
        _STOP_LOAD,
        _CABLE,
        _SECOND,
    ),
    _cause(
        "bufferbloat",
        "Saat jalur penuh, RTT naik {rise} ms: unduhan orang lain akan mengganggu sesi.",
        "When the line is full, the RTT rises by {rise} ms: others' downloads will disturb the "
        "session.",
        _STOP_LOAD,
        (
            "Batasi kecepatan lain di router (QoS), utamakan komputer sesi.",
            "Limit the rest on the router (QoS) and give the session's computer priority.",
        ),
    ),
    _cause(
        "capacity_unknown",
        "Kapasitas tidak terukur.",
        "The capacity could not be measured.",
        _AGAIN,
        (
            "Uji dengan Chrome, atau dengan `vicon trial` dari komputer ini.",
            "Test with Chrome, or with `vicon trial` from this computer.",
        ),
    ),
    # --- reconnect
    _cause(
        "reconnect_slow",
        "Sesudah putus, media baru kembali dalam {seconds}.",
        "After a cut the media came back only after {seconds}.",
        _CABLE,
        _SECOND,
    ),
    _cause(
        "reconnect_none",
        "Sesudah putus, sambungan tidak kembali.",
        "After a cut the connection did not come back.",
        _RELOAD,
        _SECOND,
    ),
    # --- the run itself
    _cause(
        "not_measured",
        "Langkah ini tidak terukur.",
        "This step could not be measured.",
        _AGAIN,
    ),
    _cause(
        "station_lost",
        "Halaman uji di ruang ini terputus dan tidak kembali.",
        "The test page in this room was lost and did not come back.",
        ("Buka lagi halaman uji di ruang itu.", "Open the test page in that room again."),
        (
            "Periksa listrik dan kabel jaringan komputer itu.",
            "Check that computer's power and network cable.",
        ),
        _AGAIN,
    ),
    _cause(
        "station_unsteady",
        "Halaman uji di ruang ini terputus lagi dan lagi di tengah langkah ini.",
        "The test page in this room was lost again and again in the middle of this step.",
        ("Jangan muat ulang halaman selama uji.", "Do not reload the page during the trial."),
        _CABLE,
        _AGAIN,
    ),
    _cause(
        "station_timeout",
        "Halaman uji tidak menjawab dalam waktunya.",
        "The test page did not answer in time.",
        (
            "Jadikan halaman uji yang terdepan, jangan diperkecil.",
            "Keep the test page in front, do not minimise it.",
        ),
        _RELOAD,
    ),
    _cause(
        "worker_lost",
        "Bagian media di server mati di tengah langkah ini dan sudah dinyalakan lagi.",
        "The server's media part died in the middle of this step and has been started again.",
        _AGAIN,
        (
            "Bila berulang, jalankan `vicon doctor` di server.",
            "If it happens again, run `vicon doctor` on the server.",
        ),
    ),
    _cause(
        "server_restarted",
        "Server dinyalakan ulang di tengah uji.",
        "The server was restarted in the middle of the trial.",
        _AGAIN,
    ),
    _cause(
        "stopped",
        "Uji dihentikan sebelum langkah ini selesai.",
        "The trial was stopped before this step was done.",
        _AGAIN,
    ),
    _cause(
        "failed",
        "Langkah ini gagal di peramban: {why}.",
        "This step failed in the browser: {why}.",
        _RELOAD,
        _BROWSER,
    ),
)

CAUSES = {cause.code: cause for cause in _ALL}


def say(code: str, **params: object) -> tuple[Words, tuple[Words, ...]]:
    """Cause and cures with their placeholders filled: a value that is Words is taken in each
    language. Raises KeyError for an unknown code or a missing placeholder."""
    found = CAUSES[code]
    return _fill(found.cause, params), tuple(_fill(act, params) for act in found.cure)


def _fill(words: Words, params: dict[str, object]) -> Words:
    def filled(text: str, en: bool) -> str:
        chosen = {
            name: (value.en if en else value.id) if isinstance(value, Words) else value
            for name, value in params.items()
        }
        sentence = bound(text.format_map(chosen))
        return sentence[:1].upper() + sentence[1:]

    return Words(filled(words.id, False), filled(words.en, True))
