"""The description put together: OpenAPI 3.1."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from vicon import __version__
from vicon.web.access import ANYONE, LINKS, ROUTES, SIGNED_IN, Access
from vicon.web.answers import Problem
from vicon.web.checkin.data import Told
from vicon.web.openapi import recordings
from vicon.web.openapi.accounts import ACCOUNTS
from vicon.web.openapi.broadcast import DESK, WATCHING
from vicon.web.openapi.conferences import CONFERENCES
from vicon.web.openapi.halls import DOORS, MEDIA
from vicon.web.openapi.organizer import ID, ONE, ORGANIZER
from vicon.web.openapi.server import SERVER
from vicon.web.openapi.words import (
    HEADERS,
    HTML,
    JSON,
    TEXT,
    Answer,
    Content,
    Form,
    Operation,
    Parameter,
    Schema,
    Typed,
)
from vicon.web.pair import CHANGING
from vicon.web.problems import Details

_TAGS: Mapping[str, tuple[str, Mapping[str, Operation | Mapping[str, Operation]]]] = {
    "server": ("Pages, health, sockets.", SERVER),
    "account": ("Signing in.", ACCOUNTS),
    "conference": (
        "A conference, its documents, trials and recordings, by a link's token.",
        {**CONFERENCES, **DESK, **recordings.operations("/api/v1/conferences/{id}", "", {})},
    ),
    "organizer": (
        "Conferences, their links and recordings, by the organizer's token.",
        {**ORGANIZER, **recordings.operations(ONE, "office_", ID)},
    ),
    "door": ("A room's door: check-in. Its token stands in the path.", DOORS),
    "public": ("The programme for the public: docs/broadcast.md.", WATCHING),
    "media": ("Encoders (WHIP) and players (WHEP): docs/whip.md.", MEDIA),
}
_WHY: Mapping[int, str] = {
    400: "It cannot be read, or a value cannot be what it is.",
    401: "There is no token, session or key, or it is good no more.",
    403: "The token's role, its room or the page that asks may not.",
    404: "There is no such thing here, or not for this token.",
    408: "The body did not come whole in 10 s.",
    409: "Not as things stand.",
    410: "It is over.",
    412: "`If-Match` is not the present entity-tag.",
    413: "The body is too large.",
    415: "The body is of another type.",
    421: "The server is not known by the name that was asked for (`Host`).",
    422: "The body can be read, and something in it cannot be taken: the sentence says what.",
    428: "`If-Match` is missing.",
    429: "Too often; `Retry-After` says when to come again.",
    500: "A fault of the server.",
    503: "The server cannot now; most often it can a moment later.",
}
_REFUSES: Mapping[Form, tuple[str, Typed | Schema]] = {
    "api": (JSON, Typed(Problem)),
    "plain": ("text/plain", TEXT),
    "page": (HTML, TEXT),
    "door": (JSON, Typed(Told)),
    "media": ("application/problem+json", Typed(Details)),
}
_EDGE = (400, 421)
"""Of everything: what cannot be read, and a Host that is another's."""
_BY_EDGE_TOO = (400, 404, 413, 421, 503)
"""Statuses that the edge gives as well as a handler."""
_NAMES: Mapping[str, tuple[str, Schema]] = {
    "id": ("Of the conference, or of the run.", TEXT),
    "room": ("The room's code.", TEXT),
    "name": ("The file's name.", TEXT),
    "link": ("The link's name in the list.", TEXT),
    "kind": ("What is asked for.", TEXT),
    "format": ("In which form.", TEXT),
    "token": ("The door's token: who has it stands at the door.", TEXT),
    "person": ("The entry's id, which its own phone has made.", TEXT),
    "conference": ("The conference's id.", TEXT),
    "session": ("Of the answer's `Location`.", TEXT),
    "recording": ("The recording's name in the list.", TEXT),
    "file": ("The file's name in the recording's list.", TEXT),
    "key": ("The secret part of the address, where there must be one.", TEXT),
}
_SCHEMES = {
    "link": {
        "type": "http",
        "scheme": "bearer",
        "description": "Token of a link (after the # of its address). The roles are named.",
    },
    "organizer": {
        "type": "http",
        "scheme": "bearer",
        "description": "Token of the organizer's link.",
    },
    "media": {
        "type": "http",
        "scheme": "bearer",
        "description": "Token of an encoder or a player (`vicon links --whip`); to play, that of a "
        "link that shows every room does too.",
    },
    "pair": {
        "type": "http",
        "scheme": "bearer",
        "description": "The key that both servers of a pair have.",
    },
    "monitor": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of `[metrics]`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "vicon.session",
        "description": "Given by signing in; under TLS its name is `__Host-vicon.session`. Only "
        "with a page of this server as `Origin`.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Vicon-CSRF",
        "description": "The session's own number: `you.csrf` of GET /api/v1/account.",
    },
}
Outgoing = Callable[[Any], Any]
"""The schema of a type."""
_PARAMETER = re.compile(r"\{(\w+)\}")
_REF = "#/components/schemas/{name}"


