#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/data/batches/make.py: write the made-*.txt beside it.

Record batches put together from the layout in Apache Kafka's DefaultRecordBatch.java and
DefaultRecord.java, byte by byte and without our own code, which is tested against them.
"""
import gzip
import pathlib
import struct

HERE = pathlib.Path(__file__).resolve().parent


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def varint(n):
    u, out = (n << 1 if n >= 0 else (-n << 1) - 1), b""
    while u >= 0x80:
        out, u = out + bytes([u & 0x7F | 0x80]), u >> 7
    return out + bytes([u])


def field(data):
    return varint(-1) if data is None else varint(len(data)) + data


def record(timestamp_delta, offset_delta, key, value, headers=()):
    body = b"\0" + varint(timestamp_delta) + varint(offset_delta) + field(key) + field(value)
    body += varint(len(headers)) + b"".join(field(k) + field(v) for k, v in headers)
    return varint(len(body)) + body


def batch(records, attributes=0, last=None, n=None, base_offset=0, epoch=-1, base_ts=1700000000000,
          max_ts=1700000000000, producer=(-1, -1, -1)):
    n = len(records) if n is None else n
    data = b"".join(records)
    if attributes & 7 == 1:
        data = gzip.compress(data, 9, mtime=0)
    rest = struct.pack(">hiqqqhii", attributes, n - 1 if last is None else last, base_ts, max_ts,
                       *producer, n) + data
    return (struct.pack(">qiib", base_offset, len(rest) + 9, epoch, 2)
            + struct.pack(">I", crc32c(rest)) + rest)


PLAIN = [
    record(0, 0, b"2024_01_BAL_KC", b'{"down":1}'),
    record(7, 1, None, b"no key"),
    record(-3, 2, b"no value", None, [(b"trace", b"abc"), (b"empty", b""), (b"null", None)]),
    record(70000, 3, b"", b"v" * 200),
]
BATCHES = {
    "plain": batch(PLAIN, max_ts=1700000070000),
    "log-append": batch(PLAIN, attributes=8, base_offset=1000, epoch=3, max_ts=1800000000000),
    "gzip": batch(PLAIN, attributes=1, max_ts=1700000070000),
    "idempotent": batch(PLAIN[:2], producer=(4711, 3, 2147483646), max_ts=1700000000007),
    "compacted": batch([PLAIN[1], PLAIN[2]], last=9, base_offset=50),
    "emptied": batch([], last=4, base_offset=77),
    "commit-marker": batch([record(0, 0, b"\0\0\0\1", b"\0\0\0\0\0\5")], attributes=0x30,
                           base_offset=12, producer=(4711, 3, -1)),
}

for name, data in BATCHES.items():
    text = data.hex()
    lines = [text[i:i + 96] for i in range(0, len(text), 96)]
    (HERE / f"made-{name}.txt").write_text("# Written by make.py.\n" + "\n".join(lines) + "\n")
