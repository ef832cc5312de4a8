"""The ICE and DTLS lines of a description (RFC 8839, RFC 8842), and those alone as they are
trickled in an `application/trickle-ice-sdpfrag` (RFC 8840)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from vicon.rtc.description import Candidate, Fingerprint, SdpError, Setup, Transport

MAX_SECTIONS = 128
MAX_CANDIDATES = 64
MAX_LINE = 1000
MAX_TEXT = 200_000
_MAX_FINGERPRINTS = 8
_ICE = re.compile(r"[A-Za-z0-9+/]{4,256}")
_WORD = re.compile(r"[\x21-\x7e]{1,255}")
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`{|}~]{1,64}")
_SETUPS: dict[str, Setup] = {"actpass": "actpass", "active": "active", "passive": "passive"}


def split(text: str) -> list[list[str]]:
    """Lines of the session part, then of each media section. Raises SdpError."""
    if len(text) > MAX_TEXT:
        raise SdpError("the description is too long")
    blocks: list[list[str]] = [[]]
    for ending in text.split("\n"):
        line = ending.removesuffix("\r")
        if len(line) > MAX_LINE:
            raise SdpError("a line is too long")
        if not line.isprintable():
            raise SdpError("a line holds what is no text")
        if line.startswith("m="):
            blocks.append([])
        blocks[-1].append(line)
    if len(blocks) > MAX_SECTIONS:
        raise SdpError("too many media sections")
    return blocks


def attributes(block: Sequence[str], name: str) -> Iterator[str]:
    prefix = f"a={name}:"
    return (line[len(prefix) :].strip() for line in block if line.startswith(prefix))


def flags(block: Sequence[str]) -> set[str]:
    """Attributes without a value."""
    return {line[2:].strip() for line in block if line.startswith("a=")}


def first(blocks: Sequence[Sequence[str]], name: str) -> str | None:
    return next((value for block in blocks for value in attributes(block, name)), None)


def number(text: str, limit: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > limit:
        raise SdpError(f"not a number up to {limit}: {text[:20]!r}")
    return int(text)


def mid_of(block: Sequence[str], index: int) -> str:
    """A section's mid; where it has none, its place."""
    mid = next(attributes(block, "mid"), str(index))
    if not TOKEN.fullmatch(mid):
        raise SdpError("a mid is malformed")
    return mid


def credentials(blocks: Sequence[Sequence[str]]) -> tuple[str, str] | None:
    """User fragment and password, from the first block that has such; None: told nowhere."""
    ufrag, password = first(blocks, "ice-ufrag"), first(blocks, "ice-pwd")
    if ufrag is None and password is None:
        return None
    if not ufrag or not password or not _ICE.fullmatch(ufrag) or not _ICE.fullmatch(password):
        raise SdpError("no ICE user fragment and password")
    return ufrag, password


def parse_transport(session: Sequence[str], media: Sequence[str]) -> Transport:
    """The transport of a media section. Raises SdpError."""
    order = (media, session)
    names = credentials(order)
    if names is None:
        raise SdpError("no ICE user fragment and password")
    fingerprints: list[Fingerprint] = []
    for block in order:
        for value in attributes(block, "fingerprint"):
            algorithm, _, digest = value.partition(" ")
            fingerprints.append(Fingerprint(algorithm.lower(), digest.strip().upper()))
        if fingerprints:
            break
    if not fingerprints:
        raise SdpError("no DTLS fingerprint")
    setup = _SETUPS.get(first(order, "setup") or "")
    if setup is None:
        raise SdpError("no DTLS setup role")
    return Transport(
        ufrag=names[0],
        password=names[1],
        fingerprints=tuple(fingerprints[:_MAX_FINGERPRINTS]),
        setup=setup,
        candidates=_candidates(order),
        lite="ice-lite" in flags(session),
        trickle=any("trickle" in value.split() for b in order for value in _options(b)),
        complete=any("end-of-candidates" in flags(block) for block in order),
    )


