from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey
from msgspec.structs import replace

from vicon.ops.data import DataDir, DataError, ServerInfo
from vicon.ops.links import (
    BadToken,
    Claims,
    ExpiredToken,
    Grant,
    Issue,
    Signer,
    issue_links,
    read_door_links,
    read_links,
    read_media_links,
)

NOW = 1_600_999_200_000
DAY = 86_400_000
MODERATOR = Grant(conference="k", role="moderator", room="64", name="Rini")
OPERATOR = Grant(conference="k", role="operator", room="64.02", name="Operator Kukar")
OBSERVER = Grant(conference="k", role="observer", room=None, name="Pemantau")
TESTER = Grant(conference="k", role="tester", room="64.02", name="Uji Kukar")
ENCODER = Grant(conference="k", role="encoder", room="64.02", name="Enkoder Kukar")
PLAYER = Grant(conference="k", role="player", room=None, name="Pemutar")
DOOR = Grant(conference="k", role="door", room="64.02", name="Pintu Kukar")
HUB_DOOR = Grant(conference="k", role="door", room="64", name="Pintu Provinsi")
GRANTS = [MODERATOR, OPERATOR, OBSERVER, TESTER]
KEY = bytes(range(32))
ISSUE = Issue(grant=OPERATOR, jti="a1", issued=NOW // 1000, expires=(NOW + DAY) // 1000)
SIGNER = Signer(KEY, frozenset(["a1"]))
TOKEN = SIGNER.sign_link(ISSUE)
CLAIMS = SIGNER.verify(TOKEN, NOW)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DataDir]:
    with DataDir.claim(tmp_path / "data") as home:
        yield home


def issue(home: DataDir, grants: list[Grant], now: int = NOW, base: str = "https://v") -> Signer:
    return issue_links(
        home, grants, base=base, now=now, lifetime_ms=30 * DAY, secret=secrets.token_bytes
    )


def tokens(home: DataDir) -> dict[str, str]:
    return {link.name: link.url.partition("#")[2] for link in read_links(home)}


def test_links_lead_each_role_to_its_page(home: DataDir) -> None:
    signer = issue(home, GRANTS)
    links = read_links(home)
    assert [(link.role, link.room, link.url.partition("#")[0]) for link in links] == [
        ("moderator", "64", "https://v/kendali"),
        ("operator", "64.02", "https://v/ruang"),
        ("observer", None, "https://v/pantau"),
        ("tester", "64.02", "https://v/uji"),
    ]
    for link, grant in zip(links, GRANTS, strict=True):
        claims = signer.verify(link.url.partition("#")[2], NOW)
        assert (claims.conference, claims.role, claims.room, claims.name) == (
            grant.conference, grant.role, grant.room, grant.name,
        )  # fmt: skip
        assert claims.expires_at == NOW + 30 * DAY


def test_encoders_and_players_get_tokens_that_are_no_links(home: DataDir) -> None:
    signer = issue(home, [*GRANTS, ENCODER, PLAYER])
    assert len(read_links(home)) == len(GRANTS)
    encoder, player = read_media_links(home)
    assert (encoder.room, encoder.url) == ("64.02", "https://v/whip/k/64.02")
    assert (player.room, player.url) == (None, "https://v/whep/k")
    claims = signer.verify_media(encoder.token, NOW)
    assert (claims.conference, claims.role, claims.room) == ("k", "encoder", "64.02")
    for media in (encoder, player):
        for verify in (signer.verify, signer.verify_resume):
            with pytest.raises(BadToken, match="another kind"):
                verify(media.token, NOW)
    for link in tokens(home).values():
        with pytest.raises(BadToken, match="another kind"):
            signer.verify_media(link, NOW)


def test_an_encoders_token_ends_as_a_link_does(home: DataDir) -> None:
    signer = issue(home, [ENCODER])
    (encoder,) = read_media_links(home)
    with pytest.raises(ExpiredToken):
        signer.verify_media(encoder.token, NOW + 30 * DAY)
    with pytest.raises(BadToken, match="no longer in the book"):
        issue(home, [PLAYER]).verify_media(encoder.token, NOW)


