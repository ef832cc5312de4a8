"""The camera counter beside a running server: what it leaves behind, what happens without it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from aiohttp import ClientSession

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.remains import BEGINNINGS, hidden, pieces, remains
from tests.e2e.service import VICON, Service, running
from tests.e2e.until import until
from tests.vision.people import FPS, hall
from vicon.ops.data import DataDir
from vicon.vision import weights

pytestmark = [pytest.mark.patient(45), pytest.mark.timeout(180)]

HALL = "64.02"
INTERVAL_S = 5
PERSONS = 9
HEADCOUNT = f"[headcount]\ninterval_s = {INTERVAL_S}\n"
START_S, SOON_S = 30.0, 30.0
Seen = tuple[int | None, str] | None


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of a hall, as an encoder sends it."""
    path = tmp_path_factory.mktemp("clip") / "hall.webm"
    with av.open(path, "w") as film:
        stream = film.add_stream("libvpx", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stream.bit_rate = 600_000
        stream.options = {"deadline": "realtime", "cpu-used": "8", "g": str(FPS)}
        for seed in range(3 * FPS):
            picture = hall(PERSONS, width=640, height=360, head=40, seed=seed)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        film.mux(stream.encode(None))
    return path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Whatever a process writes for itself, it writes here."""
    for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        folder = tmp_path / "private" / name.lower()
        folder.mkdir(parents=True)
        monkeypatch.setenv(name, str(folder))
    return tmp_path


@contextlib.asynccontextmanager
async def session(place: Path, clip: Path) -> AsyncIterator[Service]:
    """A server, and the hall with its camera."""
    service = Service(place, root=HEADCOUNT)
    await service.start()
    try:
        command = ("agent", service.link("operator", HALL).url, "--clip", str(clip), "--json")
        async with running(place / "agent.log", VICON, *command):
            yield service
    finally:
        await service.stop()


async def seen(service: Service) -> Seen:
    """What the moderator is told that the camera shows."""
    head = {"Authorization": f"Bearer {service.link('moderator').token}"}
    async with (
        ClientSession(service.url, headers=head) as http,
        http.get("/api/v1/conferences/kaltim-2020") as answer,
    ):
        view = (await answer.json())["view"]
    estimate = next(room for room in view["rooms"] if room["code"] == HALL)["estimate"]
    return None if estimate is None else (estimate["persons"], estimate["quality"])


def counter(service: Service) -> int | None:
    """The process id of the counter."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if entry.name.isdigit() and b"vicon.vision.worker" in (entry / "cmdline").read_bytes():
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == service.pid:
                    return int(entry.name)
    return None


async def until_seen(service: Service, wanted: Seen, within: float) -> None:
    await until(lambda: seen(service), lambda now: now == wanted, within, f"{wanted}")


async def goes_on(service: Service, persons: int) -> None:
    """The operator still counts by hand."""
    url, token = parse_link(service.link("operator", HALL).url)
    async with Client(url, token, rng=random.Random(1)) as client:
        await client.ready(10)
        await client.command(m.CountSet(room=HALL, value=persons))
        await client.until(lambda view: _tally(view) == persons, 10)


def _tally(view: m.View) -> int | None:
    return next(room.tally for room in view.rooms if room.code == HALL)


async def test_integers_and_states_are_all_that_is_written_killed_or_not(
    place: Path, clip: Path
) -> None:
    known = pieces(_pictures(clip))
    assert len(known) > 1_000
    async with session(place, clip) as service:
        await until_seen(service, (PERSONS, "ok"), START_S)
        first = await written(service)
        pid = counter(service)
        assert pid is not None
        assert hidden([service.pid, pid, *service.workers()]) == []
        await killed(service, pid)
        folders = [service.data, service.log, place / "private"]
        assert remains(folders, known, [service.clip]) == []
        (service.data / "planted").write_bytes(b"x" * 999 + next(iter(known)))
        assert len(remains(folders, known, [service.clip])) == 1, "it would be found"
        (service.data / "planted").unlink()
        assert first <= await written(service)
    assert remains(folders, known, [service.clip]) == [], "nor at the end"


async def killed(service: Service, pid: int) -> None:
    """As often as it comes back, until the hall's turn finds it away: the figure is gone meanwhile,
    and the session goes on."""

    async def gone() -> Seen:
        found = counter(service)
        if found is not None:
            os.kill(found, signal.SIGKILL)
        return await seen(service)

    await until(gone, lambda now: now == (None, "unavailable"), SOON_S, "no figure without it")
    await goes_on(service, 7)
    await until_seen(service, (PERSONS, "ok"), SOON_S)
    assert counter(service) not in (None, pid)
    assert "x vision worker" in service.log.read_text("utf-8")


async def written(service: Service) -> set[str]:
    """The journal's words about the camera."""
    rows = await asyncio.to_thread(_estimates, DataDir(service.data).journal)
    for row in rows:
        found = json.loads(row)
        assert set(found) == {"type", "room", "persons", "quality"}
        assert found["persons"] is None or isinstance(found["persons"], int)
    return set(rows)


def _estimates(journal: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True)) as db:
        found = db.execute("SELECT event FROM journal WHERE event LIKE '%estimate_changed%'")
        return [str(event) for (event,) in found]


