"""One track that a device sends: its layers, and which of them a receiver may get."""

from __future__ import annotations

from collections.abc import Callable

from vicon.media.sfu.allocation import Step
from vicon.media.sfu.layer import AudioLayer, Fan, Layer, VideoLayer
from vicon.rtc.negotiate import Choice

HEIGHTS = {"q": 180, "h": 360, "f": 720}
"""Pixels of the layers that our pages send."""
NOMINAL = {"q": 170_000, "h": 440_000, "f": 1_600_000}
"""bit/s on the wire of a layer that was not measured."""
LEAST_SHARE = 0.5
"""Of the nominal rate at least so much is reckoned with before a layer is taken."""
LOWEST_TID = 0.65
"""Share of a layer's rate that its lowest temporal id has, as long as it was not measured."""
_UNKNOWN_HEIGHT = 720
LOOKED = "h"
"""The layer whose faces are large enough to be counted, and no larger than need be."""
HOLD_S = 5.0
"""A layer that nobody is to get any more is wanted for so long: somebody may come back to it."""


class Producer:
    """Times are monotonic seconds. `send_rtcp` gets compound packets for the publisher."""

    def __init__(
        self,
        choice: Choice,
        local_ssrc: int,
        send_rtcp: Callable[[bytes], None],
        make_fan: Callable[[], Fan] | None = None,
    ) -> None:
        """`make_fan`: where packets can be sent faster than in Python."""

        def fan() -> Fan | None:
            return make_fan() if make_fan is not None else None

        self.choice = choice
        self.kind = choice.kind
        self.video = choice.kind == "video"
        self.codec = choice.codec.name.lower()
        self.layers: tuple[Layer, ...]
        """Lowest first."""
        if not self.video:
            self.layers = (AudioLayer(choice, choice.ssrc, fan()),)
        elif choice.rids:
            ssrcs = choice.layer_ssrcs or ((None, None),) * len(choice.rids)
            self.layers = tuple(
                VideoLayer(choice, local_ssrc, send_rtcp, rid, ssrc, fan())
                for rid, (ssrc, _) in zip(choice.rids, ssrcs, strict=True)
            )
        else:
            self.layers = (VideoLayer(choice, local_ssrc, send_rtcp, "", choice.ssrc, fan()),)
        self.looked = False
        """Somebody waits for one good picture of it: see MediaHost.still."""
        self.recorded = False
        """A recorder takes it: its smallest layer is to come at least."""
        self.resting = False
        """Its publisher's line has no room for it now."""
        self.delay = 0.0
        """Seconds by which it is to be shown later, so that repairs come in time; as of the last
        roll()."""
        self._wanted_at: dict[str, float] = {}
        self._steps: dict[int, list[Step]] = {}
        """By height, as measured last."""

    @property
    def simulcast(self) -> bool:
        return bool(self.choice.rids)

    @property
    def first(self) -> Layer:
        """The lowest layer: the only one of a track without simulcast, and of sound."""
        return self.layers[0]

    def layer(self, rid: str) -> Layer | None:
        return next((layer for layer in self.layers if layer.rid == rid), None)

    def steps(self, height: int, now: float) -> list[Step]:
        """What a picture shown `height` pixels high may be sent as, lowest first: the layers up to
        that height, each with its temporal steps. Never empty; as of the last roll()."""
        known = self._steps.get(height)
        if known is None:
            known = self._steps[height] = self._measure(height, now)
        return known

    def _measure(self, height: int, now: float) -> list[Step]:
        found: list[Step] = []
        for layer in self.layers:
            if found and HEIGHTS.get(layer.rid, _UNKNOWN_HEIGHT) > height:
                break
            nominal = NOMINAL.get(layer.rid) or _single(height)
            rates = layer.measured(now) or [int(LOWEST_TID * nominal), nominal]
            # A camera that rests will move: the larger it is, the more that matters. Of the lowest
            # layer key frames alone would be reckoned with.
            peak = max(layer.meter.peak, LEAST_SHARE * nominal) if found else 0.0
            found += [
                Step(layer.rid, tid, rate, int(peak * rate / max(1, rates[-1])))
                for tid, rate in enumerate(rates)
            ]
        return found

    def best(self, rid: str, now: float) -> Layer | None:
        """The layer of this name while it lives, else the next lower one that does."""
        living = None
        for layer in self.layers:
            if layer.live(now):
                living = layer
            if layer.rid == rid:
                break
        return living

    def lowest(self, now: float) -> Layer | None:
        """The lowest layer that lives; None while nothing comes."""
        return next((layer for layer in self.layers if layer.live(now)), None)

    def demand(self, rids: set[str], now: float) -> tuple[str, ...]:
        """The layers that the publisher should encode: `rids` are to be received now."""
        if self.resting:
            return ()
        for rid in rids:
            self._wanted_at[rid] = now
        anyhow = {LOOKED} if self.looked else set[str]()
        if self.recorded:
            anyhow.add(self.first.rid)
        return tuple(
            layer.rid
            for layer in self.layers
            if layer.rid in anyhow or now - self._wanted_at.setdefault(layer.rid, now) < HOLD_S
        )

    def tick(self, now: float) -> None:
        """Call every 20 ms or so: asks again for what is missing."""
        for layer in self.layers:
            layer.tick(now)

    def roll(self, now: float) -> None:
        """Call a few times a second: measures the rates."""
        self._steps.clear()
        for layer in self.layers:
            layer.roll(now)
        self.delay = max(layer.delay for layer in self.layers)

    def close(self) -> None:
        for layer in self.layers:
            layer.close()


def _single(height: int) -> int:
    """bit/s of a picture without layers: a page that sends one sends it as large as it is shown."""
    rid = next((rid for rid, pixels in HEIGHTS.items() if height <= pixels), "f")
    return NOMINAL[rid]
