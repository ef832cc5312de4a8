"""Signatures of the Standard Webhooks specification: HMAC-SHA256 over id.timestamp.body. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

PREFIX = "whsec_"
LEAST, MOST = 24, 64
"""Bytes of a key."""


def key_of(secret: str) -> bytes:
    """`whsec_` and base64. Raises ValueError for what is none, or too short or long."""
    if not secret.startswith(PREFIX):
        raise ValueError("a webhook's secret begins with whsec_")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook's secret is whsec_ and base64") from error
    if not LEAST <= len(key) <= MOST:
        raise ValueError(f"a webhook's secret has {LEAST} to {MOST} bytes")
    return key


def headers(key: bytes, id: str, at: int, body: bytes) -> dict[str, str]:
    """`at`: Unix seconds of this attempt."""
    signed = f"{id}.{at}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
        "content-type": "application/json",
    }
