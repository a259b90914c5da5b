"""A back end for calls: `POST /ticket?room=<name>` lets whoever may call it join the room. Python 3, no dependencies."""
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

PARLEY_URL = os.environ["PARLEY_URL"]
CLIENT = {"client_id": os.environ["PARLEY_CLIENT_ID"], "client_secret": os.environ["PARLEY_CLIENT_SECRET"]}


def post(path, body, headers):
    with urlopen(Request(PARLEY_URL + path, body.encode(), headers)) as answer:
        return json.load(answer)


def invite(room):
    """Opens the room, unless it is open, and returns what the page needs to join it."""
    login = urlencode({"grant_type": "client_credentials", **CLIENT})
    token = post("/security/oauth/token", login, {})["access_token"]
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    post("/rtc-api/conferences/create", json.dumps({"conferenceId": room}), headers)
    command = {"type": "MULTI_USE_TICKET", "length": 9, "properties": {"conference_id": room}}
    return {"server": PARLEY_URL, "ticket": post("/security/ticket", json.dumps(command), headers)["id"]}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        url = urlsplit(self.path)
        room = parse_qs(url.query).get("room", [""])[0]
        # Here your back end decides whether this user may join this room.
        if url.path != "/ticket" or not room:
            return self.send_error(404)
        body = json.dumps(invite(room)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler)
print(f"The back end listens on http://localhost:{server.server_port}", flush=True)
server.serve_forever()
