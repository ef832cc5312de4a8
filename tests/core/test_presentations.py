"""A screen or documents that everybody sees large, with who speaks beside them."""

from __future__ import annotations

import pytest

from tests.core.scene import BERAU, HUB, KUKAR, PASER, Scene
from vicon.core import commands as do
from vicon.core import commands_ceremony as ask
from vicon.core import headcount
from vicon.core.commands_fallback import PinFallback
from vicon.core.commands_server import NotePressure
from vicon.core.events import DeviceLeft
from vicon.core.events_ceremony import PresentationEnded, PresentationShown
from vicon.core.layout import Want, receive_wishes, routes, send_wish, slots_for
from vicon.core.model import Actor
from vicon.core.presentations import PRESENT
from vicon.core.pressure import SOUND


class Presents:
    """The hub and three halls, of which one has the floor and one offers its screen."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.guide = self.scene.moderator()
        for code in (PASER, KUKAR, BERAU):
            self.scene.hall(code)
        self.scene.joins("obs", "observer", None)
        for device in list(self.scene.state.devices):
            self.flows(device)
        self.sharer = self.scene.joins("screen", "operator", KUKAR, kind="screen")
        self.scene.does(self.guide, do.GiveFloor(room=PASER))

    def flows(self, device: str, *, on: bool = True) -> None:
        self.scene.does(do.SYSTEM, do.SetPublishing(device=device, on=on))

    def shows(self, device: str = "screen") -> None:
        self.scene.does(self.guide, ask.ShowPresentation(device=device))

    def slides(self) -> list[Want]:
        return [want for want in routes(self.scene.state) if want.room == PRESENT]

    def at(self, receiver: str) -> dict[str, str]:
        """Sizes by room."""
        wants = receive_wishes(self.scene.state, receiver)
        return {want.room: want.size for want in wants if want.video}


@pytest.fixture
def presents() -> Presents:
    return Presents()


def test_a_screen_offers_and_stands_for_nobody(presents: Presents) -> None:
    state = presents.scene.state
    assert headcount.effective(state, KUKAR) is None
    wish = send_wish(state, "screen")
    assert wish is not None
    assert (wish.audio, wish.video, wish.height) == (False, True, 180)
    assert presents.slides() == []
    assert receive_wishes(state, "screen") == []


def test_everybody_sees_it_large_and_who_speaks_beside_it(presents: Presents) -> None:
    presents.flows("screen")
    presents.shows()
    assert {want.receiver for want in presents.slides()} == {
        "hub-main",
        "obs",
        *(f"{code}-main" for code in (PASER, KUKAR, BERAU)),
    }
    for want in presents.slides():
        assert (want.sender, want.size, want.rank) == ("screen", "large", 0)
        assert (want.video, want.audio) == (True, False)
        assert (PRESENT, "video") in slots_for(presents.scene.state, want.receiver)
    assert presents.at(f"{BERAU}-main") == {
        PRESENT: "large",
        PASER: "inset",
        HUB: "inset",
        KUKAR: "thumbnail",
    }
    speaker = next(w for w in routes(presents.scene.state) if w.room == PASER)
    assert (speaker.rank, speaker.audio, speaker.height) == (0, True, 360)
    wish = send_wish(presents.scene.state, "screen")
    assert wish is not None
    assert (wish.height, wish.max_kbps, wish.audio) == (1080, 1500, False)


def test_who_speaks_stays_large_until_its_picture_comes(presents: Presents) -> None:
    presents.shows()
    assert presents.at("obs")[PASER] == "large"
    presents.flows("screen")
    assert presents.at("obs")[PASER] == "inset"
    presents.flows("screen", on=False)
    assert (presents.slides(), presents.at("obs")[PASER]) == ([], "large")
    assert presents.scene.state.presentation is not None


def test_it_ends_by_the_moderator_and_goes_on_being_offered(presents: Presents) -> None:
    presents.flows("screen")
    presents.shows()
    told = presents.scene.does(presents.guide, ask.EndPresentation())
    assert told == [PresentationEnded(why="ended", by="hub-main")]
    assert presents.at("obs")[PASER] == "large"
    assert presents.scene.does(presents.guide, ask.EndPresentation()) == []
    assert presents.scene.does(presents.guide, ask.ShowPresentation(device="screen")) == [
        PresentationShown(device="screen", room=KUKAR, kind="screen", by="hub-main")
    ]


def test_it_ends_with_its_device(presents: Presents) -> None:
    presents.flows("screen")
    presents.shows()
    told = presents.scene.does(presents.sharer, do.LeaveRoom())
    assert told == [
        DeviceLeft(device="screen", why="left"),
        PresentationEnded(why="stopped"),
    ]
    assert presents.scene.state.presentation is None


def test_one_takes_the_place_of_another(presents: Presents) -> None:
    presents.scene.joins("camera", "moderator", HUB, kind="document")
    presents.flows("screen")
    presents.flows("camera")
    presents.shows()
    presents.shows("camera")
    assert {want.sender for want in presents.slides()} == {"camera"}
    assert presents.scene.does(presents.guide, ask.ShowPresentation(device="camera")) == []


def test_the_hub_alone_hides_it(presents: Presents) -> None:
    presents.flows("screen")
    presents.shows()
    presents.scene.does(presents.guide, ask.SetBlack(on=True))
    assert presents.slides() == []
    assert presents.at("obs") == {HUB: "large"}
    presents.scene.does(presents.guide, ask.SetBlack(on=False))
    assert len(presents.slides()) == 5


def test_a_hall_whose_line_carries_sound_alone_presents_nothing(presents: Presents) -> None:
    presents.flows("screen")
    presents.shows()
    presents.scene.does(presents.guide, PinFallback(room=KUKAR, level="audio"))
    assert presents.slides() == []
    wish = send_wish(presents.scene.state, "screen")
    assert wish is not None
    assert not wish.video
    presents.scene.does(presents.guide, ask.EndPresentation())
    refused = presents.scene.refuses(presents.guide, ask.ShowPresentation(device="screen"))
    assert refused == "presentation_sound_only"


def test_a_hall_at_360p_keeps_the_letters_and_gives_up_rate(presents: Presents) -> None:
    presents.scene.does(presents.guide, PinFallback(room=KUKAR, level="360p"))
    presents.shows()
    wish = send_wish(presents.scene.state, "screen")
    assert wish is not None
    assert (wish.height, wish.max_kbps) == (1080, 400)


def test_a_hall_that_receives_sound_alone_sees_it_before_who_speaks(presents: Presents) -> None:
    presents.flows("screen")
    presents.shows()
    presents.scene.does(presents.guide, PinFallback(room=BERAU, level="audio"))
    assert presents.at(f"{BERAU}-main") == {PRESENT: "large"}


def test_under_the_highest_pressure_sound_alone_is_left(presents: Presents) -> None:
    presents.flows("screen")
    presents.shows()
    presents.scene.does(do.SYSTEM, NotePressure(level=SOUND, why="media_cpu"))
    assert presents.slides() == []


@pytest.mark.parametrize(
    ("device", "code"),
    [("nobody", "unknown_device"), (f"{PASER}-main", "unknown_device"), ("obs", "unknown_device")],
)
def test_only_what_is_offered_is_shown(presents: Presents, device: str, code: str) -> None:
    assert presents.scene.refuses(presents.guide, ask.ShowPresentation(device=device)) == code


def test_a_lost_one_is_not_shown(presents: Presents) -> None:
    presents.scene.loses(presents.sharer)
    refused = presents.scene.refuses(presents.guide, ask.ShowPresentation(device="screen"))
    assert refused == "presentation_away"


def test_a_screen_never_becomes_the_halls_camera(presents: Presents) -> None:
    kukar = Actor(role="operator", name="", room=KUKAR, device=f"{KUKAR}-main")
    presents.scene.does(kukar, do.LeaveRoom())
    assert presents.scene.refuses(presents.sharer, do.TakeMain()) == "not_allowed"


def test_documents_that_become_the_halls_camera_are_no_presentation(presents: Presents) -> None:
    camera = presents.scene.joins("camera", "operator", KUKAR, kind="document")
    presents.flows("camera")
    presents.shows("camera")
    kukar = Actor(role="operator", name="", room=KUKAR, device=f"{KUKAR}-main")
    presents.scene.does(kukar, do.LeaveRoom())
    told = presents.scene.does(camera, do.TakeMain())
    assert told[-1] == PresentationEnded(why="stopped")
    assert presents.slides() == []


def test_an_observer_has_no_screen_to_share(presents: Presents) -> None:
    presents.scene.joins("press", "observer", None, kind="screen")
    assert presents.scene.state.devices["press"].kind == "desk"
