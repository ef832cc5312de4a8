"""Half-open connections: python -m tests.faults.flood HOST PORT COUNT SECONDS. Every second one
says half a request, the others nothing. Ends by itself."""

from __future__ import annotations

import contextlib
import resource
import socket
import sys
import time

PART = b"GET /ruang HTTP/1.1\r\nHost: vic"


def main(host: str, port: int, count: int, seconds: float) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, count + 64), most))
    held = []
    for number in range(count):
        one = socket.socket()
        one.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            one.connect((host, port))
        held.append(one)
        if number % 50 == 49:
            time.sleep(0.02)
    for one in held[::2]:
        with contextlib.suppress(OSError):
            one.send(PART)
    print(len(held), flush=True)
    time.sleep(seconds)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
