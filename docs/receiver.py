"""A receiver of Tideline's webhooks: WEBHOOK_SECRET=whsec_… python receiver.py [port]. Needs Python, nothing else."""

import base64
import hmac
import json
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
SEEN = sqlite3.connect("seen.db")
SEEN.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")


def genuine(headers, body):
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > 300:  # an old one may be somebody's recording
        return False
    signed = f"{headers.get('webhook-id')}.{stamp}.".encode() + body
    good = "v1," + base64.b64encode(hmac.digest(KEY, signed, "sha256")).decode()
    return any(hmac.compare_digest(good.encode(), one.encode()) for one in headers.get("webhook-signature", "").split())


class Receiver(BaseHTTPRequestHandler):
    timeout = 15  # seconds: who connects and says nothing must not hold up the others

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), 65536))
        status = 204 if genuine(self.headers, body) else 401
        if status == 204:
            with SEEN:  # act and remember, or neither: after a crash the sender comes again
                if SEEN.execute("INSERT OR IGNORE INTO seen VALUES (?)", [self.headers["webhook-id"]]).rowcount:
                    print(json.loads(body)["type"], flush=True)  # open a case here
        self.send_response(status)
        self.end_headers()


HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8090), Receiver).serve_forever()
