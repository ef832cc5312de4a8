"""Signing in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vicon.web.account import Change, End, Enter, Nothing, SignIn
from vicon.web.answers import AccountTold, Address, Done, Ended
from vicon.web.openapi.words import JSON, Answer, Body, Operation, Parameter, Typed, told

_ORIGIN = Parameter(
    name="Origin",
    says="The server's own. Every browser sets it with a POST, or else `Sec-Fetch-Site: "
    "same-origin`, which does too.",
)


def _body(kind: Any, says: str) -> Body:
    return Body(content={JSON: Typed(kind)}, says=says)


ACCOUNTS: Mapping[str, Operation] = {
    "GET /api/v1/account": Operation(
        id="account",
        says="Who is signed in by the cookie `vicon.session`, where he may go, his sessions.",
        answers={200: told("He, or nobody.", AccountTold)},
        refuses=(503,),
    ),
    "POST /api/v1/account/sign-in": Operation(
        id="sign_in",
        says="Sign in with a password.",
        headers=(_ORIGIN,),
        body=_body(SignIn, "Name and password."),
        answers={200: told("Signed in.", AccountTold, "Set-Cookie")},
        refuses=(400, 401, 403, 429, 503),
    ),
    "POST /api/v1/account/oidc/begin": Operation(
        id="oidc_begin",
        says="Where to sign in by the provider.",
        headers=(_ORIGIN,),
        body=_body(Nothing, "An empty object."),
        answers={200: told("There.", Address, "Set-Cookie")},
        refuses=(400, 403, 404, 503),
    ),
    "GET /api/v1/account/oidc/back": Operation(
        id="oidc_back",
        says="Back from the provider; the page /masuk tells how it ended.",
        query=(
            Parameter(name="state", says="As it was given to the provider."),
            Parameter(name="code", says="The provider's."),
            Parameter(name="iss", says="The provider (RFC 9207)."),
            Parameter(name="error", says="Why the provider did not let anybody in."),
        ),
        answers={303: Answer(says="To /masuk.", headers=("Location",))},
        refuses=(404, 503),
    ),
    "POST /api/v1/account/sign-out": Operation(
        id="sign_out",
        says="End the session.",
        headers=(_ORIGIN,),
        body=_body(Nothing, "An empty object."),
        answers={200: told("It is over.", Done, "Set-Cookie")},
        refuses=(400, 503),
    ),
    "POST /api/v1/account/enter": Operation(
        id="enter",
        says="An address of a page, good in this browser as long as the session is.",
        headers=(_ORIGIN,),
        body=_body(Enter, "As what, and in which conference."),
        answers={200: told("The address.", Address)},
        refuses=(400, 503),
    ),
    "POST /api/v1/account/end": Operation(
        id="end_sessions",
        says="End sessions of one's own.",
        headers=(_ORIGIN,),
        body=_body(End, "Which; 100 at most are looked at."),
        answers={200: told("These are over by it.", Ended)},
        refuses=(400, 503),
    ),
    "POST /api/v1/account/password": Operation(
        id="change_password",
        says="Change one's password; all sessions end.",
        headers=(_ORIGIN,),
        body=_body(Change, "The old and the new one."),
        answers={200: told("It is changed.", Done, "Set-Cookie")},
        refuses=(400, 409, 422, 429, 503),
    ),
}
