"""The messages for those who do not read Python: JSON Schema and TypeScript types.

Pure: makes text of signaling.messages. scripts/gen writes the files and checks that they are fresh.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from signaling import messages, reasons

_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}
_WIDTH = 100


def json_schema() -> str:
    """JSON Schema (2020-12) of both directions: `ClientMessage` and `ServerMessage` in `$defs`."""
    (client, server), parts = msgspec.json.schema_components(
        [messages.ClientMessage, messages.ServerMessage], ref_template="#/$defs/{name}"
    )
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"vicon protocol v{messages.PROTOCOL_VERSION}",
        "description": "Text frames of the WebSocket. Made by scripts/gen; see docs/protocol.md.",
        "anyOf": [{"$ref": "#/$defs/ClientMessage"}, {"$ref": "#/$defs/ServerMessage"}],
        "$defs": {"ClientMessage": client, "ServerMessage": server, **parts},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def typescript() -> str:
    """TypeScript types with the names of signaling.messages, told apart by `type`.

    What a client sends may leave out fields with a default; what the server sends is always whole.
    """
    blocks = [
        "// Made by scripts/gen from signaling/messages.py and reasons.py. Do not edit.",
        f"export const PROTOCOL_VERSION = {messages.PROTOCOL_VERSION};\n"
        f"export const MAX_FRAME_BYTES = {messages.MAX_FRAME_BYTES};",
        "\n".join(_alias(name, value) for name, value in _aliases().items()),
        'export type CommandType = CommandBody["type"];',
        *(_interface(struct) for struct in _structs()),
        _final_codes(),
    ]
    return "\n\n".join(blocks) + "\n"


def _final_codes() -> str:
    lines = [f"  {json.dumps(code)}," for code in reasons.FINAL]
    comment = "/** Codes of `bye` after which a client does not come back by itself. */"
    head = "export const FINAL_CODES: ReadonlySet<string> = new Set(["
    return "\n".join([comment, head, *lines, "]);"])


def _structs() -> Iterator[type[msgspec.Struct]]:
    for name, value in vars(messages).items():
        is_struct = isinstance(value, type) and issubclass(value, msgspec.Struct)
        if is_struct and not name.startswith("_") and value is not msgspec.Struct:
            yield value


def _aliases() -> dict[str, Any]:
    """Names that the module gives to types that are no classes, in the module's order."""
    kinds = (Annotated, Literal, Union, UnionType)
    return {
        name: value
        for name, value in vars(messages).items()
        if not name.startswith("_") and get_origin(value) in kinds
    }


def _alias(name: str, value: Any) -> str:
    text = f"export type {name} = {_type(value, named=False)};"
    if len(text) <= _WIDTH:
        return text
    kind = json.dumps if get_origin(value) is Literal else _type
    members = "".join(f"\n  | {kind(member)}" for member in get_args(value))
    return f"export type {name} ={members};"


def _interface(struct: type[msgspec.Struct]) -> str:
    config = struct.__struct_config__
    from_client = config.forbid_unknown_fields
    hints = get_type_hints(struct, include_extras=True)
    lines = []
    if config.tag is not None:
        lines.append(f"  {config.tag_field}: {json.dumps(config.tag)};")
    for field in msgspec.structs.fields(struct):
        optional = "?" if from_client and not field.required else ""
        lines.append(f"  {field.encode_name}{optional}: {_type(hints[field.name])};")
    head = f"export interface {struct.__name__} {{"
    body = "\n".join([head, *lines, "}"])
    return f"{_comment(struct.__doc__)}{body}"


def _comment(doc: str | None) -> str:
    if not doc:
        return ""
    lines = [line.strip() for line in doc.strip().splitlines()]
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"


def _type(hint: Any, *, named: bool = True) -> str:
    """A type in TypeScript; by its own name where the messages give it one."""
    if named:
        for name, value in _aliases().items():
            if value == hint:
                return name
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__name__
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(args[0])
    if origin is Literal:
        return " | ".join(json.dumps(value) for value in args)
    if origin in (Union, UnionType):
        return " | ".join(_type(member) for member in args)
    if origin is list:
        item = _type(args[0])
        return f"({item})[]" if " | " in item else f"{item}[]"
    raise TypeError(f"no TypeScript for {hint!r}: teach signaling/schema.py")
