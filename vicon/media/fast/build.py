"""Compiles fan.c where there is a C compiler, once for each form of it, into a cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from importlib import resources
from pathlib import Path

import structlog

COMPILE_S = 30.0
_FLAGS = ("-O2", "-shared", "-fPIC")
_COMPILERS = ("cc", "gcc", "clang")

log = structlog.get_logger("vicon.media")


def source() -> bytes:
    return resources.files("vicon.media.fast").joinpath("fan.c").read_bytes()


def place(cache: Path) -> Path:
    """Where the compiled form of this version stands, or will."""
    digest = hashlib.sha256(source() + os.uname().machine.encode()).hexdigest()[:16]
    return cache / f"fan-{digest}.so"


def build(cache: Path) -> Path | None:
    """The compiled form, made now if it is not there. None, and a word in the log, where it cannot
    be made: everything works without it. Takes a second: not for the event loop."""
    target = place(cache)
    if target.exists():
        return target
    compiler = next((found for name in _COMPILERS if (found := shutil.which(name))), None)
    if compiler is None:
        log.info("- forwarding in Python alone", why="there is no C compiler")
        return None
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            text, made = Path(folder, "fan.c"), Path(folder, "fan.so")
            text.write_bytes(source())
            subprocess.run(
                [compiler, *_FLAGS, "-o", str(made), str(text)],
                check=True,
                capture_output=True,
                timeout=COMPILE_S,
            )
            os.replace(made, target)  # another worker may be at it too
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode("utf-8", "replace").strip()[-300:]
        log.warning("x forwarding in Python alone", why=why)
        return None
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("x forwarding in Python alone", why=str(error))
        return None
    return target
