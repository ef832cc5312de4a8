"""What a value must be: whether it fits, and how that is said to a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from msgspec import inspect

from vicon.ops.net import announcements, for_itself_alone
from vicon.ops.words import Words

TIMEZONE, ADDRESS, URL = {"is": "timezone"}, {"is": "address"}, {"is": "url"}
CODE, CONFERENCE, TURN = {"is": "code"}, {"is": "conference"}, {"is": "turn"}
PORTS, ANNOUNCED = {"is": "ports"}, {"is": "announced"}
ISSUER, NETWORK = {"is": "issuer"}, {"is": "network"}
HOOK, RECEIVER = {"is": "hook"}, {"is": "receiver"}
CHANNEL, ORIGIN, ORIGINS = {"is": "channel"}, {"is": "origin"}, {"is": "origins"}
"""`Meta(extra=...)` of a text that means more than text."""


def wrong(value: object, kind: inspect.Type) -> Words | None:
    """None if a plain value fits; else what it must be. Tables and arrays: see check.py."""
    if isinstance(kind, inspect.Metadata):
        means = str((kind.extra or {}).get("is", ""))
        fits, words = _MEANINGS[means]
        return None if isinstance(value, str) and fits(value) else words
    if isinstance(kind, inspect.UnionType):  # only `X | None`: None cannot be written in TOML
        return wrong(value, next(t for t in kind.types if not isinstance(t, inspect.NoneType)))
    return _PLAIN[type(kind)](value, kind)


def count_words(kind: inspect.ListType) -> Words:
    """How many elements an array must have."""
    low, high = kind.min_length or 0, kind.max_length
    if high is None:
        return Words(f"harus daftar, sedikitnya {low} isi", f"must be an array of {low} or more")
    return Words(f"harus daftar berisi {low} sampai {high}", f"must be an array of {low} to {high}")


def shown(value: object) -> str:
    """A value as it was written, cut short."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else text
    return text if len(text) <= 40 else f"{text[:37]}..."


def _int(value: object, kind: Any) -> Words | None:
    low, high = kind.ge, kind.le
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return None
    return Words(
        f"harus bilangan bulat {low} sampai {high}", f"must be a whole number from {low} to {high}"
    )


def _str(value: object, kind: Any) -> Words | None:
    low, high = kind.min_length or 0, kind.max_length
    if isinstance(value, str) and "\0" not in value and low <= len(value) <= (high or len(value)):
        return None
    size = f"{low}-{high}" if high else f">= {low}"
    return Words(f"harus teks ({size} huruf)", f"must be text ({size} characters)")


def _bool(value: object, kind: Any) -> Words | None:
    return (
        None if isinstance(value, bool) else Words("harus true atau false", "must be true or false")
    )


def _literal(value: object, kind: Any) -> Words | None:
    if isinstance(value, str) and value in kind.values:
        return None
    choices = ", ".join(f'"{choice}"' for choice in kind.values)
    return Words(f"harus salah satu dari {choices}", f"must be one of {choices}")


def _datetime(value: object, kind: Any) -> Words | None:
    if isinstance(value, datetime):
        return None
    return Words(
        "harus waktu tanpa tanda kutip, contoh 2020-09-25T09:00:00+08:00",
        "must be a time without quotes, such as 2020-09-25T09:00:00+08:00",
    )


def _float(value: object, kind: Any) -> Words | None:
    low, high = kind.ge, kind.le
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if plain and low <= value <= high:
        return None
    least, most = f"{low:g}", f"{high:g}"
    return Words(
        f"harus bilangan {least} sampai {most}",
        f"must be a number from {least} to {most}",
    )


_PLAIN: dict[type[inspect.Type], Callable[[object, Any], Words | None]] = {
    inspect.IntType: _int,
    inspect.FloatType: _float,
    inspect.StrType: _str,
    inspect.BoolType: _bool,
    inspect.LiteralType: _literal,
    inspect.DateTimeType: _datetime,
}


def is_timezone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _parts(text: str) -> SplitResult | None:
    """Of an address with a host; None: it is none, or its port is none."""
    try:
        parts = urlsplit(text)
        fits = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if fits else None


def _is_url(text: str) -> bool:
    if not text:
        return True
    parts = _parts(text)
    if parts is None:
        return False
    whole = parts.scheme in ("http", "https")
    return (
        whole and parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    )


def _is_origin(text: str) -> bool:
    """RFC 6454, section 6.2: what goes into a policy holds nothing that would end a directive."""
    return re.fullmatch(r"https?://[A-Za-z0-9.-]+(?::[1-9]\d{0,4})?", text) is not None


def _is_issuer(text: str) -> bool:
    """OpenID Connect Discovery 1.0, section 3: https, without query and fragment; plain http is
    for a provider on this very machine."""
    if not text:
        return True
    parts = _parts(text)
    if parts is None:
        return False
    here = parts.scheme == "http" and for_itself_alone(text)
    whole = parts.scheme == "https" or here
    return whole and not (parts.query or parts.fragment or parts.username)


def _is_hook(text: str) -> bool:
    """A path and a query may be there; no name and password: they would stand in logs."""
    parts = _parts(text)
    if parts is None:
        return False
    here = parts.scheme == "http" and for_itself_alone(text)
    whole = parts.scheme == "https" or here
    plain = all(0x21 <= ord(sign) <= 0x7E for sign in text)
    return whole and plain and not (parts.fragment or parts.username or parts.password)


