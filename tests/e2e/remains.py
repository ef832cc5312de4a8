"""What is left of pictures in files: their beginnings, as formats write them, and long pieces of
pictures that are known."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

PIECE = 48
"""Bytes of a known picture that are looked for: so many are alike by no chance."""
BEGINNINGS = {
    "JPEG": re.compile(rb"\xff\xd8\xff[\xc0-\xfe]"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WebP": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "GIF": re.compile(rb"GIF8[79]a"),
    "VP8 key frame": re.compile(rb"\x9d\x01\x2a"),
    "H.264 key frame": re.compile(rb"\x00\x00\x01[\x25\x45\x65]"),
    "AV1 or HEIF": re.compile(rb"ftyp(avif|heic|mif1)"),
    "Matroska": re.compile(rb"\x1a\x45\xdf\xa3"),
}


def pieces(pictures: Iterable[bytes]) -> set[bytes]:
    """Of each, from places all over it; none that is one value again and again, which says
    nothing."""
    found = set()
    for picture in pictures:
        for at in range(0, len(picture) - PIECE, max(PIECE, len(picture) // 64)):
            piece = picture[at : at + PIECE]
            if len(set(piece)) > PIECE // 4:
                found.add(piece)
    return found


def remains(folders: Iterable[Path], known: set[bytes], harmless: Iterable[Path] = ()) -> list[str]:
    """Where a picture is, and what of it. In `harmless` files beginnings are no matter; known
    pictures are nowhere to be."""
    allowed = set(harmless)
    return [
        f"{path}: {what}"
        for folder in folders
        for path in sorted([folder] if folder.is_file() else folder.rglob("*"))
        if path.is_file()
        for what in _in(path.read_bytes(), known, beginnings=path not in allowed)
    ]


def _in(data: bytes, known: set[bytes], *, beginnings: bool) -> Iterator[str]:
    if beginnings:
        yield from (name for name, sign in BEGINNINGS.items() if sign.search(data))
    # Each place of the file is looked up, not each piece sought: there are thousands.
    heads: dict[bytes, list[bytes]] = {}
    for piece in known:
        heads.setdefault(piece[:4], []).append(piece)
    sign = re.compile(b"|".join(re.escape(head) for head in heads)) if heads else None
    if sign is not None and any(
        data.startswith(piece, found.start())
        for found in sign.finditer(data)
        for piece in heads[found.group()]
    ):
        yield "a piece of the camera's picture"


def hidden(pids: Iterable[int]) -> list[str]:
    """Files that these processes hold open and that have no name any more."""
    found = []
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(link)
            except FileNotFoundError:
                continue
            if target.endswith(" (deleted)"):
                found.append(f"{pid}: {target}")
    return found
