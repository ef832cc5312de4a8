"""The cookies of this server: which browser it is (for one-time links), and who is signed in.

Under TLS their names begin with `__Host-`, which browsers take from this very host alone, for all
of its paths; a cookie that another host of the domain has planted has no such name, and is not
looked at. Both are HttpOnly. The session's is SameSite=Strict: no other site's page makes a request
with it. The device's is Lax, so that a link that is followed from a mailbox shows it too.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import web

from vicon.ops.claims import Browser

DEVICE, SESSION, DANCE = "vicon.device", "vicon.session", "vicon.oidc"
DEVICE_S = 400 * 86_400
"""As long as browsers keep one."""
DANCE_S = 600
_GOOD = re.compile(r"[A-Za-z0-9_-]{32,128}")


class Cookies:
    """`public_url`: by which a request counts as one by TLS where a proxy ends that before us."""

    def __init__(self, public_url: str) -> None:
        public = urlsplit(public_url)
        self._public = public.netloc.lower() if public.scheme == "https" else ""

    def secure(self, request: web.Request) -> bool:
        return request.secure or (bool(self._public) and request.host.lower() == self._public)

    def get(self, request: web.Request, name: str) -> str:
        """Its value; empty where there is none of ours."""
        found = request.cookies.get(self._name(name, request), "")
        return found if _GOOD.fullmatch(found) else ""

    def browser(self, request: web.Request) -> Browser:
        return Browser(device=self.get(request, DEVICE), session=self.get(request, SESSION))

    def greet(self, request: web.Request, answer: web.StreamResponse) -> None:
        """Give the browser a name, if it has none."""
        if not self.get(request, DEVICE):
            self._set(request, answer, DEVICE, secrets.token_urlsafe(32), DEVICE_S, "Lax")

    def sign_in(self, request: web.Request, answer: web.StreamResponse, cookie: str) -> None:
        """Until the browser is closed, or the session is over."""
        self._set(request, answer, SESSION, cookie, None, "Strict")

    def dance(self, request: web.Request, answer: web.StreamResponse, cookie: str) -> None:
        """For the way to a provider and back; that comes from another site."""
        self._set(request, answer, DANCE, cookie, DANCE_S, "Lax")

    def drop(self, request: web.Request, answer: web.StreamResponse, name: str) -> None:
        answer.del_cookie(
            self._name(name, request),
            path="/",
            secure=self.secure(request),
            httponly=True,
            samesite="Strict" if name == SESSION else "Lax",
        )

    def _set(
        self,
        request: web.Request,
        answer: web.StreamResponse,
        name: str,
        value: str,
        age: int | None,
        same_site: str,
    ) -> None:
        answer.set_cookie(
            self._name(name, request),
            value,
            max_age=age,
            path="/",
            secure=self.secure(request),
            httponly=True,
            samesite=same_site,
        )

    def _name(self, name: str, request: web.Request) -> str:
        return f"__Host-{name}" if self.secure(request) else name


def from_here(allowed: Callable[[str | None, str], bool], request: web.Request) -> bool:
    """Whether a page of ours sent the request: every browser tells where a POST comes from."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin"):
        return False
    return allowed(origin, request.host) if origin is not None else site == "same-origin"
