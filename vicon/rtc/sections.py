"""What answers to an offer have in common. Pure."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from vicon.rtc.description import (
    MIRROR,
    Description,
    Direction,
    SdpError,
    Section,
    Setup,
    Transport,
)

_ONE_BYTE_IDS = 14
"""Header extensions of higher ids need the two-byte form (RFC 8285), which we do not write."""


def answer_setup(offer: Description) -> Setup:
    """Our DTLS role towards this offer: passive, unless the other side is (RFC 8842 section
    5.2)."""
    return "active" if offer.transport.setup == "passive" else "passive"


def answering(offer: Description, transport: Transport) -> Transport:
    """Our transport, with a DTLS role that the offer leaves to us."""
    free = offer.transport.setup == "actpass" and transport.setup != "actpass"
    return transport if free else replace(transport, setup=answer_setup(offer))


def rejection(section: Section) -> Section:
    return Section(
        kind=section.kind,
        mid=section.mid,
        direction="inactive",
        codecs=section.codecs[:1],
        rejected=True,
    )


def used(offer: Description, ways: Collection[Direction]) -> dict[str, Section]:
    """The first audio and the first video section that go one of these ways, by kind. Raises
    SdpError where there is none, or where they would need a transport each."""
    found: dict[str, Section] = {}
    for section in offer.sections:
        if section.kind != "application" and not section.rejected and section.direction in ways:
            found.setdefault(section.kind, section)
    if not found:
        raise SdpError("the offer has no section that could be used")
    bundle = offer.bundle
    if len(found) > 1 and bundle is not None and any(s.mid not in bundle for s in found.values()):
        raise SdpError("the offer does not bundle its sections on one transport (RFC 8843)")
    return found


def extension_id(section: Section, uri: str, way: Direction | None = None) -> int | None:
    """The id of a header extension that we can write and that goes this way, as the other side
    sees it."""
    number = section.extension(uri, way)
    return number if number is not None and number <= _ONE_BYTE_IDS else None


def with_extensions(
    answer: Section, offered: Section, wanted: Collection[str], way: Direction | None = None
) -> Section:
    """The answer with those of the offered header extensions that are wanted and go this way, as
    the other side sees it."""
    chosen = [
        (number, uri)
        for number, uri in offered.extensions
        if uri in wanted and extension_id(offered, uri, way) == number
    ]
    numbers = {number for number, _ in chosen}
    ways = tuple((n, MIRROR[own]) for n, own in offered.directions if n in numbers)
    return replace(answer, extensions=tuple(chosen), directions=ways)
