# SPDX-License-Identifier: MIT
#
# What tests/bench/client.sh runs. Figures of a program are of itself, not of the broker: its
# processor time and instructions; wall is of both, and the broker is the same for all.

import os
import statistics
import subprocess
import sys

BUILD, CACHE, ADDRESS, RECORDS, TURNS = sys.argv[1:6]
RECORDS, TURNS, PEERS = int(RECORDS), int(TURNS), sys.argv[6:]

KAFKA = f"bootstrap.servers={ADDRESS}"
CONFIG = {          # by program; librdkafka's defaults differ from ours where something is set
    "gridwire": {"produce": KAFKA, "consume": KAFKA, "lone": f"{KAFKA};linger.ms=0"},
    "librdkafka": {
        "produce": f"{KAFKA};enable.idempotence=true;linger.ms=5;queue.buffering.max.messages=1000000",
        "consume": f"{KAFKA};group.id=none;check.crcs=true",
        "lone": f"{KAFKA};enable.idempotence=true;linger.ms=0"},
}


def program(who):
    return {"gridwire": f"{BUILD}/tests/bench/bench_client", "raw": f"{BUILD}/tests/bench/bench_raw"}.get(who, f"{CACHE}/{who}")


def config(who, mode):
    return CONFIG[who][mode] if who in CONFIG else ADDRESS


def run(who, mode, topic, n, size, parts, before=()):
    out = subprocess.run([*before, program(who), mode, config(who, mode), topic, str(n), str(size), str(parts)],
                         capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"{who} {mode}: {out.stderr.strip()}")
    return [float(x) for x in out.stdout.split()], out.stderr


def instructions(who, mode, topic, n, size, parts):
    """Of one record: the difference of two runs, so that start and end do not count."""
    def total(k):
        _, err = run(who, mode, topic, k, size, parts,
                     ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"))
        return int(next(line.split(":")[1] for line in err.splitlines() if "Collected" in line))
    return (total(3 * n) - total(n)) / (2 * n)


def create(topic, parts):
    subprocess.run([f"{BUILD}/gridwire", "topic", "create", topic, "-b", ADDRESS, "--partitions", str(parts)],
                   check=True, capture_output=True)


def table(mode, size, parts):
    who = ["gridwire", *PEERS, "raw"]
    walls, cpus = {w: [] for w in who}, {w: [] for w in who}
    topic = f"bench-{size}-{parts}"
    if mode == "produce":
        create(topic, parts)
    for _ in range(TURNS):
        for w in who:
            (wall, cpu, *_), _ = run(w, mode, topic, RECORDS, size, parts)
            walls[w].append(wall)
            cpus[w].append(cpu)
    print(f"\n{mode}, {size} B, {parts} partition{'s' if parts > 1 else ''}: "
          f"{'M records/s':>12} {'of raw':>7} {'CPU ns a record':>16} {'times ours':>11}")
    cpu_of = {w: statistics.median(cpus[w]) for w in who}
    raw = statistics.median(walls["raw"])
    for w in who:
        wall = statistics.median(walls[w])
        print(f"  {w:<30} {RECORDS / wall / 1e6:>12.2f} {raw / wall:>7.2f} {cpu_of[w] / RECORDS * 1e9:>16.0f} "
              f"{cpu_of[w] / cpu_of['gridwire']:>11.1f}")
    for w in who[:-1]:
        if w == "franz":
            continue            # valgrind does not run Go's programs well
        print(f"  {w:<30} {instructions(w, mode, topic, min(RECORDS // 4, 50000), size, parts):>12.0f} instructions a record")


def lone():
    create("bench-lone", 1)
    print(f"\none record of 100 B at a time, acknowledged before the next: {'p50 us':>8} {'p99 us':>8}")
    for w in ["gridwire", *PEERS, "raw"]:
        (_, _, p50, p99), _ = run(w, "lone", "bench-lone", 2000, 100, 1)
        print(f"  {w:<60} {p50:>8.0f} {p99:>8.0f}")
    print(f"\nfrom start to the first acknowledgement, ms (median of {2 * TURNS + 1})")
    for w in ["gridwire", *PEERS, "raw"]:
        first = [run(w, "lone", "bench-lone", 1, 100, 1)[0][0] for _ in range(2 * TURNS + 1)]
        print(f"  {w:<60} {statistics.median(first) * 1e3:>8.1f}")


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    for size, parts in ((100, 1), (100, 6), (1000, 6), (100, 100)):
        for mode in ("produce", "consume"):
            table(mode, size, parts)
    lone()
