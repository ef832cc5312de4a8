"""The STUN messages of ICE (RFC 8489, RFC 8445 section 7): binding requests, their answers and
errors. Pure; whatever comes in, StunError is all that leaves.
"""

from __future__ import annotations

import binascii
import hmac
import ipaddress
import struct
from typing import Literal

from msgspec import Struct

COOKIE = 0x2112A442
HEADER_BYTES = 20
MAX_BYTES = 1500
BAD_REQUEST, UNAUTHENTICATED, UNKNOWN_ATTRIBUTE, ROLE_CONFLICT = 400, 401, 420, 487

_BINDING = 0x0001
_CLASSES: dict[int, Kind] = {
    0x0000: "request",
    0x0010: "indication",
    0x0100: "response",
    0x0110: "error",
}
_REQUEST, _RESPONSE, _ERROR = 0x0001, 0x0101, 0x0111
_USERNAME, _INTEGRITY, _ERROR_CODE, _UNKNOWN = 0x0006, 0x0008, 0x0009, 0x000A
_INTEGRITY_SHA256, _XOR_ADDRESS = 0x001C, 0x0020
_PRIORITY, _USE_CANDIDATE, _FINGERPRINT = 0x0024, 0x0025, 0x8028
_CONTROLLED, _CONTROLLING = 0x8029, 0x802A
_KNOWN = {_USERNAME, _INTEGRITY, _INTEGRITY_SHA256, _XOR_ADDRESS, _PRIORITY, _USE_CANDIDATE}
_KNOWN |= {0x0001, 0x0003, _ERROR_CODE, _UNKNOWN, 0x0014, 0x0015}
_FINGERPRINT_XOR = 0x5354554E
_MAX_USERNAME = 513
_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")
_REASONS = {
    BAD_REQUEST: b"Bad Request",
    UNAUTHENTICATED: b"Unauthenticated",
    UNKNOWN_ATTRIBUTE: b"Unknown Attribute",
    ROLE_CONFLICT: b"Role Conflict",
}

Kind = Literal["request", "indication", "response", "error"]
Address = tuple[str, int]


class StunError(ValueError):
    """These bytes are no STUN message that we understand."""


class Message(Struct, frozen=True, kw_only=True):
    """Of a binding message, what ICE needs."""

    kind: Kind
    transaction: bytes
    username: str | None = None
    use_candidate: bool = False
    controlling: int | None = None
    controlled: int | None = None
    """Tie-breakers of the sender, by its role."""
    unknown: tuple[int, ...] = ()
    """Attributes that must be understood and are not."""
    signed: bytes = b""
    """What MESSAGE-INTEGRITY covers, its length field set; empty where there is none."""
    signature: bytes = b""

    def is_signed_by(self, key: bytes) -> bool:
        """Whether MESSAGE-INTEGRITY is right (RFC 8489, section 14.5)."""
        if not self.signed:
            return False
        return hmac.compare_digest(self.signature, hmac.digest(key, self.signed, "sha1"))


def parse(data: bytes) -> Message:
    """Read a binding message. FINGERPRINT is checked where it stands. Raises StunError."""
    if not HEADER_BYTES <= len(data) <= MAX_BYTES:
        raise StunError("not the length of a STUN message")
    kind_bits, length, cookie, transaction = _HEADER.unpack_from(data)
    if cookie != COOKIE or length != len(data) - HEADER_BYTES or length % 4:
        raise StunError("no STUN header")
    kind = _CLASSES[kind_bits & 0x0110]
    if kind_bits & ~0x0110 != _BINDING:
        raise StunError("another method than binding")
    found: dict[int, bytes] = {}
    unknown = []
    signed = b""
    at = HEADER_BYTES
    while at < len(data):
        number, size = _ATTRIBUTE.unpack_from(data, at)
        value = data[at + 4 : at + 4 + size]
        if len(value) != size:
            raise StunError("an attribute is longer than the message")
        if number == _FINGERPRINT:
            _check_fingerprint(data, at, value)
            break  # it is the last one
        if signed:
            pass  # behind MESSAGE-INTEGRITY nothing is protected (RFC 8489, section 14.5)
        elif number == _INTEGRITY:
            signed, found[number] = _with_length(data[:at], at + 4), value
        elif number < 0x8000 and number not in _KNOWN:
            unknown.append(number)
        else:
            found.setdefault(number, value)  # the first counts (RFC 8489, section 14)
        at += 4 + size + (-size & 3)
    return Message(
        kind=kind,
        transaction=transaction,
        username=_username(found.get(_USERNAME)),
        use_candidate=_USE_CANDIDATE in found,
        controlling=_tie_breaker(found.get(_CONTROLLING)),
        controlled=_tie_breaker(found.get(_CONTROLLED)),
        unknown=tuple(unknown),
        signed=signed,
        signature=found.get(_INTEGRITY, b""),
    )


