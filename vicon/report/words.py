"""Dates, numbers and the fixed words of printed reports, in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from vicon.measure.run import Words

Language = Literal["id", "en"]

_DAYS = (
    ("Senin", "Monday"),
    ("Selasa", "Tuesday"),
    ("Rabu", "Wednesday"),
    ("Kamis", "Thursday"),
    ("Jumat", "Friday"),
    ("Sabtu", "Saturday"),
    ("Minggu", "Sunday"),
)
_MONTHS = (
    ("Januari", "January"),
    ("Februari", "February"),
    ("Maret", "March"),
    ("April", "April"),
    ("Mei", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("Agustus", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Desember", "December"),
)
_ONES = (
    *("nol", "satu", "dua", "tiga", "empat", "lima"),
    *("enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"),
)

STEPS = {
    "browser": Words("Peramban", "Browser"),
    "devices": Words("Perangkat", "Devices"),
    "signalling": Words("Pensinyalan", "Signalling"),
    "paths": Words("Jalur", "Paths"),
    "media": Words("Panggilan media", "Media call"),
    "capacity": Words("Kapasitas", "Capacity"),
    "reconnect": Words("Sambung ulang", "Reconnect"),
    "verdict": Words("Putusan", "Verdict"),
}
STATES = {
    "pass": Words("Lulus", "Pass"),
    "warn": Words("Peringatan", "Warning"),
    "fail": Words("Gagal", "Fail"),
    "skipped": Words("Dilewati", "Skipped"),
    "pending": Words("–", "–"),
    "running": Words("Berjalan", "Running"),
}
RUN_STATES = {
    "done": Words("selesai", "finished"),
    "stopped": Words("dihentikan", "stopped"),
    "broken": Words("tidak selesai", "not finished"),
    "running": Words("berjalan", "running"),
}
KINDS = {
    "full": Words("Uji lengkap", "Full trial"),
    "quick": Words("Periksa singkat", "Quick check"),
}
FIGURES = {
    "rtt_ms": Words("Waktu bolak-balik (RTT)", "Round trip (RTT)"),
    "jitter_ms": Words("Jitter, arah terburuk", "Jitter, worse way"),
    "jitter_up_ms": Words("Jitter unggah", "Jitter up"),
    "jitter_down_ms": Words("Jitter unduh", "Jitter down"),
    "delay_variation_up_ms": Words("Ragam tunda, unggah", "Delay variation up"),
    "delay_variation_down_ms": Words("Ragam tunda, unduh", "Delay variation down"),
    "loss_up_percent": Words("Paket hilang, unggah", "Packet loss up"),
    "loss_down_percent": Words("Paket hilang, unduh", "Packet loss down"),
    "burst_up_percent": Words("Hilang beruntun, unggah", "Burst loss up"),
    "burst_down_percent": Words("Hilang beruntun, unduh", "Burst loss down"),
    "reordered_up": Words("Paket tertukar urutan, unggah", "Packets out of order up"),
    "reordered_down": Words("Paket tertukar urutan, unduh", "Packets out of order down"),
    "capacity_up_kbps": Words("Kapasitas unggah", "Capacity up"),
    "capacity_down_kbps": Words("Kapasitas unduh", "Capacity down"),
    "rtt_rise_up_ms": Words("Kenaikan RTT saat unggah penuh", "RTT rise under full load up"),
    "rtt_rise_down_ms": Words("Kenaikan RTT saat unduh penuh", "RTT rise under full load down"),
    "mos": Words("Mutu suara (MOS)", "Audio quality (MOS)"),
    "fps_received": Words("Gambar diterima per detik", "Pictures received per second"),
    "frame_height": Words("Tinggi gambar diterima", "Height of the picture received"),
    "freezes": Words("Gambar membeku", "Freezes"),
    "frozen_ms": Words("Lama membeku", "Time frozen"),
    "av_offset_ms": Words("Selisih suara dan gambar", "Sound after picture"),
    "delay_down_ms": Words("Tunda satu arah, unduh", "One-way delay down"),
    "delay_round_ms": Words("Tunda media bolak-balik", "Media delay, both ways"),
    "psnr_db": Words("Kemiripan gambar (PSNR)", "Picture fidelity (PSNR)"),
    "ssim": Words("Kemiripan gambar (SSIM)", "Picture fidelity (SSIM)"),
    "reconnect_socket_ms": Words("Pensinyalan kembali", "Signalling back after"),
    "reconnect_media_ms": Words("Media kembali", "Media back after"),
    "signalling_rtt_ms": Words("Pensinyalan bolak-balik", "Signalling round trip"),
    "signalling_held_s": Words("Pensinyalan bertahan", "Signalling held"),
    "connect_udp_ms": Words("Tersambung lewat UDP langsung", "Connected by UDP"),
    "connect_turn_udp_ms": Words("Tersambung lewat TURN/UDP", "Connected by TURN/UDP"),
    "connect_turn_tcp_ms": Words("Tersambung lewat TURN/TCP", "Connected by TURN/TCP"),
    "connect_turn_tls_ms": Words("Tersambung lewat TURN/TLS", "Connected by TURN/TLS"),
    "microphone_dbfs": Words("Tingkat mikrofon", "Microphone level"),
    "clipped_samples": Words("Sampel terpotong", "Clipped samples"),
    "echo_db": Words("Gema suara uji", "Echo of the test sound"),
    "speaker": Words("Pengeras suara", "Loudspeaker"),
    "concealed_percent": Words("Suara yang ditambal", "Sound that was made up"),
    "camera_height": Words("Tinggi gambar kamera", "Height of the camera's picture"),
    "camera_fps": Words("Gambar kamera per detik", "Camera's pictures per second"),
}
"""By the figure's name; one that is not here is printed by its name."""
LIMITS = {
    "rtt_ms": Words("RTT, ms", "RTT, ms"),
    "jitter_ms": Words("Jitter, ms", "Jitter, ms"),
    "loss_percent": Words("Paket hilang, %", "Packet loss, %"),
    "burst_percent": Words("Hilang beruntun, %", "Loss in a burst, %"),
    "mos": Words("MOS", "MOS"),
    "capacity_up_kbps": Words("Unggah, kbit/s", "Up, kbit/s"),
    "capacity_down_kbps": Words("Unduh, kbit/s", "Down, kbit/s"),
    "rtt_rise_ms": Words("Kenaikan RTT, ms", "RTT rise, ms"),
    "fps_received": Words("Gambar per detik", "Pictures per second"),
    "microphone_dbfs": Words("Mikrofon, dBFS", "Microphone, dBFS"),
    "clipped_samples": Words("Sampel terpotong", "Clipped samples"),
    "path": Words("Jalur", "Path"),
    "reconnect_s": Words("Sambung ulang, s", "Reconnect, s"),
    "signalling_ms": Words("Pensinyalan, ms", "Signalling, ms"),
}
"""Of the thresholds: with their units, since the limits are bare figures."""


