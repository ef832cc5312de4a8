"""What is agreed with other people's clients, by offers that they made."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from tests.rtc.offers import END, PLAYING, again, offer, text
from vicon.rtc import negotiate, sdp
from vicon.rtc.negotiate import Accepted, Choice, DownSlot
from vicon.rtc.rtp import MID, REPAIRED_RID, RID, TRANSPORT_WIDE

SLOTS = [
    DownSlot(mid="0", kind="audio", stream="64.01", ssrc=1),
    DownSlot(mid="1", kind="video", stream="64.01", ssrc=2, rtx_ssrc=3),
]


def publish(name: str, *prefer: str) -> tuple[sdp.Description, Choice, Choice]:
    """The answer as the client reads it; audio and video as the server understood them."""
    answer, choices = negotiate.answer_publish(
        offer(name), END, prefer=prefer or negotiate.VIDEO_CODECS
    )
    by_kind = {choice.kind: choice for choice in choices}
    return again(answer), by_kind["audio"], by_kind["video"]


def sections(description: sdp.Description) -> dict[str, sdp.Section]:
    return {section.kind: section for section in description.sections}


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_a_browser_s_three_layers_are_taken(browser: str) -> None:
    answer, audio, video = publish(browser)
    picture, sound = sections(answer)["video"], sections(answer)["audio"]
    assert video.rids == picture.simulcast_recv == ("q", "h", "f")
    assert [rid.direction for rid in picture.rids] == ["recv"] * 3
    for uri in (RID, REPAIRED_RID, MID, TRANSPORT_WIDE):
        assert picture.extension(uri, "recvonly") == offer(browser).sections[1].extension(uri)
    assert video.ssrc is None, "the packets' rids tell"
    assert [codec.name for codec in picture.codecs] == ["VP8", "rtx"]
    assert set(picture.codecs[0].feedback) == {"nack", "nack pli", "ccm fir", "transport-cc"}
    assert sound.codecs[0].feedback == ("transport-cc",)
    assert sound.codecs[0].parameters == "minptime=10;useinbandfec=1;usedtx=1"
    assert audio.level_id is not None
    assert answer.mixed == offer(browser).mixed


def test_red_is_taken_where_it_is_offered_and_in_its_place() -> None:
    answer, audio, _ = publish("chromium")
    assert audio.red is not None
    assert [c.name for c in sections(answer)["audio"].codecs] == ["opus", "red"]
    assert publish("firefox")[1].red is None


def test_ffmpeg_is_dtls_server_and_sends_h264() -> None:
    answer, audio, video = publish("ffmpeg")
    assert answer.transport.setup == "active"
    assert video.codec.name == "H264"
    assert (video.ssrc, video.rtx_ssrc) == (2995361744, 2995361745)
    assert audio.ssrc == 2995361743
    assert video.twcc_id is None
    assert sections(answer)["video"].codecs[0].parameters == (
        "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001e"
    )


def test_gstreamer_s_bundle_only_section_is_taken() -> None:
    """And transport-wide feedback without the header extension it needs is not."""
    answer, audio, video = publish("gstreamer")
    assert [section.mid for section in answer.sections] == ["video0", "audio1"]
    assert not any(section.rejected or section.bundle_only for section in answer.sections)
    assert (audio.ssrc, video.ssrc) == (1320770899, 3166862108)
    assert set(sections(answer)["video"].codecs[0].feedback) == {"nack pli", "ccm fir"}
    assert sections(answer)["audio"].codecs[0].feedback == ()
    assert "sprop" not in sections(answer)["video"].codecs[0].parameters


@pytest.mark.parametrize(
    ("prefer", "codec", "payload_type"),
    [
        ((), "VP8", 96),
        (("h264",), "H264", 108),  # constrained baseline, though baseline comes first
        (("vp9", "vp8"), "VP9", 98),
        (("av1",), "AV1", 45),
        (("none", "av1"), "AV1", 45),
    ],
)
def test_the_preferred_codec_is_taken_with_its_retransmissions(
    prefer: tuple[str, ...], codec: str, payload_type: int
) -> None:
    answer, _, video = publish("chromium", *prefer)
    assert (video.codec.name, video.codec.payload_type) == (codec, payload_type)
    assert video.rtx is not None
    assert video.rtx.parameters == f"apt={payload_type}"
    assert (video.dependency_id is not None) == (codec == "AV1")
    taken = [c.payload_type for c in sections(answer)["video"].codecs]
    assert taken == [payload_type, video.rtx.payload_type]


def with_h264(*parameters: str) -> sdp.Description:
    """ffmpeg's offer with these forms of H.264."""
    described = offer("ffmpeg")
    audio, video = described.sections
    codecs = tuple(
        sdp.Codec(100 + index, "H264", 90_000, 1, more) for index, more in enumerate(parameters)
    )
    return replace(described, sections=(audio, replace(video, codecs=codecs)))


