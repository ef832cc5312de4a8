"""A bad camera or microphone is named, a good one is not accused; seen through the codecs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.vision.scenes import filmed, sent
from vicon.measure import sound
from vicon.measure.encode import encode_audio, sound_frames
from vicon.measure.report import Collected
from vicon.vision.examine import examine

RATE = sound.RATE


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("hall", "good"),
        ("still", "good"),
        ("dim", "good"),
        ("beep", "good"),
        ("dark", "dark"),
        ("black", "black"),
        ("frozen", "frozen"),
        ("blurred", "blurred"),
        ("bright", "over_exposed"),
        ("covered", "covered"),
    ],
)
def test_a_camera(name: str, state: str) -> None:
    camera = examine(sent(filmed(name, 2.6))).camera
    assert camera is not None
    assert camera.state == state, camera
    assert (camera.width, camera.height) == (1280, 720)
    assert camera.fps == pytest.approx(15, abs=1)


def test_whoever_sees_the_camera_itself_knows_whether_it_is_frozen() -> None:
    """Some encoders never come to rest over a frozen picture, some hide a sensor's noise."""
    film = {name: sent(filmed(name, 1.0)) for name in ("hall", "frozen", "black")}
    looks = {
        (name, moves): examine(film[name], moves=moves).camera
        for name in film
        for moves in (True, False)
    }
    states = {key: camera.state for key, camera in looks.items() if camera is not None}
    assert states == {
        ("hall", True): "good",
        ("hall", False): "frozen",
        ("frozen", True): "good",
        ("frozen", False): "frozen",
        ("black", True): "black",
        ("black", False): "black",
    }


def test_a_still_is_a_small_jpeg() -> None:
    still = examine(sent(filmed("hall", 1.0))).still
    assert len(still) < 100_000
    shown = cv2.imdecode(np.frombuffer(still, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (360, 640, 3)


def heard(samples: sound.Samples) -> Collected:
    whole = np.asarray(np.clip(samples, -1, 1) * 32767, np.int16)
    packets = encode_audio(sound_frames(whole), 32_000)
    return Collected(
        frames=[],
        frame_ms=[],
        packets=[packet.data for packet in packets],
        width=0,
        height=0,
        sent_offset_ms=0.0,
    )


def speech(seconds: int, level: float) -> sound.Samples:
    """Syllables with pauses, over a room's faint noise."""
    t = np.arange(seconds * RATE) / RATE
    voice = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 12))
    gate = np.clip(np.sin(2 * np.pi * 3.1 * t), 0, 1) * (np.sin(2 * np.pi * 0.7 * t) > -0.4)
    noise = np.random.default_rng(4).standard_normal(len(t)) * 0.0015
    return np.asarray(level * voice / 2.5 * gate + noise, np.float64)


def _microphone(samples: sound.Samples, chirps: bool = True) -> tuple[str, float | None]:
    seen = examine(heard(samples), chirps).microphone
    assert seen is not None
    return seen.state, seen.echo_db


def test_a_good_microphone_is_not_accused() -> None:
    for level in (0.02, 0.1, 0.4):
        assert _microphone(speech(4, level)) == ("good", None)


def test_a_quiet_hall_is_not_silent() -> None:
    hall = np.random.default_rng(1).standard_normal(4 * RATE) * 0.004
    assert _microphone(np.asarray(hall))[0] == "good"


def test_bad_microphones_are_named() -> None:
    assert _microphone(np.zeros(4 * RATE))[0] == "silent"
    faint = np.random.default_rng(2).standard_normal(4 * RATE) * 0.0002
    assert _microphone(np.asarray(faint))[0] == "silent"
    # Far beyond full scale: Opus itself rounds the corners of a single clipped peak.
    assert _microphone(6 * speech(4, 1.0))[0] == "clipped"
    fan = np.random.default_rng(3).standard_normal(4 * RATE) * 0.06
    assert _microphone(np.asarray(fan) + speech(4, 0.05))[0] == "noisy"


def test_the_chirp_that_comes_back_is_measured() -> None:
    sent_sound = sound.clip_sound(6)
    room = 0.05 * np.concatenate([np.zeros(RATE // 4), sent_sound])[: len(sent_sound)]
    state, echo = _microphone(room + speech(6, 0.05))
    assert state == "good"
    assert echo == pytest.approx(-26, abs=3)
    state, echo = _microphone(0.6 * sent_sound + speech(6, 0.02))
    assert state == "echo"
    assert _microphone(0.6 * sent_sound, chirps=False)[1] is None


def test_damaged_media_gives_what_it_can_and_no_error() -> None:
    rng = np.random.default_rng(5)
    junk = [rng.bytes(200) for _ in range(20)]
    whole = sent(filmed("hall", 1.0))
    halves = [data[: len(data) // 2] for data in whole.frames]
    frames = [halves[i] if i % 4 == 3 else data for i, data in enumerate(whole.frames)]
    damaged = examine(Collected(frames=frames, frame_ms=whole.frame_ms, packets=[b""] * 9,
                                width=1280, height=720, sent_offset_ms=0.0))  # fmt: skip
    assert damaged.camera is not None
    assert (damaged.camera.width, damaged.camera.height) == (1280, 720)
    assert damaged.still[:2] == b"\xff\xd8"
    assert damaged.microphone is None
    for one in (
        Collected(frames=junk, frame_ms=[0.0] * 20, packets=junk, width=0, height=0,
                  sent_offset_ms=0.0),
        Collected(frames=halves, frame_ms=whole.frame_ms, packets=[], width=1280, height=720,
                  sent_offset_ms=0.0),
        Collected(frames=[], frame_ms=[], packets=[], width=0, height=0, sent_offset_ms=0.0),
    ):  # fmt: skip
        nothing = examine(one)
        assert (nothing.camera, nothing.microphone, nothing.still) == (None, None, b"")
