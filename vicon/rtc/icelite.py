"""An ICE lite agent (RFC 8445, section 2.5): it stands at addresses that the other side can
reach, answers its checks and sends where the other side, always the controlling one, says. Pure.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from msgspec import Struct

from vicon.rtc import stun

MAX_PATHS = 16
"""Addresses of the other side at once, of which the oldest unused one makes room."""
IN_USE_S = 3.0
"""A path that was not checked for so long gives way to one that is, when the other side never says
which one it takes."""
ASK_S = 1.0
"""So long the path in use has to answer when another is checked in its place."""
ERRORS_PER_S, ERROR_BURST = 5.0, 10.0
"""Answers to what is not authenticated."""
PEER_REFLEXIVE_PRIORITY = (110 << 24) | (65535 << 8) | 255
"""RFC 8445, section 5.1.2.1."""
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_UFRAG, _PASSWORD = 8, 24

Path = TypeVar("Path", bound=Hashable)
"""Where a datagram came in and from whom; whatever the owner needs to answer it."""


class Credentials(Struct, frozen=True):
    ufrag: str
    password: str


class _Generation(Struct):
    """One pair of credentials of both sides (a restart begins another)."""

    local: Credentials
    remote: Credentials | None = None


class LiteAgent(Generic[Path]):
    """Times are monotonic seconds. `randbits`: secrets.randbits or what a test wants.

    `selected` is the path to send on, None before the first right check. The other side chooses
    it by USE-CANDIDATE, each time anew (aggressive or regular: the last one counts). One that
    never nominates is followed: the first path, and when it has fallen silent the one that is
    checked. A restart lets the path go on until one is chosen with the new credentials.

    One that has chosen once, and then is checked from elsewhere without choosing again, may have
    another address (a NAT that began anew; RFC 8445 has no word for it). `rival` is then where it
    was checked; the owner asks by the path in use, says `heard` if an answer comes, and calls
    `give_way` if none did within ASK_S."""

    def __init__(self, randbits: Callable[[int], int]) -> None:
        self._randbits = randbits
        self._tie_breaker = randbits(64)
        self._now = _Generation(local=self._credentials())
        self._next: _Generation | None = None
        self._nominates = False
        self._rival: Path | None = None
        self._allowance, self._allowed_at = ERROR_BURST, 0.0
        self.selected: Path | None = None
        self.paths: OrderedDict[Path, float] = OrderedDict()
        """All that were checked with right credentials, and when last; the latest at the end."""
        self.refused = 0
        """Requests that were not authenticated."""

    @property
    def local(self) -> Credentials:
        """What the other side is to be told: the newest."""
        return (self._next or self._now).local

    @property
    def ufrags(self) -> tuple[str, ...]:
        """Those that checks may name now."""
        ours = (self._now.local.ufrag,)
        return ours if self._next is None else (*ours, self._next.local.ufrag)

    def set_remote(self, remote: Credentials) -> None:
        """The other side's description came: it belongs to the newest of ours."""
        (self._next or self._now).remote = remote

    def restart(self) -> Credentials:
        """Make new credentials (RFC 8445, section 9), to be told to the other side. The old ones
        hold until a path is chosen with the new. Another restart before that replaces the first."""
        self._next = _Generation(local=self._credentials())
        return self._next.local

    def request(
        self, message: stun.Message, path: Path, source: stun.Address, now: float
    ) -> tuple[bytes | None, bool]:
        """Take in a binding request that came by `path`. Returns the answer (None: too many wrong
        requests came) and whether the request was right."""
        if message.username is None or not message.signed:
            return self._refuse(message, stun.BAD_REQUEST, now), False
        generation = self._named(message.username)
        key = generation.local.password.encode() if generation is not None else b""
        if generation is None or not message.is_signed_by(key):
            return self._refuse(message, stun.UNAUTHENTICATED, now), False
        transaction, unknown = message.transaction, message.unknown[:16]
        if unknown:
            return stun.failure(transaction, stun.UNKNOWN_ATTRIBUTE, key, unknown), False
        if message.controlled is not None:  # RFC 8445, section 7.3.1.1: we never control
            return stun.failure(transaction, stun.ROLE_CONFLICT, key), False
        self._checked(path, now)
        self._choose(generation, path, message.use_candidate, now)
        return stun.success(transaction, source, key), True

    def _named(self, username: str) -> _Generation | None:
        ufrag = username.partition(":")[0]
        if ufrag == self._now.local.ufrag:
            return self._now
        if self._next is not None and ufrag == self._next.local.ufrag:
            return self._next
        return None

    def _checked(self, path: Path, now: float) -> None:
        self.paths[path] = now
        self.paths.move_to_end(path)
        if len(self.paths) > MAX_PATHS:
            oldest = next(known for known in self.paths if known != self.selected)
            del self.paths[oldest]

    def _choose(self, generation: _Generation, path: Path, nominated: bool, now: float) -> None:
        self._nominates = self._nominates or nominated
        if not nominated and self.selected is not None:
            silent = now - self.paths.get(self.selected, 0.0) > IN_USE_S
            if self._nominates and silent and path != self.selected and generation is self._now:
                self._rival = path
            if self._nominates or not (silent or generation is self._next):
                return
        self.selected, self._rival = path, None
        if generation is self._next:
            self._now, self._next = generation, None

    @property
    def rival(self) -> Path | None:
        """Checked in place of the one in use, which has been silent; None: no such."""
        return self._rival if self._rival in self.paths else None

    def heard(self, path: Path, now: float) -> None:
        """An answer to a check of ours came by this path."""
        if path in self.paths:
            self.paths[path] = now
        if path == self.selected:
            self._rival = None

    def give_way(self) -> None:
        """The path in use has not answered: its rival takes its place."""
        if self.rival is not None:
            self.selected, self._rival = self.rival, None

    def check(self, transaction: bytes) -> bytes | None:
        """A request of our own on the path in use, for its round trip (no check of a lite agent
        finds paths). None while the other side's credentials are not known."""
        remote = self._now.remote
        if remote is None:
            return None
        return stun.request(
            transaction,
            f"{remote.ufrag}:{self._now.local.ufrag}",
            remote.password.encode(),
            tie_breaker=self._tie_breaker,
            priority=PEER_REFLEXIVE_PRIORITY,
        )

    def _refuse(self, message: stun.Message, code: int, now: float) -> bytes | None:
        self.refused += 1
        earned = (now - self._allowed_at) * ERRORS_PER_S
        self._allowance = min(ERROR_BURST, self._allowance + earned)
        self._allowed_at = now
        if self._allowance < 1:
            return None
        self._allowance -= 1
        return stun.failure(message.transaction, code)

    def _credentials(self) -> Credentials:
        return Credentials(self._word(_UFRAG), self._word(_PASSWORD))

    def _word(self, length: int) -> str:
        return "".join(_ALPHABET[self._randbits(6)] for _ in range(length))