@pytest.mark.parametrize(
    ("forms", "taken"),
    [
        (("packetization-mode=0;profile-level-id=42e01f", "packetization-mode=1"), 101),
        (
            (
                "packetization-mode=1;profile-level-id=640028",
                "packetization-mode=1;profile-level-id=42001f",
                "packetization-mode=1;profile-level-id=42E01F",
            ),
            102,
        ),
        (("profile-level-id=42e01f",), 100),
        (("packetization-mode=1;profile-level-id=4d801f",), 100),
        (("packetization-mode=1;profile-level-id=640028",), None),
        (("packetization-mode=2;profile-level-id=42e01f",), None),
        (("packetization-mode=1;profile-level-id=zzzzzz",), None),
    ],
)
def test_h264_is_taken_in_the_form_that_most_can_decode(
    forms: tuple[str, ...], taken: int | None
) -> None:
    if taken is None:
        with pytest.raises(sdp.SdpError, match="h264"):
            negotiate.answer_publish(with_h264(*forms), END)
        return
    _, choices = negotiate.answer_publish(with_h264(*forms), END)
    assert choices[1].codec.payload_type == taken


def changed(name: str, *changes: tuple[str, str]) -> sdp.Description:
    found = text(name)
    for old, new in changes:
        assert old in found
        found = found.replace(old, new)
    return sdp.parse(found)


def test_known_rids_are_sorted_and_answered_in_the_order_of_the_offer() -> None:
    turned = changed("chromium", ("send q;h;f", "send f;~h,x;q"))
    answer, (_, video) = negotiate.answer_publish(turned, END)
    assert video.rids == ("q", "h", "f")
    assert again(answer).sections[1].simulcast_recv == ("f", "h", "q")


def test_unknown_rids_keep_their_order_and_four_are_too_many() -> None:
    names = changed(
        "chromium", ("send q;h;f", "send hi;lo;mid;x"), ("a=rid:q send", "a=rid:hi send\r\n"
        "a=rid:lo send pt=96;max-width=640\r\na=rid:x send\r\na=rid:mid send pt=98"),
    )  # fmt: skip
    answer, (_, video) = negotiate.answer_publish(names, END)
    assert video.rids == again(answer).sections[1].simulcast_recv == ("hi", "lo", "x")
    _, (_, video) = negotiate.answer_publish(names, END, prefer=("vp9",))
    assert video.rids == ("hi", "mid", "x")


def test_layers_that_only_ssrcs_tell_apart_are_taken_lowest_first() -> None:
    plain = changed(
        "libwebrtc",
        ("a=ssrc-group:FID 32746914 2762672651", "a=ssrc-group:SIM 32746914 7 8\r\n"
         "a=ssrc-group:FID 32746914 2762672651\r\na=ssrc-group:FID 8 9"),
    )  # fmt: skip
    answer, (_, video) = negotiate.answer_publish(plain, END)
    assert video.rids == ("q", "h", "f")
    assert video.layer_ssrcs == ((32746914, 2762672651), (7, None), (8, 9))
    assert (video.ssrc, video.rtx_ssrc) == (32746914, 2762672651)
    assert again(answer).sections[1].simulcast_recv == ()


def test_simulcast_without_the_rid_extension_is_one_layer() -> None:
    bare = changed("chromium", (f"a=extmap:10 {RID}\r\n", ""))
    answer, (_, video) = negotiate.answer_publish(bare, END)
    assert (video.rids, again(answer).sections[1].rids) == ((), ())


def test_remb_is_agreed_only_without_transport_wide_feedback() -> None:
    older = changed("chromium", (TRANSPORT_WIDE, "urn:x"))
    answer, (audio, video) = negotiate.answer_publish(older, END)
    assert "goog-remb" in answer.sections[1].codecs[0].feedback
    assert "transport-cc" not in sdp.render(answer)
    assert audio.twcc_id is video.twcc_id is None


def test_an_extension_goes_the_way_that_is_needed() -> None:
    _, _, video = publish("firefox")
    assert video.rid_id == 9, "a=extmap:9/sendonly"
    turned = changed("firefox", ("extmap:9/sendonly", "extmap:9/recvonly"))
    assert negotiate.answer_publish(turned, END)[1][1].rids == ()
    text_of_answer = sdp.render(negotiate.answer_publish(offer("firefox"), END)[0])
    assert f"a=extmap:9/recvonly {RID}\r\n" in text_of_answer


def test_sections_that_need_a_transport_each_are_refused() -> None:
    with pytest.raises(sdp.SdpError, match="bundle"):
        negotiate.answer_publish(changed("ffmpeg", ("a=group:BUNDLE 0 1\r\n", "")), END)


def accepted(answer: sdp.Description) -> list[Accepted]:
    return [negotiate.accepted(section) for section in again(answer).sections]


