"""The handbook's pictures: of what moment, in which languages, how small; and the trials that they
show, in both languages."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import starmap
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from playwright.async_api import Browser, Page, expect

from tests.e2e.pages import VisitedPage
from tests.e2e.service import Service
from tests.report.examples import failing, good
from vicon.app.actor import ConferenceActor
from vicon.config import load
from vicon.config.plans import plans
from vicon.hosting import Recorder
from vicon.measure.run import Run, Words, seal
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import SqliteTrials
from vicon.trial.runner import record

CHECKOUT = Path(__file__).resolve().parents[2]
SHOTS = CHECKOUT / "docs/handbook/shots"
WRITE = "VICON_HANDBOOK"
"""In the environment: keep the pictures, in this folder."""
MORNING = datetime.fromisoformat("2020-09-25T08:40:00+08:00")
"""Twenty minutes before the example's ceremony."""
LANGUAGES = ("id", "en")
LARGEST = 50_000
"""Bytes of a picture."""
LEVELS, LOSSLESS, QUALITIES = 16, 101, (72, 60, 50, 42, 36, 30, 25, 20)
MANY = 12_000
"""Colours: from so many on it shows what a camera sees."""
Picture = NDArray[Any]
SWITCH = """() => {
  window.languageSwitch = document.querySelector("button[lang]");
  return window.languageSwitch !== null;
}"""
SPOKEN = """(lang) => {
  if (document.documentElement.lang !== lang) window.languageSwitch.click();
}"""
"""The page's own switch; it does its work also where the page has put it away for a while."""
THERE = """(() => {
  const Now = Date, shift = SHIFT;
  globalThis.Date = class extends Now {
    constructor(...given) { given.length ? super(...given) : super(Now.now() + shift); }
    static now() { return Now.now() + shift; }
  };
  const named = (kind) => (kind.startsWith("video") ? "USB Camera" : "USB Microphone");
  for (const One of [MediaStreamTrack, MediaDeviceInfo, InputDeviceInfo]) {
    Object.defineProperty(One.prototype, "label", { get() { return named(this.kind); } });
  }
})()"""
"""That morning's clock, and devices as a hall has them."""


@contextmanager
def that_morning() -> Iterator[None]:
    """Every vicon that is started meanwhile takes it to be MORNING."""
    shift = int(MORNING.timestamp() * 1e9) - time.time_ns()
    there = str(Path(__file__).with_name("thatday"))
    with patch.dict(os.environ, {"PYTHONPATH": there, "VICON_TEST_SHIFT_NS": str(shift)}):
        yield


async def open_page(browser: Browser, url: str) -> VisitedPage:
    """By that morning's clock, while it is so for servers."""
    shift = int(os.environ["VICON_TEST_SHIFT_NS"]) // 1_000_000
    visited = await VisitedPage.open(browser, url, scripts=[THERE.replace("SHIFT", str(shift))])
    await visited.page.wait_for_function(SWITCH)
    return visited


@dataclass
class Album:
    """Takes pictures into `folder`; `names` are those that were taken."""

    folder: Path
    patience_ms: int
    """To be kept, pictures from the halls have to move; so long it waits for them."""
    names: set[str] = field(default_factory=set)

    async def take(self, page: Page, name: str, lead: str | None = None) -> None:
        """In both languages, one after the other; `lead`: what must be seen in each."""
        if self.patience_ms:
            with suppress(AssertionError):
                still = page.locator(".pic.still")
                await expect(still).to_have_count(0, timeout=self.patience_ms)
        for lang in LANGUAGES:
            await page.evaluate(SPOKEN, lang)
            await expect(page.locator("html")).to_have_attribute("lang", lang)
            if lead is not None:
                await expect(page.locator(lead).first).to_be_visible()
            shot = await page.screenshot(animations="disabled", caret="hide")
            picture = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
            assert picture is not None
            self.keep(picture, f"{name}.{lang}")
        await page.evaluate(SPOKEN, LANGUAGES[0])

    def keep(self, picture: Picture, name: str) -> None:
        """As WebP, no larger than LARGEST: words in few colours but sharp, what cameras show as
        coarse as need be."""
        assert picture.std() > 10, f"{name} is a blank picture"
        step = 255 // (LEVELS - 1)
        few = ((picture.astype(np.uint16) + step // 2) // step * step).astype(np.uint8)
        tries = [(picture, quality) for quality in QUALITIES]
        if len(np.unique(picture.reshape(-1, 3), axis=0)) < MANY:
            tries.insert(0, (few, LOSSLESS))
        data = next(filter(lambda one: len(one) <= LARGEST, starmap(_webp, tries)), None)
        assert data is not None, name
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.webp").write_bytes(data)
        self.names.add(f"{name}.webp")


def _webp(picture: Picture, quality: int) -> bytes:
    done, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])
    assert done
    return bytes(data)


