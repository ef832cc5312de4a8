"""What an agent tells about itself: lines of JSON for programs, a table for persons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol, TextIO

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.live import Live
from rich.table import Table

from signaling.messages import Text
from vicon.agent.media import Media
from vicon.agent.receiver import Received
from vicon.ops.words import Language, Words

State = Literal["connecting", "waiting", "joined", "reconnecting", "refused", "ended"]
MOVING_FPS = 1.0
"""A picture of at least so many frames per second moves."""


class Sending(Struct, frozen=True, kw_only=True):
    """The up connection; totals since it was made, rates over the last report."""

    connection: str
    """State of the transport; `none` without one."""
    height: int = 0
    """Pixels; 0 while no picture is sent."""
    audio: bool = False
    video_frames: int = 0
    key_frames: int = 0
    audio_packets: int = 0
    retransmitted: int = 0
    key_requests: int = 0
    kbps: float = 0.0
    lost: int = 0
    """Packets that the server missed, as it reports."""
    round_trip_ms: float | None = None


class Receiving(Struct, frozen=True, kw_only=True):
    """One room as it arrives; totals since the down connection was made."""

    video_frames: int = 0
    video_fps: float = 0.0
    video_packets: int = 0
    key_frames: int = 0
    audio_packets: int = 0
    repaired: int = 0
    lost: int = 0
    kbps: float = 0.0
    level: int = 127
    """Loudest of the last report's time, in -dBov; 127 is silence."""
    age_ms: int | None = None
    """Since the last packet; null before the first."""


class Line(Struct, frozen=True, kw_only=True):
    """The report of one second."""

    t: int
    """Unix ms."""
    room: str | None
    device: str | None
    state: State
    mic: str | None = None
    on_air: bool = False
    count: int | None = None
    sending: Sending = Sending(connection="none")
    connection: str = "none"
    """State of the down connection."""
    receiving: dict[str, Receiving] = {}

    @property
    def moving(self) -> int:
        """Rooms whose picture moves."""
        return sum(1 for room in self.receiving.values() if room.video_fps >= MOVING_FPS)


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something happened: joined, connected, disconnected, refused, ended, media_up, media_down,
    media_restarted, media_failed."""

    t: int
    room: str | None
    event: str
    device: str | None = None
    code: str | None = None
    why: str | None = None
    text: Text | None = None


class Meter:
    """Makes rates of an agent's totals, from one call to the next."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._before: dict[tuple[object, ...], int] = {}
        self._now: dict[tuple[object, ...], int] = {}

    def read(self, media: Media | None, now: float) -> tuple[Sending, str, dict[str, Receiving]]:
        """Up, state of the down connection, and the rooms; `now` in monotonic seconds."""
        passed = now - self._at if self._at is not None else 0.0
        self._now = {}
        sending = self._sending(media, passed)
        receiving = self._receiving(media, passed, now)
        self._at, self._before = now, self._now
        state = media.down.state if media is not None and media.down is not None else "none"
        return sending, state, receiving

    def _rate(self, key: tuple[object, ...], total: int, seconds: float) -> float:
        """Per second. A total that begins anew (another connection, which is part of the key)
        counts from nothing."""
        self._now[key] = total
        return (total - self._before.get(key, 0)) / seconds if seconds > 0 else 0.0

    def _sending(self, media: Media | None, passed: float) -> Sending:
        up = media.up if media is not None else None
        if up is None:
            return Sending(connection="none")
        sender, sent = up.sender, up.sender.sent
        return Sending(
            connection=up.state,
            height=sender.height if sender.video_on else 0,
            audio=sender.audio_on,
            video_frames=sent.video_frames,
            key_frames=sent.key_frames,
            audio_packets=sent.audio_packets,
            retransmitted=sent.retransmitted,
            key_requests=sent.key_requests,
            lost=sent.lost,
            round_trip_ms=None if sent.round_trip is None else round(sent.round_trip * 1000, 1),
            kbps=round(self._rate((id(up), "up"), sent.octets, passed) * 8 / 1000, 1),
        )

    def _receiving(self, media: Media | None, passed: float, now: float) -> dict[str, Receiving]:
        down = media.down if media is not None else None
        if down is None:
            return {}
        rooms: dict[str, dict[str, Received]] = {}
        for stream in down.receiver.incoming:
            rooms.setdefault(stream.room, {})[stream.choice.kind] = stream.totals
        return {
            room: self._room((id(down), room), kinds, passed, now) for room, kinds in rooms.items()
        }

    def _room(
        self, key: tuple[object, ...], kinds: dict[str, Received], passed: float, now: float
    ) -> Receiving:
        audio, video = kinds.get("audio", Received()), kinds.get("video", Received())
        octets = audio.octets + video.octets
        heard = [at for at in (audio.last_at, video.last_at) if at is not None]
        level, audio.loudest = audio.loudest, 127
        return Receiving(
            video_frames=video.frames,
            video_fps=round(self._rate((*key, "frames"), video.frames, passed), 1),
            video_packets=video.packets,
            key_frames=video.key_frames,
            audio_packets=audio.packets,
            repaired=audio.repaired + video.repaired,
            lost=audio.lost + video.lost,
            kbps=round(self._rate((*key, "octets"), octets, passed) * 8 / 1000, 1),
            level=level,
            age_ms=round((now - max(heard)) * 1000) if heard else None,
        )


