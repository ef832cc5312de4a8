"""The book of links: what was issued, and what of it counts. See vicon.ops.links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vicon.ops.claims import Grant, Issue
from vicon.ops.data import DataDir, DataError, read_struct, write_private
from vicon.ops.tokens import Signer

KEY_BYTES = 32
MOST_BYTES = 12 << 20
"""Of the book's file: some 35,000 links. What takes a link back is noted beyond that too, a few
bytes a line, so that the file stays below 16 MiB, which is what a standby takes of one file."""


class Book(Struct, frozen=True, kw_only=True):
    base: str
    """Where the server is reached by configuration; empty: see server.json."""
    issues: list[Issue]
    """Those that were revoked too, so that it can be told."""
    archived: list[str] = []
    """Conferences whose links rest."""
    sign_in: bool = False
    """By configuration: moderators, technicians and organizers come by no link alone."""

    def counting(self) -> Iterator[Issue]:
        """The lines by which somebody comes in."""
        resting = frozenset(self.archived)
        return (i for i in self.issues if not i.revoked and i.grant.conference not in resting)


class BookFull(DataError):
    """No link more goes into the book."""

    def __init__(self) -> None:
        most = MOST_BYTES >> 20
        super().__init__(
            f"Daftar tautan (links.json) penuh: paling besar {most} MiB. Hentikan server, "
            "pindahkan berkas vicon yang sudah selesai dari DATA/conferences dan "
            "DATA/conferences/archive, lalu mulai lagi. Tautan yang dicabut hilang sendiri "
            "setelah masa berlakunya lewat.",
            f"The list of links (links.json) is full: {most} MiB at most. Stop the server, move "
            "the files of conferences that are over out of DATA/conferences and "
            "DATA/conferences/archive, then start it again. Links that were revoked go by "
            "themselves once their time is over.",
        )


class LinkBook:
    """The book in the hands of the one server that has claimed the data directory. Each change is
    durable, and counts, when its call returns; calls block, one after another. Raises DataError;
    BookFull where lines would be added beyond MOST_BYTES."""

    def __init__(
        self,
        home: DataDir,
        key: bytes,
        book: Book,
        lifetime_ms: int,
        secret: Callable[[int], bytes],
    ) -> None:
        self._home, self._book = home, book
        self._lifetime, self._secret = lifetime_ms, secret
        self.signer = make_signer(key, book)
        """Knows what counts now, always."""

    @classmethod
    def open(
        cls,
        home: DataDir,
        *,
        base: str,
        lifetime_ms: int,
        secret: Callable[[int], bytes],
        sign_in: bool = False,
    ) -> LinkBook:
        """`secret(n)` gives n random bytes (secrets.token_bytes); `sign_in`: see Book."""
        key = read_key(home) or _make_key(home, secret)
        book = read_struct(home.links, Book) or Book(base=base, issues=[])
        book = replace(book, base=base, sign_in=sign_in)
        return cls(home, key, book, lifetime_ms, secret)

    @property
    def issues(self) -> list[Issue]:
        return self._book.issues

    @property
    def sign_in(self) -> bool:
        """See Book."""
        return self._book.sign_in

    def find(self, jti: str) -> Issue | None:
        return next((issue for issue in self._book.issues if issue.jti == jti), None)

    def bring_up(
        self, grants: Sequence[Grant], now: int, resting: Collection[str] = ()
    ) -> tuple[list[Issue], list[Issue]]:
        """Up to `grants`: see issue_links. Lines of `resting` conferences are kept and do not
        count. What was revoked stays so: nothing is issued in its place by itself. The lines that
        are new, and those that are gone and had counted."""
        old = self._book
        self._write(self._brought_up(grants, now, resting))
        before, after = ({i.jti: i for i in book} for book in (old.counting(), self._counting()))
        new = [issue for jti, issue in after.items() if jti not in before]
        return new, [issue for jti, issue in before.items() if jti not in after]

    def fits(self, grants: Sequence[Grant], now: int, resting: Collection[str] = ()) -> bool:
        """Whether bring_up() could be done."""
        book = self._brought_up(grants, now, resting)
        return not self._full(book, _content(book))

    def _brought_up(self, grants: Sequence[Grant], now: int, resting: Collection[str]) -> Book:
        old = self._book
        standing = {_identity(i.grant): i for i in old.issues if not i.revoked}
        revoked: dict[tuple[str, ...], list[Issue]] = {}
        for line in old.issues:
            own = _identity(line.grant)
            # One whose time is over tells nothing any more, unless it is all that says "none".
            if line.revoked and (line.expires * 1000 > now or own not in standing):
                revoked.setdefault(own, []).append(line)
        issues: list[Issue] = []
        for grant in grants:
            own = _identity(grant)
            issues += revoked.get(own, ())
            if own in standing:
                issues.append(_renewed(standing[own], grant, now, self._lifetime))
            elif own not in revoked:
                issues.append(self._issue(grant, now))
        issues += [i for i in old.issues if i.grant.conference in resting and i not in issues]
        return replace(old, issues=issues, archived=sorted(resting))

    def rest(self, conference: str) -> None:
        """Its links count no more; bring_up() can wake them again."""
        resting = sorted({*self._book.archived, conference})
        self._write(replace(self._book, archived=resting))

    def revoke(self, issue: Issue, now: int) -> Issue:
        return self._change(issue, replace(issue, revoked=now // 1000))

    def renew(self, issue: Issue, now: int) -> Issue:
        """Another link for the same, beside what was revoked."""
        fresh = self._issue(issue.grant, now)
        place = self._book.issues.index(issue) + 1
        lines = self._book.issues
        self._write(replace(self._book, issues=[*lines[:place], fresh, *lines[place:]]))
        return fresh

    def expire(self, issue: Issue, at: int) -> Issue:
        """The link ends at `at`, Unix ms, sooner or later than before."""
        return self._change(issue, replace(issue, expires=at // 1000, chosen=True))

    def _counting(self) -> list[Issue]:
        return list(self._book.counting())

    def _issue(self, grant: Grant, now: int) -> Issue:
        return Issue(
            grant=grant,
            jti=self._secret(9).hex(),
            issued=now // 1000,
            expires=(now + self._lifetime) // 1000,
        )

    def _change(self, old: Issue, new: Issue) -> Issue:
        """Raises ValueError for a line that is not in the book."""
        lines = list(self._book.issues)
        lines[lines.index(old)] = new
        self._write(replace(self._book, issues=lines))
        return new

    def _write(self, book: Book) -> None:
        content = _content(book)
        if self._full(book, content):
            raise BookFull
        if not self._home.links.exists() or content != self._home.links.read_bytes():
            write_private(self._home.links, content)
        self._book = book
        self.signer.take(book.issues, book.archived)

    def _full(self, book: Book, content: bytes) -> bool:
        return len(content) > MOST_BYTES and len(book.issues) > len(self._book.issues)


def _content(book: Book) -> bytes:
    return msgspec.json.format(msgspec.json.encode(book)) + b"\n"


def _identity(grant: Grant) -> tuple[str, ...]:
    """A person's link belongs to the name; a room's stays when only a name was corrected."""
    personal = grant.role in ("moderator", "technician")
    return grant.conference, grant.role, grant.room or "", grant.name if personal else ""


def _renewed(issue: Issue, grant: Grant, now: int, lifetime_ms: int) -> Issue:
    if not issue.chosen and issue.expires * 1000 - now < lifetime_ms // 2:
        issue = replace(issue, issued=now // 1000, expires=(now + lifetime_ms) // 1000)
    return replace(issue, grant=grant)


def make_signer(key: bytes, book: Book) -> Signer:
    """That knows what counts by the book."""
    signer = Signer(key, frozenset())
    signer.take(book.issues, book.archived)
    return signer


def read_key(home: DataDir) -> bytes | None:
    """None: no server has run here yet. Raises DataError."""
    try:
        key = home.key.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _bad_key(home, str(error.strerror)) from error
    if len(key) != KEY_BYTES:
        raise _bad_key(home, f"{len(key)} != {KEY_BYTES} B")
    return key


def _make_key(home: DataDir, secret: Callable[[int], bytes]) -> bytes:
    key = secret(KEY_BYTES)
    write_private(home.key, key)
    return key


def _bad_key(home: DataDir, why: str) -> DataError:
    return DataError(
        f"Kunci tautan {home.key} tidak dapat dipakai ({why}). Pulihkan dari cadangan, atau "
        "hapus: kunci baru dibuat dan semua tautan lama tidak berlaku lagi.",
        f"The links' key {home.key} cannot be used ({why}). Restore it, or delete it: a new one "
        "is made and all old links stop working.",
    )
