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


KINDS = ("noise", "scene", "random_cells", "two_marks", "torn")
Ghost = tuple[str, Luma, frozenset[int]]
"""Its kind, the picture, and the marks that it may be read as: for a mixture the two that were
mixed, for all others none. Said by how it was made, never by how its cells look."""


def ghosts(source: list[tuple[int, Luma]], count: int, seed: int) -> Iterator[Ghost]:
    """No mark: noise, scenes, cells at random; and bands of which a part is already another
    frame's."""
    rng = np.random.default_rng(seed)
    for index in range(count):
        kind = KINDS[index % len(KINDS)]
        if kind == "noise":
            yield kind, rng.integers(0, 256, (180, 320), dtype=np.uint8), frozenset()
        elif kind == "scene":
            yield kind, _bare(rng), frozenset()
        elif kind == "random_cells":
            yield kind, _random_cells(rng), frozenset()
        else:
            yield kind, *_mixed(source, rng, torn=kind == "torn")


def _bare(rng: np.random.Generator) -> Luma:
    """An ordinary scene where the band would be, with the reference cells over it: the rest of the
    band is what a camera might show."""
    seen = np.asarray(
        cv2.resize(picture.scene(int(rng.integers(picture.MARKS))), (320, 180)), np.uint8
    )
    for top, row in zip((0, 15), picture.cells(0), strict=True):
        for column in (0, 1, 18, 19):
            seen[top : top + 15, 16 * column : 16 * column + 16] = 232 if row[column] else 24
    return seen


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


def _mixed(
    source: list[tuple[int, Luma]], rng: np.random.Generator, torn: bool
) -> tuple[Luma, frozenset[int]]:
    """Cells of two marks: at random, as after a damaged frame; torn: all after some point are the
    other's, as of a picture that was shown before it was whole."""
    (a, old), (b, new) = (source[int(rng.integers(len(source)))] for _ in range(2))
    while a == b:
        b, new = source[int(rng.integers(len(source)))]
    size = (320, 180)
    seen, other = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (old, new))
    if torn:
        took = (np.arange(40) >= rng.integers(1, 40)).reshape(2, 20)
    else:
        took = rng.random((2, 20)) < 0.5
    for row, column in zip(*np.nonzero(took), strict=True):
        place = np.s_[15 * row : 15 * row + 15, 16 * column : 16 * column + 16]
        seen[place] = other[place]
    return np.asarray(seen, np.uint8), frozenset((a, b))
