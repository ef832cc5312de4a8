"""`GET /metrics`: who may read it, and that it says what is so, and nothing that it should not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from signaling import messages as m
from tests.app.organizing import settings
from tests.metrics.house import TOKEN, House, labels_of, opened, samples, value

pytestmark = pytest.mark.asyncio(loop_scope="module")
OURS, KUKAR = "kaltim-2020", "64.02"
HERE = {"conference": OURS, "room": KUKAR}
DOC = Path(__file__).parents[2] / "docs/monitoring.md"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("metrics")) as made:
        yield made


# --- who may read -------------------------------------------------------------------------------


async def test_without_a_token_it_is_on_its_own_listener_alone(house: House) -> None:
    assert (await house.asked(house.url))[0] == 404
    assert "vicon_build_info" in await house.text()
    async with house.http.get(f"{house.own}/healthz") as answer:
        assert answer.status == 404
    async with house.http.get(f"{house.own}/metrics", headers={"Host": "jahat.example"}) as answer:
        assert answer.status == 421


async def test_without_a_setting_it_is_nowhere(tmp_path: Path) -> None:
    async with opened(tmp_path, port=0) as made:
        assert (await made.asked(made.url))[0] == 404


async def test_with_a_token_whoever_has_it_reads(tmp_path: Path) -> None:
    async with opened(tmp_path, token=TOKEN) as made:
        for url in (made.url, made.own):
            assert "vicon_build_info" in await made.text(url, TOKEN)
            for token in ("", "x", TOKEN[:-1], made.server.links[0].url.partition("#")[2]):
                assert (await made.asked(url, token))[0] == 401


async def test_who_guesses_is_slowed_down(tmp_path: Path) -> None:
    async with opened(tmp_path, token=TOKEN, port=0) as made:
        found = [(await made.asked(made.url, f"salah-{n}"))[0] for n in range(60)]
        assert found[0] == 401
        assert found[-1] == 429
        assert (await made.asked(made.url, TOKEN))[0] == 200


# --- what it says -------------------------------------------------------------------------------


async def test_every_metric_is_in_the_handbook_and_the_other_way_round(house: House) -> None:
    told = {
        line.split()[2]
        for line in (await house.text()).splitlines()
        if line.startswith("# TYPE ") and not line.split()[2].endswith("_created")
    }
    written = set(re.findall(r"^\| `(vicon_\w+)`", DOC.read_text("utf-8"), re.MULTILINE))
    absent = {"vicon_media_heartbeat_age_seconds"}  # this server's media is in its own process
    optional = {name for name in written if name.startswith(("vicon_counter_", "vicon_webhook_"))}
    assert told - written == set()
    assert written - told - absent - optional == set()


async def test_names_and_units_are_those_of_prometheus(house: House) -> None:
    for family in re.findall(r"^# TYPE (\w+) (\w+)$", await house.text(), re.MULTILINE):
        name, kind = family
        assert name.startswith("vicon_")
        assert name.endswith("_total") == (kind == "counter"), name
        assert not re.search(r"_(ms|kbps|percent|milliseconds|kb|mb)(_|$)", name)


async def test_a_label_says_no_name_of_a_person_no_token_no_free_text(house: House) -> None:
    links = [link.url.partition("#")[2] for link in house.server.links]
    async with house.http.get(f"{house.url}/checkin/{links[0]}") as answer:
        assert answer.status in (401, 404)
    async with house.http.get(f"{house.url}/tidak/ada?nama=Rini") as answer:
        assert answer.status == 404
    text = await house.text()
    (plan,) = settings().conferences
    people = [one.name for one in (*plan.moderators, *plan.technicians)]
    rooms = [room.name for room in (plan.hub, *plan.rooms)]
    for secret in (*links, *people, *rooms, plan.title, "tidak", "Rini"):
        assert secret not in text
    found = labels_of(samples(text))
    assert "/checkin/{token}" in found["route"]
    for label, values in found.items():
        longest = 64 if label == "route" else 40
        assert all(len(one) <= longest for one in values), (label, values)
        assert len(values) <= 100, label


async def test_requests_are_counted_by_route_and_status(house: House) -> None:
    before = await house.samples()
    labels = {"method": "GET", "route": "/healthz", "status": "200"}
    name = "vicon_http_requests_total"
    known = before.get((name, frozenset(labels.items())), 0)
    for _ in range(3):
        async with house.http.get(f"{house.url}/healthz") as answer:
            assert answer.status == 200
    now = await house.samples()
    assert value(now, name, **labels) == known + 3
    seconds = "vicon_http_request_seconds_count"
    assert value(now, seconds) >= value(before, seconds) + 3


async def test_rooms_counts_and_acts_are_told_as_they_change(house: House) -> None:
    before = await house.samples()
    assert value(before, "vicon_room_presence", **HERE, presence="absent") == 1
    assert ("vicon_room_persons", frozenset({*HERE.items(), ("count", "declared")})) not in before
    async with house.client("operator", KUKAR) as hall:
        await hall.ready(10)
        await hall.command(m.RoomJoin())
        await hall.command(m.CountSet(room=KUKAR, value=7))
        now = await house.samples()
    assert value(now, "vicon_room_presence", **HERE, presence="joined") == 1
    assert value(now, "vicon_room_presence", **HERE, presence="absent") == 0
    assert value(now, "vicon_room_persons", **HERE, count="declared") == 7
    assert value(now, "vicon_room_persons", **HERE, count="effective") == 7
    assert value(now, "vicon_room_cap_persons", **HERE) == 12
    here = {"conference": OURS}
    assert value(now, "vicon_conference_rooms", **here, presence="joined") == 1
    assert value(now, "vicon_conference_websocket_connections", **here, role="operator") == 1
    assert value(now, "vicon_websocket_connections") == 1
    more = value(now, "vicon_journal_entries", **here) - value(
        before, "vicon_journal_entries", **here
    )
    assert more >= 2
    written = "vicon_journal_write_seconds_count"
    assert value(now, written) >= value(before, written) + 2
    done = {"conference": OURS, "outcome": "done"}
    assert value(now, "vicon_acts_total", **done) >= value(before, "vicon_acts_total", **done) + 2


async def test_a_hall_that_was_not_tested_says_so(house: House) -> None:
    found = await house.samples()
    nothing = {"verdict": "untested", "profile": "", "cause": ""}
    assert value(found, "vicon_room_trial", **HERE, **nothing) == 1
    assert value(found, "vicon_room_ready", **HERE, state="untested") == 1


async def test_the_server_speaks_of_itself(house: House) -> None:
    found = await house.samples()
    assert value(found, "vicon_media_ready") == 1
    assert value(found, "vicon_pressure_level") == 0
    assert value(found, "vicon_disk_free_bytes") > 0
    assert value(found, "vicon_check_state", check="journal") == 0
    assert value(found, "vicon_standby_state", state="none") == 1
    assert value(found, "vicon_process_resident_memory_bytes", process="main") > 1e6


async def test_openmetrics_is_spoken_too(house: House) -> None:
    told = await house.text(Accept="application/openmetrics-text; version=1.0.0")
    assert told.endswith("# EOF\n")
