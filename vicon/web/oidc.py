"""Sign-in by an OpenID Connect provider, over HTTP: out to it and back."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from aiohttp import web

from vicon.app.people import Denied, People
from vicon.ops.oidc import (
    BadAnswer,
    Dance,
    Mapped,
    NoRole,
    UnknownKey,
    authorization_url,
    identify,
    who_of,
)
from vicon.ops.sessions import Who, same
from vicon.ports import Clock
from vicon.web.access import ASKER
from vicon.web.account import AT, AccountApi, Nothing, guarded, read_body, refusal
from vicon.web.answers import Address
from vicon.web.api import json_response
from vicon.web.cookies import DANCE, SESSION, Cookies
from vicon.web.provider import Provider, Unreachable

log = structlog.get_logger("vicon.web")
LONGEST_S = 600.0
"""From here to the provider and back."""
MOST = 500
"""On their way at a time; beyond these the oldest begins again."""
MOST_CODE = 4096


class OidcApi:
    """Handlers. `base`: the server's public address; empty: that under which it was asked."""

    def __init__(
        self,
        account: AccountApi,
        people: People,
        cookies: Cookies,
        clock: Clock,
        provider: Provider,
        *,
        client_id: str,
        scopes: Sequence[str],
        claim: str,
        roles: Sequence[Mapped],
        base: str,
    ) -> None:
        self._account, self._people, self._cookies = account, people, cookies
        self._clock, self._provider = clock, provider
        self._client, self._scopes, self._claim = client_id, scopes, claim
        self._roles, self._base = roles, base.rstrip("/")
        self._dances: OrderedDict[str, Dance] = OrderedDict()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.post(f"{AT}/oidc/begin", guarded(self.begin)),
            web.get(f"{AT}/oidc/back", guarded(self.back)),
        ]

    async def begin(self, request: web.Request) -> web.StreamResponse:
        """{"url"}: where to sign in."""
        self._account.ours(request)
        await read_body(request, Nothing)
        try:
            metadata = await self._provider.metadata()
        except (Unreachable, BadAnswer) as error:
            log.error("x oidc", issuer=self._provider.issuer, why=str(error))
            return refusal(Denied(code="oidc_down"))
        dance = Dance(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(32),
            browser=self._cookies.get(request, DANCE) or secrets.token_urlsafe(32),
            back=f"{self._base or self._asked(request)}{AT}/oidc/back",
            at=self._clock.monotonic(),
            named=metadata.authorization_response_iss_parameter_supported,
        )
        self._keep(dance)
        url = authorization_url(metadata, self._client, self._scopes, dance)
        answer = json_response(Address(url))
        self._cookies.dance(request, answer, dance.browser)
        return answer

    async def back(self, request: web.Request) -> web.StreamResponse:
        """From the provider; leads to the page /masuk, which tells how it ended."""
        try:
            who = await self._proved(request)
        except _Failed as failed:
            log.warning("x oidc", issuer=self._provider.issuer, code=failed.code, why=str(failed))
            return _to(f"/masuk?kesalahan={failed.code}")
        agent = request.headers.get("User-Agent", "")
        old = self._cookies.get(request, SESSION)
        _, cookie = await self._people.begin(who, request.remote or "?", agent, old)
        asker: dict[str, str | None] = {"name": who.shown, "account": who.account}
        request[ASKER] = asker
        answer = _to("/masuk")
        self._cookies.sign_in(request, answer, cookie)
        self._cookies.drop(request, answer, DANCE)
        return answer

    async def _proved(self, request: web.Request) -> Who:
        """Raises _Failed."""
        dance = self._taken(request)
        asked = request.query
        # RFC 9207, section 2.4: where it says that it names itself, an answer without is not its.
        issuer = asked.get("iss", "" if dance.named else self._provider.issuer)
        if issuer != self._provider.issuer:
            raise _Failed("oidc_bad", "another issuer answered")
        if "error" in asked:
            raise _Failed("oidc_refused", asked["error"][:60])
        code = asked.get("code", "")
        if not 0 < len(code) <= MOST_CODE:
            raise _Failed("oidc_bad", "no code")
        try:
            token = await self._provider.redeem(code, dance)
            claims = await self._identified(token, dance)
            return who_of(claims, self._claim, self._roles)
        except Unreachable as error:
            raise _Failed("oidc_down", str(error)) from error
        except BadAnswer as error:
            raise _Failed("oidc_bad", str(error)) from error
        except NoRole as error:
            raise _Failed("oidc_no_role", "no value of the claim has a role") from error

    async def _identified(self, token: str, dance: Dance) -> dict[str, object]:
        """With the provider's keys; asked for anew where it has signed with another."""
        wanted = {"issuer": self._provider.issuer, "client_id": self._client}
        now = self._clock.now() // 1000
        keys = await self._provider.keys()
        try:
            return identify(token, keys, **wanted, nonce=dance.nonce, now=now)
        except UnknownKey:
            keys = await self._provider.keys(fresh=True)
            return identify(token, keys, **wanted, nonce=dance.nonce, now=now)

    def _taken(self, request: web.Request) -> Dance:
        """The dance of this answer, which is over by it. Raises _Failed."""
        dance = self._dances.pop(request.query.get("state", ""), None)
        if dance is None or self._clock.monotonic() - dance.at > LONGEST_S:
            raise _Failed("oidc_late", "no such sign-in is on its way")
        if not same(self._cookies.get(request, DANCE), dance.browser):
            raise _Failed("oidc_late", "another browser began it")
        return dance

    def _keep(self, dance: Dance) -> None:
        self._dances[dance.state] = dance
        while len(self._dances) > MOST:
            self._dances.popitem(last=False)

    def _asked(self, request: web.Request) -> str:
        scheme = "https" if self._cookies.secure(request) else request.scheme
        return f"{scheme}://{request.host}"


class _Failed(Exception):
    """`code`: of account_words; the message is for the log."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class NoOidc:
    """The same addresses, where there is no provider."""

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.post(f"{AT}/oidc/begin", guarded(self.none)),
            web.get(f"{AT}/oidc/back", guarded(self.none)),
        ]

    async def none(self, _request: web.Request) -> web.StreamResponse:
        return refusal(Denied(code="no_oidc"))


def _to(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})
