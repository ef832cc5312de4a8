"""`vicon compose`, on recordings as a server leaves them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, SPOKEN, Vicon
from tests.programme.recorded import BEGAN, HUB, KUKAR, Film, Made
from vicon.core.recordplan import Marker, RecordingNote

SMALL = ("--size", "320x180", "--fps", "10")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "data" / "recordings" / "pakta-2020" / "r1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_it_makes_the_film_and_says_what_it_is(
    made: Made, data: Path, tmp_path: Path, vicon_process: Vicon
) -> None:
    made.file(HUB, 4)
    gone = made.file(KUKAR, 4)
    gone.unlink()
    made.tells(
        markers=(Marker(at=BEGAN, title="Pembukaan", room=HUB),),
        notes=(RecordingNote(at=BEGAN + 2000, what="floor", room=KUKAR),),
    )
    out = tmp_path / "film.mp4"
    done = vicon_process("compose", "--data", data, "--output", out, *SMALL, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["file"] == str(out)
    assert (told["conference"], told["recording"]) == ("pakta-2020", "r1")
    assert (told["width"], told["height"], told["fps"]) == (320, 180, 10)
    assert told["bytes"] == out.stat().st_size
    assert told["chapters"] == [{"at": 0.0, "title": "Pembukaan"}]
    assert told["missing"] == [{"file": gone.name, "why": "the file is not there"}]
    seen = Film(out)
    assert abs(seen.duration - told["seconds"]) < 0.2
    assert seen.at(1).shape == (180, 320, 3)
    assert '"what":"compose"' in (data / "trail.jsonl").read_text()
    again = vicon_process("compose", "--data", data, "--output", out, *SMALL)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    anew = vicon_process("compose", made.place, "--output", out, *SMALL, "--replace")
    assert anew.returncode == 0
    assert f"Film: {out}, 0:04" in anew.stdout
    assert f"Not in the film: {gone.name}: the file is not there." in anew.stderr
    assert "100 %" in anew.stderr


def test_which_one_is_asked_where_there_are_several(made: Made, data: Path, vicon: Vicon) -> None:
    made.file(HUB, 1)
    other = Made(made.place.parent / "r2")
    other.file(HUB, 1)
    several = vicon("compose", "--data", data)
    assert several.returncode == 2
    assert "r1  pakta-2020  2020-09-25 09:12" in several.stderr
    assert "r2  pakta-2020" in several.stderr
    unknown = vicon("compose", "r3", "--data", data)
    assert unknown.returncode == 2
    assert "no recording `r3`" in unknown.stderr
    nothing = vicon("compose", "--data", data, "--conference", "rapat")
    assert nothing.returncode == 2
    assert "no recording in" in nothing.stderr
    assert vicon("compose", "r1").returncode == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--size", "1280"), "WIDTHxHEIGHT"),
        (("--size", "641x360"), "even numbers"),
        (("--fps", "0"), "between 5 and 60"),
        (("--output", "film.avi"), "must end in"),
        (("--output", "/no/such/place/film.mp4"), "no directory"),
        (("--quality", "best"), "not understood"),
    ],
)
def test_wrong_use_is_told_before_anything_is_made(
    made: Made, data: Path, vicon: Vicon, wrong: tuple[str, ...], said: str
) -> None:
    made.file(HUB, 1)
    done = vicon("compose", "--data", data, *wrong)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_damaged_sheet_and_files_that_do_not_play_are_told(
    made: Made, data: Path, vicon_process: Vicon
) -> None:
    path = made.file(HUB, 1)
    path.write_bytes(b"")
    out = data / "film.mp4"
    unplayable = vicon_process("compose", "--data", data, "--output", out)
    assert unplayable.returncode == 3
    assert f"No file in {made.place} can be played ({path.name} it cannot" in unplayable.stderr
    (made.place / "recording.json").write_text("{")
    damaged = vicon_process("compose", "--data", data, "--output", out)
    assert damaged.returncode == 3
    assert "recording.json is damaged" in damaged.stderr
    assert not out.exists()


def _heeds_ctrl_c() -> None:
    """What a shell begins in the background does not, nor do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_half_film(made: Made, tmp_path: Path, signal_: signal.Signals) -> None:
    made.file(HUB, 60)
    place = tmp_path / "films"
    place.mkdir()
    call = [sys.executable, "-m", "vicon", "compose", str(made.place)]
    process = subprocess.Popen(
        [*call, "--output", str(place / "film.mp4")],
        cwd=ROOT, env={**os.environ, **SPOKEN}, stderr=subprocess.PIPE, text=True,
        preexec_fn=_heeds_ctrl_c,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        assert "10 %" in process.stderr.readline()
        assert [entry.suffix for entry in place.iterdir()] == [".part"]
        process.send_signal(signal_)
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.communicate()
    assert list(place.iterdir()) == []


def test_a_full_disk_is_a_sentence(made: Made, tmp_path: Path, vicon_process: Vicon) -> None:
    made.file(HUB, 10)
    place = tmp_path / "small"
    place.mkdir()
    script = (
        f"mount -t tmpfs -o size=16k tmpfs {place} && "
        f"{sys.executable} -m vicon compose {made.place} --output {place}/film.mkv; "
        f"echo code $?; ls -A {place}"
    )
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script],
        cwd=ROOT, env={**os.environ, **SPOKEN}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("no mount of its own: " + done.stderr.strip())
    assert done.stdout.endswith("code 3\n")
    assert "The disk is full: no film was made" in done.stderr
