"""Halls as witnesses: whether the first goes on without its standby, or the standby takes over from
a first that fell silent. Pure, and without any clock.

The first names a *council* of halls' pages to its standby. Once the two have lost each other each
asks the halls that it reaches; a page says one of two things in a council, once and for all, to
whoever asks first. More than half for one of them is a decision, and there is no other then. What
is asked when is a matter of patience alone (docs/adr/0707-standby.md).
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from signaling.shape import WitnessWord

LEAST = 3
"""Of fewer halls the word of one more or less decides: then a person does."""


class Council(Struct, frozen=True, kw_only=True):
    id: str
    """Never used twice, whoever names it."""
    members: frozenset[str]
    """Pages by their device and a number that each page draws when it is loaded: one that was
    loaded again remembers nothing, and so is another."""

    @property
    def decides(self) -> bool:
        return len(self.members) >= LEAST

    def carried(self, voters: Collection[str]) -> bool:
        return self.decides and 2 * len(self.members.intersection(voters)) > len(self.members)


class FirstCouncils:
    """The first's: those by which its standby may decide. A standby that has a frame uses the
    council of that frame, so that all since the last frame which it has confirmed count."""

    def __init__(self) -> None:
        self._councils: list[Council] = []
        self._voters: dict[str, set[str]] = {}

    @property
    def latest(self) -> Council | None:
        return self._councils[-1] if self._councils else None

    @property
    def pending(self) -> bool:
        """The latest is not confirmed: name no other yet."""
        return len(self._councils) > 1

    def name(self, council: Council) -> None:
        """In all frames from now on. Raises ValueError while another is pending."""
        if self.pending:
            raise ValueError("a council is pending")
        self._councils.append(council)
        self._voters[council.id] = set()

    def confirmed(self, id: str) -> None:
        """The standby has a frame with this one."""
        if any(one.id == id for one in self._councils):
            while self._councils[0].id != id:
                del self._voters[self._councils.pop(0).id]

    def release(self) -> None:
        """The standby has said that it has no right, or was told so and has confirmed it."""
        self._councils.clear()
        self._voters.clear()

    @property
    def asking(self) -> list[Council]:
        """Those of which more than half must say `alone`, and do not yet."""
        return [
            one for one in self._councils if one.decides and not one.carried(self._voters[one.id])
        ]

    def heard(self, council: str, member: str, word: WitnessWord) -> None:
        if word == "alone" and any(
            one.id == council and member in one.members for one in self._councils
        ):
            self._voters[council].add(member)


class StandbyCouncil:
    """The standby's: in memory alone, so that one that was started again decides nothing."""

    def __init__(self) -> None:
        self._council: Council | None = None
        self._voters: set[str] = set()

    def frame(self, council: Council | None) -> None:
        """Of a frame of the first; None: it gives no right."""
        if council != self._council:
            self._council, self._voters = council, set()

    def release(self) -> None:
        """A line is asked for, or the first asks how things stand: it is there."""
        self.frame(None)

    @property
    def asking(self) -> Council | None:
        """For whose word it may ask, once the first is lost."""
        return self._council if self._council is not None and self._council.decides else None

    def heard(self, council: str, member: str, word: WitnessWord) -> None:
        mine = self._council
        if word == "takeover" and mine is not None and council == mine.id:
            self._voters.update(mine.members.intersection((member,)))

    @property
    def carried(self) -> bool:
        return self._council is not None and self._council.carried(self._voters)