def door_token(home: DataDir, room: str = "64.02") -> str:
    (url,) = [link.url for link in read_door_links(home) if link.room == room]
    return url.rpartition("/")[2]


def test_a_door_has_a_short_token_in_the_path(home: DataDir) -> None:
    signer = issue(home, [OPERATOR, DOOR, HUB_DOOR])
    (kukar, hub) = read_door_links(home)
    assert re.fullmatch(r"https://v/checkin/[A-Za-z0-9_-]{22}", kukar.url)
    assert kukar.url != hub.url
    claims = signer.verify_door(door_token(home), NOW)
    assert (claims.conference, claims.room) == ("k", "64.02")
    assert signer.verify_door(door_token(home, "64"), NOW).room == "64"
    assert [link.role for link in read_links(home)] == ["operator"]
    assert read_media_links(home) == []


def test_the_book_does_not_hold_what_opens_a_door(home: DataDir) -> None:
    issue(home, [DOOR])
    book = home.links.read_text()
    assert door_token(home) not in book
    (line,) = json.loads(book)["issues"]
    other = Signer(bytes(32), frozenset([line["jti"]]), [replace(ISSUE, grant=DOOR)])
    with pytest.raises(BadToken):
        other.verify_door(door_token(home), NOW)


def test_a_door_is_no_link_and_a_link_no_door(home: DataDir) -> None:
    signer = issue(home, [OPERATOR, DOOR])
    for verify in (signer.verify, signer.verify_resume, signer.verify_media):
        with pytest.raises(BadToken):
            verify(door_token(home), NOW)
    jti = json.loads(home.links.read_text())["issues"][1]["jti"]
    for token in (tokens(home)["Operator Kukar"], jti, "", "x" * 5000, "é" * 22):
        with pytest.raises(BadToken, match="no such door"):
            signer.verify_door(token, NOW)
    with pytest.raises(ValueError, match="no signed token"):
        signer.sign_link(replace(ISSUE, grant=DOOR))


def test_a_door_ends_with_its_line_of_the_book(home: DataDir) -> None:
    signer = issue(home, [DOOR])
    token = door_token(home)
    assert read_door_links(home)[0].expires_at == NOW + 30 * DAY
    signer.verify_door(token, NOW + 30 * DAY - 1)
    with pytest.raises(ExpiredToken):
        signer.verify_door(token, NOW + 30 * DAY)
    later = issue(home, [DOOR], now=NOW + 20 * DAY)
    assert door_token(home) == token, "a poster that hangs stays good"
    later.verify_door(token, NOW + 49 * DAY)
    with pytest.raises(BadToken, match="no such door"):
        issue(home, [OPERATOR]).verify_door(token, NOW)


@pytest.mark.parametrize(
    ("base", "asked", "url"),
    [
        ("https://v.example", "https://10.0.0.9:8443", "https://v.example"),
        ("", "https://10.0.0.9:8443/", "https://10.0.0.9:8443"),
        ("", "http://127.0.0.1:8443", "https://10.0.0.5:8443"),
        ("", "http://vicon.localhost:8443", "https://10.0.0.5:8443"),
        ("", "", "https://10.0.0.5:8443"),
        ("", "http://[::1", "https://10.0.0.5:8443"),
    ],
)
def test_a_phone_is_sent_where_it_can_come(home: DataDir, base: str, asked: str, url: str) -> None:
    issue(home, [DOOR], base=base)
    urls = ("http://127.0.0.1:8443", "https://10.0.0.5:8443", "https://10.0.0.6:8443")
    home.write_server(ServerInfo(url=urls[0], port=8443, pid=1, started=NOW, urls=urls))
    assert read_door_links(home, asked)[0].url.startswith(f"{url}/checkin/")


