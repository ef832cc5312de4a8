"""One end of a leg of a trial call: sends the marked clip, takes what comes, measures. No I/O.

The server's end and a program station's end are the same thing with the directions exchanged.
Times are monotonic seconds of this machine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from msgspec.structs import replace

from vicon.measure.arrivals import SOUND_RATE, Arrivals
from vicon.measure.clipsender import ClipSender
from vicon.measure.departures import Departures
from vicon.measure.encode import Clip
from vicon.measure.frames import Frames
from vicon.measure.ladder import HEIGHTS, Ladder, Level
from vicon.measure.load import Ramp, Received
from vicon.measure.report import Collected, LegReport, LoadReport, RoundTrips
from vicon.measure.statistics import median, percentile
from vicon.rtc import rtcp, rtp
from vicon.rtc.reception import Reception
from vicon.rtc.trial_sdp import LegKind, TrialMedia
from vicon.rtc.twcc import Twcc
from vicon.rtc.vp8 import Vp8Error

OVERHEAD = 16 + 28
"""Bytes on the line beside an RTP packet: AES-GCM's tag (RFC 7714), UDP and IPv4 headers."""
PING_S, REPORT_S, OBSERVE_S = 0.1, 1.0, 0.05
IDLE_S, BUSY_S = 0.02, 0.004
SOUND_KEPT = 250
"""Opus packets: five seconds."""
_DEFAULT_TRIP_S = 0.1
_BURST_S = 0.03
"""After standing still no more than this is caught up with in a load."""
_FILLED_MS = 30.0


