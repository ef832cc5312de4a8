"""To a public channel: `python -m vicon.media.air.push`. From its standard input it reads one line,
where to (JSON: url, key_file), then fragmented MP4, and puts that to the channel as it is, in FLV
over RTMP. A byte on its standard output says that something was taken. It is a process of its own,
since what waits for a channel's answer can only be ended with it.

The channel's key is read here and nowhere else. It stands in no argument and in no log: what goes
wrong is told by its kind alone, since libav's own messages hold the whole address.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import socket
import ssl
import sys
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import av
import av.logging
import msgspec
import structlog
from msgspec import Struct

from vicon.media.air.encode import SOUND_KBPS
from vicon.ops import logging as logs

MOST_LINE = 4096
TLS_PORT, TLS_S = 443, 10.0
TOLD = b"."

log = structlog.get_logger("vicon.broadcast")


class Target(Struct, frozen=True, kw_only=True):
    url: str
    key_file: str = ""


class _Pipe:
    """What comes, and no way back."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file

    def read(self, count: int) -> bytes:
        return self._file.read1(count)


def address(target: Target) -> str:
    """With the key. Raises OSError and ValueError."""
    if not target.key_file:
        return target.url
    key = Path(target.key_file).read_text("utf-8").strip()
    if not key:
        raise ValueError("the channel's key file is empty")
    return f"{target.url.rstrip('/')}/{key}"


def prove(url: str) -> None:
    """With rtmps: whether the channel's certificate is good, which libav does not ask. Raises
    OSError; ssl.SSLError is one."""
    parts = urlsplit(url)
    if parts.scheme != "rtmps" or parts.hostname is None:
        return
    at = (parts.hostname, parts.port or TLS_PORT)
    with (
        socket.create_connection(at, TLS_S) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname),
    ):
        pass


def put(target: Target, source: io.BufferedReader, told: io.RawIOBase | Any) -> None:
    """Until `source` ends. Raises OSError and av.FFmpegError, whose words hold the address."""
    with (
        av.open(cast(Any, _Pipe(source)), "r", format="mp4") as coming,
        av.open(address(target), "w", format="flv", options=_OPTIONS) as going,
    ):
        streams = {
            stream.index: going.add_stream_from_template(stream)
            for stream in coming.streams
            if stream.type in ("video", "audio")
        }
        for stream in streams.values():
            if stream.type == "audio":
                stream.bit_rate = SOUND_KBPS * 1000
        began: dict[int, int] = {}
        zero: float | None = None
        for packet in coming.demux():
            if packet.dts is None or packet.stream.index not in streams:
                continue
            base = float(packet.time_base)
            if zero is None:
                zero = packet.dts * base
            shift = began.setdefault(packet.stream.index, round(zero / base))
            packet.pts, packet.dts = max(0, packet.pts - shift), max(0, packet.dts - shift)
            packet.stream = streams[packet.stream.index]
            going.mux_one(packet)
            told.write(TOLD)


_OPTIONS = {"flvflags": "no_duration_filesize"}


def _kind(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the certificate is not trusted"
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number or 0, type(error).__name__)


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.setup(level=sys.argv[1] if len(sys.argv) > 1 else "info")
    av.logging.set_level(None)
    source = sys.stdin.buffer
    told = io.FileIO(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        target = msgspec.json.decode(source.readline(MOST_LINE), type=Target)
        prove(target.url)
        with contextlib.suppress(BrokenPipeError):
            put(target, cast(io.BufferedReader, source), told)
    except (OSError, ValueError, av.FFmpegError) as error:
        log.error("x channel", why=_kind(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
