"""`vicon rehearse`: fills the rooms of a conference with agents."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from vicon.agent.rehearse import choose
from vicon.agent.room import Options
from vicon.cli.agent import WrongUse, run_agents
from vicon.ops.data import DataDir
from vicon.ops.links import read_links
from vicon.ops.words import environment_language


def rehearse(
    *,
    data: Path,
    rooms: Annotated[int, Parameter(validator=Number(gte=1, lte=100))] = 10,
    conference: str | None = None,
    hub: Annotated[bool, Parameter(negative="")] = False,
    clip: Path | None = None,
    take_over: Annotated[bool, Parameter(negative="")] = False,
    seconds: float | None = None,
    ca: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Mengisi ruang-ruang dengan perangkat tiruan untuk gladi.

    Fill the rooms with agents, each sending a moving picture with sound. Ctrl-C empties them.

    Parameters
    ----------
    data
        The server's data directory.
    rooms
        How many rooms, in the order of the floor.
    conference
        Its id; the first one, if none is named.
    hub
        An agent in the hub too.
    clip
        A film for all instead of a made one for each.
    take_over
        Replace main devices that are lost.
    seconds
        End after so long.
    ca
        Certificate of the authority that signed the server's; the data directory's own, if there
        is one.
    json
        Lines of JSON on standard output instead of a table.
    """
    home = DataDir(data)
    known = read_links(home)
    authority = home.tls / "ca.pem"
    chosen = choose(known, rooms, conference, hub) if known else []
    if not chosen:
        raise WrongUse(
            f"Tidak ada ruang di {data} untuk sesi itu.",
            f"There are no rooms in {data} for that conference.",
        )
    options = Options(kind="auto", label="Gladi", take_over=take_over, lang=environment_language())
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
