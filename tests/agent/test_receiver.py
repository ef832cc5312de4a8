"""What arrives is counted, what is missing is asked for, and the server learns of both."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.agent.wires import AUDIO_SSRC, START, VIDEO_SSRC, legs, of, play, sender
from vicon.agent.receiver import NACK_TRIES, Incoming, SlotReceiver
from vicon.measure.clipsender import ClipSender
from vicon.rtc import rtcp, rtp, vp8


def receiver() -> SlotReceiver:
    audio, video = legs()
    return SlotReceiver([("64.07", audio), ("64.07", video)], 99, START)


def streams(target: SlotReceiver) -> tuple[Incoming, Incoming]:
    audio, video = target.incoming
    return audio, video


def deliver(target: SlotReceiver, sent: list[tuple[float, bytes]]) -> None:
    for at, packet in sent:
        target.on_rtp(packet, at)


def exchange(source: ClipSender, target: SlotReceiver, seconds: float, drop: set[int]) -> int:
    """Play with every 10 ms a look at what the receiver asks for; `drop`: which of the video
    packets are lost on the way (copies never). Returns how many frames were sent."""
    now, count = START, 0
    while now < START + seconds:
        for packet in source.poll(now):
            video = packet[8:12] == VIDEO_SSRC.to_bytes(4, "big")
            if not video or count not in drop:
                target.on_rtp(packet, now)
            count += video
        for asked in target.poll(now):
            for copy in source.receive(rtcp.parse(asked), now, now):
                target.on_rtp(copy, now)
        now += 0.01
    return source.sent.video_frames


def test_everything_that_arrives_is_counted() -> None:
    target = receiver()
    sent = play(sender(), START, 4)
    deliver(target, sent)
    audio, video = streams(target)
    assert audio.totals.packets == 200
    assert video.totals.packets == len(of(VIDEO_SSRC, sent))
    assert (video.totals.frames, video.totals.key_frames) == (60, 4)
    assert audio.totals.octets + video.totals.octets == sum(len(p) for _, p in sent)
    assert video.totals.lost == audio.totals.lost == 0
    assert audio.totals.loudest < 20
    assert target.strange == 0


@settings(max_examples=25, deadline=None)
@given(drop=st.sets(st.integers(0, 120), max_size=30))
def test_lost_packets_are_asked_for_and_come_again(drop: set[int]) -> None:
    source, target = sender(), receiver()
    frames = exchange(source, target, 3, drop)
    _, video = streams(target)
    # What is lost before the first packet that arrives was never known to be missing.
    assert video.missing == {}
    assert video.totals.lost == 0
    assert frames - video.totals.frames <= (1 if not drop & {0, 1, 2, 3, 4} else 16)
    assert video.totals.repaired <= len(drop)


def test_a_packet_that_never_comes_is_given_up_after_all_tries() -> None:
    target = receiver()
    sent = play(sender(), START, 0.5)
    gone = of(VIDEO_SSRC, sent)[3][1].sequence
    deliver(target, [(at, p) for at, p in sent if rtp.parse(p)[1:4:2] != (gone, VIDEO_SSRC)])
    asked, now = [], START + 0.5
    while now < START + 2:
        for packet in target.poll(now):
            asked += [p for p in rtcp.parse(packet) if isinstance(p, rtcp.Nack)]
        now += 0.01
    assert [n.sequences for n in asked] == [(gone,)] * NACK_TRIES
    _, video = streams(target)
    assert (video.totals.lost, video.missing) == (1, {})


def test_a_picture_that_cannot_be_shown_does_not_count_and_a_key_frame_is_asked_for() -> None:
    source, target = sender(), receiver()
    play(source, START, 0.4)  # the key frame went to nobody
    now, asked_at = START + 0.4, []
    while now < START + 1.9:
        for packet in source.poll(now):
            target.on_rtp(packet, now)
        for sent in target.poll(now):
            asked = rtcp.parse(sent)
            asked_at += [now for p in asked if isinstance(p, rtcp.Pli)]
            source.receive(asked, now, now)
        if not asked_at:
            assert streams(target)[1].totals.frames == 0
        now += 0.01
    assert len(asked_at) == 1
    assert asked_at[0] - START < 1.1
    assert streams(target)[1].totals.frames > 10


def test_lost_sound_is_counted_and_a_late_packet_is_not_lost() -> None:
    target = receiver()
    sent = [(at, p) for at, p in play(sender(), START, 1) if rtp.parse(p).ssrc == AUDIO_SSRC]
    late = sent[10][1]
    deliver(target, [*sent[:10], *sent[11:14]])
    target.on_rtp(late, START + 0.3)
    deliver(target, sent[20:])
    target.poll(START + 1.5)
    audio, _ = streams(target)
    assert (audio.totals.packets, audio.totals.lost) == (len(sent) - 6, 6)


def test_a_large_jump_is_no_reason_to_ask_for_thousands() -> None:
    target = receiver()
    sent = play(sender(), START, 1)
    video = [(at, p) for at, p in sent if rtp.parse(p).ssrc == VIDEO_SSRC]
    deliver(target, video[:5])
    at, packet = video[5]
    jumped = rtp.parse(packet)._replace(sequence=(rtp.parse(packet).sequence + 5000) & 0xFFFF)
    target.on_rtp(jumped.build(), at)
    assert streams(target)[1].missing == {}


def test_the_report_tells_loss_and_when_the_last_sender_report_came() -> None:
    source, target = sender(), receiver()
    sent = play(source, START, 1)
    lost = {of(AUDIO_SSRC, sent)[n][1].sequence for n in (20, 21, 22, 23, 24)}
    kept = [(at, p) for at, p in sent if not (rtp.parse(p).ssrc == AUDIO_SSRC
            and rtp.parse(p).sequence in lost)]  # fmt: skip
    deliver(target, kept)
    target.on_rtcp(rtcp.parse(source.report(START + 1, 1_600_000_000.0)), START + 1)
    report = next(
        p for out in target.poll(START + 1.5) for p in rtcp.parse(out)
        if isinstance(p, rtcp.ReceiverReport)
    )  # fmt: skip
    blocks = {b.ssrc: b for b in report.blocks}
    assert blocks[AUDIO_SSRC].lost == 5
    assert blocks[AUDIO_SSRC].fraction_lost == 256 * 5 // 50
    assert blocks[VIDEO_SSRC].lost == 0
    assert blocks[VIDEO_SSRC].delay == 65536 // 2
    assert rtcp.round_trip(rtcp.to_ntp(1_600_000_000.6), blocks[VIDEO_SSRC]) is not None
    again = rtcp.parse(target.poll(START + 3)[0])[0]
    assert isinstance(again, rtcp.ReceiverReport)
    assert {b.ssrc: b.fraction_lost for b in again.blocks}[AUDIO_SSRC] == 0


def test_two_dozen_slots_fit_into_one_report() -> None:
    audio, video = legs()
    slots = [
        (str(room), replace(choice, ssrc=room * 10 + place, rtx_ssrc=None))
        for room in range(1, 21)
        for place, choice in enumerate((audio, video))
    ]
    target = SlotReceiver(slots, 99, START)
    for _, choice in slots:
        packet = rtp.Packet(96, 1, 1, choice.ssrc or 0, b"\x00\x01\x02").build()
        target.on_rtp(packet, START)
    told = [p for out in target.poll(START + 1.1) for p in rtcp.parse(out)]
    blocks = [b.ssrc for p in told if isinstance(p, rtcp.ReceiverReport) for b in p.blocks]
    assert sorted(blocks) == sorted(choice.ssrc or 0 for _, choice in slots)


@given(st.binary(max_size=60))
def test_garbage_is_counted_and_does_no_harm(packet: bytes) -> None:
    target = receiver()
    target.on_rtp(packet, START)
    head = rtp.HEADER.pack(0x90, 96, 5, 5, VIDEO_SSRC)
    target.on_rtp(head + packet, START)
    target.poll(START + 2)


def test_a_key_frame_is_seen_by_its_first_packet_alone() -> None:
    target = receiver()
    payloads = list(vp8.packetise(b"\x00" + b"x" * 3000, 7))
    for number, payload in enumerate(payloads):
        packet = rtp.Packet(96, number, 1, VIDEO_SSRC, payload, payload is payloads[-1])
        target.on_rtp(packet.build(), START)
    _, video = streams(target)
    assert (video.totals.key_frames, video.totals.frames) == (1, 1)