def described() -> dict[str, Mapping[str, Operation]]:
    """By the key of the route: its operations by method."""
    found: dict[str, Mapping[str, Operation]] = {}
    for _, table in _TAGS.values():
        for key, said in table.items():
            method = key.partition(" ")[0]
            found[key] = {method: said} if isinstance(said, Operation) else said
    return found


@cache
def text() -> str:
    """The document as JSON."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    schemas = _Schemas()
    paths: dict[str, Any] = {}
    for tag, (_, table) in _TAGS.items():
        for key in table:
            path = key.partition(" ")[2]
            for method, operation in described()[key].items():
                at = paths.setdefault(path, {})
                at[method.lower()] = _operation(key, method, operation, tag, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "vicon",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Made by scripts/gen; docs/http.md tells how to use it. Every refusal "
            "in JSON has `code`, which programs go by, and `text` with a sentence in Bahasa "
            "Indonesia (`id`) and English (`en`). HEAD is answered as GET, without the body; what "
            "an address does not know is 405 with `Allow`.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag, "description": says} for tag, (says, _) in _TAGS.items()],
        "paths": paths,
        "components": {
            "responses": dict(sorted(schemas.refusals.items())),
            "schemas": schemas.all(),
            "securitySchemes": _SCHEMES,
        },
    }


class _Schemas:
    """JSON Schemas of all types that come in and go out."""

    def __init__(self) -> None:
        self._ins, self._outs = list(_types(outgoing=False)), list(_types(outgoing=True))
        given, self._out_parts = _components(self._outs)
        taken, self._in_parts = _components(self._ins)
        self._given = list(zip(self._outs, given, strict=True))
        self._taken = list(zip(self._ins, taken, strict=True))
        _loosen(taken, self._in_parts)
        self.refusals: dict[str, dict[str, Any]] = {}
        """By name: answers that many routes share."""

    def of(self, kind: Any) -> Any:
        """Of what goes out."""
        if get_origin(kind) in (Union, UnionType):
            return {"anyOf": [self.of(one) for one in get_args(kind)]}
        return next(schema for one, schema in self._given if one == kind)

    def taken(self, kind: Any) -> Any:
        """Of what comes in."""
        return next(schema for one, schema in self._taken if one == kind)

    def refusal(self, status: int, forms: Collection[Form]) -> dict[str, Any]:
        name = f"{'_or_'.join(sorted(forms))}_{status}"
        if name not in self.refusals:
            made = _response(Answer(says=_WHY[status], content=_refused(forms)), self.of)
            if status in (429, 503):
                made["headers"] = {"Retry-After": _header("Retry-After", always=False)}
            self.refusals[name] = made
        return {"$ref": f"#/components/responses/{name}"}

    def all(self) -> dict[str, Any]:
        """What goes out is whole: fields with defaults are there too."""
        for part in self._out_parts.values():
            fields = part.get("properties", {})
            always = part.get("required", [])
            whole = [name for name in fields if name in always or "default" in fields[name]]
            if whole:
                part["required"] = whole
            for field in fields.values():
                field.pop("default", None)
        twice = set(self._in_parts) & set(self._out_parts)
        assert all(self._in_parts[name] == self._out_parts[name] for name in twice), twice
        return dict(sorted({**self._in_parts, **self._out_parts}.items()))


def _loosen(schemas: Sequence[Any], parts: Mapping[str, Any]) -> None:
    """A `type` that tells nothing apart may be left out of what comes in: msgspec asks for it where
    there is a choice alone."""
    chosen = set()
    for choice in re.findall(r'"anyOf": \[(.*?)\]', json.dumps([schemas, parts])):
        chosen |= set(re.findall(_REF.format(name=r"([\w.]+)"), choice))
    for name, part in parts.items():
        tag = part.get("properties", {}).get("type", {})
        if "enum" in tag and name not in chosen and "type" in part["required"]:
            part["required"].remove("type")


def _types(*, outgoing: bool) -> Iterator[Any]:
    """Each once."""
    seen: list[Any] = []
    for operations in described().values():
        for operation in operations.values():
            contents = [answer.content for answer in operation.answers.values()]
            if not outgoing:
                contents = [operation.body.content] if operation.body is not None else []
            for content in contents:
                seen += [one.type for one in content.values() if isinstance(one, Typed)]
    if outgoing:
        seen += [kind.type for _, kind in _REFUSES.values() if isinstance(kind, Typed)]
    found: list[Any] = []
    for kind in seen:
        alternatives = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
        found += [one for one in alternatives if one not in found]
    yield from found


def _components(kinds: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Types of the same name and the same fields are one. Raises TypeError where the fields of two
    that have one name differ: give one of them another."""
    schemas, parts = msgspec.json.schema_components(kinds, ref_template=_REF)
    whole = json.dumps([schemas, parts])
    shapes: dict[str, Any] = {}
    for name in [name for name in parts if "." in name]:  # msgspec tells them apart by module
        short = name.rpartition(".")[2]
        if shapes.setdefault(short, parts[name]["properties"]) != parts[name]["properties"]:
            raise TypeError(f"two types {short}")
        whole = whole.replace(f'{_REF.format(name=name)}"', f'{_REF.format(name=short)}"')
        whole = whole.replace(f'"{name}": ', f'"{short}": ')
    found, named = json.loads(whole)
    return tuple(found), named


