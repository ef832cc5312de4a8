"""What is to be seen of the programme at a moment, without pixels. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from vicon.core import layout
from vicon.core.ceremony import Item
from vicon.core.model import Conference
from vicon.core.rooms import on_air
from vicon.ops.words import Language, Words

NO_PICTURE = Words("Tanpa gambar", "No picture")
HUB_ONLY = Words("Hanya provinsi yang ditampilkan", "Only the province is shown")
NOT_BEGUN = Words("Sesi belum dimulai", "The session has not begun")
OVER = Words("Sesi telah selesai", "The session is over")


class Caption(Struct, frozen=True):
    """Lower third of a room."""

    name: str
    """Of the room."""
    line: str = ""
    """Who speaks, or the item of the rundown; empty: nothing."""


class Scene(Struct, frozen=True, kw_only=True):
    """Rooms are named by their codes."""

    air: str | None
    """Shown large; None: nobody, which looks as `black` does."""
    beside: str | None = None
    """A second room, as large as the first."""
    black: bool = False
    """No room is seen: a slate with the title and the notice."""
    title: str = ""
    """Of the conference."""
    clock: str = ""
    """As it is to be read: 09:12:40 WITA. Empty: no clock."""
    captions: Mapping[str, Caption] = field(default_factory=dict)
    """By room; a room without one is shown without its name."""
    notice: str = ""
    """A short word over the picture, under the title on a slate; empty: none."""
    without: str = ""
    """What stands under the name of a room that has no picture."""


def shown(scene: Scene) -> tuple[str, ...]:
    """The rooms whose pictures are needed, left to right: none, one or two."""
    if scene.black or scene.air is None:
        return ()
    if scene.beside is None or scene.beside == scene.air:
        return (scene.air,)
    return scene.air, scene.beside


def clock_at(at: int, zone: str, label: str) -> str:
    """Unix ms as 09:12:40 WITA. `zone`: an IANA name."""
    when = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(zone))
    return f"{when:%H:%M:%S} {label}".rstrip()


def scene_of(state: Conference, at: int, language: Language) -> Scene:
    """The scene of a conference as it is at `at`, Unix ms."""
    plan = state.plan
    air = layout.programme(state)
    second = state.beside if state.pinned is None and not state.black else None
    notice = HUB_ONLY.say(language) if state.black else ""
    if state.phase != "live":
        notice = (OVER if state.phase == "closed" else NOT_BEGUN).say(language)
    return Scene(
        air=air,
        beside=second if second != air else None,
        black=state.phase != "live",
        title=plan.title,
        clock=clock_at(at, plan.timezone, plan.timezone_label),
        captions={
            code: Caption(room.plan.name, item_line(state, code))
            for code, room in state.rooms.items()
        },
        notice=notice,
        without=NO_PICTURE.say(language),
    )


def item_line(state: Conference, code: str) -> str:
    """The running item's title, for the room that it is of and that is on air; else nothing."""
    item = _running(state)
    if item is None or (item.room or state.plan.hub.code) != code:
        return ""
    return item.title if on_air(state) == code else ""


def _running(state: Conference) -> Item | None:
    rundown = state.rundown
    return next((item for item in rundown.items if item.id == rundown.current), None)
