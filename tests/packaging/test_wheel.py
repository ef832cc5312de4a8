"""What an office installs: the wheel, in a venv that knows nothing of the checkout."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import cv2
import pytest

from tests.vision.people import hall

CHECKOUT = Path(__file__).resolve().parents[2]


def _pip(*arguments: str) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([sys.executable, "-m", "pip", *quiet, *arguments], check=True, timeout=110)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(CHECKOUT))
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def vicon(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command. Its dependencies are lent by the present venv through a .pth file,
    which lends no .pth files: the checkout's editable install stays out of reach."""
    place = tmp_path_factory.mktemp("office")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True, timeout=60)
    _pip("--python", str(place / "bin/python"), "install", "--no-deps", str(wheel))
    (site,) = place.glob("lib/python3*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("platlib") + "\n", "utf-8")
    return place / "bin/vicon"


def _run(vicon: Path, *arguments: str) -> str:
    done = subprocess.run(
        [vicon, *arguments],
        cwd=vicon.parent,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout


def test_what_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "vicon/_web/index.html",
        "vicon/_web/embed.html",
        "vicon/_web/third-party-licences.md",
        "vicon/py.typed",
        "signaling/py.typed",
        "vicon/_web/manifest.json",
        "vicon/report/poster.typ",
        "vicon/report/trial.typ",
        "vicon/web/checkin/templates/checkin.html",
        "vicon/vision/models/centerface.onnx",
        "vicon/vision/models/centerface.LICENSE",
        "vicon/vision/models/yunet.onnx",
        "vicon/vision/models/yunet.LICENSE",
        "vicon/store/migrations/0001_journal.sql",
        "vicon/store/trial_migrations/0001_trials.sql",
        "vicon/examples/alerts.yaml",
        "vicon/examples/grafana.json",
    } <= names
    assert any(re.fullmatch(r"vicon/_web/assets/.+\.js", name) for name in names)
    assert any(name.endswith("kaltim-2020.toml") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "node_modules" in name or name.startswith("tests")]


def test_it_is_the_installed_one(vicon: Path) -> None:
    where = "import vicon, signaling; print(vicon.__file__, signaling.__file__)"
    out = subprocess.run(
        [vicon.with_name("python"), "-c", where], cwd=vicon.parent, capture_output=True, text=True,
        timeout=30, check=True,
    ).stdout.split()  # fmt: skip
    assert all(Path(one).is_relative_to(vicon.parents[1]) for one in out)


def test_version_and_sample(vicon: Path, tmp_path: Path) -> None:
    assert re.search(r"\d+\.\d+\.\d+", _run(vicon, "--version"))
    sample = tmp_path / "sample.toml"
    sample.write_text(_run(vicon, "config"), "utf-8")
    _run(vicon, "config", "--check", str(sample))


def test_it_counts_faces(vicon: Path, tmp_path: Path) -> None:
    picture = tmp_path / "hall.png"
    assert cv2.imwrite(str(picture), hall(6))
    assert json.loads(_run(vicon, "count", "--json", str(picture)))[0]["count"] == 6


@asynccontextmanager
async def _serving(vicon: Path, config: Path, data: Path) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        vicon, "serve", "--config", config, "--data", data, "--port", "0", "--ready-json",
        stdout=asyncio.subprocess.PIPE, cwd=data.parent,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )  # fmt: skip
    assert process.stdout
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        yield json.loads(line)["url"]
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)


async def test_it_serves_its_pages(vicon: Path, tmp_path: Path) -> None:
    config = tmp_path / "vicon.toml"
    config.write_text(_run(vicon, "config"), "utf-8")
    async with (
        _serving(vicon, config, tmp_path / "data") as url,
        aiohttp.ClientSession(url.rstrip("/") + "/") as session,
    ):
        page = await (await session.get("ruang")).text()
        assets = re.findall(r'(?:src|href)="\.?/?(assets/[^"]+)"', page)
        assert 'id="app"' in page
        assert assets
        for asset in assets:
            assert (await session.get(asset)).status == 200
