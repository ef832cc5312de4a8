"""What the standby takes from the first's configuration: all but where it listens and its media,
which are of the machine. Kept in DATA/pair/settings.json, which goes over with the other files."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vicon.config import Settings
from vicon.config.secret import WEBHOOK, secret_of
from vicon.config.settings import Conference, Headcount, Links, Trial, Turn, Webhook
from vicon.ops.data import DataDir, DataError, write_private
from vicon.pair.files import SETTINGS


class Common(Struct, frozen=True, kw_only=True):
    """The same on both."""

    links: Links
    turn: Turn
    trial: Trial
    headcount: Headcount
    conferences: list[Conference]
    webhooks: list[Webhook] = []
    """With their secrets."""


def keep(home: DataDir, settings: Settings, turn_secret: str) -> None:
    """Of the first. `turn_secret`: what the TURN secret's file holds. Raises DataError."""
    turn = settings.turn
    if turn.urls:
        turn = replace(turn, secret=turn_secret, secret_file="")
    common = Common(
        links=settings.links,
        turn=turn,
        trial=settings.trial,
        headcount=settings.headcount,
        conferences=settings.conferences,
        webhooks=[_with_secret(one) for one in settings.webhooks],
    )
    content = msgspec.json.encode(common)
    path = home.path / SETTINGS
    if not path.exists() or path.read_bytes() != content:
        write_private(path, content)


def overlaid(home: DataDir, settings: Settings) -> Settings:
    """A standby's own configuration, with what it has of the first. Raises DataError."""
    path = home.path / SETTINGS
    try:
        common = msgspec.json.decode(path.read_bytes(), type=Common)
    except (OSError, msgspec.MsgspecError) as error:
        raise DataError(
            f"Salinan pengaturan server utama di {path} tidak dapat dibaca. Sambungkan lagi ke "
            "server utama, lalu ulangi.",
            f"The copy of the first server's settings at {path} cannot be read. Connect to the "
            "first server again, then repeat.",
        ) from error
    return replace(
        settings,
        links=common.links,
        turn=common.turn,
        trial=common.trial,
        headcount=common.headcount,
        conferences=common.conferences,
        webhooks=common.webhooks,
    )


def _with_secret(one: Webhook) -> Webhook:
    """Raises SpokenError when its file cannot be read."""
    secret = secret_of(f"webhook {one.name}", one.secret, one.secret_file, WEBHOOK)
    return replace(one, secret=secret, secret_file="")