def _operation(
    key: str, method: str, operation: Operation, tag: str, schemas: _Schemas
) -> dict[str, Any]:
    access = ROUTES[key]
    made: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [tag],
        "summary": operation.says,
    }
    more = [operation.more] if operation.more else []
    if access.own_room:
        more.append("Operators, testers and encoders: of their own room alone.")
    if more:
        made["description"] = " ".join(more)
    found = [*_path(key, operation), *_asked("query", operation.query)]
    found += _asked("header", operation.headers)
    if found:
        made["parameters"] = found
    if operation.body is not None:
        made["requestBody"] = {
            "description": operation.body.says,
            "required": True,
            "content": _content(operation.body.content, schemas.taken),
        }
    made["responses"] = _responses(key, method, operation, schemas)
    made["security"] = _security(access, method)
    return made


def _path(key: str, operation: Operation) -> Iterator[dict[str, Any]]:
    for name in _PARAMETER.findall(key):
        says, schema = _NAMES[name]
        schema = operation.path.get(name, schema)
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": says,
            "schema": dict(schema),
        }


def _asked(place: str, parameters: Sequence[Parameter]) -> Iterator[dict[str, Any]]:
    for one in parameters:
        yield {
            "name": one.name,
            "in": place,
            "required": one.required,
            "description": one.says,
            "schema": dict(one.schema),
        }


def _content(content: Content, of: Outgoing) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for media, kind in content.items():
        if isinstance(kind, Typed):
            made[media] = {"schema": of(kind.type)}
        else:
            made[media] = {"schema": dict(kind)} if kind else {}
    return made


def _responses(key: str, method: str, operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    found = {status: _response(answer, schemas.of) for status, answer in operation.answers.items()}
    edge: Form = "api" if key.partition(" ")[2].startswith("/api/") else "plain"
    refuses = {*operation.refuses, *_guard(ROUTES[key]), *_EDGE}
    refuses |= {503} if method in CHANGING else set()
    for status in refuses:
        forms = {operation.form} if status in {*operation.refuses, *_guard(ROUTES[key])} else set()
        forms |= {edge} if status in _BY_EDGE_TOO else set()
        if status in found:  # readyz: what says that it is not ready
            found[status]["content"] |= _content(_refused(forms), schemas.of)
        else:
            found[status] = schemas.refusal(status, forms)
    return {str(status): found[status] for status in sorted(found)}


def _refused(forms: Collection[Form]) -> Content:
    return dict(_REFUSES[form] for form in sorted(forms))


def _response(answer: Answer, of: Outgoing) -> dict[str, Any]:
    made: dict[str, Any] = {"description": answer.says}
    if answer.headers:
        made["headers"] = {name: _header(name, always=True) for name in answer.headers}
    if answer.content:
        made["content"] = _content(answer.content, of)
    return made


def _header(name: str, *, always: bool) -> dict[str, Any]:
    says, schema = HEADERS[name]
    return {"description": says, "required": always, "schema": dict(schema)}


def _guard(access: Access) -> tuple[int, ...]:
    """What is refused before the handler."""
    if SIGNED_IN in access.who:
        return (401, 403)
    if "organizer" in access.who:
        return (401, 403, 429, 503)
    if set(access.who) & set(LINKS) and "player" not in access.who:
        return (401, 403, 404, 429)
    return ()


def _security(access: Access, method: str) -> list[dict[str, list[str]]]:
    who = list(access.who)
    if access.who == ANYONE or "door" in who:
        return []
    if SIGNED_IN in who:
        return [{"session": [], "csrf": []}]
    if "standby" in who:
        return [{"pair": []}]
    if "monitor" in who:
        return [{"monitor": []}]
    if "organizer" in who:
        return [{"organizer": who}]
    if who == ["player", "embed"]:
        return [{"media": who}]
    if {"encoder", "player"} & set(who):
        if method == "GET":
            return []
        return [{}, {"media": who}] if method == "OPTIONS" else [{"media": who}]
    return [{"link": who}]
