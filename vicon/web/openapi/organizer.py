"""The organizer: conferences and their links."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.app.officewords import Kept, Opened
from vicon.web.answers import Example, Links, LinkTold, Record, Shelved
from vicon.web.office import Sent, Until
from vicon.web.openapi.conferences import MINUTES, MINUTES_FORMAT, PACT
from vicon.web.openapi.words import (
    BYTES,
    CSV,
    JSON,
    LANG,
    PDF,
    ROOM,
    Answer,
    Body,
    Operation,
    Schema,
    Typed,
    file,
    picture,
    told,
)

_ALL = "/api/v1/office/conferences"
ONE, _LINK = f"{_ALL}/{{id}}", f"{_ALL}/{{id}}/links/{{link}}"
ID: Mapping[str, Schema] = {"id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"}}
_IDS: Mapping[str, Schema] = {
    **ID,
    "link": {"type": "string", "pattern": "^[0-9a-f]{1,64}$"},
}

ORGANIZER: Mapping[str, Operation] = {
    f"GET {_ALL}": Operation(
        id="office_conferences",
        says="All conferences of the server.",
        answers={200: told("All.", Shelved)},
    ),
    "GET /api/v1/office/example": Operation(
        id="office_example",
        says="The built-in conference, to begin with.",
        answers={200: told("It, as in the configuration.", Example)},
    ),
    f"GET {ONE}": Operation(
        id="office_conference",
        says="A conference, to be looked at or changed.",
        path=ID,
        answers={200: told("It, and its version.", Opened)},
        refuses=(404,),
    ),
    f"PUT {ONE}": Operation(
        id="save_conference",
        says="Make a conference (`version` null), or change it from the named version.",
        path=ID,
        body=Body(content={JSON: Typed(Sent)}, says="As in the configuration; 2 MiB at most."),
        answers={200: told("It is durable and in force.", Kept)},
        refuses=(400, 404, 408, 409, 413, 422),
    ),
    f"POST {ONE}/archive": Operation(
        id="archive_conference",
        says="Put a conference away: nobody comes in any more, its record stays.",
        path=ID,
        answers={200: told("It is archived.", Kept)},
        refuses=(404, 409),
    ),
    f"POST {ONE}/restore": Operation(
        id="restore_conference",
        says="Take it out again.",
        path=ID,
        answers={200: told("It is held again.", Kept)},
        refuses=(404, 409),
    ),
    f"GET {ONE}/record": Operation(
        id="conference_record",
        says="Who prepared what, oldest first.",
        path=ID,
        answers={200: told("The acts.", Record)},
        refuses=(404,),
    ),
    f"GET {ONE}/conference.toml": Operation(
        id="export_conference",
        says="A conference in the form of the configuration.",
        path=ID,
        answers={
            200: Answer(
                says="The file.",
                content={"application/toml": BYTES},
                headers=("Content-Disposition",),
            )
        },
        refuses=(404, 409),
    ),
    f"GET {ONE}/minutes.{{format}}": Operation(
        id="office_minutes",
        says="The minutes, of an archived conference too.",
        path={**ID, **MINUTES_FORMAT},
        query=(LANG,),
        answers={200: MINUTES},
        refuses=(400, 404),
    ),
    f"GET {ONE}/pact.pdf": Operation(
        id="office_pact",
        says="The pact.",
        path=ID,
        query=(LANG,),
        answers={200: PACT},
        refuses=(400, 404),
    ),
    f"GET {ONE}/links": Operation(
        id="office_links",
        says="All links of a conference, and who has them.",
        path=ID,
        answers={200: told("The links.", Links)},
        refuses=(404,),
    ),
    f"GET {ONE}/links.csv": Operation(
        id="office_links_table",
        says="The links, for a spreadsheet.",
        path=ID,
        query=(LANG,),
        answers={200: file("The table.", CSV)},
        refuses=(400, 404, 409),
    ),
    f"GET {ONE}/join.pdf": Operation(
        id="office_join_sheets",
        says="Each hall's link, to be printed.",
        path=ID,
        query=(ROOM,),
        answers={200: file("The sheets.", PDF)},
        refuses=(404, 409),
    ),
    f"GET {ONE}/doors.pdf": Operation(
        id="office_door_posters",
        says="Each room's check-in, to be hung up.",
        path=ID,
        query=(ROOM,),
        answers={200: file("The posters.", PDF)},
        refuses=(404, 409),
    ),
    f"GET {_LINK}/qr.svg": Operation(
        id="office_link_code",
        says="A link as a QR code.",
        path=_IDS,
        answers={200: picture("The code.", "image/svg+xml")},
        refuses=(404,),
    ),
    f"POST {_LINK}/revoke": Operation(
        id="revoke_link",
        says="Take a link back; who is here by it leaves.",
        path=_IDS,
        answers={200: told("It is good no more.", LinkTold)},
        refuses=(404, 409),
    ),
    f"POST {_LINK}/renew": Operation(
        id="renew_link",
        says="Another link in place of one that was revoked.",
        path=_IDS,
        answers={200: told("The new one.", LinkTold)},
        refuses=(404, 409),
    ),
    f"PUT {_LINK}/expiry": Operation(
        id="set_link_expiry",
        says="When a link ends.",
        path=_IDS,
        body=Body(content={JSON: Typed(Until)}, says="Unix ms."),
        answers={200: told("The link.", LinkTold)},
        refuses=(400, 404, 408, 409, 413, 422),
    ),
    f"POST {_LINK}/release": Operation(
        id="release_link",
        says="The next browser that opens a one-time link has it.",
        path=_IDS,
        answers={200: told("The link.", LinkTold)},
        refuses=(404, 409),
    ),
    f"POST {_LINK}/hold": Operation(
        id="hold_link",
        says="The first browser keeps it after all.",
        path=_IDS,
        answers={200: told("The link.", LinkTold)},
        refuses=(404, 409),
    ),
}