def _pictures(clip: Path) -> list[bytes]:
    """As they go over the wire, and as they are when decoded: in colour, grey, and small."""
    with av.open(clip) as film:
        coded = [bytes(packet) for packet in film.demux(video=0) if packet.size]
    with av.open(clip) as film:
        frames = list(film.decode(video=0))
    found = coded
    for frame in frames[::5]:
        colour = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
        grey = np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8)
        small = cv2.resize(grey, (160, 90), interpolation=cv2.INTER_AREA)
        raw = frame.to_ndarray(format="yuv420p")
        found += [one.tobytes() for one in (colour, colour[:, :, ::-1], grey, small, raw)]
    return found


@pytest.mark.parametrize("kind", [*BEGINNINGS, "piece"])
def test_a_picture_that_is_written_is_found(tmp_path: Path, clip: Path, kind: str) -> None:
    """The proof above can fail."""
    picture = hall(3, width=640, height=360)
    known = pieces([picture.tobytes()])
    assert remains([tmp_path], known) == []
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "journal.db-wal"
    if kind in ("JPEG", "PNG", "WebP", "GIF"):
        done, data = cv2.imencode(f".{kind.lower()}", picture)
        assert done
        path.write_bytes(b"SQLite" + data.tobytes())
    elif kind == "piece":
        path.write_bytes(b"x" * 77 + picture[100:104].tobytes())
    else:
        begins = {
            "VP8 key frame": _pictures(clip)[0],
            "H.264 key frame": b"\0\0\0\1\x67abc\0\0\1\x65abc",
            "AV1 or HEIF": b"\0\0\0\x1cftypavif",
            "Matroska": clip.read_bytes(),
        }
        path.write_bytes(b"log: " + begins[kind])
    found = remains([tmp_path], known)
    wanted = "a piece of the camera's picture" if kind == "piece" else kind
    assert any(one.endswith(f"journal.db-wal: {wanted}") for one in found), found


_SITE = """
import os, pathlib
from vicon.vision import weights
weights.load.__defaults__ = (pathlib.Path(os.environ["MODELS"]),)
"""


@pytest.mark.parametrize("damage", ["damaged", "missing"])
async def test_a_session_goes_on_without_the_detectors_model(
    place: Path, clip: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    models = place / "models"
    models.mkdir()
    if damage == "damaged":
        whole = (weights.FOLDER / weights.YUNET.file).read_bytes()
        (models / weights.YUNET.file).write_bytes(whole[:-1] + b"\0")
    (models / "sitecustomize.py").write_text(_SITE)
    monkeypatch.setenv("MODELS", str(models))
    monkeypatch.setenv("PYTHONPATH", f"{models}:{os.environ.get('PYTHONPATH', '')}".rstrip(":"))
    async with session(place, clip) as service:
        await until_seen(service, (None, "unavailable"), START_S)
        await goes_on(service, 8)
        assert await seen(service) == (None, "unavailable"), "and not 0"
        said = await doctor(service)
        assert said["status"] == "warning"
        assert weights.YUNET.file in said["found"]["en"]
        reason = "damaged" if damage == "damaged" else "cannot be read"
        assert reason in said["found"]["en"]
        assert said["cure"]["id"]


async def doctor(service: Service) -> dict[str, Any]:
    """What it says of the detector; other checks are no matter here."""
    process = await asyncio.create_subprocess_exec(
        VICON, "doctor", "--data", str(service.data), "--json", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    checks: list[dict[str, Any]] = json.loads(out)
    return next(check for check in checks if check["name"] == "headcount")
