"""What the minutes of the example's rehearsal must say: every field, from the script and from the
moments at which a test saw things happen. Where only bounds are known a field is a Between."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.e2e.moments import Between, Moments
from vicon import config
from vicon.config.plans import plans
from vicon.core.ceremony import Item
from vicon.core.model import Plan
from vicon.ops.data import DataDir
from vicon.ops.links import read_links

HUB, CHROMIUM = "64", "64.02"
LATE, LOST, OVER, HELP = "64.72", "64.03", "64.01", "64.11"
SIGNINGS = range(12, 22)
"""Numbers of the items in which a hall signs."""


@dataclass
class Script:
    """The example's plan, who holds its links, and what the two pages typed."""

    data: Path
    signatories: list[dict[str, str]] = field(default_factory=list)
    """Of the hall in Chromium, in the order of signing: id, name, office."""
    attendance: list[dict[str, Any]] = field(default_factory=list)
    trial: dict[str, Any] = field(default_factory=dict)
    """As `vicon trial --json` printed it."""
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        (self.plan,) = plans(config.load(config.example()))

    def name(self, role: str, room: str | None = None) -> str:
        """Of a link."""
        links = read_links(DataDir(self.data))
        return next(
            one.name for one in links if one.role == role and (room is None or one.room == room)
        )

    @property
    def moderator(self) -> str:
        return self.name("moderator")

    def item(self, number: int) -> Item:
        return self.plan.rundown[number - 1]

    def signing_of(self, code: str) -> int:
        return next(n for n in SIGNINGS if self.item(n).room == code)

    def title(self, code: str) -> str:
        """As persons call the room."""
        name = next(one.name for one in self.plan.rooms if one.code == code)
        return name.split(" ", 1)[1]

    def persons(self, code: str) -> int:
        """Counted at the beginning: vicon.agent.halls, and nine in Chromium."""
        played = [one.code for one in self.plan.rooms if one.code != CHROMIUM]
        return 9 if code == CHROMIUM else 8 + played.index(code) % 4


def wanted(script: Script, at: Moments, found: dict[str, Any]) -> dict[str, Any]:
    """The minutes' JSON. `found`: taken for what cannot be known from outside (ids, seals, hashes,
    drawings: checked by `seals_hold`), and for sums over times that are checked by themselves."""
    plan = script.plan
    assert plan.starts_at is not None
    planned_s = sum(item.planned_s for item in plan.rundown)
    return {
        "conference": plan.id,
        "title": plan.title,
        "timezone": "Asia/Makassar",
        "timezone_label": "WITA",
        "phase": "closed",
        "hub": HUB,
        "planned_begin": plan.starts_at,
        "planned_end": plan.starts_at + 3_600_000,
        "begun_at": at["live"],
        "closed_at": at["close"],
        "guides": [
            {
                "role": "moderator",
                "name": script.moderator,
                "first_at": at["desk"],
                "last_at": at["close"],
            }
        ],
        "rooms": [
            _room(script, at, code, one, found)
            for code, one in zip(_codes(plan), found["rooms"], strict=True)
        ],
        "rundown": {
            "items": _items(script, at, found["rundown"]["items"]),
            "planned_s": planned_s,
            "edits": 0,
            "began_at": at.item(1),
            "ended_at": at["finish"],
            "behind_ms": found["rundown"]["items"][-1]["behind_ms"],
        },
        "cues": [
            {
                "at": at["cue"],
                "by": script.moderator,
                "room": HELP,
                "text": "Bersiap, giliran berikutnya",
                "seen": [{"room": HELP, "at": at["cue"].to(at["cue seen"])}],
                "withdrawn_at": None,
            }
        ],
        "announcements": [],
        "lines": [],
        # How hard pressed the machine was is its own affair; nothing else befell it.
        "server": {**found["server"], "jumps": [], "takeovers": [], "more": 0},
        "recordings": [],
        "help": [
            {
                "at": at.item(6).to(at["help"]),
                "room": HELP,
                "by": script.name("operator", HELP),
                "text": "Suara pusat terputus-putus",
                "answered_at": at["answer"],
                "answered_by": script.moderator,
            }
        ],
        "outages": [_outage(at, one) for one in found["outages"]],
        "narrowed": found["narrowed"],  # what a busy machine bears is not of the script
        "pact": _pact(script, at, found["pact"]),
        "journal": found["journal"],
    }


