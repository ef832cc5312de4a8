"""Simulcast from a program: each version of a clip is a layer with a stream of its own, as a
browser's encoder sends them. Layers have one playhead, so that a receiver may be given any.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from vicon.measure.clipsender import ClipSender, Sent
from vicon.measure.encode import Clip
from vicon.rtc import rtcp
from vicon.rtc.negotiate import LAYERS, Choice

LOOKED = 360
"""The server may name this one beyond what is wished for: persons are counted on it."""
_SUMS = (
    "audio_packets",
    "video_packets",
    "video_frames",
    "key_frames",
    "octets",
    "retransmitted",
    "key_requests",
    "lost",
)


def rids_for(clip: Clip) -> tuple[str, ...]:
    """The layers that a clip can be sent in; none where it has but one version."""
    count = len(clip.videos)
    return LAYERS[:count] if 1 < count <= len(LAYERS) else ()


class LayeredSender:
    """Sends all versions of `clip` that are wanted; used as a ClipSender is."""

    def __init__(
        self, clip: Clip, audio: Choice, layers: Sequence[Choice], now: float, seed: int
    ) -> None:
        """`layers`: one choice with its own SSRCs for each of the clip's versions, which has
        `rids` as agreed. Raises ValueError where they are not as many."""
        self._rids = layers[0].rids
        if not len(clip.videos) == len(layers) == len(self._rids):
            raise ValueError("as many layers as versions of the clip")
        self._wanted: frozenset[str] | None = None
        self._wish = (False, False, 0)
        silent = replace(audio, ssrc=0)  # sound goes with the lowest layer alone
        self._layers = [
            ClipSender(
                Clip((video,), clip.packets if at == 0 else (), clip.ticks),
                audio if at == 0 else silent,
                choice,
                now,
                seed ^ at * 0x9E37_79B9_7F4A_7C15,
                rid=rid,
            )
            for at, (video, choice, rid) in enumerate(
                zip(clip.videos, layers, self._rids, strict=True)
            )
        ]

    @property
    def audio_on(self) -> bool:
        return self._layers[0].audio_on

    @property
    def video_on(self) -> bool:
        return any(layer.video_on for layer in self._layers)

    @property
    def height(self) -> int:
        """Of the largest picture that is being sent; of the smallest where none is."""
        sending = [layer.height for layer in self._layers if layer.video_on]
        return max(sending, default=self._layers[0].height)

    @property
    def sent(self) -> Sent:
        """All layers together; estimate and round trip as one of them has it."""
        totals = [layer.sent for layer in self._layers]
        found = Sent(**{name: sum(getattr(one, name) for one in totals) for name in _SUMS})
        found.remb = max((one.remb for one in totals if one.remb is not None), default=None)
        trips = [one.round_trip for one in totals if one.round_trip is not None]
        found.round_trip = trips[0] if trips else None
        return found

    def want(self, audio: bool, video: bool, height: int) -> None:
        """What to send from now on; layers larger than `height` pixels rest."""
        self._wish = audio, video, height
        self._direct()

    def want_layers(self, rids: Sequence[str]) -> None:
        """Layers that somebody receives; the others rest."""
        self._wanted = frozenset(rids)
        self._direct()

    def _direct(self) -> None:
        audio, video, height = self._wish
        begins = False
        for at, (layer, rid) in enumerate(zip(self._layers, self._rids, strict=True)):
            named = self._wanted is None or rid in self._wanted
            looked = self._wanted is not None and layer.height == LOOKED
            on = video and named and (at == 0 or looked or layer.height <= height)
            begins = begins or (on and not layer.video_on)
            layer.want(audio and at == 0, on, layer.height)
        if begins:
            self._all_to_a_key()

    def _all_to_a_key(self) -> None:
        """Together, or they would not show the same any more."""
        for layer in self._layers:
            layer.want_key()

    def deadline(self) -> float:
        return min(layer.deadline() for layer in self._layers)

    def poll(self, now: float) -> list[bytes]:
        """The RTP packets that are due, of all layers."""
        return [packet for layer in self._layers for packet in layer.poll(now)]

    def report(self, now: float, unix: float) -> bytes:
        """Sender reports, each in a packet of its own part; see ClipSender.report."""
        return b"".join(layer.report(now, unix) for layer in self._layers)

    def receive(self, packets: list[rtcp.RtcpPacket], now: float, unix: float) -> list[bytes]:
        """As ClipSender.receive; a key frame that is asked for of one is made in all."""
        copies: list[bytes] = []
        for layer in self._layers:
            own = [packet for packet in packets if _concerns(packet, layer.ssrcs)]
            copies += layer.receive(own, now, unix)
        if any(isinstance(packet, rtcp.Pli | rtcp.Fir) for packet in packets):
            self._all_to_a_key()
        return copies


def _concerns(packet: rtcp.RtcpPacket, ssrcs: Sequence[int]) -> bool:
    """Requests for a key frame name one layer."""
    if isinstance(packet, rtcp.Pli):
        return packet.media in ssrcs
    if isinstance(packet, rtcp.Fir):
        return any(ssrc in ssrcs for ssrc, _ in packet.requests)
    return True


def layer_choices(video: Choice, ssrcs: Sequence[tuple[int, int]]) -> list[Choice]:
    """The picture's choice for each layer; `ssrcs`: of the picture and of retransmissions."""
    return [replace(video, ssrc=ssrc, rtx_ssrc=rtx) for ssrc, rtx in ssrcs]
