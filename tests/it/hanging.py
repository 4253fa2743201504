#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/it/hanging.py HOST:PORT TOPIC: leave a transaction open in partition 0 that its coordinator
knows nothing of, by producing without AddPartitionsToTxn. Brokers before 3.6 take that (KIP-890);
exit 1 when this one does not. Prints the offset where it begins."""
import socket
import struct
import sys
import time


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def text(s):
    return struct.pack(">h", len(s)) + s.encode()


def batch(producer, epoch):
    record = bytes([0, 0, 0, 1, 2]) + b"x" + bytes([0])  # attributes, deltas, no key, "x", no headers
    record = bytes([len(record) * 2]) + record
    now = int(time.time() * 1000)
    body = struct.pack(">hiqqqhii", 16, 0, now, now, producer, epoch, 0, 1) + record
    return struct.pack(">qiibI", 0, len(body) + 9, -1, 2, crc32c(body)) + body


class Broker:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), 10)
        self.socket.settimeout(30)

    def take(self, n):
        out = b""
        while len(out) < n:
            part = self.socket.recv(n - len(out))
            if not part:
                sys.exit(1)
            out += part
        return out

    def ask(self, key, version, body):
        frame = struct.pack(">hhi", key, version, 1) + text("hanging") + body
        self.socket.sendall(struct.pack(">i", len(frame)) + frame)
        return self.take(struct.unpack(">i", self.take(4))[0])[4:]


def main():
    broker, topic, name = Broker(sys.argv[1]), sys.argv[2], "hanging-%d" % time.time()
    for _ in range(60):  # the coordinator's own topic may have to be made
        broker.ask(10, 1, text(name) + b"\1")
        error, producer, epoch = struct.unpack(">hqh", broker.ask(22, 1, text(name) + struct.pack(">i", 60000))[4:16])
        if error == 0:
            break
        time.sleep(0.5)
    else:
        sys.exit(1)
    data = batch(producer, epoch)
    answer = broker.ask(0, 7, text(name) + struct.pack(">hii", -1, 10000, 1) + text(topic) +
                        struct.pack(">iii", 1, 0, len(data)) + data)
    _, error, offset = struct.unpack(">ihq", answer[4 + 2 + len(topic) + 4:][:14])
    if error != 0:
        sys.exit(1)
    print(offset)


main()
