"""The page at a room's door: a person scans the QR code that hangs there and enters the room's
attendance list, without an account.

    GET   /checkin/TOKEN                   the form, or why there is none
    POST  /checkin/TOKEN                   enter: 303 to the entry's page
    GET   /checkin/TOKEN/in/PERSON         an entry: here, left
    POST  /checkin/TOKEN/in/PERSON         leave

work without a script (pages.py). The script asks in JSON, and repeats what was not answered
(data.py):

    GET   /checkin/TOKEN/now
    GET   /checkin/TOKEN/entries/PERSON
    POST  /checkin/TOKEN/entries
    POST  /checkin/TOKEN/entries/PERSON/leave

TOKEN is the door's (vicon.ops.tokens), PERSON the entry's id: a random one, known to its own phone
and to the room's operators, and all that it takes to leave.
"""
