"""A presentation through the real wire: a hall's second connection offers, a moderator shows."""

from __future__ import annotations

from signaling import messages as m
from tests.app.test_figures import House, house  # a fixture
from tests.app.test_gateway import BALIKPAPAN, KUKAR, PATIENCE, refused, room_of
from tests.e2e.until import until
from vicon.ports import MediaChanged, Route

__all__ = ["house"]


async def test_a_hall_offers_and_a_moderator_shows_it_to_everybody(house: House) -> None:
    hall, other = await house.joined("operator", KUKAR), await house.joined("operator", BALIKPAPAN)
    desk = await house.joined("moderator")
    guest = (await house.enter("operator", KUKAR)).client
    await guest.command(m.RoomJoin(kind="screen", shared=True))
    view = await guest.until(lambda view: view.you.device is not None, PATIENCE)
    assert view.you.device is not None
    device = view.you.device.id
    assert view.you.receive == []
    assert view.you.send == m.SendWish(audio=False, video=True, height=180, max_kbps=150)

    # The desk and the hall itself see the offer; another hall does not.
    for client in (desk.client, hall.client):
        await client.until(lambda v: len(room_of(v, KUKAR).devices) == 2, PATIENCE)
    assert other.client.view is not None
    assert room_of(other.client.view, KUKAR).devices == []
    assert await refused(hall.client, m.PresentationShow(device=device)) == "not_allowed"
    assert await refused(desk.client, m.PresentationShow(device="nobody")) == "unknown_device"

    await desk.client.command(m.PresentationShow(device=device))
    await house.engine.tell(MediaChanged(device=device, publishing=True))
    for client in (desk.client, hall.client, other.client):
        view = await client.until(
            lambda v: v.conference.presentation is not None and v.conference.presentation.live,
            PATIENCE,
        )
        shown = view.conference.presentation
        assert shown is not None
        assert (shown.device, shown.room, shown.kind) == (device, KUKAR, "screen")
        assert [w.size for w in view.you.receive if w.room == "@present"] == ["large"]

    async def routed() -> list[Route]:
        return [route for route in house.engine.routes if route.room == "@present"]

    routes = await until(routed, lambda found: len(found) == 3, PATIENCE, "routes")
    assert {(r.sender, r.audio, r.video, r.height) for r in routes} == {(device, False, True, 1080)}

    # Who shares stops: the page leaves with its second connection.
    await guest.command(m.RoomLeave())
    for client in (desk.client, other.client):
        await client.until(lambda v: v.conference.presentation is None, PATIENCE)
    await until(routed, lambda found: not found, PATIENCE, "no routes")
