"""The whole HTTP interface by its description (docs/schema/openapi.json), with schemathesis, for
every role: what it draws from the description, and what it draws against it. Every answer is one
that is described, in status, headers, type and form; what is wrong is refused; no answer is a fault
of the server; nothing is to be had without the token.

VICON_FUZZ=N: N times as many requests, another set each time (minutes to hours)."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator
from typing import Any, cast

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis import Case

from tests.app.asking import MONITOR, NOBODY, SIGNED_IN, STANDBY, Asking, asked, may, settings
from vicon.web.access import LINKS, ROUTES
from vicon.web.openapi import document

LONGER = int(os.environ.get("VICON_FUZZ", "0"))
EACH = 12 * max(1, LONGER)
DOCUMENT = json.loads(document.text())
COMMANDS = "POST /api/v1/conferences/{id}/commands"
"""It has as many bodies as all other routes together: sixty kinds."""
SOCKETS = ("GET /ws", "GET /standby")
"""Described by what they answer to a WebSocket's handshake, which is not made here."""
ROLES = sorted({role for access in ROUTES.values() for role in access.who})
Test = Callable[["Case[Any]", Asking], None]
drawn = hypothesis.settings(
    max_examples=EACH,
    derandomize=not LONGER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with asked(tmp_path_factory.mktemp("described")) as made:
        yield made


def tried(wanted: Callable[[str], bool], *, coverage: bool = True) -> Callable[[Test], Test]:
    """With every operation whose label is wanted."""
    schema = schemathesis.openapi.from_dict(DOCUMENT, config=settings(EACH, coverage=coverage))
    part = schema.include(
        lambda context: context.operation.label not in SOCKETS and wanted(context.operation.label)
    )
    return cast(Callable[[Test], Test], part.parametrize())


def as_role(role: str) -> Test:
    @tried(lambda label: may(label, role) and label != COMMANDS)
    @drawn
    def test(case: Case[Any], desk: Asking) -> None:
        desk.ask(case, role)

    return test


test_anyone = as_role(NOBODY)
test_moderator = as_role("moderator")
test_technician = as_role("technician")
test_operator = as_role("operator")
test_tester = as_role("tester")
test_observer = as_role("observer")
test_organizer = as_role("organizer")
test_door = as_role("door")
test_encoder = as_role("encoder")
test_player = as_role("player")
test_embed = as_role("embed")
test_signed_in = as_role(SIGNED_IN)
test_standby = as_role(STANDBY)
test_monitor = as_role(MONITOR)


@tried(lambda label: label == COMMANDS)
@hypothesis.settings(drawn, max_examples=2 * EACH)
def test_commands(case: Case[Any], desk: Asking) -> None:
    """Every way in which one of them can be wrong, as the moderator; some as everybody else."""
    desk.ask(case, "moderator")
    if zlib.crc32(repr(case.body).encode()) % 8 == 0:
        for role in LINKS:
            desk.ask(case, role)


@tried(lambda _: True, coverage=False)
@hypothesis.settings(drawn, max_examples=max(1, EACH // 4))
def test_whoever_may_not(case: Case[Any], desk: Asking) -> None:
    """Another role each time: what is refused is refused as described."""
    label = case.operation.label
    others = [role for role in ROLES if not may(label, role)]
    lot = zlib.crc32(f"{label} {case.path_parameters} {case.query}".encode())
    desk.ask(case, others[lot % len(others)])


def test_every_role_is_there() -> None:
    tested = {name.removeprefix("test_").replace("_", " ") for name in globals()}
    assert set(ROLES) <= tested
    assert set(LINKS) <= set(ROLES)
