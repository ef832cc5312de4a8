"""Everything that is wrong with a configuration at once, each with its place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from msgspec import Struct, inspect, structs

from vicon.config.kinds import count_words, shown, wrong
from vicon.config.lines import Place
from vicon.config.secret import METRICS, TURN, WEBHOOK
from vicon.config.settings import Settings, Thresholds
from vicon.ops.net import announcements
from vicon.ops.words import Words

_ORDERED = (
    ("rtt_ms_pass", "rtt_ms_fail"),
    ("jitter_ms_pass", "jitter_ms_fail"),
    ("loss_percent_pass", "loss_percent_fail"),
    ("mos_pass", "mos_fail"),
    ("up_kbps_pass", "up_kbps_360p"),
    ("up_kbps_360p", "up_kbps_fail"),
    ("down_kbps_pass", "down_kbps_fail"),
    ("rise_ms_pass", "rise_ms_fail"),
    ("fps_pass", "fps_fail"),
    ("reconnect_s_pass", "reconnect_s_fail"),
)
"""Limits of which the first is the stricter one."""


class Finding(Struct, frozen=True):
    place: Place
    words: Words


def findings(data: dict[str, Any], folder: Path) -> list[Finding]:
    """All that is wrong; empty if the data make good Settings. `folder`: that of the file."""
    found = list(_check(data, inspect.type_info(Settings), ()))
    found += _certificate(data.get("server"), folder)
    found += _turn(data.get("turn"), folder)
    found += _oidc(data.get("accounts"), folder)
    found += _media(data.get("media"))
    found += _metrics(data.get("metrics"), folder)
    found += _broadcast(data.get("broadcast"), folder)
    found += _double(data.get("webhooks"), ("webhooks",), "name")
    found += _webhooks(data.get("webhooks"), folder)
    if all(finding.place[:1] != ("trial",) for finding in found):
        found += _thresholds(data.get("trial", {}).get("thresholds", {}))
    found += _double(data.get("conferences"), ("conferences",), "id")
    for index, conference in enumerate(_tables(data.get("conferences"))):
        found += _double_codes(conference, ("conferences", index))
        found += _rundown(conference, ("conferences", index))
        found += _rehearsal(conference, ("conferences", index))
        for people in ("moderators", "technicians"):
            place = ("conferences", index, people)
            found += _double(conference.get(people), place, "name")
    return found


def _check(value: object, kind: inspect.Type, place: Place) -> Iterator[Finding]:
    if isinstance(kind, inspect.StructType):
        yield from _table(value, kind, place)
    elif isinstance(kind, inspect.ListType):
        yield from _array(value, kind, place)
    elif words := wrong(value, kind):
        yield Finding(place, _but(words, value))


def _table(value: object, kind: inspect.StructType, place: Place) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield Finding(place, _but(Words("harus tabel", "must be a table"), value))
        return
    fields = {field.encode_name: field for field in kind.fields}
    for name, inner in value.items():
        if name in fields:
            yield from _check(inner, fields[name].type, (*place, name))
        else:
            yield Finding((*place, name), _unknown(name, list(fields)))
    for name, field in fields.items():
        if field.required and name not in value:
            yield Finding((*place, name), Words("wajib diisi", "is missing"))


def _array(value: object, kind: inspect.ListType, place: Place) -> Iterator[Finding]:
    if not isinstance(value, list):
        yield Finding(place, _but(count_words(kind), value))
        return
    high = len(value) if kind.max_length is None else kind.max_length
    if not (kind.min_length or 0) <= len(value) <= high:
        yield Finding(place, _but(count_words(kind), len(value)))
    for index, inner in enumerate(value):
        yield from _check(inner, kind.item_type, (*place, index))


def _certificate(server: object, folder: Path) -> Iterator[Finding]:
    """With tls = "files" both files must be there."""
    if not isinstance(server, dict) or server.get("tls") != "files":
        return
    for name in ("certificate", "key"):
        path = server.get(name) or ""
        if not isinstance(path, str):
            continue
        if not path:
            words = Words('wajib diisi bila tls = "files"', 'is missing, with tls = "files"')
            yield Finding(("server", name), words)
        elif not (folder / path).is_file():
            words = Words("berkasnya tidak ada", "there is no such file")
            yield Finding(("server", name), _but(words, path))


def _turn(turn: object, folder: Path) -> Iterator[Finding]:
    """With addresses there must be one secret, and its file must be there."""
    if not isinstance(turn, dict) or not turn.get("urls"):
        return
    secret, file = turn.get("secret") or "", turn.get("secret_file") or ""
    if (secret and file) or not (secret or file or os.environ.get(TURN)):
        words = Words(
            f"isi salah satu: secret atau secret_file, atau {TURN} di lingkungan",
            f"give one of secret and secret_file, or {TURN} in the environment",
        )
        yield Finding(("turn", "secret"), words)
        return
    yield from _file(file, ("turn", "secret_file"), folder)


def _file(file: object, place: Place, folder: Path) -> Iterator[Finding]:
    """The file of a secret, if one is named, is there and holds something."""
    if not file or not isinstance(file, str):
        return
    if not (folder / file).is_file():
        yield Finding(place, _but(Words("berkasnya tidak ada", "there is no such file"), file))
    elif not (folder / file).stat().st_size:
        yield Finding(place, _but(Words("berkasnya kosong", "the file is empty"), file))


def _oidc(accounts: object, folder: Path) -> Iterator[Finding]:
    """With an issuer there must be a client, and somebody who gets a role by it."""
    oidc = accounts.get("oidc") if isinstance(accounts, dict) else None
    if not isinstance(oidc, dict) or not oidc.get("issuer"):
        return
    place: Place = ("accounts", "oidc")
    if not oidc.get("client_id"):
        words = Words("wajib diisi bila ada issuer", "is missing, with an issuer")
        yield Finding((*place, "client_id"), words)
    if oidc.get("client_secret") and oidc.get("client_secret_file"):
        words = Words(
            "isi salah satu: client_secret atau client_secret_file",
            "give one of client_secret and client_secret_file",
        )
        yield Finding((*place, "client_secret"), words)
    yield from _file(oidc.get("client_secret_file"), (*place, "client_secret_file"), folder)
    scopes = oidc.get("scopes")
    if isinstance(scopes, list) and "openid" not in scopes:
        words = Words('harus memuat "openid"', 'must hold "openid"')
        yield Finding((*place, "scopes"), words)
    if not oidc.get("roles"):
        words = Words(
            "tanpa ini tidak ada yang dapat masuk: isi [[accounts.oidc.roles]]",
            "without it nobody can come in: give [[accounts.oidc.roles]]",
        )
        yield Finding((*place, "roles"), words)


def _metrics(metrics: object, folder: Path) -> Iterator[Finding]:
    """Other machines read only with a token."""
    if not isinstance(metrics, dict):
        return
    token, file = metrics.get("token") or "", metrics.get("token_file") or ""
    if token and file:
        words = Words("isi salah satu: token atau token_file", "give one of token and token_file")
        yield Finding(("metrics", "token"), words)
    yield from _file(file, ("metrics", "token_file"), folder)
    listen = metrics.get("listen", "127.0.0.1")
    if not metrics.get("port") or token or file or os.environ.get(METRICS):
        return
    if isinstance(listen, str) and not _of_this_machine(listen):
        words = Words(
            f"alamat yang dapat dibuka mesin lain perlu token, token_file atau {METRICS}",
            f"an address that other machines reach wants token, token_file or {METRICS}",
        )
        yield Finding(("metrics", "listen"), _but(words, listen))


def _webhooks(webhooks: object, folder: Path) -> Iterator[Finding]:
    """Each has one secret."""
    for index, one in enumerate(_tables(webhooks)):
        place: Place = ("webhooks", index)
        secret, file = one.get("secret") or "", one.get("secret_file") or ""
        if (secret and file) or not (secret or file or os.environ.get(WEBHOOK)):
            words = Words(
                f"isi salah satu: secret atau secret_file, atau {WEBHOOK} di lingkungan",
                f"give one of secret and secret_file, or {WEBHOOK} in the environment",
            )
            yield Finding((*place, "secret"), words)
        yield from _file(file, (*place, "secret_file"), folder)


def _broadcast(broadcast: object, folder: Path) -> Iterator[Finding]:
    """A key is that of a channel; its file must be there."""
    if not isinstance(broadcast, dict):
        return
    file = broadcast.get("rtmp_key_file")
    yield from _file(file, ("broadcast", "rtmp_key_file"), folder)
    if file and not broadcast.get("rtmp_url"):
        words = Words("wajib diisi bila ada rtmp_key_file", "is missing, with rtmp_key_file")
        yield Finding(("broadcast", "rtmp_url"), words)


def _of_this_machine(address: str) -> bool:
    """Also for what is no address: that is told elsewhere."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return True


