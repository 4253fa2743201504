# SPDX-License-Identifier: MIT
#
# What tests/bench/client.sh runs. Figures of a program are of itself, not of the broker: its
# processor time, instructions and calls; wall is of both, and the broker is the same for all.

import os
import statistics
import subprocess
import sys
import time

BUILD, CACHE, WORK, ADDRESS, RECORDS, TURNS = sys.argv[1:7]
RECORDS, TURNS, PEERS = int(RECORDS), int(TURNS), sys.argv[7:]
KAFKA = os.environ.get("GW_BENCH_KAFKA", "")      # "scripts/kafka run VERSION", for Java's tools
LATENCY = bool(os.environ.get("GW_BENCH_LATENCY"))      # nothing else
STATIC = f"{WORK}/static"       # where latencies take our two programs from
BROKER = int(os.environ.get("GW_BENCH_BROKER") or 0)    # the process of the embedded one

SHAPES = [(100, 1, ""), (100, 6, ""), (100, 100, ""), (1000, 6, ""), (1000, 6, "gzip")]
ONE_BY_ONE = ("lone", "txn", "loop")
COUNTED = ("gridwire", "librdkafka", "kcat")      # valgrind and a preload do not go well with Go and Java


def lines_of(n, size):
    """A file of n records for kcat, the text of timing.h."""
    path = f"{WORK}/{n}-{size}"
    if not os.path.exists(path):
        text = "".join(
            f'{{"game_id":"2024_01_BAL_KC","play_id":{i * 7919 % 5000},"qtr":{i % 4 + 1},"down":{i % 3 + 1},'
            f'"ydstogo":{i * 31 % 20},"yardline_100":{i * 7907 % 100}}}' for i in range(1, size // 60 + 2))[:size]
        with open(path, "w", encoding="ascii") as f:
            f.write((text + "\n") * n)
    return path


def ours(program, mode):
    return f"{STATIC if mode in ONE_BY_ONE else BUILD + '/tests/bench'}/{program}"


def settings(codec, lone):
    s = "enable.idempotence=true;linger.ms=" + ("0" if lone else "5")
    return s + (f";compression.type={codec}" if codec else "")


def command(who, mode, topic, n, size, parts, codec):
    tail = [mode, "", topic, str(n), str(size), str(parts)]
    base = f"bootstrap.servers={ADDRESS}"
    if who == "gridwire":
        tail[1] = f"{base};{settings(codec, mode in ONE_BY_ONE)}" + \
            (";transactional.id=bench" if mode in ("txn", "loop") else "") + \
            (";auto.offset.reset=earliest;isolation.level=read_committed" if mode == "loop" else "")
        return [ours("bench_client", mode), *tail]
    if who == "librdkafka":
        tail[1] = f"{base};group.id=none;check.crcs=true" if mode == "consume" else \
            f"{base};{settings(codec, mode in ONE_BY_ONE)};queue.buffering.max.messages=1000000" + \
            (";transactional.id=bench-rdk" if mode in ("txn", "loop") else "")
        return [f"{CACHE}/librdkafka", *tail]
    if who == "kcat":
        if mode == "consume":
            return ["kcat", "-C", "-b", ADDRESS, "-t", topic, "-o", "beginning", "-c", str(n), "-q", "-X", "check.crcs=true"]
        x = [w for pair in settings(codec, mode == "lone").split(";") for w in ("-X", pair)]
        return ["kcat", "-P", "-b", ADDRESS, "-t", topic, *x, "-X", "queue.buffering.max.messages=1000000", "-l", lines_of(n, size)]
    if who == "java":
        if mode == "consume":
            return [*KAFKA.split(), "org.apache.kafka.tools.ConsumerPerformance", "--bootstrap-server", ADDRESS,
                    "--topic", topic, "--messages", str(n), "--timeout", "60000"]
        return [*KAFKA.split(), "org.apache.kafka.tools.ProducerPerformance", "--topic", topic, "--num-records", str(n),
                "--throughput", "-1", "--payload-file", lines_of(1, size), "--producer-props", base,
                *settings(codec, False).split(";")]
    tail[1] = ADDRESS + (f";{codec}" if codec else "")
    return [ours("bench_raw", mode) if who == "raw" else f"{CACHE}/{who}", *tail]


def figures(who, mode, n, out, wall):
    """Seconds (and percentiles) as the program tells them, without its start; kcat tells none."""
    if who == "kcat":
        return wall, 0, 0
    if who == "java":
        last = out.strip().splitlines()[-1]
        if mode == "consume":
            return n / float(last.split(",")[9]), 0, 0      # fetch.nMsg.sec
        return n / float(last.split(" records/sec")[0].split()[-1]), 0, 0
    w, _, p50, p99 = (float(x) for x in out.split())
    return w, p50, p99


def apart():
    """Where one record is there and back in 10 us on one processor and in 80 on two, the scheduler's choice is not
    to decide: the broker has the first processor, and programs the others."""
    if BROKER and os.cpu_count() > 1:
        os.sched_setaffinity(BROKER, {0})
        os.sched_setaffinity(0, set(range(1, os.cpu_count())))


def run(who, mode, topic, n, size, parts, codec="", before=(), env=None):
    """Wall seconds, processor seconds of the whole program, p50, p99, stderr."""
    with open(f"{WORK}/out", "w+b") as out, open(f"{WORK}/err", "w+b") as err:
        begin = time.monotonic()
        p = subprocess.Popen([*before, *command(who, mode, topic, n, size, parts, codec)], stdout=out, stderr=err,
                             env={**os.environ, **(env or {})})
        _, status, used = os.wait4(p.pid, 0)
        wall = time.monotonic() - begin
        p.returncode = status
        err.seek(0)
        said = err.read().decode(errors="replace")
        if status != 0:
            sys.exit(f"{who} {mode}: {said.strip()[-500:]}")
        out.seek(0)
        text = "" if who == "kcat" and mode == "consume" else out.read().decode()
    return (*figures(who, mode, n, text, wall), used.ru_utime + used.ru_stime, said)


def counted_topic(shape, k):
    return f"{topic_of(*shape)}-{k}"


def each(who, mode, shape, n, read, **how):
    """Of one record: the difference of two runs, so that start and end do not count. Whole topics are
    consumed, since some read far ahead."""
    a, b = (read(run(who, mode, counted_topic(shape, k) if mode == "consume" else topic_of(*shape), k, *shape, **how)[4])
            for k in (n, 3 * n))
    return [(y - x) / (2 * n) for x, y in zip(a, b)]


def instructions(err):
    return [int(next(line.split(":")[1] for line in err.splitlines() if "Collected" in line))]


def calls(err):
    return [int(x) for x in next(line for line in err.splitlines() if line.startswith("counted")).split()[1:]]


def topic_of(size, parts, codec):
    return f"bench-{size}-{parts}{'-' + codec if codec else ''}"


def create(topic, parts):
    subprocess.run([f"{BUILD}/gridwire", "topic", "create", topic, "-b", ADDRESS, "--partitions", str(parts)],
                   check=True, capture_output=True)


def drop(topic):
    subprocess.run([f"{BUILD}/gridwire", "topic", "delete", topic, "-b", ADDRESS], check=True, capture_output=True)


def load():
    return f"load {os.getloadavg()[0]:.1f}"


def rotated(who, turn):
    """Nobody always comes behind the same one."""
    return who[turn % len(who):] + who[:turn % len(who)]


def order(who, turn):
    """Ours and raw run three times a turn, as their runs are short."""
    return rotated(who, turn) + rotated(["gridwire", "raw"], turn) * 2


def of_raw(took, w):
    """How many times as quick as raw: the median of pairs that ran in the same turn."""
    each = len(took["raw"]) // len(took[w])
    return statistics.median(r / t for r, t in zip(took["raw"][::each], took[w]))


def table(mode, size, parts, codec):
    who = ["gridwire", *PEERS, "raw"]
    walls, cpus = {w: [] for w in who}, {w: [] for w in who}
    topic, n = topic_of(size, parts, codec), RECORDS if size < 500 else RECORDS // 5
    few = 4000 if codec else 10000
    if mode == "produce":
        create(topic, parts)
    else:
        for k in (few, 3 * few):
            create(counted_topic((size, parts, codec), k), parts)
            run("gridwire", "produce", counted_topic((size, parts, codec), k), k, size, parts, codec)
    for turn in range(TURNS):
        for w in order(who, turn):
            wall, _, _, cpu, _ = run(w, mode, topic, n, size, parts, codec)
            walls[w].append(wall)
            cpus[w].append(cpu)
    print(f"\n{mode}, {size} B{', ' + codec if codec else ''}, {parts} partition{'s' if parts > 1 else ''}; {load()}")
    print(f"  {'':<11} {'M records/s':>12} {'of raw':>7} {'CPU ns':>7} {'times ours':>11} {'instructions':>13} "
          f"{'mallocs':>8} {'locks':>7} {'signals':>8} {'clocks':>7}")
    cpu_of = {w: statistics.median(cpus[w]) / n for w in who}
    for w in who:
        wall = statistics.median(walls[w])
        line = f"  {w:<11} {n / wall / 1e6:>12.2f} {of_raw(walls, w):>7.2f} {cpu_of[w] * 1e9:>7.0f} {cpu_of[w] / cpu_of['gridwire']:>11.1f}"
        if w in COUNTED:
            shape = (size, parts, codec)
            ins = each(w, mode, shape, few, instructions,
                       before=("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"))
            line += f" {ins[0]:>13.0f}"
            m, lock, signal, clock = each(w, mode, shape, few, calls, env={"LD_PRELOAD": f"{WORK}/count_calls.so"})
            line += f" {m:>8.3f} {lock:>7.2f} {signal:>8.3f} {clock:>7.3f}"
        print(line, flush=True)


def in_turns(programs, mode, n, turns):
    """What each of them says, turn by turn: a list of (wall, p50, p99) each."""
    said = {w: [] for w in programs}
    for turn in range(turns):
        for w in order(programs, turn):
            said[w].append(run(w, mode, "bench-lone", n, 100, 1)[:3])
    return said


def latency():
    apart()
    create("bench-lone", 1)
    create("bench-lone-copy", 1)
    several = [w for w in ["gridwire", *PEERS, "raw"] if w not in ("kcat", "java")]
    turns = 2 * TURNS + 1
    for mode, n, title, more in (("lone", 1000, "one record of 100 B at a time, acknowledged before the next", ""),
                                 ("txn", 200, "the same, each in a transaction", " a second"),
                                 ("loop", 200, "each read, copied and its offset committed in a transaction", " a second")):
        print(f"\n{title}: us, medians of {turns} turns; {load()}\n  {'':<11} {'p50':>8} {'p99':>8} {'of raw':>8}{more}")
        said = in_turns(several, mode, n, turns)
        p50, p99 = ({w: statistics.median(s[k] for s in said[w]) for w in several} for k in (1, 2))
        for w in several:
            times = 1 / of_raw({v: [s[1] for s in said[v]] for v in several}, w)
            print(f"  {w:<11} {p50[w]:>8.0f} {p99[w]:>8.0f} {times:>8.2f}" + (f" {n / statistics.median(s[0] for s in said[w]):>8.0f}" if more else ""))
    first = 2 * turns
    print(f"\nfrom the start of the client to the first acknowledgement: ms, median of {first}; kcat: of the whole program; {load()}\n"
          f"  {'':<11} {'ms':>8} {'of raw':>8}")
    said = in_turns([w for w in ["gridwire", *PEERS, "raw"] if w != "java"], "lone", 1, first)
    walls = {w: [s[0] for s in said[w]] for w in said}
    for w in said:
        print(f"  {w:<11} {statistics.median(walls[w]) * 1e3:>8.2f} {1 / of_raw(walls, w):>8.2f}")


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    for s in [] if LATENCY else SHAPES:
        for m in ("produce", "consume"):
            table(m, *s)
        drop(topic_of(*s))
    latency()
