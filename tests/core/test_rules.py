"""Whatever is asked, by whomever and whenever: what holds in every state."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from tests.core.acts import (
    ACTS,
    CAP,
    CEREMONY,
    COUNTS,
    DEVICES,
    JOIN_KINDS,
    NOT_JOINED,
    OFFICE,
    POLICIES,
    ROOMS,
    RUNDOWN,
    SERVER,
    SIGNERS,
    TALK,
)
from tests.core.scene import HUB, MODERATOR, make_plan
from vicon.core import (
    alarms,
    broadcasts,
    layout,
    mics,
    pact,
    presentations,
    readiness,
    recordings,
    rooms,
    voices,
)
from vicon.core import commands as do
from vicon.core import commands_ceremony as ask
from vicon.core import commands_office as office
from vicon.core import commands_talk as talk
from vicon.core.decide import decide
from vicon.core.events import Event, LimitChanged, MicLockChanged
from vicon.core.events_talk import LineAnswered
from vicon.core.evolve import evolve, replay
from vicon.core.headcount import checked_in, effective
from vicon.core.model import PROGRAMME, Actor, Conference, Policy
from vicon.core.pactwords import document_hash
from vicon.core.profile import Fallback, least
from vicon.core.refusals import Refused, Who
from vicon.core.rundown import timing
from vicon.core.views import hand, mic, presence


class AnyConference(RuleBasedStateMachine):
    state: Conference

    @initialize(policy=POLICIES)
    def begin(self, policy: Policy) -> None:
        self.now = 1_000
        self.cap = CAP
        self.records: list[tuple[int, Event]] = []
        self.current: Conference | None = None
        plan = replace(make_plan(cap=CAP, policy=policy), rundown=RUNDOWN)
        self.submit(do.SYSTEM, do.Create(plan=plan))
        self.submit(do.SYSTEM, do.SetPhase(phase="lobby"))

    def submit(self, asker: Who, command: do.Command) -> None:
        before = self.current
        frozen = msgspec.json.encode(before)
        outcome = decide(before, asker, command, self.now)
        assert msgspec.json.encode(before) == frozen, "deciding changed the state"
        if isinstance(outcome, Refused):
            return
        for event in outcome:
            self.current = evolve(self.current, event, self.now)
            self.records.append((self.now, event))
            encoded = msgspec.json.encode(event)
            assert msgspec.json.decode(encoded, type=Event) == event
        if before is not None:
            assert msgspec.json.encode(before) == frozen, "evolving changed the past"
            assert self.current is not None
            self.limits_kept(before, self.current)
        assert self.current is not None
        self.state = self.current

    def limits_kept(self, before: Conference, after: Conference) -> None:
        """No act raises a count above its limit; only lowering a limit leaves one above."""
        for code, room in after.rooms.items():
            then = (effective(before, code) or 0) if code in before.rooms else 0
            now = effective(after, code) or 0
            assert now <= max(room.limit, then)

    @rule(by=st.integers(1, 1_200))
    def time_passes(self, by: int) -> None:
        self.now += by

    @rule(
        actor=NOT_JOINED,
        device=DEVICES,
        kind=JOIN_KINDS,
        take_over=st.booleans(),
        shared=st.booleans(),
        consent=st.booleans(),
        outside=st.sampled_from([False, False, True]),
        plays=st.sampled_from([PROGRAMME, HUB, *ROOMS, "64.99"]),
    )
    def join(self, actor: Actor, device: str, outside: bool, plays: str, **choices: Any) -> None:
        """`outside`: a player, if the link belongs to no room, else an encoder."""
        if outside and actor.room is None:
            choices |= {"via": "whep", "plays": plays}
        elif outside:
            choices |= {"via": "whip", "kind": "main"}
        self.submit(actor, do.JoinRoom(device=device, **choices))

    @rule(actor=NOT_JOINED, command=st.one_of(*ACTS, *COUNTS, *CEREMONY, *TALK))
    def a_link_asks(self, actor: Actor, command: do.Command) -> None:
        self.submit(actor, command)

    @rule(pick=st.integers(0, 11), command=st.one_of(*ACTS, *COUNTS, *CEREMONY, *TALK))
    def a_device_asks(self, pick: int, command: do.Command) -> None:
        devices = list(self.state.devices.values())
        if devices:
            device = devices[pick % len(devices)]
            asker = Actor(role=device.role, name="n", room=device.room, device=device.id)
            self.submit(asker, command)

    @rule(command=st.one_of(*SERVER))
    def the_server_asks(self, command: do.Command) -> None:
        self.submit(do.SYSTEM, command)

    @rule(command=st.one_of(*OFFICE))
    def the_organizer_asks(self, command: do.Command) -> None:
        self.submit(do.Organizer(name="p"), command)

    @rule(sure=st.integers(0, 9))
    def the_conference_is_put_away_and_comes_back(self, sure: int) -> None:
        if sure < 9 or self.state.phase == "live":
            return
        self.submit(do.Organizer(name="p"), office.ArchiveConference())
        assert not self.state.devices
        join = do.JoinRoom(device="late")
        assert decide(self.state, MODERATOR, join, self.now) == Refused("archived")
        self.submit(do.Organizer(name="p"), office.RestoreConference())
        assert not self.state.archived

    @invariant()
    def what_is_recorded_is_said_and_ends_with_the_session(self) -> None:
        recording = self.state.recording
        if recording is None:
            return
        on = recording.ended_at is None
        assert on == (recordings.running(self.state) is not None) == (recording.why is None)
        assert recording.by
        assert not (on and self.state.phase not in ("lobby", "live"))
        assert on or not (recording.alarms or recording.interrupted_at)

    @invariant()
    def what_is_broadcast_is_said_and_is_what_the_halls_hear_and_see(self) -> None:
        state = self.state
        broadcast = state.broadcast
        if broadcast is not None:
            on = broadcast.ended_at is None
            assert on == (broadcasts.running(state) is not None) == (broadcast.why is None)
            assert broadcast.by
            assert not (on and state.phase not in ("lobby", "live"))
            assert on or not (broadcast.alarms or broadcast.interrupted_at)
        shown = broadcasts.shown(state)
        assert len(shown) == len(set(shown)) <= 2
        assert bool(shown) == (state.phase == "live")
        assert not (state.black and shown and shown != (state.plan.hub.code,))
        for code, device in layout.sources(state).items():
            if broadcasts.heard(state, device):
                assert state.phase == "live"
                assert mics.heard(state, code)
                assert voices.goes(state, device.id) == "programme"
                assert not state.black or rooms.is_hub(state, code)

    @invariant()
    def pictures_give_way_in_their_order_and_sound_never(self) -> None:
        level = self.state.pressure.level
        assert 0 <= level <= 5
        eased = replace(self.state, pressure=type(self.state.pressure)())
        sound = {(w.receiver, w.room, w.sender) for w in layout.routes(eased) if w.audio}
        wants = layout.routes(self.state)
        assert {(w.receiver, w.room, w.sender) for w in wants if w.audio} == sound
        shown = [w for w in wants if w.video]
        assert not (level >= 5 and shown)
        assert not (level >= 3 and any(w.size == "thumbnail" and w.rank == 2 for w in shown))
        assert not (level < 2 and any(w.least for w in shown))
        assert len(shown) == len([w for w in layout.routes(eased) if w.video]) or level >= 3

    @invariant()
    def what_is_known_of_rooms_is_of_rooms_of_the_plan(self) -> None:
        state, plan = self.state, self.state.plan
        assert list(state.rooms) == [room.code for room in (plan.hub, *plan.rooms)]
        assert {d.room for d in state.devices.values()} <= {*state.rooms, None}
        assert {*state.roll, *state.pact.signatories, *state.hands} <= {*state.rooms} - {HUB}
        assert {item.room for item in state.rundown.items} <= {*state.rooms, None}

    @rule(phase=st.sampled_from(["draft", "lobby", "live", "live", "live"]))
    def the_phase_is_set(self, phase: Any) -> None:
        self.submit(Actor(role="moderator", name="m", room=HUB), do.SetPhase(phase=phase))

    @rule(sure=st.integers(0, 19))
    def the_conference_ends(self, sure: int) -> None:
        if sure == 19:
            self.submit(do.SYSTEM, do.SetPhase(phase="closed"))
            assert not self.state.devices

    @invariant()
    def history_makes_the_state(self) -> None:
        assert replay(self.records) == self.current

    @invariant()
    def the_floor_is_held_by_a_hall_that_has_a_camera(self) -> None:
        floor = self.state.floor
        assert floor is None or self.state.rooms[floor].main is not None
        assert floor != HUB
        assert self.state.next is None or self.state.next not in (floor, HUB)

    @invariant()
    def counts_are_neither_negative_nor_above_what_was_ever_allowed(self) -> None:
        allowed: dict[str, int] = {}
        self.cap = max(self.cap, self.state.plan.hub.cap)
        for _, event in self.records:
            if isinstance(event, LimitChanged):
                allowed[event.room] = max(event.limit, allowed.get(event.room, 0))
        for code, room in self.state.rooms.items():
            assert 0 <= (effective(self.state, code) or 0) <= max(self.cap, allowed.get(code, 0))
            assert room.tally is None or room.tally >= 0
            cap = room.plan.cap
            assert room.limit == cap or (room.limit > cap and room.limit_reason)

    @invariant()
    def nobody_is_on_a_list_twice_at_a_time(self) -> None:
        for code, room in self.state.rooms.items():
            there = [one for one in room.attendance.values() if one.present]
            names = {(" ".join(one.name.split()).casefold(), one.institution) for one in there}
            assert len(names) == len(there) == checked_in(self.state, code)
            for one in room.attendance.values():
                ends = [t for v in one.visits for t in (v.entered_at, v.left_at) if t is not None]
                assert ends == sorted(ends)

    @invariant()
    def signs_say_what_is_so_and_alarms_stand_on_signs(self) -> None:
        for code, room in self.state.rooms.items():
            if self.state.phase not in ("lobby", "live"):
                continue
            assert (room.over_since is not None) == alarms.over(self.state, code)
            assert (room.mismatch_since is not None) == alarms.mismatch(self.state, code)
            for kind, alarm in room.alarms.items():
                since = room.over_since if kind == "over" else room.mismatch_since
                assert alarm.ended_at is not None or since is not None
                assert not (alarm.by and alarm.ended_at is not None)
                assert bool(alarm.by) == bool(alarm.reason)
                assert not alarm.locked or room.mic_lock or self.unlocked(code)

    def unlocked(self, code: str) -> bool:
        """A moderator may take the lock away."""
        return any(e == MicLockChanged(room=code, on=False) for _, e in self.records)

    @invariant()
    def a_main_camera_is_a_device_of_its_room_and_the_only_one(self) -> None:
        for code, room in self.state.rooms.items():
            mains = [
                device.id
                for device in self.state.devices.values()
                if device.room == code and device.kind == "main"
            ]
            assert mains == ([room.main] if room.main else [])

    @rule()
    def the_space_bar(self) -> None:
        """Lanjut as the page asks for it."""
        command = ask.Advance(current=self.state.rundown.current)
        self.submit(Actor(role="moderator", name="m", room=HUB), command)

    @invariant()
    def one_item_runs_and_it_is_the_current_one(self) -> None:
        rundown = self.state.rundown
        running = [id for id, run in rundown.runs.items() if run.ended_at is None]
        assert running == ([rundown.current] if rundown.current is not None else [])
        assert rundown.paused_at is None or rundown.current is not None
        assert set(rundown.runs) - {"no"} <= {item.id for item in rundown.items} | {
            id for id, run in rundown.runs.items() if run.skipped
        }
        found = timing(self.state, self.now)
        assert found.elapsed >= 0
        for run in rundown.runs.values():
            assert run.ended_at is None or run.ended_at - run.started_at >= run.paused_ms

    @invariant()
    def who_is_beside_or_pinned_has_a_camera(self) -> None:
        for code in (self.state.beside, self.state.pinned):
            assert code is None or self.state.rooms[code].main is not None
        assert self.state.beside is None or self.state.beside != rooms.on_air(self.state)

    @invariant()
    def hands_are_of_rooms_with_devices_and_only_once(self) -> None:
        hands = self.state.hands
        here = {device.room for device in self.state.devices.values()}
        assert len(set(hands)) == len(hands)
        assert set(hands) <= here - {HUB, None}

    @invariant()
    def connected_devices_were_not_lost(self) -> None:
        for device in self.state.devices.values():
            assert device.connected == (device.lost_since is None)

    @invariant()
    def under_a_lock_only_hub_floor_and_who_was_asked_are_open(self) -> None:
        asked: set[str] = set()
        for _, event in self.records:
            kind = type(event).__name__
            if kind == "MicAsked":
                asked.add(event.room)  # type: ignore[union-attr, arg-type]
        for code, room in self.state.rooms.items():
            if room.mic and mics.locked(self.state, code):
                assert code in (self.state.floor, self.state.beside) or code in asked
            assert not (room.mic and room.mic_asked)

    @invariant()
    def every_view_can_be_made(self) -> None:
        for code in self.state.rooms:
            presence(self.state, code)
            mic(self.state, code)
            hand(self.state, code)

    @invariant()
    def readiness_is_told_of_every_room(self) -> None:
        total = readiness.overall(self.state, self.now)
        assert sum(total) == len(self.state.plan.rooms)
        for code, room in self.state.rooms.items():
            found = readiness.readiness(self.state, code, self.now)
            assert bool(found.id) == bool(found.en) == (found.state != "ready")
            assert (found.state == "untested") == (room.trial is None)
            if readiness.blocked(self.state, code):
                assert found.state in ("not_ready", "untested")
                assert self.state.plan.policy.gate
                assert not room.override

    @invariant()
    def routes_fit_the_slots_and_nobody_receives_the_own_room(self) -> None:
        for want in self.shown():
            receiver, sender = self.state.devices[want.receiver], self.state.devices[want.sender]
            code = sender.room or ""
            assert want.room == (receiver.plays or code)
            assert code != receiver.room
            assert receiver.via != "whip"
            assert self.state.rooms[code].main == want.sender
            slots = layout.slots_for(self.state, want.receiver)
            assert {(want.room, "audio"), (want.room, "video")} <= set(slots)
            assert not want.audio or self.state.rooms[code].mic

    def shown(self) -> list[layout.Want]:
        """Of the programme."""
        beside = (voices.ANNOUNCE, voices.LINE, presentations.PRESENT)
        return [want for want in layout.routes(self.state) if want.room not in beside]

    def heard(self, slot: str) -> list[layout.Want]:
        return [want for want in layout.routes(self.state) if want.room == slot]

    @invariant()
    def one_is_presented_to_everybody_and_who_speaks_is_not_lost(self) -> None:
        wants = self.heard(presentations.PRESENT)
        assert len({want.sender for want in wants}) <= 1
        known = self.state.presentation
        assert known is not None or not wants
        if known is None:
            return
        device = self.state.devices[known.device]
        assert (device.kind, device.room) == (known.kind, known.room)
        for want in wants:
            assert want.sender == device.id != want.receiver
            assert want.video
            assert not want.audio
            assert not self.state.black
            assert (presentations.PRESENT, "video") in layout.slots_for(self.state, want.receiver)
        if wants:
            assert all(want.size != "large" for want in self.shown() if not self.plays(want))

    def plays(self, want: layout.Want) -> bool:
        return self.state.devices[want.receiver].via == "whep"

    @invariant()
    def nobody_but_the_two_hears_a_line(self) -> None:
        """Neither another device, nor the programme; and never a microphone that its operator has
        not given."""
        ends = {
            frozenset((line.caller, line.answerer))
            for line in voices.standing(self.state)
            if line.voice == "on"
        }
        on_lines = {device for pair in ends for device in pair}
        answered = [e for _, e in self.records if isinstance(e, LineAnswered)]
        for want in self.heard(voices.LINE):
            assert want.audio
            assert not want.video
            assert want.rank == 0
            assert frozenset((want.receiver, want.sender)) in ends
            assert (voices.LINE, "audio") in layout.slots_for(self.state, want.receiver)
        for want in self.shown():
            assert not (want.audio and want.sender in on_lines)
        for line in voices.standing(self.state):
            assert (line.voice == "on") == (line.answerer is not None)
            assert (line.voice == "ringing") == (line.rung_at is not None)
            assert line.caller in self.state.devices
            if line.answerer is not None:
                given = next(e for e in reversed(answered) if e.line == line.id)
                assert given.device == line.answerer
                assert self.state.devices[line.answerer].room == (line.room or None)

    @invariant()
    def a_device_is_on_one_line_and_a_hall_on_air_on_none(self) -> None:
        lines = voices.standing(self.state)
        ends = [end for line in lines for end in (line.caller, line.answerer) if end is not None]
        assert len(set(ends)) == len(ends)
        for code in rooms.on_stage(self.state) - {HUB}:
            assert self.state.rooms[code].main not in ends
            assert all(line.voice != "ringing" for line in lines if line.room == code)

    @invariant()
    def one_announces_and_only_halls_hear_it(self) -> None:
        said = self.state.announcement
        wants = self.heard(voices.ANNOUNCE)
        assert said is not None or not wants
        if said is None:
            return
        assert self.state.devices[said.device].connected
        for want in wants:
            receiver = self.state.devices[want.receiver]
            assert want.sender == said.device
            assert receiver.role == "operator"
            assert receiver.room not in (HUB, None)
            assert (voices.ANNOUNCE, "audio") in layout.slots_for(self.state, want.receiver)
        assert all(want.sender != said.device for want in self.heard(voices.LINE))
        assert not any(w.audio and w.sender == said.device for w in self.shown())

    @invariant()
    def a_device_sends_sound_only_where_it_is_heard(self) -> None:
        for device in self.state.devices.values():
            wish = layout.send_wish(self.state, device.id)
            assert wish is None or not wish.audio or device.kind not in ("document", "screen")
            if wish is None or not wish.audio:
                continue
            speaks = voices.goes(self.state, device.id) != "programme"
            assert speaks or mics.heard(self.state, device.room or "")
            shown = device.kind == "main" and device.camera
            assert wish.video == (shown and layout.pictured(self.state, device.room or ""))

    @invariant()
    def a_fallback_plan_moves_below_its_ceiling_and_takes_pictures_alone(self) -> None:
        for code, room in self.state.rooms.items():
            plan = room.fallback
            assert plan.pinned or least(plan.level, plan.ceiling) == plan.level
            assert plan.trouble is None or plan.level != plan.ceiling
            assert code != HUB or plan == Fallback()
        for want in self.shown():
            level = layout.level_of(self.state, want.room) if want.room in self.state.rooms else ""
            assert not (want.video and level == "audio")
            assert not (want.video and level == "360p" and want.height > 360)


TestAnyConference = AnyConference.TestCase
TestAnyConference.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


class ALiveCeremony(AnyConference):
    """All halls are here and the session is live from the beginning, so that much happens."""

    @initialize(policy=POLICIES)
    def begin(self, policy: Policy) -> None:
        super().begin(policy)
        for number, code in enumerate([HUB, *ROOMS]):
            role: Any = "moderator" if code == HUB else "operator"
            self.submit(Actor(role=role, name="n", room=code), do.JoinRoom(device=f"d{number}"))
            self.submit(MODERATOR, do.AdmitDevice(device=f"d{number}"))
            self.submit(do.SYSTEM, do.SetPublishing(device=f"d{number}", on=True))
        self.submit(do.SYSTEM, do.SetPhase(phase="live"))

    @rule(command=st.one_of(*CEREMONY))
    def the_moderator_guides(self, command: do.Command) -> None:
        self.submit(MODERATOR, command)

    @rule(command=st.one_of(*COUNTS))
    def the_moderator_counts(self, command: do.Command) -> None:
        self.submit(MODERATOR, command)

    @rule(persons=st.none() | st.integers(0, CAP + 3), room=st.sampled_from(ROOMS))
    def a_camera_is_looked_at_twice(self, persons: int | None, room: str) -> None:
        quality: Any = "dark" if persons is None else "ok"
        for _ in range(2):
            look = do.RecordEstimate(room=room, persons=persons, quality=quality)
            self.submit(do.SYSTEM, look)

    @rule(
        room=st.sampled_from(ROOMS),
        person=SIGNERS,
        number=st.integers(0, 2),
        typed=st.sampled_from(["", "", "siti", "Lain"]),
    )
    def somebody_signs(self, room: str, person: str, number: int, typed: str) -> None:
        document = self.state.pact.document
        digest = document_hash(document) if document is not None else ""
        drawn = () if typed else ((0, 0, 500, 500),)
        found = pact.candidate(self.state, room, person, drawn, digest, typed)
        if isinstance(found, Refused):
            return
        signature = replace(found, id=f"s{number}", signed_at=self.now, seal="c2VhbA==")
        asker = Actor(role="operator", name="o", room=room)
        self.submit(asker, ask.SignPact(room=room, signature=signature))

    @invariant()
    def each_signs_once_and_for_the_document_that_stands(self) -> None:
        signed = [one for one in self.state.pact.signatures if not one.struck_by]
        assert len({(one.room, one.person) for one in signed}) == len(signed)
        document = self.state.pact.document
        for one in signed:
            assert document is not None
            assert one.document == document_hash(document)
            assert one.witnesses
            assert bool(one.strokes) != (one.typed.casefold() == one.name.casefold())
            assert one.person in {who.id for who in self.state.pact.signatories[one.room]}
        assert 0 <= pact.board(self.state).signed <= pact.board(self.state).rooms

    @rule(command=st.one_of(*TALK), pick=st.integers(0, len(ROOMS)))
    def somebody_talks(self, command: Any, pick: int) -> None:
        """The moderator, or the hall's main device."""
        device = f"d{pick}"
        known = self.state.devices.get(device)
        if known is not None:
            asker = Actor(role=known.role, name="n", room=known.room, device=device)
            self.submit(asker, command)

    @rule(line=st.sampled_from(["line-0001", "line-0002"]), pick=st.integers(1, len(ROOMS)))
    def a_hall_is_called_and_answers(self, line: str, pick: int) -> None:
        for device, command in (
            ("d0", talk.CallLine(line=line, room=ROOMS[pick - 1])),
            (f"d{pick}", talk.AnswerLine(line=line)),
        ):
            known = self.state.devices.get(device)
            if known is not None:
                asker = Actor(role=known.role, name="n", room=known.room, device=device)
                self.submit(asker, command)

    @rule()
    def the_last_step_is_taken_back(self) -> None:
        self.submit(MODERATOR, ask.UndoRundown())


TestALiveCeremony = ALiveCeremony.TestCase
TestALiveCeremony.settings = TestAnyConference.settings