def _media(media: object) -> Iterator[Finding]:
    """One port or a range of them; an address has one outside."""
    if not isinstance(media, dict):
        return
    if media.get("port") and media.get("port_range"):
        words = Words("isi salah satu: port atau port_range", "give one of port and port_range")
        yield Finding(("media", "port_range"), words)
    texts = media.get("announced")
    if not isinstance(texts, list):
        return
    seen: set[str] = set()
    for index, text in enumerate(texts):
        try:
            (inside,) = announcements([text]) if isinstance(text, str) else ("",)
        except ValueError:
            continue  # said where each is checked
        if inside and inside in seen:
            words = Words(
                "alamat yang sama sudah diumumkan di atas", "the same address is announced above"
            )
            yield Finding(("media", "announced", index), _but(words, text))
        seen.add(inside)


def _thresholds(table: dict[str, float]) -> Iterator[Finding]:
    """Between what passes and what fails there is room for a warning, or nothing."""
    values = structs.asdict(Thresholds()) | table
    for good, bad in _ORDERED:
        more = good.startswith(("mos", "up", "down", "fps"))
        if (values[good] >= values[bad]) if more else (values[good] <= values[bad]):
            continue
        named, other = (good, bad) if good in table else (bad, good)
        beside = f"{other} ({values[other]:g})"
        if more == (named == good):
            words = Words(f"harus paling sedikit {beside}", f"must be at least {beside}")
        else:
            words = Words(f"harus paling banyak {beside}", f"must be at most {beside}")
        yield Finding(("trial", "thresholds", named), words)


