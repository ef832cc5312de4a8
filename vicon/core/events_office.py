"""What the organizer did to a conference; a part of events.py, which is the whole: the same
promise."""

from __future__ import annotations

from vicon.core.model import Plan
from vicon.core.officewords import LinkNote
from vicon.core.shape import BaseEvent


class PlanChanged(BaseEvent, tag="plan_changed"):
    """The conference as configured from now on. Rooms keep what is known of them by their code; the
    rundown and the pact are those of the plan where it changed them."""

    plan: Plan


class ConferenceArchived(BaseEvent, tag="conference_archived"):
    """Nobody comes in any more; it can be brought back."""


class ConferenceRestored(BaseEvent, tag="conference_restored"):
    pass


class LinksIssued(BaseEvent, tag="links_issued"):
    links: list[LinkNote]


class LinkRevoked(BaseEvent, tag="link_revoked"):
    link: LinkNote


class LinkExpiryChanged(BaseEvent, tag="link_expiry_changed"):
    """`link`: with its new end."""

    link: LinkNote


class LinkReleased(BaseEvent, tag="link_released"):
    """The next browser that opens this one-time link has it, in place of the first; not `on`: that
    was taken back."""

    link: LinkNote
    on: bool = True


OfficeEvent = (
    PlanChanged
    | ConferenceArchived
    | ConferenceRestored
    | LinksIssued
    | LinkRevoked
    | LinkExpiryChanged
    | LinkReleased
)
