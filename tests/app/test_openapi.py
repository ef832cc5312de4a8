"""The description of the HTTP interface: whole, true to the router and the table of rights, and
given to whoever asks."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.app.gatehouse import Gatehouse, opened
from vicon.web.access import ROUTES
from vicon.web.openapi import document
from vicon.web.openapi.document import described

pytestmark = pytest.mark.asyncio(loop_scope="module")
MADE: dict[str, Any] = document.document()
OPERATIONS = [
    (path, method, operation)
    for path, methods in MADE["paths"].items()
    for method, operation in methods.items()
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path_factory.mktemp("described")) as made:
        yield made


async def test_every_route_is_described_and_every_description_is_of_a_route() -> None:
    assert set(described()) == set(ROUTES)


async def test_what_a_description_says_of_a_path_is_what_the_router_takes(house: Gatehouse) -> None:
    patterns = {
        resource.canonical: resource.get_info()["pattern"].pattern
        for resource in house.app.router.resources()
        if "pattern" in resource.get_info()
    }
    for path, method, operation in OPERATIONS:
        for one in operation.get("parameters", []):
            if one["in"] != "path":
                continue
            (own,) = re.findall(rf"\(\?P<{one['name']}>(.*?)\)", patterns[path])
            if "enum" in one["schema"]:
                assert own.split("|") == one["schema"]["enum"], (path, method)
            elif "pattern" in one["schema"]:
                assert f"^{own}$" == one["schema"]["pattern"], (path, method)
            else:
                assert own == "[^{}/]+", (path, method)


async def test_each_has_a_name_of_its_own_and_says_what_it_does() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))
    for path, method, operation in OPERATIONS:
        assert operation["summary"].endswith("."), (path, method)
        assert set(operation["responses"]) >= {"421"}, (path, method)


async def test_who_may_is_what_the_table_of_rights_says() -> None:
    for key, access in ROUTES.items():
        path = key.partition(" ")[2]
        for method, operation in described()[key].items():
            (wants, *others) = MADE["paths"][path][method.lower()]["security"] or [{}]
            roles = [role for one in (wants, *others) for named in one.values() for role in named]
            assert set(roles) <= set(access.who), (key, method)
            if not wants:
                open_to_all = access.who in (("anyone",), ("door",)) or key.startswith("* ")
                assert open_to_all, (key, operation.id)


async def test_every_refusal_in_json_has_a_code_and_both_sentences() -> None:
    parts = MADE["components"]
    refusals = [
        answer
        for _, _, operation in OPERATIONS
        for status, answer in operation["responses"].items()
        if status >= "400" and "$ref" in answer
    ]
    assert len(refusals) > 300
    for refusal in refusals:
        found = parts["responses"][refusal["$ref"].rpartition("/")[2]]
        for media, body in found["content"].items():
            if not media.endswith("json"):
                assert media in ("text/plain", "text/html")
                continue
            schema = parts["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
            assert {"code", "text"} <= set(schema["required"])
            assert schema["properties"]["text"] == {"$ref": "#/components/schemas/Words"}
    assert parts["schemas"]["Words"]["required"] == ["id", "en"]


async def test_every_reference_leads_somewhere() -> None:
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(MADE))):
        at: Any = MADE
        for name in reference.split("/"):
            assert name in at, reference
            at = at[name]


async def test_the_file_is_what_the_tables_say() -> None:
    written = Path(__file__).parents[2] / "docs/schema/openapi.json"
    assert written.read_text("utf-8") == document.text(), "run scripts/gen"


async def test_it_is_given_to_whoever_asks(house: Gatehouse) -> None:
    url = f"{house.url}/api/v1/openapi.json"
    async with ClientSession() as http:
        async with http.get(url) as answer:
            assert answer.status == 200
            assert answer.content_type == "application/json"
            assert await answer.text() == document.text()
            tag = answer.headers["ETag"]
        for known in (tag, f'"other", W/{tag}', "*"):
            async with http.get(url, headers={"If-None-Match": known}) as answer:
                assert (answer.status, await answer.read()) == (304, b"")
                assert answer.headers["ETag"] == tag
        for other in ('"other"', "%", ""):
            async with http.get(url, headers={"If-None-Match": other}) as answer:
                assert answer.status == 200
