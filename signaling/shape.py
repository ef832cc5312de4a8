"""What all messages are made of: base classes and the types of single fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal, dataclass_transform

from msgspec import Meta, Struct

RoomCode = Annotated[str, Meta(min_length=1, max_length=32)]
DeviceId = Annotated[str, Meta(min_length=1, max_length=64)]
Label = Annotated[str, Meta(max_length=64)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Sdp = Annotated[str, Meta(min_length=1, max_length=200_000)]
Life = Annotated[str, Meta(min_length=8, max_length=32, pattern="^[A-Za-z0-9_-]*$")]
CouncilId = Annotated[str, Meta(min_length=1, max_length=80)]
Fence = Annotated[str, Meta(min_length=1, max_length=200)]
Token = Annotated[str, Meta(min_length=1, max_length=4096)]
CommandId = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Language = Literal["id", "en"]
Role = Literal["moderator", "technician", "operator", "observer", "tester"]
"""tester: a room's test page, which can be tried but cannot join."""
StandbyStand = Literal["away", "behind", "synced"]
"""away: not connected. behind: catching up; acts do not wait for it. synced: it has everything that
was acknowledged."""
WitnessWord = Literal["alone", "takeover"]
"""alone: the first goes on without its standby. takeover: the standby serves."""
LineName = Literal["up", "down"]
"""One of a device's two connections."""

_SECRETS = frozenset(("token", "resume", "credential"))


# Type checkers do not see that subclasses of a frozen struct are frozen too; this tells them.
@dataclass_transform(frozen_default=True, kw_only_default=True)
class _Message(Struct, frozen=True, kw_only=True):
    """Shown without its secrets: tracebacks with local variables end up in logs."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(n, "..." if n in _SECRETS and v is not None else v) for n, v in values]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class _Strict(_Message, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """From a client: an unknown field is an error at the edge."""


class _Open(_Message, frozen=True, kw_only=True, tag_field="type"):
    """From the server: a client ignores fields that it does not know."""


class _Part(_Message, frozen=True, kw_only=True):
    """A part of a server's message, without a type of its own."""


class Text(_Part):
    """A sentence in both languages."""

    id: str
    en: str
