"""Links for persons, programs and doors, with a QR code that a phone can read off the screen."""

from __future__ import annotations

import io
from collections.abc import Sequence

import segno
from rich.console import Console
from rich.text import Text

from vicon.cli.common import say
from vicon.ops.links import AnyRole, DoorLink, Link, MediaLink


def print_links(
    console: Console, links: Sequence[Link | MediaLink | DoorLink], *, qr: bool
) -> None:
    """Addresses are never broken into lines: they are there to be copied. An encoder's or player's
    token has a line of its own: it goes into a field of its own."""
    several = len({link.conference for link in links if link.conference}) > 1
    for link in links:
        console.print(_head(link, several))
        console.print(Text(link.url), soft_wrap=True)
        if isinstance(link, MediaLink):
            console.print(Text(link.token), soft_wrap=True)
        elif link.role == "embed":
            console.print(Text(_frame(link.url)), soft_wrap=True)
        elif qr:
            console.print(Text(qr_code(link.url)), soft_wrap=True)


def _head(link: Link | MediaLink | DoorLink, several: bool) -> Text:
    shown = link.role == "observer" and link.room is not None
    role = say("Layar", "Display") if shown else _role(link.role)
    head = Text(role, style="bold")
    head.append(f"  {link.room or ''}  {link.name}", style="default")
    if isinstance(link, Link) and link.once:
        head.append(say("  satu peramban", "  one browser"), style="dim")
    if several and link.conference:
        head.append(f"  ({link.conference})", style="dim")
    return head


def _frame(url: str) -> str:
    """What goes into a page of another site; see web_client/src/office/frame.ts."""
    style = "width:100%;aspect-ratio:16/9;border:0"
    return f'<iframe src="{url}" allow="autoplay; fullscreen" style="{style}"></iframe>'


def qr_code(url: str) -> str:
    """In half blocks, drawn so that it can be read on a dark and on a light screen: with its own
    quiet zone of four modules (ISO/IEC 18004) in the colour of the light modules."""
    matrix = [list(row) for row in segno.make(url, error="l", micro=False).matrix_iter(border=4)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    out = io.StringIO()
    for upper, lower in zip(matrix[::2], matrix[1::2], strict=True):
        out.write("".join(_BLOCKS[bool(a), bool(b)] for a, b in zip(upper, lower, strict=True)))
        out.write("\n")
    return out.getvalue()


_BLOCKS = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""(dark above, dark below); the light modules are drawn."""


def _role(role: AnyRole) -> str:
    return {
        "moderator": say("Moderator", "Moderator"),
        "operator": say("Ruang", "Room"),
        "technician": say("Teknisi", "Technician"),
        "observer": say("Pemantau", "Observer"),
        "tester": say("Uji", "Test"),
        "encoder": say("Enkoder (WHIP)", "Encoder (WHIP)"),
        "player": say("Pemutar (WHEP)", "Player (WHEP)"),
        "embed": say("Sematan situs", "Embedded page"),
        "door": say("Pintu", "Door"),
        "organizer": say("Pengelola", "Organiser"),
    }[role]
