"""ICE restarts of both connections while media flows, and candidates that come later."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from msgspec.structs import replace

from tests.media.peers import CONFERENCE, Receiver, Sender, route, until
from tests.media.test_engine import Engine, close, engine
from tests.rtc.test_lite import free_port
from vicon.media.engine import EmbeddedEngine
from vicon.ops.clock import SystemClock
from vicon.ports import MediaError, SlotPlan
from vicon.rtc import negotiate, sdp
from vicon.rtc.transport import make_certificate
from vicon.rtc.udp import UdpPlan

__all__ = ["engine"]


def offer_of(sender: Sender, transport: sdp.Transport) -> sdp.Description:
    return negotiate.offer_publish(transport, sender.audio_ssrc, sender.video_ssrc, sender.rtx_ssrc)


async def restart_up(engine: Engine, sender: Sender) -> sdp.Description:
    offer = offer_of(sender, await sender.transport.restart())
    answer = sdp.parse(await engine.restart(CONFERENCE, "cam", "up", sdp.render(offer)))
    await sender.transport.reconnect(answer.transport)
    return answer


async def restart_down(engine: Engine, receiver: Receiver) -> sdp.Description:
    offer = sdp.parse(await engine.restart(CONFERENCE, "tv", "down", None))
    ours = await receiver.transport.restart()
    answer = sdp.render(negotiate.answer_subscribe(offer, ours))
    await engine.answer(CONFERENCE, "tv", answer)
    await receiver.transport.reconnect(offer.transport)
    return offer


async def test_media_flows_on_over_restarts_of_both_lines(engine: Engine) -> None:
    sender, receiver = Sender(), Receiver()
    await sender.publish(engine, "cam")
    await receiver.subscribe(engine, "tv", ["64"])
    await engine.route(CONFERENCE, [route("tv", "64", "cam")])
    async with sender.steadily():
        await until(lambda: len(receiver.of("64", "audio")) > 5)
        told = []
        for _ in range(2):
            told += [await restart_up(engine, sender), await restart_down(engine, receiver)]
            before = len(receiver.of("64", "audio")), len(receiver.of("64", "video"))
            await until(
                lambda before=before: (
                    len(receiver.of("64", "audio")) > before[0] + 5  # type: ignore[misc]
                    and len(receiver.of("64", "video")) > before[1] + 15
                )
            )
    numbers = [packet.sequence for packet in receiver.of("64", "audio")]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))  # not one was lost
    assert len({one.transport.ufrag for one in told}) == 4
    assert [len(one.sections) for one in told] == [2, 2, 2, 2]
    assert (sender.transport.state, receiver.transport.state) == ("connected", "connected")
    await close(sender, receiver)


async def test_a_restart_changes_nothing_but_the_credentials(engine: Engine) -> None:
    sender = Sender()
    with pytest.raises(MediaError) as nobody:
        await engine.restart(CONFERENCE, "cam", "up", "v=0")
    assert nobody.value.code == "media_state"
    with pytest.raises(MediaError) as nobody:
        await engine.restart(CONFERENCE, "tv", "down", None)
    assert nobody.value.code == "media_state"
    await sender.publish(engine, "cam")
    ours = await sender.transport.restart()
    another = replace(ours, fingerprints=make_certificate().fingerprints())
    fewer = offer_of(sender, ours)
    for wrong in (
        "rubbish",
        sdp.render(offer_of(sender, another)),
        sdp.render(replace(fewer, sections=fewer.sections[:1])),
    ):
        with pytest.raises(MediaError) as refused:
            await engine.restart(CONFERENCE, "cam", "up", wrong)
        assert refused.value.code == "bad_sdp"
    with pytest.raises(MediaError) as refused:
        await engine.restart(CONFERENCE, "cam", "up", None)
    assert refused.value.code == "bad_sdp"
    await restart_up(engine, sender)
    await close(sender)


async def test_an_offer_that_nobody_answered_cannot_be_restarted(engine: Engine) -> None:
    await engine.subscribe(CONFERENCE, "tv", [SlotPlan(room="64", kind="audio")])
    with pytest.raises(MediaError) as refused:
        await engine.restart(CONFERENCE, "tv", "down", None)
    assert refused.value.code == "media_state"


async def test_later_candidates_are_taken_or_refused(engine: Engine) -> None:
    sender = Sender()
    told = "candidate:1 1 udp 2122260223 192.0.2.2 58779 typ host generation 0"
    with pytest.raises(MediaError) as refused:
        await engine.candidate(CONFERENCE, "cam", "up", told)
    assert refused.value.code == "media_state"
    await sender.publish(engine, "cam")
    for text in (told, told.replace("host", "srflx raddr 0.0.0.0 rport 9"), ""):
        await engine.candidate(CONFERENCE, "cam", "up", text)
    await asyncio.gather(*(engine.candidate(CONFERENCE, "cam", "up", told) for _ in range(60)))
    for wrong in ("rubbish", told.replace("58779", "65536")):
        with pytest.raises(MediaError) as refused:
            await engine.candidate(CONFERENCE, "cam", "up", wrong)
        assert refused.value.code == "bad_sdp"
    await close(sender)


async def test_a_worker_that_takes_over_is_reached_at_the_same_port() -> None:
    port = free_port()
    plan = UdpPlan(addresses=("127.0.0.1",), ports=(port, port), announced=("203.0.113.5",))
    engine = EmbeddedEngine(SystemClock(), udp=plan)
    await engine.start()
    try:
        for _ in range(2):
            sender = Sender()
            offer = offer_of(sender, await sender.transport.gather("actpass"))
            text = await engine.publish(CONFERENCE, "cam", sdp.render(offer))
            answer = sdp.parse(text).transport
            assert [(c.address, c.port) for c in answer.candidates] == [
                ("127.0.0.1", port),
                ("203.0.113.5", port),
            ]
            await sender.transport.connect(answer)
            assert engine.worker_pid is not None
            died = engine.restarts
            os.kill(engine.worker_pid, signal.SIGKILL)
            await until(lambda died=died: engine.restarts > died and engine.ready, 20)  # type: ignore[misc]
            await close(sender)
    finally:
        await engine.close()
