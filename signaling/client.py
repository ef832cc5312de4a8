"""Python client on `websockets`, for agents, the command line and tests.

    ws_url, token = parse_link(link)
    async with Client(ws_url, token, rng=random.Random()) as client:
        await client.ready(timeout=10)
        joined = await client.command(RoomJoin())

It owns one task that connects, keeps the copy of the view, and connects again for as long as it
lives, as the same device where there was one.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import ClassVar, Never, Self
from urllib.parse import urlsplit

import msgspec
import structlog
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from signaling import messages as m
from signaling.backoff import Backoff, Uniform
from signaling.decode import BadMessage, decode_server
from signaling.feed import Changed, Connected, Disconnected, Ended, Event, Feed, MediaReset
from signaling.reasons import FINAL
from signaling.replica import Gap, Replica
from signaling.witness import Page

log = structlog.get_logger("signaling.client")

Result = m.Published | m.Subscribed | m.Joined | m.TrialAnswer | m.TrialStarted | None
TrialMessage = m.TrialDo | m.TrialRun | m.TrialSweeping | m.TrialStations
MediaMessage = m.MediaLayers | m.MediaLine | m.MediaAgain | m.MediaFigures

_CLIENT_TROUBLE = 4000
"""Close code with which this client leaves a connection that it cannot go on with."""


class CommandRefused(Exception):
    """The server said no. `code` and `text`: see signaling.reasons."""

    def __init__(self, code: str, text: m.Text) -> None:
        super().__init__(f"{code}: {text.en}")
        self.code = code
        self.text = text


class ConnectionLost(Exception):
    """There is no connection, or it broke before the answer came: the command may or may not have
    been carried out."""


class Rejected(Exception):
    """The server closed for good (signaling.reasons.FINAL); the client does not come back."""

    def __init__(self, code: str, text: m.Text) -> None:
        super().__init__(f"{code}: {text.en}")
        self.code = code
        self.text = text


class ClientSettings(Struct, frozen=True, kw_only=True):
    """Seconds, unless named otherwise."""

    open_s: float = 8.0
    """Longest opening handshake, TLS included, and the same again until the welcome."""
    close_s: float = 1.0
    first_backoff_s: float = 0.25
    most_backoff_s: float = 2.0
    stable_s: float = 5.0
    """A connection that held so long lets the waits begin anew."""
    doubt_s: float = 2.5
    """A doubted connection on which nothing comes within this time is given up."""
    hope_s: float = 1.0
    """Where the network is there again, a try that lasted so long is given up for a new one."""
    stay_s: float = 8.0
    """Of a server that asked whether it may take over, and was told yes."""
    silent_beats: float = 1.2
    """And a connection that was silent for so many heartbeats."""
    commands: int = 32
    """Unanswered at a time; further ones wait their turn."""


def socket_address(origin: str) -> str | None:
    """The WebSocket's address of a server at an origin, as a welcome names it; None for none."""
    scheme, _, place = origin.partition("://")
    socket = {"http": "ws", "https": "wss"}.get(scheme)
    return f"{socket}://{place.rstrip('/')}/ws" if socket and place else None


def parse_link(link: str) -> tuple[str, str]:
    """The WebSocket's address and the token of a link such as http://host:port/ruang#<token>.

    Raises ValueError, whose words never hold the token.
    """
    try:
        parts = urlsplit(link)
        netloc = parts.netloc if parts.hostname and (parts.port or 0) >= 0 else ""
    except ValueError:
        netloc = ""
    schemes = {"http": "ws", "https": "wss"}
    if not netloc or parts.scheme not in schemes:
        raise ValueError("a link begins with http:// or https:// and a host")
    if not parts.fragment:
        raise ValueError("the link has no token after its #; copy it whole")
    return f"{schemes[parts.scheme]}://{netloc}/ws", parts.fragment


