"""Asked once, answered as often as it is asked: what came of what somebody has asked under an id of
his own. For as long as the server runs, and bounded."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 4096


class Reused(Exception):
    """Something else was asked under this id."""


class Repeated(Generic[T]):
    """`passing(answer)`: it says nothing of the next time (the server was busy), and is not kept.
    Beyond `most` the one that was asked longest ago is forgotten."""

    def __init__(self, passing: Callable[[T], bool], most: int = MOST) -> None:
        self._passing, self._most = passing, most
        self._known: OrderedDict[Hashable, tuple[bytes, asyncio.Future[T]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    async def once(
        self, id: Hashable, asked: bytes, do: Callable[[], Awaitable[T]]
    ) -> tuple[T, bool]:
        """What came of it, and whether that was before. Who asks while it is done waits for it.
        Raises Reused, and what `do` raises."""
        known = self._known.get(id)
        if known is not None:
            if known[0] != asked:
                raise Reused
            return await asyncio.shield(known[1]), True
        doing: asyncio.Future[T] = asyncio.ensure_future(do())
        self._known[id] = asked, doing
        doing.add_done_callback(lambda done: self._keep(id, done))
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        # Who goes away in the middle does not undo what was asked.
        return await asyncio.shield(doing), False

    def _keep(self, id: Hashable, done: asyncio.Future[T]) -> None:
        known = self._known.get(id)
        if known is None or known[1] is not done:
            return
        if done.cancelled() or done.exception() is not None or self._passing(done.result()):
            del self._known[id]
