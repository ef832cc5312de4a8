"""What is asked under one id is done once."""

from __future__ import annotations

import asyncio

import pytest

from vicon.app.repeated import Repeated, Reused


class Doing:
    """`answers`: what comes of it each time; an exception is raised."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers, self.times = list(answers), 0
        self.go = asyncio.Event()

    async def __call__(self) -> str:
        self.times += 1
        await self.go.wait()
        found = self.answers[min(self.times, len(self.answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return found


async def test_who_asks_again_gets_what_was_answered() -> None:
    known, doing = Repeated[str](lambda answer: answer == "busy"), Doing("done", "done twice")
    doing.go.set()
    assert await known.once("a", b"x", doing) == ("done", False)
    assert await known.once("a", b"x", doing) == ("done", True)
    assert await known.once("b", b"x", doing) == ("done twice", False)
    with pytest.raises(Reused):
        await known.once("a", b"y", doing)
    assert doing.times == 2


async def test_who_asks_meanwhile_waits_for_the_first() -> None:
    known, doing = Repeated[str](lambda _: False), Doing("done")
    asking = [asyncio.create_task(known.once("a", b"x", doing)) for _ in range(5)]
    await asyncio.sleep(0)
    asking[0].cancel()  # it went away: what it asked is done all the same
    doing.go.set()
    rest = await asyncio.gather(*asking[1:])
    assert rest == [("done", True)] * 4
    assert doing.times == 1


async def test_what_passes_is_asked_anew() -> None:
    known = Repeated[str](lambda answer: answer == "busy")
    doing = Doing("busy", RuntimeError("a fault"), "done")
    doing.go.set()
    assert await known.once("a", b"x", doing) == ("busy", False)
    with pytest.raises(RuntimeError):
        await known.once("a", b"x", doing)
    assert await known.once("a", b"x", doing) == ("done", False)
    assert await known.once("a", b"x", doing) == ("done", True)


async def test_its_memory_is_bounded() -> None:
    known, doing = Repeated[str](lambda _: False, most=3), Doing("done")
    doing.go.set()
    for n in range(10):
        await known.once(n, b"x", doing)
    assert len(known) == 3
    assert await known.once(9, b"x", doing) == ("done", True)
    assert await known.once(0, b"x", doing) == ("done", False)
