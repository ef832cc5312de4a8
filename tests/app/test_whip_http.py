"""WHIP and WHEP on the wire: every status code with what has to stand beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from signaling.reasons import REFUSALS
from tests.app.outside import (
    BALIKPAPAN,
    FRAGMENT,
    KUKAR,
    NOW,
    OFFER,
    PLAYER,
    SDP,
    House,
    description,
    fragment,
    opened,
)
from vicon.core.events import ConferenceCreated
from vicon.core.evolve import evolve
from vicon.core.model import Plan
from vicon.ports import MediaError
from vicon.rtc import sdp
from vicon.web import whiphead
from vicon.web.problems import PROBLEMS, problem

ENDPOINT = f"/whip/uji/{KUKAR}"


@pytest.fixture
async def house(plan: Plan) -> AsyncIterator[House]:
    async with opened(plan) as one:
        yield one


async def refused(answer: ClientResponse, status: int, code: str) -> dict[str, Any]:
    """Its body, after a look at what every refusal has to say."""
    assert answer.status == status, await answer.text()
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    body: dict[str, Any] = await answer.json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["detail"] == body["text"]["id"]
    assert body["text"]["en"]
    return body


async def test_201_with_address_entity_tag_and_turn_servers(house: House) -> None:
    answer = await house.ask("POST", ENDPOINT, OFFER)
    assert (answer.status, answer.content_type) == (201, SDP)
    assert sdp.parse(await answer.text()).transport.ufrag == "srv1"
    assert answer.headers["Location"].startswith(f"{ENDPOINT}/")
    assert answer.headers["ETag"].strip('"')
    assert answer.headers["ETag"] == f'"{answer.headers["ETag"].strip(chr(34))}"', "strong"
    assert answer.headers.getall("Link") == [
        f'<{url}>; rel="ice-server"; username="1600:Enkoder \\"1\\""; credential="c2VjcmV0"; '
        'credential-type="password"'
        for url in ("turn:t.example:3478?transport=udp", "turns:t.example:443?transport=tcp")
    ]
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert {"ETag", "Link", "Location"} <= set(exposed.split(", "))
    assert answer.headers["Cache-Control"] == "no-store"


async def test_candidates_are_204_without_an_entity_tag(house: House) -> None:
    posted = await house.ask("POST", ENDPOINT, OFFER)
    address, tag = posted.headers["Location"], posted.headers["ETag"]
    answer = await house.ask("PATCH", address, fragment(), kind=FRAGMENT, If_Match=tag)
    assert (answer.status, await answer.read()) == (204, b"")
    assert "ETag" not in answer.headers
    (known,) = house.engine.candidates
    assert known[1:] == ("up", "1 1 udp 2122260223 192.0.2.1 61764 typ host")
    assert house.engine.restarts == []


@pytest.mark.parametrize("star", ["*", '"*"'])
async def test_a_restart_is_200_with_new_credentials_and_a_new_entity_tag(
    house: House, star: str
) -> None:
    posted = await house.ask("POST", ENDPOINT, OFFER)
    address, old = posted.headers["Location"], posted.headers["ETag"]
    body = fragment("efgh", "r" * 24)
    answer = await house.ask("PATCH", address, body, kind=FRAGMENT, If_Match=star)
    assert (answer.status, answer.content_type) == (200, FRAGMENT)
    ours = sdp.parse_fragment(await answer.text())
    assert (ours.ufrag, ours.password) == ("srv2", "q" * 22)
    new = answer.headers["ETag"]
    assert new != old
    device, line, offer = house.engine.restarts[0]
    theirs = sdp.parse(offer).transport
    assert (line, theirs.ufrag, theirs.password) == ("up", "efgh", "r" * 24)
    assert [c.address for c in theirs.candidates] == ["192.0.2.1"]
    assert device in house.state.devices
    await refused(
        await house.ask("PATCH", address, body, kind=FRAGMENT, If_Match=old), 412, "stale_etag"
    )
    again = await house.ask("PATCH", address, body, kind=FRAGMENT, If_Match=new)
    assert again.status == 204, "the new credentials are the present ones"


async def test_new_credentials_with_the_present_tag_are_a_restart_too(house: House) -> None:
    posted = await house.ask("POST", ENDPOINT, OFFER)
    answer = await house.ask(
        "PATCH", posted.headers["Location"], fragment("efgh", "r" * 24), kind=FRAGMENT,
        If_Match=posted.headers["ETag"],
    )  # fmt: skip
    assert answer.status == 200


async def test_a_restart_that_fails_leaves_the_session(house: House) -> None:
    posted = await house.ask("POST", ENDPOINT, OFFER)
    address, tag = posted.headers["Location"], posted.headers["ETag"]
    house.engine.fail = MediaError("media_state", "no such connection")
    answer = await house.ask(
        "PATCH", address, fragment("efgh", "r" * 24), kind=FRAGMENT, If_Match="*"
    )
    assert (await refused(answer, 409, "media_state"))["cause"] == "no such connection"
    answer = await house.ask("PATCH", address, fragment(), kind=FRAGMENT, If_Match=tag)
    assert answer.status == 204


async def test_428_412_422_and_415_of_a_patch(house: House) -> None:
    posted = await house.ask("POST", ENDPOINT, OFFER)
    address, tag = posted.headers["Location"], posted.headers["ETag"]
    answer = await house.ask("PATCH", address, fragment(), kind=FRAGMENT)
    await refused(answer, 428, "no_etag")
    answer = await house.ask("PATCH", address, fragment(), kind=FRAGMENT, ETag=tag)
    await refused(answer, 428, "no_etag")
    for other in ('"other"', f"W/{tag}"):
        answer = await house.ask("PATCH", address, fragment(), kind=FRAGMENT, If_Match=other)
        await refused(answer, 412, "stale_etag")
    answer = await house.ask(
        "PATCH", address, fragment(), kind=FRAGMENT, If_Match=f'"other", {tag}'
    )
    assert answer.status == 204
    broken = "a=candidate:nothing\r\n"
    answer = await house.ask("PATCH", address, broken, kind=FRAGMENT, If_Match=tag)
    assert (await refused(answer, 422, "bad_fragment"))["cause"]
    answer = await house.ask("PATCH", address, OFFER, kind=SDP, If_Match=tag)
    await refused(answer, 415, "want_fragment")
    assert answer.headers["Accept-Patch"] == FRAGMENT
    assert len(house.sessions) == 1


async def test_delete_does_not_look_at_entity_tags(house: House) -> None:
    address = await house.encoder()
    assert (await house.ask("DELETE", address, If_Match='"old"')).status == 200


async def test_there_is_nothing_to_get(house: House) -> None:
    address = await house.encoder()
    for path in (ENDPOINT, address):
        answer = await house.ask("GET", path, token=None)
        assert (answer.status, await answer.read()) == (204, b"")
    for method in ("GET", "HEAD"):
        answer = await house.ask(method, "/whep/uji", token=None)
        assert (answer.status, answer.content_type) == (200, SDP)
        assert await answer.read() == b""


@pytest.mark.parametrize("path", [ENDPOINT, "/whep/uji", f"/whep/uji/{KUKAR}"])
async def test_options_tell_browsers_what_they_may(house: House, path: str) -> None:
    answer = await house.ask(
        "OPTIONS", path, token=None, Origin="https://encoder.example",
        Access_Control_Request_Method="POST",
    )  # fmt: skip
    assert answer.status == 200
    assert answer.headers["Accept-Post"] == SDP
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"Authorization", "Content-Type", "If-Match"} <= set(
        answer.headers["Access-Control-Allow-Headers"].split(", ")
    )
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Link" not in answer.headers, "TURN credentials are not for everybody"


async def test_options_with_a_token_give_the_turn_servers(house: House) -> None:
    answer = await house.ask("OPTIONS", ENDPOINT)
    assert len(answer.headers.getall("Link")) == 2
    await refused(await house.ask("OPTIONS", ENDPOINT, token="x"), 401, "bad_token")


async def test_options_of_a_session(house: House) -> None:
    answer = await house.ask("OPTIONS", await house.encoder(), token=None)
    assert (answer.status, answer.headers["Accept-Patch"]) == (200, FRAGMENT)
    assert {"PATCH", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))


async def test_401_says_how_to_come_in(house: House) -> None:
    answer = await house.ask("POST", ENDPOINT, OFFER, token=None)
    await refused(answer, 401, "no_token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="vicon"'
    for token in ("x", "a.b.c", "e" * 5000):
        answer = await house.ask("POST", ENDPOINT, OFFER, token=token)
        await refused(answer, 401, "bad_token")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    address = await house.encoder()
    for method in ("PATCH", "DELETE"):
        await refused(await house.ask(method, address, token=None), 401, "no_token")


async def test_401_when_its_time_is_over(house: House) -> None:
    house.clock.time += 3601
    await refused(await house.ask("POST", ENDPOINT, OFFER), 401, "expired_token")
    answer = await house.ask("POST", "/whep/uji", PLAYER, token="observer")
    await refused(answer, 401, "expired_token")


@pytest.mark.parametrize(
    ("path", "token", "code"),
    [
        (f"/whip/uji/{BALIKPAPAN}", ("encoder", KUKAR), "wrong_token"),
        (f"/whip/lain/{KUKAR}", ("encoder", KUKAR), "wrong_token"),
        (ENDPOINT, ("player", None), "wrong_token"),
        (ENDPOINT, ("operator", KUKAR), "link_token"),
        ("/whep/uji", ("encoder", KUKAR), "wrong_token"),
        ("/whep/uji", ("operator", KUKAR), "link_token"),
        ("/whep/uji", ("tester", KUKAR), "link_token"),
        ("/whep/lain", ("player", None), "wrong_token"),
    ],
)
async def test_403_for_a_token_of_another_use(
    house: House, path: str, token: tuple[str, str | None], code: str
) -> None:
    answer = await house.ask("POST", path, OFFER, token=house.token(*token))
    await refused(answer, 403, code)
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert house.engine.open == {}


async def test_403_for_somebody_elses_session(house: House) -> None:
    address = await house.player()
    answer = await house.ask("DELETE", address, token="observer")
    await refused(answer, 403, "wrong_token")
    assert len(house.sessions) == 1


@pytest.mark.parametrize("role", ["observer", "technician"])
async def test_who_may_look_may_play(house: House, role: str) -> None:
    answer = await house.ask("POST", "/whep/uji", PLAYER, token=role)
    assert answer.status == 201
    assert (await house.ask("DELETE", answer.headers["Location"], token=role)).status == 200


async def test_404_for_what_is_not_there(house: House) -> None:
    answer = await house.ask("POST", "/whep/uji/99", PLAYER, token="player")
    await refused(answer, 404, "not_found")
    answer = await house.ask("PATCH", f"{ENDPOINT}/nothing", fragment(), kind=FRAGMENT)
    await refused(answer, 404, "no_session")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", ENDPOINT), ("DELETE", ENDPOINT), ("PUT", ENDPOINT), ("POST", f"{ENDPOINT}/s")],
)
async def test_405_says_what_can_be_done(house: House, method: str, path: str) -> None:
    answer = await house.ask(method, path, OFFER)
    await refused(answer, 405, "bad_method")
    assert "GET" in answer.headers["Allow"]
    assert method not in answer.headers["Allow"].split(", ")


async def test_408_for_a_body_that_does_not_come(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vicon.web.whip.BODY_S", 0.05)
    sent = asyncio.Event()

    async def drip() -> AsyncIterator[bytes]:
        yield b"v=0\r\n"
        await sent.wait()

    head = {"Authorization": f"Bearer {house.token('encoder', KUKAR)}", "Content-Type": SDP}
    answer = await house.http.post(ENDPOINT, data=drip(), headers=head)
    await refused(answer, 408, "too_slow")
    sent.set()


async def test_409_before_the_conference_is_open(house: House, plan: Plan) -> None:
    draft = evolve(None, ConferenceCreated(plan=plan), NOW)
    house.actor._state = draft
    answer = await house.ask("POST", ENDPOINT, OFFER)
    await refused(answer, 409, "not_open")
    assert int(answer.headers["Retry-After"]) > 0
    assert house.engine.open == {}


async def test_413_for_more_than_an_offer(house: House) -> None:
    answer = await house.ask("POST", ENDPOINT, "v=0\r\n" + "a=x\r\n" * 20_000)
    await refused(answer, 413, "too_large")
    address = await house.encoder()
    answer = await house.ask("PATCH", address, b"a" * 70_000, kind=FRAGMENT, If_Match="*")
    await refused(answer, 413, "too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/octet-stream"])
async def test_415_for_another_kind_of_body(house: House, kind: str) -> None:
    answer = await house.ask("POST", ENDPOINT, OFFER, kind=kind)
    await refused(answer, 415, "want_sdp")
    assert answer.headers["Accept-Post"] == SDP


@pytest.mark.parametrize(
    "offer",
    [
        "rubbish",
        b"\xff\xfe",
        b"",
        description("audio", "video", way="recvonly"),
        description("audio", "video", way="inactive"),
        description("audio", "video", "video"),
        description("audio", "audio"),
        description("audio", "video", "application"),
        description("application"),
    ],
)
async def test_422_for_what_cannot_be_taken_whole(house: House, offer: str | bytes) -> None:
    answer = await house.ask("POST", ENDPOINT, offer)
    assert (await refused(answer, 422, "bad_sdp"))["cause"]
    assert (len(house.sessions), house.engine.open, house.main()) == (0, {}, None)


async def test_422_when_only_a_part_could_be_answered(house: House) -> None:
    answer = description("audio", "video", way="recvonly")
    house.engine.answer = answer.replace("m=video 9", "m=video 0")
    body = await refused(await house.ask("POST", ENDPOINT, OFFER), 422, "bad_sdp")
    assert "video" in body["cause"]
    assert (len(house.sessions), house.engine.open, house.main()) == (0, {}, None)


@pytest.mark.parametrize("way", ["sendonly", "inactive"])
async def test_422_for_a_player_that_would_not_receive(house: House, way: str) -> None:
    offer = description("audio", "video", way=way)
    await refused(await house.ask("POST", "/whep/uji", offer, token="player"), 422, "bad_sdp")


async def test_422_says_what_the_engine_found(house: House) -> None:
    house.engine.fail = MediaError("bad_sdp", "no codec in common")
    answer = await house.ask("POST", ENDPOINT, OFFER)
    assert (await refused(answer, 422, "bad_sdp"))["cause"] == "no codec in common"


async def test_429_for_a_client_that_hammers(house: House) -> None:
    for _ in range(10):
        assert (await house.ask("POST", ENDPOINT, "rubbish")).status == 422
    answer = await house.ask("POST", ENDPOINT, OFFER)
    await refused(answer, 429, "too_fast")
    assert int(answer.headers["Retry-After"]) > 0
    await house.encoder(BALIKPAPAN)
    house.clock.time += 5
    address = await house.encoder()
    for _ in range(40):
        await house.ask("PATCH", address, fragment(), kind=FRAGMENT, If_Match="*")
    answer = await house.ask("PATCH", address, fragment(), kind=FRAGMENT, If_Match="*")
    await refused(answer, 429, "too_fast")


async def test_503_while_the_media_plane_is_not_ready(house: House) -> None:
    for path, offer, token in ((ENDPOINT, OFFER, "encoder"), ("/whep/uji", PLAYER, "player")):
        house.engine.fail = MediaError("media_unavailable", "the media worker is not ready")
        answer = await house.ask("POST", path, offer, token=token)
        await refused(answer, 503, "media_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert not house.state.devices


async def test_500_is_told_in_the_same_way(house: House) -> None:
    house.engine.fail = MediaError("something_new", "what nobody has thought of")
    await refused(await house.ask("POST", ENDPOINT, OFFER), 500, "internal")


async def test_refusals_speak_english_when_asked(house: House) -> None:
    answer = await house.ask("POST", ENDPOINT, OFFER, token="x", Accept_Language="en-GB,en")
    body = await answer.json()
    assert body["detail"] == body["text"]["en"]
    assert answer.headers["Content-Language"] == "en"


def test_every_problem_says_what_to_do_in_both_languages() -> None:
    for code, found in PROBLEMS.items():
        for sentence in (found.words.id, found.words.en):
            assert sentence.count(". ") >= 1, f"{code}: what happened, then what to do"
            assert sentence.endswith((".", "?"))
        assert found.words.id != found.words.en


def test_a_refusal_of_the_core_is_never_without_words() -> None:
    for reason in REFUSALS:
        assert problem(reason.code).status >= 400


@given(st.text(max_size=60))
def test_if_match_is_read_whole_or_not_at_all(text: str) -> None:
    line = "".join(c for c in text if c.isprintable() and c.isascii())
    request = make_mocked_request("PATCH", "/whip/a/b/c", headers={"If-Match": line})
    for tag in whiphead.if_match(request):
        assert tag == "*" or tag.strip("W/")[0] == tag[-1] == '"'


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (OBS-Studio/31.0.2; Linux x86_64; id-ID)", "WHIP OBS-Studio/31.0.2"),
        ("Lavf/63.1.100", "WHIP Lavf/63.1.100"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
         "WHIP Chrome/156.0.0.0"),
        ("", "WHIP"),
        ("a" * 500, "WHIP"),
        ("a" * 500 + "/1", "WHIP " + "a" * 59),
    ],
)  # fmt: skip
def test_others_see_which_program_sends(agent: str, label: str) -> None:
    request = make_mocked_request("POST", "/whip/a/b", headers={"User-Agent": agent})
    assert whiphead.label(request) == label