def test_a_down_offer_has_every_codec_and_a_client_takes_its_own() -> None:
    described = again(negotiate.offer_subscribe(SLOTS, END))
    names = [c.name for c in described.sections[1].codecs if c.name != "rtx"]
    assert names == ["VP8", "H264", "VP9", "AV1"]
    assert [c.name for c in described.sections[0].codecs] == ["opus", "red"]
    numbers = [c.payload_type for s in described.sections for c in s.codecs]
    assert len(set(numbers)) == len(numbers)
    sound, picture = accepted(negotiate.answer_subscribe(described, END))
    assert sound == Accepted(codecs={"opus": (111, None)}, level_id=1, send_time_id=2, mid_id=3)
    assert picture == Accepted(codecs={"vp8": (96, 97)}, send_time_id=2, mid_id=3)
    take = ("opus", "red", *negotiate.VIDEO_CODECS)
    sound, picture = accepted(negotiate.answer_subscribe(described, END, take=take, twcc=True))
    assert sound.red is not None
    assert set(picture.codecs) == set(negotiate.VIDEO_CODECS)
    assert sound.twcc_id == picture.twcc_id == negotiate.TRANSPORT_WIDE_ID


def test_a_receiver_that_takes_none_of_a_section_is_told_apart() -> None:
    described = negotiate.offer_subscribe(SLOTS, END)
    answer = negotiate.answer_subscribe(described, END, take=("opus",))
    assert accepted(answer)[1].codecs == {}
    silent = replace(again(answer).sections[0], direction="inactive")
    assert negotiate.accepted(silent).codecs == {}


@pytest.mark.parametrize("name", PLAYING)
def test_a_player_is_fed_in_its_own_payload_types(name: str) -> None:
    answer, agreed = negotiate.answer_play(offer(name), END, SLOTS)
    assert [(mid, kind) for mid, kind, _ in agreed] == [
        (section.mid, section.kind) for section in offer(name).sections
    ]
    read = sections(again(answer))
    assert read["audio"].ssrcs == (1,)
    assert read["video"].direction == "sendonly"
    has_rtx = "rtx" in [codec.name for codec in offer(name).sections[1].codecs]
    assert read["video"].retransmissions == (((2, 3),) if has_rtx else ())
    picture = agreed[1][2]
    for codec, (payload_type, rtx) in picture.codecs.items():
        told = next(c for c in read["video"].codecs if c.payload_type == payload_type)
        assert told.name.lower() == codec
        assert (rtx is not None) == has_rtx
    assert (picture.twcc_id is not None) == (name != "gstreamer-play")
    assert (picture.delay_id is not None) == (name != "gstreamer-play")


def test_a_player_gets_one_section_of_each_kind_that_there_is_a_slot_for() -> None:
    more = text("chromium-play")
    again_video = more[more.index("m=video") :].replace("a=mid:1", "a=mid:2")
    described = sdp.parse((more + again_video).replace("BUNDLE 0 1", "BUNDLE 0 1 2"))
    answer, _ = negotiate.answer_play(described, END, SLOTS)
    assert [section.rejected for section in again(answer).sections] == [False, False, True]
    answer, agreed = negotiate.answer_play(described, END, SLOTS[:1])
    assert [section.rejected for section in again(answer).sections] == [False, True, True]
    assert len(agreed) == 1


@pytest.mark.parametrize("name", ["chromium", "gstreamer"])
def test_a_publisher_is_no_player(name: str) -> None:
    sender = changed(name, *[("a=sendrecv", "a=sendonly")][: name == "gstreamer"])
    with pytest.raises(sdp.SdpError):
        negotiate.answer_play(sender, END, SLOTS)


def test_a_program_s_layers_are_taken() -> None:
    described = negotiate.offer_publish(END, 10, 20, 21, rids=negotiate.LAYERS, twcc=True)
    answer, (audio, video) = negotiate.answer_publish(again(described), END)
    assert video.rids == ("q", "h", "f")
    assert (audio.ssrc, video.ssrc) == (10, None)
    assert (video.rid_id, video.repaired_id) == (negotiate.RID_ID, negotiate.REPAIRED_ID)
    assert video.twcc_id == negotiate.TRANSPORT_WIDE_ID
    assert again(answer).sections[1].simulcast_recv == ("q", "h", "f")


def test_an_answer_never_leaves_the_dtls_roles_open() -> None:
    described = negotiate.offer_subscribe(SLOTS, replace(END, setup="actpass"))
    for ours, agreed in (("active", "active"), ("passive", "passive"), ("actpass", "passive")):
        answer = negotiate.answer_subscribe(described, replace(END, setup=ours))
        assert answer.transport.setup == agreed
    assert negotiate.answer_setup(offer("ffmpeg")) == "active"
    assert negotiate.answer_setup(offer("firefox")) == "passive"


def test_no_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a host name was looked up")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    hidden = sdp.parse(re.sub(r"192\.0\.2\.2 (\d+) typ", r"5a8f.local \1 typ", text("chromium")))
    assert hidden.transport.candidates[0].address == "5a8f.local"
    negotiate.answer_publish(hidden, END)
