"""Minutes and the pact's document over HTTP: for whom they are, and what they are made from."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import threading
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from msgspec.structs import replace

from signaling import messages as wire
from tests.app.counted import MODERATOR, OPERATOR, Healthy, House, _tokens
from tests.app.outside import KUKAR, Hands
from tests.app.test_attendance_http import pages, refused
from tests.app.test_trials import http, link_of, serving
from vicon.app.actor import ConferenceActor
from vicon.app.gateway import Hall
from vicon.app.minutes import read_minutes
from vicon.app.signing import sign
from vicon.core import commands as do
from vicon.core import commands_ceremony as ask
from vicon.core.minutewords import Minutes
from vicon.core.model import Plan
from vicon.core.pactwords import Document, Witness, document_hash
from vicon.core.refusals import Refused
from vicon.ops.data import DataDir
from vicon.ops.seal import Sealer, open_sealer
from vicon.report.minutes_handed import SessionDocuments
from vicon.report.pact_check import check
from vicon.store.sqlite import SqliteJournal
from vicon.web.api import Api
from vicon.web.app import MAX_BODY
from vicon.web.asked import Language
from vicon.web.minutes import Format, MinutesApi
from vicon.web.turns import WAITING

DOCUMENT = Document(title="Pakta Integritas", points=("Menjaga keamanan",))
PLACES = ("minutes.pdf", "minutes.odt", "minutes.json", "pact.pdf")


class Slow(SessionDocuments):
    """Holds what is being written until a test lets go."""

    def __init__(self, seal: Sealer) -> None:
        super().__init__(seal)
        self.go = threading.Event()
        self.go.set()
        self.begun = 0

    def minutes(self, minutes: Minutes, format: Format, lang: Language) -> bytes:
        self.begun += 1
        assert self.go.wait(30)
        return super().minutes(minutes, format, lang)


@pytest.fixture
def sealer(home: DataDir) -> Sealer:
    return open_sealer(home)


@pytest.fixture
def slow(sealer: Sealer) -> Slow:
    return Slow(sealer)


@asynccontextmanager
async def minuted(
    plan: Plan, journal: SqliteJournal, documents: SessionDocuments
) -> AsyncIterator[House]:
    clock = Hands()
    actor = ConferenceActor(plan, journal, clock)
    await actor.start()
    halls, (signer, tokens) = {plan.id: Hall(actor)}, _tokens(plan.id)

    async def read(conference: str) -> Minutes:
        return await read_minutes(journal, conference)

    api = Api(halls, signer, clock, Healthy(), lambda claims: "")
    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes(MinutesApi(api, halls, read, documents).routes())
    async with TestClient(TestServer(app)) as client:
        yield House(actor, clock, client, tokens)
    await actor.stop()


@pytest.fixture
async def house(plan: Plan, journal: SqliteJournal, slow: Slow) -> AsyncIterator[House]:
    async with minuted(replace(plan, pact=DOCUMENT), journal, slow) as one:
        yield one


async def signs(house: House, sealer: Sealer, name: str = "Edi") -> None:
    """In Kukar, before a witness, through the same door as a tablet's."""
    named = ask.NameSignatory(room=KUKAR, person="p1", name=name, office="Calon Bupati")
    await house.does(OPERATOR, named)
    witnesses = (Witness(name="Dewi"),)
    await house.does(OPERATOR, ask.SetWitnesses(room=KUKAR, witnesses=witnesses))
    await house.does(MODERATOR, ask.OpenPact(on=True))
    body = wire.PactSign(
        room=KUKAR,
        person="p1",
        strokes=[[100, 100, 500, 500, 900, 100]],
        document=document_hash(DOCUMENT),
    )
    done = await sign(house.actor, OPERATOR, body, sealer, lambda: "sign-1")
    assert not isinstance(done, Refused), done


