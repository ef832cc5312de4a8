"""An announcement to all halls, and private lines: what is heard by whom, and how it ends."""

from __future__ import annotations

import pytest

from tests.core.scene import BERAU, HUB, KUKAR, PASER, Scene, make_plan
from vicon.core import commands as do
from vicon.core import commands_ceremony as ask
from vicon.core import commands_talk as talk
from vicon.core.events_talk import AnnounceEnded, LineEnded, LineQuieted, LineWritten
from vicon.core.layout import Want, routes, send_wish, slots_for
from vicon.core.lines import due, next_end
from vicon.core.model import Actor, Policy
from vicon.core.talk import RING_MS, TECHNICIANS, Line
from vicon.core.voices import ANNOUNCE, LINE

CALL = talk.CallLine(line="l-1", room=KUKAR)


class Talks:
    """Hub and three halls, all sending, and a technician's page that can talk."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.scene = scene = Scene(make_plan(policy=policy))
        self.moderator = scene.moderator()
        self.halls = {code: scene.hall(code) for code in (PASER, KUKAR, BERAU)}
        self.technician = scene.joins("tech", "technician", None, kind="voice")
        for device in list(scene.state.devices):
            scene.does(do.SYSTEM, do.SetPublishing(device=device, on=True))

    @property
    def kukar(self) -> Actor:
        return self.halls[KUKAR]

    def line(self, room: str = KUKAR) -> Line:
        return self.scene.state.lines[room]

    def hears(self, slot: str) -> set[tuple[str, str]]:
        """Receiver and sender."""
        wants = [want for want in routes(self.scene.state) if want.room == slot]
        assert all(want.audio and not want.video for want in wants)
        return {(want.receiver, want.sender) for want in wants}

    def programme_of(self, device: str) -> list[Want]:
        """Who hears a device in the programme."""
        return [
            want
            for want in routes(self.scene.state)
            if want.sender == device and want.audio and not want.room.startswith("@")
        ]

    def talk(self, caller: Actor | None = None) -> None:
        """Called and answered."""
        self.scene.does(caller or self.moderator, CALL)
        self.scene.does(self.kukar, talk.AnswerLine(line="l-1"))


def test_an_announcement_is_heard_in_every_hall_and_nowhere_else() -> None:
    talks = Talks()
    scene = talks.scene
    scene.joins("obs", "observer", None)
    scene.does(talks.moderator, do.GiveFloor(room=PASER))
    before = scene.state
    scene.does(talks.moderator, talk.Announce(on=True))
    mains = {actor.device for actor in talks.halls.values()}
    assert talks.hears(ANNOUNCE) == {(device, "hub-main") for device in mains}
    assert scene.state.floor == PASER, "whoever has the floor keeps it"
    assert scene.state.rooms == before.rooms
    assert talks.programme_of("hub-main") == [], "it is not heard twice"
    assert len(talks.programme_of("64.01-main")) == 4, "whoever speaks goes on being heard"
    scene.does(talks.moderator, talk.Announce(on=False))
    assert talks.hears(ANNOUNCE) == set()
    assert scene.state == before


def test_a_second_moderator_does_not_announce_meanwhile_and_ends_nothing() -> None:
    talks = Talks()
    second = talks.scene.joins("desk", "moderator", HUB)
    talks.scene.does(talks.moderator, talk.Announce(on=True))
    assert talks.scene.refuses(second, talk.Announce(on=True)) == "announcing_already"
    assert talks.scene.does(second, talk.Announce(on=False)) == []
    assert talks.scene.does(talks.moderator, talk.Announce(on=True)) == []
    talks.scene.does(talks.moderator, talk.Announce(on=False))
    talks.scene.does(second, talk.Announce(on=True))
    assert {sender for _, sender in talks.hears(ANNOUNCE)} == {"desk"}
    wish = send_wish(talks.scene.state, "desk")
    assert wish is not None
    assert (wish.audio, wish.video) == (True, False)


def test_an_announcement_ends_with_its_link_and_with_the_session() -> None:
    talks = Talks()
    talks.scene.does(talks.moderator, talk.Announce(on=True))
    ended = talks.scene.does(do.SYSTEM, do.LoseDevice(device="hub-main"))
    assert ended[-1] == AnnounceEnded(why="lost")
    talks.scene.returns(talks.moderator)
    assert talks.scene.state.announcement is None
    talks.scene.does(talks.moderator, talk.Announce(on=True))
    assert AnnounceEnded(why="closed") in talks.scene.does(do.SYSTEM, do.SetPhase(phase="closed"))


def test_a_phone_hears_an_announcement_where_the_hall_itself_has_no_sound() -> None:
    talks = Talks()
    talks.scene.phone(KUKAR)
    talks.scene.does(talks.moderator, talk.Announce(on=True))
    phone = f"{KUKAR}-phone-1"
    assert phone not in {receiver for receiver, _ in talks.hears(ANNOUNCE)}
    talks.scene.does(talks.moderator, do.RemoveDevice(device=f"{KUKAR}-main"))
    assert phone in {receiver for receiver, _ in talks.hears(ANNOUNCE)}


@pytest.mark.parametrize("who", ["moderator", "technician"])
def test_both_hear_each_other_once_it_is_answered_and_only_they(who: str) -> None:
    talks = Talks()
    caller: Actor = getattr(talks, who)
    talks.scene.does(caller, CALL)
    assert talks.hears(LINE) == set(), "nobody is heard before the answer"
    main = talks.kukar.device or ""
    muted = send_wish(talks.scene.state, main)
    talks.scene.does(talks.kukar, talk.AnswerLine(line="l-1"))
    pair = {(caller.device, main), (main, caller.device)}
    assert talks.hears(LINE) == pair
    for device in (main, caller.device or ""):
        assert talks.programme_of(device) == []
        wish = send_wish(talks.scene.state, device)
        assert wish is not None
        assert wish.audio
    assert len(talks.programme_of("64.01-main")) == 3
    talks.scene.does(talks.kukar, talk.EndLine(line="l-1"))
    assert talks.hears(LINE) == set()
    assert send_wish(talks.scene.state, main) == muted
    assert talks.line().ended == "hung_up"


def test_a_line_opens_no_microphone_of_the_programme() -> None:
    talks = Talks(Policy(mute_lock=True))
    talks.talk()
    assert not talks.scene.mic(KUKAR)
    wish = send_wish(talks.scene.state, f"{KUKAR}-main")
    assert wish is not None
    assert wish.audio, "the line alone has it"
    talks.scene.does(talks.moderator, talk.EndLine(line="l-1"))
    assert not talks.scene.mic(KUKAR)
    assert talks.programme_of(f"{KUKAR}-main") == []


def test_nobody_else_of_the_conference_answers_hangs_up_or_writes() -> None:
    talks = Talks()
    talks.scene.does(talks.moderator, CALL)
    for other in (talks.halls[PASER], talks.technician):
        for command in (
            talk.AnswerLine(line="l-1"),
            talk.DeclineLine(line="l-1"),
            talk.WriteLine(line="l-1", text="Halo"),
            talk.EndLine(line="l-1"),
        ):
            assert talks.scene.refuses(other, command) == "not_allowed"
    assert talks.line().voice == "ringing"


def test_it_rings_thirty_seconds_at_most() -> None:
    talks = Talks()
    talks.scene.does(talks.technician, CALL)
    assert next_end(talks.scene.state) == talks.scene.now + RING_MS
    talks.scene.now += RING_MS - 1
    assert not due(talks.scene.state, talks.scene.now)
    assert talks.scene.does(do.SYSTEM, talk.WatchLines()) == []
    talks.scene.now += 1
    assert due(talks.scene.state, talks.scene.now)
    ended = talks.scene.does(do.SYSTEM, talk.WatchLines())
    assert ended == [LineEnded(room=KUKAR, line="l-1", why="unanswered")]
    assert talks.scene.refuses(talks.kukar, talk.AnswerLine(line="l-1")) == "line_gone"


@pytest.mark.parametrize("how", ["declined", "unanswered", "on_air"])
def test_a_line_that_was_written_on_stays_without_voices(how: str) -> None:
    talks = Talks()
    talks.scene.does(talks.moderator, CALL)
    written = talks.scene.does(
        talks.kukar, talk.WriteLine(line="l-1", text="Sedang rapat\nsebentar")
    )
    assert written == [LineWritten(room=KUKAR, line="l-1", side="called")]
    if how == "declined":
        quiet = talks.scene.does(talks.kukar, talk.DeclineLine(line="l-1"))
    elif how == "unanswered":
        talks.scene.now += RING_MS
        quiet = talks.scene.does(do.SYSTEM, talk.WatchLines())
    else:
        quiet = talks.scene.does(talks.moderator, do.GiveFloor(room=KUKAR))
    assert quiet[-1] == LineQuieted(room=KUKAR, line="l-1", why=how)  # type: ignore[arg-type]
    assert (talks.line().voice, talks.line().texts) == ("off", 1)
    talks.scene.does(talks.moderator, talk.WriteLine(line="l-1", text="Baik"))
    if how != "on_air":
        talks.scene.does(talks.moderator, talk.RingLine(line="l-1"))
        talks.scene.does(talks.kukar, talk.AnswerLine(line="l-1"))
        assert talks.line().voice == "on"


def test_a_hall_that_comes_on_air_is_no_longer_spoken_with() -> None:
    """Its microphone is the programme's from the same moment."""
    talks = Talks()
    talks.talk()
    main = f"{KUKAR}-main"
    assert talks.programme_of(main) == []
    ended = talks.scene.does(talks.moderator, do.GiveFloor(room=KUKAR))
    assert ended[-1] == LineEnded(room=KUKAR, line="l-1", why="on_air")
    assert talks.hears(LINE) == set()
    assert len(talks.programme_of(main)) == 3


