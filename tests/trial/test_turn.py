"""TURN credentials that end by themselves, and by which way a server is reached."""

from __future__ import annotations

import base64

import pytest

from signaling.trial import PathName
from vicon.trial import turn
from vicon.trial.turn import TurnSettings

SETTINGS = TurnSettings(
    urls=(
        "turn:turn.example:3478?transport=udp",
        "turn:turn.example:3478?transport=tcp",
        "turns:turn.example:443?transport=tcp",
    ),
    secret=b"north",
    ttl_s=600,
)


def test_a_known_vector() -> None:
    """draft-uberti-behave-turn-rest-00, section 2.2: base64(HMAC-SHA1(secret, username)). The
    digest of this one was made with openssl dgst -sha1 -hmac."""
    assert turn.credentials(b"my_secret", "john", 1433895918) == (
        "1433895918:john",
        "HdNkr8v0cdMtHkolobx5F9UBmBE=",
    )


def test_a_name_holds_no_second_colon() -> None:
    username, credential = turn.credentials(b"s", "64.02:a b/ü", 1)
    assert username == "1:64.02%3Aa%20b%2F%C3%BC"
    assert len(base64.b64decode(credential)) == 20


def test_they_end_when_told() -> None:
    (server,) = turn.servers(SETTINGS, "r1", 1_600_000_000_999)
    assert server.username == "1600000600:r1"
    assert server.urls == list(SETTINGS.urls)
    assert (server.username, server.credential) == turn.credentials(b"north", "r1", 1600000600)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("turn:a", "turn_udp"),
        ("turn:a:3478", "turn_udp"),
        ("turn:a:3478?transport=udp", "turn_udp"),
        ("turn:a:3478?transport=tcp", "turn_tcp"),
        ("turns:a:443?transport=tcp", "turn_tls"),
        ("turns:a", "turn_tls"),
        ("turn:[2001:db8::1]:3478?transport=tcp", "turn_tcp"),
    ],
)
def test_by_what_a_server_is_reached(url: str, path: PathName) -> None:
    assert turn.path_of(url) == path


def test_each_path_gets_its_own_addresses() -> None:
    for path, url in zip(("turn_udp", "turn_tcp", "turn_tls"), SETTINGS.urls, strict=True):
        (server,) = turn.for_path(SETTINGS, path, "r1", 0)  # type: ignore[arg-type]
        assert server.urls == [url]
    assert turn.for_path(SETTINGS, "udp", "r1", 0) == []


def test_without_turn_there_is_none() -> None:
    assert turn.servers(None, "r1", 0) == []
    assert turn.for_path(None, "turn_tls", "r1", 0) == []


def test_the_secret_is_not_shown() -> None:
    assert "north" not in repr(SETTINGS)
