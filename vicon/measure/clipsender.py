"""The up connection's side of RTP: plays a clip into packets, answers what the server asks.

No I/O. Time comes in as monotonic seconds; `poll` gives the packets that are due and `deadline`
says when to come again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from vicon.measure.encode import AUDIO_RATE, VIDEO_RATE, Clip, Video
from vicon.rtc import rtcp, rtp, vp8
from vicon.rtc.negotiate import Choice

BURST = 5
"""Packets of a frame sent at once."""
BURST_GAP = 0.005
"""Seconds between two bursts: a large key frame is spread instead of filling a narrow link's
queue in one go. Makes at most about 9 Mbit/s."""
KEY_GAP = 0.2
"""Shortest time in seconds between two key frames that somebody asked for."""
MAX_LATE = 0.25
"""Beyond this delay in seconds the missed part of the clip is left out, not sent in a rush."""
REPORT_INTERVAL = 2.0
"""Seconds between sender reports."""
FRAMES_KEPT = 4000
_CNAME = "vicon"
"""As in the offer; it ties sound and picture together."""
MOST_REPEATS, REPEAT_SHARE = 40, 0.3
"""Retransmissions at once, and in the long run per packet of the picture."""
DUPLICATE_FROM, DUPLICATE_TO, DUPLICATE_OF = 40, 140, 8
"""A load is made of copies of the largest eight of these last packets."""
_RING = 512
"""Video packets kept for retransmission: some 8 s at 360p."""


@dataclass(slots=True)
class Sent:
    """Totals since the start."""

    audio_packets: int = 0
    video_packets: int = 0
    video_frames: int = 0
    key_frames: int = 0
    octets: int = 0
    """RTP packets whole, without the transport's headers; retransmissions too."""
    retransmitted: int = 0
    key_requests: int = 0
    """PLI and FIR received."""
    remb: int | None = None
    """The server's last estimate in bit/s."""
    round_trip: float | None = None
    """Seconds, from the last receiver report."""
    lost: int = 0
    """As the server's last reports say, both streams together."""


Stamp = Callable[[float, bool], int]
"""The transport-wide number of a packet that goes out now; whether it is sound."""


class _Stream:
    """The numbers of one RTP stream."""

    def __init__(
        self,
        choice: Choice,
        sequence: int,
        timestamp: int,
        stamp: Stamp | None,
        rid: str = "",
    ) -> None:
        if choice.ssrc is None:
            raise ValueError("a stream that is sent needs its SSRC")
        self.choice = choice
        self.rid = rid
        self.stamp = stamp
        self.ssrc = choice.ssrc
        self.sequence = sequence & rtp.SEQUENCE_MASK
        self.rtx_sequence = sequence & rtp.SEQUENCE_MASK
        self.timestamp_base = timestamp
        self.packets = 0
        self.octets = 0
        self.lost = 0
        self.heard_of = False
        """The server has reported on the stream, so it knows which section it belongs to."""

    def timestamp(self, ticks: int) -> int:
        return (self.timestamp_base + ticks) & rtp.TIMESTAMP_MASK

    def build(
        self, payload: bytes, ticks: int, marker: bool, now: float, level: int | None = None
    ) -> bytes:
        packet = rtp.Packet(
            self.choice.codec.payload_type,
            self.sequence,
            self.timestamp(ticks),
            self.ssrc,
            payload,
            marker,
            self.extensions(now, level),
        ).build()
        self.sequence = (self.sequence + 1) & rtp.SEQUENCE_MASK
        self.packets += 1
        self.octets += len(payload)
        return packet

    def extensions(
        self, now: float, level: int | None = None, *, repaired: bool = False
    ) -> dict[int, bytes]:
        """`repaired`: of a retransmission, whose rid has an extension of its own (RFC 8852)."""
        choice, values = self.choice, dict[int, bytes]()
        # The section's name is needed only until the other side has matched the SSRC to it.
        if not self.heard_of and choice.mid_id is not None:
            values[choice.mid_id] = choice.mid.encode()
        rid_id = choice.repaired_id if repaired else choice.rid_id
        if self.rid and rid_id is not None and (repaired or not self.heard_of):
            values[rid_id] = self.rid.encode()
        if self.stamp is not None and choice.twcc_id is not None:
            sound = choice.kind == "audio"
            values[choice.twcc_id] = self.stamp(now, sound).to_bytes(2, "big")
        if choice.send_time_id is not None:
            values[choice.send_time_id] = rtp.abs_send_time(now)
        if level is not None and choice.level_id is not None:
            values[choice.level_id] = rtp.audio_level(level, level < 127)
        return values