ENGLISH = {
    "kamera 720p, mikrofon −32 dBFS": "camera 720p, microphone −32 dBFS",
    "48 ms, bertahan 10 s": "48 ms, held for 10 s",
    "UDP langsung": "direct UDP",
    "RTT 42 ms, hilang 0,1 %": "RTT 42 ms, loss 0.1 %",
    "RTT 612 ms, hilang 0,1 %": "RTT 612 ms, loss 0.1 %",
    "unggah ≥ 4, unduh ≥ 4 Mbit/s": "up ≥ 4, down ≥ 4 Mbit/s",
    "kembali dalam 2,1 s": "back in 2.1 s",
    "siap, 720p": "ready, 720p",
    "siap, 360p": "ready, 360p",
    "gagal": "failed",
    "belum siap": "not ready",
}
BY = "Teknisi Diskominfo"
FAR = Words(
    "Jarak ke pusat jauh: RTT 612 ms, seperti lewat satelit. "
    "Percakapan akan tersendat, tetapi bisa.",
    "The way to the centre is long: RTT 612 ms, as by satellite. Talking lags, but works.",
)
PAUSES = Words(
    "Beri jeda sesudah bicara; moderator menunggu 1 detik.",
    "Pause after speaking; the moderator waits a second.",
)
FINE, FAR_AWAY, DUMB = ("64.08", "64.01", "64.07", "64.09", "64.74", "64.03"), "64.11", "64.72"
"""Halls whose trial passed; one behind a satellite; one whose microphone is switched off."""


def _far(run: Run) -> Run:
    media = run.step("media")
    figures = tuple(
        replace(one, value=612.0, state="warn", text=Words("612 ms", "612 ms"))
        if one.name == "rtt_ms"
        else one
        for one in media.figures
    )
    line = Words("RTT 612 ms, hilang 0,1 %", "")
    slow = replace(
        media, state="warn", line=line, cause_code="rtt_high", cause=FAR, cure=(PAUSES,),
        figures=figures,
    )  # fmt: skip
    end = replace(run.step("verdict"), state="warn", line=Words("siap, 360p", ""))
    changed = {"media": slow, "verdict": end}
    steps = tuple(changed.get(step.name, step) for step in run.steps)
    return replace(run, steps=steps, verdict="warn", profile="360p", sentence=FAR)


def _failed(run: Run) -> Run:
    end = replace(run.step("verdict"), state="fail", line=Words("belum siap", ""))
    steps = tuple(end if step.name == "verdict" else step for step in run.steps)
    return replace(run, steps=steps)


def _spoken(run: Run, room: str, minutes: int) -> Run:
    """Of this room, so many minutes before MORNING, its lines in both languages."""
    steps = tuple(
        replace(step, line=Words(step.line.id, ENGLISH.get(step.line.id, step.line.id)))
        if step.line
        else step
        for step in run.steps
    )
    at = int(MORNING.timestamp() * 1000) - minutes * 60_000
    return seal(
        replace(
            run, id=f"r-{room}", conference="kaltim-2020", room=room, started_at=at,
            ended_at=at + 81_000, by=BY, steps=steps,
        )
    )  # fmt: skip


def trials() -> list[Run]:
    fine = [_spoken(good(), room, 75 - 3 * place) for place, room in enumerate(FINE)]
    return [*fine, _spoken(_far(good()), FAR_AWAY, 48), _spoken(_failed(failing()), DUMB, 44)]


class _Then(SystemClock):
    """A few minutes before MORNING."""

    def now(self) -> int:
        return int(MORNING.timestamp() * 1000) - 5 * 60_000


async def store_trials(service: Service) -> None:
    """Kept, and told to the conference, as a server does. It is not running."""
    [plan] = plans(load(service.config))
    with DataDir.claim(service.data) as home:
        store, journal = await SqliteTrials.open(home), await SqliteJournal.open(home)
        actor = ConferenceActor(plan, journal, _Then())
        await actor.start()
        for run in trials():
            await store.put(record(run))
            await Recorder(actor).record(run)
        await actor.stop()
        await journal.close()
        await store.close()
