#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# viewers.py GRIDWIRE MODELS WORK VIEWERS... - what so many viewers of the live page cost the scorer. The topic
# holds a season; each run scores all of it anew into a CSV and counts the scorer's own processor time, to the
# nanosecond, from the moment the viewers have asked until the last row is on disk: a slow or busy machine
# changes nothing. Prints "VIEWERS NANOSECONDS EVENT-BYTES" per run.
import os
import selectors
import signal
import socket
import subprocess
import sys
import time

GW, MODELS, WORK = sys.argv[1:4]
REQUEST = b'GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n'


def cpu_ns(pid):
    with open(f'/proc/{pid}/schedstat') as f:
        return int(f.read().split()[0])


def size(path):
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def run(viewers, whole):
    """whole: the bytes of the finished CSV; 0: find out."""
    path = f'{WORK}/v.csv'
    if os.path.exists(path):
        os.unlink(path)
    with socket.create_server(('127.0.0.1', 0)) as s:
        host, port = s.getsockname()
    p = subprocess.Popen([GW, 'score', '-q', '--models', MODELS, '--csv', path, '--http', f'{host}:{port}'])
    for _ in range(1000):
        try:
            socket.create_connection((host, port), timeout=5).close()
            break
        except OSError:
            time.sleep(0.002)
    os.kill(p.pid, signal.SIGSTOP)      # until all have asked
    sel, told = selectors.DefaultSelector(), 0
    for _ in range(viewers):
        s = socket.create_connection((host, port), timeout=20)
        s.sendall(REQUEST)
        s.setblocking(False)
        sel.register(s, selectors.EVENT_READ)
    before = cpu_ns(p.pid)
    os.kill(p.pid, signal.SIGCONT)
    end, last, still = time.time() + 90, -1, 0
    while time.time() < end:
        for key, _ in sel.select(0.002):
            try:
                data = key.fileobj.recv(1 << 18)
            except OSError:
                data = b''
            told += len(data)
            if not data:
                sel.unregister(key.fileobj)
        if not viewers:
            time.sleep(0.002)
        now = size(path)
        if whole and now >= whole:
            break
        if not whole:       # the first run: nothing new for a second
            still = still + 1 if now == last and now > 0 else 0
            last = now
            if still:
                time.sleep(0.01)
            if still > 100:
                break
    used = cpu_ns(p.pid) - before
    p.terminate()
    p.wait(20)
    return used, size(path), told


whole = run(0, 0)[1]
for n in map(int, sys.argv[4:]):
    used, got, told = run(n, whole)
    if got != whole:
        sys.exit(f'the CSV has {got} bytes, not {whole}')
    print(n, used, told, flush=True)