class _Lost(Exception):
    """One connection is over. `text`: what the server's bye said, if it said one."""

    def __init__(self, why: str, text: m.Text | None = None, *, welcomed: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.text = text
        self.welcomed = welcomed
        """That server serves, as far as is known: it is asked again first."""


class Client:
    """`rng`: a random.Random, for the waits. `tls`: the context for wss, say with a local CA.
    `resume`: from an earlier run, to come back as the same device. `cookie`: a header of that
    name, as a browser would send it. `life`: drawn for this run (Hello.life)."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        rng: Uniform,
        lang: m.Language = "id",
        tls: ssl.SSLContext | None = None,
        resume: str | None = None,
        settings: ClientSettings | None = None,
        cookie: str = "",
        life: str | None = None,
    ) -> None:
        self._urls = [url]
        """The link's, and those of the servers that a welcome has named."""
        self._at = 0
        self.fence: str | None = None
        """See Hello.fence."""
        self._life = life
        self._page = Page()
        self._silent = False
        """The present connection was given up because nothing came: the next server is tried."""
        self._stay_until = 0.0
        """So long the server that was helped to take over is tried, and no other; loop time."""
        self._headers = {"Cookie": cookie} if cookie else {}
        self._token = token
        self._lang = lang
        self._tls = tls
        self._settings = settings or ClientSettings()
        self._backoff = Backoff(rng, self._settings.first_backoff_s, self._settings.most_backoff_s)
        self._replica: Replica | None = None
        self._socket: ClientConnection | None = None
        self._last_id = 0
        self._pending: dict[int, asyncio.Future[m.Ok]] = {}
        self._turn = asyncio.Semaphore(self._settings.commands)
        self._feeds: set[Feed] = set()
        self._task: asyncio.Task[None] | None = None
        self._trying: asyncio.Task[_Lost] | None = None
        self._tried_at = self._heard_at = 0.0
        """When the present connection was begun, and when something came by it; loop time."""
        self._heartbeat_s = 5.0
        self._free = asyncio.Event()
        self._free.set()
        self._hope = asyncio.Event()
        self._doubt: asyncio.Task[None] | None = None
        self._running = False
        self._welcomed = False
        self.resume = resume
        self.media_epoch: str | None = None
        self.failure = ""
        """Why the last attempt to connect, or the last connection, ended."""
        self.rejected: Rejected | None = None
        self.rtt_ms: float | None = None
        """Round trip of the last ping."""
        self.on_trial: Callable[[TrialMessage], None] = _ignore
        """Gets what the server says of trial calls; must not block."""
        self.on_media: Callable[[MediaMessage], None] = _ignore
        """Gets what the server says of layers, lines and figures; must not block."""
        self.on_deed: Callable[[m.Deed], None] = _ignore
        """Gets what another desk did; must not block."""
        self.on_text: Callable[[m.LineText], None] = _ignore
        self.on_checks: Callable[[m.ServerChecks], None] = _ignore
        self.on_recording: Callable[[m.RecordingFigures], None] = _ignore
        """How a recording goes; of a moderator or technician."""
        """Gets what is written on this client's private lines; must not block."""
        self.ice: list[m.IceServer] = []
        """TURN servers, as of the last welcome."""
        self._clock: tuple[float, float] | None = None
        """Server's Unix ms minus our ms, and half the round trip by which it was read."""

    @property
    def view(self) -> m.View | None:
        """As last heard; kept while the connection is lost."""
        return None if self._replica is None else self._replica.view

    @property
    def revision(self) -> int | None:
        return None if self._replica is None else self._replica.revision

    def server_ms(self, monotonic: float) -> tuple[float, float] | None:
        """The server's Unix ms at a moment of the event loop's clock (seconds), and how far it may
        be off; None before the first ping came back."""
        if self._clock is None:
            return None
        offset, error = self._clock
        return 1000 * monotonic + offset, error

    @property
    def url(self) -> str:
        """Where the connection is, or is tried next."""
        return self._urls[self._at]

    def cut(self) -> None:
        """Drop the connection without a word, as a broken line does; it comes back by itself."""
        if self._socket is not None:
            self._socket.transport.abort()

    def doubt(self) -> None:
        """Something else shows that the network may be gone: the server must answer soon."""
        if self._socket is not None and (self._doubt is None or self._doubt.done()):
            self._doubt = asyncio.create_task(self._ask(self._socket), name="signaling-doubt")

    async def _ask(self, socket: ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._settings.doubt_s):
                await self._free.wait()
                await _send(socket, m.Ping(t=began * 1000))
        except (ConnectionClosed, TimeoutError):
            pass  # it ends anyway
        await asyncio.sleep(max(0.0, began + self._settings.doubt_s - loop.time()))
        if self._heard_at < began and self._socket is socket:
            log.info("- given up", why="the network is gone")
            self._silent = True
            self.cut()

    def hope(self) -> None:
        """Something else shows that the network is there again: nothing that began while it was
        not is waited for. TCP would send it again only after many seconds (RFC 6298, section 5)."""
        loop = asyncio.get_running_loop()
        self._hope.set()
        if self.connected:
            if loop.time() - self._heard_at > self._settings.silent_beats * self._heartbeat_s:
                self.cut()
            else:
                self.doubt()
        elif self._trying is not None and loop.time() - self._tried_at > self._settings.hope_s:
            self._trying.cancel()

    def hold(self, on: bool) -> None:
        """For drills: nothing is sent, read or connected meanwhile, as on a dead line."""
        if on:
            self._free.clear()
        else:
            self._free.set()

    @property
    def connected(self) -> bool:
        """Welcomed, and not lost since."""
        return self._socket is not None

    async def __aenter__(self) -> Self:
        self._running = True
        self._task = asyncio.create_task(self._run(), name="signaling-client")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is None:
            return
        tasks = [task for task in (self._task, self._doubt) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        if not self._task.cancelled() and (failed := self._task.exception()) is not None:
            raise failed

    async def ready(self, timeout: float) -> m.View:
        """Wait for the welcome. Raises Rejected, or TimeoutError: then `failure` tells why."""
        return await self.until(lambda view: self.connected, timeout)

    async def until(self, test: Callable[[m.View], bool], timeout: float) -> m.View:
        """Wait until `test` holds for the view. Raises TimeoutError, Rejected when the client ends
        before, or ConnectionLost when it is not running."""
        with self.watch() as events:
            async with asyncio.timeout(timeout):
                while self.view is None or not test(self.view):
                    self._must_run()
                    await events.wait()
                return self.view

    async def command(self, body: m.CommandBody, timeout: float = 10.0) -> Result:
        """Ask and wait for the answer.

        Raises CommandRefused, ConnectionLost or TimeoutError; after the last two nobody knows
        whether it was carried out: look at the view.
        """
        async with asyncio.timeout(timeout), self._turn:
            socket = self._socket
            if socket is None:
                raise ConnectionLost(self.failure or "not connected")
            self._last_id += 1
            number = self._last_id
            answer: asyncio.Future[m.Ok] = asyncio.get_running_loop().create_future()
            self._pending[number] = answer
            try:
                await self._free.wait()
                await _send(socket, m.Command(id=number, body=body))
                ok = await answer
            except ConnectionClosed as error:
                raise ConnectionLost(str(error)) from error
            finally:
                self._pending.pop(number, None)
        return ok.result

    @contextmanager
    def watch(self) -> Iterator[Feed]:
        """What happens from now on: `with client.watch() as events: async for event in events`."""
        feed = Feed()
        if not self._running:
            feed.finish()
        self._feeds.add(feed)
        try:
            yield feed
        finally:
            self._feeds.discard(feed)

    def _must_run(self) -> None:
        if self.rejected is not None:
            raise self.rejected
        if not self._running:
            raise ConnectionLost("the client is not running")

    def _tell(self, event: Event) -> None:
        for feed in self._feeds:
            feed.put(event)

    # --- the task --------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            while True:
                lost = await self._attempt()
                if lost.text is not None and lost.why in FINAL:
                    log.info("- rejected", why=lost.why)
                    self.rejected = Rejected(lost.why, lost.text)
                    self._tell(Ended(lost.why, lost.text))
                    return
                if self._goes_on(lost):
                    self._at = (self._at + 1) % len(self._urls)
                delay = self._backoff.delay() / len(self._urls)
                log.info("- disconnected", why=lost.why, retry_s=round(delay, 2))
                # It is tried again when it is time, or when there is hope.
                await _until(self._hope, asyncio.get_running_loop().time() + delay)
        finally:
            self._running = False
            for feed in self._feeds:
                feed.finish()

    def _goes_on(self, lost: _Lost) -> bool:
        """Whether the next server is tried now."""
        if asyncio.get_running_loop().time() < self._stay_until and lost.why != "standing_by":
            return False
        self._stay_until = 0.0
        return self._silent or not lost.welcomed

    async def _attempt(self) -> _Lost:
        """A connection in a task of its own, which hope() may end while it is being made."""
        self._tried_at = asyncio.get_running_loop().time()
        self._hope.clear()
        self._trying = asyncio.create_task(self._connection(), name="signaling-connection")
        try:
            await asyncio.wait([self._trying])
        finally:
            if not self._trying.done():
                self._trying.cancel()
                await asyncio.wait([self._trying])
        if self._trying.cancelled():
            return _Lost("begun anew", welcomed=True)
        return self._trying.result()

    async def _connection(self) -> _Lost:
        """One connection from opening to end; why it ended."""
        lost, self._welcomed, self._silent = _Lost("never opened"), False, False
        try:
            async with asyncio.timeout(self._settings.open_s):
                await self._free.wait()
            secure = self.url.startswith("wss:")
            async with connect(
                self.url,
                ssl=(self._tls or True) if secure else None,
                proxy=None,
                additional_headers=self._headers,
                open_timeout=self._settings.open_s,
                close_timeout=self._settings.close_s,
                ping_interval=None,
                max_size=2 * m.MAX_FRAME_BYTES,
            ) as socket:
                lost = await self._converse(socket)
        except (OSError, WebSocketException) as error:
            lost = _Lost(f"{type(error).__name__}: {error}")
        self.failure = lost.why
        lost.welcomed = self._welcomed
        return lost

    async def _converse(self, socket: ClientConnection) -> _Lost:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            heartbeat_s = await self._greet(socket)
            await self._listen(socket, heartbeat_s)
        except _Lost as lost:
            return lost
        except ConnectionClosed as error:
            return _Lost(f"ConnectionClosed: {error}")
        except (BadMessage, Gap, TimeoutError) as error:
            why = f"{type(error).__name__}: {error}"
            self._silent = isinstance(error, TimeoutError)
            await socket.close(_CLIENT_TROUBLE, type(error).__name__)
            return _Lost(why)
        except asyncio.CancelledError:
            # Our owner is done. Without this the closing code would speak of an error.
            await socket.close()
            raise
        finally:
            if loop.time() - began >= self._settings.stable_s:
                self._backoff.reset()
            self._forget()

    def _forget(self) -> None:
        """The connection is over, whatever the reason."""
        was_connected, self._socket = self.connected, None
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(ConnectionLost("the connection broke before the answer"))
        self._last_id = 0
        if was_connected:
            self._tell(Disconnected())

    async def _greet(self, socket: ClientConnection) -> float:
        """Hello and welcome; the heartbeat's seconds."""
        hello = m.Hello(
            v=m.PROTOCOL_VERSION,
            token=self._token,
            resume=self.resume,
            lang=self._lang,
            fence=self.fence,
            life=self._life,
        )
        async with asyncio.timeout(self._settings.open_s):
            await _send(socket, hello)
            message = None
            while message is None:
                message = decode_server(await socket.recv())
                if isinstance(message, m.WitnessAsk):
                    await self._witness(socket, message)
                    message = None
        if isinstance(message, m.Bye):
            raise _Lost(message.code, message.text)
        if not isinstance(message, m.Welcome):
            raise BadMessage("bad_message", "no welcome first")
        self._welcomed = True
        self._remember(message)
        self._replica = Replica(message)
        self.resume = message.view.you.resume
        self.media_epoch = message.media_epoch
        self.ice = message.ice
        self._clock = None
        self._socket = socket
        self._heard_at = asyncio.get_running_loop().time()
        self._heartbeat_s = message.heartbeat_s
        self.failure = ""
        log.info("- connected", revision=message.rev)
        self._tell(Connected(message.media_epoch))
        return message.heartbeat_s

    def _remember(self, said: m.Welcome | m.StandbyState) -> None:
        """The fence, and where else to go: the link's own server stays one of them."""
        self.fence = said.fence or self.fence
        here = self.url
        named = filter(None, map(socket_address, said.servers))
        self._urls = list(dict.fromkeys([here, *named, self._urls[0]]))
        self._at = 0

    async def _listen(self, socket: ClientConnection, heartbeat_s: float) -> Never:
        """Read and ping until something ends it: raises."""
        clock = asyncio.get_running_loop().time
        ping_at = clock()
        silent_at = clock() + 3 * heartbeat_s
        while True:
            now = clock()
            if now >= silent_at:
                raise TimeoutError("the server is silent")
            if not self._free.is_set():
                await _until(self._free, silent_at)
                continue
            if now >= ping_at:
                await _send(socket, m.Ping(t=now * 1000))
                # A little early: the server hears one within every interval.
                ping_at = now + 0.8 * heartbeat_s
            try:
                async with asyncio.timeout_at(min(ping_at, silent_at)):
                    frame = await socket.recv()
            except TimeoutError:
                continue
            self._heard_at = clock()
            silent_at = self._heard_at + 3 * heartbeat_s
            message = decode_server(frame)
            if isinstance(message, m.WitnessAsk):
                await self._witness(socket, message)
            elif message is not None:
                self._receive(message)

    async def _witness(self, socket: ClientConnection, ask: m.WitnessAsk) -> None:
        """Without a life of its own it is no witness, and was not asked."""
        word = self._page.asked(ask.council, ask.word) if self._life is not None else None
        if word is not None:
            log.info("> witness", council=ask.council, word=word)
            if word == "takeover" and not self._welcomed:
                self._stay_until = asyncio.get_running_loop().time() + self._settings.stay_s
            await _send(socket, m.Witness(council=ask.council, word=word))

    # --- what comes in ---------------------------------------------------------------------

    def _receive(self, message: m.ServerMessage) -> None:
        handle = self._HANDLERS.get(type(message))
        if handle is None:
            raise BadMessage("bad_message", f"unexpected {type(message).__name__}")
        handle(self, message)

    def _on_delta(self, delta: m.Delta) -> None:
        assert self._replica is not None
        self._replica.apply(delta)
        if delta.you is not None:
            self.resume = delta.you.resume
        self._tell(Changed())

    def _on_ok(self, ok: m.Ok) -> None:
        if isinstance(ok.result, m.Joined):
            self.resume = ok.result.resume
        answer = self._pending.get(ok.id)
        if answer is not None and not answer.done():
            answer.set_result(ok)

    def _on_refused(self, refused: m.Refused) -> None:
        answer = self._pending.get(refused.id)
        if answer is not None and not answer.done():
            answer.set_exception(CommandRefused(refused.code, refused.text))

    def _on_media_reset(self, reset: m.MediaReset) -> None:
        self.media_epoch = reset.epoch
        self._tell(MediaReset(reset.epoch))

    def _on_pong(self, pong: m.Pong) -> None:
        now = asyncio.get_running_loop().time() * 1000
        self.rtt_ms = now - pong.t
        half = self.rtt_ms / 2
        if self._clock is None or half <= self._clock[1]:
            self._clock = (pong.now - now + half, half)

    def _on_trial_message(self, message: TrialMessage) -> None:
        self.on_trial(message)

    def _on_media_message(self, message: MediaMessage) -> None:
        self.on_media(message)

    def _on_deed_message(self, deed: m.Deed) -> None:
        self.on_deed(deed)

    def _on_server_checks(self, checks: m.ServerChecks) -> None:
        self.on_checks(checks)

    def _on_recording(self, figures: m.RecordingFigures) -> None:
        self.on_recording(figures)

    def _on_standby(self, message: m.StandbyState) -> None:
        self._remember(message)

    def _on_line_text(self, message: m.LineText) -> None:
        self.on_text(message)

    def _on_bye(self, bye: m.Bye) -> None:
        raise _Lost(bye.code, bye.text)

    _HANDLERS: ClassVar[dict[type, Callable[..., None]]] = {
        m.Delta: _on_delta,
        m.Ok: _on_ok,
        m.Refused: _on_refused,
        m.MediaReset: _on_media_reset,
        m.Deed: _on_deed_message,
        m.Pong: _on_pong,
        m.Bye: _on_bye,
        m.MediaLayers: _on_media_message,
        m.MediaAgain: _on_media_message,
        m.StandbyState: _on_standby,
        m.MediaLine: _on_media_message,
        m.MediaFigures: _on_media_message,
        m.ServerChecks: _on_server_checks,
        m.RecordingFigures: _on_recording,
        m.LineText: _on_line_text,
        m.TrialDo: _on_trial_message,
        m.TrialRun: _on_trial_message,
        m.TrialSweeping: _on_trial_message,
        m.TrialStations: _on_trial_message,
    }


def _ignore(
    message: TrialMessage
    | MediaMessage
    | m.Deed
    | m.LineText
    | m.ServerChecks
    | m.RecordingFigures,
) -> None:
    """Nobody asked for it."""


_encoder = msgspec.json.Encoder()


async def _until(event: asyncio.Event, at: float) -> None:
    """Until it is set, or the loop's time comes."""
    try:
        async with asyncio.timeout_at(at):
            await event.wait()
    except TimeoutError:
        return


async def _send(socket: ClientConnection, message: m.ClientMessage) -> None:
    await socket.send(_encoder.encode(message), text=True)
