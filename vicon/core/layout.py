"""Who should receive whom, and how large: the picture that the media plane is brought to.

Sources are the main devices of the rooms. Everybody receives every other room's, and nobody the
own room's; an operator's phone (companion) and a hall's display receive only the hub and the room
on air; a player receives one source, which may be whatever is on air. Beside that everybody but
players sees a presentation (presentations.py), and some hear an announcement or the other end of a
private line: voices.py.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from vicon.core import mics, presentations, relief, voices
from vicon.core.model import PROGRAMME, Conference, Device
from vicon.core.profile import HEIGHTS as LEVEL_HEIGHTS
from vicon.core.profile import Level
from vicon.core.rooms import is_hub, main_device, on_air, on_stage

Size = Literal["large", "inset", "thumbnail"]
Kind = Literal["audio", "video"]


class Want(Struct, frozen=True, kw_only=True):
    """`receiver` should get from `sender`, the main device of `room`, these kinds, this large.
    Where `room` is one of voices.ANNOUNCE and voices.LINE, the sender may be any device; where it
    is presentations.PRESENT, the device that is presented."""

    receiver: str
    room: str
    sender: str
    audio: bool
    video: bool
    size: Size
    height: int
    """Pixels that are worth forwarding: more is not seen, or not sent."""
    rank: int
    """What a narrow line gives up last: 0 what everybody looks at, 1 the hub, 2 the rest."""
    least: bool = False
    """The picture in its smallest and slowest form alone: the server is pressed."""
    rests: bool = False
    """No picture: the server is pressed more."""


class SendWish(Struct, frozen=True):
    """What a device should send: encodings of its picture up to `height` pixels, of which the
    largest takes `max_kbps` at most; smaller ones beside it come on top."""

    audio: bool
    video: bool
    height: int
    max_kbps: int


LARGE = (720, 1500)
MEDIUM = (360, 400)
SMALL = (180, 150)
PRESENTED = (1080, 1500)
"""Of a presentation: letters stay sharp, its rate of pictures gives way."""
_BLIND = frozenset({"document", "screen", "voice"})
"""Kinds of devices that are shown nothing."""
_MOST: dict[Level, tuple[int, int]] = {"720p": LARGE, "360p": MEDIUM, "audio": SMALL}
START_SHARE, LEAST_START_KBPS = 0.7, 60
HEIGHTS: dict[Size, int] = {"large": 720, "inset": 360, "thumbnail": 180}
RANKS: dict[Size, int] = {"large": 0, "inset": 1, "thumbnail": 2}


def sources(state: Conference) -> dict[str, Device]:
    """The admitted main device of each room that has one, lost ones too: a device whose signalling
    is gone may go on sending."""
    found = ((code, main_device(state, code)) for code in state.rooms)
    return {code: device for code, device in found if device is not None}


def routes(state: Conference) -> list[Want]:
    """All that should be forwarded now.

    A lost receiver keeps its routes until it expires, so that a broken signalling connection does
    not silence a hall whose media still flows.
    """
    senders = sources(state)
    wants = (want for device in state.devices.values() for want in _wants(state, device, senders))
    shown = [want for want in wants if want.audio or want.video]
    sounding = frozenset(code for code in state.rooms if _hall_sounds(code, senders))
    return shown + [_heard(voice) for voice in voices.voices(state, sounding)]


def _heard(voice: voices.Voice) -> Want:
    """Before all pictures and other sound."""
    return Want(
        receiver=voice.receiver,
        room=voice.slot,
        sender=voice.sender,
        audio=True,
        video=False,
        size="thumbnail",
        height=0,
        rank=0,
    )


def receive_wishes(state: Conference, device: str) -> list[Want]:
    """The part of routes() that one device receives of the programme."""
    receiver = state.devices.get(device)
    return _wants(state, receiver, sources(state)) if receiver is not None else []


def slots_for(state: Conference, device: str) -> list[tuple[str, Kind]]:
    """Sections of the device's down connection: audio and video of every other room, the hub
    first, then what may be heard beside the programme. Independent of who is here and of what the
    device is, so that it is made only once."""
    known = state.devices.get(device)
    if known is None:
        return []
    kinds: tuple[Kind, Kind] = ("audio", "video")
    if known.via == "whep":
        return [(known.plays, kind) for kind in kinds]
    beside: list[tuple[str, Kind]] = [(slot, "audio") for slot in voices.slots_of(known)]
    if known.kind == "voice":
        return beside
    rooms = [(code, kind) for code in state.rooms if code != known.room for kind in kinds]
    return [*rooms, *beside, (presentations.PRESENT, "video")]


def send_wish(state: Conference, device: str) -> SendWish | None:
    """None for a device that should not publish: all but the admitted main devices, what a room
    offers to show, and those that speak beside the programme, without a picture.

    On air 720p; a preview for the hub while a room speaks and for the room that is next; the
    smallest for the rest. Never more than the hall's fallback plan.
    """
    known = state.devices.get(device)
    if known is None or known.waiting:
        return None
    if presentations.kind_of(known) is not None:
        return _presented(state, known)
    speaks = voices.goes(state, device) != "programme"
    if known.room is None or state.rooms[known.room].main != device:
        if not voices.sends(state, device):
            return None
        return SendWish(audio=speaks, video=False, height=SMALL[0], max_kbps=SMALL[1])
    height, kbps = _quality(state, known.room)
    audio = speaks or mics.heard(state, known.room)
    video = known.camera and pictured(state, known.room)
    return SendWish(audio=audio, video=video, height=height, max_kbps=kbps)


def _presented(state: Conference, device: Device) -> SendWish:
    """Whole while it is shown; else its smallest, which shows that it comes."""
    code = device.room or ""
    video = device.camera and presentations.carried(state, device)
    if presentations.chosen(state) != device or state.black:
        return SendWish(audio=False, video=video, height=SMALL[0], max_kbps=SMALL[1])
    most = min(PRESENTED[1], _MOST[level_of(state, code)][1])
    return SendWish(audio=False, video=video, height=PRESENTED[0], max_kbps=most)


def pictured(state: Conference, code: str) -> bool:
    """Whether the room's fallback plan lets it send a picture."""
    return level_of(state, code) != "audio"


