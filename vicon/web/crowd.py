"""How many connections there are, by address and in all, and who gives way when there are too
many. No I/O.

A connection is *waiting* while it has asked for nothing: before its first request is whole, and
between two requests. Those that wait give way, the oldest first and of the same address first;
those that are served (a WebSocket for as long as it lasts) never do. So a thousand sockets that say
nothing keep nobody out: they push each other out.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from ipaddress import ip_address

from msgspec import Struct


class Bounds(Struct, frozen=True, kw_only=True):
    """Numbers of connections, and seconds."""

    connections: int = 4000
    address: int = 1000
    """Of one address; this machine and proxies have no bound of their own."""
    waiting: int = 512
    waiting_address: int = 128
    tls_s: float = 10.0
    """For the TLS handshake."""
    head_s: float = 10.0
    """From a connection's begin, or a request's first byte, to the end of its header."""
    idle_s: float = 75.0
    """Between two requests."""
    body_s: float = 30.0
    """From the header's end to the body's; handlers that read one have shorter bounds."""
    answer_s: float = 600.0
    """For a whole answer: a slow line takes its time, a reader that stands still does not."""


class Seat:
    """One connection's place."""

    def __init__(self, address: str, close: Callable[[], None]) -> None:
        self.address = address
        self.close = close
        """Ends the connection at once. Whoever holds the connection sets it as that changes."""


class Crowd:
    """`dropped` counts those that gave way, `refused` those that did not come in. `proxy`: whether
    everybody may come from an address."""

    def __init__(
        self, bounds: Bounds, proxy: Callable[[str], bool] = lambda _address: False
    ) -> None:
        self._bounds, self._proxy = bounds, proxy
        self._seats: set[Seat] = set()
        self._by_address: Counter[str] = Counter()
        self._waiting: OrderedDict[Seat, None] = OrderedDict()
        self._waiting_of: dict[str, OrderedDict[Seat, None]] = {}
        self.dropped = self.refused = 0

    def __len__(self) -> int:
        return len(self._seats)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def admit(self, address: str, close: Callable[[], None]) -> Seat | None:
        """A place for a new connection, which waits; None: there is none, close it."""
        if not self._room_for(address):
            self.refused += 1
            return None
        seat = Seat(address, close)
        self._seats.add(seat)
        self._by_address[address] += 1
        self.waits(seat)
        return seat

    def busy(self, seat: Seat) -> None:
        """It is served."""
        self._waiting.pop(seat, None)
        mine = self._waiting_of.get(seat.address)
        if mine is not None:
            mine.pop(seat, None)
            if not mine:
                del self._waiting_of[seat.address]

    def waits(self, seat: Seat) -> None:
        """It has been served; others may give way for that."""
        if seat not in self._seats:
            return
        self.busy(seat)
        self._waiting[seat] = None
        mine = self._waiting_of.setdefault(seat.address, OrderedDict())
        mine[seat] = None
        if len(mine) > self._bounds.waiting_address and not self._proxy(seat.address):
            self._drop(next(iter(mine)))
        elif len(self._waiting) > self._bounds.waiting:
            self._drop(next(iter(self._waiting)))

    def left(self, seat: Seat) -> None:
        """It is over; also if it was already."""
        if seat not in self._seats:
            return
        self.busy(seat)
        self._seats.discard(seat)
        self._by_address[seat.address] -= 1
        if not self._by_address[seat.address]:
            del self._by_address[seat.address]

    def relieve(self, most: int) -> None:
        """Let go of so many that wait, the oldest first: descriptors ran out."""
        for seat in list(self._waiting)[:most]:
            self._drop(seat)

    def _room_for(self, address: str) -> bool:
        """Makes room, where somebody waits who can give way."""
        full = self._by_address[address] >= self._bounds.address
        if full and not _own(address) and not self._proxy(address):
            mine = self._waiting_of.get(address)
            if not mine:
                return False
            self._drop(next(iter(mine)))
        elif len(self._seats) >= self._bounds.connections:
            if not self._waiting:
                return False
            self._drop(next(iter(self._waiting)))
        return True

    def _drop(self, seat: Seat) -> None:
        self.dropped += 1
        self.left(seat)
        seat.close()


def _own(address: str) -> bool:
    """Of this machine."""
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
