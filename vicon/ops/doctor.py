"""Is this machine fit to run vicon? Each check tells what it found; where something is wrong,
the cause and the cure. Checks of parts (journal, media worker) are added by the command.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from vicon.ops.data import DataDir
from vicon.ops.net import announcements, lan_addresses
from vicon.ops.tls import RENEW_DAYS, given_certificate, ssl_context
from vicon.ops.words import SpokenError, Words, reason_of

Status = Literal["ok", "info", "warning", "failed"]
DAY_MS = 86_400_000
LEAST_FREE, GOOD_FREE = 50 << 20, 1 << 30
"""Bytes: below the first a server says that it is not ready."""
LEAST_FILES = 1024
"""Open files: each device takes some ten."""
MOST_DRIFT = 0.05
"""Seconds by which the wall clock may run apart from the monotonic one while we look."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox", "firefox-esr")


class Check(Struct, frozen=True, kw_only=True):
    name: str
    status: Status
    found: Words
    """What was found; of a failure, the cause."""
    cure: Words | None = None


def good(name: str, id: str, en: str) -> Check:
    return Check(name=name, status="ok", found=Words(id, en))


def told(name: str, id: str, en: str) -> Check:
    """Nothing depends on it."""
    return Check(name=name, status="info", found=Words(id, en))


def wrong(name: str, found: Words, cure: Words, status: Status = "failed") -> Check:
    return Check(name=name, status=status, found=found, cure=cure)


