"""Who may send which command of the wire. The gateway asks before anything else does: what is the
conference's own is the core's table, read again at the edge; what is none of the core's (media and
trial calls) has its entries here. A command of the wire without an entry is nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from signaling import messages as wire
from vicon.app import translate
from vicon.core import commands as do
from vicon.core.authority import MAY
from vicon.ops.claims import Role

ROLES: tuple[Role, ...] = get_args(Role)
"""Of links, by which a socket is opened."""
_DEVICES = frozenset(role for role in ROLES if do.JoinRoom in MAY[role])
_SENDERS = frozenset({"moderator", "technician", "operator"})
"""Who stands in a room with a camera, or may speak on a private line; when: layout.send_wish."""
_STATIONS = frozenset({"moderator", "operator", "tester"})
"""Whose page can be tested: its link names a room."""
_TESTERS = frozenset({"moderator", "technician", "operator", "tester"})
"""Operators and testers only their own room's; the trial desk looks at that."""
_GUIDES = frozenset({"moderator", "technician"})

_BESIDE: Mapping[type, frozenset[str]] = {
    wire.MediaPublish: _SENDERS,
    wire.MediaSubscribe: _DEVICES,
    wire.MediaAnswer: _DEVICES,
    wire.MediaRestart: _DEVICES,
    wire.MediaCandidate: _DEVICES,
    wire.MediaSeen: _DEVICES,
    wire.TrialOffer: _STATIONS,
    wire.TrialWithdraw: _STATIONS,
    wire.TrialConnect: _STATIONS,
    wire.TrialReport: _STATIONS,
    wire.TrialStart: _TESTERS,
    wire.TrialStop: _TESTERS,
    wire.TrialRepeat: _TESTERS,
    wire.TrialSweep: _GUIDES,
    wire.TrialSweepStop: _GUIDES,
}


def _conference(body: type) -> frozenset[str]:
    kind = translate.KINDS[body]
    return frozenset(role for role in ROLES if kind in MAY[role])


RIGHTS: Mapping[type, frozenset[str]] = {
    **{body: _conference(body) for body in translate.KINDS},
    **_BESIDE,
}
"""By the command's type."""


def may(role: str, body: object) -> bool:
    return role in RIGHTS.get(type(body), frozenset())
