"""The minutes of a rehearsal as they are handed out: PDF and ODT say what the JSON says, the same
journal gives the same bytes, and what the JSON takes from the journal stands there."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import cv2
import pypdfium2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.e2e.service import run

WITA = ZoneInfo("Asia/Makassar")
PAGES = range(8, 16)
"""Of the minutes of ten rooms with two persons on a list."""
_UNSEALED = ("seal", "typed", "struck_by", "struck_reason", "struck_at")
"""Of a drawn signature; `typed` is sealed where there is one."""
_MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
Minutes = dict[str, Any]


async def the_minutes_are_handed_out(data: Path, found: Minutes, folder: Path) -> None:
    files: dict[str, bytes] = {}
    for kind in ("json", "pdf", "odt"):
        files[kind] = await _written(data, kind, folder / f"berita-acara.{kind}")
        assert files[kind] == await _written(data, kind, folder / f"lagi.{kind}"), kind
    assert json.loads(files["json"]) == found
    said, pages = _pdf(files["pdf"], folder)
    written = _odt(files["odt"])
    assert pages in PAGES
    for fact in facts(found):
        assert " ".join(fact.split()) in written, fact  # spaces that do not break are spaces
        # In a column a line may end anywhere, and what stands beside comes between.
        assert all(word in said for word in fact.split()), fact
    await _the_journal_has_it(data, found)
    await _the_pact_is_proven(data, found, folder)


async def _written(data: Path, kind: str, out: Path) -> bytes:
    told = ["minutes", "--data", str(data), "--format", kind, "--lang", "id", "--out", str(out)]
    await run(*told)
    return out.read_bytes()


def _pdf(data: bytes, folder: Path) -> tuple[str, int]:
    """Its words and pages; each page is drawn into `folder` to be looked at, and is not empty."""
    document = pypdfium2.PdfDocument(data)
    texts = []
    for number, page in enumerate(document, 1):
        picture = page.render(scale=1.5).to_numpy()
        assert cv2.imwrite(str(folder / f"halaman-{number:02}.png"), picture)
        assert picture.min() < 100, f"page {number} is empty"
        texts.append(page.get_textpage().get_text_range())
    return " ".join(" ".join(texts).replace("\u200b", "").split()), len(document)


def _odt(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return " ".join(_flat(ET.fromstring(archive.read("content.xml"))).split())


def _flat(element: ET.Element) -> str:
    local = element.tag.rpartition("}")[2]
    inside = "".join(_flat(child) + (child.tail or "") for child in element)
    gap = " " if local in ("p", "h", "line-break", "tab", "s") else ""
    return f"{element.text or ''}{inside}{gap}"


# --- what must be read ---------------------------------------------------------------------------


def facts(found: Minutes) -> list[str]:
    """Rows and sentences of the Indonesian minutes."""
    begun = datetime.fromtimestamp(found["begun_at"] / 1000, WITA)
    month = _MONTHS.split()[begun.month - 1]
    told = [
        "BERITA ACARA",
        found["title"],
        "melalui konferensi video antara Provinsi Kalimantan Timur sebagai pusat dan 10 ruang",
        f"{begun.day} {month} {begun.year}",
        "Waktu rencana : 25/9/2020 09:00 – 25/9/2020 10:00 WITA",
        f"Waktu pelaksanaan : {hm(found['begun_at'])} – {hm(found['closed_at'])} WITA",
        *(f"Moderator : {one['name']}" for one in found["guides"]),
        f"Peserta : {_listed(found)} orang tercatat di 1 ruang",
        "Ruang lengkap : 10 dari 10",
        f"SHA-256 naskah : {found['pact']['document_hash']}",
        "Sambungan terputus : 1 kali",
        "Panggilan bantuan : 1, dijawab 1",
        f"Jumlah catatan : {found['journal']['entries']}",
        f"Hash terakhir : {found['journal']['hash']}",
        f"Mulai {hms(found['rundown']['began_at'])}, selesai {hms(found['rundown']['ended_at'])}",
    ]
    for room in found["rooms"]:
        told += _of_room(found, room)
    for number, item in enumerate(found["rundown"]["items"], 1):
        told.append(
            f"{number} {item['title']} {_place(found, item['room'])} "
            f"25/9/2020 {hm(item['planned_at'])} "
            f"{lasted(item['planned_s'] * 1000)} {hm(item['began_at'])} {hm(item['ended_at'])} "
            f"{lasted(item['taken_ms'])} {lasted(item['paused_ms']) if number == 6 else '–'} "
            f"{_early(item['behind_ms'])}"
        )
    told += _incidents(found)
    for one in found["pact"]["signatures"]:
        sign = one["signature"]
        told.append(
            f"{_name(found, sign['room'])} {sign['name']} {sign['office']} "
            f"{hms(sign['signed_at'])} {sign['witnesses'][0]['name']} "
            f"({sign['witnesses'][0]['office']}) –"
        )
        told.append(f"{sign['name']}, {_name(found, sign['room'])} {one['sequence']}")
    return told


def _early(ms: int) -> str:
    """The rehearsal is far ahead of the plan."""
    return f"−{lasted(-ms)}"


def _listed(found: Minutes) -> int:
    return sum(len(room["attendance"]) for room in found["rooms"])


def _of_room(found: Minutes, room: Minutes) -> list[str]:
    name, counts = room["name"], room["counts"]
    told = [f"{name} ({room['code']}) {_mark(room)} {hm(room['joined_at'])} {hm(room['left_at'])}"]
    if counts["begin"] is not None:
        minutes = f"{counts['person_minutes']:.1f}".replace(".", ",")
        told.append(
            f"{name} {room['limit']} {counts['begin']} {counts['peak']} "
            f"({hm(counts['peak_at'])}) {counts['end']} {minutes} {len(counts['alarms'])}"
        )
    for one in room["attendance"]:
        told.append(f"{one['name']} {one['institution']} {one['role']}")
        told.append(f"masuk {hm(one['first_in'])}")
    told += [
        f"Diharapkan, tidak tercatat hadir: {one['name']} ({one['institution']})."
        for one in room["missing"]
    ]
    told += [
        f"{name} Batas menjadi 13 {one['by']} {one['reason']}" for one in room["decisions"][:1]
    ]
    told += [
        f"{hm(one['raised_at'])} {hm(one['ended_at'])} {name} "
        "Melebihi batas 12: dihitung 13, kamera – "
        f"{one['by']}, {hm(one['acknowledged_at'])}: {one['reason']}"
        for one in counts["alarms"]
    ]
    if not room["hub"]:
        told.append(f"{name} {len(room['turns'])} {lasted(room['on_air_ms'])}")
    if room["trial"]:
        told.append(room["trial"]["sentence_id"])
        told.append(f"{room['trial']['by']} {room['trial']['sentence_id']}")
    return told


def _mark(room: Minutes) -> str:
    marks = room["roll"]
    if not marks:
        return "Pusat –"
    if marks[-1]["status"] == "late":
        return f"Terlambat (semula tidak hadir {hm(marks[0]['at'])}) {hm(marks[-1]['at'])}"
    return f"Hadir {hm(marks[-1]['at'])}"


def _incidents(found: Minutes) -> list[str]:
    (lost,) = (one for one in found["outages"] if one["kind"] == "link")
    (call,), (cue,) = found["help"], found["cues"]
    seen = cue["seen"][0]
    return [
        f"{hms(lost['began_at'])} {_name(found, lost['room'])} Sambungan terputus",
        f"{lasted(lost['lasted_ms'])}",
        f"{hms(lost['ended_at'])}",
        f"{hm(call['at'])} {_name(found, call['room'])} {call['text']} {call['by']} "
        f"{hm(call['answered_at'])}, {call['answered_by']}",
        f"{hm(cue['at'])} {_name(found, cue['room'])} {cue['text']} {cue['by']} "
        f"{_name(found, seen['room'])} {hm(seen['at'])}",
    ]


def _name(found: Minutes, code: str) -> str:
    return next(str(room["name"]) for room in found["rooms"] if room["code"] == code)


def _place(found: Minutes, code: str | None) -> str:
    return "Pusat" if code is None else _name(found, code)


def hm(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, WITA).strftime("%H:%M")


def hms(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, WITA).strftime("%H:%M:%S")


def lasted(ms: int) -> str:
    """Minutes and seconds."""
    seconds = round(ms / 1000)
    return f"{seconds // 60}:{seconds % 60:02}"


# --- what was taken from the journal -------------------------------------------------------------


async def _the_journal_has_it(data: Path, found: Minutes) -> None:
    """Anybody can hash its entries again, without vicon; every signature stands where it says."""
    exported = await run("journal", "export", "--data", str(data))
    entries = {one["sequence"]: one for one in map(json.loads, exported.splitlines())}
    for entry in entries.values():
        hashed = {name: value for name, value in entry.items() if name != "hash"}
        order = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(order.encode()).hexdigest() == entry["hash"]
    last = entries[max(entries)]
    assert found["journal"] == {
        "entries": len(entries),
        "first_at": entries[1]["at"],
        "last_at": last["at"],
        "hash": last["hash"],
    }
    public = json.loads(await run("pact", "key", "--data", str(data), "--json"))["key"]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
    for one in found["pact"]["signatures"]:
        sign, entry = one["signature"], entries[one["sequence"]]
        assert (entry["event"]["signature"], entry["hash"]) == (sign, one["hash"])
        assert entries[sign["journal_sequence"]]["hash"] == sign["journal_hash"]
        assert sign["journal_sequence"] < one["sequence"]
        kept = {name: value for name, value in sign.items() if name not in _UNSEALED}
        order = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        signed = b"vicon pact signature 1\n" + order.encode()
        key.verify(base64.b64decode(sign["seal"]), signed)  # raises InvalidSignature
        assert all(_drawn(stroke) for stroke in sign["strokes"])
        assert sign["strokes"]


def _drawn(stroke: list[int]) -> bool:
    return len(stroke) >= 4 and len(stroke) % 2 == 0 and all(0 <= v <= 1000 for v in stroke)


async def _the_pact_is_proven(data: Path, found: Minutes, folder: Path) -> None:
    out = folder / "pakta.pdf"
    await run("pact", "pdf", "--data", str(data), "--out", str(out), "--lang", "id")
    told = json.loads(await run("pact", "verify", str(out), "--data", str(data), "--json"))
    assert (told["genuine"], told["faults"], told["notes"]) == (True, [], [])
    assert (told["signatures"], told["sound"]) == (20, 20)
    assert told["document"] == found["pact"]["document_hash"]
