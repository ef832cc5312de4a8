"""The few facts of SDP that a bundled WebRTC session needs (RFC 8866, RFC 8829): a data model,
parse() and render(). Who offers and answers what stands in negotiate.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Kind = Literal["audio", "video", "application"]
Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
Setup = Literal["actpass", "active", "passive"]

MAX_SECTIONS = 128
MAX_CANDIDATES = 64
MAX_LINE = 1000
_KINDS: dict[str, Kind] = {"audio": "audio", "video": "video", "application": "application"}
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`{|}~]{1,64}")
_ICE = re.compile(r"[A-Za-z0-9+/]{4,256}")
_SETUPS: dict[str, Setup] = {"actpass": "actpass", "active": "active", "passive": "passive"}
_DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")


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


class Section(Struct, frozen=True, kw_only=True):
    kind: Kind
    mid: str
    direction: Direction
    codecs: tuple[Codec, ...] = ()
    extensions: tuple[tuple[int, str], ...] = ()
    ssrcs: tuple[int, ...] = ()
    retransmissions: tuple[tuple[int, int], ...] = ()
    """FID groups: media SSRC, its retransmissions' SSRC."""
    cname: str = ""
    stream: str = ""
    """First part of msid; empty for none."""
    rejected: bool = False

    def extension(self, uri: str) -> int | None:
        """The id agreed for a header extension."""
        return next((number for number, name in self.extensions if name == uri), None)


class Description(Struct, frozen=True, kw_only=True):
    transport: Transport
    sections: tuple[Section, ...]
    session: int = 1
    version: int = 1
    """Grows with each description of the same session (RFC 8866, section 5.2)."""


def parse(text: str) -> Description:
    """Read an offer or an answer. Raises SdpError."""
    if len(text) > 200_000:
        raise SdpError("the description is too long")
    blocks = _split(text)
    if not blocks[1:]:
        raise SdpError("no media section")
    if len(blocks) > MAX_SECTIONS:
        raise SdpError("too many media sections")
    sections = tuple(_section(block, index) for index, block in enumerate(blocks[1:]))
    mids = [section.mid for section in sections]
    if len(set(mids)) != len(mids):
        raise SdpError("a mid stands twice")
    first = next((i for i, section in enumerate(sections) if not section.rejected), None)
    if first is None:
        raise SdpError("every media section is rejected")
    return Description(transport=_transport(blocks[0], blocks[first + 1]), sections=sections)


