"""Who asks the HTTP interface, with what is really there: for requests that are made up from its
description."""

from __future__ import annotations

import asyncio
import json
import logging
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from msgspec.structs import replace
from multidict import CIMultiDict
from schemathesis import Case, serializer
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from structlog.testing import capture_logs

from tests.app.entry import CHEAP, PASSWORD, add
from tests.app.gatehouse import KUKAR, METRICS_TOKEN, OTHER, OURS, Gatehouse
from tests.app.served import served
from tests.app.test_edge import observe
from tests.report.examples import good
from vicon import admitting
from vicon.app import guesses, tries
from vicon.measure.run import seal
from vicon.store.trials import SqliteTrials
from vicon.trial.runner import record
from vicon.web import whip
from vicon.web import whiphead as head
from vicon.web.access import ROUTES
from vicon.web.checkin import gate
from vicon.web.openapi.document import described

SIGNED_IN, NOBODY, STANDBY, MONITOR = "signed in", "anyone", "standby", "monitor"
HALLS = ("operator", "tester", "encoder", "door")
KEYS: Mapping[str, str] = {
    f"{method} {key.partition(' ')[2]}": key for key, of in described().items() for method in of
}
"""The route of each operation, by the operation's label."""
serializer.alias([head.SDP, head.FRAGMENT, "text/csv"], "text/plain")
RUN = seal(replace(good(), id="u1", conference=OURS, room=KUKAR))


def may(label: str, role: str) -> bool:
    return role in ROUTES[KEYS[label]].who


@contextmanager
def asked(folder: Path) -> Iterator[Asking]:
    """The bounds on tries and requests are raised: they would hide everything behind 429. At the
    end the server has nothing to report against itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(admitting, "Passwords", lambda: CHEAP)
        patch.setattr(guesses, "BURST", 1e9)
        patch.setattr(tries.Tries, "take", lambda *_: 0)
        for module, names in ((gate, ("READ", "WRITE")), (whip, ("POST", "PATCH"))):
            for name in names:
                patch.setattr(module, f"{name}_BURST", 1e9)
        said = _Errors()
        logging.getLogger().addHandler(said)
        with capture_logs() as logs, served(folder) as house, requests.Session() as http:
            add(house.home, "rini", "moderator")
            asyncio.run(_keep_run(house))
            yield Asking(house, http)
        logging.getLogger().removeHandler(said)
    wrong = [line for line in logs if line["log_level"] in ("error", "critical")]
    assert not wrong + said.found, (wrong + said.found)[:3]


class _Errors(logging.Handler):
    """What libraries report."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[object] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


async def _keep_run(house: Gatehouse) -> None:
    trials = await SqliteTrials.open(house.home)
    await trials.put(record(RUN))
    await trials.close()


def _in_digits(value: Any) -> Any:
    """JSON Schema counts 1.0 among the whole numbers; msgspec wants them without a fraction."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _in_digits(one) for name, one in value.items()}
    return [_in_digits(one) for one in value] if isinstance(value, list) else value


def _acts(case: Case[Any]) -> bool:
    """What is done is done in another conference than the one that the rest is asked about."""
    return str(case.operation.path).endswith("/commands")


class Asking:
    def __init__(self, house: Gatehouse, http: requests.Session) -> None:
        self.house, self.http = house, http

    def ask(self, case: Case[Any], role: str) -> None:
        """Sends the case as this role, and looks at the answer."""
        self.place(case, role)
        if isinstance(case.body, dict):
            case.body = _in_digits(case.body)
        sent = self.credentials(role, OTHER if _acts(case) else OURS)
        if case.operation.get_parameter_set(ParameterLocation.HEADER).get("Origin") is not None:
            sent["Origin"] = self.house.url
        answer = case.call_and_validate(
            self.house.url, session=self.http, headers=sent, allow_redirects=False
        )
        self.http.cookies.clear()
        observe(CIMultiDict({name: of[0] for name, of in answer.headers.items()}), case.path)

    def credentials(self, role: str, conference: str = OURS) -> dict[str, str]:
        if role == SIGNED_IN:
            return self._session()
        if role in (NOBODY, "door"):
            return {}
        own = {STANDBY: self.house.pair_key, MONITOR: METRICS_TOKEN}
        token = own.get(role) or self.token(role, conference)
        return {"Authorization": f"Bearer {token}"}

    def token(self, role: str, conference: str = OURS) -> str:
        return self.house.token(role, KUKAR if role in HALLS else None, conference)

    def _session(self) -> dict[str, str]:
        """Of a sign-in just now: the last case may have ended the session."""
        answer = requests.post(
            f"{self.house.url}/api/v1/account/sign-in",
            json={"name": "rini", "password": PASSWORD},
            headers={"Origin": self.house.url},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        cookie = answer.cookies["vicon.session"]
        return {"Cookie": f"vicon.session={cookie}", "X-Vicon-CSRF": answer.json()["you"]["csrf"]}

    def place(self, case: Case[Any], role: str) -> None:
        """What a path names is mostly something that is there, where nothing else was meant."""
        if case.meta is not None and case.meta.is_negative_at(ParameterLocation.PATH):
            return
        made = json.dumps(case.path_parameters, sort_keys=True, default=str).encode()
        lot = zlib.crc32(made)
        for name, value in self._there(case.operation.path, lot).items():
            always = name == "token"
            if name in case.path_parameters and (always or lot % 5):
                case.path_parameters[name] = value
        if role != "door" and "token" in case.path_parameters:
            case.path_parameters["token"] = "x" * 22

    def _there(self, path: str, lot: int) -> dict[str, Any]:
        there = {"id": OURS, "conference": OURS, "room": KUKAR, "token": self.token("door")}
        if path.endswith("/commands"):
            there["id"] = OTHER
        elif path.startswith("/api/v1/trials/"):
            there["id"] = RUN.id
        elif path.startswith("/api/v1/office/"):
            # What the organizer takes away or changes is not what the others ask for.
            issues = [one for one in self.house.issues if one.grant.conference == OTHER]
            there |= {"id": OTHER, "link": issues[lot % len(issues)].jti}
        return there


def settings(examples: int, *, coverage: bool = True) -> SchemathesisConfig:
    """All checks; where one cannot hold, it is told what to expect instead."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 8,
            # Tokens come from here; what is answered without them, ignored_auth asks itself.
            "generation": {
                "max-examples": examples,
                "mode": "all",
                "with-security-parameters": False,
            },
            "phases": {"coverage": {"enabled": coverage}},
            "checks": {
                # 422: a list, a plan, an SDP or a form can be text or JSON as described, and yet
                # hold what cannot be taken; 408 to 428 likewise hang on what is there.
                "positive_data_acceptance": {
                    "expected-statuses": [
                        "2xx", "3xx", "401", "403", "404", "408", "409", "410", "412", "422",
                        "428", "429", "503",
                    ]
                },
                "negative_data_rejection": {
                    "expected-statuses": [
                        "3xx", "400", "401", "403", "404", "405", "409", "410", "412", "413",
                        "415", "422", "428", "429", "503",
                    ]
                },
                # 503: a refusal, which each route that gives it describes.
                "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
            },
        }
    )  # fmt: skip
