"""An earlier vicon, run from its own sources with the packages of this one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.e2e.service import CHECKOUT, VICON

PINNED = "237664258f9492538f0ad19b879339ca1bb06908"
"""Stands for the previous version while there is no tag: the last commit with schema 1."""
_ADDRESS = "127.0.0.1"
_HEAD = f"""[server]
listen = ["{_ADDRESS}"]
tls = "off"
[media]
addresses = ["{_ADDRESS}"]
[links]
expiry_days = 3650
"""
_NO_CAMERA = "[headcount]\ncamera = false\n"
_SESSION = Path(__file__).with_name("session.py")


@cache
def previous() -> str | None:
    """The newest tag before this commit, else PINNED; None where the sources have no history."""
    for name in (_git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^"), PINNED):
        if name and _git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"):
            return name
    return None


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=CHECKOUT, capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


@dataclass
class Older:
    """`folder`: where its sources are."""

    folder: Path

    @classmethod
    def unpack(cls, ref: str, folder: Path) -> Older:
        """Its sources, with the web client and the models of this checkout."""
        folder.mkdir(parents=True)
        packed = subprocess.run(
            ["git", "archive", ref, "vicon", "signaling"],
            cwd=CHECKOUT, capture_output=True, timeout=60, check=True,
        )  # fmt: skip
        subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, timeout=60, check=True)
        for built in ("vicon/_web", "vicon/vision/models"):
            if (folder / "vicon").is_dir() and (folder / built).parent.is_dir():
                (folder / built).symlink_to(CHECKOUT / built)
        return cls(folder)

    @property
    def prefix(self) -> list[str]:
        """Before a command of vicon, so that it is this one's."""
        return ["env", "-C", str(self.folder), f"PYTHONPATH={self.folder}"]

    def config(self, path: Path) -> Path:
        """Its own example on one address, written to `path`."""
        known = (self.folder / "vicon/config/sample.toml").read_text("utf-8")
        head = _HEAD + (_NO_CAMERA if "[headcount]" in known else "")
        text = (self.folder / "vicon/examples/kaltim-2020.toml").read_text("utf-8")
        path.write_text(f"{head}{text}", "utf-8")
        return path

    async def run(self, *arguments: str, timeout: float = 30) -> tuple[int, str, str]:
        """Exit code, standard output and error of a command of vicon, to its end."""
        return await self._to_its_end(VICON, *arguments, "--lang", "en", timeout=timeout)

    def clients(self, what: str, links: Sequence[str]) -> list[str]:
        """The command of session.py with this version's client."""
        return [*self.prefix, sys.executable, str(_SESSION), what, *links]

    async def play(self, what: str, links: Sequence[str]) -> None:
        """What session.py offers that comes to an end."""
        code, _, wrong = await self._to_its_end(
            sys.executable, str(_SESSION), what, *links, timeout=120
        )
        assert code == 0, wrong

    async def _to_its_end(self, *command: str, timeout: float) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            *self.prefix, *command,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            out, err = await asyncio.wait_for(process.communicate(), timeout)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        return process.returncode or 0, out.decode(), err.decode()

    def words(self) -> tuple[int, str]:
        """The number of its journal's schema, and all that can stand in an entry."""
        asked = (
            "import hashlib, msgspec; from vicon.core.events import Event; "
            "from vicon.store.schema import migrations; "
            "words = msgspec.json.encode(msgspec.json.schema(Event), order='deterministic'); "
            "print(migrations()[-1][0], hashlib.sha256(words).hexdigest())"
        )
        done = subprocess.run(
            [*self.prefix, sys.executable, "-c", asked],
            cwd=self.folder, capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
        number, digest = done.stdout.split()
        return int(number), digest
