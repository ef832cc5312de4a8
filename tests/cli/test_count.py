"""`vicon count` on drawn halls."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.conftest import Vicon
from tests.vision.people import hall


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Halls with 0, 9 and 13 persons."""
    made = [tmp_path / f"hall-{persons}.png" for persons in (0, 9, 13)]
    for path, persons in zip(made, (0, 9, 13), strict=True):
        assert cv2.imwrite(str(path), hall(persons))
    return made


@pytest.mark.parametrize("detector", ["centerface", "yunet"])
def test_each_picture_has_its_count(vicon: Vicon, pictures: list[Path], detector: str) -> None:
    done = vicon("--lang", "en", "count", "--detector", detector, *map(str, pictures))
    counts = zip(pictures, (0, 9, 13), strict=True)
    assert done.stdout.splitlines() == [f"{path}: {count} faces" for path, count in counts]
    assert done.stderr == ""
    assert done.returncode == 0


def test_other_programs_read_it_and_a_bad_file_loses_no_other(
    vicon: Vicon, pictures: list[Path], tmp_path: Path
) -> None:
    bad = tmp_path / "notes.txt"
    bad.write_text("no picture")
    absent = tmp_path / "absent.jpg"
    done = vicon("--lang", "en", "count", "--json", str(bad), str(absent), str(pictures[1]))
    assert done.returncode == 1
    first, second, third = json.loads(done.stdout)
    assert (first["file"], first["count"]) == (str(bad), None)
    assert first["error"] == f"{bad}: no picture that can be read"
    assert second["error"] == f"{absent}: No such file or directory"
    assert (third["count"], third["error"], len(third["faces"])) == (9, None, 9)
    assert set(third["faces"][0]) == {"x", "y", "width", "height", "score"}


def test_the_boxes_are_drawn_where_the_faces_are(
    vicon: Vicon, pictures: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "drawn"
    done = vicon("count", "--json", "--annotate", str(folder), str(pictures[1]))
    (box, *_) = json.loads(done.stdout)[0]["faces"]
    drawn = cv2.imread(str(folder / "hall-9.png.jpg"), cv2.IMREAD_COLOR)
    plain = cv2.imread(str(pictures[1]), cv2.IMREAD_COLOR)
    assert drawn is not None
    assert plain is not None
    changed = np.abs(drawn.astype(int) - plain).max(axis=2) > 60
    corner = changed[box["y"] - 2 : box["y"] + 3, box["x"] - 2 : box["x"] + 3]
    assert corner.any()
    assert 0.002 < changed.mean() < 0.05, "boxes, and nothing else"


def test_pictures_that_would_overwrite_each_other_are_refused(
    vicon: Vicon, pictures: list[Path], tmp_path: Path
) -> None:
    twin = tmp_path / "twin" / pictures[0].name
    twin.parent.mkdir()
    twin.write_bytes(pictures[0].read_bytes())
    folder = tmp_path / "drawn"
    done = vicon("count", "--annotate", str(folder), str(pictures[0]), str(twin))
    assert done.returncode == 2
    assert "the same name" in done.stderr
    assert not folder.exists()
    assert vicon("count").returncode == 2


def test_faces_in_a_zone_are_not_counted(vicon: Vicon, pictures: list[Path]) -> None:
    left = ("--zone", "0,0,0.5,1")
    done = vicon("count", "--json", str(pictures[1]), "--zone", "0,0,0.5,0.3", "--zone=0.5,0,0.5,0")
    assert done.returncode == 2
    assert "0.5,0,0.5,0" in done.stderr
    (some,) = json.loads(vicon("count", "--json", *left, str(pictures[1])).stdout)
    assert 0 < some["count"] < 9
    assert all(box["x"] + box["width"] / 2 > 640 for box in some["faces"])
    everywhere = vicon("count", "--json", *left, "--zone", "0.5,0,0.5,1", str(pictures[1]))
    assert json.loads(everywhere.stdout)[0]["count"] == 0


@pytest.mark.parametrize("zone", ["", "1,2,3", "a,b,c,d", "0,0,1.2,1", "nan,0,1,1", "-0.1,0,1,1"])
def test_a_zone_outside_the_picture_is_refused(
    vicon: Vicon, pictures: list[Path], zone: str
) -> None:
    done = vicon("--lang", "id", "count", f"--zone={zone}", str(pictures[1]))
    assert done.returncode == 2
    assert "Tulis empat bilangan" in done.stderr