def _split(text: str) -> list[list[str]]:
    """Lines of the session part, then of each media section."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if len(line) > MAX_LINE:
            raise SdpError("a line is too long")
        if line.startswith("m="):
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _attributes(block: list[str], name: str) -> Iterator[str]:
    prefix = f"a={name}:"
    return (line[len(prefix) :].strip() for line in block if line.startswith(prefix))


def _first(blocks: tuple[list[str], ...], name: str) -> str | None:
    return next((value for block in blocks for value in _attributes(block, name)), None)


def _number(text: str, limit: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > limit:
        raise SdpError(f"not a number up to {limit}: {text[:20]!r}")
    return int(text)


def _transport(session: list[str], media: list[str]) -> Transport:
    order = (media, session)
    ufrag, password = _first(order, "ice-ufrag"), _first(order, "ice-pwd")
    if not ufrag or not password or not _ICE.fullmatch(ufrag) or not _ICE.fullmatch(password):
        raise SdpError("no ICE user fragment and password")
    fingerprints = []
    for block in order:
        for value in _attributes(block, "fingerprint"):
            algorithm, _, digest = value.partition(" ")
            fingerprints.append(Fingerprint(algorithm.lower(), digest.strip().upper()))
        if fingerprints:
            break
    if not fingerprints:
        raise SdpError("no DTLS fingerprint")
    setup = _SETUPS.get(_first(order, "setup") or "")
    if setup is None:
        raise SdpError("no DTLS setup role")
    lines = [*_attributes(media, "candidate"), *_attributes(session, "candidate")]
    return Transport(
        ufrag=ufrag,
        password=password,
        fingerprints=tuple(fingerprints[:8]),
        setup=setup,
        candidates=tuple(parse_candidate(line) for line in lines[:MAX_CANDIDATES]),
        lite="a=ice-lite" in (line.strip() for line in session),
    )


def parse_candidate(line: str) -> Candidate:
    """Read the value of a=candidate. Raises SdpError."""
    words = line.split()
    if len(words) < 8 or words[6] != "typ":
        raise SdpError("a candidate is incomplete")
    extra = dict(zip(words[8::2], words[9::2], strict=False))
    return Candidate(
        foundation=words[0],
        component=_number(words[1], 256),
        protocol=words[2].lower(),
        priority=_number(words[3], 2**32 - 1),
        address=words[4],
        port=_number(words[5], 65535),
        kind=words[7],
        related_address=extra.get("raddr"),
        related_port=_number(extra["rport"], 65535) if "rport" in extra else None,
    )


def _section(block: list[str], index: int) -> Section:
    words = block[0][2:].split()
    if len(words) < 4:
        raise SdpError("a media line is incomplete")
    kind = _KINDS.get(words[0])
    if kind is None:
        raise SdpError(f"unknown kind of media: {words[0][:20]!r}")
    mid = next(_attributes(block, "mid"), str(index))
    if not _TOKEN.fullmatch(mid):
        raise SdpError("a mid is malformed")
    names = {line[2:].strip() for line in block if line.startswith("a=")}
    direction: Direction = next((name for name in _DIRECTIONS if name in names), "sendrecv")
    sources = [value.split() for value in _attributes(block, "ssrc")]
    groups = [value.split() for value in _attributes(block, "ssrc-group")]
    msid = next(_attributes(block, "msid"), "").split()
    return Section(
        kind=kind,
        mid=mid,
        direction=direction,
        codecs=_codecs(block, words[3:]) if kind != "application" else (),
        extensions=tuple(_extensions(block)),
        ssrcs=tuple(dict.fromkeys(_number(words[0], 2**32 - 1) for words in sources if words)),
        retransmissions=tuple(
            (_number(group[1], 2**32 - 1), _number(group[2], 2**32 - 1))
            for group in groups
            if len(group) == 3 and group[0] == "FID"
        ),
        cname=next((w[1][6:] for w in sources if len(w) > 1 and w[1].startswith("cname:")), ""),
        stream=msid[0] if msid else "",
        rejected=_number(words[1].split("/")[0], 65535) == 0 and "bundle-only" not in names,
    )


def _codecs(block: list[str], formats: list[str]) -> tuple[Codec, ...]:
    maps = _by_payload_type(block, "rtpmap")
    parameters = _by_payload_type(block, "fmtp")
    feedback = _by_payload_type(block, "rtcp-fb")
    codecs = []
    for form in formats:
        number = _number(form, 127)
        for value in maps.get(form, [])[:1]:
            parts = value.split("/")
            if len(parts) < 2:
                raise SdpError("an rtpmap is incomplete")
            channels = _number(parts[2], 255) if len(parts) > 2 else 1
            more = " ".join(parameters.get(form, []))
            wishes = tuple(feedback.get(form, []) + feedback.get("*", []))
            rate = _number(parts[1], 2**31)
            codecs.append(Codec(number, parts[0], rate, channels, more, wishes))
    return tuple(codecs)


def _by_payload_type(block: list[str], name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value in _attributes(block, name):
        form, _, rest = value.partition(" ")
        found.setdefault(form, []).append(rest.strip())
    return found


def _extensions(block: list[str]) -> Iterator[tuple[int, str]]:
    for value in _attributes(block, "extmap"):
        words = value.split()
        if len(words) >= 2:
            yield _number(words[0].split("/")[0], 255), words[1]


def render(description: Description) -> str:
    """The text of a description: everything bundled on one transport, RTCP multiplexed."""
    live = [section.mid for section in description.sections if not section.rejected]
    lines = [
        "v=0",
        f"o=- {description.session} {description.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(live),
        "a=msid-semantic: WMS *",
        "a=ice-options:trickle",
    ]
    if description.transport.lite:
        lines.append("a=ice-lite")
    for section in description.sections:
        lines += _section_lines(section, description.transport, section.mid == live[0])
    return "\r\n".join(lines) + "\r\n"


def candidate_line(candidate: Candidate) -> str:
    """The value of a=candidate."""
    c = candidate
    text = f"{c.foundation} {c.component} {c.protocol} {c.priority} {c.address} {c.port}"
    text += f" typ {c.kind}"
    if c.related_address is not None:
        text += f" raddr {c.related_address}"
    if c.related_port is not None:
        text += f" rport {c.related_port}"
    return text


def _section_lines(section: Section, transport: Transport, first: bool) -> list[str]:
    formats = " ".join(str(codec.payload_type) for codec in section.codecs) or "0"
    port = 0 if section.rejected else 9
    profile = "UDP/DTLS/SCTP" if section.kind == "application" else "UDP/TLS/RTP/SAVPF"
    lines = [
        f"m={section.kind} {port} {profile} {formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        f"a={section.direction}",
    ]
    if section.rejected:
        return lines
    lines += ["a=rtcp-mux", "a=rtcp-rsize", f"a=setup:{transport.setup}"]
    lines += [f"a=ice-ufrag:{transport.ufrag}", f"a=ice-pwd:{transport.password}"]
    lines += [f"a=fingerprint:{f.algorithm} {f.value}" for f in transport.fingerprints]
    lines += [f"a=extmap:{number} {uri}" for number, uri in section.extensions]
    for codec in section.codecs:
        lines += _codec_lines(codec)
    if section.stream:
        lines.append(f"a=msid:{section.stream} {section.stream}-{section.mid}")
    lines += [f"a=ssrc-group:FID {media} {rtx}" for media, rtx in section.retransmissions]
    lines += [f"a=ssrc:{ssrc} cname:{section.cname or 'vicon'}" for ssrc in section.ssrcs]
    if first:  # RFC 8843 section 10: one set of candidates for the bundle
        lines += [f"a=candidate:{candidate_line(c)}" for c in transport.candidates]
        lines.append("a=end-of-candidates")
    return lines


def _codec_lines(codec: Codec) -> list[str]:
    number = codec.payload_type
    name = f"{codec.name}/{codec.clock_rate}" + (f"/{codec.channels}" * (codec.channels > 1))
    lines = [f"a=rtpmap:{number} {name}"]
    if codec.parameters:
        lines.append(f"a=fmtp:{number} {codec.parameters}")
    return lines + [f"a=rtcp-fb:{number} {wish}" for wish in codec.feedback]
