"""Encoders and players in a conference: when they come, are lost, come back and go."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from tests.app.outside import (
    BALIKPAPAN,
    FRAGMENT,
    HUB,
    KUKAR,
    MODERATOR,
    OFFER,
    PLAYER,
    House,
    fragment,
    opened,
)
from vicon.core import commands as do
from vicon.core.model import PROGRAMME, Actor, Plan, Policy


@pytest.fixture
async def house(plan: Plan) -> AsyncIterator[House]:
    async with opened(plan) as one:
        yield one


@pytest.fixture
async def strict(plan: Plan) -> AsyncIterator[House]:
    async with opened(replace(plan, policy=Policy(admission="ask"))) as one:
        yield one


async def test_an_encoder_becomes_the_rooms_main_camera(house: House) -> None:
    await house.encoder(User_Agent="Mozilla/5.0 (OBS-Studio/31.0.2; Linux x86_64; id-ID)")
    device = house.main()
    assert device is not None
    assert (device.kind, device.role, device.via) == ("main", "operator", "whip")
    assert device.label == "WHIP OBS-Studio/31.0.2"
    assert house.engine.open == {device.id: OFFER}


async def test_the_hubs_encoder_is_a_moderators_camera(house: House) -> None:
    await house.encoder(HUB)
    device = house.main(HUB)
    assert device is not None
    assert (device.role, device.waiting) == ("moderator", False)


async def test_a_living_page_keeps_its_place(house: House) -> None:
    page = Actor(role="operator", name="Kukar", room=KUKAR)
    await house.does(page, do.JoinRoom(device="page"))
    answer = await house.ask("POST", f"/whip/uji/{KUKAR}", OFFER)
    assert (answer.status, (await answer.json())["code"]) == (409, "main_taken")
    assert house.engine.open == {}, "no connection is left for nothing"
    await house.does(do.SYSTEM, do.LoseDevice(device="page"))
    await house.encoder()
    assert "page" not in house.state.devices


async def test_two_encoders_at_once_leave_one(house: House) -> None:
    await house.encoder()
    answer = await house.ask("POST", f"/whip/uji/{KUKAR}", OFFER)
    assert answer.status == 409
    assert len(house.sessions) == len(house.engine.open) == 1


async def test_an_encoder_that_comes_again_takes_the_place_of_its_dead_connection(
    house: House,
) -> None:
    first = await house.encoder()
    await house.does(MODERATOR, do.GiveFloor(room=KUKAR))
    device = house.main()
    assert device is not None
    await house.engine.figures(device.id, kbps=0)  # its line is cut, nobody has said so yet
    second = await house.encoder()
    assert house.state.floor == KUKAR
    assert device.id not in house.state.devices
    assert (await house.ask("PATCH", first, fragment(), kind=FRAGMENT)).status == 410
    assert (await house.ask("DELETE", second)).status == 200


async def test_who_waits_is_admitted_later_and_was_never_refused(strict: House) -> None:
    await strict.encoder()
    device = strict.main()
    assert device is not None
    assert device.waiting
    await strict.does(MODERATOR, do.AdmitDevice(device=device.id))
    assert not strict.state.devices[device.id].waiting


async def test_silence_makes_it_lost_and_sound_brings_it_back(house: House) -> None:
    await house.encoder()
    device = house.main()
    assert device is not None
    await house.engine.flows(device.id, on=False)
    await house.clock.pass_(4)
    assert house.state.devices[device.id].connected
    await house.clock.pass_(3)
    assert not house.state.devices[device.id].connected
    await house.engine.flows(device.id)
    await house.clock.pass_(2)
    assert house.state.devices[device.id].connected
    assert len(house.sessions) == 1


async def test_long_silence_ends_the_session_and_keeps_the_place(house: House) -> None:
    address = await house.encoder()
    await house.does(MODERATOR, do.GiveFloor(room=KUKAR))
    device = house.main()
    assert device is not None
    await house.engine.flows(device.id, on=False)
    await house.clock.pass_(32)
    assert (len(house.sessions), house.engine.open) == (0, {})
    assert house.state.floor == KUKAR, "the hall is only lost"
    assert (await house.ask("DELETE", address)).status == 410
    await house.encoder()
    assert house.state.floor == KUKAR


async def test_a_lost_encoder_expires_as_a_lost_page_does(house: House) -> None:
    await house.encoder()
    device = house.main()
    assert device is not None
    await house.engine.flows(device.id, on=False)
    await house.clock.pass_(950)
    assert house.main() is None


async def test_what_never_connects_is_given_up(house: House) -> None:
    answer = await house.ask("POST", f"/whip/uji/{KUKAR}", OFFER)
    assert answer.status == 201
    await house.clock.pass_(32)
    device = house.main()
    assert device is not None
    assert not device.connected
    assert (len(house.sessions), house.engine.open) == (0, {})


async def test_what_the_engine_no_longer_knows_is_given_up(house: House) -> None:
    await house.encoder()
    device = house.main()
    assert device is not None
    for _ in range(10):
        await house.engine.figures(device.id)
        await house.clock.pass_(2)
    assert len(house.sessions) == 1
    for _ in range(6):
        await house.engine.figures("another")
        await house.clock.pass_(2)
    assert len(house.sessions) == 0


async def test_after_a_restart_of_the_media_plane_encoders_come_again(house: House) -> None:
    address = await house.encoder()
    await house.does(MODERATOR, do.GiveFloor(room=KUKAR))
    await house.player()
    await house.engine.die()
    device = house.main()
    assert device is not None
    assert not device.connected
    assert [d.via for d in house.state.devices.values()] == ["whip"], "a player just goes"
    answer = await house.ask("PATCH", address, fragment(), kind=FRAGMENT)
    assert (answer.status, (await answer.json())["cause"]) == (410, "media_restarted")
    await house.encoder()
    assert house.state.floor == KUKAR


@pytest.mark.parametrize(
    ("end", "code"), [("remove", "session_removed"), ("close", "conference_closed")]
)
async def test_a_moderator_ends_it(house: House, end: str, code: str) -> None:
    address = await house.encoder()
    device = house.main()
    assert device is not None
    act: do.Command = do.RemoveDevice(device=device.id)
    if end == "close":
        act = do.SetPhase(phase="closed")
    await house.does(MODERATOR, act)
    assert (len(house.sessions), house.hall.held_elsewhere) == (0, set())
    answer = await house.ask("PATCH", address, fragment(), kind=FRAGMENT)
    assert (answer.status, (await answer.json())["code"]) in ((410, code), (409, code))


async def test_the_gateway_does_not_take_it_for_a_ghost(house: House) -> None:
    await house.encoder()
    await house.player()
    for _ in range(3):
        await house.hall.sweep()
    assert all(device.connected for device in house.state.devices.values())


async def test_delete_takes_it_out(house: House) -> None:
    address = await house.encoder()
    assert (await house.ask("DELETE", address)).status == 200
    assert house.main() is None
    assert (await house.ask("DELETE", address)).status == 410


async def test_nothing_is_left_of_what_could_not_be_recorded(house: House) -> None:
    house.journal.broken = True
    answer = await house.ask("POST", f"/whip/uji/{KUKAR}", OFFER)
    assert (answer.status, (await answer.json())["code"]) == (503, "journal_failed")
    assert (len(house.sessions), house.engine.open, house.hall.held_elsewhere) == (0, {}, set())


async def test_what_could_not_be_recorded_is_recorded_later(house: House) -> None:
    address = await house.encoder()
    device = house.main()
    assert device is not None
    house.journal.broken = True
    assert (await house.ask("DELETE", address)).status == 503
    await house.engine.flows(device.id, on=False)
    await house.clock.pass_(8)
    assert house.state.devices[device.id].connected
    house.journal.broken = False
    await house.clock.pass_(2)
    assert not house.state.devices[device.id].connected


@pytest.mark.parametrize(
    ("path", "plays"), [("/whep/uji", PROGRAMME), (f"/whep/uji/{KUKAR}", KUKAR)]
)
async def test_a_player_gets_one_picture_and_its_sound(house: House, path: str, plays: str) -> None:
    address = await house.player(path)
    (device,) = house.state.devices.values()
    assert (device.plays, device.via, device.room) == (plays, "whep", None)
    assert [(s.room, s.kind) for s in house.engine.slots[device.id]] == [
        (plays, "audio"),
        (plays, "video"),
    ]
    assert address.startswith(f"/whep/uji/{plays}/")
    assert (await house.ask("DELETE", address, token="player")).status == 200
    assert not house.state.devices


async def test_a_player_that_stays_is_kept_and_one_that_is_gone_is_not(house: House) -> None:
    await house.player()
    (device,) = house.state.devices
    for _ in range(25):
        await house.engine.figures(device, line="down")
        await house.clock.pass_(2)
    assert list(house.state.devices) == [device]
    await house.clock.pass_(12)
    assert not house.state.devices
    assert not house.engine.open


async def test_a_player_that_never_connects_goes(house: House) -> None:
    await house.player()
    await house.clock.pass_(32)
    assert not house.state.devices


async def test_players_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vicon.app.whip.MAX_PLAYERS", 2)
    first = await house.player()
    await house.player()
    answer = await house.ask("POST", "/whep/uji", PLAYER, token="player")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    await house.ask("DELETE", first, token="player")
    await house.player()


async def test_rooms_do_not_disturb_each_other(house: House) -> None:
    one, other = await house.encoder(KUKAR), await house.encoder(BALIKPAPAN)
    await house.ask("DELETE", one)
    assert house.main(KUKAR) is None
    assert house.main(BALIKPAPAN) is not None
    assert (await house.ask("GET", other)).status == 204
