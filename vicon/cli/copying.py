"""What `vicon backup` and `vicon restore` share: how far they are, what a backup holds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from vicon.cli.common import say
from vicon.ops.clock import SystemClock
from vicon.ops.words import Words, environment_language
from vicon.store.archive import Manifest

QUIET_S, EVERY_S = 1.0, 0.25
"""Nothing is said of what is over within a second."""


class Progress:
    """A line on standard error that says what is being done and how far it is; on a terminal it is
    written over and over, elsewhere once for each thing that is done."""

    def __init__(self, quiet: bool = False) -> None:
        self._clock = SystemClock()
        self._begun = self._told = self._clock.monotonic()
        self._terminal, self._quiet = sys.stderr.isatty(), quiet
        self._last = ""

    def __enter__(self) -> Callable[[Words, int, int], None]:
        return self._tell

    def __exit__(self, *_: object) -> None:
        if self._last and self._terminal:
            sys.stderr.write("\r\033[K")

    def _tell(self, what: Words, done: int, total: int) -> None:
        now = self._clock.monotonic()
        if self._quiet or now - self._begun < QUIET_S:
            return
        name = what.say(environment_language())
        if not self._terminal:
            if name != self._last:
                sys.stderr.write(f"{name} ...\n")
            self._last = name
        elif name != self._last or now - self._told >= EVERY_S:
            percent = 100 * done // total if total else 100
            sys.stderr.write(f"\r\033[K{name} {percent} %")
            sys.stderr.flush()
            self._last, self._told = name, now


def told(manifest: Manifest, trials: int) -> str:
    """What a backup holds, a line each."""
    at = datetime.fromtimestamp(manifest.made_at / 1000, UTC)
    lines = [
        say(
            f"Dibuat {at:%Y-%m-%d %H:%M:%S} UTC oleh vicon {manifest.vicon}.",
            f"Made {at:%Y-%m-%d %H:%M:%S} UTC by vicon {manifest.vicon}.",
        )
    ]
    lines += [
        say(
            f"{one.conference}: {one.entries} catatan utuh. Hash terakhir {one.last}",
            f"{one.conference}: {one.entries} entries are whole. Last hash {one.last}",
        )
        for one in manifest.conferences
    ]
    others = [m.name for m in manifest.members if not m.name.endswith(".sqlite")]
    lines.append(say(f"Uji coba: {trials}.", f"Trial calls: {trials}."))
    lines.append(say("Berkas lain: ", "Other files: ") + (", ".join(others) or "–"))
    return "\n".join(lines) + "\n"


WITHOUT_KEYS = Words(
    "Tanpa kunci: server yang dipulihkan darinya membuat kunci baru. Semua tautan, kode QR dan "
    "poster yang sudah dibagikan tidak berlaku lagi di sana, dan pakta yang sudah disegel tetap "
    "dapat diperiksa hanya dengan kunci publik yang pernah diumumkan. Nama peserta dan tanda "
    "tangan tetap ada di dalamnya: simpan seperti dokumen rahasia.",
    "Without keys: a server restored from it makes new ones. All links, QR codes and posters that "
    "were handed out are void there, and pacts that were sealed can be checked only with the "
    "public key that was made known. Attendees' names and signatures are still in it: keep it "
    "like a confidential document.",
)
WITH_KEYS = Words(
    "Berisi kunci: siapa yang memegang berkas ini dapat membuat tautan setiap peran dan menyegel "
    "pakta. Simpan seperti direktori data sendiri; untuk dikirim ke tempat lain pakai "
    "--without-keys.",
    "It holds the keys: who has this file can make links of every role and seal pacts. Keep it as "
    "the data directory itself; for a copy that goes elsewhere use --without-keys.",
)


def as_json(manifest: Manifest, trials: int) -> dict[str, Any]:
    return {
        "format": manifest.format,
        "vicon": manifest.vicon,
        "made_at": manifest.made_at,
        "keys": manifest.keys,
        "conferences": manifest.conferences,
        "trials": trials,
        "members": manifest.members,
    }
