"""DTLS and SRTP of a media transport. The only file that touches aiortc and pylibsrtp, some of it
by private names: tests/rtc/test_transport.py names each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Literal, cast

import pylibsrtp
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    SRTPProtectionProfile,
)
from OpenSSL import SSL
from pylibsrtp._binding import ffi, lib

from vicon.rtc.sdp import Fingerprint

DtlsRole = Literal["server", "client"]
MAX_PACKET = 1472
"""Bytes of an RTP packet: what an Ethernet frame holds."""
MAX_WAITING = 64
"""Handshake datagrams that wait to be read; those beyond are sent again by the other side."""
_CANCELS, _CANCEL_S = 10, 0.1
"""How often a handshake is cancelled until it has ended, and the seconds that it has for that."""
_TRAILER = 16 + 128
"""SRTP_MAX_TRAILER_LEN of libsrtp: authentication tag and master key identifier."""
_CIPHERS = b":".join(
    (
        b"ECDHE-ECDSA-AES128-GCM-SHA256",
        b"ECDHE-RSA-AES128-GCM-SHA256",
        b"ECDHE-ECDSA-CHACHA20-POLY1305",
        b"ECDHE-RSA-CHACHA20-POLY1305",
        b"ECDHE-ECDSA-AES128-SHA",
        b"ECDHE-RSA-AES128-SHA",
        b"ECDHE-ECDSA-AES256-SHA",
        b"ECDHE-RSA-AES256-SHA",
    )
)


class Certificate(RTCCertificate):
    """A self-signed certificate for DTLS; one per process will do. Peers with RSA keys are
    accepted too (aiortc offers suites for ECDSA only)."""

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        context = super()._create_ssl_context(srtp_profiles)
        context.set_cipher_list(_CIPHERS)
        return context

    def fingerprints(self) -> tuple[Fingerprint, ...]:
        """For the SDP: SHA-256 alone, which everybody understands."""
        found = [f for f in self.getFingerprints() if f.algorithm == "sha-256"]
        return tuple(Fingerprint(f.algorithm, f.value) for f in found)


def make_certificate() -> Certificate:
    """Takes a few milliseconds. Valid for 30 days: make one per process start, not per boot."""
    return Certificate.generateCertificate()


class Sealer:
    """SRTP protection in place: a third of the cost of pylibsrtp's own protect(), which makes
    three objects and two copies for each packet."""

    __slots__ = ("_buffer", "_length", "_session", "_srtp", "_view")

    def __init__(self, session: pylibsrtp.Session) -> None:
        self._session = session  # owns what _srtp points to
        self._srtp = session._srtp[0]
        self._buffer = ffi.new("char[]", MAX_PACKET + _TRAILER)
        self._view = memoryview(ffi.buffer(self._buffer))
        self._length = ffi.new("int *")

    @property
    def pointer(self) -> object:
        """To libsrtp's session; good as long as this object is."""
        return self._srtp

    def protect(self, packet: bytes) -> memoryview:
        """Valid until the next call. Raises ValueError for a packet that is too long or that
        libsrtp refuses."""
        size = len(packet)
        if size > MAX_PACKET:
            raise ValueError("packet too long")
        self._view[:size] = packet
        self._length[0] = size
        if lib.srtp_protect(self._srtp, self._buffer, self._length):
            raise ValueError("libsrtp refused the packet")
        return self._view[: self._length[0]]

    def protect_rtcp(self, packet: bytes) -> bytes:
        """Raises ValueError as protect()."""
        try:
            return self._session.protect_rtcp(packet)
        except pylibsrtp.Error as error:
            raise ValueError("libsrtp refused the packet") from error


