"""The links of a conference as CSV, for who sends them out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from vicon.app.officewords import LinkRow
from vicon.core.model import Plan
from vicon.measure.run import Words as W
from vicon.ops.links import AnyRole
from vicon.report.plain import BOM, safe
from vicon.report.words import Language, moment, pick

ROLES: Mapping[AnyRole, W] = {
    "moderator": W("Moderator", "Moderator"),
    "technician": W("Teknisi", "Technician"),
    "operator": W("Operator ruang", "Room operator"),
    "observer": W("Pemantau", "Observer"),
    "tester": W("Uji coba", "Trial call"),
    "encoder": W("Enkoder (WHIP)", "Encoder (WHIP)"),
    "player": W("Pemutar (WHEP)", "Player (WHEP)"),
    "embed": W("Sematan situs", "Embedded page"),
    "door": W("Pintu (daftar hadir)", "Door (check-in)"),
    "organizer": W("Pengelola", "Organiser"),
}
_HEAD = (
    W("nama", "name"),
    W("peran", "role"),
    W("kode ruang", "room code"),
    W("ruang", "room"),
    W("berlaku sampai", "valid until"),
    W("dicabut", "revoked"),
    W("tautan", "link"),
    W("token", "token"),
)


def sheet(plan: Plan, rows: Sequence[LinkRow], lang: Language) -> bytes:
    """Times as the clocks of the conference's time zone show them."""
    names = {room.code: room.name for room in (plan.hub, *plan.rooms)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([pick(head, lang) for head in _HEAD])
    for row in rows:
        cells = (
            row.name,
            pick(ROLES[row.role], lang),
            row.room or "",
            names.get(row.room or "", ""),
            _when(row.expires_at, plan),
            _when(row.revoked_at, plan) if row.revoked_at is not None else "",
            row.url,
            row.token,
        )
        writer.writerow([safe(cell) for cell in cells])
    return BOM + out.getvalue().encode()


def _when(at: int, plan: Plan) -> str:
    return f"{moment(at, plan.timezone):%Y-%m-%d %H:%M} {plan.timezone_label}"
