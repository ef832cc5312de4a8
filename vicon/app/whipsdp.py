"""What WHIP and WHEP ask of a description beyond what every WebRTC session does."""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from vicon.ports import MediaError
from vicon.rtc import sdp


def check_offer(text: str, *, sending: bool) -> sdp.Description:
    """Read a client's offer. Raises MediaError bad_sdp.

    An encoder's (`sending`) is taken whole or not at all: one audio and one video section at most,
    each sending, and nothing else (RFC 9725, sections 4.2, 4.4.2 and 4.4.3). Of a player's what
    cannot be served is left out, but it has to receive something.
    """
    try:
        offer = sdp.parse(text)
    except sdp.SdpError as error:
        raise MediaError("bad_sdp", str(error)) from error
    ways = ("sendonly", "sendrecv") if sending else ("recvonly", "sendrecv")
    fitting = [
        section
        for section in offer.sections
        if section.kind != "application" and section.direction in ways and not section.rejected
    ]
    if not fitting:
        raise MediaError("bad_sdp", f"no audio or video section is {' or '.join(ways)}")
    if sending and len(fitting) < len(offer.sections):
        raise MediaError("bad_sdp", f"every section has to be audio or video and {ways[0]}")
    kind, most = Counter(section.kind for section in fitting).most_common(1)[0]
    if sending and most > 1:
        raise MediaError("bad_sdp", f"there are {most} {kind} sections; one can be taken")
    return offer


def check_answer(text: str, *, sending: bool) -> None:
    """No encoder is to believe that it sends what nobody takes (RFC 9725, section 4.4.3). Raises
    MediaError bad_sdp."""
    if not sending:
        return
    left_out = [s for s in sdp.parse(text).sections if s.rejected]
    if left_out:
        raise MediaError("bad_sdp", f"no codec of the {left_out[0].kind} section is known here")


def restarted_offer(offer: sdp.Description, fragment: sdp.Fragment) -> sdp.Description:
    """The client's offer as it would be after its restart of ICE: nothing but its ICE credentials
    and candidates is new (RFC 9725, section 4.3.3)."""
    transport = replace(
        offer.transport,
        ufrag=fragment.ufrag or "",
        password=fragment.password or "",
        candidates=fragment.candidates,
        complete=fragment.end,
    )
    return replace(offer, transport=transport)
