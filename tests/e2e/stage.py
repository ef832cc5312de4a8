"""A hall's fake camera that shows what a test says, when it says so."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from tests.vision.people import hall
from vicon.vision.faces import Colour

PHOTOGRAPHS = Path(__file__).parents[3] / "shared/data/headcount"
"""Beside the project, and no part of it."""
WIDTH, HEIGHT, FPS = 640, 360, 4
_FRAMES = 6
"""Chromium reads the file again and again: so many frames, 1.5 s, later it shows what was written
into it meanwhile."""
_HEAD = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FPS}:1 Ip A1:1 C420jpeg\n".encode()


class Scene(NamedTuple):
    """A hall with so many faces; drawn anew for every frame, as a sensor's noise is."""

    faces: int
    frame: Callable[[int], Colour]


class Camera:
    def __init__(self, path: Path, scene: Scene | None) -> None:
        self._path = path
        self.flag = f"--use-file-for-fake-video-capture={path}"
        path.write_bytes(_HEAD + _film(scene))

    def shows(self, scene: Scene | None) -> None:
        """From now on; None: a hand over the lens."""
        with self._path.open("r+b") as file:
            file.seek(len(_HEAD))
            file.write(_film(scene))


def _film(scene: Scene | None) -> bytes:
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frames = (black if scene is None else scene.frame(seed) for seed in range(_FRAMES))
    return b"".join(
        b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes() for frame in frames
    )


def drawn(persons: int) -> Scene:
    return Scene(
        persons, lambda seed: hall(persons, width=WIDTH, height=HEIGHT, head=40, seed=seed)
    )


def photographed(*names: str) -> Scene:
    """These photographs, beside each other."""
    faces = {row["file"]: int(row["faces_visible"]) for row in _labels()}
    each = WIDTH // len(names)
    whole = np.hstack([_fitted(name, each) for name in names])

    def frame(seed: int) -> Colour:
        noise = np.random.default_rng(seed).normal(0, 3, whole.shape)
        return np.clip(whole + noise, 0, 255).astype(np.uint8)

    return Scene(sum(faces[name] for name in names), frame)


def _labels() -> list[dict[str, str]]:
    with (PHOTOGRAPHS / "labels.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _fitted(name: str, width: int) -> Colour:
    """Whole, in the middle of a grey picture of so many pixels across."""
    photograph = cv2.imread(str(PHOTOGRAPHS / name), cv2.IMREAD_COLOR)
    assert photograph is not None, name
    scale = min(width / photograph.shape[1], HEIGHT / photograph.shape[0])
    size = round(photograph.shape[1] * scale), round(photograph.shape[0] * scale)
    small = cv2.resize(photograph, size, interpolation=cv2.INTER_AREA)
    fitted = np.full((HEIGHT, width, 3), 110, np.uint8)
    left, top = (width - size[0]) // 2, (HEIGHT - size[1]) // 2
    fitted[top : top + size[1], left : left + size[0]] = small
    return fitted
