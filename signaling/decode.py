"""Frames of text to messages: the edge at which everything is checked, in both directions."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from signaling import messages as m

_CLIENT: msgspec.json.Decoder[m.ClientMessage] = msgspec.json.Decoder(m.ClientMessage)
_SERVER: msgspec.json.Decoder[m.ServerMessage] = msgspec.json.Decoder(m.ServerMessage)
_KNOWN_TO_CLIENT = frozenset(
    str(struct.__struct_config__.tag) for struct in m.ServerMessage.__args__
)
_WRITTEN = re.compile(r"(unknown field) `.*|'.*", re.DOTALL)
_PATH = re.compile(r" - at `(\$[a-z_.\[\]]*)`$")


class BadMessage(Exception):
    """Not a message of the protocol. `code`: bad_message or wrong_version. `detail` says where and
    what is wrong, without anything that the other end wrote: it may be a secret in a wrong place.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class _Version(Struct):
    type: str
    v: int


_VERSION = msgspec.json.Decoder(_Version)


class _Tag(Struct):
    type: str


_TAG = msgspec.json.Decoder(_Tag)


def decode_client(frame: str, *, expect_hello: bool = False) -> m.ClientMessage:
    """Raises BadMessage. With `expect_hello` a hello of another version, which may have other
    fields, is told from a broken one."""
    try:
        return _CLIENT.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        if expect_hello and _other_version(frame):
            raise BadMessage("wrong_version", "version") from None
        raise BadMessage("bad_message", _harmless(error)) from None


def decode_server(frame: str | bytes) -> m.ServerMessage | None:
    """None for a message of a type that this version does not know. Raises BadMessage."""
    try:
        return _SERVER.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        if isinstance(error, msgspec.ValidationError) and _unknown_type(frame):
            return None
        raise BadMessage("bad_message", _harmless(error)) from None


def _other_version(frame: str) -> bool:
    try:
        seen = _VERSION.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return seen.type == "hello" and seen.v != m.PROTOCOL_VERSION


def _unknown_type(frame: str | bytes) -> bool:
    try:
        return _TAG.decode(frame).type not in _KNOWN_TO_CLIENT
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False


def _harmless(error: Exception) -> str:
    """What the decoder says, up to what it quotes of the frame, and the path where it stood."""
    said = str(error)
    where = _PATH.search(said)
    if where is not None:
        said = said[: where.start()]
    what = _WRITTEN.sub(r"\1", said).strip() or type(error).__name__
    return f"{what} at {where[1]}" if where else what
