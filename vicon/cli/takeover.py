"""`vicon takeover`: the standby serves from now on."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Annotated

from cyclopts import Parameter

from vicon.cli.common import DONE, REFUSED, Data, say
from vicon.cli.standby import NoPair, moment, standing_of
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.trail import trail, who
from vicon.ops.words import SpokenError
from vicon.pair.halls import FROZEN
from vicon.pair.state import Standing, Wish, leave_wish

WAIT_S = 30.0
LOOK_S = 0.2


class NotTaken(SpokenError):
    """The server did not take over, and said why."""

    exit_code = REFUSED


def takeover(
    *,
    data: Data,
    sure: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help=say(
                "Server utama sudah pasti mati atau tidak terhubung ke siapa pun.",
                "The first server is surely off, or connected to nobody.",
            ),
        ),
    ] = False,
) -> int:
    """Menjadikan server di mesin ini yang melayani. Bila server utama tersambung, ia menyerahkan
    semuanya dahulu lalu berhenti melayani; tidak ada yang hilang.

    Make the server on this machine the one that serves. When the first server is connected it
    hands everything over first and then serves no more; nothing is lost.
    """
    home = DataDir(data)
    before = standing_of(home)
    if before is None:
        raise NoPair(
            "Tidak ada server yang berjalan di direktori ini. Jalankan `vicon serve --standby-of` "
            "dahulu.",
            "No server runs on this directory. Run `vicon serve --standby-of` first.",
        )
    if before.part == "first" and before.frozen and not sure:
        raise NotTaken(FROZEN.id, FROZEN.en)
    if before.part == "first" and not before.frozen:
        print(say("Server ini sudah melayani.", "This server serves already."))
        return DONE
    with trail(home, "takeover", sure="yes" if sure else None):
        leave_wish(home, Wish(at=SystemClock().now(), who=who()))
        os.kill(before.pid, signal.SIGUSR2 if sure else signal.SIGUSR1)
        found = asyncio.run(_outcome(home, before))
    print(
        say(
            f"Server ini melayani sejak {moment(found.number)}.",
            f"This server serves since {moment(found.number)}.",
        )
    )
    return DONE


async def _outcome(home: DataDir, before: Standing) -> Standing:
    """Raises NotTaken."""
    clock = SystemClock()
    end = clock.monotonic() + WAIT_S
    while clock.monotonic() < end:
        now = standing_of(home)
        if now is not None and now.part == "first" and not now.frozen:
            return now
        if now is not None and now.asks > before.asks and now.answer.en:
            raise NotTaken(now.answer.id, now.answer.en)
        await clock.sleep(LOOK_S)
    raise NotTaken(
        "Server belum melayani setelah 30 detik. Lihat `vicon standby` dan log server.",
        "The server does not serve after 30 seconds. See `vicon standby` and the server's log.",
    )