class Leg:
    """Owner: the connection. Call poll() by its own deadline, on_rtp() and on_rtcp() with what
    comes, pinged() with the fate of each ping that ping_due() asked for."""

    def __init__(
        self,
        media: TrialMedia,
        kind: LegKind,
        *,
        server: bool,
        now: float,
        unix_ms: float,
        seed: int,
        send_rtp: Callable[[bytes], None],
        send_rtcp: Callable[[bytes], None],
    ) -> None:
        """`seed`: 64 random bits."""
        self.media, self.kind = media, kind
        self.malformed = 0
        self._server = server
        self._seed = seed
        self._send_rtp, self._send_rtcp = send_rtp, send_rtcp
        self._unix_offset = unix_ms - 1000 * now
        self._arrivals = Arrivals(now)
        self._departures = Departures(now)
        self._frames = Frames(now)
        self._ladder = Ladder(now)
        self._sound = Reception(SOUND_RATE)
        self._packets: deque[tuple[int, float, bytes]] = deque(maxlen=SOUND_KEPT)
        self._sender: ClipSender | None = None
        self._extra_kbps = 0
        self._allowance = 0.0
        self._filled_at = now
        self._ramp: Ramp | None = None
        self._received: Received | None = None
        self._quiet_rtt: float | None = None
        self._sound_told = -1
        """Highest number of our sound that the other end has told of."""
        self._done: LoadReport | None = None
        self._pings: deque[tuple[float, float | None]] = deque(maxlen=5000)
        """When it was asked or answered, and seconds; None: never."""
        self._asked = 0
        self._ping_at = now
        self._marked = self._since = now
        self._report_at = now + 0.2
        self._observe_at = self._tick_at = now
        self._remote: dict[str, int] = {}
        self._stamped = _stamped(media)

    # --- the clip -------------------------------------------------------------------------------

    def play(self, clip: Clip, now: float) -> None:
        """Send this clip from now on, as want() says. Without sound and picture agreed: nothing."""
        audio, video = self.media.audio, self.media.video
        if audio is None or video is None or self._sender is not None:
            return
        ours = self.media.ssrcs
        self._sender = ClipSender(
            clip,
            replace(audio, ssrc=ours.audio, rtx_ssrc=None),
            replace(video, ssrc=ours.video, rtx_ssrc=ours.rtx),
            now,
            self._seed,
            self._departures.stamp,
        )

    def want(self, level: Level, extra_kbps: int, now: float) -> None:
        """At most this version of the clip, and so much beside it."""
        self._ladder.want(level, now)
        self._extra_kbps = extra_kbps

    @property
    def level(self) -> Level:
        return self._ladder.level

    # --- what comes -----------------------------------------------------------------------------

    def on_rtp(self, packet: bytes, now: float, size: int) -> None:
        """`size`: bytes on the line. Anything may come."""
        try:
            self._take(packet, now, size)
        except (rtp.RtpError, Vp8Error):
            self.malformed += 1

    def _take(self, packet: bytes, now: float, size: int) -> None:
        if self._received is not None:
            self._received.packet(now)
        bounds = rtp.locate(packet)
        _, second, sequence, timestamp, ssrc = rtp.HEADER.unpack_from(packet)
        kind = second & 127
        audio, video = self.media.audio, self.media.video
        sound = audio is not None and kind == audio.codec.payload_type
        choice = audio if sound else video
        number = None
        if choice is not None and choice.twcc_id is not None:
            found = rtp.find_extension(packet, bounds, choice.twcc_id)
            number = int.from_bytes(found, "big") if found is not None else None
        self._arrivals.packet(number, now, size)
        payload = packet[bounds.payload_start : bounds.payload_end]
        if sound:
            self._take_sound(sequence, timestamp, ssrc, payload, now)
        elif video is not None and self.kind == "call":
            self._take_picture(kind, second > 127, sequence, timestamp, ssrc, payload, now)

    def _take_sound(
        self, sequence: int, timestamp: int, ssrc: int, payload: bytes, now: float
    ) -> None:
        self._remote["audio"] = ssrc
        self._arrivals.sound(timestamp, now)
        full = self._sound.update(sequence, timestamp, now)
        self._packets.append((full, now, payload))

    def _take_picture(
        self,
        kind: int,
        marker: bool,
        sequence: int,
        timestamp: int,
        ssrc: int,
        payload: bytes,
        now: float,
    ) -> None:
        video = self.media.video
        if video is None or not payload:
            return
        if kind == video.codec.payload_type:
            self._remote["video"] = ssrc
            self._frames.packet(sequence, timestamp, marker, payload, now)
        elif video.rtx is not None and kind == video.rtx.payload_type and len(payload) > 2:
            original, rest = rtp.rtx_original(payload)
            self._frames.again(original, timestamp, marker, rest, now)

    def on_rtcp(self, data: bytes, now: float) -> None:
        try:
            packets = rtcp.parse(data)
        except rtcp.RtcpError:
            self.malformed += 1
            return
        for packet in packets:
            if isinstance(packet, Twcc):
                self._departures.feedback(packet, now)
            elif isinstance(packet, rtcp.SenderReport):
                self._heard_sender(packet, now)
            if isinstance(packet, rtcp.SenderReport | rtcp.ReceiverReport):
                self._heard_sound(packet, now)
        if self._sender is not None:
            for copy in self._sender.receive(packets, now, self._unix(now) / 1000):
                self._transmit(copy, now)

    def _heard_sender(self, report: rtcp.SenderReport, now: float) -> None:
        if report.ssrc == self._remote.get("audio"):
            self._sound.heard_sender(report, now)
        elif report.ssrc == self._remote.get("video"):
            self._frames.reception.heard_sender(report, now)

    def _heard_sound(self, report: rtcp.SenderReport | rtcp.ReceiverReport, now: float) -> None:
        """Firefox numbers no sound: of a call that carries sound alone this is all it tells."""
        for block in report.blocks:
            if block.ssrc == self.media.ssrcs.audio and block.highest != self._sound_told:
                self._sound_told = block.highest
                self._departures.last_heard = now

    def stalled(self, start: float, end: float) -> None:
        """The program stood still in between."""
        self._arrivals.stalled(start, end)

    # --- what goes ------------------------------------------------------------------------------

    def poll(self, now: float, unix_ms: float) -> float:
        """Send what is due; when to come again."""
        self._unix_offset = unix_ms - 1000 * now
        self._play(now)
        if self._ramp is None and self._received is None:
            self._ladder.look(self._departures, now)
        self._load(now)
        if now >= self._tick_at:
            self._tick_at = now + IDLE_S
            self._frames.tick(now)
            self._ask(now)
        self._feed_back(now)
        if now >= self._report_at:
            self._report_at = now + REPORT_S
            self._report(now)
        busy = self._ramp is not None or self._extra_kbps
        due = now + (BUSY_S if busy else IDLE_S)
        return min(due, self._sender.deadline()) if self._sender is not None else due

    def _unix(self, now: float) -> float:
        return self._unix_offset + 1000 * now

    def _transmit(self, packet: bytes, now: float) -> None:
        if packet[1] & 127 in self._stamped:
            self._departures.sent(now, len(packet) + OVERHEAD)
        else:
            self._departures.plain(len(packet) + OVERHEAD)
        self._send_rtp(packet)

    def _play(self, now: float) -> None:
        if self._sender is None:
            return
        level = self._ladder.level
        self._sender.want(level != "none", level in HEIGHTS, HEIGHTS.get(level, 180))
        for packet in self._sender.poll(now):
            self._transmit(packet, now)

    def _load(self, now: float) -> None:
        elapsed = min(_BURST_S, now - self._filled_at)
        before = self._departures.bytes
        self._filled_at = now
        rate = float(self._extra_kbps)
        if self._ramp is not None:
            if now >= self._observe_at:
                self._observe_at = now + OBSERVE_S
                self._ramp.observe(now)
            rate = max(0.0, self._ramp.rate(now) - self._media_kbps(now))
        self._allowance = min(self._allowance + rate * elapsed * 125, rate * _BURST_S * 125)
        while self._allowance > 0 and self._sender is not None:
            copy = self._sender.duplicate(now)
            if copy is None:
                break
            self._transmit(copy, now)
            self._allowance -= self._departures.bytes - before
            before = self._departures.bytes

    def _media_kbps(self, now: float) -> float:
        """What the clip itself puts on the line."""
        return {"720p": 1300.0, "360p": 520.0, "180p": 200.0, "audio": 60.0}.get(self.level, 0.0)

    def _ask(self, now: float) -> None:
        ours, theirs = self.media.ssrcs.video, self._remote.get("video")
        if theirs is None or self.kind != "call":
            return
        packets: list[rtcp.RtcpPacket] = []
        if self._frames.asks:
            packets.append(rtcp.Nack(ours, theirs, tuple(self._frames.asks)))
            self._frames.asks = []
        if self._frames.want_key:
            packets.append(rtcp.Pli(ours, theirs))
            self._frames.want_key = False
        if packets:
            self._send_rtcp(rtcp.build(*packets))

    def _feed_back(self, now: float) -> None:
        media = self._remote.get("video", self._remote.get("audio", 0))
        packet = self._arrivals.feedback(now, self.media.ssrcs.video, media)
        if packet is not None:
            self._send_rtcp(rtcp.build(packet))

    def _report(self, now: float) -> None:
        compound = b""
        if self._sender is not None:
            compound = self._sender.report(now, self._unix(now) / 1000)
        blocks = []
        for name, reception in (("audio", self._sound), ("video", self._frames.reception)):
            ssrc = self._remote.get(name)
            if ssrc is not None and reception.highest >= 0:
                blocks.append(reception.report(ssrc, now))
        if self.kind == "load":
            blocks = [block._replace(fraction_lost=0, lost=0) for block in blocks]
        if blocks:
            report = rtcp.ReceiverReport(self.media.ssrcs.video, tuple(blocks))
            compound += rtcp.build(report)
        if compound:
            self._send_rtcp(compound)

    # --- pings ----------------------------------------------------------------------------------

    def ping_due(self, now: float) -> bool:
        """True: send one now."""
        if now < self._ping_at:
            return False
        self._ping_at = max(self._ping_at + PING_S, now)
        self._asked += 1
        return True

    def pinged(self, seconds: float, now: float) -> None:
        """A ping came back after so long."""
        self._pings.append((now, seconds))

    def _trips(self, since: float, until: float) -> list[float]:
        """ms of those that were asked in between."""
        found = []
        for at, seconds in self._pings:
            if seconds is not None and since <= at - seconds <= until:
                found.append(1000 * seconds)
        return found

    @property
    def round_trip(self) -> float:
        """Seconds: recent pings, else what receiver reports say, else a guess."""
        recent = [s for _, s in list(self._pings)[-20:] if s is not None]
        if recent:
            return median(recent)
        told = self._sender.sent.round_trip if self._sender is not None else None
        return told if told is not None else _DEFAULT_TRIP_S

    # --- measuring ------------------------------------------------------------------------------

    def mark(self, now: float) -> None:
        self._marked = now
        self._asked = 0
        self._arrivals.mark(now)
        self._departures.mark(now)
        self._frames.mark(now)

    def read(self, now: float) -> LegReport:
        """What was measured since the mark."""
        seconds = max(0.001, now - self._marked)
        arrived, left = self._arrivals, self._departures
        come = (arrived.lost(now), arrived.delay(now), arrived.bytes * 8 / 1000 / seconds)
        trip = self.round_trip
        gone = (left.lost(now, trip), left.delay(now, trip), left.bytes * 8 / 1000 / seconds)
        up, down = (come, gone) if self._server else (gone, come)
        quiet = [min(seconds, now - at) for at in (arrived.last, left.last_heard)]
        up_silent, down_silent = quiet if self._server else reversed(quiet)
        return LegReport(
            seconds=seconds,
            up=up[0],
            down=down[0],
            up_delay=up[1],
            down_delay=down[1],
            round_trips=self._round_trips(now),
            picture=self._frames.picture(now),
            up_silent_s=up_silent,
            down_silent_s=down_silent,
            up_kbps=up[2],
            down_kbps=down[2],
            level=self.level,
            sent=self._sent_frames(),
        )

    def _round_trips(self, now: float) -> RoundTrips | None:
        trips = self._trips(self._marked, now)
        if not trips:
            return None
        return RoundTrips(
            asked=self._asked,
            answered=len(trips),
            least=min(trips),
            median=median(trips),
            mean=sum(trips) / len(trips),
            p95=percentile(trips, 0.95),
        )

    def _sent_frames(self) -> list[tuple[int, float, int]]:
        if self._sender is None:
            return []
        since = self._marked - 3.0
        return [(ts, self._unix(at), mark) for ts, at, mark in self._sender.frames if at >= since]

    def shown(self) -> list[tuple[int, float]]:
        """RTP timestamp and time of coming of the whole frames since the mark."""
        return self._frames.shown()

    def key_frames(self) -> list[tuple[int, bytes]]:
        """RTP timestamp and data of the key frames that came last."""
        return [(frame.timestamp, frame.data) for frame in self._frames.kept() if frame.key]

    def sound(self) -> list[tuple[float, bytes]]:
        """Time of coming and data of the sound's packets since the mark, of the last seconds, in
        their order."""
        came = [one for one in self._packets if one[1] >= self._marked]
        return [(at, payload) for _, at, payload in sorted(came, key=lambda one: one[0])]

    def collect(self) -> Collected:
        """The last seconds of encoded media that came."""
        frames = self._frames.kept()
        sound = self._whole_sound()
        start = frames[0].came if frames else 0.0
        offset = 0.0
        if self._packets and self._sender is not None:
            first = self._packets[0][1]
            offset = self._sender.sound_at(first) * 1000
        return Collected(
            frames=[frame.data for frame in frames],
            frame_ms=[1000 * (frame.came - start) for frame in frames],
            packets=sound,
            width=self._frames.width,
            height=self._frames.height,
            sent_offset_ms=offset,
        )

    def _whole_sound(self) -> list[bytes]:
        """In order; nothing for what did not come."""
        by_number = {full: payload for full, _, payload in self._packets}
        if not by_number:
            return []
        first, last = min(by_number), max(by_number)
        if last - first > 2 * SOUND_KEPT:
            first = last - SOUND_KEPT
        return [by_number.get(full, b"") for full in range(first, last + 1)]

    # --- load -----------------------------------------------------------------------------------

    def start_load(self, ceiling_kbps: float, seconds: float, now: float) -> None:
        """Fill the line in our sending direction."""
        trips = self._trips(now - 3.0, now)
        self._quiet_rtt = median(trips) if trips else None
        self._done = None
        self._ramp = Ramp(self._departures, ceiling_kbps, seconds, now, self.round_trip)

    def receive_load(self, seconds: float, quiet_rtt: float | None, now: float) -> None:
        """Watch what comes for so long, from the first packet on. `quiet_rtt`: ms without load."""
        self._quiet_rtt = quiet_rtt
        self._done = None
        self._received = Received(seconds, now)

    def load_report(self, now: float) -> LoadReport | None:
        """None while it runs, or when there is none."""
        if self._ramp is not None and self._ramp.over(now):
            until = self._ramp.until or now
            trips = self._trips(until - 1.0, until)
            during = median(trips) if len(trips) >= 3 else None
            self._done = self._ramp.report(self._quiet_rtt, during)
            self._ramp = None
        elif self._received is not None and self._received.over(now):
            self._done = self._receive_report(self._received, now)
            self._received = None
        return self._done

    def _receive_report(self, received: Received, now: float) -> LoadReport:
        since, until = received.since, received.until
        if since is None or until is None:
            return LoadReport(
                kbps=None,
                filled=False,
                rtt_before=self._quiet_rtt,
                rtt_during=None,
                lost_percent=None,
                steps=[],
            )
        # Of the pings asked last some cannot be back yet.
        back = until - (self._quiet_rtt or 0.0) / 1000
        seconds = [self._trips(at, at + 1.0) for at in _starts(since, back)]
        during = max((median(trips) for trips in seconds if len(trips) >= 5), default=None)
        before = self._quiet_rtt
        risen = during is not None and before is not None and during - before >= _FILLED_MS
        dying = before is not None and any(len(trips) < 3 for trips in seconds)
        return LoadReport(
            kbps=self._arrivals.fastest(since + 0.5, until),
            filled=risen or dying,
            rtt_before=before,
            rtt_during=during,
            lost_percent=None,
            steps=[(at, 0.0, kbps) for at, kbps in self._arrivals.series(since, until)],
        )


def _starts(since: float, until: float) -> list[float]:
    """Of all whole seconds in between, half a second apart."""
    count = max(0, int(2 * (until - since - 1.0)) + 1)
    return [since + 0.5 * place for place in range(count)]


def _stamped(media: TrialMedia) -> frozenset[int]:
    """Payload types whose packets carry a transport-wide number: Firefox wants it of the picture
    alone."""
    return frozenset(
        codec.payload_type
        for choice in (media.audio, media.video)
        if choice is not None and choice.twcc_id is not None
        for codec in (choice.codec, choice.rtx)
        if codec is not None
    )