def check_data(home: DataDir) -> Check:
    """Whether a server can write there; a directory that is not yet there can be made."""
    place = next(p for p in (home.path.absolute(), *home.path.absolute().parents) if p.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return wrong(
            "data",
            Words(f"{place} tidak dapat ditulisi.", f"{place} cannot be written to."),
            Words(
                "Jalankan sebagai pemiliknya, atau pakai --data lain.",
                "Run as its owner, or take another --data.",
            ),
        )
    if home.path.exists() and home.path.stat().st_mode & 0o077:
        return wrong(
            "data",
            Words(
                f"{home.path} dapat dibuka pengguna lain mesin ini.",
                f"{home.path} is open to other users of this machine.",
            ),
            Words(f"Jalankan: chmod 700 {home.path}", f"Run: chmod 700 {home.path}"),
            "warning",
        )
    return good("data", f"{home.path} dapat ditulisi.", f"{home.path} can be written to.")


def check_disk(home: DataDir) -> Check:
    place = next(p for p in (home.path.absolute(), *home.path.absolute().parents) if p.exists())
    free = shutil.disk_usage(place).free
    found = Words(f"{free >> 20} MB kosong.", f"{free >> 20} MB are free.")
    cure = Words("Kosongkan disk.", "Free some disk space.")
    if free < LEAST_FREE:
        return wrong("disk", found, cure)
    if free < GOOD_FREE:
        return wrong("disk", found, cure, "warning")
    return Check(name="disk", status="ok", found=found)


def check_port(host: str, port: int, home: DataDir) -> Check:
    """Whether the web port is free, or taken by the server of this very data directory."""
    where = f"{host}:{port}"
    try:
        with socket.create_server((host, port), family=_family(host)):
            return good("port", f"{where} bebas.", f"{where} is free.")
    except OSError as error:
        server, pid = home.read_server(), home.holder()
        if error.errno == errno.EADDRINUSE and pid and server and server.port == port:
            return good(
                "port",
                f"{where} dipakai server ini sendiri (proses {pid}).",
                f"{where} is in use by this very server (process {pid}).",
            )
        why = reason_of(error)
        return wrong(
            "port",
            Words(f"{where} tidak dapat dibuka: {why}.", f"{where} cannot be opened: {why}."),
            _PORT_CURES.get(error.errno or 0, _OTHER_PORT),
        )


_OTHER_PORT = Words(
    "Pakai port lain (--port), atau hentikan program yang memakainya: ss -ltnp",
    "Take another port (--port), or stop the program that has it: ss -ltnp",
)
_PORT_CURES = {
    errno.EACCES: Words(
        "Port di bawah 1024 butuh hak khusus: pakai 8443, atau jalankan lewat layanan sistem.",
        "Ports below 1024 need a privilege: take 8443, or run it as a system service.",
    ),
    errno.EADDRNOTAVAIL: Words(
        "Alamat itu bukan milik mesin ini: perbaiki `listen` dalam konfigurasi.",
        "That address is not this machine's: mend `listen` in the configuration.",
    ),
}


def check_media(addresses: Sequence[str], ports: tuple[int, int], home: DataDir) -> Check:
    """Whether UDP, which carries sound and picture, can be opened on the addresses for media, at
    one of these ports (0, 0: any)."""
    if not addresses:
        return wrong(
            "media",
            Words(
                "Mesin ini tidak punya alamat jaringan selain dirinya sendiri.",
                "This machine has no network address but for itself.",
            ),
            Words(
                "Sambungkan ke jaringan; ruang lain tidak dapat mencapai server ini.",
                "Connect it to the network; no other room can reach this server.",
            ),
            "warning",
        )
    low, high = ports
    why: OSError | None = None
    for port in range(low, high + 1):
        where, why = _udp(addresses, port)
        if why is None:
            at = f":{port}" if port else ""
            listed = ", ".join(f"{address}{at}" for address in addresses)
            return good(
                "media", f"UDP dapat dibuka di {listed}.", f"UDP can be opened on {listed}."
            )
        if why.errno != errno.EADDRINUSE:
            break
    assert why is not None  # a range is never empty
    return _media_trouble(where, ports, why, home)


def _udp(addresses: Sequence[str], port: int) -> tuple[str, OSError | None]:
    """Where it cannot be opened, and why."""
    for address in addresses:
        try:
            with socket.socket(_family(address), socket.SOCK_DGRAM) as udp:
                udp.bind((address, port))
        except OSError as error:
            return f"{address}:{port}" if port else address, error
    return "", None


def _media_trouble(where: str, ports: tuple[int, int], why: OSError, home: DataDir) -> Check:
    if why.errno != errno.EADDRINUSE:
        reason = reason_of(why)
        return wrong(
            "media",
            Words(f"UDP di {where}: {reason}.", f"UDP on {where}: {reason}."),
            Words(
                "Perbaiki `addresses` bagian [media], atau setelan jaringan mesin ini.",
                "Mend `addresses` in [media], or this machine's network settings.",
            ),
        )
    low, high = ports
    named = str(low) if low == high else f"{low}-{high}"
    pid = home.holder()
    if pid:
        return good(
            "media",
            f"Port UDP {named} dipakai, agaknya oleh server ini sendiri (proses {pid}).",
            f"UDP port {named} is in use, by this very server as it seems (process {pid}).",
        )
    return wrong(
        "media",
        Words(f"Port UDP {named} sudah dipakai.", f"UDP port {named} is in use."),
        Words(
            "Ganti `port` atau `port_range` bagian [media], atau hentikan pemakainya: ss -lunp",
            "Change `port` or `port_range` in [media], or stop what has it: ss -lunp",
        ),
    )


def check_announced(texts: Sequence[str], addresses: Sequence[str]) -> Check:
    """Whether what is announced belongs to an address of this machine, and is one that others can
    reach."""
    for inside, (public, _) in announcements(texts).items():
        if not inside.startswith("*") and inside not in addresses:
            return wrong(
                "announced",
                Words(
                    f"{inside} bukan alamat media mesin ini.",
                    f"{inside} is not an address of this machine for media.",
                ),
                _ANNOUNCED,
            )
        if ip_address(public).is_loopback or ip_address(public).is_unspecified:
            return wrong(
                "announced",
                Words(
                    f"{public} tidak dapat dicapai dari luar.",
                    f"{public} cannot be reached from outside.",
                ),
                _ANNOUNCED,
            )
    listed = ", ".join(texts)
    return good(
        "announced",
        f"Dari luar server ini dicari di {listed}; teruskan port UDP itu ke sini.",
        f"From outside this server is sought at {listed}; forward that UDP port to it.",
    )


_ANNOUNCED = Words(
    "Perbaiki `announced` bagian [media] dalam konfigurasi.",
    "Mend `announced` in [media] of the configuration.",
)


def media_addresses(configured: Sequence[str]) -> list[str]:
    return list(configured) or [str(address) for address in lan_addresses()]


def check_certificate(certificate: Path, key: Path, now: int, *, ours: bool) -> Check:
    """How long the certificate is good. `ours`: made by vicon, which renews it by itself."""
    if ours and not certificate.exists():
        return told(
            "tls",
            "Sertifikat dibuat saat server pertama kali dijalankan.",
            "A certificate is made when a server first runs.",
        )
    try:
        found = given_certificate(certificate, key)
        ssl_context(found)  # the key must be its own
        days = (found.expires_at - now) // DAY_MS
    except SpokenError as error:
        cure = Words(
            "Betulkan `certificate` dan `key` dalam konfigurasi.",
            "Mend `certificate` and `key` in the configuration.",
        )
        return wrong("tls", error.words, cure)
    if days >= RENEW_DAYS:
        return good(
            "tls", f"Sertifikat berlaku {days} hari lagi.", f"The certificate lasts {days} days."
        )
    left = Words(
        f"Sertifikat tinggal {days} hari." if days >= 0 else "Sertifikat sudah kedaluwarsa.",
        f"The certificate has {days} days left." if days >= 0 else "The certificate has expired.",
    )
    cure = (
        Words("Jalankan server kembali: diperbarui sendiri.", "Start the server again: it renews.")
        if ours
        else Words("Perbarui sertifikat lewat penerbitnya.", "Renew it with its issuer.")
    )
    return wrong("tls", left, cure, "failed" if days < 0 else "warning")


def check_clock(now: int, newest: int, drift: float) -> Check:
    """`newest`: Unix ms of the last thing that surely happened; `drift`: seconds by which wall
    and monotonic clock ran apart while somebody looked."""
    cure = Words(
        "Nyalakan penyelarasan waktu: timedatectl set-ntp true",
        "Switch time synchronisation on: timedatectl set-ntp true",
    )
    if now < newest:
        behind = (newest - now) // 1000
        return wrong(
            "clock",
            Words(
                f"Jam mesin ini tertinggal: jurnal sudah {behind} s di depannya.",
                f"This machine's clock is behind: the journal is {behind} s ahead of it.",
            ),
            cure,
        )
    if abs(drift) > MOST_DRIFT:
        return wrong(
            "clock",
            Words(
                f"Jam mesin ini sedang melompat ({drift:+.2f} s).",
                f"This machine's clock is jumping ({drift:+.2f} s).",
            ),
            cure,
            "warning",
        )
    return good("clock", "Jam berjalan rata.", "The clock runs evenly.")


def check_timezones(names: Sequence[str]) -> Check:
    missing = [name for name in names if not _has_zone(name)]
    if missing:
        listed = ", ".join(missing)
        return wrong(
            "timezone",
            Words(f"Data zona waktu tidak ada: {listed}.", f"No time zone data: {listed}."),
            Words("Pasang ulang vicon, atau paket tzdata.", "Reinstall vicon, or tzdata."),
        )
    listed = ", ".join(names)
    return good("timezone", f"Zona waktu dikenal: {listed}.", f"Time zones are known: {listed}.")


def check_files() -> Check:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < LEAST_FILES:
        return wrong(
            "files",
            Words(f"Hanya {soft} berkas boleh terbuka.", f"Only {soft} files may be open."),
            Words(
                f"Jalankan dengan: ulimit -n {max(LEAST_FILES, hard)}",
                f"Run with: ulimit -n {max(LEAST_FILES, hard)}",
            ),
            "warning",
        )
    return good("files", f"{soft} berkas boleh terbuka.", f"{soft} files may be open.")


def check_web_client() -> Check:
    if (files("vicon") / "_web" / "index.html").is_file():
        return good("web", "Halaman web ada.", "The web client is there.")
    return wrong(
        "web",
        Words("Halaman web belum dibuat.", "The web client has not been built."),
        Words("Jalankan scripts/up, atau pasang ulang vicon.", "Run scripts/up, or reinstall."),
    )


def check_python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return told("python", f"Python {version}.", f"Python {version}.")


def check_node() -> Check:
    """Only for who builds the web client."""
    found = [f"{name} {v}" for name in ("node", "npm") if (v := _version(name))]
    listed = ", ".join(found)
    if not listed:
        return told(
            "node",
            "Node.js tidak ada; tidak diperlukan untuk menjalankan vicon.",
            "There is no Node.js; running vicon does not need it.",
        )
    return told("node", f"{listed}.", f"{listed}.")


def check_browser() -> Check:
    """A server needs none; the machine of a hall does."""
    found = [name for name in BROWSERS if shutil.which(name)]
    if not found:
        return told(
            "browser",
            "Tidak ada Chromium atau Firefox di mesin ini.",
            "There is no Chromium or Firefox on this machine.",
        )
    return told("browser", f"Ada: {', '.join(found)}.", f"There is: {', '.join(found)}.")


def _version(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "?"
    return done.stdout.strip()


def _has_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        return False
    return True


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
