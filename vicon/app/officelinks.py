"""The links of a conference in the organizer's hands: who has which, until when; taken back, issued
anew, with another end. The book of links goes first, so that what is taken back is so at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from vicon.app.office import Office, note_of
from vicon.app.officewords import LinkRow, Noted
from vicon.core import commands as do
from vicon.core import commands_office as ask
from vicon.core.events import ConferenceCreated, Event
from vicon.core.events_office import (
    LinkExpiryChanged,
    LinkReleased,
    LinkRevoked,
    LinksIssued,
    OfficeEvent,
)
from vicon.core.officewords import LinkNote
from vicon.core.refusals import Refused
from vicon.ops.book import MOST_BYTES, BookFull
from vicon.ops.browsers import Browsers
from vicon.ops.links import SIGN_IN_PAGE, SIGNING_IN, Issue, address_of
from vicon.ports import Journal

log = structlog.get_logger("vicon.office")
SOONEST_MS, LATEST_MS = 60_000, 3650 * 86_400_000
"""How far ahead a link's end may lie."""
BREATH = 50
"""Journal entries read at a time: a session goes on beside it."""


class OfficeLinks:
    def __init__(self, office: Office, browsers: Browsers | None = None) -> None:
        """`browsers`: of one-time links; None: there are none."""
        self._office, self._browsers = office, browsers

    def rows(self, id: str, base: str) -> list[LinkRow]:
        """In the order of the conference, those that were revoked before what came in their place.
        `base`: the address under which the server is reached."""
        office = self._office
        counts = id in office.stage
        return [
            self._row(issue, base if counts and not issue.revoked else "")
            for issue in office.book.issues
            if issue.grant.conference == id
        ]

    def _row(self, issue: Issue, base: str) -> LinkRow:
        book, grant = self._office.book, issue.grant
        url, token = address_of(book.signer, issue, base) if base else ("", "")
        sign_in = book.sign_in and grant.role in SIGNING_IN
        if sign_in and base:
            url = f"{base}/{SIGN_IN_PAGE}"
        known = self._browsers if grant.once else None
        used = known.used(issue.jti) if known is not None else []
        now = self._office.clock.now()
        return LinkRow(
            link=issue.jti,
            role=grant.role,
            room=grant.room,
            name=grant.name,
            issued_at=issue.issued * 1000,
            expires_at=issue.expires * 1000,
            revoked_at=issue.revoked * 1000 if issue.revoked else None,
            url=url,
            token=token,
            devices=len(self._office.stage.came_by(grant.conference, issue.jti)),
            once=grant.once,
            used_at=used[0].at if used else None,
            until=known.released(issue.jti, now) if known is not None else None,
            sign_in=sign_in,
        )

    async def release(self, by: do.Organizer, id: str, link: str) -> Issue | Refused:
        """The next browser has the link, in place of the first. Durable with the browsers' list,
        and in the journal before."""
        issue = self._single(id, link)
        if isinstance(issue, Refused) or self._browsers is None:
            return issue
        noted = await self._noted(by, id, ask.ReleaseLink(link=note_of(issue)), issue)
        if not isinstance(noted, Refused):
            self._browsers.release(link, self._office.clock.now())
        return noted

    async def hold(self, by: do.Organizer, id: str, link: str) -> Issue | Refused:
        """Undo: the first browser keeps it."""
        issue = self._single(id, link)
        if isinstance(issue, Refused) or self._browsers is None:
            return issue
        if self._browsers.released(link, self._office.clock.now()) is None:
            return issue
        command = ask.ReleaseLink(link=note_of(issue), on=False)
        noted = await self._noted(by, id, command, issue)
        if not isinstance(noted, Refused):
            self._browsers.hold(link)
        return noted

    def _single(self, id: str, link: str) -> Issue | Refused:
        issue = self._find(id, link)
        if isinstance(issue, Refused):
            return issue
        if issue.revoked:
            return Refused("link_gone")
        return issue if issue.grant.once else Refused("link_for_many")

    async def revoke(self, by: do.Organizer, id: str, link: str) -> Issue | Refused:
        """Who is here by it is sent away. Once more: nothing. Raises DataError."""
        office = self._office
        async with office.turn:
            issue = self._find(id, link)
            if isinstance(issue, Refused):
                return issue
            if not issue.revoked:
                issue = await asyncio.to_thread(office.book.revoke, issue, office.clock.now())
            devices = office.stage.came_by(id, link)
            command = ask.RevokeLink(link=note_of(issue), devices=devices)
            return await self._noted(by, id, command, issue)

    async def renew(self, by: do.Organizer, id: str, link: str) -> Issue | Refused:
        """Another link in place of one that was revoked. Raises DataError."""
        office = self._office
        async with office.turn:
            issue = self._find(id, link)
            if isinstance(issue, Refused):
                return issue
            if any(one.grant == issue.grant and not one.revoked for one in office.book.issues):
                return Refused("link_stands")
            try:
                fresh = await asyncio.to_thread(office.book.renew, issue, office.clock.now())
            except BookFull:
                return Refused("links_full", {"most": MOST_BYTES >> 20})
            return await self._noted(by, id, ask.NoteLinks(links=(note_of(fresh),)), fresh)

    async def expire(self, by: do.Organizer, id: str, link: str, at: int) -> Issue | Refused:
        """The link ends at `at`, Unix ms, also where it was handed out before. Raises DataError."""
        office = self._office
        async with office.turn:
            issue = self._find(id, link)
            if isinstance(issue, Refused):
                return issue
            if issue.revoked:
                return Refused("link_gone")
            ahead = at - office.clock.now()
            if not SOONEST_MS <= ahead <= LATEST_MS:
                return Refused("bad_expiry")
            changed = await asyncio.to_thread(office.book.expire, issue, at)
            return await self._noted(by, id, ask.NoteExpiry(link=note_of(changed)), changed)

    def _find(self, id: str, link: str) -> Issue | Refused:
        office = self._office
        if not office.has(id):
            return Refused("unknown_conference")
        if id not in office.stage:
            return Refused("archived")
        issue = office.book.find(link)
        if issue is None or issue.grant.conference != id:
            return Refused("unknown_link")
        return issue

    async def _noted(
        self, by: do.Organizer, id: str, command: do.Command, issue: Issue
    ) -> Issue | Refused:
        """The journal says so too; what the book says holds in any case."""
        done = await self._office.stage.submit(id, by, command)
        if isinstance(command, ask.RevokeLink):
            self._office.stage.dismiss({issue.jti}, "link_revoked")
        words = {"conference": id, "act": type(command).__name__, "link": issue.jti}
        log.info("< link", role=issue.grant.role, room=issue.grant.room, by=by.name, **words)
        return done if isinstance(done, Refused) else issue


async def read_record(journal: Journal, conference: str) -> list[Noted]:
    """What was done to prepare the conference, and by whom. Raises JournalError."""
    found: list[Noted] = []
    taken = 0
    async for record in journal.replay(conference):
        taken += 1
        if taken % BREATH == 0:
            await asyncio.sleep(0)
        if isinstance(record.event, ConferenceCreated | OfficeEvent):
            found.append(_told(record.at, record.actor, record.event))
    return found


def _told(at: int, actor: Mapping[str, str], event: Event) -> Noted:
    what = str(event.__struct_config__.tag)
    if isinstance(event, LinkReleased) and not event.on:
        what = "link_held"
    return Noted(
        at=at,
        by=actor.get("name", ""),
        role=actor.get("role", ""),
        what=what,
        links=[link.name for link in _links(event)],
    )


def _links(event: Event) -> Sequence[LinkNote]:
    if isinstance(event, LinksIssued):
        return event.links
    single = LinkRevoked | LinkExpiryChanged | LinkReleased
    return [event.link] if isinstance(event, single) else []
