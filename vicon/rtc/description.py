"""What a session description tells, as far as a bundled WebRTC session needs it (RFC 8829).

sdp.py reads and writes its text; negotiate.py decides who offers and answers what.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal["audio", "video", "application"]
Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
Setup = Literal["actpass", "active", "passive"]
MIRROR: dict[Direction, Direction] = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}
"""How one side's direction looks from the other."""


class SdpError(ValueError):
    """The text is no session description that can be used; the message says why."""


class Codec(Struct, frozen=True):
    payload_type: int
    name: str
    clock_rate: int
    channels: int = 1
    parameters: str = ""
    """As in a=fmtp."""
    feedback: tuple[str, ...] = ()
    """As in a=rtcp-fb."""

    def parameter(self, name: str) -> str | None:
        """A value of the parameters; names are compared in lower case."""
        for part in self.parameters.split(";"):
            key, _, value = part.partition("=")
            if key.strip().lower() == name:
                return value.strip()
        return None


class Candidate(Struct, frozen=True):
    """RFC 8839 section 5.1. `address` may be a .local name."""

    foundation: str
    component: int
    protocol: str
    priority: int
    address: str
    port: int
    kind: str
    related_address: str | None = None
    related_port: int | None = None
    tcp_type: str | None = None
    """RFC 6544 section 4.5; None for UDP."""


class Fingerprint(Struct, frozen=True):
    algorithm: str
    value: str


class Transport(Struct, frozen=True, kw_only=True):
    """What one side tells about its end of the one bundled transport."""

    ufrag: str
    password: str
    fingerprints: tuple[Fingerprint, ...]
    setup: Setup
    candidates: tuple[Candidate, ...] = ()
    lite: bool = False
    """An ICE lite agent (RFC 8445, section 2.5): the other side controls."""
    trickle: bool = True
    """More candidates may come, or be told to it (RFC 8840, section 4.1)."""
    complete: bool = True
    """No more candidates will come (a=end-of-candidates)."""


class Rid(Struct, frozen=True):
    """RFC 8851."""

    name: str
    direction: Literal["send", "recv"]
    restrictions: str = ""


class Section(Struct, frozen=True, kw_only=True):
    kind: Kind
    mid: str
    direction: Direction
    codecs: tuple[Codec, ...] = ()
    extensions: tuple[tuple[int, str], ...] = ()
    directions: tuple[tuple[int, Direction], ...] = ()
    """Of extensions that go one way only (RFC 8285 section 5), as their side sees it."""
    ssrcs: tuple[int, ...] = ()
    retransmissions: tuple[tuple[int, int], ...] = ()
    """FID groups: media SSRC, its retransmissions' SSRC."""
    simulcast_ssrcs: tuple[int, ...] = ()
    """The SIM group, lowest first; empty for none."""
    rids: tuple[Rid, ...] = ()
    simulcast_send: tuple[str, ...] = ()
    simulcast_recv: tuple[str, ...] = ()
    """Rids of the encodings (RFC 8853), of alternatives the first."""
    cname: str = ""
    stream: str = ""
    """First part of msid; empty for none."""
    rejected: bool = False
    bundle_only: bool = False

    def extension(self, uri: str, direction: Direction | None = None) -> int | None:
        """The id of a header extension; with a direction, only of one that goes at least that
        way, as the section's side sees it."""
        number = next((number for number, name in self.extensions if name == uri), None)
        own = next((way for n, way in self.directions if n == number), "sendrecv")
        return number if direction is None or own in ("sendrecv", direction) else None


class Description(Struct, frozen=True, kw_only=True):
    transport: Transport
    sections: tuple[Section, ...]
    session: int = 1
    version: int = 1
    """Grows with each description of the same session (RFC 8866, section 5.2)."""
    bundle: tuple[str, ...] | None = None
    """mids of the BUNDLE group (RFC 8843); None: all that are not rejected."""
    mixed: bool = False
    """Header extensions of one and of two bytes may both come (a=extmap-allow-mixed)."""
