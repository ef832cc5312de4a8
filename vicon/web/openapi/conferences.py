"""A conference, as whoever holds a link of it sees it; its documents; its trials."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.app.headrows import Attendances, CountCourses
from vicon.core.minutewords import Minutes
from vicon.web.answers import (
    Address,
    Compared,
    ConferenceShort,
    ConferenceTold,
    ExpectedTaken,
    HallLink,
    MediaTold,
    ReadinessTold,
    RoomAddress,
    RunReport,
    RunShort,
    RunTold,
)
from vicon.web.asked import MOST_MS
from vicon.web.commands import Asked, CommandDone
from vicon.web.openapi.words import (
    BYTES,
    CSV,
    JSON,
    LANG,
    PDF,
    ROOM,
    TEXT,
    Answer,
    Body,
    Operation,
    Parameter,
    Typed,
    file,
    picture,
    told,
)
from vicon.web.trials import LIMIT, MOST

ODT = "application/vnd.oasis.opendocument.text"
_AT, _TRIAL = "/api/v1/conferences/{id}", "/api/v1/trials/{id}"
_LINK = f"{_AT}/rooms/{{room}}/link"
MINUTES = Answer(
    says="The minutes, in the form that the address ends with.",
    content={PDF: BYTES, ODT: BYTES, JSON: Typed(Minutes)},
    headers=("Content-Disposition",),
)
MINUTES_FORMAT = {"format": {"type": "string", "enum": ["pdf", "odt", "json"]}}
PACT = file("The document of the pact, with its signatures.", PDF)

CONFERENCES: Mapping[str, Operation] = {
    "GET /api/v1/conferences": Operation(
        id="conferences",
        says="The conference of the link.",
        answers={200: told("It, alone.", list[ConferenceShort])},
    ),
    f"GET {_AT}": Operation(
        id="conference",
        says="The conference as the role of the link sees it, and the revision that this is.",
        answers={200: told("So it stands.", ConferenceTold)},
    ),
    f"GET {_AT}/view": Operation(
        id="view",
        says="The same, beside the commands that change it.",
        answers={200: told("So it stands.", ConferenceTold)},
    ),
    f"POST {_AT}/commands": Operation(
        id="command",
        says="A command of the WebSocket, carried out for a program without a connection.",
        more="Rights, acts and refusals are those of the WebSocket (docs/protocol.md); what holds "
        "only as long as a device is connected is refused with `needs_socket` or `not_joined`. "
        "Asked again under the same `id` with the same link while the server runs, it is not done "
        "again, and answered as before.",
        body=Body(content={JSON: Typed(Asked)}, says="256 KiB at most."),
        answers={200: told("It is done.", CommandDone)},
        refuses=(400, 408, 409, 413),
    ),
    f"GET {_AT}/media": Operation(
        id="media_figures",
        says="The last figures of the media plane; of an operator's own room alone.",
        answers={200: told("The figures.", MediaTold)},
    ),
    "GET /api/v1/me/qr": Operation(
        id="link_code",
        says="The own link as a QR code, for a second device.",
        more="Of a one-time link it is another one, good for one browser within 15 minutes; then "
        "the answer has `X-Vicon-Once: 1`.",
        answers={200: picture("The code.", "image/svg+xml")},
    ),
    "GET /api/v1/me/door": Operation(
        id="door_address",
        says="Address of a room's door, for check-in.",
        query=(ROOM,),
        answers={200: told("The address.", Address)},
    ),
    "GET /api/v1/me/door.svg": Operation(
        id="door_code",
        says="The same as a QR code.",
        query=(ROOM,),
        answers={200: picture("The code.", "image/svg+xml")},
    ),
    "GET /api/v1/me/display": Operation(
        id="display_address",
        says="Address of a hall's display (`/layar`), for a second screen.",
        query=(ROOM,),
        answers={200: told("The address.", Address)},
    ),
    "GET /api/v1/me/display.svg": Operation(
        id="display_code",
        says="The same as a QR code.",
        query=(ROOM,),
        answers={200: picture("The code.", "image/svg+xml")},
    ),
    f"GET {_AT}/posters.pdf": Operation(
        id="posters",
        says="Posters of the doors, to be printed; of an operator's own room alone.",
        query=(ROOM,),
        answers={200: file("The posters.", PDF)},
        refuses=(503,),
    ),
    f"POST {_AT}/expected": Operation(
        id="expect",
        says="Who is to come, in place of the lists before; all of it or nothing.",
        body=Body(content={CSV: TEXT}, says="Columns: room, name, institution, role; 64 KiB."),
        answers={200: told("They are expected.", ExpectedTaken)},
        refuses=(408, 409, 413, 422, 503),
    ),
    f"GET {_AT}/{{kind}}.{{format}}": Operation(
        id="head_count",
        says="The attendance list, or the course of the counts.",
        path={
            "kind": {"type": "string", "enum": ["attendance", "counts"]},
            "format": {"type": "string", "enum": ["csv", "json"]},
        },
        query=(ROOM, LANG),
        answers={
            200: Answer(
                says="JSON is told as it is; CSV has a name.",
                content={JSON: Typed(Attendances | CountCourses), CSV: TEXT},
            )
        },
        refuses=(400, 503),
    ),
    f"GET {_AT}/headcount.pdf": Operation(
        id="head_count_annex",
        says="The annex to the minutes.",
        query=(ROOM, LANG),
        answers={200: file("The annex.", PDF)},
        refuses=(400, 503),
    ),
    f"GET {_AT}/minutes.{{format}}": Operation(
        id="minutes",
        says="The minutes, made from the journal as it stands.",
        path=MINUTES_FORMAT,
        query=(LANG,),
        answers={200: MINUTES},
        refuses=(400, 503),
    ),
    f"GET {_AT}/pact.pdf": Operation(
        id="pact",
        says="The pact.",
        query=(LANG,),
        answers={200: PACT},
        refuses=(400, 503),
    ),
    f"GET {_LINK}": Operation(
        id="hall_link",
        says="A hall's link, and who has it.",
        answers={200: told("So it stands.", HallLink)},
    ),
    f"POST {_LINK}/release": Operation(
        id="release_hall_link",
        says="The next browser that opens the one-time link has it, in place of the first.",
        answers={200: told("So it stands.", HallLink)},
        refuses=(409,),
    ),
    f"POST {_LINK}/hold": Operation(
        id="hold_hall_link",
        says="The first browser keeps it after all.",
        answers={200: told("So it stands.", HallLink)},
        refuses=(409,),
    ),
    "GET /api/v1/trials": Operation(
        id="trials",
        says="Trial runs, newest first.",
        query=(
            ROOM,
            Parameter(
                name="limit",
                says=f"Most of them; {LIMIT} unless said otherwise.",
                schema={"type": "integer", "minimum": 1, "maximum": MOST},
            ),
            Parameter(
                name="before",
                says="Begun before this, Unix ms.",
                schema={"type": "integer", "minimum": 0, "maximum": MOST_MS},
            ),
        ),
        answers={200: told("The runs.", list[RunShort])},
        refuses=(400, 503),
    ),
    f"GET {_TRIAL}": Operation(
        id="trial",
        says="A run whole.",
        answers={200: told("The run.", RunTold)},
        refuses=(503,),
    ),
    f"GET {_TRIAL}/report.{{format}}": Operation(
        id="trial_report",
        says="The report of a run.",
        path={"format": {"type": "string", "enum": ["pdf", "csv", "json", "txt"]}},
        query=(LANG,),
        answers={
            200: Answer(
                says="The report.",
                content={PDF: BYTES, CSV: TEXT, JSON: Typed(RunReport), "text/plain": TEXT},
                headers=("Content-Disposition",),
            )
        },
        refuses=(400, 503),
    ),
    f"GET {_TRIAL}/compare": Operation(
        id="compare_trial",
        says="A run beside the room's last good one before it.",
        answers={200: told("Both.", Compared)},
        refuses=(503,),
    ),
    f"GET {_TRIAL}/still.jpg": Operation(
        id="trial_still",
        says="The hall's camera as it came, while the run is at hand; it is never stored.",
        answers={200: picture("The picture.", "image/jpeg")},
        refuses=(503,),
    ),
    "GET /api/v1/trial-links": Operation(
        id="trial_links",
        says="The address of each room's test page.",
        answers={200: told("The addresses.", list[RoomAddress])},
        refuses=(503,),
    ),
    "GET /api/v1/readiness": Operation(
        id="readiness",
        says="Of each room and of all; why, of one's own room alone.",
        answers={200: told("So it stands.", ReadinessTold)},
        refuses=(503,),
    ),
}