def level_of(state: Conference, code: str) -> Level:
    """How far the room's fallback plan is followed; the hub has none."""
    return "720p" if is_hub(state, code) else state.rooms[code].fallback.level


def start_kbps(state: Conference, device: str, now: int) -> int | None:
    """What the device's line carried down in its room's last trial, of which a part is taken to
    begin with; None where nothing lately measured is known. `now` in Unix ms."""
    known = state.devices.get(device)
    trial = state.rooms[known.room].trial if known is not None and known.room else None
    if known is None or known.kind != "main" or trial is None:
        return None  # a person's own phone may come by another line
    measured = trial.capacity_down_kbps
    if measured is None or now - trial.at > state.plan.policy.trial_age_ms:
        return None
    return max(LEAST_START_KBPS, int(START_SHARE * measured))


def programme(state: Conference) -> str:
    """The room that everybody looks at: the hub when all else is black, a pinned one, else the one
    on air."""
    if state.black:
        return state.plan.hub.code
    return state.pinned if state.pinned is not None else on_air(state)


def _shown_large(state: Conference) -> frozenset[str]:
    """Rooms that somebody sees large, those that everybody hears among them."""
    return on_stage(state) | {programme(state)}


def _quality(state: Conference, code: str) -> tuple[int, int]:
    if code in _shown_large(state):
        return min(LARGE, _MOST[level_of(state, code)])
    wished = MEDIUM if is_hub(state, code) or code == state.next else SMALL
    return min(wished, _MOST[level_of(state, code)])


def _wants(state: Conference, receiver: Device, senders: dict[str, Device]) -> list[Want]:
    if receiver.waiting or receiver.kind in _BLIND or receiver.via == "whip":
        return []
    if receiver.via == "whep":
        return _played(state, receiver, senders)
    deaf = receiver.kind == "companion" and _hall_sounds(receiver.room or "", senders)
    wants = (
        _want(state, receiver, code, sender, deaf=deaf)
        for code, sender in senders.items()
        if code != receiver.room
        and (not receiver.hall or _displayed(state, receiver.hall, code))
        and (receiver.kind != "companion" or _central(state, code))
        and not _blacked_out(state, receiver, code)
    )
    slide = _slide(state, receiver)
    return [w for w in wants if w.audio or w.video or w.rests] + ([slide] if slide else [])