def _options(block: Sequence[str]) -> Iterator[str]:
    return attributes(block, "ice-options")


def _candidates(blocks: Sequence[Sequence[str]]) -> tuple[Candidate, ...]:
    lines = [line for block in blocks for line in attributes(block, "candidate")]
    return tuple(parse_candidate(line) for line in lines[:MAX_CANDIDATES])


def parse_candidate(line: str) -> Candidate:
    """Read the value of a=candidate, or what a browser calls a candidate. Raises SdpError."""
    words = line.removeprefix("a=").removeprefix("candidate:").split()
    if len(words) < 8 or words[6] != "typ":
        raise SdpError("a candidate is incomplete")
    if not all(_WORD.fullmatch(word) for word in words):
        raise SdpError("a candidate is malformed")
    extra = dict(zip(words[8::2], words[9::2], strict=False))
    return Candidate(
        foundation=words[0],
        component=number(words[1], 256),
        protocol=words[2].lower(),
        priority=number(words[3], 2**32 - 1),
        address=words[4],
        port=number(words[5], 65535),
        kind=words[7],
        related_address=extra.get("raddr"),
        related_port=number(extra["rport"], 65535) if "rport" in extra else None,
        tcp_type=extra.get("tcptype"),
    )


def candidate_line(candidate: Candidate) -> str:
    """The value of a=candidate."""
    c = candidate
    text = f"{c.foundation} {c.component} {c.protocol} {c.priority} {c.address} {c.port}"
    text += f" typ {c.kind}"
    if c.related_address is not None:
        text += f" raddr {c.related_address}"
    if c.related_port is not None:
        text += f" rport {c.related_port}"
    if c.tcp_type is not None:
        text += f" tcptype {c.tcp_type}"
    return text


def candidate_lines(candidates: Sequence[Candidate], complete: bool) -> list[str]:
    lines = [f"a=candidate:{candidate_line(c)}" for c in candidates]
    return [*lines, "a=end-of-candidates"] if complete else lines


class Fragment(Struct, frozen=True, kw_only=True):
    """Candidates that come later, or the credentials of an ICE restart (RFC 8840 section 9, RFC
    9725 section 4.3)."""

    ufrag: str | None
    password: str | None
    """None: those of the description still hold."""
    candidates: tuple[Candidate, ...] = ()
    end: bool = False
    """No more candidates will come."""
    mids: tuple[str, ...] = ()
    """Of the sections that it speaks of."""
    lite: bool = False


def parse_fragment(text: str) -> Fragment:
    """Read the body of a trickle PATCH. Candidates of all sections count for the one bundled
    transport. Raises SdpError."""
    blocks = split(text)
    names = credentials(blocks)
    return Fragment(
        ufrag=names[0] if names else None,
        password=names[1] if names else None,
        candidates=_candidates(blocks),
        end=any("end-of-candidates" in flags(block) for block in blocks),
        mids=tuple(mid_of(block, index) for index, block in enumerate(blocks[1:])),
        lite="ice-lite" in flags(blocks[0]),
    )


def render_fragment(fragment: Fragment) -> str:
    """The text of a fragment: one section, that of its first mid, speaks for the bundle."""
    lines = ["a=ice-lite"] if fragment.lite else []
    lines.append("a=ice-options:trickle")
    if fragment.mids:
        lines.append("a=group:BUNDLE " + " ".join(fragment.mids))
    if fragment.ufrag is not None:
        lines.append(f"a=ice-ufrag:{fragment.ufrag}")
        lines.append(f"a=ice-pwd:{fragment.password}")
    # RFC 8840 section 9.1: a media line that is only there to bear the mid.
    lines.append("m=audio 9 RTP/AVP 0")
    lines.append(f"a=mid:{fragment.mids[0] if fragment.mids else '0'}")
    lines += candidate_lines(fragment.candidates, fragment.end)
    return "\r\n".join(lines) + "\r\n"