async def test_the_minutes_tell_what_happened(house: House, journal: SqliteJournal) -> None:
    await house.does(MODERATOR, do.SetPhase(phase="live"))
    await house.enters("person-1", "Budi, S.H.")
    house.clock.time += 600
    await house.does(MODERATOR, do.SetPhase(phase="closed"))
    said = await pages(house, "minutes.pdf")
    assert "Waktu pelaksanaan : 10:00 – 10:10 WITA" in said
    assert "Budi, S.H." in said
    last = [record async for record in journal.replay("uji")][-1]
    assert last.hash in said
    english = await pages(house, "minutes.pdf?lang=en")
    assert "Held : 10:00 – 10:10 WITA" in english
    told = await house.told("minutes.json")
    assert (told["begun_at"] + 600_000, told["journal"]["hash"]) == (told["closed_at"], last.hash)
    answer = await house.ask("minutes.odt")
    assert answer.content_type == "application/vnd.oasis.opendocument.text"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="berita-acara-uji.odt"'
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        assert "Budi, S.H." in archive.read("content.xml").decode()


async def test_the_same_journal_gives_the_same_files(house: House, sealer: Sealer) -> None:
    await signs(house, sealer)
    for path in PLACES:
        bodies = []
        for later in (0, 7200):
            house.clock.time += later
            bodies.append(await (await house.ask(path)).read())
        assert bodies[0] == bodies[1], path


async def test_the_pact_is_proven_by_the_servers_key(house: House, sealer: Sealer) -> None:
    await signs(house, sealer, "Edi #1 <b>")
    body = await (await house.ask("pact.pdf")).read()
    checked = check(body, sealer.public)
    assert (checked.faults, checked.sound) == ([], 1)
    said = await pages(house, "pact.pdf", "operator")
    assert "Edi #1 <b>" in said
    assert "Di hadapan saksi: Dewi" in said
    assert "Before the witnesses: Dewi" in await pages(house, "pact.pdf?lang=en")


async def test_who_may_have_them(house: House) -> None:
    for path in PLACES[:3]:
        for role in ("technician", "operator", "observer", "tester"):
            await refused(house, 403, "not_allowed", path, role)
    for role in ("technician", "observer", "tester"):
        await refused(house, 403, "not_allowed", "pact.pdf", role)
    for path in PLACES:
        await refused(house, 401, "bad_token", path, "")
        await refused(house, 404, "not_found", path, conference="lain")
        assert (await house.ask(path)).headers["Cache-Control"] == "no-store"
    assert (await house.ask("minutes.docx")).status == 404


async def test_one_at_a_time_and_not_too_many_wait(house: House, slow: Slow) -> None:
    slow.go.clear()
    asked = [asyncio.create_task(house.ask("minutes.json")) for _ in range(WAITING + 1)]
    try:
        async with asyncio.timeout(30):
            while not slow.begun:
                await asyncio.sleep(0.01)
            # The turn is taken: as many as may wait do, one more is told to come again.
            while len(asked) < WAITING + 2:
                asked.append(asyncio.create_task(house.ask("minutes.json")))
                done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        statuses = {task.result().status for task in done}
        assert statuses == {503}
        assert (await next(iter(done)).result().json())["code"] == "busy"
        assert slow.begun == 1
    finally:
        slow.go.set()
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [200] * (WAITING + 1) + [503]


async def test_a_journal_that_cannot_be_read_is_told(house: House, home: DataDir) -> None:
    with closing(sqlite3.connect(home.journal)) as other:
        other.execute("DROP TRIGGER journal_not_changed")
        other.execute("UPDATE journal SET at = at + 1 WHERE sequence = 2")
        other.commit()
    for path in PLACES:
        await refused(house, 503, "journal_unread", path)


async def test_a_server_serves_them_and_its_key_checks_them(home: DataDir) -> None:
    async with serving(home) as server, http(server, "moderator") as session:
        at = f"/api/v1/conferences/{link_of(server, 'moderator').conference}"
        for path in PLACES:
            async with session.get(f"{at}/{path}") as answer:
                assert answer.status == 200
                body = await answer.read()
    checked = check(body, open_sealer(home).public)
    assert checked.genuine
    assert checked.proof is not None
    assert checked.proof.document.title.startswith("Deklarasi dan Pakta Integritas")


async def test_a_conference_without_a_pact_says_so(
    plan: Plan, journal: SqliteJournal, slow: Slow
) -> None:
    async with minuted(plan, journal, slow) as house:
        await refused(house, 404, "no_pact", "pact.pdf")
        assert "Tidak ada pakta." in await pages(house, "minutes.pdf")