def test_a_hall_on_air_is_not_rung_but_may_be_written_to_and_its_phone_may_talk() -> None:
    talks = Talks()
    talks.scene.does(talks.moderator, do.GiveFloor(room=KUKAR))
    assert talks.scene.refuses(talks.technician, CALL) == "line_on_air"
    talks.scene.does(talks.technician, talk.CallLine(line="l-2", room=KUKAR, voice=False))
    talks.scene.does(talks.kukar, talk.WriteLine(line="l-2", text="Ya?"))
    assert talks.scene.refuses(talks.technician, talk.RingLine(line="l-2")) == "line_on_air"
    talks.scene.does(talks.moderator, ask.SetBeside(room=PASER))
    phone = talks.scene.phone(PASER)
    assert (
        talks.scene.refuses(talks.moderator, talk.CallLine(line="l-3", room=PASER)) == "line_on_air"
    )
    talks.scene.does(talks.moderator, ask.SetBeside(room=None))
    talks.scene.does(talks.moderator, talk.CallLine(line="l-3", room=PASER))
    talks.scene.does(phone, talk.AnswerLine(line="l-3"))
    talks.scene.does(talks.moderator, do.GiveFloor(room=PASER))
    assert talks.hears(LINE) == {("hub-main", phone.device), (phone.device, "hub-main")}
    assert talks.programme_of(f"{PASER}-main"), "the hall's own microphone is the programme's"


