"""A scene that keeps who did what, as the journal does; and a session whose minutes are known."""

from __future__ import annotations

from itertools import count

from msgspec.structs import replace

from tests.core.scene import BERAU, HUB, KUKAR, PASER, Scene, make_plan, operator
from vicon.app.actor import signature
from vicon.core import commands as do
from vicon.core import commands_ceremony as ask
from vicon.core import commands_fallback as ladder
from vicon.core import commands_recording as recording
from vicon.core import commands_server as server
from vicon.core import commands_talk as talk
from vicon.core.ceremony import Item
from vicon.core.events import Event
from vicon.core.model import Actor, Expected, Plan, Trial
from vicon.core.pact import candidate
from vicon.core.pactwords import Document, Signature, Stroke, Witness, document_hash, sealed
from vicon.core.profile import Trouble
from vicon.core.refusals import Refused, Who
from vicon.ops.seal import Sealer
from vicon.ports import START, Record
from vicon.store.chain import Row, make_rows
from vicon.store.sqlite import record_of

NINE = 1_600_995_600_000
"""25 September 2020, 09:00 WITA."""
MINUTE = 60_000
RINI = Actor(role="moderator", name="Rini", room=HUB)
DOCUMENT = Document(
    title="Pakta Integritas",
    preamble="Kami menyatakan bahwa kami akan:",
    points=("Menerima sanksi.", "Menjaga keamanan."),
    closing="Demikian.",
)
PEN: tuple[Stroke, ...] = ((100, 700, 300, 200, 500, 800, 900, 300), (150, 850, 880, 850))
ITEMS = (
    Item(id="open", kind="opening", title="Pembukaan", planned_s=120),
    Item(id="roll", kind="roll_call", title="Absensi ruang", planned_s=300),
    Item(id="sign-1", kind="signing", title="Penandatanganan, Paser", planned_s=60, room=PASER),
    Item(id="sign-2", kind="signing", title="Penandatanganan, Kukar", planned_s=60, room=KUKAR),
    Item(id="photo", kind="free", title="Foto bersama", planned_s=120),
    Item(id="end", kind="closing", title="Penutup", planned_s=120),
)
TRIAL = Trial(
    run="u1",
    at=NINE - 90 * MINUTE,
    by="Teknisi",
    verdict="warn",
    profile="360p",
    sentence_id="Jalur sempit.",
    sentence_en="The line is narrow.",
)


def plan() -> Plan:
    return replace(make_plan(), rundown=ITEMS, pact=DOCUMENT, starts_at=NINE)


class Told(Scene):
    """`now` can be set by minutes after NINE."""

    def __init__(self, plan: Plan, sealer: Sealer | None = None, *, at: float = -30) -> None:
        self.actors: list[dict[str, str]] = []
        self.sealer = sealer
        self._numbers = count(1)
        super().__init__(plan, phase="lobby", now=round(NINE + at * MINUTE))

    def ask(self, asker: Who, command: do.Command) -> list[Event] | Refused:
        self._attribute(do.SYSTEM)
        outcome = super().ask(asker, command)
        self._attribute(asker)
        return outcome

    def _attribute(self, asker: Who) -> None:
        self.actors += [signature(asker)] * (len(self.records) - len(self.actors))

    def at(self, minutes: float) -> None:
        self.now = round(NINE + minutes * MINUTE)

    def lanjut(self) -> None:
        self.does(RINI, ask.Advance(current=self.state.rundown.current))

    def signs(
        self, code: str, person: str, strokes: tuple[Stroke, ...] = PEN, typed: str = ""
    ) -> Signature:
        """Sealed by the scene's key, as app.signing does it."""
        document = self.state.pact.document
        assert document is not None
        found = candidate(self.state, code, person, strokes, document_hash(document), typed)
        assert isinstance(found, Signature), found
        last = self.entries()[-1]
        found = replace(
            found,
            id=f"sign-{next(self._numbers)}",
            signed_at=self.now,
            journal_sequence=last.sequence,
            journal_hash=last.hash,
        )
        found = replace(found, seal=self.sealer.seal(sealed(found)) if self.sealer else "c2VhbA==")
        self.does(operator(code), ask.SignPact(room=code, signature=found))
        return found

    def rows(self) -> list[Row]:
        self._attribute(do.SYSTEM)
        acts = [
            (at, actor, [event])
            for (at, event), actor in zip(self.records, self.actors, strict=True)
        ]
        return make_rows(self.state.plan.id, (0, START), acts)

    def entries(self) -> list[Record]:
        return [record_of(row) for row in self.rows()]


