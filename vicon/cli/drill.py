"""`vicon drill`: recovery drills in a rehearsal."""

from __future__ import annotations

import asyncio
import secrets
import shlex
import ssl
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console
from rich.table import Table

from signaling.client import Client, CommandRefused, ConnectionLost, Rejected, parse_link
from signaling.messages import DrillRecord, DrillResult, View
from vicon.agent.connections import Tools
from vicon.agent.drill import GOOD_S, KINDS, Drill, Kind, Recovery
from vicon.agent.rehearse import ClipMaker, choose
from vicon.agent.report import Event
from vicon.agent.room import Options, RoomAgent
from vicon.cli.agent import Authority
from vicon.cli.common import COULD_NOT, DONE, REFUSED, Data, Json, OneConference, WrongUse, say
from vicon.ops import logging
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.links import Link, read_links
from vicon.ops.words import Words, environment_language
from vicon.ops.wreck import Wreckage
from vicon.rtc.gate import Gate
from vicon.rtc.transport import make_certificate

NAMES: dict[Kind, Words] = {
    "cut": Words("jalur mati 8 s", "line dead 8 s"),
    "ice": Words("jalur lain", "another path"),
    "worker": Words("proses media mati", "media process killed"),
    "server": Words("server mati", "server killed"),
}
MISSING = {
    "up": Words("tidak mengirim", "sends nothing"),
    "down": Words("tidak menerima", "receives nothing"),
    "picture": Words("gambar berhenti", "the picture stands"),
}
JOIN_S = 15.0


def drill(
    *,
    data: Data,
    rooms: Annotated[
        int,
        Parameter(
            validator=Number(gte=1, lte=100),
            help=say(
                "Berapa ruang selain pusat, menurut urutan giliran.",
                "How many rooms beside the hub, in the floor's order.",
            ),
        ),
    ] = 10,
    conference: OneConference = None,
    only: Annotated[
        str | None,
        Parameter(
            help=say(
                "Uji ini saja: cut, ice, worker, server; beberapa dipisah koma.",
                "These drills alone: cut, ice, worker, server; several separated by commas.",
            )
        ),
    ] = None,
    restart: Annotated[
        str | None,
        Parameter(
            help=say(
                "Perintah yang menyalakan server lagi; bawaan: pengelola layanannya.",
                "Command that starts the server again; default: its service manager does.",
            )
        ),
    ] = None,
    ca: Authority = None,
    json: Json = False,
) -> int:
    """Uji pemulihan dalam gladi: ruang-ruang diisi perangkat tiruan, lalu jalur diputus, jalur lain
    dicari, proses media dan server dimatikan; yang diukur: berapa detik sampai tiap ruang kembali.

    Recovery drills in a rehearsal: the rooms are filled with agents, then their lines are cut,
    other paths are sought, the media process and the server are killed; measured is after how many
    seconds each room is back. Exit code 1 if one took more than 15 s or did not come back.
    """
    home = DataDir(data)
    known = read_links(home, own=True)
    links = choose(known, rooms, conference, hub=True) if known else []
    if not links:
        raise WrongUse(
            f"Tidak ada ruang di {data} untuk sesi itu.",
            f"There are no rooms in {data} for that conference.",
        )
    kinds = _kinds(only)
    wreckage = Wreckage(home, shlex.split(restart) if restart else None)
    wreckage.check(server="server" in kinds)
    authority = ca or (home.tls / "ca.pem" if (home.tls / "ca.pem").is_file() else None)
    return asyncio.run(_perform(links, kinds, wreckage, authority, json))


def _kinds(only: str | None) -> list[Kind]:
    if only is None:
        return list(KINDS)
    wanted = [word.strip() for word in only.split(",") if word.strip()]
    for word in wanted:
        if word not in KINDS:
            raise WrongUse(
                f"--only: tidak ada uji {word}. Pilih: {', '.join(KINDS)}.",
                f"--only: there is no drill {word}. Choose: {', '.join(KINDS)}.",
            )
    return [kind for kind in KINDS if kind in wanted]


