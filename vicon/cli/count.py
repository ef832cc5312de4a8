"""`vicon count`: how many faces are on pictures."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
from cyclopts import Parameter
from msgspec import Struct

from vicon.cli.common import DONE, REFUSED, Json, WrongUse, say, write_json
from vicon.core.headcount import within
from vicon.core.model import Zone
from vicon.ops.words import reason_of
from vicon.vision.faces import DETECTORS, Colour, Detector, Face
from vicon.vision.looking import outside

_BOX, _LINE = (80, 220, 80), 2


class _Box(Struct, frozen=True):
    """Pixels of the picture."""

    x: int
    y: int
    width: int
    height: int
    score: float


class Counted(Struct, frozen=True):
    file: str
    count: int | None
    """None: the file could not be read, see `error`."""
    faces: list[_Box]
    error: str | None = None


def count(
    *pictures: Path,
    json: Json = False,
    annotate: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Tulis gambar dengan kotak di sekitar wajah ke folder ini.",
                "Write the pictures with a box around each face into this folder.",
            )
        ),
    ] = None,
    detector: Annotated[
        Literal["centerface", "yunet"],
        Parameter(
            help=say(
                "Pendeteksi: yunet lima kali lebih ringan.",
                "Detector: yunet costs a fifth.",
            )
        ),
    ] = "centerface",
    zone: Annotated[
        list[str] | None,
        Parameter(
            name="--zone",
            negative="",
            help=say(
                "X,Y,LEBAR,TINGGI: bidang tempat wajah tidak dihitung (foto di dinding, layar), "
                "bagian gambar dari kiri atas, 0 sampai 1. Boleh beberapa kali.",
                "X,Y,WIDTH,HEIGHT: a zone in which faces are not counted (a portrait, a screen), "
                "in parts of the picture from the top left, 0 to 1. May be given several times.",
            ),
        ),
    ] = None,
) -> int:
    """Menghitung wajah pada gambar, seperti kamera ruang dihitung; tidak ada yang dikenali.

    Count the faces on pictures, as the rooms' cameras are counted; nobody is recognised. Exit code
    1 if a picture could not be read, 3 if the detector's model is missing or damaged.
    """
    if not pictures:
        raise WrongUse("Sebutkan sedikitnya satu gambar.", "Name at least one picture.")
    if annotate is not None and len({path.name for path in pictures}) < len(pictures):
        raise WrongUse(
            "Dua gambar bernama sama: di folder --annotate yang satu akan menimpa yang lain.",
            "Two pictures have the same name: in the folder of --annotate one would overwrite the "
            "other.",
        )
    zones = [_zone(text) for text in zone or ()]
    find = DETECTORS[detector]()
    found = []
    for path in pictures:
        one = _count(path, find, zones, annotate)
        found.append(one)
        if not json:
            _print(one)
    if json:
        write_json(found)
    return REFUSED if any(one.count is None for one in found) else DONE


def _zone(text: str) -> Zone:
    """Raises WrongUse."""
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        x, y, width, height = math.nan, 0.0, 0.0, 0.0
    zone = Zone(x=x, y=y, width=width, height=height)
    if not within(zone):
        raise WrongUse(
            f"--zone {text}: bukan bidang di dalam gambar. Tulis empat bilangan dari 0 sampai 1, "
            "misalnya 0.1,0,0.2,0.25.",
            f"--zone {text}: no zone inside the picture. Write four numbers from 0 to 1, such as "
            "0.1,0,0.2,0.25.",
        )
    return zone


def _count(path: Path, find: Detector, zones: Sequence[Zone], annotate: Path | None) -> Counted:
    try:
        picture = _read(path)
        faces = outside(find(picture), zones, picture)
        if annotate is not None:
            _write(annotate, path, picture, faces)
    except OSError as error:
        named = error.filename or path
        return Counted(str(path), None, [], f"{named}: {reason_of(error)}")
    except ValueError:
        said = say("bukan gambar yang dapat dibaca", "no picture that can be read")
        return Counted(str(path), None, [], f"{path}: {said}")
    return Counted(str(path), len(faces), [_box(face) for face in faces])


def _box(face: Face) -> _Box:
    x, y, width, height = (round(one) for one in face[:4])
    return _Box(x, y, width, height, round(face.score, 3))


def _read(path: Path) -> Colour:
    """Raises OSError, ValueError."""
    data = np.frombuffer(path.read_bytes(), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        raise ValueError("not an image")
    return np.asarray(picture, np.uint8)


def _write(folder: Path, path: Path, picture: Colour, faces: Sequence[Face]) -> None:
    """Raises OSError."""
    drawn = picture.copy()
    for face in faces:
        corner = (round(face.x), round(face.y))
        other = (round(face.x + face.width), round(face.y + face.height))
        cv2.rectangle(drawn, corner, other, _BOX, _LINE)
    folder.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(".jpg", drawn)
    assert done
    (folder / f"{path.name}.jpg").write_bytes(data.tobytes())


def _print(one: Counted) -> None:
    if one.count is None:
        print(f"x {one.error}", file=sys.stderr)
        return
    print(say(f"{one.file}: {one.count} wajah", f"{one.file}: {one.count} faces"))