def talked() -> Told:
    """An announcement; a private line that was answered and written on, one to the technicians that
    nobody answered, and one that ended when the session did."""
    scene = Told(plan(), at=0)
    scene.does(RINI, do.JoinRoom(device="hub-main"))
    rini = replace(RINI, device="hub-main")
    kukar = scene.hall(KUKAR)
    scene.does(do.SYSTEM, do.SetPublishing(device="hub-main", on=True))
    scene.does(RINI, do.SetPhase(phase="live"))
    scene.at(1)
    scene.does(rini, talk.Announce(on=True))
    scene.at(1.5)
    scene.does(rini, talk.Announce(on=False))
    scene.at(2)
    scene.does(rini, talk.CallLine(line="line-1", room=KUKAR))
    scene.at(2.1)
    scene.does(kukar, talk.AnswerLine(line="line-1"))
    scene.does(kukar, talk.WriteLine(line="line-1", text="Rahasia kami"))
    scene.does(rini, talk.WriteLine(line="line-1", text="Rahasia kita"))
    scene.at(3)
    scene.does(kukar, talk.EndLine(line="line-1"))
    scene.does(rini, talk.CallLine(line="line-2"))
    scene.at(3.5)
    scene.does(do.SYSTEM, talk.WatchLines())
    scene.at(4)
    scene.does(rini, talk.CallLine(line="line-3", room=KUKAR, voice=False))
    scene.at(5)
    scene.does(RINI, do.SetPhase(phase="closed"))
    return scene


def troubled() -> Told:
    """Pressure before the session and in it, jumps of the clock, a takeover."""
    scene = Told(plan(), at=-5)
    scene.does(do.SYSTEM, server.NotePressure(level=1, why="descriptors"))
    scene.at(-4)
    scene.does(do.SYSTEM, server.NotePressure(level=0))
    scene.at(0)
    scene.does(RINI, do.SetPhase(phase="live"))
    scene.at(1)
    scene.does(do.SYSTEM, server.NotePressure(level=1, why="media_late"))
    scene.does(do.SYSTEM, server.NotePressure(level=3, why="media_cpu"))
    scene.at(1.5)
    scene.does(do.SYSTEM, server.NotePressure(level=1, why="media_cpu"))
    scene.at(2)
    scene.does(do.SYSTEM, server.NotePressure(level=0))
    scene.does(do.SYSTEM, server.NoteClock(by_ms=3_600_000, followed=False))
    scene.at(3)
    taken = server.NoteTakeover(why="ended", epoch=7, server="https://10.0.0.5:8443", away_ms=5_000)
    scene.does(do.SYSTEM, taken)
    scene.at(4)
    scene.does(do.SYSTEM, server.NotePressure(level=5, why="media_late"))
    scene.at(5)
    scene.does(RINI, do.SetPhase(phase="closed"))
    return scene


def session(sealer: Sealer | None = None) -> Told:
    """Opened a minute late, with a pause, a mistake that was undone, a lost line, an alarm, a
    signature struck out and made anew; closed at 09:15."""
    scene = Told(plan(), sealer)
    _before(scene)
    _opening_and_roll(scene)
    _signing(scene)
    _incidents(scene)
    _end(scene)
    return scene


def _before(scene: Told) -> None:
    scene.at(-25)
    scene.does(do.SYSTEM, do.RecordTrial(room=PASER, trial=TRIAL))
    scene.at(-20)
    scene.does(RINI, do.JoinRoom(device="hub-main"))
    for code in (PASER, KUKAR):
        scene.hall(code)
    scene.at(-15)
    expected = (Expected(name="Ani", institution="KPU"), Expected(name="Budi", institution="KPU"))
    scene.does(RINI, do.ImportExpected(persons={PASER: expected}))
    scene.does(RINI, do.AllowCount(room=KUKAR, limit=14, reason="Petugas medis"))
    scene.at(-10)
    ani = do.EnterPerson(room=PASER, person="person-1", name="Ani", institution="KPU", role="KPU")
    scene.does(do.Door(room=PASER), ani)
    guest = do.EnterPerson(room=PASER, person="person-2", name="Citra", institution="", role="Pers")
    scene.does(operator(PASER), guest)
    scene.does(operator(KUKAR), do.SetCount(room=KUKAR, value=9))
    for code, people in ((PASER, ("p1", "p2")), (KUKAR, ("p1",))):
        for person in people:
            scene.does(operator(code), _naming(code, person))
        witness = Witness(name="Dewi", office="Ketua KPU")
        scene.does(operator(code), ask.SetWitnesses(room=code, witnesses=(witness,)))
    scene.at(-5)
    scene.does(RINI, ask.SendCue(cue="cue-00001", text="Bersiap"))
    scene.does(RINI, ask.SendCue(cue="cue-00002", text="Nyalakan lampu", room=KUKAR))
    scene.at(-4.5)
    scene.does(operator(PASER), ask.SeeCue(cue="cue-00001", room=PASER))
    scene.does(RINI, ask.WithdrawCue(cue="cue-00002"))


