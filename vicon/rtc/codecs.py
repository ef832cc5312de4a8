"""Codecs as they stand in descriptions: ours, and which of another side's we can use. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from vicon.rtc.description import Codec
from vicon.rtc.rtp import ABS_SEND_TIME, AUDIO_LEVEL, MID, PLAYOUT_DELAY, TRANSPORT_WIDE

OPUS_TYPE, RED_TYPE = 111, 112
VP8_TYPE, RTX_TYPE = 96, 97
VP9_TYPE, H264_TYPE, AV1_TYPE = 98, 102, 104
"""Payload types of our own offers; the retransmissions of each are one above it."""
AUDIO_LEVEL_ID, ABS_SEND_TIME_ID, MID_ID, TRANSPORT_WIDE_ID, RID_ID, REPAIRED_ID = range(1, 7)
PLAYOUT_DELAY_ID = 7
"""Header extension ids of our own offers."""
OPUS_RATE, VIDEO_RATE = 48_000, 90_000
VIDEO_CODECS = ("vp8", "h264", "vp9", "av1")
"""As a publisher's are preferred: every browser decodes the first."""
TRANSPORT_CC = "transport-cc"
VIDEO_FEEDBACK: tuple[str, ...] = ("nack", "nack pli", "ccm fir", TRANSPORT_CC, "goog-remb")
AUDIO_FEEDBACK: tuple[str, ...] = (TRANSPORT_CC,)
"""What we understand, or give, for each kind."""
OPUS_PARAMETERS = "minptime=10;useinbandfec=1;usedtx=1"
"""Repair data in band and silence left out (RFC 7587 section 6.1)."""

OPUS = Codec(OPUS_TYPE, "opus", OPUS_RATE, 2, OPUS_PARAMETERS, AUDIO_FEEDBACK)
RED = Codec(RED_TYPE, "red", OPUS_RATE, 2, f"{OPUS_TYPE}/{OPUS_TYPE}")


def _with_rtx(payload_type: int, name: str, parameters: str) -> tuple[Codec, Codec]:
    return (
        Codec(payload_type, name, VIDEO_RATE, 1, parameters, VIDEO_FEEDBACK),
        Codec(payload_type + 1, "rtx", VIDEO_RATE, 1, f"apt={payload_type}"),
    )


VP8_CODECS = _with_rtx(VP8_TYPE, "VP8", "")
H264_CODECS = _with_rtx(
    H264_TYPE, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
)
VP9_CODECS = _with_rtx(VP9_TYPE, "VP9", "profile-id=0")
AV1_CODECS = _with_rtx(AV1_TYPE, "AV1", "")
ALL_VIDEO = (*VP8_CODECS, *H264_CODECS, *VP9_CODECS, *AV1_CODECS)

AUDIO_EXTENSIONS = (
    (AUDIO_LEVEL_ID, AUDIO_LEVEL),
    (ABS_SEND_TIME_ID, ABS_SEND_TIME),
    (MID_ID, MID),
    (TRANSPORT_WIDE_ID, TRANSPORT_WIDE),
)
VIDEO_EXTENSIONS = (*AUDIO_EXTENSIONS[1:], (PLAYOUT_DELAY_ID, PLAYOUT_DELAY))
_HEX = re.compile(r"[0-9A-Fa-f]{6}")


def named(codecs: Iterable[Codec], name: str) -> Iterator[Codec]:
    return (codec for codec in codecs if codec.name.lower() == name)


def pick(codecs: Sequence[Codec], prefer: Sequence[str]) -> Codec | None:
    """The first of these names that is among the codecs in a form that every browser decodes;
    of several forms the one that the most decode."""
    for name in prefer:
        usable = [(rank, c) for c in named(codecs, name) if (rank := _rank(name, c)) is not None]
        if usable:
            return min(usable, key=lambda pair: pair[0])[1]
    return None


def _rank(name: str, codec: Codec) -> int | None:
    """Smaller is better; None: not to be used."""
    if name == "opus":
        return 0 if codec.clock_rate == OPUS_RATE else None
    if codec.clock_rate != VIDEO_RATE:
        return None
    if name == "h264":
        return _h264_rank(codec)
    if name == "vp9":
        return 0 if codec.parameter("profile-id") in (None, "0") else None
    if name == "av1":
        return 0 if codec.parameter("profile") in (None, "0") else None
    return 0


def _h264_rank(codec: Codec) -> int | None:
    """Constrained baseline before baseline, packetization mode 1 before 0; both default as RFC
    6184 section 8.1 says."""
    mode = codec.parameter("packetization-mode") or "0"
    level = codec.parameter("profile-level-id") or "42000a"
    if mode not in ("0", "1") or not _HEX.fullmatch(level):
        return None
    profile, constraints = int(level[:2], 16), int(level[2:4], 16)
    if profile == 0x42:
        rank = 0 if constraints & 0x40 else 1
    elif profile == 0x4D and constraints & 0x80:  # main, kept within baseline (table 5)
        rank = 0
    else:
        return None
    return rank + 2 * (mode == "0")


def h264_parameters(codec: Codec) -> str:
    """Those that both sides must have alike."""
    names = ("level-asymmetry-allowed", "packetization-mode", "profile-level-id")
    values = ((name, codec.parameter(name)) for name in names)
    return ";".join(f"{name}={value}" for name, value in values if value)


def rtx_of(codecs: Iterable[Codec], codec: Codec) -> Codec | None:
    """Retransmissions of a codec (RFC 4588 section 8.6)."""
    apt = str(codec.payload_type)
    return next((c for c in named(codecs, "rtx") if c.parameter("apt") == apt), None)


def red_of(codecs: Iterable[Codec], opus: Codec) -> Codec | None:
    """RED whose blocks are all of this Opus (RFC 2198 section 5)."""
    apt = str(opus.payload_type)
    for codec in named(codecs, "red"):
        types = codec.parameters.split("/") if codec.parameters else [apt]
        if codec.clock_rate == OPUS_RATE and all(t.strip() == apt for t in types):
            return codec
    return None


def feedback(kind: str, *, counted: bool) -> tuple[str, ...]:
    """What we understand of it, with the transport-wide one only where packets are `counted`."""
    wishes = AUDIO_FEEDBACK if kind == "audio" else VIDEO_FEEDBACK
    return wishes if counted else tuple(wish for wish in wishes if wish != TRANSPORT_CC)


def with_feedback(codec: Codec, wanted: Sequence[str]) -> Codec:
    """The same codec, of its feedback only what is wanted; REMB only for want of the better
    transport-wide feedback."""
    wishes = [wish for wish in codec.feedback if wish in wanted]
    if TRANSPORT_CC in wishes:
        wishes = [wish for wish in wishes if wish != "goog-remb"]
    return replace(codec, feedback=tuple(dict.fromkeys(wishes)))
