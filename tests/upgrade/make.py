"""How the golden data directories came to be: python -m tests.upgrade.make REF FOLDER

The sources of REF serve an empty directory, a session is played there, and REF itself verifies the
journal and writes the minutes where it can. What stands in tests/golden is never made anew: another
one is added. Its keys open nothing but itself.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.e2e.service import Service
from tests.upgrade.older import Older

KEPT = (
    "journal.sqlite", "trials.sqlite", "links.json", "browsers.json", "server.json",
    "keys/links.key", "keys/seal.key",
)  # fmt: skip


async def make(ref: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        older = Older.unpack(ref, folder / "older")
        service = Service(folder, prefix=older.prefix)
        older.config(folder / "vicon.toml")
        await service.start()
        try:
            moderator = service.link("moderator")
            await older.play("play", [one.url for one in (moderator, *service.operators())])
        finally:
            assert await service.stop() == 0, service.log.read_text()[-3000:]
        code, said, wrong = await older.run("journal", "verify", "--data", str(service.data))
        assert code == 0, wrong
        minutes = folder / "minutes.json"
        code, _, wrong = await older.run(
            "minutes", "--data", str(service.data), "--format", "json", "--out", str(minutes)
        )
        target.mkdir(parents=True)
        for name in KEPT:
            if (service.data / name).is_file():
                (target / "data" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(service.data / name, target / "data" / name)
        shutil.copyfile(folder / "vicon.toml", target / "vicon.toml")
        tokens = [one.token for one in service.links]
        (target / "tokens.json").write_text(json.dumps(tokens, indent=1) + "\n")
        if code == 0:
            shutil.copyfile(minutes, target / "minutes.json")
        sys.stdout.write(f"{said}{wrong}")


if __name__ == "__main__":
    asyncio.run(make(sys.argv[1], Path(sys.argv[2])))