def _outage(at: Moments, found: dict[str, Any]) -> dict[str, Any]:
    """The hall's line; its picture may have stood still a moment earlier, and come a moment later
    than its line."""
    link = found["kind"] == "link"
    ended = at.item(7).to(at["back"] if link else at["close"])
    return {
        "kind": "link" if link else "media",
        "room": LOST,
        "why": "left" if link else "",
        "began_at": at.item(5).to(at["lost"]),
        "ended_at": ended,
        "lasted_ms": found["ended_at"] - found["began_at"],
        "back": "replaced" if link else "returned",
        "live": True,
    }


def _codes(plan: Plan) -> list[str]:
    return [plan.hub.code, *(room.code for room in plan.rooms)]


def _room(
    script: Script, at: Moments, code: str, found: dict[str, Any], whole: dict[str, Any]
) -> dict[str, Any]:
    hub = code == HUB
    plan = script.plan.hub if hub else next(r for r in script.plan.rooms if r.code == code)
    turns = _turns(script, at, code)
    return {
        "code": code,
        "name": plan.name,
        "hub": hub,
        "cap": 12,
        "limit": 12,
        "operators": [] if hub else [script.name("operator", code)],
        "joined_at": _joined(at, code),
        "left_at": at["close"],
        "attendance": script.attendance if code == CHROMIUM else [],
        "missing": [{"name": "Budi Hartono", "institution": "Bawaslu Kukar", "role": "Bawaslu"}]
        if code == CHROMIUM
        else [],
        "roll": [] if hub else _roll(script, at, code),
        "counts": _counts(script, at, code, found["counts"], whole),
        "decisions": _decisions(script, at) if code == OVER else [],
        "turns": turns,
        "on_air_ms": sum(turn["ended_at"] - turn["began_at"] for turn in found["turns"]),
        "trial": _trial(script) if script.trial.get("room") == code else None,
    }


def _joined(at: Moments, code: str) -> Between:
    if code == HUB:
        return at["desk"]
    if code == LATE:
        return at.item(5).to(at["late"])
    return at["hall"] if code == CHROMIUM else at["rehearse"]


def _roll(script: Script, at: Moments, code: str) -> list[dict[str, Any]]:
    status = "absent" if code == LATE else "present"
    marked = {"status": status, "at": at[f"roll {code}"], "by": script.moderator}
    itself = {"status": "late", "at": at.item(5).to(at["late"]), "by": ""}
    return [marked, itself] if code == LATE else [marked]


def _counts(
    script: Script, at: Moments, code: str, found: dict[str, Any], whole: dict[str, Any]
) -> dict[str, Any]:
    camera = {"camera_begin": None, "camera_peak": None, "camera_end": None}
    if code == HUB:
        nobody = {"begin": None, "peak": None, "peak_at": None, "end": None}
        return nobody | camera | {"person_minutes": 0.0, "alarms": []}
    persons, minutes = script.persons(code), (whole["closed_at"] - whole["begun_at"]) / 60_000
    if code != OVER:
        about = Between(persons * minutes - 0.1, persons * minutes + 0.1)
        told = {"begin": persons, "peak": persons, "peak_at": at["live"], "end": persons}
        return told | camera | {"person_minutes": about, "alarms": []}
    begun, closed = whole["begun_at"], whole["closed_at"]
    over = at.item(7).to(at["over"])
    less = at.item(22).to(at["reduced"])
    least = _area(persons, begun, over.most, less.least, closed)
    most = _area(persons, begun, over.least, less.most, closed)
    alarm = {
        "kind": "over",
        "raised_at": over.to(at["alarm"]),
        "persons": 13,
        "camera": None,
        "limit": 12,
        "escalated_at": None,
        "by": script.moderator,
        "reason": "Petugas medis",
        "acknowledged_at": at["marked"],
        "ended_at": less.to(at["close"]),
    }
    told = {"begin": persons, "peak": 13, "peak_at": over, "end": 12}
    minutes_of = {"person_minutes": Between(least - 0.1, most + 0.1), "alarms": [alarm]}
    return told | camera | minutes_of


def _area(persons: int, begun: float, over: float, less: float, closed: float) -> float:
    return (persons * (over - begun) + 13 * (less - over) + 12 * (closed - less)) / 60_000


