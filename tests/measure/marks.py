"""Pictures by the thousand to read marks from: real frames of the clip, worn as a bad line or a
strange screen wears them, and pictures that only look like marks."""

from __future__ import annotations

from collections.abc import Iterator

import av
import cv2
import numpy as np

from vicon.measure import picture
from vicon.measure.encode import Clip
from vicon.measure.picture import Luma


def decoded(clip: Clip) -> list[tuple[int, Luma]]:
    """Every frame of every version: its mark and its luma."""
    found = []
    for video in clip.videos:
        decoder = av.VideoCodecContext.create("vp8", "r")
        for mark, frame in enumerate(video.frames):
            for shown in decoder.decode(av.Packet(frame.data)):
                plane = shown.planes[0]
                rows = np.frombuffer(memoryview(plane), np.uint8)
                luma = rows.reshape(shown.height, plane.line_size)[:, : shown.width]
                found.append((mark, np.ascontiguousarray(luma)))
    return found


def worn(source: list[tuple[int, Luma]], count: int, seed: int) -> Iterator[tuple[int, Luma]]:
    """Marks that are there: scaled, dimmed, blurred, noisy."""
    rng = np.random.default_rng(seed)
    sizes = ((320, 180), (256, 144), (480, 270), (640, 360))
    for index in range(count):
        mark, luma = source[index % len(source)]
        size = sizes[int(rng.integers(len(sizes)))]
        small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
        seen = np.asarray(small, np.float32)
        seen = seen * rng.uniform(0.6, 1.1) + rng.uniform(-12, 25)
        if rng.random() < 0.5:
            blur = float(rng.uniform(0.5, 2.0))
            seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), blur), np.float32)
        seen += rng.standard_normal(seen.shape, np.float32) * float(rng.uniform(0, 12))
        yield mark, np.clip(seen, 0, 255).astype(np.uint8)


def false(source: list[tuple[int, Luma]], count: int, seed: int) -> Iterator[Luma]:
    """No mark: noise, cells at random, and bands of which a part is already the next frame's."""
    rng = np.random.default_rng(seed)
    for index in range(count):
        kind = index % 3
        if kind == 0:
            yield rng.integers(0, 256, (180, 320), dtype=np.uint8)
        elif kind == 1:
            yield _random_cells(rng)
        else:
            yield _half(source, rng)


def _random_cells(rng: np.random.Generator) -> Luma:
    """The reference cells are right, all others are chance: the hardest case."""
    seen = np.full((180, 320), 128, np.uint8)
    first, second = (list(row) for row in picture.cells(0))
    for row in (first, second):
        row[2:18] = [bool(bit) for bit in rng.integers(0, 2, 16)]
    for top, row in ((0, first), (15, second)):
        for column, light in enumerate(row):
            seen[top : top + 15, 16 * column : 16 * column + 16] = 232 if light else 24
    return seen


def _half(source: list[tuple[int, Luma]], rng: np.random.Generator) -> Luma:
    """Blocks of 16 x 16 of two marks, at random, as after a damaged frame."""
    (a, old), (b, new) = (source[int(rng.integers(len(source)))] for _ in range(2))
    size = (320, 180)
    seen, other = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (old, new))
    if a == b:
        return np.zeros((180, 320), np.uint8)
    took = rng.random((2, 20)) < 0.5
    took[:, 0], took[:, 1] = True, False  # never the whole band of either
    for row, column in zip(*np.nonzero(took), strict=True):
        place = np.s_[15 * row : 15 * row + 15, 16 * column : 16 * column + 16]
        seen[place] = other[place]
    return np.asarray(seen, np.uint8)


def possible(read: int, seen: Luma) -> bool:
    """All cells of the band do show the mark that was read: then it is no false read (of two marks
    with equal cells a mixture may show one of them whole)."""
    band = seen[: seen.shape[0] // picture.BAND].astype(np.float32)
    small = cv2.resize(band, (80, 8), interpolation=cv2.INTER_AREA)
    middles = small.reshape(2, 4, 20, 4)[:, 1:3, :, 1:3].mean(axis=(1, 3)) > 128
    return bool((middles == np.array(picture.cells(read))).all())
