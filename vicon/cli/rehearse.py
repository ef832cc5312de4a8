"""`vicon rehearse`: fills the rooms of a conference with agents."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from vicon.agent.rehearse import choose
from vicon.agent.room import Options
from vicon.cli.agent import Authority, Clip, Seconds, TakeOver, Trials, run_agents
from vicon.cli.common import Data, Json, OneConference, WrongUse, say
from vicon.cli.rehearsescript import Rehearsal, left_out, mishaps, perform
from vicon.ops.data import DataDir
from vicon.ops.links import read_links
from vicon.ops.words import environment_language


def rehearse(
    *,
    data: Data,
    rooms: Annotated[
        int,
        Parameter(
            validator=Number(gte=0, lte=100),
            help=say(
                "Berapa ruang, menurut urutan giliran.", "How many rooms, in the floor's order."
            ),
        ),
    ] = 10,
    conference: OneConference = None,
    hub: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help=say("Pusat juga.", "The hub too."),
        ),
    ] = False,
    clip: Clip = None,
    take_over: TakeOver = False,
    script: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Mainkan seluruh susunan acara menurut berkas konfigurasi ini, dengan moderator "
                "dan operator tiruan.",
                "Play the whole rundown as this configuration file says, with a made-up moderator "
                "and operators.",
            )
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            show_default=False,
            help=say(
                "Dengan --script: yang dijalankan orang, bukan tiruan: hub dan kode ruang, "
                "misalnya hub,64.02. Tanpa pusat, ruang-ruang mengikuti moderator.",
                "With --script: what persons do, not agents: hub and codes of rooms, such as "
                "hub,64.02. Without the hub the rooms follow the moderator.",
            ),
        ),
    ] = None,
    speed: Annotated[
        float,
        Parameter(
            validator=Number(gte=1, lte=1000),
            help=say("Dengan --script: sekian kali lebih cepat.", "With --script: so much faster."),
        ),
    ] = 1.0,
    seconds: Seconds = None,
    trials: Trials = True,
    ca: Authority = None,
    json: Json = False,
) -> int:
    """Mengisi ruang-ruang dengan perangkat tiruan untuk gladi: masing-masing mengirim gambar
    bergerak dengan suara. Ctrl-C mengosongkannya lagi.

    Fill the rooms with agents for a rehearsal, each sending a moving picture with sound. Ctrl-C
    empties them again. Exit code 1 if the server refused one of them.
    """
    home = DataDir(data)
    known = read_links(home, own=True)
    authority = home.tls / "ca.pem"
    chosen = choose(known, rooms, conference, hub) if known else []
    if not chosen:
        raise WrongUse(
            f"Tidak ada ruang di {data} untuk sesi itu.",
            f"There are no rooms in {data} for that conference.",
        )
    if without and script is None:
        raise WrongUse(
            "--without hanya berlaku bersama --script.", "--without goes with --script alone."
        )
    if script is not None:
        id = chosen[0].conference
        links = [link for link in known if link.conference == id]
        persons = left_out(without or (), links)
        rehearsal = Rehearsal(
            links=links,
            played=[
                link for link in chosen if link.role == "operator" and link.room not in persons
            ],
            persons=persons,
            mishaps=mishaps(script, id),
            speed=speed,
            clip=clip,
            ca=ca or (authority if authority.is_file() else None),
            json=json,
        )
        return asyncio.run(perform(rehearsal))
    options = Options(
        kind="auto", label="Gladi", take_over=take_over, trials=trials, lang=environment_language()
    )
    return asyncio.run(
        run_agents(
            [link.url for link in chosen],
            options,
            clip=clip,
            ca=ca or (authority if authority.is_file() else None),
            seconds=seconds,
            json=json,
        )
    )
