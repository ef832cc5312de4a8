"""The organizer makes, changes, archives conferences on a server that runs; nobody else may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, ConnectionLost, Rejected
from tests.app.organizing import (
    BALIKPAPAN,
    KUKAR,
    PATIENCE,
    Desk,
    Json,
    organizing,
    settings,
    table,
)
from vicon import config
from vicon.ops import book
from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError
from vicon.store import reader

GLADI, SIANG = "gladi-2026", "siang-2026"
EXAMPLE = "kaltim-2020"


@pytest.fixture
async def desk(home: DataDir) -> AsyncIterator[Desk]:
    async with organizing(home) as desk:
        yield desk


def room_of(view: m.View, code: str) -> m.RoomView:
    return next(room for room in view.rooms if room.code == code)


async def ended(client: Client) -> str:
    """The code with which the server closed for good."""
    with pytest.raises((Rejected, ConnectionLost)):
        await client.until(lambda view: False, PATIENCE)
    assert client.rejected is not None
    assert client.rejected.text.id
    assert client.rejected.text.en
    return client.rejected.code


# --- who may ---

ASKED = (
    ("GET", "conferences"),
    ("GET", "example"),
    ("GET", f"conferences/{EXAMPLE}"),
    ("PUT", f"conferences/{GLADI}"),
    ("POST", f"conferences/{EXAMPLE}/archive"),
    ("POST", f"conferences/{EXAMPLE}/restore"),
    ("GET", f"conferences/{EXAMPLE}/record"),
    ("GET", f"conferences/{EXAMPLE}/conference.toml"),
    ("GET", f"conferences/{EXAMPLE}/minutes.json"),
    ("GET", f"conferences/{EXAMPLE}/pact.pdf"),
    ("GET", f"conferences/{EXAMPLE}/links"),
    ("GET", f"conferences/{EXAMPLE}/links.csv"),
    ("GET", f"conferences/{EXAMPLE}/join.pdf"),
    ("GET", f"conferences/{EXAMPLE}/doors.pdf"),
    ("GET", f"conferences/{EXAMPLE}/links/0a/qr.svg"),
    ("POST", f"conferences/{EXAMPLE}/links/0a/revoke"),
    ("POST", f"conferences/{EXAMPLE}/links/0a/renew"),
    ("PUT", f"conferences/{EXAMPLE}/links/0a/expiry"),
)


async def test_every_other_role_is_told_that_it_is_not_the_organizer(desk: Desk) -> None:
    rows = (await desk.get(f"conferences/{EXAMPLE}/links"))["links"]
    tokens = {row["role"]: row["token"] or row["url"].rpartition("#")[2] for row in rows}
    doors = {role: token for role, token in tokens.items() if role == "door"}
    assert len(tokens) == 8
    for role, token in tokens.items():
        for method, path in ASKED:
            body = {"table": table(GLADI)} if method == "PUT" else None
            status, found = await desk.ask(method, path, body, token)
            expected = (401, "bad_token") if role in doors else (403, "not_organizer")
            assert (status, found["code"]) == expected, (role, path)
    for bad in ("", "x.y.z", desk.token[:-2]):
        for method, path in ASKED:
            status, found = await desk.ask(method, path, None, bad)
            # Who tries so many is told to wait.
            assert (status, found["code"]) in ((401, "bad_token"), (429, "too_fast"))
    assert [one["id"] for one in (await desk.get("conferences"))["conferences"]] == [EXAMPLE]


async def test_the_organizers_token_opens_nothing_else(desk: Desk) -> None:
    head = {"Authorization": f"Bearer {desk.token}"}
    for path in ("conferences", f"conferences/{EXAMPLE}", "me/qr", "trials", "me/door"):
        async with desk.http.get(f"{desk.url}/api/v1/{path}", headers=head) as answer:
            assert answer.status == 401
    for path in (f"whip/{EXAMPLE}/{KUKAR}", f"whep/{EXAMPLE}"):
        place = f"{desk.url}/{path}"
        head |= {"Content-Type": "application/sdp"}
        async with desk.http.post(place, headers=head, data="v=0") as answer:
            assert answer.status == 401
    async with desk.http.get(f"{desk.url}/checkin/{desk.token}") as answer:
        assert answer.status == 404
    with pytest.raises(Rejected) as caught:
        await desk.visit(f"{desk.url}/kendali#{desk.token}")
    assert caught.value.code == "bad_token"


# --- made, changed ---


async def test_a_conference_from_the_example_is_held_at_once(desk: Desk, home: DataDir) -> None:
    begun = (await desk.get("example"))["table"] | {"id": GLADI, "title": "Gladi"}
    begun["rooms"][1]["cap"] = 20
    await desk.save(begun)
    assert await desk.listed(GLADI) == {
        "id": GLADI, "title": "Gladi", "origin": "office", "archived": False, "phase": "lobby",
        "starts_at": 1600995600000, "timezone": "Asia/Makassar", "timezone_label": "WITA",
        "rooms": 10, "devices": 0, "wrong": None,
    }  # fmt: skip
    moderator = await desk.visit((await desk.link(GLADI, "moderator"))["url"])
    assert moderator.view is not None
    assert moderator.view.conference.title == "Gladi"
    assert [room.cap for room in moderator.view.rooms].count(20) == 1
    assert (home.path / "conferences" / f"{GLADI}.toml").exists()
    first = next(row for row in reader.rows(home.journal, GLADI))
    assert b'"organizer"' in first.actor
    record = (await desk.get(f"conferences/{GLADI}/record"))["entries"]
    assert [(one["what"], one["by"]) for one in record] == [
        ("conference_created", "Pengelola"),
        ("links_issued", "Pengelola"),
    ]
    assert len(record[1]["links"]) == len((await desk.get(f"conferences/{GLADI}/links"))["links"])


async def test_what_is_wrong_is_told_by_field_and_nothing_is_kept(desk: Desk) -> None:
    wrong = table(GLADI, title="", starts_at="besok")
    wrong["rooms"][3] |= {"cap": 0, "code": wrong["rooms"][0]["code"]}
    wrong["moderators"] = []
    wrong["rundown"][2]["room"] = "64.99"
    found = await desk.faults(wrong)
    assert set(found) == {
        "title", "starts_at", "rooms.3.cap", "rooms.3.code", "moderators", "rundown.2.room",
        "rundown.14.room",
    }  # fmt: skip
    assert all(one["id"] != one["en"] for one in found.values())
    assert set(await desk.faults(table(EXAMPLE))) == {"id"}
    assert set(await desk.faults(table(GLADI) | {"zebra": 1})) == {"zebra"}
    assert len((await desk.get("conferences"))["conferences"]) == 1
    status, found = await desk.ask("PUT", f"conferences/{GLADI}", {"table": 3})
    assert (status, found["code"]) == (400, "bad_body")
    body = {"table": table(GLADI, title="x" * (3 << 20))}
    assert (await desk.ask("PUT", f"conferences/{GLADI}", body))[0] == 413
    for bad in ("..%2Fjahat", "Besar", "-x", "x" * 65):
        head = {"Authorization": f"Bearer {desk.token}"}
        place = f"{desk.url}/api/v1/office/conferences/{bad}"
        async with desk.http.put(place, json={"table": {}}, headers=head) as answer:
            assert answer.status == 404


async def test_an_edit_is_seen_by_who_is_there_and_costs_nobody_the_place(desk: Desk) -> None:
    version = await desk.save(table(GLADI))
    hall = await desk.visit((await desk.link(GLADI, "operator", KUKAR))["url"])
    joined = await hall.command(m.RoomJoin())
    assert isinstance(joined, m.Joined)
    hall.resume = joined.resume
    edited = table(GLADI, title="Gladi bersih")
    edited["rooms"] = [room | {"cap": 15} for room in edited["rooms"]]
    version = await desk.save(edited, version)
    view = await hall.until(lambda v: room_of(v, KUKAR).cap == 15, PATIENCE)
    assert view.conference.title == "Gladi bersih"
    assert view.you.device is not None
    assert (view.you.device.id, view.you.device.connected) == (joined.device, True)
    epoch = hall.media_epoch
    more = edited["rooms"][0] | {"code": "64.99", "name": "Kabupaten Baru"}
    version = await desk.save(edited | {"rooms": [*edited["rooms"], more]}, version)
    await hall.until(lambda v: any(r.code == "64.99" for r in v.rooms), PATIENCE)
    await hall.until(lambda v: hall.connected, PATIENCE)
    assert hall.media_epoch != epoch, "the slots are for other rooms now"
    old = (await desk.link(GLADI, "operator", KUKAR))["url"].partition("#")[2]
    renamed = [r | {"short_name": "Aula"} if r["code"] == KUKAR else r for r in edited["rooms"]]
    edited |= {"rooms": [*renamed, more]}
    version = await desk.save(edited, version)
    head = {"Authorization": f"Bearer {old}"}
    async with desk.http.get(f"{desk.url}/api/v1/me/qr", headers=head) as answer:
        assert answer.status == 200, "a link whose words were corrected is the same link"
    fresh = await desk.visit((await desk.link(GLADI, "operator", "64.99"))["url"])
    await fresh.command(m.RoomJoin())
    taken = edited | {"rooms": [r for r in edited["rooms"] if r["code"] != KUKAR], "rundown": []}
    body = {"table": taken, "version": version}
    assert await desk.refused("PUT", f"conferences/{GLADI}", body) == "room_in_use"
    assert (await desk.get(f"conferences/{GLADI}"))["version"] == version


async def test_two_organizers_do_not_overwrite_each_other(desk: Desk) -> None:
    version = await desk.save(table(GLADI))
    await desk.save(table(GLADI, title="Pertama"), version)
    body = {"table": table(GLADI, title="Kedua"), "version": version}
    assert await desk.refused("PUT", f"conferences/{GLADI}", body) == "plan_edited"
    assert (await desk.listed(GLADI))["title"] == "Pertama"


async def test_an_opened_session_keeps_its_plan_but_takes_a_moderator_more(desk: Desk) -> None:
    version = await desk.save(table(GLADI))
    first = await desk.visit((await desk.link(GLADI, "moderator"))["url"])
    await first.command(m.PhaseSet(phase="live"))
    body: dict[str, Any] = {"table": table(GLADI, title="Lain"), "version": version}
    assert await desk.refused("PUT", f"conferences/{GLADI}", body) == "plan_fixed"
    assert await desk.refused("POST", f"conferences/{GLADI}/archive") == "conference_live"
    cast = [{"name": "Rini"}, {"name": "Sari"}]
    version = await desk.save(table(GLADI, moderators=cast), version)
    assert await ended(first) in ("link_revoked", "bad_token"), "another name, another link"
    second = await desk.visit((await desk.link(GLADI, "moderator"))["url"])
    assert second.view is not None
    assert (second.view.you.name, second.view.conference.phase) == ("Sari", "live")


async def test_conferences_of_the_configuration_are_copied_not_changed(desk: Desk) -> None:
    found = await desk.get(f"conferences/{EXAMPLE}")
    assert found["listed"]["origin"] == "file"
    body = {"table": found["table"], "version": ""}
    assert await desk.refused("PUT", f"conferences/{EXAMPLE}", body) == "from_file"
    assert await desk.refused("POST", f"conferences/{EXAMPLE}/archive") == "from_file"
    assert await desk.refused("POST", f"conferences/{EXAMPLE}/restore") == "unknown_conference"
    await desk.save(found["table"] | {"id": GLADI})
    assert (await desk.listed(GLADI))["title"] == (await desk.listed(EXAMPLE))["title"]
    toml = await desk.get(f"conferences/{EXAMPLE}/conference.toml")
    assert b"[[conferences]]" in toml
    assert await desk.refused("GET", "conferences/tidak-ada") == "unknown_conference"


# --- archived, restored ---


async def test_archived_nobody_comes_in_and_what_happened_stays_to_be_read(
    desk: Desk, home: DataDir
) -> None:
    await desk.save(table(GLADI))
    link = await desk.link(GLADI, "operator", KUKAR)
    door = await desk.link(GLADI, "door", KUKAR)
    hall = await desk.visit(link["url"])
    await hall.command(m.RoomJoin())
    await hall.command(m.CountSet(room=KUKAR, value=9))
    await desk.press(f"conferences/{GLADI}/archive")
    assert await ended(hall) == "conference_archived"
    with pytest.raises(Rejected, match="conference_archived"):
        await desk.visit(link["url"])
    async with desk.http.get(door["url"]) as answer:
        assert answer.status == 410
    listed = await desk.listed(GLADI)
    assert (listed["archived"], listed["phase"]) == (True, None)
    assert not any(r["url"] for r in (await desk.get(f"conferences/{GLADI}/links"))["links"])
    minutes = await desk.get(f"conferences/{GLADI}/minutes.json")
    counts = {room["code"]: room["counts"]["end"] for room in minutes["rooms"]}
    assert counts[KUKAR] == 9
    assert (await desk.get(f"conferences/{GLADI}/pact.pdf"))[:5] == b"%PDF-"
    for act in ("links/0a/revoke", "archive"):
        assert await desk.refused("POST", f"conferences/{GLADI}/{act}") == "archived"
    assert set(await desk.faults(table(GLADI))) == {"id"}
    await desk.press(f"conferences/{GLADI}/restore")
    again = await desk.visit(link["url"])
    assert again.view is not None
    assert room_of(again.view, KUKAR).count == 9
    assert reader.verify(home.journal).sound


async def test_a_restart_keeps_all(home: DataDir) -> None:
    async with organizing(home) as desk:
        await desk.save(table(GLADI, title="Gladi"))
        await desk.save(table(SIANG))
        await desk.press(f"conferences/{SIANG}/archive")
        gone = await desk.link(GLADI, "observer")
        await desk.press(f"conferences/{GLADI}/links/{gone['link']}/revoke")
        listed = (await desk.get("conferences"))["conferences"]
        rows = (await desk.get(f"conferences/{GLADI}/links"))["links"]
        version = (await desk.get(f"conferences/{GLADI}"))["version"]
    async with organizing(home) as desk:
        assert (await desk.get("conferences"))["conferences"] == listed
        again = (await desk.get(f"conferences/{GLADI}/links"))["links"]
        assert [(r["link"], r["revoked_at"]) for r in again] == [
            (r["link"], r["revoked_at"]) for r in rows
        ]
        await desk.save(table(GLADI, title="Gladi kedua"), version)
        await desk.press(f"conferences/{SIANG}/restore")


async def test_a_damaged_file_keeps_nobody_else_back(home: DataDir) -> None:
    async with organizing(home) as desk:
        await desk.save(table(GLADI))
        before = await desk.link(GLADI, "operator", KUKAR)
    path = home.conferences / f"{GLADI}.toml"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\x00")
    async with organizing(home) as desk:
        listed = await desk.listed(GLADI)
        assert listed["phase"] is None
        assert "TOML" in listed["wrong"]["id"]
        body = {"table": table(GLADI), "version": "x"}
        assert await desk.refused("PUT", f"conferences/{GLADI}", body) == "broken_file"
        assert (await desk.listed(EXAMPLE))["phase"] == "lobby"
    path.write_bytes(whole)
    async with organizing(home) as desk:
        assert (await desk.link(GLADI, "operator", KUKAR))["link"] == before["link"]


async def test_one_id_in_two_places_is_refused_at_the_start(home: DataDir) -> None:
    async with organizing(home) as desk:
        await desk.save(table(GLADI))
    again = settings()
    twin = replace(again.conferences[0], id=GLADI)
    with pytest.raises(SpokenError, match=GLADI):
        async with organizing(home, replace(again, conferences=[twin])):
            pass


async def test_an_edited_configuration_is_followed_until_the_session_is_opened(
    home: DataDir,
) -> None:
    wanted = settings()
    renamed = replace(wanted, conferences=[replace(wanted.conferences[0], title="Baru")])
    async with organizing(home, wanted):
        pass
    async with organizing(home, renamed) as desk:
        moderator = await desk.visit((await desk.link(EXAMPLE, "moderator"))["url"])
        assert moderator.view is not None
        assert moderator.view.conference.title == "Baru"
        await moderator.command(m.PhaseSet(phase="live"))
    async with organizing(home, wanted) as desk:
        moderator = await desk.visit((await desk.link(EXAMPLE, "moderator"))["url"])
        assert moderator.view is not None
        assert moderator.view.conference.title == "Baru"


# --- links ---


async def test_a_revoked_link_sends_away_who_came_by_it(desk: Desk) -> None:
    await desk.save(table(GLADI))
    link = await desk.link(GLADI, "operator", KUKAR)
    hall, phone = await desk.visit(link["url"]), await desk.visit(link["url"])
    neighbour = await desk.visit((await desk.link(GLADI, "operator", BALIKPAPAN))["url"])
    await hall.command(m.RoomJoin())
    assert (await desk.link(GLADI, "operator", KUKAR))["devices"] == 1
    await desk.press(f"conferences/{GLADI}/links/{link['link']}/revoke")
    assert await ended(hall) == await ended(phone) == "link_revoked"
    view = await neighbour.until(lambda v: room_of(v, KUKAR).presence == "absent", PATIENCE)
    assert room_of(view, BALIKPAPAN).presence == "absent"
    row = await desk.link(GLADI, "operator", KUKAR)
    assert (row["url"], bool(row["revoked_at"])) == ("", True)
    await desk.press(f"conferences/{GLADI}/links/{link['link']}/revoke")  # twice is once
    await desk.press(f"conferences/{GLADI}/links/{link['link']}/renew")
    assert await desk.refused("POST", f"conferences/{GLADI}/links/{link['link']}/renew") == (
        "link_stands"
    )
    fresh = await desk.link(GLADI, "operator", KUKAR)
    again = await desk.visit(fresh["url"])
    await again.command(m.RoomJoin())
    with pytest.raises(Rejected, match="link_revoked"):
        await desk.visit(link["url"])
    record = (await desk.get(f"conferences/{GLADI}/record"))["entries"]
    assert [one["what"] for one in record[-3:]] == [
        "link_revoked",
        "link_revoked",
        "links_issued",
    ]


async def test_a_revoked_door_and_encoder_are_refused(desk: Desk) -> None:
    door = await desk.link(EXAMPLE, "door", KUKAR)
    encoder = await desk.link(EXAMPLE, "encoder", KUKAR)
    for row in (door, encoder):
        await desk.press(f"conferences/{EXAMPLE}/links/{row['link']}/revoke")
    async with desk.http.get(door["url"], headers={"Accept-Language": "id"}) as answer:
        assert answer.status == 410
        assert "dicabut" in await answer.text()
    head = {"Authorization": f"Bearer {encoder['token']}", "Content-Type": "application/sdp"}
    async with desk.http.post(encoder["url"], headers=head, data="v=0") as answer:
        assert answer.status == 401
        assert "revoked" in await answer.text() or "dicabut" in await answer.text()


async def test_the_end_of_a_link_is_moved(desk: Desk) -> None:
    link = await desk.link(EXAMPLE, "operator", KUKAR)
    now = (await desk.get(f"conferences/{EXAMPLE}/links"))["now"]
    place = f"conferences/{EXAMPLE}/links/{link['link']}/expiry"
    for at in (now - 1, now, now + 11 * 365 * 86_400_000):
        assert await desk.refused("PUT", place, {"at": at}) == "bad_expiry"
    status, _ = await desk.ask("PUT", place, {"at": now + 3_600_000})
    assert status == 200
    row = await desk.link(EXAMPLE, "operator", KUKAR)
    assert row["expires_at"] == (now + 3_600_000) // 1000 * 1000
    await desk.visit(link["url"])
    await desk.press(f"conferences/{EXAMPLE}/links/{link['link']}/revoke")
    assert await desk.refused("PUT", place, {"at": now + 3_600_000}) == "link_gone"
    other = f"conferences/{EXAMPLE}/links/0badbad0/revoke"
    assert await desk.refused("POST", other) == "unknown_link"


async def test_links_are_printed_and_sent_out(desk: Desk) -> None:
    pdf = await desk.get(f"conferences/{EXAMPLE}/join.pdf")
    assert pdf[:5] == b"%PDF-"
    one = await desk.get(f"conferences/{EXAMPLE}/join.pdf?room={KUKAR}")
    assert len(one) < len(pdf)
    assert (await desk.get(f"conferences/{EXAMPLE}/doors.pdf"))[:5] == b"%PDF-"
    assert await desk.refused("GET", f"conferences/{EXAMPLE}/join.pdf?room=64.99") == "unknown_link"
    sheet = (await desk.get(f"conferences/{EXAMPLE}/links.csv?lang=en")).decode("utf-8-sig")
    link = await desk.link(EXAMPLE, "operator", KUKAR)
    (line,) = [row for row in sheet.splitlines() if row.startswith(f"{link['name']},")]
    assert link["url"] in line
    assert "Kabupaten Kutai Kartanegara" in line
    svg = await desk.get(f"conferences/{EXAMPLE}/links/{link['link']}/qr.svg")
    assert b"<svg" in svg


# --- several at once ---


async def test_two_run_at_once_and_see_nothing_of_each_other(desk: Desk) -> None:
    """Devices in both, the same rooms; every kind of act in one, an archive and a birth beside."""
    for id in (GLADI, SIANG):
        await desk.save(table(id))
    sides = {}
    for id in (GLADI, SIANG):
        moderator = await desk.visit((await desk.link(id, "moderator"))["url"])
        hall = await desk.visit((await desk.link(id, "operator", KUKAR))["url"])
        await moderator.command(m.RoomJoin())
        await hall.command(m.RoomJoin())
        await moderator.command(m.PhaseSet(phase="live"))
        await hall.until(lambda v: v.conference.phase == "live", PATIENCE)
        sides[id] = moderator, hall
    still = [client.revision for client in sides[SIANG]]
    views = [client.view for client in sides[SIANG]]
    moderator, hall = sides[GLADI]
    await hall.command(m.CountSet(room=KUKAR, value=11))
    await hall.command(m.HandRaise(room=KUKAR))
    await moderator.command(m.FloorGive(room=KUKAR))
    await moderator.command(m.CueSend(cue="c-00000001", text="Halo", room=None))
    await moderator.command(m.MicMuteAll())
    await hall.until(lambda v: v.conference.floor == KUKAR, PATIENCE)
    await desk.save(table("lain"))
    await desk.press("conferences/lain/archive")
    link = await desk.link(GLADI, "operator", BALIKPAPAN)
    await desk.press(f"conferences/{GLADI}/links/{link['link']}/revoke")
    await moderator.command(m.PhaseSet(phase="closed"))
    await desk.press(f"conferences/{GLADI}/archive")
    assert await ended(hall) == "conference_archived"
    # An act in the other shows that nothing else came there before it.
    _, there = sides[SIANG]
    await there.command(m.CountSet(room=KUKAR, value=3))
    await there.until(lambda v: room_of(v, KUKAR).count == 3, PATIENCE)
    for client, revision, view in zip(sides[SIANG], still, views, strict=True):
        assert client.connected
        assert client.revision is not None
        assert revision is not None
        assert view is not None
        assert client.revision - revision <= 2
        assert client.view is not None
        assert client.view.conference == view.conference


async def test_many_changes_at_once_are_one_after_the_other(desk: Desk) -> None:
    ids = [f"serentak-{n}" for n in range(6)]
    await asyncio.gather(*(desk.save(table(id)) for id in ids))
    await asyncio.gather(*(desk.press(f"conferences/{id}/archive") for id in ids[:3]))
    listed = {one["id"]: one for one in (await desk.get("conferences"))["conferences"]}
    assert [listed[id]["archived"] for id in ids] == [True] * 3 + [False] * 3
    rows = [(await desk.get(f"conferences/{id}/links"))["links"] for id in ids]
    assert len({len(one) for one in rows}) == 1
    assert len({row["link"] for one in rows for row in one}) == sum(map(len, rows))


# --- a disk that does not do what it should ---


async def test_an_edit_that_cannot_be_written_is_not_in_force(desk: Desk, home: DataDir) -> None:
    version = await desk.save(table(GLADI, title="Gladi"))
    moderator = await desk.visit((await desk.link(GLADI, "moderator"))["url"])
    obstacle = home.conferences / f"{GLADI}.toml.new"
    obstacle.mkdir()
    body = {"table": table(GLADI, title="Lain"), "version": version}
    assert await desk.refused("PUT", f"conferences/{GLADI}", body) == "failed"
    await moderator.until(lambda v: moderator.connected, PATIENCE)
    found = await desk.get(f"conferences/{GLADI}")
    assert (found["table"]["title"], found["version"]) == ("Gladi", version)
    async with desk.http.get(
        f"{desk.url}/api/v1/conferences",
        headers={"Authorization": f"Bearer {await token_of(desk, 'moderator')}"},
    ) as answer:
        assert [one["title"] for one in await answer.json()] == ["Gladi"]
    obstacle.rmdir()
    await desk.save(table(GLADI, title="Lain"), version)


async def test_how_long_personal_data_are_kept_is_set_and_nonsense_is_told_at_its_field(
    desk: Desk, home: DataDir
) -> None:
    keep: Json = {"automatic": True, "attendance_days": 30, "trials_days": 0, "recordings_days": 7}
    version = await desk.save(table(GLADI, retention=keep))
    found = await desk.get(f"conferences/{GLADI}")
    assert found["table"]["retention"] == keep
    (kept,) = config.load(home.conferences / f"{GLADI}.toml").conferences
    assert (kept.retention.automatic, kept.retention.attendance_days) == (True, 30)
    for wrong in (-1, 36_501, 1.5, "sebulan", ""):
        body = {"table": table(GLADI, retention={"attendance_days": wrong}), "version": version}
        status, said = await desk.ask("PUT", f"conferences/{GLADI}", body)
        assert status == 422
        assert [one["place"] for one in said["faults"]] == [["retention", "attendance_days"]]
        assert said["faults"][0]["text"]["id"] != said["faults"][0]["text"]["en"]
    assert (await desk.get(f"conferences/{GLADI}"))["table"]["retention"] == keep


async def test_a_full_book_of_links_is_said_and_nothing_is_kept(
    desk: Desk, home: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await desk.save(table(GLADI))
    link = (await desk.link(GLADI, "observer"))["link"]
    await desk.ask("POST", f"conferences/{GLADI}/links/{link}/revoke")
    monkeypatch.setattr(book, "MOST_BYTES", home.links.stat().st_size)
    body = {"table": table(SIANG), "version": None}
    assert await desk.refused("PUT", f"conferences/{SIANG}", body) == "links_full"
    assert not (home.conferences / f"{SIANG}.toml").exists()
    listed = (await desk.get("conferences"))["conferences"]
    assert SIANG not in [one["id"] for one in listed]
    renew = f"conferences/{GLADI}/links/{link}/renew"
    assert await desk.refused("POST", renew) == "links_full"
    await desk.save(table(GLADI, title="Lain"), version)


async def token_of(desk: Desk, role: str) -> str:
    return str((await desk.link(GLADI, role))["url"].partition("#")[2])


async def test_an_archive_that_cannot_be_written_is_done_when_asked_again(
    desk: Desk, home: DataDir
) -> None:
    await desk.save(table(GLADI))
    obstacle = home.conferences / "archive" / f"{GLADI}.toml"
    obstacle.mkdir(parents=True)
    assert await desk.refused("POST", f"conferences/{GLADI}/archive") == "failed"
    obstacle.rmdir()
    await desk.press(f"conferences/{GLADI}/archive")
    assert (await desk.listed(GLADI))["archived"]
    await desk.press(f"conferences/{GLADI}/restore")
    assert (await desk.listed(GLADI))["phase"] == "lobby"


async def test_an_archive_that_was_cut_short_is_finished_at_the_next_start(home: DataDir) -> None:
    async with organizing(home) as desk:
        await desk.save(table(GLADI))
        obstacle = home.conferences / "archive" / f"{GLADI}.toml"
        obstacle.mkdir(parents=True)
        assert await desk.refused("POST", f"conferences/{GLADI}/archive") == "failed"
    obstacle.rmdir()
    async with organizing(home) as desk:
        assert (await desk.listed(GLADI))["archived"]
        link = await desk.link(GLADI, "moderator")
        assert link["url"] == ""
        await desk.press(f"conferences/{GLADI}/restore")
