"""A real Prometheus reads a real server with agents in its rooms: what it scrapes is good, rules
load, and every query of the dashboard finds something."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.service import Link, Service, rehearsal
from tests.hooks.receiving import SECRET
from tests.metrics.house import TOKEN, free_port
from vicon import config

PROMETHEUS = shutil.which("prometheus")
PATIENCE = 60.0
DASHBOARD = json.loads(config.around("grafana.json"))
BROWSERS_ONLY = "vicon_room_line_available_bits_per_second"
"""Estimated from a browser's feedback, which agents do not give: tests/metrics/test_rooms.py."""
VARIABLES = {"$conference": ".*", "$room": ".*", "$__rate_interval": "6s"}

pytestmark = [
    pytest.mark.patient,
    pytest.mark.skipif(PROMETHEUS is None, reason="needs prometheus (Debian: prometheus)"),
]


class Prometheus:
    def __init__(self, url: str, http: ClientSession) -> None:
        self.url, self._http = url, http

    async def ask(self, path: str, **query: str) -> Any:
        async with self._http.get(f"{self.url}/api/v1/{path}", params=query) as answer:
            told = await answer.json()
        assert told["status"] == "success", told
        return told["data"]

    async def finds(self, expression: str) -> list[Any]:
        return list((await self.ask("query", query=expression))["result"])


@asynccontextmanager
async def prometheus(folder: Path, target: str, authority: Path) -> AsyncIterator[Prometheus]:
    """Scrapes `target` each second, with the token, over TLS."""
    assert PROMETHEUS
    folder.mkdir()
    (folder / "alerts.yaml").write_text(config.around("alerts.yaml"), "utf-8")
    (folder / "token").write_text(TOKEN, "utf-8")
    job = {
        "job_name": "vicon",
        "scheme": "https",
        "authorization": {"credentials_file": str(folder / "token")},
        "tls_config": {"ca_file": str(authority)},
        "static_configs": [{"targets": [target]}],
    }
    told = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["alerts.yaml"],
        "scrape_configs": [job],
    }
    (folder / "prometheus.yml").write_text(json.dumps(told), "utf-8")
    url = f"127.0.0.1:{free_port()}"
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            PROMETHEUS,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={url}",
            stdout=log,
            stderr=log,
        )
    try:
        async with ClientSession() as http:
            made = Prometheus(f"http://{url}", http)
            async with asyncio.timeout(PATIENCE):
                while not await _answers(made):
                    assert process.returncode is None, (folder / "log").read_text()
                    await asyncio.sleep(0.1)
            yield made
    finally:
        process.terminate()
        await process.wait()


async def _answers(made: Prometheus) -> bool:
    try:
        return bool(await made.ask("status/buildinfo"))
    except ClientError:
        return False


def queries() -> list[str]:
    found = [target["expr"] for one in DASHBOARD["panels"] for target in one.get("targets", [])]
    for name, value in VARIABLES.items():
        found = [query.replace(name, value) for query in found]
    assert not any("$" in query for query in found)
    assert sum(BROWSERS_ONLY in query for query in found) == 1
    return [query for query in found if BROWSERS_ONLY not in query]


async def test_prometheus_reads_it_and_the_dashboard_shows_it(tmp_path: Path) -> None:
    hook = f'[[webhooks]]\nname = "pusat"\nurl = "http://127.0.0.1:{free_port()}"\n'
    root = f'[metrics]\ntoken = "{TOKEN}"\n[headcount]\ninterval_s = 600\n'
    root += f'{hook}secret = "{SECRET}"\n'
    service = Service(tmp_path, root=root, tls="local")
    await service.start()
    try:
        authority = service.data / "tls" / "ca.pem"
        target = service.url.partition("://")[2]
        async with (
            rehearsal(service, 3),
            prometheus(tmp_path / "prometheus", target, authority) as watcher,
        ):
            await _count(service.link("operator", "64.02"), authority)
            await _seen(watcher, "sum(vicon_room_line_connected) >= 6")
            (scraped,) = (await watcher.ask("targets"))["activeTargets"]
            assert (scraped["health"], scraped["lastError"]) == ("up", "")
            await _all_found(watcher, set(queries()))
            await _rules(watcher)
        _one_id_in_both_processes(service.log)
    finally:
        await service.stop()


async def _count(link: Link, authority: Path) -> None:
    """An operator says how many are there."""
    tls = ssl.create_default_context(cafile=str(authority))
    async with Client(*parse_link(link.url), rng=random.Random(1), tls=tls) as client:
        await client.ready(PATIENCE)
        await client.command(m.CountSet(room="64.02", value=7), timeout=PATIENCE)


def _one_id_in_both_processes(log: Path) -> None:
    """What a page asked the main process for is found in the media worker's lines."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert TOKEN not in log.read_text("utf-8")
    asked = {
        line["request"]: line["device"]
        for line in lines
        if line["event"] == "< command" and line["act"] == "media.publish"
    }
    done = {
        line["request"]: line["device"]
        for line in lines
        if line["event"] == "< media" and line["act"] == "publish"
    }
    assert len(asked) >= 3
    assert asked == done


async def _all_found(watcher: Prometheus, empty: set[str]) -> None:
    """Rates want two scrapes."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                empty -= {query for query in empty if await watcher.finds(query)}
                if not empty:
                    return
                await asyncio.sleep(0.2)
    except TimeoutError:
        pytest.fail(f"nothing found by {sorted(empty)}")


async def _seen(watcher: Prometheus, expression: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not await watcher.finds(expression):
                await asyncio.sleep(0.2)
    except TimeoutError:
        targets = (await watcher.ask("targets"))["activeTargets"]
        pytest.fail(f"{expression}: {[one['lastError'] for one in targets]}")


async def _rules(watcher: Prometheus) -> None:
    """All loaded and evaluated without an error; in a session that goes well none is critical."""
    groups = (await watcher.ask("rules"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) == config.around("alerts.yaml").count("- alert: ")
    assert {rule["health"] for rule in rules} == {"ok"}, rules
    firing = [rule["name"] for rule in rules if rule["state"] == "firing"]
    critical = [rule["name"] for rule in rules if rule["labels"]["severity"] == "critical"]
    assert not set(firing) & set(critical)
