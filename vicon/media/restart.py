"""An ICE restart of a connection (RFC 8445, section 9; RFC 8829, section 4.1.8.1): other
credentials, everything else as it was agreed."""

from __future__ import annotations

from vicon.media.connection import Agreement, Connection
from vicon.ports import MediaError
from vicon.rtc import negotiate, sdp
from vicon.rtc.secure import TransportError


async def answer_up(connection: Connection, offer: sdp.Description) -> str:
    """The answer to the client's offer of a restart. Raises MediaError."""
    agreement = connection.agreement
    if agreement is None or not connection.begun:
        raise MediaError("media_state", "there is no up connection to restart")
    try:
        _, choices = negotiate.answer_publish(offer, agreement.ours.transport)
    except sdp.SdpError as error:
        raise MediaError("bad_sdp", str(error)) from error
    return await _answered_again(connection, agreement, offer, essence(choices))


async def answer_player(connection: Connection, offer: sdp.Description) -> str:
    """The answer to a player's offer of a restart. Raises MediaError."""
    agreement = connection.agreement
    if agreement is None or not connection.begun or not agreement.theirs:
        raise MediaError("media_state", "there is no connection of a player to restart")
    return await _answered_again(connection, agreement, offer, played(offer))


async def _answered_again(
    connection: Connection,
    agreement: Agreement,
    offer: sdp.Description,
    theirs: tuple[object, ...],
) -> str:
    if theirs != agreement.theirs or not connection.same_end(offer.transport):
        raise MediaError("bad_sdp", "a restart may change nothing but the ICE credentials")
    ours = await _new_credentials(connection)
    await connection.transport.reconnect(offer.transport)
    connection.restarted()
    return sdp.render(agreement.again(ours))


async def offer_down(connection: Connection) -> str:
    """The server's offer of a restart, to be answered. Raises MediaError."""
    agreement = connection.agreement
    if agreement is None or not connection.begun or agreement.theirs:
        raise MediaError("media_state", "there is no down connection to restart")
    ours = await _new_credentials(connection)
    connection.restarting = True
    return sdp.render(agreement.again(ours))


async def answered(connection: Connection, answer: sdp.Description) -> None:
    """The client's answer to offer_down(). Raises MediaError."""
    if not connection.same_end(answer.transport):
        raise MediaError("bad_sdp", "a restart may change nothing but the ICE credentials")
    await connection.transport.reconnect(answer.transport)
    connection.restarted()


def essence(choices: list[negotiate.Choice]) -> tuple[object, ...]:
    """What of the client's offer must stay."""
    return tuple((c.mid, c.kind, c.codec.name.lower(), c.codec.payload_type) for c in choices)


def played(offer: sdp.Description) -> tuple[object, ...]:
    """What of a player's offer must stay."""
    return tuple(
        (s.mid, s.kind, s.direction, tuple((c.name.lower(), c.payload_type) for c in s.codecs))
        for s in offer.sections
    )


async def _new_credentials(connection: Connection) -> sdp.Transport:
    try:
        return await connection.transport.restart()
    except TransportError as error:
        raise MediaError("media_unavailable", str(error)) from error
