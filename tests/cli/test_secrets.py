"""A server with every secret that there can be, and a session by account, by link, by door: none of
the secrets is in its log, in the trail, in a list of processes, or in what a command prints of
itself."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar

from tests.app.entry import Visitor
from tests.cli.conftest import ROOT
from vicon.ops.data import DataDir
from vicon.ops.links import read_door_links, read_links, read_media_links

PASSWORD, NEW = "kuda makan rumput hijau", "sebuah kata sandi yang lain"
TURN, CLIENT = "rahasia-turn-8f3c", "rahasia-klien-27ab"
METRICS, HOOK = "rahasia-angka-51de-7c", "whsec_cmFoYXNpYS13ZWJob29rLWtpdGEteWFuZy1wYW5qYW5n"
CONFIG = """
[server]
listen = ["127.0.0.1"]
tls = "off"
[media]
addresses = ["127.0.0.1"]
workers = 0
[headcount]
camera = false
[turn]
urls = ["turn:turn.go.id:3478"]
[accounts.oidc]
issuer = "http://127.0.0.1:9"
client_id = "vicon"
client_secret_file = "oidc.secret"
roles = [{ value = "x", role = "moderator" }]
[metrics]
token_file = "metrics.token"
[[webhooks]]
name = "pusat"
url = "http://127.0.0.1:9/rahasia-alamat-33"
"""


class Commands:
    """What every process that ran meanwhile was called with: looked at again and again."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Commands:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.01):
            for entry in os.scandir("/proc"):
                if entry.name.isdigit():
                    try:
                        self.seen.add(Path(entry.path, "cmdline").read_bytes())
                    except OSError:
                        continue  # it has ended


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    example = (ROOT / "examples/kaltim-2020.toml").read_text("utf-8")
    (tmp_path / "vicon.toml").write_text(CONFIG + example, "utf-8")
    (tmp_path / "metrics.token").write_text(f"{METRICS}\n", "utf-8")
    (tmp_path / "oidc.secret").write_text(f"{CLIENT}\n", "utf-8")
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "vicon", "serve", "--config", str(folder / "vicon.toml")]
    command += ["--data", str(folder / "data"), "--port", "0", "--ready-json"]
    with (folder / "log").open("wb") as log:
        environment = {**os.environ, "VICON_TURN_SECRET": TURN, "VICON_WEBHOOK_SECRET": HOOK}
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, env=environment, text=True
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (folder / "log").read_text("utf-8")
            yield str(json.loads(line)["url"]).rstrip("/")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def user(folder: Path, *arguments: str, password: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "vicon", "user", *arguments, "--data", str(folder / "data")],
        cwd=ROOT,
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout + done.stderr


async def visit(url: str, home: DataDir) -> list[str]:
    """All that can be done with a secret; those that only the server gave."""
    given = []
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        browser = Visitor(url, http)
        await browser.page()
        for password in ("salah sekali lagi ya", PASSWORD):
            await browser.sign_in("rini", password)
        seat = await browser.enter("moderator")
        assert await browser.hello(seat) == "welcome"
        given += [
            seat,
            browser.csrf,
            browser.cookie("vicon.session"),
            browser.cookie("vicon.device"),
        ]
        for token in [link.url.partition("#")[2] for link in read_links(home)]:
            await browser.hello(token)
            await browser.get("/api/v1/me/qr", token)
            await browser.get("/api/v1/office/conferences/kaltim-2020/links", token)
        for door in read_door_links(home, url):
            async with http.get(door.url) as answer:
                await answer.read()
        await browser.post("/oidc/begin")
        for token in (METRICS, METRICS[:-1]):
            head = {"Authorization": f"Bearer {token}"}
            async with http.get(f"{url}/metrics", headers=head) as answer:
                assert (answer.status == 200) == (token == METRICS)
                assert METRICS not in await answer.text()
        async with http.get(
            f"{url}/api/v1/account/oidc/back?state=xstate&code=kode-rahasia-99"
        ) as answer:
            await answer.read()
        await browser.post("/password", {"old": PASSWORD, "new": NEW})
        await browser.post("/sign-out")
    return [*given, "kode-rahasia-99"]


def secrets_of(home: DataDir, given: list[str]) -> dict[str, str]:
    links = {f"{link.role} {link.room}": link.url.partition("#")[2] for link in read_links(home)}
    media = {f"{one.role} {one.room}": one.token for one in read_media_links(home)}
    doors = {f"door {d.room}": d.url.rpartition("/")[2] for d in read_door_links(home)}
    hashes = {one["name"]: one["hash"] for one in _accounts(home)}
    keys = {path.name: path.read_bytes().hex() for path in home.key.parent.iterdir()}
    own = {"password": PASSWORD, "new": NEW, "turn": TURN, "client": CLIENT}
    own |= {"metrics": METRICS, "webhook": HOOK, "address": "rahasia-alamat-33"}
    return {
        **links,
        **media,
        **doors,
        **hashes,
        **keys,
        **own,
        **{f"given {n}": one for n, one in enumerate(given)},
    }


def _accounts(home: DataDir) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(home.accounts.read_text("utf-8"))["accounts"]
    return found


def test_no_secret_is_left_where_others_look(folder: Path, served: str) -> None:
    home = DataDir(folder / "data")
    with Commands() as commands:
        told = user(
            folder, "add", "rini", "--role", "moderator", "--password-file", "-", password=PASSWORD
        )
        given = asyncio.run(visit(served, home))
        file = folder / "link"
        file.write_text(f"{read_links(home)[0].url}\n", "utf-8")
        agent = subprocess.run(
            [sys.executable, "-m", "vicon", "agent", f"@{file}", "--no-media", "--seconds", "1"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        told += agent.stdout + agent.stderr + user(folder, "list", password="")
    places = {
        "log": (folder / "log").read_text("utf-8"),
        "trail": home.trail.read_text("utf-8"),
        "refused": home.refused.read_text("utf-8"),
        "told": told,
        "commands": b"\n".join(commands.seen).decode("utf-8", "replace"),
    }
    assert "sign-in" in places["log"]  # it did look
    assert "user add" in places["trail"]
    assert "vicon\0user\0add" in places["commands"]
    assert '"rini"' in places["refused"]
    found = [
        f"{name} in {place}"
        for name, secret in secrets_of(home, given).items()
        for place, text in places.items()
        if secret and secret in text
    ]
    assert found == []