def _with_length(data: bytes, length: int) -> bytes:
    """The message with another length in its header."""
    return data[:2] + length.to_bytes(2, "big") + data[4:]


def _check_fingerprint(data: bytes, at: int, value: bytes) -> None:
    """RFC 8489, section 14.7."""
    right = binascii.crc32(data[:at]) ^ _FINGERPRINT_XOR
    if at + 8 != len(data) or value != right.to_bytes(4, "big"):
        raise StunError("the fingerprint does not match")


def _username(value: bytes | None) -> str | None:
    if value is None:
        return None
    if len(value) > _MAX_USERNAME or not value.isascii():
        raise StunError("the username is malformed")
    return value.decode("ascii")


def _tie_breaker(value: bytes | None) -> int | None:
    if value is None:
        return None
    if len(value) != 8:
        raise StunError("a tie-breaker is malformed")
    return int.from_bytes(value, "big")


def request(
    transaction: bytes, username: str, key: bytes, *, tie_breaker: int, priority: int
) -> bytes:
    """A check of a controlled agent (RFC 8445, section 7.1): the other side answers it wherever
    its credentials are right."""
    attributes = _attribute(_USERNAME, username.encode("ascii"))
    attributes += _attribute(_PRIORITY, priority.to_bytes(4, "big"))
    attributes += _attribute(_CONTROLLED, tie_breaker.to_bytes(8, "big"))
    return _finish(_REQUEST, transaction, attributes, key)


def success(transaction: bytes, source: Address, key: bytes) -> bytes:
    """The answer to a check that came from `source`."""
    address = _attribute(_XOR_ADDRESS, _xored(source, transaction))
    return _finish(_RESPONSE, transaction, address, key)


def failure(
    transaction: bytes, code: int, key: bytes | None = None, unknown: tuple[int, ...] = ()
) -> bytes:
    """An error answer. `key` is None for what was not authenticated (RFC 8489, section 9.1.3)."""
    attributes = _attribute(_ERROR_CODE, bytes((0, 0, code // 100, code % 100)) + _REASONS[code])
    if unknown:
        listed = b"".join(number.to_bytes(2, "big") for number in unknown)
        attributes += _attribute(_UNKNOWN, listed)
    return _finish(_ERROR, transaction, attributes, key)


def _attribute(number: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(number, len(value)) + value + bytes(-len(value) & 3)


def _xored(source: Address, transaction: bytes) -> bytes:
    """RFC 8489, section 14.2."""
    packed = ipaddress.ip_address(source[0].partition("%")[0]).packed
    pad = COOKIE.to_bytes(4, "big") + transaction
    address = bytes(a ^ b for a, b in zip(packed, pad, strict=False))
    family = 1 if len(packed) == 4 else 2
    return struct.pack("!BBH", 0, family, source[1] ^ (COOKIE >> 16)) + address


def _finish(kind: int, transaction: bytes, attributes: bytes, key: bytes | None) -> bytes:
    """Header, MESSAGE-INTEGRITY where there is a key, FINGERPRINT."""
    data = _HEADER.pack(kind, len(attributes) + 24, COOKIE, transaction) + attributes
    if key is not None:
        data += _attribute(_INTEGRITY, hmac.digest(key, data, "sha1"))
    data = _with_length(data, len(data) - HEADER_BYTES + 8)
    crc = binascii.crc32(data) ^ _FINGERPRINT_XOR
    return data + _attribute(_FINGERPRINT, crc.to_bytes(4, "big"))
