"""Real browsers take our descriptions, and we theirs. No media flows."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium, needs_firefox
from tests.e2e.firefox import firefox
from vicon.rtc import codecs, negotiate, sdp

pytestmark = [pytest.mark.browser, pytest.mark.patient]

Evaluate = Callable[[str], Awaitable[Any]]
END = sdp.Transport(
    ufrag="abcd",
    password="p" * 22,
    fingerprints=(sdp.Fingerprint("sha-256", ":".join(["AB"] * 32)),),
    setup="passive",
    candidates=(sdp.Candidate("1", 1, "udp", 2130706431, "192.0.2.7", 4000, "host"),),
    lite=True,
)
OFFER = """(async () => {
  globalThis.up = new RTCPeerConnection();
  up.addTransceiver("audio", { direction: "sendonly" });
  const sendEncodings = ["q", "h", "f"].map((rid, step) =>
    ({ rid, scaleResolutionDownBy: 4 >> step }));
  up.addTransceiver("video", { direction: "sendonly", sendEncodings });
  await up.setLocalDescription(await up.createOffer());
  return up.localDescription.sdp;
})()"""
TAKE = """(async () => {
  await up.setRemoteDescription({ type: "answer", sdp: %s });
  return up.getTransceivers().map((each) => ({
    direction: each.currentDirection,
    rids: each.sender.getParameters().encodings.map((one) => one.rid),
    codecs: each.sender.getParameters().codecs.map((one) => one.mimeType.toLowerCase()),
    extensions: each.sender.getParameters().headerExtensions.map((one) => one.uri),
  }));
})()"""
ANSWER = """(async () => {
  const down = new RTCPeerConnection();
  await down.setRemoteDescription({ type: "offer", sdp: %s });
  await down.setLocalDescription(await down.createAnswer());
  return down.localDescription.sdp;
})()"""
PLAY = """(async () => {
  globalThis.player = new RTCPeerConnection();
  player.addTransceiver("video", { direction: "recvonly" });
  player.addTransceiver("audio", { direction: "recvonly" });
  await player.setLocalDescription(await player.createOffer());
  return player.localDescription.sdp;
})()"""
PLAYED = """(async () => {
  await player.setRemoteDescription({ type: "answer", sdp: %s });
  return player.getTransceivers().map((each) => each.currentDirection);
})()"""
PAIRS = 10


async def publishes_in_three_layers(evaluate: Evaluate) -> None:
    offer = sdp.parse(await evaluate(OFFER))
    answer, (audio, video) = negotiate.answer_publish(offer, END)
    assert video.rids == ("q", "h", "f")
    assert None not in (video.rid_id, video.repaired_id, video.mid_id, video.twcc_id, video.rtx)
    assert None not in (audio.level_id, audio.mid_id, audio.twcc_id)
    sound, picture = await evaluate(TAKE % json.dumps(sdp.render(answer)))
    assert sound["direction"] == picture["direction"] == "sendonly"
    assert picture["rids"] == ["q", "h", "f"]
    assert picture["codecs"][0] == "video/vp8"
    assert sound["codecs"][0] == "audio/opus"


async def receives_twenty_sections(evaluate: Evaluate) -> set[str]:
    """The video codecs that it takes."""
    slots = []
    for index in range(PAIRS):
        for part, kind in enumerate(("audio", "video")):
            number = 2 * index + part
            slots.append(
                negotiate.DownSlot(
                    mid=str(number),
                    kind=kind,
                    stream=f"64.{index:02}",
                    ssrc=1000 + number,
                    rtx_ssrc=2000 + number if part else None,
                )
            )
    offer = negotiate.offer_subscribe(slots, replace(END, setup="actpass"))
    answer = sdp.parse(await evaluate(ANSWER % json.dumps(sdp.render(offer))))
    assert answer.transport.setup == "active"
    taken = [negotiate.accepted(section) for section in answer.sections]
    assert len(taken) == 2 * PAIRS
    for sound, picture in zip(taken[::2], taken[1::2], strict=True):
        assert sound.codecs == {"opus": (negotiate.OPUS_TYPE, None)}
        assert sound.level_id == negotiate.AUDIO_LEVEL_ID
        assert picture.codecs["vp8"] == (negotiate.VP8_TYPE, negotiate.RTX_TYPE)
        assert picture.send_time_id == negotiate.ABS_SEND_TIME_ID
        assert sound.mid_id == picture.mid_id == negotiate.MID_ID
        assert sound.twcc_id == picture.twcc_id == negotiate.TRANSPORT_WIDE_ID
        assert picture.delay_id == codecs.PLAYOUT_DELAY_ID
        assert sound.delay_id is None
        assert all(rtx is not None for _, rtx in picture.codecs.values())
    assert all(each == taken[1] for each in taken[1::2])
    return set(taken[1].codecs)


async def plays(evaluate: Evaluate) -> None:
    slots = [
        negotiate.DownSlot(mid="", kind="audio", stream="hub", ssrc=1),
        negotiate.DownSlot(mid="", kind="video", stream="hub", ssrc=2, rtx_ssrc=3),
    ]
    answer, agreed = negotiate.answer_play(sdp.parse(await evaluate(PLAY)), END, slots)
    assert [kind for _, kind, _ in agreed] == ["video", "audio"]
    directions = await evaluate(PLAYED % json.dumps(sdp.render(answer)))
    assert directions == ["recvonly", "recvonly"]


@needs_chromium
async def test_chromium() -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        await publishes_in_three_layers(page.evaluate)
        assert await receives_twenty_sections(page.evaluate) == set(negotiate.VIDEO_CODECS)
        await plays(page.evaluate)


@needs_firefox
@pytest.mark.timeout(90)
async def test_firefox(tmp_path: Path) -> None:
    async with firefox(tmp_path / "profile") as page:
        await publishes_in_three_layers(page.evaluate)
        assert await receives_twenty_sections(page.evaluate) >= {"vp8", "vp9"}
        await plays(page.evaluate)
