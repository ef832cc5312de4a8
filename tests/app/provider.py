"""A small OpenID Connect provider on loopback, which does what a real one does: discovery, a form
that is answered for a person, codes that are good once, PKCE, client authentication, keys that
rotate. What it signs can be made wrong, one thing at a time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote, urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "vicon", "rahasia klien & yang panjang"
Json = dict[str, Any]


class FakeProvider:
    """`person` signs in next; `change` alters the claims; `sign` makes the token of them."""

    def __init__(self) -> None:
        self.issuer = ""
        self.person: Json = {"sub": "u1", "name": "Rini A.", "groups": ["vicon-moderator"]}
        self.change: Callable[[Json], None] = lambda _: None
        self.sign: Callable[[Json], str] = self.signed
        self.down = False
        self.refuses = ""
        self.names_itself = True
        """Says that it does so in its answers (RFC 9207)."""
        self.keys: list[Any] = [RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})]
        self.jwks_asked = 0
        self.refused: list[str] = []
        self._codes: dict[str, Json] = {}

    def signed(self, claims: Json, key: Any = None) -> str:
        key = key or self.keys[-1]
        return jwt.encode({"alg": _alg(key), "kid": key.kid}, claims, key, [_alg(key)])

    def rotate(self, *, curve: bool = False) -> None:
        """A new key alone; what was signed before counts no more."""
        made: Any = {"kid": secrets.token_hex(4), "use": "sig"}
        key = ECKey.generate_key("P-256", made) if curve else RSAKey.generate_key(2048, made)
        self.keys = [key]

    # --- endpoints ------------------------------------------------------------------------------

    async def discovery(self, _: web.Request) -> web.Response:
        if self.down:
            raise web.HTTPServiceUnavailable
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "authorization_response_iss_parameter_supported": self.names_itself,
            }
        )

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["state"]) >= 32
        assert len(asked["nonce"]) >= 32
        answer = {"state": asked["state"], "iss": self.issuer}
        if self.refuses:
            answer["error"] = self.refuses
        else:
            answer["code"] = code = secrets.token_urlsafe(16)
            self._codes[code] = dict(asked)
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(answer)}")

    async def token(self, request: web.Request) -> web.Response:
        if self.down:
            raise web.HTTPBadGateway
        form = await request.post()
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        name, _, secret = base64.b64decode(given).decode().partition(":")
        if scheme != "Basic" or (unquote(name), unquote(secret)) != (CLIENT, SECRET):
            return self._refuse("invalid_client", 401)
        asked = self._codes.pop(str(form.get("code")), None)
        challenge = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return self._refuse("invalid_grant", 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.person,
        }
        self.change(claims)
        return web.json_response(
            {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}
        )

    async def jwks(self, _: web.Request) -> web.Response:
        self.jwks_asked += 1
        return web.json_response(KeySet(self.keys).as_dict(private=False))

    def _refuse(self, code: str, status: int) -> web.Response:
        self.refused.append(code)
        return web.json_response({"error": code}, status=status)


def unsigned(claims: Json) -> str:
    return ".".join((_packed({"alg": "none", "typ": "JWT"}), _packed(claims), ""))


def signed_with_the_public_key(provider: FakeProvider) -> Callable[[Json], str]:
    """HS256 with what everybody can read as the secret (RFC 8725, section 2.1)."""

    def sign(claims: Json) -> str:
        public = provider.keys[-1].as_pem(private=False)
        signed = f"{_packed({'alg': 'HS256', 'kid': provider.keys[-1].kid})}.{_packed(claims)}"
        mark = hmac.digest(public, signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"

    return sign


def signed_with_another_key(provider: FakeProvider) -> Callable[[Json], str]:
    stranger = RSAKey.generate_key(2048, {"kid": provider.keys[-1].kid})
    return lambda claims: provider.signed(claims, stranger)


def _alg(key: Any) -> str:
    return "ES256" if isinstance(key, ECKey) else "RS256"


def _packed(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@asynccontextmanager
async def provider() -> AsyncIterator[FakeProvider]:
    made = FakeProvider()
    app = web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", made.discovery),
            web.get("/authorize", made.authorize),
            web.post("/token", made.token),
            web.get("/jwks", made.jwks),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()
