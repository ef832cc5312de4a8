from __future__ import annotations

import json
import socket
import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.conftest import START, Vicon
from vicon import config
from vicon.cli.doctor import _check_detector
from vicon.ops import doctor
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, ServerInfo
from vicon.ops.tls import local_certificate
from vicon.vision import weights

DAY = 86_400_000
ALL = {
    "python", "data", "disk", "journal", "port", "media", "worker", "tls", "clock", "timezone",
    "files", "web", "headcount", "browser", "node", "retention",
}  # fmt: skip


def test_doctor_looks_at_everything_and_names_cause_and_cure(vicon: Vicon, data: Path) -> None:
    db = sqlite3.connect(DataDir(data).journal)
    db.execute("DROP TRIGGER journal_not_changed")
    db.execute("UPDATE journal SET at = at + 1 WHERE sequence = 2")
    db.commit()
    db.close()
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        done = vicon("doctor", "--data", data, "--port", str(port), "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert set(checks) == ALL
    assert done.returncode == 1
    failed = {name for name, check in checks.items() if check["status"] == "failed"}
    assert {"port", "journal"} <= failed <= {"port", "journal", "web"}
    assert checks["journal"]["found"]["en"].startswith("kaltim-2020 2: its content")
    assert "Address already in use" in checks["port"]["found"]["en"]
    assert "--port" in checks["port"]["cure"]["id"]
    assert checks["worker"]["status"] == "ok"


def test_a_damaged_detector_is_named_and_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "yunet.onnx").write_bytes(b"not a model")
    monkeypatch.setattr(weights.load, "__defaults__", (tmp_path,))
    settings = config.read(config.sample(), "sample", tmp_path)
    check = _check_detector(settings)
    assert check.status == "warning"
    assert "yunet.onnx" in check.found.en
    assert "damaged" in check.found.en
    assert check.cure is not None
    monkeypatch.undo()
    slow = replace(settings, headcount=replace(settings.headcount, interval_s=60))
    assert (_check_detector(slow).status, _check_detector(settings).status) == ("ok", "ok")
    assert "every 60 s" in _check_detector(slow).found.en
    assert "setiap 60 s" in _check_detector(slow).found.id
    off = replace(slow, headcount=replace(slow.headcount, camera=False))
    assert _check_detector(off).status == "info"
    assert "camera = false" in _check_detector(off).found.id


def test_doctor_for_persons(vicon: Vicon, tmp_path: Path) -> None:
    done = vicon("doctor", "--data", tmp_path / "new", "--port", "0", "--lang", "id")
    last = done.stdout.splitlines()[-1]
    assert last == ("SIAP." if done.returncode == 0 else "BELUM SIAP: web.")
    assert "Belum ada jurnal." in done.stdout
    assert not (tmp_path / "new").exists()


def test_a_wrong_configuration_is_named_first(vicon: Vicon, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("nothing = 1\n")
    done = vicon("doctor", "--config", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path}:1: nothing: is unknown" in done.stderr


def test_the_port_of_our_own_server_is_no_fault(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ours, DataDir.claim(tmp_path) as home:
        port = ours.getsockname()[1]
        home.write_server(ServerInfo(url="http://x", port=port, pid=1, started=START))
        assert doctor.check_port("127.0.0.1", port, home).status == "ok"
        home.write_server(ServerInfo(url="http://x", port=1, pid=1, started=START))
        assert doctor.check_port("127.0.0.1", port, home).status == "failed"
    other = doctor.check_port("192.0.2.77", 0, DataDir(tmp_path))
    assert other.cure is not None
    assert "`listen`" in other.cure.en


def test_an_open_data_directory_is_warned_of(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    check = doctor.check_data(DataDir(tmp_path))
    assert (check.status, check.cure and check.cure.en) == ("warning", f"Run: chmod 700 {tmp_path}")
    (tmp_path / "file").touch()
    assert doctor.check_data(DataDir(tmp_path / "file" / "data")).status == "failed"


@pytest.mark.parametrize(
    ("newest", "drift", "status"),
    [(START, 0.0, "ok"), (START + 5000, 0.0, "failed"), (START, 0.9, "warning")],
)
def test_a_clock_that_is_behind_or_jumps(newest: int, drift: float, status: str) -> None:
    check = doctor.check_clock(START, newest, drift)
    assert check.status == status
    assert (check.cure is None) == (status == "ok")


def test_how_long_the_certificate_lasts(tmp_path: Path) -> None:
    now = SystemClock().now()
    with DataDir.claim(tmp_path) as home:
        made = local_certificate(home, ["localhost"], now)

    def status(later: int, *, ours: bool = True) -> str:
        moment = now + later * DAY
        return doctor.check_certificate(made.certificate, made.key, moment, ours=ours).status

    assert [status(0), status(800), status(830)] == ["ok", "warning", "failed"]
    none = tmp_path / "none.pem"
    assert doctor.check_certificate(none, none, now, ours=True).status == "info"
    assert doctor.check_certificate(none, none, now, ours=False).status == "failed"


def test_addresses_for_media(tmp_path: Path) -> None:
    home = DataDir(tmp_path)
    assert doctor.check_media(["127.0.0.1"], (0, 0), home).status == "ok"
    assert doctor.check_media([], (0, 0), home).status == "warning"
    assert doctor.check_media(["192.0.2.77"], (0, 0), home).status == "failed"


def test_ports_for_media(tmp_path: Path) -> None:
    home = DataDir(tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rival:
        rival.bind(("127.0.0.1", 0))
        port = rival.getsockname()[1]
        taken = doctor.check_media(["127.0.0.1"], (port, port), home)
        assert taken.status == "failed"
        assert str(port) in taken.found.en
        assert doctor.check_media(["127.0.0.1"], (port, port + 20), home).status == "ok"
        with DataDir.claim(tmp_path):  # a server that runs has it
            assert doctor.check_media(["127.0.0.1"], (port, port), home).status == "ok"
    assert doctor.check_media(["127.0.0.1"], (port, port), home).status == "ok"


def test_what_is_announced() -> None:
    here = ["10.0.0.5", "fd00::5"]
    good = doctor.check_announced(["203.0.113.5", "10.0.0.5=203.0.113.6:40000"], here)
    assert good.status == "ok"
    assert "203.0.113.6:40000" in good.found.en
    assert doctor.check_announced(["10.0.0.6=203.0.113.6"], here).status == "failed"
    assert doctor.check_announced(["127.0.0.1"], here).status == "failed"


def test_time_zones() -> None:
    known = [c.timezone for c in config.load(config.example()).conferences]
    assert doctor.check_timezones(known).status == "ok"
    assert doctor.check_timezones(["Asia/Wamena"]).status == "failed"
