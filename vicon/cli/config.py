"""`vicon config`: a sample to start from, what is wrong with a file, files around a server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vicon import config as configuration
from vicon.cli.common import DONE, WrongUse, say
from vicon.config.coturn import coturn
from vicon.config.secret import TURN, secret_of
from vicon.ops.net import announcements, lan_addresses

What = Literal["sample", "systemd", "nginx", "caddy", "container", "coturn", "grafana", "alerts"]
FILES: dict[What, str] = {
    "systemd": "vicon.service",
    "nginx": "nginx.conf",
    "caddy": "Caddyfile",
    "container": "Containerfile",
    "grafana": "grafana.json",
    "alerts": "alerts.yaml",
}


def config(
    what: Annotated[
        What,
        Parameter(
            help=say(
                "sample: contoh konfigurasi. systemd, nginx, caddy, container: contoh untuk "
                "memasangnya. coturn: turnserver.conf menurut --from. grafana: papan Grafana "
                "(JSON). alerts: peringatan Prometheus (YAML).",
                "sample: a configuration. systemd, nginx, caddy, container: examples to install it "
                "with. coturn: turnserver.conf as --from wants it. grafana: a Grafana dashboard "
                "(JSON). alerts: alert rules of Prometheus (YAML).",
            )
        ),
    ] = "sample",
    /,
    *,
    check: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Periksa berkas ini: setiap kunci yang salah disebut dengan barisnya.",
                "Check this file: every wrong key is named with its line.",
            )
        ),
    ] = None,
    from_: Annotated[
        Path | None,
        Parameter(
            name="--from",
            help=say(
                "Dengan coturn: konfigurasi vicon, yang [turn] dan [media]-nya dipakai.",
                "With coturn: vicon's configuration, whose [turn] and [media] count.",
            ),
        ),
    ] = None,
) -> int:
    """Menulis contoh konfigurasi dan berkas lain di sekitar server, atau memeriksa satu berkas.

    Print a commented sample configuration, or another file around a server; or check one: exit
    code 2 if it is wrong.
    """
    if check is None:
        sys.stdout.write(_text(what, from_))
        return DONE
    settings = configuration.load(check)
    for conference in settings.conferences:
        rooms = len(conference.rooms)
        print(
            say(
                f"{check}: {conference.id}, {rooms} ruang: benar.",
                f"{check}: {conference.id}, {rooms} rooms: good.",
            )
        )
    return DONE


def _text(what: What, source: Path | None) -> str:
    """Raises WrongUse, ConfigError, SpokenError."""
    if what in FILES:
        return configuration.around(FILES[what])
    if what == "sample":
        return configuration.sample()
    if source is None:
        raise WrongUse(
            "coturn memerlukan --from dengan konfigurasi vicon.",
            "coturn needs --from with vicon's configuration.",
        )
    settings = configuration.load(source)
    turn, media = settings.turn, settings.media
    secret = secret_of("TURN", turn.secret, turn.secret_file, TURN)
    outside = [address for address, _ in announcements(media.announced).values()]
    inside = media.addresses or [str(address) for address in lan_addresses()]
    return coturn(settings, secret, [*inside, *outside])
