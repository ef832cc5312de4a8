"""Opens a session when every hall is ready, with nothing but Python's standard library.

    python3 open_session.py LINK [--anyway]

LINK is a moderator's. Says which halls are not ready, and opens with --anyway all the same.

vicon's own certificate: set SSL_CERT_FILE to DATA/tls/ca.pem. docs/http.md has all the rest.
"""

import json
import sys
import urllib.error
import urllib.request
import uuid


def ask(link, method, path, body=None):
    address, _, token = link.partition("#")
    base = "/".join(address.split("/")[:3])
    request = urllib.request.Request(
        f"{base}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.load(answer)


def main(link, *more):
    (conference,) = ask(link, "GET", "/conferences")
    ready = ask(link, "GET", "/readiness")
    waiting = [f"{code}: {room['en']}" for code, room in ready["rooms"].items() if room["en"]]
    if not ready["go"]:
        print("Not ready:", *waiting, sep="\n  ")
        if "--anyway" not in more:
            return 1
    command = {"id": uuid.uuid4().hex, "body": {"type": "phase.set", "phase": "live"}}
    done = ask(link, "POST", f"/conferences/{conference['id']}/commands", command)
    print(f"{conference['title']} is live since revision {done['rev']}.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except urllib.error.HTTPError as refused:
        problem = json.load(refused)
        print(f"{problem['code']}: {problem['text']['en']}", file=sys.stderr)
        sys.exit(2)
