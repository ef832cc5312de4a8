"""scripts/bench vigil: two hours of a session as it is: a real server with its media and counting
processes, the hub and ten halls that send simulcast of drawn persons over real ICE, DTLS and SRTP,
persons counted by every camera at the real cadence, and the floor going from hall to hall.

Every minute: memory, descriptors, threads and asyncio tasks of each process of the server. At the
end one JSON object: what was delivered (by what each hall expected and got, after retransmission),
whether anything grew, what the cameras saw. Exit code 1 where anything is not as it must be. As
root it goes before all other work on the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import structlog

from signaling import messages as m
from signaling.client import Client, CommandRefused, ConnectionLost, parse_link
from tests.bench import kernel
from tests.bench.hall import header
from tests.e2e.service import VICON, Child, Service, running
from tests.e2e.until import until
from tests.vision.people import hall
from vicon.agent import pattern
from vicon.measure.encode import sound_frames

Figures = dict[str, Any]
ROOMS, PERSONS, FPS, FILM_S = 10, 8, 15, 8
DELIVERED = 0.999
MOST_GROWTH_KIB = 8 << 10
"""Of a process between the medians of the second and of the last sixth of the time."""
WITHIN = Path(__file__).parent / "within"
ROLES = {"vicon.media.worker": "media", "vicon.vision.worker": "counter"}
READY_S = 180.0
_KINDS = ("fds", "threads", "tasks")


def film(path: Path) -> None:
    """A hall with persons, in a form that an agent encodes itself: so it becomes three layers."""
    with av.open(path, "w") as out:
        pictures = out.add_stream("mjpeg", rate=FPS)
        pictures.width, pictures.height, pictures.pix_fmt = 1280, 720, "yuvj420p"
        sound = out.add_stream("pcm_s16le", rate=48_000, layout="mono")
        for number in range(FILM_S * FPS):
            frame = av.VideoFrame.from_ndarray(hall(PERSONS, seed=number % 30), format="bgr24")
            out.mux(pictures.encode(frame.reformat(format="yuvj420p")))
        for piece in sound_frames(pattern.voice(180, FILM_S)):
            out.mux(sound.encode(piece))
        for stream in (pictures, sound):
            out.mux(stream.encode(None))


@dataclass
class Watch:
    """One process of the server, minute by minute."""

    pid: int
    rss_kib: list[int] = field(default_factory=list)
    fds: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)

    def look(self, told: Path) -> None:
        self.rss_kib.append(kernel.resident_bytes(self.pid) // 1024)
        self.fds.append(sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir()))
        self.threads.append(kernel.threads(self.pid))
        self.cpu_s.append(round(kernel.cpu_seconds(self.pid), 1))
        with contextlib.suppress(FileNotFoundError, ValueError):  # not told yet, or half written
            self.tasks.append(int((told / str(self.pid)).read_text()))

    def grown(self) -> dict[str, float]:
        """From the second to the last sixth of the time, by medians."""
        return {
            kind: statistics.median(_part(values, 5)) - statistics.median(_part(values, 1))
            for kind in ("rss_kib", *_KINDS)
            if len(values := getattr(self, kind)) >= 6
        }

    def told(self) -> Figures:
        spans = {
            kind: [min(values), max(values)]
            for kind in ("rss_kib", *_KINDS)
            if (values := getattr(self, kind))
        }
        seconds = max(1e-9, self.cpu_s[-1] - self.cpu_s[0]) if self.cpu_s else 0.0
        return {
            "least_and_most": spans,
            "grown": self.grown(),
            "cpu_s": round(seconds, 1),
            "rss_kib_by_minute": self.rss_kib,
        }


def _part(values: Sequence[int], sixth: int) -> Sequence[int]:
    size = len(values) // 6
    return values[sixth * size : (sixth + 1) * size]


def children(pid: int) -> dict[str, int]:
    """The processes of a server by what they are."""
    found = {"server": pid}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        for name, role in ROLES.items():
            if name.encode() in words:
                # A spare media process waits beside the one that works.
                found[f"spare {role}" if role in found else role] = int(child)
    return found


class Halls:
    """What the agents said, added up as it comes: their lines are not kept."""

    def __init__(self, agents: Child) -> None:
        self._agents = agents
        self._base: dict[tuple[str, str], tuple[int, int]] = {}
        self._last: dict[tuple[str, str], tuple[int, int]] = {}
        self.events: Counter[str] = Counter()
        self.seconds = self.still_seconds = 0
        self.pictures: list[float] = []

    def take(self, *, counted: bool = True) -> None:
        lines, self._agents.lines = self._agents.lines, []
        for line in lines:
            if "event" in line:
                if counted:
                    self.events[line["event"]] += 1
            else:
                self._line(line, counted)

    def _line(self, line: Mapping[str, Any], counted: bool) -> None:
        receiver = line["room"] or "hub"
        for sender, got in line["receiving"].items():
            if sender.startswith("@") or not got["video_packets"]:
                continue
            key = receiver, sender
            now = got["video_packets"] + got["audio_packets"], got["lost"]
            if not counted:
                self._base[key] = now
            self._last[key] = now
            if counted:
                self.seconds += 1
                self.still_seconds += got["video_fps"] < 1
                self.pictures.append(got["video_fps"])

    def told(self) -> Figures:
        ways = {
            key: tuple(now - before for now, before in zip(last, self._base[key], strict=True))
            for key, last in self._last.items()
            if key in self._base
        }
        came, lost = (sum(way[at] for way in ways.values()) for at in (0, 1))
        worst = min((came / max(1, came + lost), key) for key, (came, lost) in ways.items())
        return {
            "ways": len(ways),
            "packets": came,
            "lost": lost,
            "delivered": round(came / max(1, came + lost), 6),
            "worst_way": {"delivered": round(worst[0], 6), "from_to": worst[1][::-1]},
            "picture_seconds": self.seconds,
            "picture_still_share": round(self.still_seconds / max(1, self.seconds), 6),
            "frames_per_second": statistics.median(self.pictures) if self.pictures else 0,
            "events": dict(self.events),
        }


class Desk:
    """A moderator who gives the floor on and on, and sees what the cameras count."""

    def __init__(self, client: Client, every_s: float) -> None:
        self._client, self._every_s = client, every_s
        self.given = 0
        self.refused: list[str] = []
        self.counted: Counter[str] = Counter()

    async def run(self, rooms: Sequence[str]) -> None:
        """Until cancelled."""
        for room in itertools.cycle(rooms):
            try:
                await self._client.command(m.FloorGive(room=room))
                self.given += 1
            except (CommandRefused, ConnectionLost, TimeoutError) as error:
                self.refused.append(str(error) or type(error).__name__)
            await asyncio.sleep(self._every_s)

    def look(self) -> None:
        view = self._client.view
        for room in view.rooms if view is not None else ():
            seen = room.estimate
            self.counted[
                "none"
                if seen is None
                else str(seen.persons if seen.persons is not None else seen.quality)
            ] += 1


async def watch(
    service: Service, halls: Halls, desk: Desk, told: Path, options: argparse.Namespace
) -> tuple[dict[str, Watch], list[str]]:
    """Minute by minute. A process that ends is told of, and its successor watched."""
    watched = {role: Watch(pid) for role, pid in children(service.pid).items()}
    ended: list[str] = []
    print({role: one.pid for role, one in watched.items()}, file=sys.stderr)
    halls.take(counted=False)
    began, due = time.monotonic(), time.monotonic()
    while time.monotonic() - began < options.seconds:
        due += options.every
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        halls.take()
        desk.look()
        for role, one in watched.items():
            try:
                one.look(told)
            except FileNotFoundError:
                ended.append(f"{role} ({one.pid}) before {due - began:.0f} s")
                print("x", ended[-1], file=sys.stderr)
                watched[role] = Watch(children(service.pid).get(role, one.pid))
        so_far = halls.told()
        memory = {role: one.rss_kib[-1:] for role, one in watched.items()}
        print(f"{due - began:.0f} s: {so_far['delivered']:.5%} {memory}", file=sys.stderr)
    return watched, ended


def faults(found: Figures) -> list[str]:
    """What is not as it must be."""
    wrong = []
    if found["halls"]["delivered"] < DELIVERED:
        wrong.append(f"delivered {found['halls']['delivered']:.4%}")
    wrong += [f"ended: {one}" for one in found["ended"]]
    for role, told in found["processes"].items():
        grown = told["grown"]
        if grown.get("rss_kib", 0) > MOST_GROWTH_KIB:
            wrong.append(f"{role}: memory grew by {grown['rss_kib']} KiB")
        wrong += [f"{role}: {kind} grew" for kind in _KINDS if grown.get(kind, 0) > 0]
    if found["halls"]["events"]:
        wrong.append("connections were made anew")
    if found["desk"]["refused"]:
        wrong.append("commands were refused")
    if found["counted"].get(str(PERSONS), 0) < sum(found["counted"].values()) * 0.9:
        wrong.append("the cameras did not count")
    return wrong


async def measure(options: argparse.Namespace) -> Figures:
    with tempfile.TemporaryDirectory(prefix="vicon-vigil-") as name:
        folder = Path(name)
        told = folder / "within"
        told.mkdir()
        os.environ |= {"PYTHONPATH": str(WITHIN), "VICON_WITHIN": str(told)}
        await asyncio.to_thread(film, folder / "hall.mkv")
        service = Service(folder, root="[headcount]\ncamera = true\n")
        await service.start()
        try:
            command = [VICON, "rehearse", "--rooms", str(ROOMS), "--hub", "--json"]
            command += ["--clip", str(folder / "hall.mkv"), "--data", str(service.data)]
            async with running(folder / "agents.log", *command) as agents:
                return await _session(service, agents, told, options)
        finally:
            await service.stop()
            if options.keep:
                shutil.copytree(folder, options.keep)


async def _session(
    service: Service, agents: Child, told: Path, options: argparse.Namespace
) -> Figures:
    url, token = parse_link(service.link("moderator").url)
    async with Client(url, token, rng=random.Random(1)) as client:
        view = await client.ready(READY_S)
        rooms = [room.code for room in view.rooms]
        desk, halls = Desk(client, options.floor), Halls(agents)

        async def counted() -> int:
            halls.take(counted=False)
            now = client.view
            seen = [room.estimate for room in now.rooms] if now is not None else []
            return sum(one is not None and one.persons == PERSONS for one in seen)

        await until(counted, lambda n: n >= ROOMS + 1, READY_S, "every camera counts")
        giving = asyncio.create_task(desk.run([r for r in rooms if r != view.conference.hub]))
        try:
            watched, ended = await watch(service, halls, desk, told, options)
        finally:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)
        agent = agents.process
        assert agent is not None
        return {
            "halls": halls.told(),
            "desk": {"floor_given": desk.given, "refused": desk.refused},
            "counted": dict(desk.counted),
            "processes": {role: one.told() for role, one in watched.items()},
            "agents_cpu_s": round(kernel.cpu_seconds(agent.pid), 1),
            "ended": ended,
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=7200.0)
    parser.add_argument("--every", type=float, default=60.0, help="s between two looks")
    parser.add_argument("--floor", type=float, default=30.0, help="s until the next has the floor")
    parser.add_argument("--keep", type=Path, help="a new folder for data and logs")
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with contextlib.suppress(PermissionError):
        os.setsid()  # not to raise the shell with us
    preferred = kernel.prefer(os.getpid())
    found = asyncio.run(measure(options))
    wrong = faults(found)
    print(
        json.dumps(
            {
                **header("vigil"),
                "seconds": options.seconds,
                "preferred": preferred,
                **found,
                "faults": wrong,
            }
        )
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