def test_one_line_to_a_room_and_one_of_each_caller() -> None:
    talks = Talks()
    talks.scene.does(talks.moderator, CALL)
    assert talks.scene.does(talks.moderator, CALL) == [], "asked twice"
    other = talk.CallLine(line="l-2", room=KUKAR)
    assert talks.scene.refuses(talks.technician, other) == "line_busy"
    further = talk.CallLine(line="l-2", room=PASER)
    assert talks.scene.refuses(talks.moderator, further) == "line_already"
    own = talk.CallLine(line="l-2", room=HUB)
    assert talks.scene.refuses(talks.moderator, own) == "not_allowed"
    talks.scene.does(talks.moderator, do.RemoveDevice(device=f"{PASER}-main"))
    assert talks.scene.refuses(talks.technician, further) == "line_nobody"


def test_a_moderator_calls_whichever_technician_answers() -> None:
    talks = Talks()
    call = talk.CallLine(line="l-t", room=None)
    assert talks.scene.refuses(talks.technician, call) == "not_allowed"
    talks.scene.does(talks.moderator, call)
    second = talks.scene.joins("desk", "moderator", HUB)
    again = talk.CallLine(line="l-u", room=None)
    assert talks.scene.refuses(second, again) == "technicians_busy"
    assert talks.scene.refuses(talks.kukar, talk.AnswerLine(line="l-t")) == "not_allowed"
    talks.scene.does(talks.technician, talk.AnswerLine(line="l-t"))
    assert talks.line(TECHNICIANS).answerer == "tech"
    assert talks.hears(LINE) == {("hub-main", "tech"), ("tech", "hub-main")}
    assert talks.scene.refuses(talks.technician, CALL) == "line_already"