@dataclass(slots=True)
class _Stored:
    """A sent video packet, for retransmission."""

    sequence: int
    ticks: int
    marker: bool
    payload: bytes
    repeated: float | None = None
    """When it was sent again last."""


class ClipSender:
    """Sends `clip` in real time, over and over, from `now` on.

    Sound and picture have one playhead: when a key frame is asked for, both jump to the next one
    in the clip, so that they stay together. What the clip shows and RTP's timestamps are two
    things: those run on evenly.
    """

    def __init__(
        self,
        clip: Clip,
        audio: Choice,
        video: Choice,
        now: float,
        seed: int,
        stamp: Stamp | None = None,
        rid: str = "",
    ) -> None:
        """`audio`, `video`: as agreed, with the SSRCs to send with. `seed`: 64 random bits, for
        the first sequence numbers and timestamps. `stamp`: gives transport-wide numbers, once per
        packet in the order in which the packets are returned. `rid`: of the picture, where it is a
        layer of simulcast. Raises ValueError without an SSRC."""
        self.sent = Sent()
        self.audio_on = False
        self.video_on = False
        self._clip = clip
        self._start = now
        self._audio = _Stream(audio, seed & 0x7FFF, seed >> 32 & 0x7FFFFFFF, stamp)
        self._video = _Stream(video, seed >> 16 & 0x7FFF, seed >> 33 & 0x7FFFFFFF, stamp, rid)
        self._version: Video = clip.videos[0]
        self._wanted_height = self._version.height
        self._frame = 0
        self._frame_due = 0
        """Ticks of VIDEO_RATE since the start."""
        self._packet = 0
        self._packet_due = 0
        """Ticks of AUDIO_RATE since the start."""
        self._packet_times = [packet.at for packet in clip.packets]
        self._queue: deque[tuple[bytes, int, bool]] = deque()
        self._queue_due = now
        self._duplicated = 0
        self._repeats = float(MOST_REPEATS)
        """So many retransmissions may be sent now."""
        self._ring: list[_Stored | None] = [None] * _RING
        self._picture_id = seed >> 48 & vp8.PICTURE_ID_MASK
        self._key_wanted = True
        self._broken = True
        """Frames were left out: nobody can show the next one unless it is a key frame."""
        self._key_sent_at = now - KEY_GAP
        self._talking = False
        self.frames: deque[tuple[int, float, int]] = deque(maxlen=FRAMES_KEPT)
        """RTP timestamp, time of sending, index in the clip of the frames that were sent last."""

    def want(self, audio: bool, video: bool, height: int) -> None:
        """What to send from now on; `height` in pixels. Another version of the picture, or the
        picture again after a pause, begins with a key frame at once."""
        self.audio_on = audio
        if video and self._clip.version_for(height) is not self._version:
            self._key_wanted = True
        if video and not self.video_on:
            self._broken = self._key_wanted = True
        self.video_on, self._wanted_height = video, height

    @property
    def height(self) -> int:
        """Of the picture that is being sent."""
        return self._version.height

    @property
    def ssrcs(self) -> tuple[int, ...]:
        """Of the picture and of its retransmissions."""
        rtx = self._video.choice.rtx_ssrc
        return (self._video.ssrc,) if rtx is None else (self._video.ssrc, rtx)

    def want_key(self) -> None:
        """Go on with a key frame, as soon as the last one is KEY_GAP old."""
        self._key_wanted = True

    # --- time ---------------------------------------------------------------------------------

    def deadline(self) -> float:
        """When `poll` has something to do again."""
        due = self._start + self._frame_due / VIDEO_RATE
        if self._clip.packets:
            due = min(due, self._start + self._packet_due / AUDIO_RATE)
        return min(due, self._queue_due) if self._queue else due

    def poll(self, now: float) -> list[bytes]:
        """The RTP packets that are due."""
        self._catch_up(now)
        out: list[bytes] = []
        while self._clip.packets and self._packet_due <= (now - self._start) * AUDIO_RATE:
            self._next_audio(now, out)
        while self._frame_due <= (now - self._start) * VIDEO_RATE:
            self._next_video(now)
        if self._queue and self._queue_due <= now:
            self._next_burst(now, out)
        self.sent.octets += sum(map(len, out))
        return out

    def _catch_up(self, now: float) -> None:
        late = (now - self._start) * VIDEO_RATE - self._frame_due
        if late <= MAX_LATE * VIDEO_RATE:
            return
        loops = int(late // self._clip.ticks)
        self._frame_due += loops * self._clip.ticks
        self._packet_due += loops * self._clip.ticks * AUDIO_RATE // VIDEO_RATE
        while self._frame_due < (now - self._start) * VIDEO_RATE:
            self._advance_frame()
        while self._clip.packets and self._packet_due < (now - self._start) * AUDIO_RATE:
            self._advance_packet()
        self._queue.clear()
        self._broken = self._key_wanted = True

    # --- sound --------------------------------------------------------------------------------

    def _next_audio(self, now: float, out: list[bytes]) -> None:
        packet = self._clip.packets[self._packet]
        if self.audio_on:
            # RFC 3551, section 4.1: the marker opens a talkspurt.
            begins = not self._talking
            out.append(self._audio.build(packet.data, self._packet_due, begins, now, packet.level))
            self.sent.audio_packets += 1
        self._talking = self.audio_on
        self._advance_packet()

    def _advance_packet(self) -> None:
        packets, end = self._clip.packets, self._clip.ticks * AUDIO_RATE // VIDEO_RATE
        here = packets[self._packet].at
        self._packet = (self._packet + 1) % len(packets)
        self._packet_due += packets[self._packet].at - here + (end if self._packet == 0 else 0)

    # --- picture ------------------------------------------------------------------------------

    def _next_video(self, now: float) -> None:
        at_key = self._version.frames[self._frame].key
        if self._key_wanted and (at_key or now - self._key_sent_at >= KEY_GAP):
            self._jump_to_key()
        if self.video_on:
            self._queue_frame(now)
        elif self._key_wanted:  # it has followed; layers that rest stay with the others
            self._key_wanted, self._key_sent_at = False, now
        self._advance_frame()

    def _jump_to_key(self) -> None:
        before = self._version.frames[self._frame].at
        self._version = self._clip.version_for(self._wanted_height)
        # All versions have the same frames, so the index means the same time in each.
        self._frame = self._version.key_at_or_after(self._frame)
        moved = (self._version.frames[self._frame].at - before) % self._clip.ticks
        if moved and self._packet_times:
            end = self._clip.ticks * AUDIO_RATE // VIDEO_RATE
            at = (self._packet_times[self._packet] + moved * AUDIO_RATE // VIDEO_RATE) % end
            self._packet = bisect_left(self._packet_times, at) % len(self._packet_times)

    def _queue_frame(self, now: float) -> None:
        frame = self._version.frames[self._frame]
        if frame.key:
            self._broken = self._key_wanted = False
            self._key_sent_at = now
            self.sent.key_frames += 1
        elif self._broken:
            return
        payloads = list(vp8.packetise(frame.data, self._picture_id))
        self._picture_id = (self._picture_id + 1) & vp8.PICTURE_ID_MASK
        for place, payload in enumerate(payloads, 1):
            self._queue.append((payload, self._frame_due, place == len(payloads)))
        self._queue_due = max(self._queue_due, now)
        self.frames.append((self._video.timestamp(self._frame_due), now, self._frame))
        self.sent.video_frames += 1

    def _advance_frame(self) -> None:
        frames = self._version.frames
        here = frames[self._frame].at
        self._frame = (self._frame + 1) % len(frames)
        wrapped = self._clip.ticks if self._frame == 0 else 0
        self._frame_due += frames[self._frame].at - here + wrapped

    def _next_burst(self, now: float, out: list[bytes]) -> None:
        for _ in range(min(BURST, len(self._queue))):
            payload, ticks, marker = self._queue.popleft()
            sequence = self._video.sequence
            self._ring[sequence % _RING] = _Stored(sequence, ticks, marker, payload)
            out.append(self._video.build(payload, ticks, marker, now))
            self.sent.video_packets += 1
            self._repeats = min(MOST_REPEATS, self._repeats + REPEAT_SHARE)
        self._queue_due = now + BURST_GAP

    # --- RTCP ---------------------------------------------------------------------------------

    def report(self, now: float, unix: float) -> bytes:
        """Sender reports of both streams with their common name (RFC 3550, section 6.4.1);
        `unix` is the same moment as `now` in Unix seconds. Empty before the first packet."""
        ntp = rtcp.to_ntp(unix)
        reports: list[rtcp.RtcpPacket] = []
        for stream, rate in ((self._audio, AUDIO_RATE), (self._video, VIDEO_RATE)):
            if stream.packets:
                timestamp = stream.timestamp(int((now - self._start) * rate))
                counts = (stream.packets, stream.octets)
                reports.append(rtcp.SenderReport(stream.ssrc, ntp, timestamp, *counts))
                reports.append(rtcp.SourceName(((stream.ssrc, _CNAME),)))
        return rtcp.build(*reports)

    def receive(self, packets: list[rtcp.RtcpPacket], now: float, unix: float) -> list[bytes]:
        """Take the server's RTCP; the result is retransmissions to send at once."""
        out: list[bytes] = []
        for packet in packets:
            if isinstance(packet, rtcp.Nack):
                if packet.media == self._video.ssrc:
                    out += self._retransmit(packet.sequences, now)
            elif isinstance(packet, rtcp.Pli | rtcp.Fir):
                self._key_wanted = True
                self.sent.key_requests += 1
            elif isinstance(packet, rtcp.ReceiverReport | rtcp.SenderReport):
                self._take_blocks(packet.blocks, rtcp.to_ntp(unix))
            elif isinstance(packet, rtcp.Remb):
                self.sent.remb = packet.bitrate
        self.sent.octets += sum(map(len, out))
        return out

    def _take_blocks(self, blocks: tuple[rtcp.ReportBlock, ...], ntp: int) -> None:
        for block in blocks:
            for stream in (self._audio, self._video):
                if block.ssrc == stream.ssrc:
                    stream.heard_of, stream.lost = True, block.lost
                    trip = rtcp.round_trip(ntp, block)
                    self.sent.round_trip = self.sent.round_trip if trip is None else trip
        self.sent.lost = self._audio.lost + self._video.lost

    def _retransmit(self, sequences: tuple[int, ...], now: float) -> list[bytes]:
        """Copies by RFC 4588, in a stream of their own."""
        out: list[bytes] = []
        for sequence in sequences:
            stored = self._ring[sequence % _RING]
            if stored is None or stored.sequence != sequence or not self._may_repeat(stored, now):
                continue
            copy = self._copy(stored, now)
            if copy is not None:
                stored.repeated, self._repeats = now, self._repeats - 1
                out.append(copy)
                self.sent.retransmitted += 1
        return out

    def _may_repeat(self, stored: _Stored, now: float) -> bool:
        """Not while the last copy may still be on its way, and not more than a narrow line bears:
        there retransmissions would only fill the queue that lost the packets."""
        trip = self.sent.round_trip or 0.0
        on_its_way = stored.repeated is not None and now - stored.repeated < 0.9 * trip
        return self._repeats >= 1 and not on_its_way

    def _copy(self, stored: _Stored, now: float) -> bytes | None:
        stream, rtx = self._video, self._video.choice.rtx
        rtx_ssrc = stream.choice.rtx_ssrc
        if rtx is None or rtx_ssrc is None:
            return None
        copy = rtp.Packet(
            rtx.payload_type,
            stream.rtx_sequence,
            stream.timestamp(stored.ticks),
            rtx_ssrc,
            rtp.rtx_payload(stored.sequence, stored.payload),
            stored.marker,
            stream.extensions(now, repaired=True),
        ).build()
        stream.rtx_sequence = (stream.rtx_sequence + 1) & rtp.SEQUENCE_MASK
        return copy

    def duplicate(self, now: float) -> bytes | None:
        """A copy of a packet that came long ago, to load the line: the receiver throws it away.
        None before there is one, or without retransmissions."""
        newest = self._video.sequence
        places = ((newest - back) % _RING for back in range(DUPLICATE_FROM, DUPLICATE_TO))
        old = [stored for stored in map(self._ring.__getitem__, places) if stored is not None]
        if not old:
            return None
        self._duplicated += 1
        old.sort(key=lambda stored: -len(stored.payload))
        return self._copy(old[self._duplicated % min(len(old), DUPLICATE_OF)], now)

    def sound_at(self, now: float) -> float:
        """Seconds of the clip's sound since it began its present loop."""
        packets = self._clip.packets
        if not packets:
            return 0.0
        due = self._start + self._packet_due / AUDIO_RATE
        end = self._clip.ticks / VIDEO_RATE
        return (packets[self._packet].at / AUDIO_RATE - (due - now)) % end
