"""What two ends would have agreed on, without a network."""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from vicon.agent import clip
from vicon.agent.layers import LayeredSender
from vicon.measure.clipsender import ClipSender
from vicon.measure.encode import Clip
from vicon.rtc import negotiate, rtp
from vicon.rtc.negotiate import Choice
from vicon.rtc.sdp import Fingerprint, Transport

AUDIO_SSRC, VIDEO_SSRC, RTX_SSRC = 1111, 2222, 3333
START = 1000.0
"""Monotonic seconds at which the tests begin."""
SEED = 0xFFF8_1234_FFFD_7FFE
"""Makes sequence numbers and PictureIDs wrap soon after the start."""


@cache
def made_clip() -> Clip:
    return clip.make("64.02")


def legs() -> tuple[Choice, Choice]:
    """Audio and video as a client and a server would agree on them."""
    ends = Transport(
        ufrag="abcd", password="p" * 24, fingerprints=(Fingerprint("sha-256", "00"),),
        setup="actpass",
    )  # fmt: skip
    offer = negotiate.offer_publish(ends, AUDIO_SSRC, VIDEO_SSRC, RTX_SSRC)
    answer, _ = negotiate.answer_publish(offer, ends)
    audio, video = (negotiate.choose(section) for section in answer.sections)
    return (
        replace(audio, ssrc=AUDIO_SSRC),
        replace(video, ssrc=VIDEO_SSRC, rtx_ssrc=RTX_SSRC),
    )


def sender(source: Clip | None = None) -> ClipSender:
    audio, video = legs()
    made = ClipSender(source or made_clip(), audio, video, START, SEED)
    made.want(True, True, 360)
    return made


def play(
    source: ClipSender | LayeredSender, begin: float, seconds: float
) -> list[tuple[float, bytes]]:
    """Run the sender by a clock that jumps from deadline to deadline; packets with their time."""
    sent: list[tuple[float, bytes]] = []
    now = begin
    while now < begin + seconds:
        sent += [(now, packet) for packet in source.poll(now)]
        now = max(now + 0.000_1, source.deadline())
    return sent


def of(ssrc: int, sent: list[tuple[float, bytes]]) -> list[tuple[float, rtp.Packet]]:
    """The packets of one stream, read."""
    read = [(at, rtp.parse(packet, range(1, 15))) for at, packet in sent]
    return [(at, packet) for at, packet in read if packet.ssrc == ssrc]