def _naming(code: str, person: str) -> ask.NameSignatory:
    return ask.NameSignatory(
        room=code, person=person, name=f"Calon {person} {code}", office="Calon Bupati"
    )


def _opening_and_roll(scene: Told) -> None:
    scene.at(1)
    scene.does(RINI, do.SetPhase(phase="live"))
    scene.lanjut()
    scene.at(3)
    scene.lanjut()
    scene.does(RINI, ask.TakeRoll())
    scene.at(5)
    berau = scene.hall(BERAU)
    scene.at(6)
    scene.does(do.SYSTEM, do.SetPublishing(device=berau.device or "", on=True))
    scene.does(RINI, ask.PauseRundown(on=True))
    scene.at(7)
    scene.does(RINI, ask.PauseRundown(on=False))
    scene.at(8)
    scene.does(do.SYSTEM, do.SetPublishing(device=berau.device or "", on=False))
    scene.at(8.5)
    scene.does(do.SYSTEM, do.SetPublishing(device=berau.device or "", on=True))


def _signing(scene: Told) -> None:
    scene.at(9)
    scene.lanjut()
    scene.does(RINI, ask.OpenPact(on=True))
    scene.at(9.3)
    scene.lanjut()
    scene.at(9.4)
    scene.does(RINI, ask.UndoRundown())
    scene.at(9.6)
    first = scene.signs(PASER, "p1")
    scene.at(9.8)
    strike = ask.StrikeSignature(room=PASER, signature=first.id, reason="Salah orang")
    scene.does(RINI, strike)
    scene.at(10)
    scene.signs(PASER, "p1")
    for minutes in (10.2, 10.4):
        scene.at(minutes)
        scene.does(do.SYSTEM, do.RecordEstimate(room=PASER, persons=13, quality="ok"))
    scene.at(10.8)
    done = do.AcknowledgeCount(room=PASER, kind="over", reason="Satu orang keluar")
    scene.does(RINI, done)
    scene.at(11)
    scene.lanjut()
    scene.signs(KUKAR, "p1")


def _incidents(scene: Told) -> None:
    kukar = f"{KUKAR}-main"
    scene.at(11.5)
    scene.does(do.SYSTEM, do.LoseDevice(device=kukar, why="heartbeat"))
    scene.at(11.75)
    scene.does(do.SYSTEM, do.ReturnDevice(device=kukar))
    scene.at(12)
    scene.does(do.SYSTEM, do.RecordEstimate(room=PASER, persons=9, quality="ok"))
    scene.does(operator(BERAU), ask.CallHelp(room=BERAU, text="Suara hilang"))
    scene.at(12.1)
    loss = Trouble(why="loss", side="up", value=12.5)
    scene.does(do.SYSTEM, ladder.LowerFallback(room=KUKAR, level="720p", trouble=loss))
    scene.does(do.SYSTEM, ladder.LowerFallback(room=KUKAR, level="360p", trouble=loss))
    scene.at(12.35)
    scene.does(do.SYSTEM, ladder.RaiseFallback(room=KUKAR, level="audio"))
    scene.at(12.4)
    scene.does(do.SYSTEM, ladder.RaiseFallback(room=KUKAR, level="360p"))
    scene.at(12.5)
    scene.does(RINI, ask.AnswerHelp(room=BERAU))


def _end(scene: Told) -> None:
    scene.does(RINI, ask.SkipItem(item="photo", on=True))
    scene.at(13)
    scene.lanjut()
    scene.at(14)
    scene.lanjut()
    scene.does(do.Door(room=PASER), do.LeavePerson(room=PASER, person="person-1"))
    scene.at(15)
    scene.does(RINI, do.SetPhase(phase="closed"))


def recorded() -> Told:
    """Three recordings: one was stopped and deleted, one ended by itself, one until the closing."""
    scene = Told(plan(), at=0)
    start = recording.StartRecording(id="r1", minutes=90, need=60, writable=True)
    scene.does(RINI, do.SetPhase(phase="live"))
    scene.does(RINI, start)
    scene.at(1)
    scene.does(do.SYSTEM, recording.WatchRecording(id="r1", interrupted=True))
    wrong = recording.WatchRecording(id="r1", interrupted=False, alarms=(("64.02", "sound"),))
    scene.does(do.SYSTEM, wrong)
    scene.at(2)
    scene.does(RINI, recording.StopRecording())
    scene.at(3)
    scene.does(RINI, replace(start, id="r2"))
    scene.at(5)
    scene.does(do.SYSTEM, recording.EndRecording(id="r2", why="disk_full"))
    scene.does(do.SYSTEM, recording.NoteDeletion(id="r1", by="Sekretariat"))
    scene.at(6)
    scene.does(RINI, replace(start, id="r3"))
    scene.at(10)
    scene.does(RINI, do.SetPhase(phase="closed"))
    return scene
