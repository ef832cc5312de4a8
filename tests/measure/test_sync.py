from __future__ import annotations

import numpy as np
import pytest

from vicon.measure.encode import AUDIO_RATE, encode_audio, sound_frames
from vicon.measure.heard import heard_chirps
from vicon.measure.sound import clip_sound
from vicon.measure.sync import sound_after_picture

FPS = 20
MARKS = [(10 + n / FPS, n % 160) for n in range(200)]
CHIRPS = [10.5, 11.5, 12.5, 13.5]


@pytest.mark.parametrize("late", [0.0, 0.12, -0.08, 0.4])
def test_sound_after_picture_is_positive(late: float) -> None:
    found = sound_after_picture([at + late for at in CHIRPS], MARKS, FPS)
    assert found == pytest.approx(late)


def test_key_frames_alone_tell_it_as_well() -> None:
    keys = [(at, mark) for at, mark in MARKS if mark % 20 == 0]
    assert sound_after_picture(CHIRPS, keys, FPS) == pytest.approx(0)


@pytest.mark.parametrize(
    "chirps", [[], CHIRPS[:2], [10.5, 11.6, 12.7, 13.8], [10.5, 11.5, 12.5, 13.2, 14.3, 15.4]]
)
def test_nothing_is_said_of_what_does_not_agree(chirps: list[float]) -> None:
    assert sound_after_picture(chirps, MARKS, FPS) is None


def test_nothing_is_said_without_pictures() -> None:
    assert sound_after_picture(CHIRPS, [], FPS) is None


def test_chirps_are_heard_in_the_clips_own_packets() -> None:
    samples = np.asarray(np.clip(clip_sound(4) * 32767, -32768, 32767), np.int16)
    packets = encode_audio(sound_frames(samples), 32_000, "audio")
    came = [(100 + packet.at / AUDIO_RATE, packet.data) for packet in packets]
    lost = [one for n, one in enumerate(came) if n % 50 != 3]
    for heard in (heard_chirps(came), heard_chirps(lost)):
        assert heard == pytest.approx([100.5, 101.5, 102.5, 103.5], abs=0.03)
    assert heard_chirps([]) == []
    assert heard_chirps([(1.0, b""), (1.02, b"\xff" * 40)]) == []
