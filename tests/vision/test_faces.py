"""Faces are counted on drawn halls and, where they lie beside the project, on photographs."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.people import hall
from vicon.vision import weights
from vicon.vision.faces import DETECTORS, Detector
from vicon.vision.weights import CENTERFACE, WeightsError

PHOTOGRAPHS = Path(__file__).parents[3] / "shared/data/headcount"
WITHIN = 0.9
"""Share of the photographs on which the count may be off by one at most."""


@pytest.fixture(scope="module", params=sorted(DETECTORS))
def find(request: pytest.FixtureRequest) -> Detector:
    return DETECTORS[request.param]()


@pytest.mark.parametrize("persons", [0, 1, 7, 12, 13])
def test_every_drawn_person_is_counted_once(find: Detector, persons: int) -> None:
    assert len(find(hall(persons))) == persons


@pytest.mark.parametrize(("width", "height", "head"), [(640, 360, 40), (1920, 1080, 120)])
def test_whatever_the_size_of_the_picture(
    find: Detector, width: int, height: int, head: int
) -> None:
    picture = hall(8, width=width, height=height, head=head)
    faces = find(picture)
    assert len(faces) == 8
    assert all(0.5 * head < face.height < 1.5 * head for face in faces)
    assert all(0 < face.x < width and 0 < face.y < height for face in faces)
    assert [face.score for face in faces] == sorted((f.score for f in faces), reverse=True)


def test_an_upright_picture_is_not_stretched(find: Detector) -> None:
    faces = find(hall(4, width=720, height=1280, head=120))
    assert len(faces) == 4
    assert all(face.width < face.height for face in faces)


def test_nothing_is_seen_where_there_is_nothing(find: Detector) -> None:
    assert find(np.zeros((360, 640, 3), np.uint8)) == []
    noise = np.random.default_rng(2).integers(0, 256, (360, 640, 3), np.uint8)
    assert find(noise) == []


@pytest.mark.parametrize("shape", [(360, 640), (0, 640, 3), (360, 640, 4)])
def test_what_is_no_colour_picture_is_refused(find: Detector, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="colour"):
        find(np.zeros(shape, np.uint8))


def _photographs() -> list[tuple[Path, int]]:
    with (PHOTOGRAPHS / "labels.csv").open(newline="", encoding="utf-8") as file:
        return [
            (PHOTOGRAPHS / row["file"], int(row["faces_visible"])) for row in csv.DictReader(file)
        ]


if PHOTOGRAPHS.is_dir():  # not part of the project: without them the drawn halls must do

    def test_faces_on_photographs(find: Detector) -> None:
        off = {}
        for path, faces in _photographs():
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            assert picture is not None
            off[path.name] = len(find(np.asarray(picture, np.uint8))) - faces
        good = sum(abs(one) <= 1 for one in off.values())
        assert good >= WITHIN * len(off), off
        assert all(off[path.name] == 0 for path, faces in _photographs() if not faces), off


def test_a_model_that_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"centerface\.onnx cannot be read"):
        weights.load(CENTERFACE, tmp_path)
    whole = (weights.FOLDER / CENTERFACE.file).read_bytes()
    (tmp_path / CENTERFACE.file).write_bytes(whole[:-1] + b"\0")
    with pytest.raises(WeightsError, match="damaged") as caught:
        weights.load(CENTERFACE, tmp_path)
    assert "rusak" in caught.value.words.id
