"""Which video codec a publisher should send: one that every receiver of its conference decodes.
Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vicon.rtc.negotiate import VIDEO_CODECS


def preference(receivers: Sequence[Collection[str]]) -> list[str]:
    """All codecs by how many of the receivers decode them, the usual order among equals.
    `receivers`: what each decodes; who decodes no video at all has no say."""
    seeing = [codecs for codecs in receivers if any(name in codecs for name in VIDEO_CODECS)]
    return sorted(VIDEO_CODECS, key=lambda name: -sum(name in codecs for codecs in seeing))


def better(
    present: str, offered: Collection[str], receivers: Sequence[Collection[str]]
) -> str | None:
    """The offered codec that more receivers decode than the present one; None: there is none."""
    count = {name: sum(name in codecs for codecs in receivers) for name in VIDEO_CODECS}
    usable = [name for name in preference(receivers) if name in offered]
    if not usable or count[usable[0]] <= count.get(present, 0):
        return None
    return usable[0]
