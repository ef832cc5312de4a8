"""The id of what is being done for somebody: one for each request or command, in every line of the
log that comes of it, in each process that has a part in it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

KEY = "request"
"""In the log."""
_GOOD = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def new_id() -> str:
    return secrets.token_urlsafe(9)


def taken(given: str | None) -> str:
    """The id that somebody before us gave, where it is one; else a new one."""
    return given if given is not None and _GOOD.fullmatch(given) else new_id()


def current() -> str:
    """Of what is being done in this task; empty: nobody asked for it."""
    return str(structlog.contextvars.get_contextvars().get(KEY, ""))


@contextmanager
def following(id: str) -> Iterator[None]:
    """Whatever is logged meanwhile in this task has this id; empty: as before."""
    if not id:
        yield
        return
    with structlog.contextvars.bound_contextvars(**{KEY: id}):
        yield