def _decisions(script: Script, at: Moments) -> list[dict[str, Any]]:
    when = at.item(7).to(at["over"])
    return [
        {"at": when, "by": script.moderator, "reason": reason, "limit": limit, "withdrawn": back}
        for reason, limit, back in (("Dua petugas medis", 13, False), ("gladi", 12, True))
    ]


def _turns(script: Script, at: Moments, code: str) -> list[dict[str, Any]]:
    if code != HUB:
        number = script.signing_of(code)
        return [{"began_at": at.item(number), "ended_at": at.item(number + 1)}]
    return [
        {"began_at": at["live"], "ended_at": at.item(SIGNINGS[0])},
        {"began_at": at.item(SIGNINGS[-1] + 1), "ended_at": at["close"]},
    ]


def _trial(script: Script) -> dict[str, Any]:
    told = script.trial
    figures = ("rtt_ms", "loss_up_percent", "loss_down_percent", "mos")
    capacity = [f"capacity_{way}_{what}" for way in ("up", "down") for what in ("kbps", "more")]
    return {
        "run": told["run"],
        "at": Between(told["started_at"], told["ended_at"]),
        "by": script.name("tester", told["room"]),
        "verdict": told["verdict"],
        "profile": told["profile"],
        "equipment": False,
        "cause": next(one["cause_code"] for one in told["steps"] if one["name"] == "verdict"),
        "sentence_id": told["sentence"]["id"],
        "sentence_en": told["sentence"]["en"],
        **{name: told[name] for name in (*figures, *capacity)},
    }


def _items(script: Script, at: Moments, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert script.plan.starts_at is not None
    told, planned_at = [], script.plan.starts_at
    done_ms, first = 0, found[0]["began_at"]
    for number, (item, one) in enumerate(zip(script.plan.rundown, found, strict=True), 1):
        last = number == len(found)
        ended = at["finish"] if last else at.item(number + 1)
        paused = at["resume"].since(at["pause"]) if number == 6 else 0
        done_ms += item.planned_s * 1000
        told.append(
            {
                "id": item.id,
                "kind": item.kind,
                "title": item.title,
                "room": item.room,
                "planned_at": planned_at,
                "planned_s": item.planned_s,
                "began_at": at.item(number),
                "ended_at": ended,
                "taken_ms": one["ended_at"] - one["began_at"] - one["paused_ms"],
                "paused_ms": paused,
                "skipped": False,
                "behind_ms": one["ended_at"] - first - done_ms,
            }
        )
        planned_at += item.planned_s * 1000
    return told


def _pact(script: Script, at: Moments, found: dict[str, Any]) -> dict[str, Any]:
    document = script.plan.pact
    assert document is not None
    text = json.loads(msgspec.json.encode(document))
    order = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    hashed = hashlib.sha256(order.encode()).hexdigest()
    signers = [
        (number, who) for number in SIGNINGS for who in _signers(script, script.item(number).room)
    ]
    return {
        "document": text,
        "document_hash": hashed,
        "signed": 10,
        "rooms": 10,
        "signatures": [
            _signed(script, at, number, who, hashed, one)
            for (number, who), one in zip(signers, found["signatures"], strict=True)
        ],
        "unsigned": [],
    }


def _signers(script: Script, code: str | None) -> Sequence[dict[str, str]]:
    if code == CHROMIUM:
        return script.signatories
    title = script.title(code or "")
    return [
        {"id": id, "name": f"{office} {title}", "office": office}
        for id, office in (("1", "Calon kepala daerah"), ("2", "Calon wakil"))
    ]


def _signed(
    script: Script,
    at: Moments,
    number: int,
    who: dict[str, str],
    hashed: str,
    found: dict[str, Any],
) -> dict[str, Any]:
    code = script.item(number).room
    witness = {"name": f"Ketua KPU {script.title(code or '')}", "office": "KPU"}
    known = found["signature"]
    return {
        "signature": {
            "id": known["id"],
            "room": code,
            "person": who["id"],
            "name": who["name"],
            "office": who["office"],
            "strokes": known["strokes"],
            "witnesses": [witness],
            "document": hashed,
            "signed_at": at.item(number).to(at[f"signed {number}"]),
            "journal_sequence": known["journal_sequence"],
            "journal_hash": known["journal_hash"],
            "seal": known["seal"],
            "typed": "",
            "struck_by": "",
            "struck_reason": "",
            "struck_at": 0,
        },
        "sequence": found["sequence"],
        "hash": found["hash"],
        "struck_at": None,
    }