async def _perform(
    links: Sequence[Link], kinds: Sequence[Kind], wreckage: Wreckage, ca: Path | None, json: bool
) -> int:
    logging.setup(level="warning")
    clock, tls = SystemClock(), ssl.create_default_context(cafile=ca) if ca is not None else None
    lang, rng = environment_language(), secrets.SystemRandom()
    url, token = parse_link(links[0].url)
    tools = Tools(clock=clock, certificate=make_certificate(), randbits=secrets.randbits)
    async with AsyncExitStack() as stack:
        eye = await stack.enter_async_context(Client(url, token, rng=rng, lang=lang, tls=tls))
        _empty(await eye.ready(JOIN_S))
        clips, stop = ClipMaker(), asyncio.Event()
        agents = {
            link.room or "": RoomAgent(
                link.url,
                Options(label="Gladi", trials=False, lang=lang),
                replace(tools, gate=Gate()),
                rng,
                clips,
                _unheard,
                tls,
            )
            for link in links
        }
        runs = [asyncio.create_task(agent.run(stop)) for agent in agents.values()]
        stack.push_async_callback(_left, runs, stop)
        shown = _Shown(json)
        drills = Drill(agents, wreckage, clock, shown.tell)
        shown.wait(len(agents))
        away = await drills.ready()
        if away:
            shown.absent(away)
            return COULD_NOT
        found = await drills.run(kinds)
        await _record(eye, found, shown)
    shown.table(kinds, found)
    return DONE if all(one.good for one in found) else REFUSED


async def _record(eye: Client, found: Sequence[Recovery], shown: _Shown) -> None:
    """For the readiness board. What is not kept there is told here all the same."""
    results = [DrillResult(room=one.room, kind=one.kind, seconds=one.seconds) for one in found]
    try:
        await eye.ready(JOIN_S)
        await eye.command(DrillRecord(found=results))
    except (CommandRefused, ConnectionLost, Rejected, TimeoutError) as error:
        shown.unrecorded(str(error) or "no answer in time")


def _unheard(event: Event) -> None:
    """What an agent tells of itself is seen by what it lacks."""


async def _left(runs: Sequence[asyncio.Task[object]], stop: asyncio.Event) -> None:
    stop.set()
    await asyncio.gather(*runs, return_exceptions=True)


def _empty(view: View) -> None:
    """Raises WrongUse where persons would be hit."""
    if view.conference.phase not in ("lobby", "live"):
        raise WrongUse(
            "Sesi itu tidak terbuka. Buka ruang tunggunya dari halaman moderator, lalu ulangi.",
            "The session is not open. Open its lobby on the moderator's page, then try again.",
        )
    used = [room.title for room in view.rooms if room.devices]
    if used:
        raise WrongUse(
            f"Ruang sedang dipakai: {', '.join(used)}. Uji pemulihan memutus semua orang; jalankan "
            "saat gladi, sebelum ada yang masuk.",
            f"Rooms are in use: {', '.join(used)}. The drills cut everybody off; run them in a "
            "rehearsal, before anybody has come in.",
        )


class _Shown:
    """For a person, or a JSON object per line."""

    def __init__(self, json: bool) -> None:
        self._json = json
        self._console = Console(stderr=True)

    def wait(self, rooms: int) -> None:
        self._say(f"Menunggu {rooms} ruang ...", f"Waiting for {rooms} rooms ...")

    def absent(self, away: dict[str, str]) -> None:
        said = ", ".join(f"{room} ({_missing(why)})" for room, why in away.items())
        self._say(
            f"Tidak semua ruang masuk: {said}. Periksa dengan vicon doctor.",
            f"Not all rooms came in: {said}. Look with vicon doctor.",
        )

    def unrecorded(self, why: str) -> None:
        self._say(
            f"Hasilnya tidak tercatat di papan kesiapan ({why}). Catat dari tabel ini.",
            f"The results are not on the readiness board ({why}). Take them from this table.",
        )

    def tell(self, what: Kind | Recovery) -> None:
        if isinstance(what, Recovery):
            if self._json:
                sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
                sys.stdout.flush()
        else:
            self._say(f"Uji: {NAMES[what].id} ...", f"Drill: {NAMES[what].en} ...")

    def _say(self, id: str, en: str) -> None:
        if not self._json:
            self._console.print(say(id, en))

    def table(self, kinds: Sequence[Kind], found: Sequence[Recovery]) -> None:
        if self._json:
            return
        lang = environment_language()
        table = Table(title=say("Detik sampai kembali", "Seconds until back"))
        table.add_column(say("Ruang", "Room"))
        for kind in kinds:
            table.add_column(NAMES[kind].say(lang), justify="right")
        for room in dict.fromkeys(one.room for one in found):
            table.add_row(room, *(_cell(one) for one in found if one.room == room))
        Console().print(table)
        worst = max((one.seconds or 0.0 for one in found), default=0.0)
        bad = sum(not one.good for one in found)
        self._say(
            f"Paling lama {worst:g} detik; {bad} lebih dari {GOOD_S:g} detik atau tidak kembali.",
            f"The longest took {worst:g} s; {bad} took more than {GOOD_S:g} s or are not back.",
        )


def _cell(one: Recovery) -> str:
    if one.seconds is None:
        return say("tidak kembali: ", "not back: ") + _missing(one.missing)
    return f"{one.seconds:.1f}" + ("" if one.good else " !")


def _missing(why: str) -> str:
    return MISSING[why].say(environment_language()) if why in MISSING else why
