"""The HTML of a room's door: templates that escape whatever is put in, and the built assets."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from vicon.ops.words import Language
from vicon.web.checkin.words import spoken
from vicon.web.pages import NoWebClient

if TYPE_CHECKING:
    from jinja2 import Environment

ENTRY, ICON = "src/checkin/main.ts", "src/icon.svg"
WATCH = "src/watch/main.ts"
TEMPLATES = Path(__file__).with_name("templates")


class _Built(Struct, frozen=True):
    """A line of Vite's manifest."""

    file: str
    css: list[str] = []


class Assets(Struct, frozen=True):
    """Addresses on this server, under hashed names."""

    script: str
    sheets: list[str]
    icon: str


def find_assets(place: Path, script: str = ENTRY) -> Assets:
    """`place`: the built web client; `script`: one of its entries. Raises NoWebClient."""
    try:
        manifest = msgspec.json.decode(
            (place / "manifest.json").read_bytes(), type=dict[str, _Built]
        )
        entry, icon = manifest[script], manifest[ICON]
    except (OSError, msgspec.MsgspecError, KeyError) as error:
        raise NoWebClient(
            "Halaman daftar hadir belum dibangun. Jalankan scripts/up, atau python hatch_build.py.",
            "The check-in page has not been built. Run scripts/up, or python hatch_build.py.",
        ) from error
    return Assets(f"/{entry.file}", [f"/{sheet}" for sheet in entry.css], f"/{icon.file}")


class Html:
    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def render(self, template: str, lang: Language, **values: Any) -> str:
        """`template`: a file beside this one, in `templates`."""
        found = self._environment.get_template(template)
        return found.render(
            lang=lang,
            other="id" if lang == "en" else "en",
            w=spoken(lang),
            assets=self._assets,
            **values,
        )

    @cached_property
    def _environment(self) -> Environment:
        # Imported here: without it a start, and a recovery, is the shorter.
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        return Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
