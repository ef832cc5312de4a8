"""The last recovery drill stands in the state, for those who guide."""

from __future__ import annotations

import pytest

from tests.core.scene import KUKAR, PASER, Scene, operator
from vicon.app.translate import conference_view
from vicon.core.commands_drill import RecordDrill
from vicon.core.recovered import MOST, DrillRun, Recovered

CUT = Recovered(room=PASER, kind="cut", seconds=0.5)
KILLED = Recovered(room=PASER, kind="server", seconds=None)


def test_what_a_drill_found_takes_the_place_of_the_one_before() -> None:
    scene = Scene()
    moderator = scene.moderator()
    technician = scene.joins("tech", "technician", None, kind="voice")
    scene.does(technician, RecordDrill(found=(CUT,)))
    scene.now += 1000
    again = Recovered(room=PASER, kind="cut", seconds=2.0)
    gone = Recovered(room="64.99", kind="cut", seconds=1.0)
    scene.does(moderator, RecordDrill(found=(CUT, KILLED, again, gone)))
    assert scene.state.drill == DrillRun(at=scene.now, by="hub-main", found=(again, KILLED))
    told = conference_view(scene.state, guide=True).drill
    assert told is not None
    assert [(one.kind, one.seconds) for one in told.found] == [("cut", 2.0), ("server", None)]
    assert conference_view(scene.state, guide=False).drill is None
    assert scene.does(moderator, RecordDrill(found=(gone,))) == []


@pytest.mark.parametrize("seconds", [-1.0, 3_601.0, float("nan"), float("inf")])
def test_what_cannot_be_is_not_kept(seconds: float) -> None:
    scene = Scene()
    moderator = scene.moderator()
    bad = Recovered(room=PASER, kind="ice", seconds=seconds)
    assert scene.refuses(moderator, RecordDrill(found=(CUT, bad))) == "bad_drill"
    many = tuple(Recovered(room=KUKAR, kind="ice", seconds=1.0) for _ in range(MOST + 1))
    assert scene.refuses(moderator, RecordDrill(found=many)) == "bad_drill"
    assert scene.refuses(operator(PASER), RecordDrill(found=(CUT,))) == "not_allowed"
