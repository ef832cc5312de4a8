"""The first's halls, as witnesses that it may go on without its standby: who they are, when they
are asked, and what is done until they have answered (docs/adr/0708-halls-as-witnesses.md)."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog

from signaling.shape import WitnessWord
from vicon.ops.words import Words
from vicon.pair.rules import Epoch
from vicon.pair.witnesses import Council, FirstCouncils

log = structlog.get_logger("vicon.pair")
ASK_S = 1.0
"""Between two times that they are asked."""
FROZEN_S = 3.0
"""So long without their word, and who is no witness is sent to look elsewhere."""
FROZEN = Words(
    "Server cadangan dan sebagian besar ruang tidak menjawab, jadi tidak ada yang dapat dicatat: "
    "server cadangan mungkin mengambil alih. Periksa jaringan server ini. Bila server cadangan "
    "pasti tidak melayani, jalankan di sini `vicon takeover --sure`.",
    "The standby and most of the halls do not answer, so nothing can be recorded: the standby may "
    "be taking over. Look at this server's network. If the standby surely does not serve, run "
    "`vicon takeover --sure` here.",
)


def _nobody_here() -> frozenset[str]:
    return frozenset()


class Halls:
    """`now` is monotonic seconds."""

    def __init__(self, epoch: Epoch) -> None:
        self.councils = FirstCouncils()
        self.here: Callable[[], frozenset[str]] = _nobody_here
        """Halls' pages that are here."""
        self.ask: Callable[[Council], None] = lambda _: None
        """Whether this server may go on alone."""
        self.send_on: Callable[[frozenset[str]], None] = lambda _: None
        """All but these are sent to look elsewhere."""
        self._before = f"{epoch.number}.{epoch.holder}.{secrets.token_hex(4)}"
        self._named, self._spent = 0, False
        self._asking_since: float | None = None
        self._asked_at = float("-inf")

    def name(self) -> None:
        """The halls of now, where they are not those of the latest council, or that was asked."""
        members, latest = self.here(), self.councils.latest
        same = latest is not None and latest.members == members and not self._spent
        if same or self.councils.pending:
            return
        self._named, self._spent = self._named + 1, False
        self.councils.name(Council(id=f"{self._before}.{self._named}", members=members))

    def heard(self, council: str, member: str, word: WitnessWord) -> None:
        log.info("< witness", council=council, member=member, word=word)
        self.councils.heard(council, member, word)

    def decided(self, now: float) -> bool:
        """Whether the standby, which is silent, cannot take over by their word any more; asks
        them until it is so."""
        if not self.councils.asking:
            return True
        if self._asking_since is None:
            self._asking_since, self._spent = now, True
            log.warning("- asks the halls", why="the standby is silent")
        if now - self._asked_at >= ASK_S:
            self._asked_at = now
            for council in self.councils.asking:
                self.ask(council)
            few = self.frozen_but(now)
            if few is not None:
                self.send_on(few)
        return False

    def calm(self) -> None:
        """The standby speaks."""
        self._asking_since = None

    def release(self) -> None:
        """The standby holds no council any more, or can decide nothing by it."""
        self.councils.release()
        self._asking_since = None

    @property
    def asked(self) -> bool:
        """They are, and have not decided."""
        return self._asking_since is not None

    def frozen_but(self, now: float) -> frozenset[str] | None:
        """See app.gateway.Pair."""
        since = self._asking_since
        if since is None or now - since < FROZEN_S:
            return None
        return frozenset[str]().union(*(one.members for one in self.councils.asking))
