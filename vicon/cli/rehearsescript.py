"""`vicon rehearse --script`: the whole rundown, played by a made-up moderator and operators, or
with persons at the hub and in some halls."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path

from msgspec import Struct
from rich.console import Console

from signaling.client import Client, parse_link
from vicon import config
from vicon.agent.cast import AgentCast
from vicon.agent.connections import Tools
from vicon.agent.follow import Follow
from vicon.agent.halls import Halls, Mishap
from vicon.agent.play import Play
from vicon.agent.rehearse import ClipMaker
from vicon.agent.report import Event, JsonReporter, Reporter, TableReporter
from vicon.agent.room import Options, RoomAgent
from vicon.cli.common import COULD_NOT, DONE, REFUSED, WrongUse, say
from vicon.ops import logging
from vicon.ops.clock import SystemClock
from vicon.ops.links import Link
from vicon.ops.words import environment_language
from vicon.rtc.transport import make_certificate


class Rehearsal(Struct, frozen=True, kw_only=True):
    """What is to be played."""

    links: Sequence[Link]
    """Of the conference."""
    played: Sequence[Link]
    """Rooms whose devices are agents."""
    persons: frozenset[str]
    """Rooms in which nothing is played, neither device nor operator; HUB: the hub."""
    mishaps: Sequence[Mishap]
    speed: float
    clip: Path | None
    ca: Path | None
    json: bool


HUB = "hub"


def left_out(said: Sequence[str], links: Sequence[Link]) -> frozenset[str]:
    """Rooms' codes of `--without`, several to a word. Raises WrongUse for one that is not there."""
    wanted = {word.strip() for one in said for word in one.split(",") if word.strip()}
    known = {link.room for link in links if link.role == "operator"}
    for word in sorted(wanted - known - {HUB}):
        codes = ", ".join(sorted(code for code in known if code))
        raise WrongUse(
            f"--without: tidak ada ruang {word}. Pilih {HUB} atau: {codes}.",
            f"--without: there is no room {word}. Choose {HUB} or: {codes}.",
        )
    return frozenset(wanted)


def mishaps(script: Path, conference: str) -> list[Mishap]:
    """Raises ConfigErrors, or WrongUse for a file without the conference."""
    settings = config.load(script)
    found = next((one for one in settings.conferences if one.id == conference), None)
    if found is None:
        raise WrongUse(
            f"{script} tidak memuat vicon {conference}. Pakai konfigurasi server itu.",
            f"{script} does not hold the conference {conference}. Take that server's file.",
        )
    return [
        Mishap(item=one.item, act=one.act, room=one.room, text=one.text) for one in found.rehearsal
    ]


async def perform(rehearsal: Rehearsal) -> int:
    """The exit code. A signal ends it as an interrupted command."""
    logging.setup(level="info" if rehearsal.json else "warning")
    clock, rng = SystemClock(), secrets.SystemRandom()
    tools = Tools(clock=clock, certificate=make_certificate(), randbits=secrets.randbits)
    clips = ClipMaker(rehearsal.clip)
    await clips.load()
    tls = ssl.create_default_context(cafile=rehearsal.ca) if rehearsal.ca is not None else None
    options = Options(label="Gladi", take_over=True, trials=False, lang=environment_language())
    table = None if rehearsal.json else TableReporter(Console(), options.lang, single=False)
    reporter: Reporter = table or JsonReporter(sys.stdout)

    def agent(link: str) -> RoomAgent:
        return RoomAgent(link, options, tools, rng, clips, reporter.event, tls)

    def client(link: Link) -> Client:
        url, token = parse_link(link.url)
        return Client(url, token, rng=rng, lang=options.lang, tls=tls)

    def tell(event: str, room: str | None, why: str) -> None:
        told = Event(t=clock.now(), room=room, device=None, event=event, code=None, why=why)
        reporter.event(told)

    cast = AgentCast(
        {link.room or "": link.url for link in rehearsal.played}, agent, reporter, clock
    )
    with table or nullcontext():
        async with AsyncExitStack() as stack:
            moderator = client(next(link for link in rehearsal.links if link.role == "moderator"))
            operators = {
                link.room or "": client(link)
                for link in rehearsal.links
                if link.role == "operator" and link.room not in rehearsal.persons
            }
            for one in (moderator, *operators.values()):
                await stack.enter_async_context(one)
            reports = asyncio.create_task(cast.report(), name="rehearsal reports")
            halls = Halls(moderator, operators, cast, tell)
            way = Follow if HUB in rehearsal.persons else Play
            try:
                await way(halls, rehearsal.mishaps, clock, rehearsal.speed).run()
            except TimeoutError:
                tell("unreachable", None, say("Server tidak menjawab.", "The server is silent."))
                return COULD_NOT
            finally:
                reports.cancel()
                await asyncio.gather(reports, return_exceptions=True)
                await cast.leave()
    return REFUSED if halls.faults else DONE
