"""A back end for calls: `POST /ticket?room=<name>` lets whoever may call it join the room. Python 3, no dependencies."""
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

PARLEY_URL = os.environ["PARLEY_URL"]
CLIENT = {"client_id": os.environ["PARLEY_CLIENT_ID"], "client_secret": os.environ["PARLEY_CLIENT_SECRET"]}


def post(path, body, headers):
    with urlopen(Request(PARLEY_URL + path, body.encode(), headers), timeout=10) as answer:
        return json.load(answer)


def room_ticket(room, name=None, rights=None, lifetime_s=3600):
    """Opens the room, unless it is open, and returns what the page needs to join it."""
    login = urlencode({"grant_type": "client_credentials", **CLIENT})
    token = post("/security/oauth/token", login, {})["access_token"]
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    # Sending this again finds the room that is open.
    post("/rtc-api/conferences/create", json.dumps({"conferenceId": room}), headers)
    properties = {"conference_id": room, "permissions": rights or {}}
    if name:
        properties["verified"] = {"name": name}
    command = {"type": "MULTI_USE_TICKET", "length": 9, "ttl": lifetime_s, "properties": properties}
    ticket = post("/security/ticket", json.dumps(command), headers)
    return {"server": PARLEY_URL, "ticket": ticket["id"], "conferenceId": room}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        room = query.get("room", [""])[0]
        # Here your back end decides whether this user may join this room, and reads their name from its session.
        if url.path != "/ticket" or not room:
            return self.send_error(404)
        try:
            body = json.dumps(room_ticket(room, query.get("name", [None])[0])).encode()
        except HTTPError as error:
            print(error.url, error.code, error.read().decode(), file=sys.stderr)
            return self.send_error(502)
        except OSError as error:
            print(error, file=sys.stderr)
            return self.send_error(502)
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler)
print(f"The back end listens on http://localhost:{server.server_port}", flush=True)
server.serve_forever()
