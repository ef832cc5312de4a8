"""The organizer's acts: conferences are made, copied, changed, put away and brought back while the
server runs. One act after the other; links: see officelinks.py.

What is acknowledged is durable: the conference's file (DATA/conferences), its journal and the book
of links. A server that dies in between brings them to each other when it starts (`open_all`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Protocol

import structlog

from vicon import config
from vicon.app.actor import Asker, Done
from vicon.app.officewords import Faults, Kept, Listed, Opened, Origin
from vicon.config import table as tables
from vicon.config.check import Finding
from vicon.config.settings import Conference as Configured
from vicon.config.shelf import Shelf, Shelved
from vicon.config.table import Table
from vicon.core import commands as do
from vicon.core import commands_office as ask
from vicon.core.model import Conference, Plan
from vicon.core.officewords import LinkNote
from vicon.core.privacy import Keep
from vicon.core.refusals import Refused
from vicon.ops.book import MOST_BYTES, LinkBook
from vicon.ops.data import DataError
from vicon.ops.links import Grant, Issue
from vicon.ops.words import SpokenError, Words
from vicon.ports import Clock, JournalError

log = structlog.get_logger("vicon.office")
ORGANIZER = Grant(conference="", role="organizer", room=None, name="Pengelola")
MOST = 100
"""Conferences that are held at a time."""


class Stage(Protocol):
    """The living conferences; see vicon.hosting."""

    def __contains__(self, id: object) -> bool: ...
    def state(self, id: str) -> Conference | None: ...
    async def replay(self, plan: Plan, by: Asker = ...) -> Conference: ...
    async def go(self, id: str) -> None: ...
    async def leave(self, id: str, code: str) -> None: ...
    async def replanned(self, id: str) -> None: ...
    async def submit(self, id: str, asker: Asker, command: do.Command) -> Done | Refused: ...
    def came_by(self, id: str, jti: str) -> tuple[str, ...]: ...
    def dismiss(self, jtis: Collection[str], code: str) -> None: ...


class Office:
    """`fixed`: the conferences of the configuration file. `known()`: those that have a journal."""

    def __init__(
        self,
        fixed: Sequence[Configured],
        shelf: Shelf,
        book: LinkBook,
        stage: Stage,
        clock: Clock,
        known: Callable[[], Awaitable[list[str]]],
        *,
        embedded: bool = False,
    ) -> None:
        """`embedded`: other sites may show the programme."""
        self._fixed = {one.id: one for one in fixed}
        self._shelf, self.book, self.stage, self.clock = shelf, book, stage, clock
        self._known, self._embedded = known, embedded
        self._active: dict[str, Shelved] = {}
        self._archived: dict[str, Shelved] = {}
        self.turn = asyncio.Lock()
        """One change at a time."""

    async def open_all(self) -> None:
        """All conferences are replayed, nobody sees them yet. A file that is wrong keeps none of
        the others back. Raises SpokenError, JournalError."""
        for conference in self._fixed.values():
            if self._shelf.holds(conference.id):
                raise _twice(conference.id)
            await self.stage.replay(config.plan_of(conference))
        for id in self._shelf.ids(archived=True):
            self._keep(self._shelf.read(id, archived=True), archived=True)
        for id in self._shelf.ids():
            shelved = self._shelf.read(id)
            self._keep(shelved)
            if shelved is not None and shelved.conference is not None:
                await self._replay(shelved.id, shelved.conference)
            else:
                why = shelved.wrong.en if shelved is not None else ""
                log.error("x conference", conference=id, why=why)

    async def _replay(self, id: str, conference: Configured) -> None:
        """What was put away just before the server died is put away now."""
        state = await self.stage.replay(config.plan_of(conference))
        if state.archived:
            await self.stage.leave(id, "conference_archived")
            self._shelf.move(id, archived=True)
            self._archived[id] = self._active.pop(id)

    def bring_up_links(self) -> tuple[list[Issue], list[Issue]]:
        """The book as the conferences are now; those that are new, and those that are gone."""
        held = [one for one in self._configured() if one.id in self.stage]
        return self.book.bring_up(self._grants(held), self.clock.now(), self._resting())

    def _grants(self, held: Sequence[Configured]) -> list[Grant]:
        of = [config.grants_of(one, embedded=self._embedded) for one in held]
        return [*(grant for grants in of for grant in grants), ORGANIZER]

    def _resting(self) -> set[str]:
        return {*self._archived, *(id for id in self._active if id not in self.stage)}

    def _fits(self, conference: Configured) -> bool:
        """Whether its links have room in the book, should it be held as it is here."""
        id = conference.id
        held = [one for one in self._configured() if one.id in self.stage and one.id != id]
        grants = self._grants([*held, conference])
        return self.book.fits(grants, self.clock.now(), self._resting() - {id})

    def _configured(self) -> list[Configured]:
        shelved = (one.conference for one in self._active.values())
        return [*self._fixed.values(), *(one for one in shelved if one is not None)]

    def keeps(self) -> dict[str, tuple[str, Keep]]:
        """Of each conference that is held: its title, and how long what is kept."""
        held = [one for one in self._configured() if one.id in self.stage]
        return {one.id: (one.title, config.keep_of(one)) for one in held}

    def _keep(self, shelved: Shelved | None, *, archived: bool = False) -> None:
        if shelved is not None:
            (self._archived if archived else self._active)[shelved.id] = shelved

    # --- looking --------------------------------------------------------------------------------

    def conferences(self) -> list[Listed]:
        """Those of the configuration first, archived ones last."""
        fixed = [self._listed(id, one, "file") for id, one in self._fixed.items()]
        active = [self._shown(one) for one in self._active.values()]
        archived = [self._shown(one, archived=True) for one in self._archived.values()]
        return [*fixed, *active, *archived]

    def look(self, id: str) -> Opened | None:
        if id in self._fixed:
            table = tables.of(self._fixed[id])
            return Opened(
                listed=self._listed(id, self._fixed[id], "file"),
                table=tables.to_json(table),
                version="",
            )
        shelved, archived = self._active.get(id), False
        if shelved is None:
            shelved, archived = self._archived.get(id), True
        if shelved is None:
            return None
        listed = self._shown(shelved, archived=archived)
        return Opened(listed=listed, table=tables.to_json(shelved.table), version=shelved.version)

    def plan(self, id: str) -> Plan | None:
        """Of any conference whose file is right, also an archived one."""
        if id in self._fixed:
            return config.plan_of(self._fixed[id])
        shelved = self._active.get(id) or self._archived.get(id)
        found = shelved.conference if shelved is not None else None
        return config.plan_of(found) if found is not None else None

    def has(self, id: str) -> bool:
        return id in self._fixed or id in self._active or id in self._archived

    def _shown(self, shelved: Shelved, *, archived: bool = False) -> Listed:
        if shelved.conference is not None:
            return self._listed(shelved.id, shelved.conference, "office", archived=archived)
        return Listed(
            id=shelved.id,
            title=str(shelved.table.get("title") or shelved.id),
            origin="office",
            archived=archived,
            phase=None,
            starts_at=None,
            timezone="UTC",
            timezone_label="UTC",
            rooms=0,
            devices=0,
            wrong=shelved.wrong,
        )

    def _listed(
        self, id: str, conference: Configured, origin: Origin, *, archived: bool = False
    ) -> Listed:
        plan, state = config.plan_of(conference), self.stage.state(id)
        return Listed(
            id=id,
            title=plan.title,
            origin=origin,
            archived=archived,
            phase=state.phase if state is not None else None,
            starts_at=plan.starts_at,
            timezone=plan.timezone,
            timezone_label=plan.timezone_label,
            rooms=len(plan.rooms),
            devices=sum(d.connected for d in state.devices.values()) if state is not None else 0,
        )

    # --- changing -------------------------------------------------------------------------------

    async def create(self, by: do.Organizer, id: str, table: Table) -> Kept | Faults | Refused:
        """A new conference is held from now on. Raises DataError, JournalError."""
        async with self.turn:
            if len(self._fixed) + len(self._active) >= MOST:
                return Refused("too_many_conferences", {"most": MOST})
            found = await self._found(id, table)
            if not found and (self.has(id) or id in await self._known()):
                found = [Finding(("id",), _TAKEN)]
            if found:
                return Faults(found)
            if not await asyncio.to_thread(self._fits, tables.conference(table)):
                return _FULL
            shelved = await self._write(id, table)
            self._active[id] = shelved
            assert shelved.conference is not None
            try:
                await self.stage.replay(config.plan_of(shelved.conference), by)
            except JournalError:
                del self._active[id]
                await asyncio.to_thread(self._shelf.remove, id)
                raise
            await self.stage.go(id)
            await self._links_follow(by, id)
            log.info("< conference created", conference=id, by=by.name)
            return Kept(id=id, version=shelved.version)

    async def edit(
        self, by: do.Organizer, id: str, table: Table, version: str
    ) -> Kept | Faults | Refused:
        """In force at once where nobody has opened the session; who comes with which link may be
        changed at any time. Raises DataError."""
        async with self.turn:
            old = self._active.get(id)
            if old is None or old.conference is None:
                return self._unchangeable(id)
            if version != old.version:
                return Refused("plan_edited")
            found = await self._found(id, table)
            if found:
                return Faults(found)
            edited = tables.conference(table)
            if not await asyncio.to_thread(self._fits, edited):
                return _FULL
            plan = config.plan_of(edited)
            done = await self.stage.submit(id, by, ask.ChangePlan(plan=plan))
            if isinstance(done, Refused):
                return done
            try:
                shelved = await self._write(id, table)
            except DataError:
                before = ask.ChangePlan(plan=config.plan_of(old.conference))
                await self.stage.submit(id, by, before)
                raise
            self._active[id] = shelved
            await self.stage.replanned(id)
            await self._links_follow(by, id)
            log.info("< conference edited", conference=id, by=by.name)
            return Kept(id=id, version=shelved.version)

    async def archive(self, by: do.Organizer, id: str) -> Kept | Refused:
        """Nobody comes in any more; what happened stays to be read. Raises DataError."""
        async with self.turn:
            shelved = self._active.get(id)
            if shelved is None or id not in self.stage:
                return self._unchangeable(id)
            done = await self.stage.submit(id, by, ask.ArchiveConference())
            # `archived`: it was, and then its file could not be moved.
            if isinstance(done, Refused) and done.code != "archived":
                return done
            await asyncio.to_thread(self._shelf.move, id, archived=True)
            self._archived[id] = self._active.pop(id)
            await asyncio.to_thread(self.book.rest, id)
            await self.stage.leave(id, "conference_archived")
            log.info("< conference archived", conference=id, by=by.name)
            return Kept(id=id, version=shelved.version)

    async def restore(self, by: do.Organizer, id: str) -> Kept | Refused:
        """As it was. Raises DataError, JournalError."""
        async with self.turn:
            shelved = self._archived.get(id)
            if shelved is None:
                return Refused("unknown_conference")
            if shelved.conference is None:
                return Refused("broken_file")
            if len(self._fixed) + len(self._active) >= MOST:
                return Refused("too_many_conferences", {"most": MOST})
            if not await asyncio.to_thread(self._fits, shelved.conference):
                return _FULL
            await asyncio.to_thread(self._shelf.move, id, archived=False)
            try:
                refused = await self._revive(by, id, shelved.conference)
            except JournalError:
                await asyncio.to_thread(self._shelf.move, id, archived=True)
                raise
            if refused is not None:
                await asyncio.to_thread(self._shelf.move, id, archived=True)
                return refused
            self._active[id] = self._archived.pop(id)
            await self.stage.go(id)
            await asyncio.to_thread(self.bring_up_links)
            log.info("< conference restored", conference=id, by=by.name)
            return Kept(id=id, version=shelved.version)

    async def _revive(self, by: do.Organizer, id: str, conference: Configured) -> Refused | None:
        """Raises JournalError."""
        await self.stage.replay(config.plan_of(conference))
        done = await self.stage.submit(id, by, ask.RestoreConference())
        if isinstance(done, Refused):
            await self.stage.leave(id, "conference_archived")
            return done
        return None

    def _unchangeable(self, id: str) -> Refused:
        if id in self._fixed:
            return Refused("from_file")
        if id in self._archived:
            return Refused("archived")
        return Refused("broken_file" if id in self._active else "unknown_conference")

    async def _found(self, id: str, table: Table) -> list[Finding]:
        found = await asyncio.to_thread(tables.check, table)
        if table.get("id") != id and not any(one.place == ("id",) for one in found):
            found.append(Finding(("id",), _OTHER_ID))
        return found

    async def _write(self, id: str, table: Table) -> Shelved:
        await asyncio.to_thread(self._shelf.write, id, table)
        shelved = await asyncio.to_thread(self._shelf.read, id)
        assert shelved is not None
        return shelved

    async def _links_follow(self, by: do.Organizer, id: str) -> None:
        """New links are noted; who came with one that is no more leaves."""
        new, gone = await asyncio.to_thread(self.bring_up_links)
        if new:
            notes = tuple(note_of(issue) for issue in new if issue.grant.conference == id)
            await self.stage.submit(id, by, ask.NoteLinks(links=notes))
        for issue in gone:
            if issue.grant.conference == id:
                devices = self.stage.came_by(id, issue.jti)
                await self.stage.submit(
                    id, by, ask.RevokeLink(link=note_of(issue), devices=devices)
                )
        self.stage.dismiss({issue.jti for issue in gone}, "link_revoked")


def note_of(issue: Issue) -> LinkNote:
    grant = issue.grant
    return LinkNote(
        link=issue.jti,
        role=grant.role,
        room=grant.room,
        name=grant.name,
        expires_at=issue.expires * 1000,
    )


def _twice(id: str) -> SpokenError:
    return SpokenError(
        f"Vicon {id} ada di berkas konfigurasi dan juga di DATA/conferences. Hapus salah satunya, "
        "atau beri id lain di berkas konfigurasi.",
        f"The conference {id} is in the configuration file and in DATA/conferences too. Remove one "
        "of them, or give it another id in the configuration file.",
    )


_FULL = Refused("links_full", {"most": MOST_BYTES >> 20})
_TAKEN = Words(
    "sudah dipakai di server ini, juga oleh arsip; pilih yang lain",
    "is taken on this server, by the archive too; choose another",
)
_OTHER_ID = Words("tidak dapat diubah", "cannot be changed")