# --- where it goes ----------------------------------------------------------------------------


class Reporter(Protocol):
    """Gets everything that the agents of a process tell."""

    def event(self, event: Event) -> None: ...

    def lines(self, lines: Iterable[Line]) -> None:
        """One line of each agent, once a second."""
        ...


class JsonReporter:
    """One JSON object per line, written at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._encoder = msgspec.json.Encoder()

    def event(self, event: Event) -> None:
        self._write(event)

    def lines(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._write(line)

    def _write(self, value: Struct) -> None:
        self._out.write(self._encoder.encode(value).decode() + "\n")
        self._out.flush()


_STATES: dict[State, Words] = {
    "connecting": Words("menyambung", "connecting"),
    "waiting": Words("menunggu diterima", "waiting for admission"),
    "joined": Words("tersambung", "joined"),
    "reconnecting": Words("menyambung kembali", "reconnecting"),
    "refused": Words("ditolak", "refused"),
    "ended": Words("selesai", "ended"),
}
_HEADINGS = {
    "agents": (
        Words("Ruang", "Room"), Words("Keadaan", "State"), Words("Kirim kbit/s", "Sent kbit/s"),
        Words("Gambar", "Picture"), Words("Ruang bergerak", "Rooms moving"), Words("fps", "fps"),
        Words("Hilang", "Lost"),
    ),
    "rooms": (
        Words("Dari ruang", "From room"), Words("Gambar", "Frames"), Words("fps", "fps"),
        Words("Suara", "Sound"), Words("kbit/s", "kbit/s"), Words("Hilang", "Lost"),
    ),
}  # fmt: skip


class TableReporter:
    """A live table on a terminal: of one agent what it receives, of several one row each. Use it
    as a context manager."""

    def __init__(self, console: Console, lang: Language, single: bool) -> None:
        self._lang = lang
        self._single = single
        self._live = Live(console=console, auto_refresh=False)
        self._console = console

    def __enter__(self) -> TableReporter:
        self._live.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._live.stop()

    def event(self, event: Event) -> None:
        said = event.text.en if event.text and self._lang == "en" else event.text
        words = said if isinstance(said, str) else (said.id if said else event.why or "")
        code = f" {event.code}" if event.code else ""
        self._console.print(f"{event.room or '-'}: {event.event}{code} {words}".rstrip())

    def lines(self, lines: Iterable[Line]) -> None:
        known = list(lines)
        table = self._rooms(known[0]) if self._single and known else self._agents(known)
        self._live.update(table, refresh=True)

    def _table(self, name: str) -> Table:
        table = Table()
        for place, words in enumerate(_HEADINGS[name]):
            justify: Literal["left", "right"] = "right" if place > 1 else "left"
            table.add_column(words.say(self._lang), justify=justify)
        return table

    def _rooms(self, line: Line) -> Table:
        table = self._table("rooms")
        table.title = f"{line.room or '-'}: {_STATES[line.state].say(self._lang)}"
        table.caption = f"{line.sending.height}p {line.sending.kbps:.0f} kbit/s"
        for code, room in line.receiving.items():
            table.add_row(
                code, str(room.video_frames), f"{room.video_fps:.0f}",
                "-" if room.level == 127 else f"-{room.level} dB",
                f"{room.kbps:.0f}", str(room.lost),
            )  # fmt: skip
        return table

    def _agents(self, lines: list[Line]) -> Table:
        table = self._table("agents")
        for line in lines:
            rates = [room.video_fps for room in line.receiving.values()]
            table.add_row(
                line.room or "-", _STATES[line.state].say(self._lang),
                f"{line.sending.kbps:.0f}", f"{line.sending.height}p",
                f"{line.moving}/{len(rates)}", f"{sum(rates):.0f}",
                str(sum(room.lost for room in line.receiving.values())),
            )  # fmt: skip
        return table