class Opener:
    """SRTP's other direction, in place in a buffer that the sockets fill."""

    __slots__ = ("_buffer", "_bytes", "_length", "_session", "_srtp")

    def __init__(self, session: pylibsrtp.Session, buffer: bytearray) -> None:
        self._session = session
        self._srtp = session._srtp[0]
        self._buffer = ffi.from_buffer("char[]", buffer)
        self._bytes = ffi.buffer(self._buffer)
        self._length = ffi.new("int *")

    def unprotect(self, size: int) -> bytes:
        """The RTP packet of `size` bytes in the buffer. Raises ValueError for what is none, is a
        copy, or has other keys."""
        self._length[0] = size
        if lib.srtp_unprotect(self._srtp, self._buffer, self._length):
            raise ValueError("not for us")
        return cast(bytes, self._bytes[: self._length[0]])

    def unprotect_rtcp(self, size: int) -> bytes:
        """As unprotect(), for RTCP."""
        self._length[0] = size
        if lib.srtp_unprotect_rtcp(self._srtp, self._buffer, self._length):
            raise ValueError("not for us")
        return cast(bytes, self._bytes[: self._length[0]])


class _Way:
    """The three names that RTCDtlsTransport uses of an RTCIceTransport."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue(MAX_WAITING)
        self.ended = False
        self._deliver = send

    async def _send(self, data: bytes) -> None:
        self._deliver(data)

    async def _recv(self) -> bytes:
        data = None if self.ended else await self.waiting.get()
        if data is None:
            raise ConnectionError("the transport is closed")
        return data


class Dtls:
    """One DTLS association; the datagrams are carried by the owner.

    `send` takes what goes out and does not raise; `ended` is called when the other side closed."""

    def __init__(
        self, certificate: Certificate, send: Callable[[bytes], None], ended: Callable[[], None]
    ) -> None:
        self._way = _Way(send)
        self._ended = ended
        self._dtls = RTCDtlsTransport(cast(Any, self._way), [certificate])
        self._dtls.add_listener("statechange", self._changed)

    def feed(self, data: bytes) -> None:
        """A datagram of the handshake or an alert came; not empty."""
        if not self._way.waiting.full():
            self._way.waiting.put_nowait(data)

    async def connect(self, role: DtlsRole, fingerprints: Sequence[Fingerprint]) -> None:
        """Agree on keys. Raises ConnectionError."""
        self._dtls._set_role(role)
        told = [RTCDtlsFingerprint(f.algorithm, f.value) for f in fingerprints]
        await self._shake_hands(RTCDtlsParameters(fingerprints=told))
        if self._dtls.state != "connected":
            raise ConnectionError("the handshake was refused or the fingerprint is another one")

    async def _shake_hands(self, parameters: RTCDtlsParameters) -> None:
        """As cancellable as anything: Python 3.11's wait_for, by which the library waits, takes a
        cancellation that comes along with a datagram for none at all."""
        handshake = asyncio.create_task(self._dtls.start(parameters), name="DTLS handshake")
        try:
            await asyncio.wait((handshake,))
        finally:
            for _ in range(_CANCELS):
                if handshake.done():
                    break
                handshake.cancel()
                await asyncio.wait((handshake,), timeout=_CANCEL_S)
            if handshake.done() and not handshake.cancelled():
                handshake.exception()  # seen, also where it does not matter any more
        handshake.result()

    @property
    def srtp_profile(self) -> str:
        """Name of the agreed SRTP profile; empty before."""
        ssl = self._dtls._ssl
        return ssl.get_selected_srtp_profile().decode() if ssl is not None else ""

    def sealer(self) -> Sealer:
        """Once connected."""
        return Sealer(self._dtls._tx_srtp)

    def opener(self, buffer: bytearray) -> Opener:
        """Once connected; for packets in that buffer, which must not change its size."""
        return Opener(self._dtls._rx_srtp, buffer)

    async def stop(self) -> None:
        """Tell the other side, and read no more."""
        await self._dtls.stop()
        self._way.ended = True
        if self._way.waiting.empty():
            self._way.waiting.put_nowait(None)

    def _changed(self) -> None:
        if self._dtls.state in ("closed", "failed"):
            self._ended()
