from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vicon.ops.data import DataDir, DataError, DataInUse, ServerInfo, write_private
from vicon.ops.words import environment_language

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from vicon.ops.data import DataDir
with DataDir.claim(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_server_is_told_who_holds_the_data(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"held\n"
            assert DataDir(tmp_path).holder() == child.pid
            with (
                pytest.raises(DataInUse, match=f"process {child.pid}") as caught,
                DataDir.claim(tmp_path),
            ):
                pass
            assert f"proses {child.pid}" in caught.value.words.id
        finally:
            child.kill()
    assert DataDir(tmp_path).holder() is None
    with DataDir.claim(tmp_path):
        assert DataDir(tmp_path).holder() == os.getpid()


def test_onlookers_do_not_keep_a_server_from_starting(tmp_path: Path) -> None:
    look = (
        "import sys; from pathlib import Path; from vicon.ops.data import DataDir\n"
        "print('on', flush=True)\nwhile True: DataDir(Path(sys.argv[1])).holder()"
    )
    with DataDir.claim(tmp_path):
        pass
    with subprocess.Popen(
        [sys.executable, "-c", look, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as child:
        try:
            assert child.stdout is not None
            child.stdout.readline()
            for _ in range(200):
                with DataDir.claim(tmp_path):
                    pass
        finally:
            child.kill()


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be used"), DataDir.claim(tmp_path / "file" / "x"):
        pass


def test_where_the_server_was_reached_is_remembered(tmp_path: Path) -> None:
    home = DataDir(tmp_path)
    assert home.read_server() is None
    info = ServerInfo(url="https://10.1.2.3:8443", port=8443, pid=7, started=1)
    home.write_server(info)
    assert home.read_server() == info


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "keys" / "k"
    write_private(place, b"one")
    (tmp_path / "keys" / "k.new").write_bytes(b"left by a crash")
    write_private(place, b"two")
    assert place.read_bytes() == b"two"
    assert [p.name for p in place.parent.iterdir()] == ["k"]
    assert place.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "id"),
        ({"LANG": "C.UTF-8"}, "id"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "id_ID.UTF-8"}, "id"),
        ({"LANG": "id_ID.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "id:en"}, "id"),
        ({"LANG": "fr_FR.UTF-8"}, "id"),
    ],
)
def test_indonesian_unless_english_is_asked_for(environment: dict[str, str], language: str) -> None:
    assert environment_language(environment) == language
