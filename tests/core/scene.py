"""A conference under test: ask, see what happened, look at the state."""

from __future__ import annotations

from vicon.core import commands as do
from vicon.core.decide import decide
from vicon.core.events import Event
from vicon.core.evolve import evolve
from vicon.core.model import Actor, Conference, Plan, Policy, Role, RoomPlan
from vicon.core.refusals import Refused, Who

HUB, PASER, KUKAR, BERAU = "64", "64.01", "64.02", "64.03"
NAMES = {
    PASER: ("Kabupaten Paser", "Paser"),
    KUKAR: ("Kabupaten Kutai Kartanegara", "Kukar"),
    BERAU: ("Kabupaten Berau", "Berau"),
    "64.07": ("Kabupaten Kutai Barat", "Kubar"),
    "64.08": ("Kabupaten Kutai Timur", "Kutim"),
    "64.09": ("Kabupaten Penajam Paser Utara", "PPU"),
    "64.11": ("Kabupaten Mahakam Ulu", "Mahulu"),
    "64.71": ("Kota Balikpapan", "Balikpapan"),
    "64.72": ("Kota Samarinda", "Samarinda"),
    "64.74": ("Kota Bontang", "Bontang"),
}


def make_plan(rooms: int = 3, cap: int = 12, policy: Policy | None = None) -> Plan:
    """The hub and the first `rooms` rooms of East Kalimantan."""
    chosen = list(NAMES.items())[:rooms]
    return Plan(
        id="pakta-2020",
        title="Deklarasi & Pakta Integritas 2020",
        timezone="Asia/Makassar",
        timezone_label="WITA",
        hub=RoomPlan(code=HUB, name="Provinsi Kalimantan Timur", short_name="Pusat", cap=cap),
        rooms=tuple(
            RoomPlan(code=code, name=name, short_name=short, cap=cap)
            for code, (name, short) in chosen
        ),
        policy=policy or Policy(),
    )


class Scene:
    """Holds the state and everything that happened; `now` is the time of the next act."""

    def __init__(self, plan: Plan | None = None, *, phase: str = "live", now: int = 1_000) -> None:
        self.now = now
        self.records: list[tuple[int, Event]] = []
        self.state: Conference
        created = decide(None, do.SYSTEM, do.Create(plan=plan or make_plan()), now)
        assert not isinstance(created, Refused)
        self.state = evolve(None, created[0], now)
        self.records.append((now, created[0]))
        self._apply(created[1:])
        for step in ("lobby", "live")[: ("draft", "lobby", "live").index(phase)]:
            self.does(do.SYSTEM, do.SetPhase(phase=step))  # type: ignore[arg-type]

    def _apply(self, events: list[Event]) -> None:
        for event in events:
            self.state = evolve(self.state, event, self.now)
            self.records.append((self.now, event))

    def ask(self, asker: Who, command: do.Command) -> list[Event] | Refused:
        """Decide and, unless refused, put in force."""
        before = self.state
        outcome = decide(before, asker, command, self.now)
        assert self.state is before
        if not isinstance(outcome, Refused):
            self._apply(outcome)
        return outcome

    def does(self, asker: Who, command: do.Command) -> list[Event]:
        """What happens; fails when it is refused."""
        outcome = self.ask(asker, command)
        assert not isinstance(outcome, Refused), outcome
        return outcome

    def refuses(self, asker: Who, command: do.Command) -> str:
        """The code of the refusal; fails when it is not refused."""
        outcome = self.ask(asker, command)
        assert isinstance(outcome, Refused), outcome
        return outcome.code

    def joins(
        self,
        device: str,
        role: Role,
        room: str | None,
        *,
        kind: str = "auto",
        take_over: bool = False,
        shared: bool = False,
        consent: bool = True,
    ) -> Actor:
        """A newcomer joins with a device of this id; who it then is."""
        actor = Actor(role=role, name=device, room=room)
        command = do.JoinRoom(
            device=device,
            kind=kind,  # type: ignore[arg-type]
            take_over=take_over,
            shared=shared,
            consent=consent,
        )
        self.does(actor, command)
        return Actor(role=role, name=device, room=room, device=device)

    def moderator(self) -> Actor:
        return self.joins("hub-main", "moderator", HUB)

    def hall(self, code: str, *, consent: bool = True) -> Actor:
        """The operator of a room at its main camera."""
        return self.joins(f"{code}-main", "operator", code, consent=consent)

    def phone(self, code: str, number: int = 1, *, shared: bool = False) -> Actor:
        device = f"{code}-phone-{number}"
        return self.joins(device, "operator", code, kind="companion", shared=shared)

    def loses(self, actor: Actor) -> None:
        self.does(do.SYSTEM, do.LoseDevice(device=actor.device or ""))

    def returns(self, actor: Actor) -> None:
        self.does(do.SYSTEM, do.ReturnDevice(device=actor.device or ""))

    def hands(self) -> list[str]:
        return list(self.state.hands)

    def mic(self, code: str) -> bool:
        return self.state.rooms[code].mic


MODERATOR = Actor(role="moderator", name="Sekretariat", room=HUB)
"""A moderator's link that has not joined."""


def operator(code: str) -> Actor:
    """An operator's link that has not joined."""
    return Actor(role="operator", name=f"Operator {code}", room=code)
