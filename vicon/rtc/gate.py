"""A line that can be shut for a while, for drills: what would go out is lost, what comes in is not
seen. Nobody is told, as on a real line."""

from __future__ import annotations

from typing import Any


class Gate:
    def __init__(self) -> None:
        self.shut = False

    def before(self, transport: Any) -> Any:
        """This datagram transport behind the gate."""
        return _Behind(self, transport)

    def sendto(self, own: Any) -> Any:
        """This socket's sendto behind the gate."""

        def through(data: bytes | memoryview, address: tuple[Any, ...]) -> int:
            if self.shut:
                return len(data)
            sent: int = own.sendto(data, address)
            return sent

        return through


class _Behind:
    """A transport as asyncio's, in all but what it sends while the gate is shut."""

    def __init__(self, gate: Gate, transport: Any) -> None:
        self._gate, self._transport = gate, transport

    def sendto(self, data: bytes, address: tuple[Any, ...] | None = None) -> None:
        if not self._gate.shut:
            self._transport.sendto(data, address)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
