"""The clip of trial calls is made before the first trial needs it: in a process of its own, which
gives way to everything else on the machine."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import structlog

from vicon.media.process import kill

LONGEST_S = 120.0
"""A few seconds of one core; more where everything else goes first."""

log = structlog.get_logger("vicon.media")


async def make_clip(cache: Path) -> None:
    """Returns when it lies in `cache`, or cannot be put there: then the first trial makes it."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "vicon.measure.testclip", str(cache)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:  # no descriptor, no memory, no process left
        log.warning("x trial clip", why=f"its process did not start: {error}")
        return
    try:
        async with asyncio.timeout(LONGEST_S):
            code = await process.wait()
    except TimeoutError:
        log.warning("x trial clip", why=f"not made within {LONGEST_S:.0f} s")
    else:
        if code:
            log.warning("x trial clip", why=f"its process ended with {code}")
    finally:
        await kill(process)
