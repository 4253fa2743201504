#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# web_server.py SCOREBOARD [CERTIFICATE KEY]: one recorded scoreboard on loopback, sent in many ways:
# the first part of the path says which. Prints its port. With a certificate it speaks TLS.
import gzip
import http.server
import ssl
import sys
import time

with gzip.open(sys.argv[1]) as recording:
    TEXT = recording.read()
PACKED = gzip.compress(TEXT)


def head(status, *headers):
    return ("\r\n".join(("HTTP/1.1 %s" % status,) + headers) + "\r\n\r\n").encode()


def length(n):
    return "Content-Length: %d" % n


def chunks(text, size=5000):
    parts = [text[i:i + size] for i in range(0, len(text), size)]
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(p), p) for p in parts)


def location(to):
    return head("302 Found", "Location: " + to, "Content-Length: 0")


CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"
WAYS = {
    # The whole scoreboard,
    "plain": lambda s: head("200 OK", length(len(TEXT))) + TEXT,
    "chunked": lambda s: head("200 OK", CHUNKED) + chunks(TEXT) + b"0\r\n\r\n",
    "gzip": lambda s: head("200 OK", GZIP, length(len(PACKED))) + PACKED,
    "gzip-chunked": lambda s: head("200 OK", GZIP, CHUNKED) + chunks(PACKED, 99) + b"0\r\n\r\n",
    "until-the-end": lambda s: head("200 OK", "Connection: close") + TEXT,
    "trailer": lambda s: head("200 OK", CHUNKED) + chunks(TEXT) + b"0\r\nTrailer: x\r\n\r\n",
    "early-hints": lambda s: head("103 Early Hints", "Link: <x>") + WAYS["plain"](s),
    "moved": lambda s: location("/gzip/scoreboard"),
    "moved-far": lambda s: location(s + "/chunked/scoreboard"),
    "in-pieces": lambda s: WAYS["plain"](s),
    # or not.
    "moved-for-ever": lambda s: location("/moved-for-ever/scoreboard"),
    "moved-to-http": lambda s: location(s.replace("https:", "http:") + "/plain/scoreboard"),
    "moved-to-file": lambda s: location("file:///etc/passwd"),
    "half": lambda s: head("200 OK", length(len(TEXT))) + TEXT[:len(TEXT) // 2],
    "half-chunk": lambda s: head("200 OK", CHUNKED) + chunks(TEXT)[:20000],
    "no-last-chunk": lambda s: head("200 OK", CHUNKED) + chunks(TEXT),
    "half-gzip": lambda s: head("200 OK", GZIP) + PACKED[:len(PACKED) // 2],
    "broken-gzip": lambda s: head("200 OK", GZIP, length(9)) + b"not gzip!",
    "bad-chunk": lambda s: head("200 OK", CHUNKED) + b"zz\r\nabc\r\n0\r\n\r\n",
    "html": lambda s: head("200 OK", length(20)) + b"<html>Sorry.</html>\n",
    "nothing": lambda s: b"",
    "no-http": lambda s: b"220 mail is ready\r\n",
    "huge": lambda s: head("200 OK", length(40 << 20)) + b" " * (40 << 20),
    "refused": lambda s: head("403 Forbidden", length(5)) + b"no.\r\n",
    "busy": lambda s: head("503 Busy", "Retry-After: 1", length(0)),
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        way = self.path.split("/")[1]
        answer = WAYS[way](("https" if len(sys.argv) > 2 else "http") + "://" + self.headers["Host"])
        size = 3000 if way == "in-pieces" else len(answer)
        self.close_connection = True
        try:
            for i in range(0, len(answer), max(size, 1)):
                self.wfile.write(answer[i:i + size])
                self.wfile.flush()
                if size < len(answer):
                    time.sleep(0.002)
        except OSError:
            pass        # who asked has seen enough

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
