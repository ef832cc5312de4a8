"""A counter at a hall's door tells how many persons are inside, with nothing but Python's standard
library.

    python3 report_count.py LINK 11

LINK is the hall's; what the server makes of the figure is printed.

The command goes under an id of its own: where an answer is lost, the same is sent again, and done
once. vicon's own certificate: set SSL_CERT_FILE to DATA/tls/ca.pem. docs/http.md has all the rest.
"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid

TRIES = 5


def ask(link, method, path, body=None):
    address, _, token = link.partition("#")
    base = "/".join(address.split("/")[:3])
    request = urllib.request.Request(
        f"{base}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    for left in reversed(range(TRIES)):
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 503) or not left:
                raise
            time.sleep(int(refused.headers.get("Retry-After", "1")))
        except OSError:
            if not left:
                raise
            time.sleep(1)


def main(link, persons):
    (conference,) = ask(link, "GET", "/conferences")
    at = f"/conferences/{conference['id']}"
    own = ask(link, "GET", f"{at}/view")["view"]["you"]["room"]
    body = {"type": "count.set", "room": own, "value": int(persons)}
    ask(link, "POST", f"{at}/commands", {"id": uuid.uuid4().hex, "body": body})
    rooms = ask(link, "GET", f"{at}/view")["view"]["rooms"]
    room = next(room for room in rooms if room["code"] == own)
    print(f"{room['name']}: {room['count']} of {room['limit']} ({room['count_state']})")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except urllib.error.HTTPError as refused:
        problem = json.load(refused)
        print(f"{problem['code']}: {problem['text']['en']}", file=sys.stderr)
        sys.exit(2)
