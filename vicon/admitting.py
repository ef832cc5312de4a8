"""Who comes in by an account, and in which browser a link is used: the parts of it, put together
for the composition root."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from msgspec import Struct

from vicon.app.people import People
from vicon.config import Settings
from vicon.config.secret import OIDC, secret_of
from vicon.core.model import Plan
from vicon.hosting import Stage
from vicon.ops.accounts import Accounts
from vicon.ops.book import LinkBook
from vicon.ops.browsers import Browsers
from vicon.ops.claims import Browser, Claims
from vicon.ops.data import DataDir
from vicon.ops.links import link_of, sign_in_address
from vicon.ops.oidc import Mapped
from vicon.ops.passwords import Passwords
from vicon.ops.sessions import Sessions
from vicon.ports import Clock
from vicon.web.account import AccountApi
from vicon.web.api import Api
from vicon.web.app import Part, same_origin
from vicon.web.cookies import Cookies
from vicon.web.halllinks import HallLinkApi
from vicon.web.oidc import NoOidc, OidcApi
from vicon.web.provider import Provider

log = structlog.get_logger("vicon")
HOUR_MS, MINUTE_MS = 3_600_000, 60_000


class House:
    """The conferences and their open pages, as People sees them."""

    def __init__(self, stage: Stage, book: LinkBook) -> None:
        self._stage, self._book = stage, book

    def plans(self) -> Collection[Plan]:
        return [hall.actor.state.plan for hall in self._stage.halls.values()]

    def present(self) -> Collection[str]:
        gateway = self._stage.gateway
        return gateway.present() if gateway is not None else ()

    def dismiss(self, jtis: Collection[str], code: str) -> None:
        self._stage.dismiss(jtis, code)

    def displaced(self, link: str, knows: Callable[[str], bool]) -> None:
        if self._stage.gateway is not None:
            self._stage.gateway.dismiss("link_taken", links={link}, but=knows)

    def links(self) -> Collection[str]:
        return [issue.jti for issue in self._book.issues]


class Admitting(Struct, frozen=True, kw_only=True):
    people: People
    cookies: Cookies
    book: LinkBook
    stage: Stage
    home: DataDir
    clock: Clock
    settings: Settings
    provider: Provider | None
    """None: there is none."""

    def browser(self, request: web.Request) -> Browser:
        return self.cookies.browser(request)

    @property
    def settled(self) -> Callable[[], Awaitable[None]]:
        return self.people.settle

    def url_of(self, claims: Claims) -> str:
        """The link that carries these claims; its words may have been corrected since. Of a
        one-time link another ticket; of a session the page to sign in."""
        if claims.session:
            return sign_in_address(self.home, anyway=True)
        if not claims.once:
            return link_of(self.home, claims.jti)
        ticket = self.people.browsers.ticket(claims.jti, self.clock.now())
        return link_of(self.home, claims.jti, ticket)

    def parts(self, api: Api) -> list[Part]:
        origins = same_origin(self.settings.server.public_url)
        oidc = self.settings.accounts.oidc
        name = (oidc.name or urlsplit(oidc.issuer).hostname or "") if self.provider else ""
        account = AccountApi(self.people, self.cookies, self.clock, origins, name)
        return [
            account,
            HallLinkApi(api, self.book, self.people.browsers, self.stage, self.clock, self.settled),
            self._oidc(account),
        ]

    def _oidc(self, account: AccountApi) -> Part:
        if self.provider is None:
            return NoOidc()
        oidc = self.settings.accounts.oidc
        return OidcApi(
            account,
            self.people,
            self.cookies,
            self.clock,
            self.provider,
            client_id=oidc.client_id,
            scopes=oidc.scopes,
            claim=oidc.claim,
            roles=[
                Mapped(value=one.value, role=one.role, conference=one.conference)
                for one in oidc.roles
            ],
            base=self.settings.server.public_url,
        )


def admitting(
    stack: AsyncExitStack,
    settings: Settings,
    home: DataDir,
    clock: Clock,
    stage: Stage,
    book: LinkBook,
) -> Admitting:
    """The guard of the book's links from now on; its task ends with the stack. Raises DataError."""
    accounts = settings.accounts
    sessions = Sessions(
        home,
        secrets.token_bytes,
        idle_ms=accounts.idle_minutes * MINUTE_MS,
        life_ms=accounts.hours * HOUR_MS,
    )
    people = People(
        home,
        clock,
        book.signer,
        House(stage, book),
        accounts=Accounts(home),
        sessions=sessions,
        browsers=Browsers(home, secrets.token_bytes),
        passwords=Passwords(),
        required=accounts.required,
    )
    if accounts.required and not accounts.oidc.issuer and not people.anybody():
        log.warning("x accounts", why="they are required, and nobody has one: vicon user add")
    running = asyncio.create_task(people.run(), name="people")

    async def end() -> None:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await people.settle()

    stack.push_async_callback(end)
    provider = _provider(settings, clock)
    if provider is not None:
        stack.push_async_callback(provider.close)
    return Admitting(
        people=people,
        cookies=Cookies(settings.server.public_url),
        book=book,
        stage=stage,
        home=home,
        clock=clock,
        settings=settings,
        provider=provider,
    )


def _provider(settings: Settings, clock: Clock) -> Provider | None:
    """Raises SpokenError when the secret's file cannot be read."""
    oidc = settings.accounts.oidc
    if not oidc.issuer:
        return None
    secret = secret_of("OIDC", oidc.client_secret, oidc.client_secret_file, OIDC)
    return Provider(oidc.issuer, oidc.client_id, secret, clock)
