# SPDX-License-Identifier: MIT
#
# What tests/bench/models.sh runs. Seconds of wall clock and of processor time, both of all threads.

import os
import resource
import statistics
import subprocess
import sys
import time

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

NOT_FEATURES = ("home_won", "final_home", "final_away", "game_id", "play_id")
LABEL = "home_won"


def run(argv, **more):
    return subprocess.run(argv, capture_output=True, check=True, **more)


def timed(who, fn):
    start, cpu = time.perf_counter(), resource.getrusage(who)
    result = fn()
    end = resource.getrusage(who)
    return result, (time.perf_counter() - start, end.ru_utime + end.ru_stime - cpu.ru_utime - cpu.ru_stime)


def six_seasons(build, data):
    parts = []
    for year in range(2019, 2025):
        out = run([f"{build}/gridwire", "features", "--set", "full", "--from", f"{data}/play_by_play_{year}.csv.gz"])
        lines = out.stdout.decode().split("\n")
        names = lines[0].split(",")
        keep = [i for i, n in enumerate(names) if n not in NOT_FEATURES]
        parts.append(np.loadtxt(lines[1:], delimiter=",", usecols=keep + [names.index(LABEL)]))
    return np.vstack(parts)


def show(what, theirs, ours):
    """Medians, and the median of the turns' own ratios."""
    for k, clock in enumerate(("wall", "processor")):
        a, b = [t[k] for t in theirs], [t[k] for t in ours]
        print(f"  {clock:9} {what[0]} {statistics.median(b):7.3f} s  {what[1]} {statistics.median(a):7.3f} s"
              f"  x{statistics.median(x / y for x, y in zip(a, b)):.1f}")


def logistic(build, rows, work, turns):
    x, y = np.ascontiguousarray(rows[:, :-1]), rows[:, -1]
    rows.tofile(f"{work}/rows")
    mine, theirs = {1: [], 2: []}, {1: [], 2: []}
    for _ in range(turns):
        for threads, took in mine.items():
            argv = [f"{build}/tests/bench/bench_trees", str(len(x)), str(x.shape[1]), "0", "0", str(threads)]
            with open(f"{work}/rows", "rb") as f:
                out = run(argv, stdin=f).stdout.split()
            took.append((float(out[0]), float(out[1])))
            pipe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
            with threadpool_limits(threads):
                _, t = timed(resource.RUSAGE_SELF, lambda: pipe.fit(x, y))
            theirs[threads].append(t)
    p = pipe.predict_proba(x)[:, 1]
    print(f"logistic regression, {len(x)} plays x {x.shape[1]}, standardised and fitted;"
          f" log-loss {float(out[2]):.6f}, theirs {-np.mean(np.log(np.where(y > 0, p, 1 - p))):.6f}")
    for threads, took in mine.items():
        show((f"gridwire, {threads} thread(s)", f"scikit-learn {sklearn.__version__}"), theirs[threads], took)


def whole_training(build, data, work, turns):
    print("gridwire train, from gzip CSV of six seasons to model and card")
    for threads in ("1", "2"):
        argv = [f"{build}/gridwire", "train", "-q", "--data", data, "--models", f"{work}/models", "--threads", threads]
        took = [timed(resource.RUSAGE_CHILDREN, lambda: run(argv))[1] for _ in range(turns)]
        print(f"  {threads} thread(s)  {min(t[0] for t in took):.2f} s at best,"
              f" processor {statistics.median(t[1] for t in took):.2f} s")


def answers(build, data, work):
    """p50 and p99 in nanoseconds."""
    run([f"{build}/gridwire", "train", "-q", "--features", "full", "--data", data, "--models", f"{work}/models"])
    with open(f"{work}/rows", "rb") as f:
        rows = np.fromfile(f).reshape(-1, 18)[:50000, :-1]
    one = np.ascontiguousarray(rows).tobytes()
    bench = f"{build}/tests/bench/bench_predict"
    out = run([bench, "rows", f"{work}/models/full/1/model.gw", "home_win"], input=one).stdout.split()
    print(f"one play through a linear head: p50 {float(out[0]):.0f} ns, p99 {float(out[1]):.0f} ns")
    state = f"{work}/models/state/1/model.gw"
    out = run([bench, "plays", state, f"{data}/play_by_play_2024.csv.gz"]).stdout.split()
    print(f"a play's JSON to its prediction's JSON: p50 {float(out[0]) / 1e3:.2f} us, p99 {float(out[1]) / 1e3:.2f} us")


def main(build, data, work, turns):
    os.makedirs(f"{work}/models", exist_ok=True)
    logistic(build, six_seasons(build, data), work, int(turns))
    whole_training(build, data, work, int(turns))
    answers(build, data, work)


main(*sys.argv[1:])
