#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# espn_server.py RECORDING: a feed on loopback that plays one recorded game as if it went on, on a
# bad day: errors, HTML, half documents, rows that vanish, come back, change places. Prints its port.
# Each answer about the game is the next step of the day; the scoreboard says that something is new.
import gzip
import http.server
import json
import random
import sys


class Day:
    def __init__(self, path):
        with gzip.open(path) as f:
            document = json.load(f)
        self.game = document.get("gamepackageJSON", document)
        self.event = self.game["header"]["id"]
        self.rows = [p for d in self.game["drives"]["previous"] for p in d["plays"]]
        self.rows.sort(key=lambda p: int(p["sequenceNumber"]))
        self.asked = self.boards = 0
        self.random = random.Random(7)
        self.steps = self.script()

    def document(self, rows, state="in"):
        header = json.loads(json.dumps(self.game["header"]))
        header["competitions"][0]["status"] = {
            "period": 2, "displayClock": "1:00",
            "type": {"state": state, "completed": state == "post",
                     "name": "STATUS_FINAL" if state == "post" else "STATUS_IN_PROGRESS"}}
        half = len(rows) // 2
        return {"header": header, "drives": {
            "previous": [{"plays": rows[:half]}, {"plays": rows[half:]}],
            "current": {"plays": rows[-5:]}}}

    def script(self):
        rows, good = self.rows, lambda r, s="in": (200, json.dumps(self.document(r, s)))
        shuffled = rows[:60]
        self.random.shuffle(shuffled)
        made_up = dict(rows[69], id="-66653518", text="Extra Point Good")
        gone = next(r for r in rows[50:] if r["type"]["id"] in ("5", "24") and "No Play" not in r["text"])
        without = [r for r in rows[:80] if r is not gone]
        up = [dict(r) for r in rows[:100]]
        at = next(i for i in range(90, 100) if up[i]["type"]["id"] in ("3", "5", "24"))
        up[at] = dict(up[at], clock={"displayValue": "15:00"})
        half = good(rows[:60])[1]
        return [
            good([]),
            good(rows[:40]),
            (200, "<!DOCTYPE html><html><body>We are busy</body></html>"),
            (200, half[:len(half) // 2]),
            good(shuffled),
            good(shuffled),
            good(rows[:70] + [made_up]),
            good(without),
            good(without + [rows[80]]),
            good(rows[:82]),
            good(rows[:30]),
            good(rows[:85]),
            good([]),
            (500, "oops"),
            (404, json.dumps({"error": {"message": "No event found", "code": 404}})),
            (200, "{}"),
            good(up),
            good(rows[:110]),
            good(rows, "post"),
        ]

    def summary(self):
        step = self.steps[min(self.asked, len(self.steps) - 1)]
        self.asked += 1
        return step

    def scoreboard(self):
        self.boards += 1
        if self.boards == 4:
            return 200, json.dumps({"events": []})
        header = self.game["header"]
        competition = {
            "date": header["competitions"][0]["date"],
            "competitors": header["competitions"][0]["competitors"],
            "status": {"period": 2, "displayClock": "%d:%02d" % divmod(900 - self.boards, 60),
                       "type": {"state": "in", "name": "STATUS_IN_PROGRESS"}}}
        return 200, json.dumps({"season": header["season"], "week": {"number": header["week"]},
                                "events": [{"id": self.event, "competitions": [competition]}]})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/nfl/summary?event=" + self.server.day.event:
            status, body = self.server.day.summary()
        elif self.path == "/nfl/scoreboard":
            status, body = self.server.day.scoreboard()
        else:
            status, body = 404, json.dumps({"error": {"message": "No event found", "code": 404}})
        tag = '"%x"' % (hash(body) & 0xffffffff)
        if status == 200 and self.headers.get("If-None-Match") == tag:
            status, body = 304, ""
        data = body.encode()
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.day = Day(sys.argv[1])
print(server.server_port, flush=True)
server.serve_forever()
