"""One broadcast, within its process: the programme's rooms in, HLS and the channel out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

import structlog
from msgspec.structs import replace

from vicon.media.air.boxes import Fragment
from vicon.media.air.encode import FPS, SOUND_FRAME, SOUND_KBPS, Encoder
from vicon.media.air.hls import Window, master
from vicon.media.air.incoming import Incoming
from vicon.media.air.mixer import RATE, Mixer
from vicon.media.air.push import Target
from vicon.media.air.pushing import Pushing
from vicon.media.record import words
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan
from vicon.programme.canvas import I420, Canvas
from vicon.programme.scene import Scene, clock_at, shown

DELAY_S = 0.9
"""The programme is so long behind the rooms: what is lost on the way is mended by then."""
FIRST_PICTURE_S = 1.5
"""A room that comes on air is waited for so long; meanwhile the picture before stands still."""
LATE_S = 0.12
"""So far behind, pictures are left out."""
LOOK_S, MOST_SKIPPED = 5.0, 0.2
"""Late: when of the last seconds more than this share was left out."""
MOST_SCENES = 200

log = structlog.get_logger("vicon.broadcast")


class Broadcast:
    """`wall` maps monotonic seconds to Unix ms. Times are monotonic seconds."""

    def __init__(
        self,
        plan: BroadcastPlan,
        wall: Callable[[float], int],
        now: float,
        run: str,
        level: str = "info",
    ) -> None:
        """`run`: the name of this process in HLS."""
        outlet = plan.outlet
        self.plan = plan
        self._wall, self._began, self._run = wall, now, run
        height = outlet.height
        width = height * 16 // 9 // 2 * 2
        self._canvas = Canvas(width, height)
        self._encoder = Encoder(width, height, outlet.kbps)
        self._mixer = Mixer()
        self._rooms: dict[str, Incoming] = {}
        """By device."""
        self._streams: dict[int, Incoming] = {}
        self._scenes: deque[tuple[float, Scene]] = deque(maxlen=MOST_SCENES)
        self._scene = plan.scene
        self._scene_at = 0.0
        self._waiting = False
        """For a room's first picture."""
        self._last: I420 | None = None
        self._device: dict[str, str] = {}
        """By room."""
        self._pictures = self._skipped = self._sounds = 0
        self._next = 0
        """Number of the next picture."""
        self._looks: deque[tuple[float, int, int, int]] = deque(maxlen=30)
        self._bytes = 0
        self._window: Window | None = None
        self._disk = False
        self._directory = Path(outlet.directory) if outlet.directory else None
        target = Target(url=outlet.rtmp_url, key_file=outlet.rtmp_key_file)
        self._pushing = Pushing(target, level) if outlet.rtmp_url else None
        self.update(plan, now - DELAY_S)

    def update(self, plan: BroadcastPlan, now: float) -> None:
        """What is seen changes when the rooms' pictures of now are."""
        if not self._scenes or self._scenes[-1][1] != plan.scene:
            self._scenes.append((now, plan.scene))
        self.plan = plan
        sources = {source.device: source for source in plan.sources}
        self._device = {source.room: source.device for source in plan.sources}
        for device in [device for device in self._rooms if device not in sources]:
            gone = self._rooms.pop(device)
            self._mixer.drop(device)
            self._streams = {n: room for n, room in self._streams.items() if room is not gone}
        for device, room in self._rooms.items():
            if not sources[device].video:
                room.hide()
            if not sources[device].audio:
                room.hush()

    def take(self, word: words.Stream | words.Packet | words.Sender) -> None:
        if isinstance(word, words.Stream):
            self._open(word)
            return
        room = self._streams.get(word.stream)
        if room is None:
            return
        if isinstance(word, words.Packet):
            room.packet(word)
        else:
            room.sender(word)

    def _open(self, word: words.Stream) -> None:
        source = next((s for s in self.plan.sources if s.device == word.device), None)
        if source is None or not (source.audio if word.kind == "audio" else source.video):
            return
        room = self._rooms.get(word.device)
        if room is None:
            room = Incoming(source.room, self._mixer.lane(word.device))
            self._rooms[word.device] = room
        self._streams = {n: r for n, r in self._streams.items() if n > word.stream - 1000}
        self._streams[word.stream] = room
        room.stream(word)

    # --- what goes out ----------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Call every 10 ms or so."""
        for room in self._rooms.values():
            room.tick(now)
        due = int((now - self._began) * FPS)
        if due - self._next > LATE_S * FPS:
            self._skipped += due - self._next
            self._next = due
        if self._next <= due:
            self._out(self._encoder.picture(self._next, self._draw(self._next)))
            self._pictures += 1
            self._next += 1
        self._sound(self._next / FPS)
        if self._pushing is not None:
            self._pushing.tick(now)
        if not self._looks or now - self._looks[-1][0] >= 1.0:
            self._looks.append((now, self._pictures, self._skipped, self._bytes))

    def _sound(self, until: float) -> None:
        while (start := self._sounds * SOUND_FRAME) < until * RATE:
            at = round((self._began - DELAY_S) * RATE) + start
            self._out(self._encoder.sound(start, self._mixer.take(at, SOUND_FRAME)))
            self._sounds += 1

    def _draw(self, number: int) -> I420:
        at = self._began + number / FPS - DELAY_S
        while self._scenes and self._scenes[0][0] <= at:
            self._scene_at, self._scene = self._scenes.popleft()
            self._waiting = True
        pictures = {code: self._picture(code, at) for code in shown(self._scene)}
        missing = any(picture is None for picture in pictures.values())
        self._waiting = self._waiting and missing and at - self._scene_at < FIRST_PICTURE_S
        if self._waiting and self._last is not None:
            return self._last
        clock = clock_at(self._wall(at), self.plan.zone, self.plan.zone_label)
        self._last = self._canvas.draw(replace(self._scene, clock=clock), pictures)
        return self._last

    def _picture(self, code: str, at: float) -> I420 | None:
        room = self._rooms.get(self._device.get(code, ""))
        return room.picture(at) if room is not None else None

    def _out(self, fragments: list[Fragment]) -> None:
        for fragment in fragments:
            self._bytes += len(fragment.data)
            if self._pushing is not None:
                self._pushing.add(self._encoder.head, fragment)
            if self._directory is not None:
                self._write(self._directory, fragment)

    def _write(self, directory: Path, fragment: Fragment) -> None:
        """A disk that does not take it is tried again with the next segment."""
        try:
            if self._window is None:
                if not fragment.key:
                    return
                window = Window(directory, self._run)
                canvas, kbps = self._canvas, self.plan.outlet.kbps + SOUND_KBPS
                codecs = self._encoder.codecs()
                words_of = master(codecs, canvas.width, canvas.height, FPS, 1200 * kbps)
                window.begin(self._encoder.head, words_of)
                self._window = window
            at = self._began + (fragment.at or 0.0) - DELAY_S
            self._window.add(fragment, self._wall(at))
            self._disk = self._disk and not fragment.key
        except OSError as error:
            if not self._disk:
                log.error("x hls", why=str(error))
            self._disk = True
            self._window = None

    def figures(self, now: float, *, over: bool) -> BroadcastFigures:
        first = next((look for look in self._looks if now - look[0] <= LOOK_S + 1), None)
        drawn = self._pictures - (first[1] if first else 0)
        skipped = self._skipped - (first[2] if first else 0)
        passed = max(1.0, now - first[0]) if first else 1.0
        return BroadcastFigures(
            id=self.plan.id,
            seconds=round(now - self._began, 1),
            pictures=self._pictures,
            skipped=self._skipped,
            kbps=round((self._bytes - (first[3] if first else 0)) / passed / 125),
            segments=self._window.listed if self._window is not None else 0,
            channel=self._pushing.state if self._pushing is not None else "",
            late=passed >= LOOK_S - 1 and skipped > MOST_SKIPPED * (drawn + skipped),
            disk=self._disk,
            over=over,
        )

    def close(self) -> None:
        if self._pushing is not None:
            self._pushing.close()
