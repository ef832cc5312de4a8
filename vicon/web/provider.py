"""An OpenID Connect provider over the network: what it says of itself, its keys, and a code turned
into an ID token. Every call has a time and a size, and raises Unreachable or BadAnswer."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec
import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, encode_basic_auth
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from signaling.bucket import TokenBucket
from vicon.ops.oidc import BadAnswer, Dance, Metadata, read_metadata
from vicon.ports import Clock

log = structlog.get_logger("vicon.web")
CALL_S = 10.0
MOST_BYTES = 256 << 10
FRESH_S = 3600.0
"""How long what the provider says of itself, and its keys, are taken as they are."""


class Unreachable(Exception):
    """The provider does not answer, or not as one."""


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class Provider:
    """`secret` empty: a public client. `close` at the end."""

    def __init__(self, issuer: str, client_id: str, secret: str, clock: Clock) -> None:
        self.issuer, self._client, self._secret, self._clock = issuer, client_id, secret, clock
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._again = TokenBucket(1 / 30, 3, clock.monotonic())
        """How often keys are asked for because of one that is not known."""
        self._http: ClientSession | None = None

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def metadata(self) -> Metadata:
        now = self._clock.monotonic()
        if self._metadata is None or now - self._metadata[0] > FRESH_S:
            url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            self._metadata = now, read_metadata(await self._call("GET", url), self.issuer)
        return self._metadata[1]

    async def keys(self, *, fresh: bool = False) -> KeySet:
        """`fresh`: one was met that is not among them. Not asked for again and again."""
        now = self._clock.monotonic()
        known = self._keys
        if (
            known is not None
            and now - known[0] <= FRESH_S
            and not (fresh and self._again.take(now))
        ):
            return known[1]
        body = await self._call("GET", (await self.metadata()).jwks_uri)
        try:
            found = KeySet.import_key_set(msgspec.json.decode(body, type=KeySetSerialization))
        except (msgspec.MsgspecError, JoseError, ValueError, KeyError, RecursionError) as error:
            raise BadAnswer(f"the provider's keys: {type(error).__name__}") from error
        self._keys = now, found
        return found

    async def redeem(self, code: str, dance: Dance) -> str:
        """The ID token for a code."""
        metadata = await self.metadata()
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": dance.back,
            "code_verifier": dance.verifier,
        }
        auth = ""
        if self._secret and "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            auth = encode_basic_auth(quote(self._client, safe=""), quote(self._secret, safe=""))
        else:
            sent["client_id"] = self._client
            if self._secret:
                sent["client_secret"] = self._secret
        body = await self._call("POST", metadata.token_endpoint, sent, auth)
        try:
            return msgspec.json.decode(body, type=_Tokens).id_token
        except (msgspec.MsgspecError, RecursionError) as error:
            raise BadAnswer("the provider gave no ID token") from error

    async def _call(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        auth: str = "",
    ) -> bytes:
        if self._http is None:
            self._http = ClientSession(timeout=ClientTimeout(total=CALL_S), trust_env=True)
        head = {"Accept": "application/json"} | ({"Authorization": auth} if auth else {})
        try:
            async with self._http.request(
                method, url, data=form, headers=head, allow_redirects=False
            ) as answer:
                body = await answer.content.read(MOST_BYTES + 1)
                while not answer.content.at_eof() and len(body) <= MOST_BYTES:
                    body += await answer.content.read(MOST_BYTES)
                status = answer.status
        except (ClientError, OSError, TimeoutError) as error:
            raise Unreachable(f"{type(error).__name__}") from error
        if status >= 500:
            raise Unreachable(f"HTTP {status}")
        if status != 200 or len(body) > MOST_BYTES:
            raise BadAnswer(f"HTTP {status}, {len(body)} bytes")
        return body
