"""The broadcast's parts, put together from the configuration; a part of compose.py."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vicon.app.gateway import Hall
from vicon.config import Settings
from vicon.ops.book import read_key
from vicon.ops.data import DataDir
from vicon.ops.links import base_for
from vicon.programme.broadcast import Outlet
from vicon.store.broadcasts import Broadcasts
from vicon.web.api import Api
from vicon.web.broadcast import BroadcastApi, Rules
from vicon.web.checkin.html import WATCH, Html, find_assets


def outlet_of(settings: Settings, home: DataDir) -> Outlet | None:
    """None: the server is not set up for a broadcast."""
    broadcast = settings.broadcast
    if not broadcast.on:
        return None
    return Outlet(
        directory=str(home.broadcast) if broadcast.hls else "",
        rtmp_url=broadcast.rtmp_url,
        rtmp_key_file=broadcast.rtmp_key_file,
        height=int(broadcast.height),
        kbps=broadcast.kbps,
    )


def watching(
    settings: Settings, home: DataDir, api: Api, halls: Mapping[str, Hall], place: Path
) -> BroadcastApi:
    """`place`: the built web client. Once the server's key is there."""
    broadcast = settings.broadcast
    rules = Rules(
        on=broadcast.on,
        hls=broadcast.hls,
        public=broadcast.public,
        origins=tuple(broadcast.origins),
        viewers=broadcast.viewers,
    )
    return BroadcastApi(
        api,
        halls,
        Broadcasts(home),
        rules,
        read_key(home) or b"",
        Html(find_assets(place, WATCH)),
        lambda asked: base_for(home, asked),
    )