def test_a_lost_device_keeps_its_line_for_its_grace() -> None:
    talks = Talks(Policy(companion_grace_ms=60_000))
    talks.talk(talks.technician)
    talks.scene.loses(talks.technician)
    assert talks.line().ended is None
    talks.scene.now += 59_000
    talks.scene.does(do.SYSTEM, do.ExpireDevices())
    assert talks.line().ended is None
    talks.scene.now += 1_000
    ended = talks.scene.does(do.SYSTEM, do.ExpireDevices())
    assert ended[-1] == LineEnded(room=KUKAR, line="l-1", why="lost")
    assert talks.hears(LINE) == set()


def test_a_line_ends_with_the_session_and_with_who_leaves() -> None:
    talks = Talks()
    talks.talk()
    ended = talks.scene.does(talks.kukar, do.LeaveRoom())
    assert ended[-1] == LineEnded(room=KUKAR, line="l-1", why="left")
    talks.scene.does(talks.technician, talk.CallLine(line="l-2", room=BERAU))
    closed = talks.scene.does(do.SYSTEM, do.SetPhase(phase="closed"))
    assert closed[-1] == LineEnded(room=BERAU, line="l-2", why="closed")


def test_who_announces_while_on_a_line_speaks_to_the_halls_alone() -> None:
    talks = Talks()
    talks.talk()
    talks.scene.does(talks.moderator, talk.Announce(on=True))
    assert talks.hears(LINE) == {("hub-main", f"{KUKAR}-main")}
    assert (f"{KUKAR}-main", "hub-main") in talks.hears(ANNOUNCE)
    talks.scene.does(talks.moderator, talk.Announce(on=False))
    assert len(talks.hears(LINE)) == 2


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 501, "a\x07b"])
def test_what_cannot_be_shown_is_not_taken(text: str) -> None:
    talks = Talks()
    talks.scene.does(talks.moderator, CALL)
    assert talks.scene.refuses(talks.moderator, talk.WriteLine(line="l-1", text=text)) == "bad_cue"


def test_a_page_that_only_talks_receives_no_picture() -> None:
    talks = Talks()
    assert slots_for(talks.scene.state, "tech") == [(LINE, "audio")]
    assert not [want for want in routes(talks.scene.state) if want.receiver == "tech"]
    assert send_wish(talks.scene.state, "tech") is None
    talks.scene.does(talks.technician, CALL)
    wish = send_wish(talks.scene.state, "tech")
    assert wish is not None
    assert (wish.audio, wish.video) == (False, False), "ready, and not heard yet"


def test_an_observer_and_a_player_have_no_place_for_it() -> None:
    talks = Talks()
    talks.scene.joins("obs", "observer", None)
    slots = slots_for(talks.scene.state, "obs")
    assert not [slot for slot in slots if slot[0] in (ANNOUNCE, LINE)]
