"""The text of session descriptions (RFC 8866, RFC 8829): parse() and render(). The data model is
in description.py, ICE's part in sdp_ice.py; who offers and answers what stands in negotiate.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from vicon.rtc.description import (
    Candidate,
    Codec,
    Description,
    Direction,
    Fingerprint,
    Kind,
    Rid,
    SdpError,
    Section,
    Setup,
    Transport,
)
from vicon.rtc.sdp_ice import (
    MAX_SECTIONS,
    Fragment,
    attributes,
    candidate_line,
    candidate_lines,
    flags,
    mid_of,
    number,
    parse_candidate,
    parse_fragment,
    parse_transport,
    render_fragment,
    split,
)

__all__ = [
    "MAX_SECTIONS",
    "Candidate",
    "Codec",
    "Description",
    "Direction",
    "Fingerprint",
    "Fragment",
    "Kind",
    "Rid",
    "SdpError",
    "Section",
    "Setup",
    "Transport",
    "candidate_line",
    "parse",
    "parse_candidate",
    "parse_fragment",
    "render",
    "render_fragment",
]
_KINDS: dict[str, Kind] = {"audio": "audio", "video": "video", "application": "application"}
_DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")
_RID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RID_WAYS: dict[str, Literal["send", "recv"]] = {"send": "send", "recv": "recv"}
MAX_RIDS = 8
_MAX_SSRC = 2**32 - 1


def parse(text: str) -> Description:
    """Read an offer or an answer. Raises SdpError."""
    blocks = split(text)
    if not blocks[1:]:
        raise SdpError("no media section")
    sections = tuple(_section(block, index) for index, block in enumerate(blocks[1:]))
    mids = [section.mid for section in sections]
    if len(set(mids)) != len(mids):
        raise SdpError("a mid stands twice")
    live = [i for i, section in enumerate(sections) if not section.rejected]
    if not live:
        raise SdpError("every media section is rejected")
    groups = [value.split() for value in attributes(blocks[0], "group")]
    return Description(
        transport=parse_transport(blocks[0], blocks[live[0] + 1]),
        sections=sections,
        bundle=next((tuple(g[1:]) for g in groups if g[:1] == ["BUNDLE"]), ()),
        mixed="extmap-allow-mixed" in flags(blocks[0])
        or all("extmap-allow-mixed" in flags(blocks[index + 1]) for index in live),
    )


def _section(block: list[str], index: int) -> Section:
    words = block[0][2:].split()
    if len(words) < 4:
        raise SdpError("a media line is incomplete")
    kind = _KINDS.get(words[0])
    if kind is None:
        raise SdpError(f"unknown kind of media: {words[0][:20]!r}")
    names = flags(block)
    sources = [value.split() for value in attributes(block, "ssrc")]
    msid = next(attributes(block, "msid"), "").split()
    bundle_only = "bundle-only" in names
    send, recv = _simulcast(block)
    extensions = list(_extensions(block))
    return Section(
        kind=kind,
        mid=mid_of(block, index),
        direction=next((name for name in _DIRECTIONS if name in names), "sendrecv"),
        codecs=_codecs(block, words[3:]) if kind != "application" else (),
        extensions=tuple((n, uri) for n, uri, _ in extensions),
        directions=tuple((n, way) for n, _, way in extensions if way != "sendrecv"),
        ssrcs=tuple(dict.fromkeys(number(words[0], _MAX_SSRC) for words in sources if words)),
        retransmissions=tuple((g[0], g[1]) for g in _groups(block, "FID") if len(g) == 2),
        simulcast_ssrcs=next(_groups(block, "SIM"), ())[:MAX_RIDS],
        rids=tuple(_rids(block))[:MAX_RIDS],
        simulcast_send=send,
        simulcast_recv=recv,
        cname=next((w[1][6:] for w in sources if len(w) > 1 and w[1].startswith("cname:")), ""),
        stream=msid[0] if msid else "",
        rejected=number(words[1].split("/")[0], 65535) == 0 and not bundle_only,
        bundle_only=bundle_only,
    )


def _groups(block: list[str], semantics: str) -> Iterator[tuple[int, ...]]:
    for value in attributes(block, "ssrc-group"):
        words = value.split()
        if words[:1] == [semantics]:
            yield tuple(number(word, _MAX_SSRC) for word in words[1:])


def _rids(block: list[str]) -> Iterator[Rid]:
    for value in attributes(block, "rid"):
        words = value.split(None, 2)
        if len(words) < 2 or not _RID.fullmatch(words[0]) or words[1] not in _RID_WAYS:
            raise SdpError("a rid is malformed")
        yield Rid(words[0], _RID_WAYS[words[1]], words[2] if len(words) > 2 else "")


def _simulcast(block: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rids sent and received (RFC 8853 section 5.1): of alternatives the first, paused or not."""
    found: dict[str, tuple[str, ...]] = {"send": (), "recv": ()}
    words = next(attributes(block, "simulcast"), "").split()
    if len(words) % 2:
        raise SdpError("simulcast is malformed")
    for way, streams in zip(words[::2], words[1::2], strict=True):
        names = [s.split(",")[0].removeprefix("~") for s in streams.split(";")]
        if way not in found or not all(map(_RID.fullmatch, names)):
            raise SdpError("simulcast is malformed")
        found[way] = tuple(dict.fromkeys(names))[:MAX_RIDS]
    return found["send"], found["recv"]


