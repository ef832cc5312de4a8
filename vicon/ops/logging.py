"""Logs: to stderr, coloured lines for a person, JSON lines for a machine. No token ever.

structlog for ours; what libraries say through `logging` takes the same way. As a safety net under
everything, whatever looks like a token or stands behind a `#` or `/checkin/` in a URL is blotted
out.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_TOKEN = re.compile(r"eyJ[\w-]{4,}\.[\w-]*\.?[\w-]*")
"""A JWT: its header begins with `{"`, in base64."""
_FRAGMENT = re.compile(r"(\w+://[^\s#\"'<>]*)#[^\s\"'<>]+")
_DOOR = re.compile(r"(/checkin)/[\w/-]+")
"""A door's token, and the entry of a person behind it."""
_SECRET_KEYS = frozenset(
    {"token", "resume", "authorization", "cookie", "secret", "password", "csrf", "client_secret"}
)
_DEPTH = 4


def setup(
    *,
    level: str = "info",
    json: bool | None = None,
    stream: TextIO | None = None,
    beside: Processor | None = None,
) -> None:
    """Send all logs of this process to `stream` (stderr). `json` None: unless it is a terminal.
    `beside` sees each of our lines too, and changes none."""
    stream = stream or sys.stderr
    json = not stream.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if json else [_traceback]),
                blot,
                _json() if json else structlog.dev.ConsoleRenderer(colors=stream.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("aiortc", "aioice", "aiosqlite", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            *shared,
            *([beside] if beside is not None else []),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=False,
    )


def blot(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Processor: blot out what must not be read in a log."""
    return {
        key: "[blotted]" if key.lower() in _SECRET_KEYS and value else _blotted(value, _DEPTH)
        for key, value in event.items()
    }


def _blotted(value: object, depth: int) -> object:
    if isinstance(value, str):
        value = _DOOR.sub(r"\1/[blotted]", _TOKEN.sub("[blotted]", value))
        return _FRAGMENT.sub(r"\1#[blotted]", value)
    if isinstance(value, Mapping):
        return {str(k): _blotted(v, depth - 1) for k, v in value.items()} if depth else "..."
    if isinstance(value, list | tuple):
        return [_blotted(inner, depth - 1) for inner in value] if depth else "..."
    if isinstance(value, int | float | bool | None):
        return value
    return _blotted(str(value), depth)


def _traceback(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """As text, so that it is blotted too; the console would else render it by itself."""
    event = structlog.processors.format_exc_info(logger, name, event)
    if "exception" in event:
        event["event"] = f"{event['event']}\n{event.pop('exception')}"
    return event


def _json() -> Processor:
    return structlog.processors.JSONRenderer(
        serializer=lambda event, **_: msgspec.json.encode(event, enc_hook=str).decode()
    )
