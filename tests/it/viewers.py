#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# viewers.py GRIDWIRE MODELS WORK VIEWERS PAIRS - what so many viewers of the live page cost the scorer. The topic
# holds some seasons; each run scores all of it anew into a CSV and counts the scorer's own processor time, to the
# nanosecond, from its start until the last row is on disk and each viewer has read some events: a slow or busy
# machine changes little, and what it changes only adds. So runs without and with viewers take turns until the
# least of each differ by less than 5 %, three times at least and PAIRS times at most. Prints "VIEWERS
# NANOSECONDS BYTES" per run, the bytes of the viewer who got least.
import os
import selectors
import signal
import socket
import subprocess
import sys
import time

GW, MODELS, WORK = sys.argv[1:4]
VIEWERS, PAIRS = map(int, sys.argv[4:])
ENOUGH = 1000       # bytes of events
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
    """whole: the bytes of the finished CSV."""
    path = f'{WORK}/v.csv'
    if os.path.exists(path):
        os.unlink(path)
    with socket.create_server(('127.0.0.1', 0)) as s:
        host, port = s.getsockname()
    p = subprocess.Popen([GW, 'score', '-q', '--models', MODELS, '--csv', path, '--http', f'{host}:{port}'])
    for _ in range(30000):
        try:
            socket.create_connection((host, port), timeout=5).close()
            break
        except OSError:
            time.sleep(0.002)
    os.kill(p.pid, signal.SIGSTOP)      # until all have asked
    sel, told = selectors.DefaultSelector(), {}
    for _ in range(viewers):
        s = socket.create_connection((host, port), timeout=20)
        s.sendall(REQUEST)
        s.setblocking(False)
        sel.register(s, selectors.EVENT_READ)
        told[s] = 0
    os.kill(p.pid, signal.SIGCONT)
    end = time.time() + 300
    while time.time() < end:
        for key, _ in sel.select(0.002):
            try:
                data = key.fileobj.recv(1 << 18)
            except OSError:
                data = b''
            told[key.fileobj] += len(data)
            if not data:
                sel.unregister(key.fileobj)
        if not viewers:
            time.sleep(0.002)
        if size(path) >= whole and min(told.values(), default=ENOUGH) >= ENOUGH:
            break
    used = cpu_ns(p.pid)
    p.terminate()
    p.wait(20)
    return used, size(path), min(told.values(), default=0)


def main():
    path, least = f'{WORK}/whole.csv', {0: float('inf'), VIEWERS: float('inf')}
    subprocess.run([GW, 'score', '-q', '-e', '--models', MODELS, '--csv', path], check=True)
    whole = size(path)
    for pair in range(PAIRS):
        for n in least:
            used, got, told = run(n, whole)
            if got != whole:
                sys.exit(f'the CSV has {got} bytes, not {whole}')
            print(n, used, told, flush=True)
            least[n] = min(least[n], used)
        if pair >= 2 and least[VIEWERS] < 1.05 * least[0]:
            break


main()
