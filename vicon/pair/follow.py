"""The standby's side: follows the first, and says when it is time to take over."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Literal

import aiohttp
import structlog
from aiohttp import WSMsgType
from msgspec import Struct
from msgspec.structs import replace

from signaling.shape import WitnessWord
from vicon import __version__
from vicon.core.events_server import TakeoverWhy
from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError, Words
from vicon.pair import files, words
from vicon.pair.copy import Copy
from vicon.pair.reach import ask, refuses
from vicon.pair.record import Record, Taken, next_number, write_record
from vicon.pair.rules import StandbyRules
from vicon.pair.state import wisher
from vicon.pair.witnesses import Council, StandbyCouncil
from vicon.ports import Clock
from vicon.store.mirror import DoesNotFollow

log = structlog.get_logger("vicon.pair")
OPEN_S, OPEN_SOON_S = 3.0, 1.0
"""Longest until the first has taken the line; while the halls are asked."""
SILENT_S = 5.0
"""A line on which nothing comes for so long is given up."""
QUIET_S = 1.0
"""A first that said nothing for so long may be lost; it speaks four times a second."""
AGAIN_S = 0.3
"""Between two attempts."""
HAND_OVER_S = 10.0
QUEUE = 256
Trouble = Literal["", "key", "taken", "form", "not_first", "unreachable", "refused"]

NOT_SYNCED = Words(
    "Server utama tidak menjawab, dan dari sini tidak terlihat apakah ia masih melayani. Pastikan "
    "server utama benar-benar mati atau dicabut dari jaringan, lalu jalankan `vicon takeover "
    "--sure`. Tanpa itu dua server dapat melayani sekaligus, dan kejadian terakhir dapat hilang.",
    "The first server does not answer, and from here nobody can see whether it still serves. Make "
    "sure that it is off, or unplugged from the network, then run `vicon takeover --sure`. Else "
    "two servers might serve at once, and the last events might be lost.",
)
NEVER_SYNCED = Words(
    "Server cadangan ini belum pernah memiliki salinan lengkap, jadi tidak dapat mengambil alih. "
    "Sambungkan dahulu ke server utama.",
    "This standby has never had everything, so it cannot take over. Connect it to the first server "
    "first.",
)
NO_ANSWER = Words(
    "Server utama tidak menyerahkan pelayanan dalam sepuluh detik. Lihat `vicon standby`, lalu "
    "ulangi.",
    "The first server did not hand over within ten seconds. See `vicon standby`, then try again.",
)


class Own(Struct, frozen=True, kw_only=True):
    """What the first is told of this server."""

    url: str
    hosts: list[str]


class Follower:
    """`run` returns when this server is to serve: the record says so durably then."""

    def __init__(
        self,
        home: DataDir,
        copy: Copy,
        record: Record,
        rules: StandbyRules,
        clock: Clock,
        url: str,
        key: str,
        tls: Callable[[], ssl.SSLContext],
        own: Own,
        *,
        automatic: bool,
    ) -> None:
        self._home, self._copy, self.record, self.rules = home, copy, record, rules
        self._clock, self._url, self._key, self._tls, self._own = clock, url, key, tls, own
        self._automatic = automatic
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._asked: bool | None = None
        """A person wants this server to serve; True: and is sure."""
        self._wake = asyncio.Event()
        self._yours: int | None = None
        self._council = StandbyCouncil()
        self._lost_at: float | None = None
        """When the line ended; monotonic."""
        self._heard_at: int | None = None
        """The first's last word, Unix ms."""
        self._why: TakeoverWhy = "ended"
        self._wished = False
        """A person's wish is what this server serves by."""
        self.synced = asyncio.Event()
        """Everything that the first had when the line began is here."""
        self.trouble: Trouble = ""
        self.asks, self.answer = 0, Words("", "")
        self.changed: Callable[[], None] = lambda: None

    @property
    def attached(self) -> bool:
        return self._socket is not None

    def ask(self, *, sure: bool) -> None:
        """A person wants this server to serve."""
        self._asked = sure
        self._wake.set()

    def asked(self) -> None:
        """The first is there: it has taken a line, or asks how things stand."""
        self.rules.asked()
        self._council.release()

    def asking(self) -> Council | None:
        """Of whom it is to be asked whether this server may take over; None: nobody."""
        lost = self._lost_at
        if not self._automatic or self.attached or not self.record.synced or lost is None:
            return None
        long_enough = self._clock.monotonic() - lost >= self.rules.takeover_s
        return self._council.asking if long_enough else None

    def holding(self) -> Council | None:
        """Whose pages wait here, for they may be asked soon."""
        quiet = self.rules.silence(self._clock.monotonic()) >= QUIET_S
        lost = quiet if self.attached else self._lost_at is not None
        return self._council.asking if self._automatic and self.record.synced and lost else None

    def witnessed(self, council: str, member: str, word: WitnessWord) -> None:
        log.info("< witness", council=council, member=member, word=word)
        self._council.heard(council, member, word)

    async def run(self) -> None:
        while True:
            try:
                if await self._attempt():
                    self._why, self._wished = "handed_over", True
                    break
            except (SpokenError, OSError, DoesNotFollow, words.NotUnderstood) as error:
                log.error("x standby", why=f"{type(error).__name__}: {error}")
                self.rules.unreachable()
            if await self._decide():
                break
            await self._pause(AGAIN_S)
        number = self._yours or next_number(self.record, self._clock.now())
        taken = Taken(
            why=self._why,
            server=self._url,
            by=wisher(self._home, self._clock.now()) if self._wished else "",
            heard_at=self._heard_at,
        )
        self._note(
            part="first",
            number=number,
            of="",
            paired=False,
            fenced_by="",
            fenced_number=0,
            taken=taken,
        )
        log.critical("- takes over", epoch=number, why=taken.why, by=taken.by)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    async def _decide(self) -> bool:
        """Without a line: whether to take over now."""
        gone = await refuses(self._url)
        long_enough = gone and self.rules.refused(self._clock.monotonic())
        if self._asked is not None:
            sure, self._asked = self._asked, None
            known = gone and self.rules.right(self._clock.monotonic())
            if self._answers(sure=sure or known):
                self._why, self._wished = "ended" if known else "decided", True
                return True
        if gone and self.rules.right(self._clock.monotonic()):
            self.trouble = "refused"
            return long_enough  # the surer word; it comes as soon
        if self.asking() is not None and self._council.carried:
            self._why = "halls"
            return True
        if gone:
            self.trouble = "refused"
            return False
        if self.trouble in ("", "refused", "unreachable"):
            self.trouble = "unreachable"
            self.rules.unreachable()
        return False

    def _answers(self, *, sure: bool) -> bool:
        """To a person who asks while there is no line."""
        self.asks += 1
        self.answer = Words("", "")
        if not self.record.synced:
            self.answer = NEVER_SYNCED
        elif not sure:
            self.answer = NOT_SYNCED
        self.changed()
        return not self.answer.en

    async def _attempt(self) -> bool:
        """One line from its beginning to its end. True: the first has handed over."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                asyncio.timeout(OPEN_S if self.asking() is None else OPEN_SOON_S) as opening,
                session.ws_connect(
                    self._url + words.ROUTE,
                    headers={"Authorization": f"Bearer {self._key}"},
                    ssl=self._tls() if self._url.startswith("https:") else True,
                    max_msg_size=words.MOST_BYTES,
                    autoping=True,
                ) as socket,
            ):
                opening.reschedule(None)
                self.asked()
                self.trouble = ""
                return await self._follow(socket)
        except aiohttp.WSServerHandshakeError as error:
            # Somebody is there, and does not take the line now.
            self.asked()
            self.trouble = "key" if error.status == 401 else "not_first"
            if await self._inherits():
                return True
            await self._pause(1.0)
        except (aiohttp.ClientError, TimeoutError):
            self.trouble = "" if self.trouble in ("key", "not_first") else self.trouble
        return False

    async def _inherits(self) -> bool:
        """The first is over in favour of this server: it was handing over when the line broke, and
        everything had been confirmed before."""
        told = await ask(self._url, self._key, self._tls())
        if told is None or not told.fenced or told.heir != self.record.holder:
            return False
        self._yours = told.heir_number
        return True

    async def _follow(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        record = self.record
        attach = words.Attach(
            form=words.FORM,
            vicon=__version__,
            holder=record.holder,
            number=record.number if record.of else 0,
            of=record.of,
            url=self._own.url,
            hosts=self._own.hosts,
            heads=await self._copy.heads(),
            runs=await self._copy.runs(),
            automatic=self._automatic,
        )
        await socket.send_bytes(words.encode(attach))
        self._socket, self._yours = socket, None
        queue: asyncio.Queue[tuple[float, bytes | None]] = asyncio.Queue(QUEUE)
        reading = asyncio.create_task(self._read(socket, queue), name="standby reader")
        asking = asyncio.create_task(self._pass_on(socket), name="standby asking")
        try:
            return await self._take_all(socket, queue)
        finally:
            self._socket, self._lost_at = None, self._clock.monotonic()
            for task in (reading, asking):
                task.cancel()
            await asyncio.gather(reading, asking, return_exceptions=True)
            self.changed()

    async def _read(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        queue: asyncio.Queue[tuple[float, bytes | None]],
    ) -> None:
        """Apart from the disk's pace, so that it is known when each frame came, and the end."""
        while True:
            try:
                message = await socket.receive(timeout=SILENT_S)
            except TimeoutError:
                break
            if message.type is not WSMsgType.BINARY:
                break
            self._heard_at = self._clock.now()
            await queue.put((self._clock.monotonic(), message.data))
        await queue.put((self._clock.monotonic(), None))

    async def _take_all(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        queue: asyncio.Queue[tuple[float, bytes | None]],
    ) -> bool:
        while True:
            at, data = await queue.get()
            if data is None:
                self.rules.ended(at)
                return False
            frame = words.frame(data)
            self.rules.heard(at, frame.right)
            self._council.frame(frame.council if frame.right else None)
            if isinstance(frame.body, words.Refuse):
                await self._refused(frame.body)
                return False
            await self._take(frame.body)
            await socket.send_bytes(words.encode(words.Have(frame.n)))
            if self._yours is not None:
                return True

    async def _take(self, body: words.Body) -> None:
        match body:
            case words.Accept():
                self._note(
                    part="standby",
                    number=body.number,
                    of=body.holder,
                    peer=self._url,
                    peer_hosts=tuple(body.hosts),
                    peer_holder=body.holder,
                    fenced_by="",
                    fenced_number=0,
                )
                log.info("- attached", epoch=body.number)
                self.changed()
            case words.Moved():
                await asyncio.to_thread(files.take, self._home, body.files)
            case words.Entries():
                await self._copy.journal.receive(body.batch)
            case words.Runs():
                await self._copy.take_runs(body.records, body.reports)
            case words.Gone():
                await self._copy.trials.remove(body.runs)
            case words.Yours():
                self._yours = body.number
            case words.Beat() if not self.synced.is_set() or not self.record.synced:
                self._note(synced=True)
                self.synced.set()
                self.changed()

    async def _refused(self, body: words.Refuse) -> None:
        log.warning("x standby", why=body.why)
        self.asked()
        if body.why == "diverged":
            await self._copy.set_aside()
            self._note(synced=False)
        else:
            self.trouble = body.why
            await self._pause(1.0)

    async def _pass_on(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """What a person here asks for while the line stands: the first hands over."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._asked is None:
                continue
            self._asked = None
            self.asks += 1
            self.answer = Words("", "") if self.record.synced else NEVER_SYNCED
            self.changed()
            if not self.record.synced:
                continue
            number = next_number(self.record, self._clock.now())
            await socket.send_bytes(words.encode(words.TakeOver(number)))
            await asyncio.sleep(HAND_OVER_S)
            self.answer = NO_ANSWER
            self.changed()

    def _note(self, **values: object) -> None:
        fresh = replace(self.record, **values)
        if fresh != self.record:
            write_record(self._home, fresh)
            self.record = fresh


def hosts_of(names: Sequence[str]) -> list[str]:
    return sorted({name.lower() for name in names if name})
