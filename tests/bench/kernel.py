"""What the measurements ask of Linux: a network of their own, a core for a process, what a process
costs, what a socket dropped, when a datagram came."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path

ADDRESS = "10.77.0.1"
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SO_ATTACH_FILTER = 26
_SIOCGSTAMPNS = 0x8907
PREFERRED = -15
"""Nice value of who goes before all others."""
_TIMESPEC = struct.Struct("ll")


class PlaceError(Exception):
    """The measurement cannot be made here; the message says why."""


def isolate() -> str:
    """Move this process, and all that it starts, into a network namespace of its own and return
    the one address there, which is not the loopback: Janus leaves the loopback out. No firewall
    of the machine lies on the way. To be called before there is any thread. Raises PlaceError."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET if user == 0 else _CLONE_NEWUSER | _CLONE_NEWNET):
        why = os.strerror(ctypes.get_errno())
        raise PlaceError(f"a network namespace needs root or user namespaces: {why}")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    for words in (
        "link set lo up",
        "link add eth0 type veth peer eth1",
        f"address add {ADDRESS}/32 dev eth0",
        "link set eth0 up",
        "link set eth1 up",
    ):
        try:
            subprocess.run(["ip", *words.split()], check=True, timeout=10, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise PlaceError(f"ip {words}: {error} (on Debian: apt-get install iproute2)") from None
    return ADDRESS


def pin(pid: int, cores: Iterable[int]) -> None:
    """Keep a process, its present threads and those to come, on these cores."""
    wanted = set(cores)
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), wanted)


def prefer(pid: int) -> bool:
    """Let a process go before all others of the machine, as far as one may: what else runs there
    would be measured with it. Whether it could be done."""
    group = Path(f"/proc/{pid}/autogroup")
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(task.name), PREFERRED)
        if group.exists():  # where each session has its share, a process has its place within it
            group.write_text(str(PREFERRED))
    except PermissionError:
        return False
    return True


def cpu_seconds(pid: int) -> float:
    """Processor time of all threads of a process, by the scheduler's own nanoseconds."""
    stats = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(path.read_text().split()[0]) for path in stats) / 1e9


def threads(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def resident_bytes(pid: int) -> int:
    """Memory of a process that is in use: VmRSS."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def kernel_drops(ports: Collection[int]) -> int:
    """Datagrams that the kernel dropped at these local ports since their sockets were opened."""
    drops = 0
    for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(":")[1], 16) in ports:
            drops += int(fields[-1])
    return drops


def stamp_arrivals(own: socket.socket) -> None:
    """Ask the kernel to note when each datagram comes: see arrived()."""
    with contextlib.suppress(OSError):  # nothing has come yet; from now on it is noted
        arrived(own)


def arrived(own: socket.socket) -> int:
    """When the datagram came that was read last: Unix nanoseconds, as time.time_ns()."""
    seconds, nanoseconds = _TIMESPEC.unpack(fcntl.ioctl(own, _SIOCGSTAMPNS, bytes(16)))
    return int(seconds) * 1_000_000_000 + int(nanoseconds)


def drop_media(own: socket.socket, media_types: Collection[int]) -> object:
    """Let the kernel drop, and count as dropped, RTP packets of these payload types but for one in
    128 (those whose sequence number ends in seven zero bits); all others come. Classic BPF on the
    UDP datagram with its header of eight bytes. Returns what must stay referenced."""

    def step(code: int, yes: int, no: int, value: int) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    load_byte, mask, equal, give = 0x30, 0x54, 0x15, 0x06
    kinds = sorted(media_types)
    many = len(kinds)
    steps = [
        step(load_byte, 0, 0, 8),  # first byte
        step(mask, 0, 0, 0xC0),
        step(equal, 0, many + 6, 0x80),  # neither RTP nor RTCP: accept
        step(load_byte, 0, 0, 9),
        step(mask, 0, 0, 0x7F),
        *(step(equal, many - i - 1, 0, kind) for i, kind in enumerate(kinds[:-1])),
        step(equal, 0, 4, kinds[-1]),  # no media: accept
        step(load_byte, 0, 0, 11),  # low byte of the sequence number
        step(mask, 0, 0, 0x7F),
        step(equal, 1, 0, 0),
        step(give, 0, 0, 0),
        step(give, 0, 0, 0xFFFFFFFF),
    ]
    program = b"".join(steps)
    buffer = ctypes.create_string_buffer(program)
    head = struct.pack("HL", len(steps), ctypes.addressof(buffer))
    own.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)
    return buffer