def _is_channel(text: str) -> bool:
    """No name, password, query or fragment: what is secret has a file of its own."""
    if not text:
        return True
    parts = _parts(text)
    if parts is None:
        return False
    whole = parts.scheme in ("rtmp", "rtmps")
    plain = all(0x21 <= ord(sign) <= 0x7E for sign in text)
    return whole and plain and not (parts.query or parts.fragment or parts.username)


def _is_origins(text: str) -> bool:
    """An origin, or all of them."""
    return text == "*" or _is_origin(text)


def _is_receiver(text: str) -> bool:
    return re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", text) is not None


def _is_code(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9._-]{1,32}", text) is not None


def _is_conference(text: str) -> bool:
    return re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", text) is not None


def _is_turn(text: str) -> bool:
    """RFC 7065: turn:host[:port][?transport=udp|tcp], turns for TLS."""
    host = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])"
    whole = rf"turns?:{host}(?::\d{{1,5}})?(?:\?transport=(?:udp|tcp))?"
    return re.fullmatch(whole, text) is not None


def port_range(text: str) -> tuple[int, int] | None:
    """First and last port of such as 40000-40100; None for what is none."""
    match = re.fullmatch(r"(\d{1,5})-(\d{1,5})", text)
    if match is None:
        return None
    low, high = int(match[1]), int(match[2])
    return (low, high) if 0 < low <= high <= 65_535 else None


def _is_ports(text: str) -> bool:
    return not text or port_range(text) is not None


def _is_announced(text: str) -> bool:
    try:
        announcements([text])
    except ValueError:
        return False
    return True


_MEANINGS: dict[str, tuple[Callable[[str], bool], Words]] = {
    "timezone": (
        is_timezone,
        Words(
            'harus nama zona waktu, contoh "Asia/Makassar" (WITA)',
            'must be the name of a time zone, such as "Asia/Makassar"',
        ),
    ),
    "code": (
        _is_code,
        Words(
            'harus kode dari huruf, angka, titik atau tanda hubung, contoh "64.02"',
            'must be a code of letters, digits, dots or hyphens, such as "64.02"',
        ),
    ),
    "conference": (
        _is_conference,
        Words(
            'harus huruf kecil, angka atau tanda hubung, contoh "kaltim-2020"',
            'must be small letters, digits or hyphens, such as "kaltim-2020"',
        ),
    ),
    "channel": (
        _is_channel,
        Words(
            'harus alamat saluran tanpa kunci, contoh "rtmps://a.rtmps.youtube.com/live2"',
            'must be a channel\'s address without its key, such as "rtmps://a.rtmps.youtube.com/live2"',
        ),
    ),
    "origins": (
        _is_origins,
        Words(
            'harus asal halaman, contoh "https://www.contoh.go.id", atau "*"',
            'must be the origin of pages, such as "https://www.example.org", or "*"',
        ),
    ),
    "address": (
        _is_address,
        Words(
            'harus alamat IP, contoh "10.0.0.5"',
            'must be an IP address, such as "10.0.0.5"',
        ),
    ),
    "network": (
        _is_network,
        Words(
            'harus alamat IP atau jaringan, contoh "127.0.0.1" atau "10.0.0.0/24"',
            'must be an IP address or a network, such as "127.0.0.1" or "10.0.0.0/24"',
        ),
    ),
    "ports": (
        _is_ports,
        Words(
            'harus port pertama dan terakhir, contoh "40000-40100"',
            'must be the first and the last port, such as "40000-40100"',
        ),
    ),
    "announced": (
        _is_announced,
        Words(
            'harus alamat IP publik, contoh "203.0.113.5" atau "10.0.0.5=203.0.113.5:40000"',
            'must be a public IP address, such as "203.0.113.5" or "10.0.0.5=203.0.113.5:40000"',
        ),
    ),
    "turn": (
        _is_turn,
        Words(
            'harus alamat TURN, contoh "turns:turn.contoh.go.id:443?transport=tcp"',
            'must be a TURN address, such as "turns:turn.example.org:443?transport=tcp"',
        ),
    ),
    "url": (
        _is_url,
        Words(
            'harus alamat http(s) tanpa jalur, contoh "https://vicon.contoh.go.id"',
            'must be an http(s) address without a path, such as "https://vicon.example.org"',
        ),
    ),
    "origin": (
        _is_origin,
        Words(
            'harus asal situs tanpa jalur, contoh "https://www.contoh.go.id"',
            'must be a site\'s origin without a path, such as "https://www.example.org"',
        ),
    ),
    "hook": (
        _is_hook,
        Words(
            'harus alamat https, contoh "https://pantau.contoh.go.id/vicon"',
            'must be an https address, such as "https://watch.example.org/vicon"',
        ),
    ),
    "receiver": (
        _is_receiver,
        Words(
            'harus huruf kecil, angka atau tanda hubung (1-32), contoh "pusat"',
            'must be small letters, digits or hyphens (1-32), such as "centre"',
        ),
    ),
    "issuer": (
        _is_issuer,
        Words(
            'harus alamat https penyedia, contoh "https://sso.contoh.go.id/realms/kaltim"',
            'must be the provider\'s https address, such as "https://sso.example.org/realms/kaltim"',
        ),
    ),
}
