"""OpenID Connect (Core 1.0, authorization code with PKCE), without the network: what is asked of a
provider, and whether its answer proves who somebody is."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from vicon.ops.accounts import PersonRole, Right
from vicon.ops.net import for_itself_alone
from vicon.ops.sessions import Who, same

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519"]
"""Signatures with a public key alone: neither none, nor one with a secret that two share."""
LEEWAY_S = 60
"""How far a provider's clock may be from ours."""
MOST_TOKEN = 64 << 10


class BadAnswer(Exception):
    """What the provider said proves nothing; the message says why and holds no token."""


class UnknownKey(BadAnswer):
    """It was signed with a key that is not known here: the provider may have a new one."""


class NoRole(Exception):
    """Who he is is proved; he may be nothing here."""


class Metadata(Struct, frozen=True, kw_only=True):
    """Of OpenID Connect Discovery 1.0, section 3: what is used here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: Sequence[str] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Dance(Struct, frozen=True, kw_only=True):
    """One way to the provider and back; each text has 256 random bits."""

    state: str
    nonce: str
    verifier: str
    """RFC 7636."""
    browser: str
    """Value of a cookie of the browser that began it."""
    back: str
    """The address to which the provider sends it."""
    at: float
    """When it began, monotonic seconds."""
    named: bool
    """The provider says who it is in its answer (RFC 9207)."""


class Mapped(Struct, frozen=True, kw_only=True):
    """Whoever has this value in the claim may be this."""

    value: str
    role: PersonRole
    conference: str = ""


def read_metadata(body: bytes, issuer: str) -> Metadata:
    """Raises BadAnswer: it is none, is another provider's, or leads where nothing is secret."""
    try:
        found = msgspec.json.decode(body, type=Metadata)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadAnswer("the discovery document cannot be read") from error
    if found.issuer != issuer:
        raise BadAnswer("the discovery document is another issuer's")
    plain = urlsplit(issuer).scheme == "http" and for_itself_alone(issuer)
    for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
        parts = urlsplit(url)
        here = plain and parts.scheme == "http" and for_itself_alone(url)
        if not parts.hostname or (parts.scheme != "https" and not here):
            raise BadAnswer("an endpoint is not https")
    return found


def authorization_url(
    metadata: Metadata, client_id: str, scopes: Sequence[str], dance: Dance
) -> str:
    """Where the person goes to sign in."""
    challenge = hashlib.sha256(dance.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": dance.back,
        "scope": " ".join(scopes),
        "state": dance.state,
        "nonce": dance.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    parts = urlsplit(metadata.authorization_endpoint)
    query = "&".join(filter(None, (parts.query, urlencode(asked))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def identify(
    token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, now: int
) -> dict[str, Any]:
    """The claims of an ID token that is for us, from this provider, of this sign-in, now (Unix
    seconds). Raises UnknownKey, BadAnswer."""
    if len(token) > MOST_TOKEN:
        raise BadAnswer("the ID token is too large")
    try:
        found = jwt.decode(token, keys, algorithms=ALGORITHMS)
    except InvalidKeyIdError as error:
        raise UnknownKey("the ID token's key is not among the provider's") from error
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise BadAnswer(f"the ID token: {type(error).__name__}") from error
    claims = dict(found.claims)
    if claims.get("iss") != issuer:
        raise BadAnswer("the ID token is another issuer's")
    _for_us(claims, client_id)
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(expires, int | float) or expires + LEEWAY_S <= now:
        raise BadAnswer("the ID token has expired")
    if not isinstance(issued, int | float) or issued - LEEWAY_S > now:
        raise BadAnswer("the ID token is of the future")
    begins = claims.get("nbf", 0)
    if not isinstance(begins, int | float) or begins - LEEWAY_S > now:
        raise BadAnswer("the ID token does not hold yet")
    if not same(str(claims.get("nonce", "")), nonce):
        raise BadAnswer("the ID token is of another sign-in")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise BadAnswer("the ID token names nobody")
    return claims


def who_of(claims: Mapping[str, Any], claim: str, mapped: Sequence[Mapped]) -> Who:
    """Raises NoRole."""
    values = _values(claims, claim)
    rights = [Right(role=m.role, conference=m.conference) for m in mapped if m.value in values]
    if not rights:
        raise NoRole
    names = (claims.get(name) for name in ("name", "preferred_username", "email", "sub"))
    shown = next(name for name in names if isinstance(name, str) and name.strip())
    return Who(
        account=f"{claims['iss']}#{claims['sub']}",
        shown=shown.strip()[:100],
        rights=tuple(dict.fromkeys(rights)),
    )


def _for_us(claims: Mapping[str, Any], client_id: str) -> None:
    """Core 1.0, section 3.1.3.7, points 3 to 5. Raises BadAnswer."""
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or client_id not in audiences:
        raise BadAnswer("the ID token is for somebody else")
    party = claims.get("azp")
    if party != client_id and (party is not None or len(audiences) > 1):
        raise BadAnswer("the ID token was asked for by somebody else")


def _values(claims: Mapping[str, Any], claim: str) -> list[str]:
    """Of a claim by its name, or by a way to it with dots (realm_access.roles)."""
    found: object = claims.get(claim)
    if found is None:
        found = claims
        for name in claim.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return [value for value in values if isinstance(value, str)]