def test_a_server_for_itself_alone_says_what_it_has(home: DataDir) -> None:
    issue(home, [DOOR], base="")
    home.write_server(ServerInfo(url="http://127.0.0.1:80", port=80, pid=1, started=NOW))
    assert read_door_links(home)[0].url.startswith("http://127.0.0.1:80/checkin/")


@pytest.mark.parametrize(("kind", "role"), [("vicon-media", "moderator"), ("vicon-link", "player")])
def test_a_role_in_the_wrong_kind_of_token_is_refused(kind: str, role: str) -> None:
    token = forge(kind, role)
    with pytest.raises(BadToken):
        SIGNER.verify(token, NOW)
    with pytest.raises(BadToken):
        SIGNER.verify_media(token, NOW)


def forge(kind: str, role: str) -> str:
    body = {"conf": "k", "role": role, "name": "x", "jti": "a1", "iat": 0, "exp": 2**40}
    header = {"typ": kind, "alg": "HS256", "kid": "x"}
    return jwt.encode(header, body, OctKey.import_key(KEY), ["HS256"])


def test_links_are_the_same_each_time_and_after_a_restart(home: DataDir) -> None:
    issue(home, GRANTS)
    before = read_links(home)
    issue(home, GRANTS, now=NOW + DAY)
    assert read_links(home) == before == read_links(home)


def test_only_the_owner_may_read_key_and_book(home: DataDir) -> None:
    issue(home, GRANTS)
    assert home.key.stat().st_mode & 0o777 == 0o600
    assert home.links.stat().st_mode & 0o777 == 0o600
    assert home.key.parent.stat().st_mode & 0o777 == 0o700


def test_a_link_taken_from_the_configuration_counts_no_more(home: DataDir) -> None:
    issue(home, GRANTS)
    gone = tokens(home)["Rini"]
    signer = issue(home, GRANTS[1:])
    with pytest.raises(BadToken, match="no longer in the book"):
        signer.verify(gone, NOW)
    signer.verify(tokens(home)["Pemantau"], NOW)


def test_a_book_from_before_the_test_links_keeps_its_links(home: DataDir) -> None:
    issue(home, GRANTS[:3])
    before = tokens(home)
    signer = issue(home, GRANTS)
    after = tokens(home)
    assert {name: after[name] for name in before} == before
    assert signer.verify(after["Uji Kukar"], NOW).role == "tester"


def test_a_corrected_room_name_keeps_the_link_that_was_handed_out(home: DataDir) -> None:
    issue(home, GRANTS)
    old = tokens(home)["Operator Kukar"]
    signer = issue(home, [MODERATOR, replace(OPERATOR, name="Operator Kutai Kartanegara")])
    assert signer.verify(old, NOW).room == "64.02"
    assert "Operator Kutai Kartanegara" in tokens(home)


def test_a_server_started_late_prolongs_links_and_keeps_the_old_ones_to_their_end(
    home: DataDir,
) -> None:
    issue(home, GRANTS)
    old = tokens(home)["Rini"]
    later = NOW + 20 * DAY
    signer = issue(home, GRANTS, now=later)
    assert signer.verify(old, later).expires_at == NOW + 30 * DAY
    assert signer.verify(tokens(home)["Rini"], later).expires_at == later + 30 * DAY
    with pytest.raises(ExpiredToken):
        signer.verify(old, NOW + 30 * DAY)


def test_the_address_is_the_configured_one_else_the_last_known(home: DataDir) -> None:
    issue(home, GRANTS, base="")
    with pytest.raises(DataError, match="start the server"):
        read_links(home)
    home.write_server(ServerInfo(url="http://10.0.0.5:8443/", port=8443, pid=1, started=NOW))
    assert read_links(home)[0].url.startswith("http://10.0.0.5:8443/kendali#")


def test_no_server_yet_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="start the server"):
        read_links(DataDir(tmp_path))


def test_a_short_key_is_refused(home: DataDir) -> None:
    issue(home, GRANTS)
    home.key.write_bytes(b"short")
    with pytest.raises(DataError, match="cannot be used"):
        read_links(home)


