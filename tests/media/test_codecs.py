"""Every pair of a conference should see each other, whatever each can decode."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.media.sfu.codecs import better, preference
from vicon.rtc.negotiate import VIDEO_CODECS

BROWSER = {"vp8", "h264", "vp9", "av1"}
FIREFOX = {"vp8", "vp9", "av1"}
DECODER = {"h264"}


def test_browsers_among_themselves_use_what_all_decode() -> None:
    assert preference([])[0] == "vp8"
    assert preference([BROWSER, FIREFOX])[0] == "vp8"


def test_a_player_of_h264_alone_turns_the_cameras_that_can() -> None:
    assert preference([BROWSER, DECODER])[0] == "h264"
    assert better("vp8", {"vp8", "h264"}, [BROWSER, DECODER]) == "h264"
    assert better("vp8", {"vp8"}, [BROWSER, DECODER]) is None, "an agent has nothing else"
    assert better("h264", {"vp8", "h264"}, [BROWSER]) is None, "nothing is won"


def test_as_many_as_can_be_are_served() -> None:
    assert preference([FIREFOX, FIREFOX, DECODER])[0] == "vp8"
    assert better("h264", {"vp8", "h264"}, [FIREFOX, FIREFOX, DECODER]) == "vp8"


kinds = st.sets(st.sampled_from(VIDEO_CODECS))


@given(st.sampled_from(VIDEO_CODECS), kinds, st.lists(kinds, max_size=6))
def test_a_change_is_always_for_the_better(
    present: str, offered: set[str], receivers: list[set[str]]
) -> None:
    found = better(present, offered, receivers)
    if found is None:
        return
    assert found in offered
    gained = sum(found in r for r in receivers) - sum(present in r for r in receivers)
    assert gained > 0
    assert better(found, offered, receivers) is None, "and it comes to rest"