def pick(words: Words, lang: Language) -> str:
    return words.en if lang == "en" else words.id


def moment(at: int, zone: str) -> datetime:
    """Unix ms as a time in `zone` (an IANA name)."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone))


def date(at: int, zone: str, lang: Language) -> str:
    """25 September 2020."""
    when = moment(at, zone)
    return f"{when.day} {_MONTHS[when.month - 1][lang == 'en']} {when.year}"


def day(at: int, zone: str, lang: Language) -> str:
    """Jumat, 25 September 2020."""
    return f"{_DAYS[moment(at, zone).weekday()][lang == 'en']}, {date(at, zone, lang)}"


def time(at: int, zone: str, label: str) -> str:
    """09:12:40 WITA."""
    return f"{moment(at, zone):%H:%M:%S} {label}".strip()


def opening(at: int, zone: str, lang: Language) -> str:
    """The first words of a test report, with the date in letters (Indonesian)."""
    when = day_in_words(at, zone, lang)
    if lang == "en":
        return f"On {when}, the following was tested:"
    return f"Pada hari ini, {when}, telah dilaksanakan uji fungsi sebagai berikut:"


def day_in_words(at: int, zone: str, lang: Language) -> str:
    """Jumat, tanggal dua puluh lima, bulan September, tahun dua ribu dua puluh; in English with
    figures."""
    when = moment(at, zone)
    day, month = _DAYS[when.weekday()][lang == "en"], _MONTHS[when.month - 1][lang == "en"]
    if lang == "en":
        return f"{day}, {when.day} {month} {when.year}"
    return f"{day}, tanggal {spoken(when.day)}, bulan {month}, tahun {spoken(when.year)}"


def spoken(number: int) -> str:
    """An Indonesian number in letters, 0 to 9999."""
    if not 0 <= number <= 9999:
        raise ValueError(f"{number} is not between 0 and 9999")
    if number < 12:
        return _ONES[number]
    if number < 20:
        return f"{_ONES[number - 10]} belas"
    for size, one, name in ((1000, "seribu", "ribu"), (100, "seratus", "ratus"), (10, "", "puluh")):
        if number >= size:
            count, rest = divmod(number, size)
            head = one if count == 1 and one else f"{spoken(count)} {name}"
            return f"{head} {spoken(rest)}" if rest else head
    raise AssertionError("every number has a size")


def number(value: float, lang: Language, digits: int = 1) -> str:
    text = f"{value:.{digits}f}"
    return text if lang == "en" else text.replace(".", ",")
