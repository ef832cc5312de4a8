"""scripts/bench whip [--seconds 8]: other people's encoders and players against a real server.

ffmpeg publishes into one room (H.264) and GStreamer into another (VP8, then H.264 where it has an
encoder), each watched by an agent as the moderator's desk, which knows VP8 alone; GStreamer plays
the programme, which is that agent. Prints JSON: for each what was sent and received. GStreamer is
left out, with the reason, where the system's Python has no bindings for it (see gst_whip.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.encoders import ffmpeg
from tests.e2e.service import Service, agent, run
from vicon.ops.net import lan_addresses

GST = Path(__file__).with_name("gst_whip.py")
PYTHON = "/usr/bin/python3"
FFMPEG_ROOM, GST_ROOM = "64.02", "64.71"
_ASK = "import gi; gi.require_version('GstWebRTC', '1.0'); gi.require_version('Gst', '1.0')"


def _no_gstreamer() -> str:
    """Why it cannot be tried; empty: it can."""
    if not shutil.which(PYTHON):
        return f"no {PYTHON}"
    asked = subprocess.run([PYTHON, "-c", _ASK], capture_output=True, text=True, check=False)
    return asked.stderr.strip().splitlines()[-1] if asked.returncode else ""


def _address() -> str:
    """Of this machine: libnice finds no server on the loopback."""
    found = (str(address) for address in lan_addresses() if address.version == 4)
    return next(found, "127.0.0.1")


async def _gstreamer(*arguments: str) -> Any:
    process = await asyncio.create_subprocess_exec(
        PYTHON, str(GST), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return json.loads(out) if out else {"error": err.decode()[-400:]}


async def _sent(service: Service, room: str) -> dict[str, Any]:
    """What the media plane says of the room's main camera."""
    head = {"Authorization": f"Bearer {service.link('moderator').token}"}
    async with aiohttp.ClientSession(service.url, headers=head) as http:
        (one,) = await (await http.get("/api/v1/conferences")).json()
        found = await (await http.get(f"/api/v1/conferences/{one['id']}/media")).json()
    up = [device for device in found["devices"] if device["room"] == room and device["up"]]
    return {
        "kbps": up[0]["up"]["kbps"] if up else 0,
        "streams": {s["kind"]: [s["codec"], s["packets"]] for s in up[0]["sends"]} if up else {},
    }


async def _watched(service: Service, watcher: Any, room: str) -> dict[str, Any]:
    """What was sent, and what the desk received of it in its last report."""
    sent = await _sent(service, room)
    reports = watcher.reports("64")
    return {"sent": sent, "desk": reports[-1]["receiving"].get(room) if reports else None}


async def measure(seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {"seconds": seconds}
    with tempfile.TemporaryDirectory(prefix="vicon-whip-") as folder:
        service = Service(Path(folder), _address())
        await service.start()
        listed = json.loads(await run("links", "--data", str(service.data), "--whip", "--json"))
        places = {one["room"]: (one["url"], one["token"]) for one in listed}
        try:
            async with agent(service, service.link("moderator")) as watcher:
                url, token = places[FFMPEG_ROOM]
                async with ffmpeg(url, token, service.log.with_suffix(".ffmpeg")):
                    await asyncio.sleep(seconds)
                    found["ffmpeg h264"] = await _watched(service, watcher, FFMPEG_ROOM)
                why = _no_gstreamer()
                if why:
                    found["gstreamer"] = f"left out: {why}"
                    return found
                for codec in ("vp8", "h264"):
                    url, token = places[GST_ROOM]
                    options = ("--codec", codec, "--seconds", str(seconds))
                    encoder = asyncio.create_task(_gstreamer("publish", url, token, *options))
                    await asyncio.sleep(seconds - 1)
                    watched = await _watched(service, watcher, GST_ROOM)
                    found[f"gstreamer {codec}"] = {"client": await encoder, **watched}
                url, token = places[None]
                played = await _gstreamer("play", url, token, "--seconds", str(seconds))
                found["gstreamer plays the hub's agent"] = played
        finally:
            await service.stop()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    print(json.dumps(asyncio.run(measure(parser.parse_args().seconds)), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
