"""A room's door, and encoders and players."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.web.checkin.form import FORM
from vicon.web.checkin.form import Form as DoorForm
from vicon.web.checkin.view import DoorView
from vicon.web.openapi.words import (
    HTML,
    JSON,
    TEXT,
    Answer,
    Body,
    Operation,
    Parameter,
    Typed,
    told,
)
from vicon.web.whiphead import FRAGMENT, SDP

_DOOR, _ENTRY = "/checkin/{token}", "/checkin/{token}/in/{person}"
_LANG = Parameter(name="lang", says="`en`: English; `id`: Bahasa Indonesia. It is remembered.")
_PAGE = Answer(says="The page.", content={HTML: TEXT})
_TO_ENTRY = Answer(says="To the entry's page.", headers=("Location",))
_FILLED = Body(
    content={FORM: Typed(DoorForm), JSON: Typed(DoorForm)},
    says="What was filled in; 8 KiB at most.",
)
_READS, _WRITES = (404, 410, 429), (403, 404, 408, 409, 410, 413, 415, 422, 429, 503)
DOORS: Mapping[str, Operation] = {
    f"GET {_DOOR}": Operation(
        id="door_page",
        says="The page at a room's door: who is in the hall enters the attendance list.",
        form="page",
        query=(
            _LANG,
            Parameter(name="new", says="Any value: for another person than the last one."),
        ),
        answers={200: _PAGE, 303: _TO_ENTRY},
        refuses=_READS,
    ),
    f"POST {_DOOR}": Operation(
        id="enter_by_page",
        says="Enter.",
        form="page",
        body=_FILLED,
        answers={303: _TO_ENTRY},
        refuses=_WRITES,
    ),
    f"GET {_ENTRY}": Operation(
        id="entry_page",
        says="An entry of the attendance list.",
        form="page",
        query=(_LANG,),
        answers={200: _PAGE},
        refuses=_READS,
    ),
    f"POST {_ENTRY}": Operation(
        id="leave_by_page",
        says="Leave.",
        form="page",
        body=_FILLED,
        answers={303: _TO_ENTRY},
        refuses=_WRITES,
    ),
    f"GET {_DOOR}/now": Operation(
        id="door_now",
        says="How the room stands.",
        form="door",
        query=(_LANG,),
        answers={200: told("So.", DoorView)},
        refuses=_READS,
    ),
    f"GET {_DOOR}/entries/{{person}}": Operation(
        id="door_entry",
        says="How the room stands, and an entry.",
        form="door",
        query=(_LANG,),
        answers={200: told("So.", DoorView)},
        refuses=_READS,
    ),
    f"POST {_DOOR}/entries": Operation(
        id="enter_by_script",
        says="Enter. Whoever asks the same again gets how things stand.",
        form="door",
        query=(_LANG,),
        body=_FILLED,
        answers={200: told("Entered.", DoorView)},
        refuses=_WRITES,
    ),
    f"POST {_DOOR}/entries/{{person}}/leave": Operation(
        id="leave_by_script",
        says="Leave.",
        form="door",
        query=(_LANG,),
        body=_FILLED,
        answers={200: told("Left.", DoorView)},
        refuses=_WRITES,
    ),
}

_OFFER = Body(content={SDP: TEXT}, says="An offer (RFC 9725, section 4.2); 64 KiB at most.")
_MADE = Answer(says="The answer.", content={SDP: TEXT}, headers=("Location", "ETag"))
_OPENS = (401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503)
_MATCH = Parameter(name="If-Match", says="Its newest entity-tag; `*` to restart ICE.")


def _endpoint(protocol: str, id: str, says: str, nothing: Answer) -> dict[str, Operation]:
    return {
        "POST": Operation(
            id=id, says=says, form="media", body=_OFFER, answers={201: _MADE}, refuses=_OPENS
        ),
        "GET": Operation(
            id=f"{id}_look",
            says=f"There is nothing to get ({protocol}).",
            form="media",
            answers={204 if not nothing.content else 200: nothing},
        ),
        "OPTIONS": Operation(
            id=f"{id}_options",
            says="What it takes; with a token also the TURN servers, in `Link`.",
            form="media",
            answers={200: Answer(says="See the headers.")},
            refuses=(401, 403, 404, 429),
        ),
    }


def _session(id: str) -> dict[str, Operation]:
    return {
        "PATCH": Operation(
            id=f"{id}_patch",
            says="Candidates, or a restart of ICE (RFC 9725, section 4.3).",
            form="media",
            headers=(_MATCH,),
            body=Body(content={FRAGMENT: TEXT}, says="A fragment (RFC 8840); 64 KiB at most."),
            answers={
                200: Answer(says="Restarted.", content={FRAGMENT: TEXT}, headers=("ETag",)),
                204: Answer(says="Taken."),
            },
            refuses=(*_OPENS, 410, 412, 428),
        ),
        "DELETE": Operation(
            id=f"{id}_end",
            says="End it.",
            form="media",
            answers={200: Answer(says="It is over.")},
            refuses=(401, 403, 404, 409, 410, 429, 500, 503),
        ),
        "GET": Operation(
            id=f"{id}_session_look",
            says="There is nothing to get.",
            form="media",
            answers={204: Answer(says="Nothing.")},
        ),
        "OPTIONS": Operation(
            id=f"{id}_session_options",
            says="What it takes.",
            form="media",
            answers={200: Answer(says="See the headers.")},
        ),
    }


_NOTHING = Answer(says="Nothing.")
_EMPTY = Answer(says="Nothing, of a type by which players know it.", content={SDP: TEXT})
MEDIA: Mapping[str, Mapping[str, Operation]] = {
    "* /whip/{conference}/{room}": _endpoint(
        "WHIP", "whip", "An encoder becomes the room's main camera (RFC 9725).", _NOTHING
    ),
    "* /whep/{conference}": _endpoint("WHEP", "whep", "A player gets the programme.", _EMPTY),
    "* /whep/{conference}/{room}": _endpoint("WHEP", "whep_room", "A player gets a room.", _EMPTY),
    "* /whip/{conference}/{room}/{session}": _session("whip"),
    "* /whep/{conference}/{room}/{session}": _session("whep"),
}