def _rundown(conference: dict[str, Any], place: Place) -> Iterator[Finding]:
    """An item's room is one of the conference, its point one of the pact."""
    rooms = [conference.get("hub"), *_tables(conference.get("rooms"))]
    codes = _codes(rooms)
    pact = conference.get("pact")
    points = pact.get("points") if isinstance(pact, dict) else None
    last = len(points) if isinstance(points, list) else 0
    for index, item in enumerate(_tables(conference.get("rundown"))):
        room, point = item.get("room", ""), item.get("point", 0)
        if isinstance(room, str) and room and room not in codes:
            words = Words("bukan kode ruang vicon ini", "is no room's code here")
            yield Finding((*place, "rundown", index, "room"), _but(words, room))
        if isinstance(point, int) and not 0 <= point <= last:
            words = Words(f"harus 0 sampai {last}", f"must be 0 to {last}")
            yield Finding((*place, "rundown", index, "point"), _but(words, point))


def _rehearsal(conference: dict[str, Any], place: Place) -> Iterator[Finding]:
    """A mishap happens to a room of the conference, within its rundown."""
    codes = _codes(_tables(conference.get("rooms")))
    items = len(_tables(conference.get("rundown")))
    for index, mishap in enumerate(_tables(conference.get("rehearsal"))):
        room, item = mishap.get("room"), mishap.get("item")
        if isinstance(room, str) and room not in codes:
            words = Words("bukan kode ruang vicon ini", "is no room's code here")
            yield Finding((*place, "rehearsal", index, "room"), _but(words, room))
        if isinstance(item, int) and item > items:
            words = Words(f"harus 1 sampai {items}", f"must be 1 to {items}")
            yield Finding((*place, "rehearsal", index, "item"), _but(words, item))


def _codes(rooms: list[Any]) -> set[str]:
    """Those that are codes at all; what is none is told elsewhere."""
    codes = (room.get("code") for room in rooms if isinstance(room, dict))
    return {code for code in codes if isinstance(code, str)}


def _double_codes(conference: dict[str, Any], place: Place) -> Iterator[Finding]:
    rooms = _tables(conference.get("rooms"))
    hub = conference.get("hub")
    seen = {hub["code"]} if isinstance(hub, dict) and isinstance(hub.get("code"), str) else set()
    yield from _doubles(rooms, (*place, "rooms"), "code", seen)


def _double(tables: object, place: Place, name: str) -> Iterator[Finding]:
    yield from _doubles(_tables(tables), place, name, set())


def _doubles(
    tables: list[dict[str, Any]], place: Place, name: str, seen: set[str]
) -> Iterator[Finding]:
    for index, table in enumerate(tables):
        value = table.get(name)
        if not isinstance(value, str):
            continue
        if value in seen:
            words = Words("sudah dipakai di atas; harus berbeda", "is taken above; must differ")
            yield Finding((*place, index, name), _but(words, value))
        seen.add(value)


def _tables(value: object) -> list[dict[str, Any]]:
    """Elements in their places; one that is no table, found elsewhere, counts as empty."""
    elements = value if isinstance(value, list) else []
    return [element if isinstance(element, dict) else {} for element in elements]


def _unknown(name: str, known: list[str]) -> Words:
    near = get_close_matches(name, known, 1)
    if near:
        return Words(
            f"tidak dikenal; maksudnya `{near[0]}`?",
            f"is unknown; did you mean `{near[0]}`?",
        )
    names = ", ".join(known)
    return Words(f"tidak dikenal; yang ada: {names}", f"is unknown; there are: {names}")


def _but(words: Words, value: object) -> Words:
    text = shown(value) if not isinstance(value, dict | list) else "{...} / [...]"
    return Words(f"{words.id}; tertulis {text}", f"{words.en}; it says {text}")
