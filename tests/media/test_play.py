"""A player's own offer, answered with one picture and its sound: both engines alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from tests.media.peers import CONFERENCE, LOOPBACK, Sender, plan, route, transport, until
from vicon.media.engine import EmbeddedEngine
from vicon.media.inprocess import InProcessEngine
from vicon.ops.clock import SystemClock
from vicon.ports import MediaEngine, MediaError
from vicon.rtc import codecs, rtcp, sdp
from vicon.rtc.arrivals import Arrivals
from vicon.rtc.rtp import AUDIO_LEVEL, PLAYOUT_DELAY, TRANSPORT_WIDE, Packet, parse

Engine = InProcessEngine | EmbeddedEngine
PROGRAMME = plan("programme")


@pytest_asyncio.fixture(params=[InProcessEngine, EmbeddedEngine])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    made: Engine = request.param(SystemClock(), addresses=LOOPBACK)
    await made.start()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def inside() -> AsyncIterator[InProcessEngine]:
    made = InProcessEngine(SystemClock(), addresses=LOOPBACK)
    yield made
    await made.close()


def section(
    mid: str, kind: sdp.Kind, extensions: tuple[tuple[int, str], ...] = (), *, first: int = 0
) -> sdp.Section:
    """What a player offers to receive; `first` moves its payload types away from ours."""
    known = (codecs.OPUS,) if kind == "audio" else codecs.VP8_CODECS
    return sdp.Section(
        kind=kind,
        mid=mid,
        direction="recvonly",
        codecs=tuple(
            sdp.Codec(
                codec.payload_type + first,
                codec.name,
                codec.clock_rate,
                codec.channels,
                codec.parameters.replace("apt=96", f"apt={96 + first}"),
                codec.feedback,
            )
            for codec in known
        ),
        extensions=extensions,
    )


class Player:
    """`feeds_back`: it says when packets came, where that is agreed under number 1."""

    def __init__(self, *, feeds_back: bool = False) -> None:
        self._arrivals = Arrivals() if feeds_back else None
        self._told_at = 0.0
        self.transport = transport(controlling=True)
        self.transport.on_rtp = self._on_rtp
        self.packets: dict[int, list[Packet]] = {}
        self.offer: sdp.Description
        self.answer: sdp.Description

    async def play(self, engine: MediaEngine, device: str, *sections: sdp.Section) -> None:
        ours = await self.transport.gather("actpass")
        self.offer = sdp.Description(transport=ours, sections=sections)
        text = await engine.play(CONFERENCE, device, sdp.render(self.offer), PROGRAMME)
        self.answer = sdp.parse(text)
        await self.transport.connect(self.answer.transport)

    async def restart(self, engine: MediaEngine, device: str) -> sdp.Description:
        """What the server answers to new credentials."""
        again = replace(self.offer, transport=await self.transport.restart())
        text = await engine.restart(CONFERENCE, device, "down", sdp.render(again))
        answer = sdp.parse(text)
        await self.transport.reconnect(answer.transport)
        return answer

    def _on_rtp(self, data: bytes, now: float) -> None:
        packet = parse(data, (1, 14))
        self.packets.setdefault(packet.ssrc, []).append(packet)
        if self._arrivals is not None:
            self._arrivals.on_packet(wide(packet), now)
            if now - self._told_at > 0.05:
                self._told_at = now
                for feedback in self._arrivals.feedback(1, packet.ssrc, now):
                    self.transport.send_rtcp(rtcp.build(feedback))

    def report(self) -> None:
        """Say that nothing is missing, as a receiver does every few seconds."""
        blocks = tuple(rtcp.ReportBlock(ssrc, 0, 0, 1, 0, 0, 0) for ssrc in self.packets)
        self.transport.send_rtcp(rtcp.build(rtcp.ReceiverReport(1, blocks)))

    def of(self, mid: str) -> list[Packet]:
        found = next(one for one in self.answer.sections if one.mid == mid)
        return self.packets.get(found.ssrcs[0], [])


def wide(packet: Packet) -> int:
    """The transport-wide number, which travels under 1."""
    return int.from_bytes(packet.extensions[1], "big")


async def test_picture_and_sound_come_in_the_numbers_of_the_player(engine: Engine) -> None:
    sender, player = Sender(), Player()
    await engine.route(CONFERENCE, [route("tv", "programme", "d1")])
    await sender.publish(engine, "d1")
    level = ((1, AUDIO_LEVEL),)
    sections = (section("v", "video", first=4), section("a", "audio", level, first=-11))
    await player.play(engine, "tv", *sections)
    assert [s.direction for s in player.answer.sections] == ["sendonly", "sendonly"]
    async with sender.steadily():
        await until(lambda: len(player.of("v")) > 30 and len(player.of("a")) > 10)
    video, audio = player.of("v"), player.of("a")
    assert video[0].payload[4] & 1 == 0, "the first packet begins a key frame"
    assert ({p.payload_type for p in video}, {p.payload_type for p in audio}) == ({100}, {100})
    assert {p.extensions[1][0] for p in audio} == {30}
    await sender.transport.close()
    await player.transport.close()


async def test_the_next_room_on_air_goes_on_in_the_same_picture(inside: InProcessEngine) -> None:
    first, second, player = Sender(b"AA"), Sender(b"BB"), Player()
    await inside.route(CONFERENCE, [route("tv", "programme", "d1")])
    await first.publish(inside, "d1")
    await second.publish(inside, "d2")
    await player.play(inside, "tv", section("0", "audio"), section("1", "video"))
    async with first.steadily(), second.steadily():
        await until(lambda: len(player.of("1")) > 10)
        await inside.route(CONFERENCE, [route("tv", "programme", "d2")])
        await until(lambda: any(p.payload[5:7] == b"BB" for p in player.of("1")))
    assert len({p.ssrc for p in player.of("1")}) == 1
    for end in (first, second, player):
        await end.transport.close()


async def test_extensions_under_other_numbers_than_ours_are_not_agreed(
    inside: InProcessEngine,
) -> None:
    """They would be read as something else: but for those of transport-wide feedback and of the
    delay with which pictures are shown."""
    sender, player = Sender(), Player(feeds_back=True)
    await inside.route(CONFERENCE, [route("tv", "programme", "d1")])
    await sender.publish(inside, "d1")
    theirs = ((1, TRANSPORT_WIDE), (14, AUDIO_LEVEL))
    shown = ((1, TRANSPORT_WIDE), (5, PLAYOUT_DELAY), (14, AUDIO_LEVEL))
    await player.play(inside, "tv", section("0", "audio", theirs), section("1", "video", shown))
    assert [s.extensions for s in player.answer.sections] == [theirs[:1], shown[:2]]
    async with sender.steadily():
        await until(lambda: len(player.of("0")) > 10 and len(player.of("1")) > 10)
    found = [packet for packets in player.packets.values() for packet in packets]
    assert {frozenset(packet.extensions) for packet in found} == {frozenset([1])}
    numbers = sorted(map(wide, found))
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "one count for all"
    await sender.transport.close()
    await player.transport.close()


async def test_what_a_player_feeds_back_is_understood(
    compiled_cache: Callable[[], Path],
) -> None:
    """Where the compiled part numbers its packets too."""
    engine = InProcessEngine(SystemClock(), addresses=LOOPBACK, cache=compiled_cache())
    sender, player = Sender(), Player(feeds_back=True)
    await engine.route(CONFERENCE, [route("tv", "programme", "d1")])
    await sender.publish(engine, "d1")
    counted = ((1, TRANSPORT_WIDE),)
    await player.play(engine, "tv", section("0", "audio", counted), section("1", "video", counted))
    async with sender.steadily():
        await until(lambda: len(player.of("0")) > 100 and len(player.of("1")) > 100, 10)
    numbers = [wide(packet) for packets in player.packets.values() for packet in packets]
    assert len(set(numbers)) == len(numbers)
    subscriber = engine.host.router.subscribers[CONFERENCE, "tv"]
    assert subscriber.link.heard
    assert subscriber.link.ignored == 0
    for end in (sender, player):
        await end.transport.close()
    await engine.close()


async def test_who_agrees_to_feed_back_and_only_reports_gets_all(inside: InProcessEngine) -> None:
    sender, player = Sender(), Player()
    await inside.route(CONFERENCE, [route("tv", "programme", "d1")])
    await sender.publish(inside, "d1")
    counted = ((1, TRANSPORT_WIDE),)
    await player.play(inside, "tv", section("0", "audio", counted), section("1", "video", counted))

    def shown() -> bool:
        player.report()
        return len(player.of("1")) > 30

    async with sender.steadily():
        await until(shown, 10)
    for end in (sender, player):
        await end.transport.close()


async def test_a_player_of_sound_alone_gets_sound(inside: InProcessEngine) -> None:
    sender, player = Sender(), Player()
    await inside.route(CONFERENCE, [route("tv", "programme", "d1")])
    await sender.publish(inside, "d1")
    await player.play(inside, "tv", section("0", "audio"))
    async with sender.steadily():
        await until(lambda: len(player.of("0")) > 10)
    assert len(player.packets) == 1
    await sender.transport.close()
    await player.transport.close()


async def test_a_second_offer_of_the_same_player_replaces_the_first(
    inside: InProcessEngine,
) -> None:
    players = [Player(), Player()]
    for player in players:
        await player.play(inside, "tv", section("0", "audio"))
    assert inside.host.connections == 1
    for player in players:
        await player.transport.close()


async def test_media_flows_on_over_a_players_restart(engine: Engine) -> None:
    sender, player = Sender(), Player()
    await engine.route(CONFERENCE, [route("tv", "programme", "d1")])
    await sender.publish(engine, "d1")
    await player.play(engine, "tv", section("0", "audio"), section("1", "video"))
    names = {player.answer.transport.ufrag}
    async with sender.steadily():
        for _ in range(3):
            answer = await player.restart(engine, "tv")
            assert answer.sections == player.answer.sections
            names.add(answer.transport.ufrag)
            before = len(player.of("1"))
            await until(lambda before=before: len(player.of("1")) > before + 20)  # type: ignore[misc]
    assert len(names) == 4
    with pytest.raises(MediaError) as caught:
        await engine.restart(CONFERENCE, "tv", "down", None)
    assert caught.value.code == "media_state"
    for end in (sender, player):
        await end.transport.close()


async def test_a_restart_that_wants_something_else_changes_nothing(
    inside: InProcessEngine,
) -> None:
    player = Player()
    await player.play(inside, "tv", section("0", "audio"))
    other = replace(player.offer, sections=(section("0", "audio"), section("1", "video")))
    with pytest.raises(MediaError) as caught:
        await inside.restart(CONFERENCE, "tv", "down", sdp.render(other))
    assert caught.value.code == "bad_sdp"
    await player.restart(inside, "tv")
    await player.transport.close()


@pytest.mark.parametrize("offer", ["", "v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 0"])
async def test_an_offer_that_cannot_be_answered_leaves_nothing(
    inside: InProcessEngine, offer: str
) -> None:
    with pytest.raises(MediaError) as caught:
        await inside.play(CONFERENCE, "tv", offer, PROGRAMME)
    assert caught.value.code == "bad_sdp"
    assert inside.host.connections == 0