def _slide(state: Conference, receiver: Device) -> Want | None:
    """What is presented, for everybody but the device that shows it: the hall's own screen too."""
    shown = presentations.shown(state)
    if shown is None or shown.id == receiver.id:
        return None
    if relief.picture(state, RANKS["large"], staged=True) == "none":
        return None
    return Want(
        receiver=receiver.id,
        room=presentations.PRESENT,
        sender=shown.id,
        audio=False,
        video=True,
        size="large",
        height=PRESENTED[0],
        rank=RANKS["large"],
    )


def _played(state: Conference, player: Device, senders: dict[str, Device]) -> list[Want]:
    """The one source of a player, in its one slot, as large as it comes."""
    code = programme(state) if player.plays == PROGRAMME else player.plays
    if code not in senders or _blacked_out(state, player, code):
        return []
    want = _want(state, player, code, senders[code], deaf=False)
    height = _quality(state, code)[0]
    want = replace(want, room=player.plays, size="large", height=height, rank=RANKS["large"])
    return [want] if want.audio or want.video else []


def _blacked_out(state: Conference, receiver: Device, code: str) -> bool:
    """Who guides goes on seeing all."""
    guides = receiver.role in ("moderator", "technician") and receiver.via == "page"
    return state.black and not guides and not is_hub(state, code)


def _displayed(state: Conference, hall: str, code: str) -> bool:
    """Whether a hall's display shows the room: in the hall itself the hub stands in its place."""
    return _central(state, code) and (code != hall or is_hub(state, code))


def _central(state: Conference, code: str) -> bool:
    return is_hub(state, code) or code in _shown_large(state)


def _hall_sounds(code: str, senders: dict[str, Device]) -> bool:
    """Whether the hall's main device plays the sound already: a second one would echo. An encoder
    plays nothing."""
    main = senders.get(code)
    return main is not None and main.via != "whip" and (main.connected or main.publishing)


def _want(state: Conference, receiver: Device, code: str, sender: Device, *, deaf: bool) -> Want:
    size = _size(state, receiver.room or receiver.hall or None, code)
    heard = mics.heard(state, code) and voices.goes(state, sender.id) == "programme"
    rank = 0 if code in on_stage(state) else RANKS[size]
    picture = relief.picture(state, rank, staged=rank == 0)
    return Want(
        receiver=receiver.id,
        room=code,
        sender=sender.id,
        audio=not deaf and sender.publishing and heard,
        video=sender.camera
        and picture != "none"
        and pictured(state, code)
        and _spared(state, receiver, size),
        size=size,
        height=_height(state, receiver, code, size),
        rank=rank,
        least=picture == "least",
        rests=sender.camera and picture == "none",
    )


def _height(state: Conference, receiver: Device, code: str, size: Size) -> int:
    """As large as it is shown, a moderator's preview of the room that is next included; but never
    larger than send_wish: the hub is large in the room on air and sends no more than a preview;
    nor than the receiving hall's fallback plan."""
    preview = receiver.role == "moderator" and code == state.next and size == "thumbnail"
    most = min(_quality(state, code)[0], LEVEL_HEIGHTS[_level_at(state, receiver)])
    return min(HEIGHTS["inset" if preview else size], most)


def _level_at(state: Conference, receiver: Device) -> Level:
    """The hall's line is its main device's: a phone may come by another."""
    if receiver.kind != "main" or receiver.room is None:
        return "720p"
    return level_of(state, receiver.room)


def _spared(state: Conference, receiver: Device, size: Size) -> bool:
    """A hall with sound alone sees who is shown large, where its line has room: the sound goes
    before."""
    return size == "large" or _level_at(state, receiver) != "audio"


def _size(state: Conference, own: str | None, code: str) -> Size:
    """What everybody looks at is large, and what is on air beside it; in that room itself the hub
    is, which is else the inset. Beside a presentation they are insets."""
    shown = programme(state)
    beside = code == state.beside and state.pinned is None and not state.black
    if code == shown or beside or (own == shown and is_hub(state, code)):
        return "large" if presentations.shown(state) is None else "inset"
    return "inset" if is_hub(state, code) else "thumbnail"
