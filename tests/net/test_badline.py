"""The relay does what it is told: what a trial is judged by must be right itself."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.net.badline import BadLine
from tests.net.conftest import needs_line
from tests.net.lab import HUB_ADDRESS

pytestmark = [pytest.mark.net, needs_line]
ROOM = 4 << 20
"""Bytes that a socket holds while this machine does something else: what it dropped would look like
the relay's doing."""
_ECHO = f"""
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, {ROOM})
s.bind(("0.0.0.0", 9000))
print("ready", flush=True)
while True:
    data, address = s.recvfrom(2000)
    s.sendto(data, address)
"""
_RTP = b"\x80\x60\x00\x01" + b"\0" * 4 + b"\0\0\0\x07"


@pytest.fixture
def echo(line: BadLine) -> Iterator[BadLine]:
    command = [*line.in_room, sys.executable, "-c", _ECHO]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    yield line
    process.kill()
    process.wait()


def _exchange(count: int, gap_s: float, size: int = 200) -> list[float]:
    """Round trips in ms of what came back of `count` packets."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        own.bind((HUB_ADDRESS, 0))
        own.settimeout(1.5)
        sent = {}
        trips = []
        for number in range(count):
            sent[number] = time.monotonic()
            packet = _RTP + number.to_bytes(4, "big")
            own.sendto(packet.ljust(size, b"\0"), ("10.77.0.2", 9000))
            time.sleep(gap_s)
            own.setblocking(False)
            trips += _read(own, sent)
            own.settimeout(1.5)
        try:
            while len(trips) < count:
                trips += _take(own.recv(2000), sent)
        except TimeoutError:
            pass
        return trips


def _read(own: socket.socket, sent: dict[int, float]) -> list[float]:
    trips: list[float] = []
    while True:
        try:
            trips += _take(own.recv(2000), sent)
        except BlockingIOError:
            return trips


def _take(data: bytes, sent: dict[int, float]) -> list[float]:
    number = int.from_bytes(data[12:16], "big")
    return [1000 * (time.monotonic() - sent[number])]


def test_delay_on_each_way(echo: BadLine) -> None:
    echo.relay.set("up", delay_ms=40)
    echo.relay.set("down", delay_ms=60)
    trips = _exchange(30, 0.01)
    assert len(trips) == 30
    assert 99.5 <= min(trips) < 108  # the quickest: it waited for no other program
    assert statistics.median(trips) < 140
    counted = echo.relay.report()
    passed = counted["up"]["kinds"]["rtp"]
    assert 40 <= passed["delay_ms"] / passed["through"] < 58  # not those of the way down
    assert counted["down"]["streams"]["7"]["came"] == 30


def test_loss_is_as_asked_and_counted(echo: BadLine) -> None:
    echo.relay.set("down", loss_percent=20)
    trips = _exchange(1000, 0.0005)
    counted = echo.relay.report()["down"]["kinds"]["rtp"]
    assert counted["came"] == 1000
    assert 130 < counted["lost"] < 270
    assert len(trips) == 1000 - counted["lost"]
    echo.relay.zero()
    echo.relay.clean()
    assert len(_exchange(50, 0.001)) == 50
    assert echo.relay.report()["down"]["kinds"]["rtp"]["lost"] == 0


def test_a_bottleneck_drops_what_its_queue_does_not_hold(echo: BadLine) -> None:
    echo.relay.set("down", rate_kbps=1000, queue_ms=100)
    _exchange(400, 0.001, size=1000)
    counted = echo.relay.report()["down"]["kinds"]["rtp"]
    assert counted["dropped"] > 200
    assert 60 < counted["delay_ms"] / counted["through"] < 130  # a full queue
    assert counted["bytes"] == (400 - counted["dropped"]) * 1028


def test_a_wall_lets_out_tcp_to_one_port_alone(line: BadLine) -> None:
    line.only_tcp(443)
    with socket.create_server((HUB_ADDRESS, 443)), socket.create_server((HUB_ADDRESS, 444)):
        assert _reaches(line, 443)
        assert not _reaches(line, 444)
        line.no_wall()
        assert _reaches(line, 444)


def _reaches(line: BadLine, port: int) -> bool:
    code = f"import socket; socket.create_connection(({HUB_ADDRESS!r}, {port}), 3)"
    command = [*line.in_room, sys.executable, "-c", code]
    return subprocess.run(command, check=False, capture_output=True, timeout=10).returncode == 0
