"""How a narrow link is divided: who speaks is heard, who is on air is seen, the rest as it fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.media.sfu.allocation import Ask, Step, Voice, share_pictures, share_sound
from vicon.media.sfu.meter import OVERHEAD, Meter
from vicon.media.sfu.speakers import MOST, STAY_S, Speakers

LADDER = (
    Step("q", 0, 100_000),
    Step("q", 1, 160_000),
    Step("h", 0, 300_000),
    Step("h", 1, 440_000),
    Step("f", 0, 1_000_000),
    Step("f", 1, 1_600_000),
)


def test_who_speaks_is_heard_even_on_a_link_too_narrow_for_it() -> None:
    sent, left = share_sound(40_000, [Voice(2, 60_000), Voice(0, 60_000), Voice(1, 60_000)])
    assert sent == [False, True, False]
    assert left == 0


def test_pictures_get_what_the_sound_leaves_the_room_on_air_first() -> None:
    on_air, hub, others = Ask(0, LADDER), Ask(1, LADDER[:4]), Ask(2, LADDER[:2])
    assert share_pictures(0, [on_air, hub, others]) == [-1, -1, -1]
    assert share_pictures(130_000, [others, hub, on_air]) == [-1, -1, 0]
    assert share_pictures(700_000, [on_air, hub, others]) == [3, 1, -1]
    assert share_pictures(5_000_000, [on_air, hub, others, others]) == [5, 3, 1, 1]


def test_thumbnails_rise_together() -> None:
    assert share_pictures(460_000, [Ask(2, LADDER[:2])] * 4) == [0, 0, 0, 0]
    assert share_pictures(600_000, [Ask(2, LADDER[:2])] * 4) == [1, 1, 0, 0]


def test_temporal_steps_fall_before_spatial_ones() -> None:
    steps = [
        LADDER[share_pictures(budget, [Ask(0, LADDER, current=5)])[0]]
        for budget in range(1_600_000, 90_000, -10_000)
    ]
    seen = list(dict.fromkeys((step.rid, step.tid) for step in steps))
    assert seen == [("f", 1), ("f", 0), ("h", 1), ("h", 0), ("q", 1), ("q", 0)]


def test_a_wavering_estimate_does_not_switch_layers_to_and_fro() -> None:
    current, switches = 3, 0
    for round_ in range(100):
        budget = 440_000 + (30_000 if round_ % 2 else -30_000)
        (step,) = share_pictures(budget, [Ask(0, LADDER, current)])
        switches += step != current
        current = step
    assert switches == 0


asks = st.lists(
    st.builds(
        Ask,
        st.integers(0, 2),
        st.lists(
            st.builds(
                Step, st.sampled_from("qhf"), st.integers(0, 2), st.integers(1000, 2_000_000)
            ),
            min_size=1,
            max_size=6,
        ),
        st.integers(-1, 5),
    ),
    max_size=12,
)


@given(st.integers(0, 6_000_000), asks)
def test_never_more_is_given_than_the_link_carries(budget: int, wanted: list[Ask]) -> None:
    chosen = share_pictures(budget, wanted)
    total = sum(a.steps[c].rate for a, c in zip(wanted, chosen, strict=True) if c >= 0)
    assert 0.8 * total <= budget
    assert all(-1 <= c < len(a.steps) for a, c in zip(wanted, chosen, strict=True))


def test_rates_are_measured_by_temporal_id() -> None:
    meter = Meter()
    meter.roll(0.0)
    assert meter.rates() == []
    for second in range(1, 40):
        for _ in range(10):
            meter.add(1000 - OVERHEAD, 0)
        for _ in range(5):
            meter.add(1000 - OVERHEAD, 1)
        meter.roll(second / 5)
    low, high = meter.rates()
    assert abs(low - 400_000) < 4000
    assert abs(high - 600_000) < 6000
    for second in range(40, 100):
        meter.roll(second / 5)
    assert meter.rate < 100


def test_the_loudest_are_heard_at_their_first_sound_and_keep_their_place_in_a_pause() -> None:
    speakers = Speakers()
    quiet: dict[str, int | None] = dict.fromkeys("abcdef", 127)
    assert speakers.update(quiet, 0.0) == frozenset()
    assert speakers.update({**quiet, "a": 40}, 0.02) == {"a"}
    assert speakers.update(quiet, 0.04) == {"a"}
    assert speakers.update(quiet, 0.04 + STAY_S) == frozenset()


def test_a_fourth_voice_must_be_clearly_louder() -> None:
    speakers = Speakers()
    levels: dict[str, int | None] = {"a": 30, "b": 32, "c": 34, "d": 127}
    for step in range(50):
        speakers.update(levels, step / 50)
    assert speakers.update({**levels, "d": 31}, 1.0) == {"a", "b", "c"}
    assert speakers.update({**levels, "d": 20}, 1.1) == {"a", "b", "d"}


def test_a_source_that_tells_no_level_counts_as_a_voice() -> None:
    assert Speakers().update({"a": 127, "b": None}, 0.0) == {"b"}


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abcdefgh"), st.one_of(st.none(), st.integers(0, 127)), max_size=8
        ),
        max_size=60,
    )
)
def test_never_more_than_three_and_only_who_is_there(rounds: list[dict[str, int | None]]) -> None:
    speakers = Speakers()
    for index, levels in enumerate(rounds):
        heard = speakers.update(levels, index / 50)
        assert len(heard) <= MOST
        assert heard <= set(levels)
