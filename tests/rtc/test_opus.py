"""Packets of Opus made one: what libopus makes of them is what it makes of each alone."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext

from vicon.rtc import opus

FRAME = 960


def _tone(seconds: float, bitrate: int) -> list[bytes]:
    coder = av.CodecContext.create("libopus", "w")
    assert isinstance(coder, AudioCodecContext)
    coder.sample_rate, coder.layout, coder.format = opus.RATE, "mono", "s16"
    coder.bit_rate = bitrate
    coder.options = {"frame_duration": "20", "application": "voip"}
    samples = np.arange(int(seconds * opus.RATE))
    loud = 8000 * np.sin(samples / 20) * np.sin(samples / 9000)
    frame = av.AudioFrame.from_ndarray(loud.astype("<i2").reshape(1, -1), "s16", "mono")
    frame.sample_rate = opus.RATE
    return [bytes(packet) for packet in (*coder.encode(frame), *coder.encode(None))]


def _played(payloads: list[bytes]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.sample_rate, decoder.layout = opus.RATE, "mono"
    frames = [frame for p in payloads for frame in decoder.decode(av.Packet(p))]
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1)


@pytest.mark.parametrize("bitrate", [12_000, 32_000, 128_000])
@pytest.mark.parametrize("count", [2, 3, 6])
def test_merged_packets_play_the_same(bitrate: int, count: int) -> None:
    alone = _tone(1.2, bitrate)[: 6 * 9]
    merged: list[bytes] = []
    for at in range(0, len(alone), count):
        group = alone[at : at + count]
        same = len({payload[0] for payload in group}) == 1
        merged += [opus.merged(group)] if same else group
    assert len(merged) < 0.8 * len(alone), "few were merged"
    assert np.array_equal(_played(merged), _played(alone))


def test_a_frame_tells_how_long_it_plays() -> None:
    # RFC 6716 table 2: SILK 10 to 60 ms, hybrid 10 and 20 ms, CELT 2.5 to 20 ms.
    assert [opus.frame(bytes((kind << 3, 1))) for kind in (0, 1, 2, 3)] == [480, 960, 1920, 2880]
    assert [opus.frame(bytes((kind << 3, 1))) for kind in (12, 13)] == [480, 960]
    assert [opus.frame(bytes((kind << 3, 1))) for kind in (28, 29, 30, 31)] == [120, 240, 480, 960]
    assert opus.frame(b"\x78") == FRAME, "nothing but its head: silence"
    assert opus.frame(b"") is None
    assert opus.frame(b"\x79ab") is None, "two frames"
    assert opus.frame(bytes((0x78, *bytes(1276)))) is None


def test_what_cannot_be_merged_is_refused() -> None:
    for bad in ([], [b"\x78a", b"\x70a"], [b"\x78a", b"\x7ba"], [b"\x18a"] * 3):
        with pytest.raises(opus.OpusError):
            opus.merged(bad)
    assert opus.merged([b"\x7bab"]) == b"\x7bab"