def _codecs(block: list[str], formats: list[str]) -> tuple[Codec, ...]:
    maps = _by_payload_type(block, "rtpmap")
    parameters = _by_payload_type(block, "fmtp")
    feedback = _by_payload_type(block, "rtcp-fb")
    codecs = []
    for form in dict.fromkeys(formats):
        payload_type = number(form, 127)
        for value in maps.get(form, [])[:1]:
            parts = value.split("/")
            if len(parts) < 2:
                raise SdpError("an rtpmap is incomplete")
            channels = number(parts[2], 255) if len(parts) > 2 else 1
            more = " ".join(parameters.get(form, []))
            wishes = tuple(feedback.get(form, []) + feedback.get("*", []))
            rate = number(parts[1], 2**31)
            codecs.append(Codec(payload_type, parts[0], rate, channels, more, wishes))
    return tuple(codecs)


def _by_payload_type(block: list[str], name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value in attributes(block, name):
        form, _, rest = value.partition(" ")
        found.setdefault(form, []).append(rest.strip())
    return found


def _extensions(block: list[str]) -> Iterator[tuple[int, str, Direction]]:
    """Id, URI and direction (RFC 8285 section 5); the first that claims an id has it."""
    seen = set()
    for value in attributes(block, "extmap"):
        words = value.split()
        if len(words) < 2:
            continue
        digits, slash, way = words[0].partition("/")
        identifier = number(digits, 255)
        direction = next((name for name in _DIRECTIONS if name == way), None)
        if slash and direction is None:
            raise SdpError("a header extension goes no known way")
        if identifier and identifier not in seen:
            seen.add(identifier)
            yield identifier, words[1], direction or "sendrecv"


def render(description: Description) -> str:
    """The text of a description: everything bundled on one transport, RTCP multiplexed."""
    transport = description.transport
    live = [section.mid for section in description.sections if not section.rejected]
    lines = [
        "v=0",
        f"o=- {description.session} {description.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(live),
        "a=msid-semantic: WMS *",
    ]
    if description.mixed:
        lines.append("a=extmap-allow-mixed")
    if transport.trickle:
        lines.append("a=ice-options:trickle")
    if transport.lite:
        lines.append("a=ice-lite")
    for section in description.sections:
        lines += _section_lines(section, transport, section.mid in live[:1])
    return "\r\n".join(lines) + "\r\n"


def _section_lines(section: Section, transport: Transport, first: bool) -> list[str]:
    formats = " ".join(str(codec.payload_type) for codec in section.codecs) or "0"
    port = 0 if section.rejected or section.bundle_only else 9
    profile = "UDP/DTLS/SCTP" if section.kind == "application" else "UDP/TLS/RTP/SAVPF"
    lines = [
        f"m={section.kind} {port} {profile} {formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        f"a={section.direction}",
    ]
    if section.rejected:
        return lines
    if section.bundle_only:
        lines.append("a=bundle-only")
    lines += ["a=rtcp-mux", "a=rtcp-rsize", f"a=setup:{transport.setup}"]
    lines += [f"a=ice-ufrag:{transport.ufrag}", f"a=ice-pwd:{transport.password}"]
    lines += [f"a=fingerprint:{f.algorithm} {f.value}" for f in transport.fingerprints]
    ways = dict(section.directions)
    for identifier, uri in section.extensions:
        way = f"/{ways[identifier]}" if identifier in ways else ""
        lines.append(f"a=extmap:{identifier}{way} {uri}")
    for codec in section.codecs:
        lines += _codec_lines(codec)
    lines += _stream_lines(section)
    if first:  # RFC 8843 section 10: one set of candidates for the bundle
        lines += candidate_lines(transport.candidates, transport.complete)
    return lines


def _stream_lines(section: Section) -> list[str]:
    lines = [
        f"a=rid:{rid.name} {rid.direction} {rid.restrictions}".rstrip() for rid in section.rids
    ]
    ways = (("send", section.simulcast_send), ("recv", section.simulcast_recv))
    simulcast = " ".join(f"{way} {';'.join(names)}" for way, names in ways if names)
    if simulcast:
        lines.append(f"a=simulcast:{simulcast}")
    if section.stream:
        lines.append(f"a=msid:{section.stream} {section.stream}-{section.mid}")
    if section.simulcast_ssrcs:
        lines.append("a=ssrc-group:SIM " + " ".join(map(str, section.simulcast_ssrcs)))
    lines += [f"a=ssrc-group:FID {media} {rtx}" for media, rtx in section.retransmissions]
    return lines + [f"a=ssrc:{ssrc} cname:{section.cname or 'vicon'}" for ssrc in section.ssrcs]


def _codec_lines(codec: Codec) -> list[str]:
    payload_type = codec.payload_type
    name = f"{codec.name}/{codec.clock_rate}" + (f"/{codec.channels}" * (codec.channels > 1))
    lines = [f"a=rtpmap:{payload_type} {name}"]
    if codec.parameters:
        lines.append(f"a=fmtp:{payload_type} {codec.parameters}")
    return lines + [f"a=rtcp-fb:{payload_type} {wish}" for wish in codec.feedback]