def test_a_damaged_book_is_named(home: DataDir) -> None:
    issue(home, GRANTS)
    home.links.write_text('{"base": 3}')
    with pytest.raises(DataError, match=r"links\.json is damaged"):
        read_links(home)


def test_an_expired_link_is_refused_from_its_very_millisecond() -> None:
    assert SIGNER.verify(TOKEN, NOW + DAY - 1).name == "Operator Kukar"
    with pytest.raises(ExpiredToken):
        SIGNER.verify(TOKEN, NOW + DAY)


def test_a_resume_token_brings_the_device_back_and_is_no_link() -> None:
    resume = SIGNER.sign_resume(CLAIMS, "d1", NOW)
    assert SIGNER.verify_resume(resume, NOW) == replace(CLAIMS, device="d1")
    with pytest.raises(BadToken, match="another kind"):
        SIGNER.verify(resume, NOW)
    with pytest.raises(BadToken, match="no device"):
        SIGNER.verify_resume(SIGNER.sign_resume(CLAIMS, "", NOW), NOW)
    with pytest.raises(BadToken, match="another kind"):
        SIGNER.verify_resume(TOKEN, NOW)
    with pytest.raises(ExpiredToken):
        SIGNER.verify_resume(resume, NOW + DAY)
    with pytest.raises(BadToken, match="no longer"):
        Signer(KEY, frozenset()).verify_resume(resume, NOW)


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _payload() -> dict[str, object]:
    part = TOKEN.split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def test_a_token_without_or_with_another_algorithm_is_refused() -> None:
    head, body, mark = TOKEN.split(".")
    for alg in ("none", "None", "HS512", "RS256"):
        forged = _segment({"typ": "vicon-link", "alg": alg})
        for signature in ("", mark):
            with pytest.raises(BadToken):
                SIGNER.verify(f"{forged}.{body}.{signature}", NOW)
    with pytest.raises(BadToken):
        SIGNER.verify(f"{head}.{_segment(_payload() | {'role': 'moderator'})}.{mark}", NOW)
    other = jwt.encode(
        {"typ": "vicon-link", "alg": "HS256"}, _payload(), OctKey.import_key(bytes(32)), ["HS256"]
    )
    with pytest.raises(BadToken):
        SIGNER.verify(other, NOW)


@pytest.mark.parametrize(
    "change",
    [{"role": "king"}, {"exp": "soon"}, {"exp": None}, {"conf": 3}, {"jti": None}, {"room": []}],
)
def test_a_well_signed_token_with_wrong_claims_is_refused(change: dict[str, object]) -> None:
    claims = {k: v for k, v in (_payload() | change).items() if v is not None}
    token = jwt.encode(
        {"typ": "vicon-link", "alg": "HS256"}, claims, OctKey.import_key(KEY), ["HS256"]
    )
    with pytest.raises(BadToken):
        SIGNER.verify(token, NOW)


@settings(deadline=None)  # a busy machine is no fault
@given(st.data())
def test_no_character_of_a_token_can_be_another(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(TOKEN) - 1))
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=+/ \n"
    letter = data.draw(st.sampled_from(letters))
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if changed == TOKEN:
        return
    with pytest.raises(BadToken):
        SIGNER.verify(changed, NOW)


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(max_size=200) | st.text("eyJ.-_0aA=", max_size=200))
def test_garbage_is_a_bad_token_and_is_not_repeated(text: str) -> None:
    with pytest.raises(BadToken) as caught:
        SIGNER.verify(text, NOW)
    if len(text) > 30:
        assert text not in str(caught.value)


def test_a_huge_token_is_refused_unread() -> None:
    with pytest.raises(BadToken, match="not a token"):
        SIGNER.verify("a" * 4097, NOW)


def test_claims_of_a_link_have_no_device() -> None:
    assert isinstance(CLAIMS, Claims)
    assert CLAIMS.device is None
