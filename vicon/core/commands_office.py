"""What the organizer may ask of a conference; a part of commands.py, which is the whole."""

from __future__ import annotations

from vicon.core.model import Plan
from vicon.core.officewords import LinkNote
from vicon.core.shape import BaseCommand


class ChangePlan(BaseCommand):
    """The plan in place of the one before, as long as nobody has opened the session."""

    plan: Plan


class ArchiveConference(BaseCommand):
    pass


class RestoreConference(BaseCommand):
    pass


class NoteLinks(BaseCommand):
    """Links were issued."""

    links: tuple[LinkNote, ...]


class RevokeLink(BaseCommand):
    """`devices`: those that came with the link; they leave."""

    link: LinkNote
    devices: tuple[str, ...] = ()


class NoteExpiry(BaseCommand):
    """A link ends at another time from now on."""

    link: LinkNote


class ReleaseLink(BaseCommand):
    """The next browser that opens a one-time link has it, in place of the first; not `on`: the
    first keeps it after all."""

    link: LinkNote
    on: bool = True


OfficeCommand = (
    ChangePlan
    | ArchiveConference
    | RestoreConference
    | NoteLinks
    | RevokeLink
    | NoteExpiry
    | ReleaseLink
)
