"""Faces in a picture, with OpenCV: CenterFace (arXiv 1911.03599) or, at less cost, YuNet (Machine
Intelligence Research 20, 2023). Nobody is recognised: what comes out are boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vicon.vision import weights

Colour = NDArray[np.uint8]
"""Height x width x 3, blue green red, full range."""
WIDTH, HEIGHT = 1280, 736
"""What the detectors see: a small picture is enlarged to that, which finds more."""
OVERLAP = 0.3
"""Two boxes that share more than this (intersection over union) are one face."""
_STRIDE = 4
_OUTPUTS = ("537", "538", "539", "540")
"""CenterFace: how likely the middle of a face is there; its size; where in the cell it is; and
eyes, nose and mouth, of which nothing is wanted: but OpenCV 5 gives all or none."""
_MOST = 5000


class Face(NamedTuple):
    """Pixels of the picture as it was given; the box may reach beyond its edge."""

    x: float
    y: float
    width: float
    height: float
    score: float
    """0 to 1."""


class Detector(Protocol):
    def __call__(self, picture: Colour) -> list[Face]:
        """Faces, most certain first. Raises ValueError for no colour picture."""
        ...


class _Fitted(NamedTuple):
    picture: Colour
    scale: float
    """Pixels of the fitted picture for one of the given one."""


def _fit(picture: Colour) -> _Fitted:
    if picture.ndim != 3 or picture.shape[2] != 3 or 0 in picture.shape:
        raise ValueError("no colour picture")
    height, width = picture.shape[:2]
    scale = min(WIDTH / width, HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    fitted[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=kind)
    return _Fitted(fitted, scale)


class CenterFace:
    """210 ms of one core for a picture."""

    def __init__(self, threshold: float = 0.40) -> None:
        """Raises weights.WeightsError."""
        self._threshold = threshold
        self._net = cv2.dnn.readNetFromONNX(weights.load(weights.CENTERFACE))

    def __call__(self, picture: Colour) -> list[Face]:
        fitted, scale = _fit(picture)
        self._net.setInput(cv2.dnn.blobFromImage(fitted, swapRB=True))
        heat, size, offset, _ = (out[0] for out in self._net.forward(_OUTPUTS))
        rows, columns = np.nonzero(heat[0] > self._threshold)
        scores = heat[0, rows, columns]
        heights, widths = (np.exp(size[n, rows, columns]) * _STRIDE for n in (0, 1))
        middle_y, middle_x = (
            (place + offset[n, rows, columns] + 0.5) * _STRIDE
            for n, place in ((0, rows), (1, columns))
        )
        boxes = np.stack(
            (middle_x - widths / 2, middle_y - heights / 2, widths, heights), axis=1
        ).astype(np.float64)
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), self._threshold, OVERLAP)
        return _sorted(_face(boxes[n] / scale, scores[n]) for n in kept)


class YuNet:
    """A fifth of CenterFace's cost."""

    def __init__(self, threshold: float = 0.75) -> None:
        """Raises weights.WeightsError."""
        self._net = cv2.FaceDetectorYN.create(
            "onnx",
            weights.load(weights.YUNET),
            np.zeros(0, np.uint8),
            (WIDTH, HEIGHT),
            threshold,
            OVERLAP,
            _MOST,
        )

    def __call__(self, picture: Colour) -> list[Face]:
        fitted, scale = _fit(picture)
        found = self._net.detect(fitted)[1]
        rows = [] if found is None else found
        return _sorted(_face(row[:4] / scale, row[14]) for row in rows)


# At every start OpenCV 5 warns that YuNet asks for a processor that its new engine takes anyway.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
DETECTORS: dict[str, Callable[[], Detector]] = {"centerface": CenterFace, "yunet": YuNet}


def _face(box: NDArray[np.floating], score: float) -> Face:
    x, y, width, height = (float(one) for one in box)
    return Face(x, y, width, height, float(score))


def _sorted(faces: Iterable[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: -face.score)
