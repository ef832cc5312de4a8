"""In which words a route is described."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from msgspec import Struct

Form = Literal["api", "plain", "page", "door", "media"]
"""How its handler refuses: as Problem; in two lines of text, as the edge does; as a page; as a
door's script reads it; as problem details (RFC 9457)."""
Schema = Mapping[str, Any]
JSON, HTML, PDF, CSV = "application/json", "text/html", "application/pdf", "text/csv"
TEXT: Schema = MappingProxyType({"type": "string"})
BYTES: Schema = {}


class Typed(Struct, frozen=True):
    """JSON of this type."""

    type: Any


Content = Mapping[str, Typed | Schema]
"""By media type."""


class Parameter(Struct, frozen=True, kw_only=True):
    name: str
    says: str
    schema: Schema = TEXT
    required: bool = False


class Body(Struct, frozen=True, kw_only=True):
    content: Content
    says: str


class Answer(Struct, frozen=True, kw_only=True):
    says: str
    content: Content = {}
    """Empty: it has no body."""
    headers: tuple[str, ...] = ()
    """That it always has; of HEADERS."""


class Operation(Struct, frozen=True, kw_only=True):
    """One method of one route."""

    id: str
    says: str
    more: str = ""
    form: Form = "api"
    path: Mapping[str, Schema] = {}
    """Of names in the path that are something else here than usually."""
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: Mapping[int, Answer]
    refuses: tuple[int, ...] = ()
    """Beside what the edge and the guard of its kind refuse."""


HEADERS: Mapping[str, tuple[str, Schema]] = {
    "Content-Disposition": ("The file's name.", TEXT),
    "ETag": ("Entity-tag (RFC 9110, section 8.8.3).", {"type": "string", "pattern": '^(W/)?"'}),
    "Location": ("Where it is, as a path of this server.", {"type": "string", "pattern": "^/"}),
    "Retry-After": ("Seconds after which to come again.", {"type": "integer", "minimum": 1}),
    "Set-Cookie": ("HttpOnly; under TLS Secure, with the prefix __Host-.", TEXT),
    "Allow": ("The methods that the address knows.", TEXT),
}


def told(says: str, kind: Any, *headers: str) -> Answer:
    """JSON of a type."""
    return Answer(says=says, content={JSON: Typed(kind)}, headers=headers)


def file(says: str, *kinds: str) -> Answer:
    """To be kept under a name."""
    schema = {kind: TEXT if kind.startswith("text/") else BYTES for kind in kinds}
    return Answer(says=says, content=schema, headers=("Content-Disposition",))


def picture(says: str, kind: str) -> Answer:
    return Answer(says=says, content={kind: BYTES})


LANG = Parameter(
    name="lang",
    says="Language of the document: `id` (Bahasa Indonesia, unless said otherwise) or `en`.",
    schema={"type": "string", "enum": ["id", "en"]},
)
ROOM = Parameter(name="room", says="A room's code: of this room alone.")
