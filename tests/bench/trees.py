# SPDX-License-Identifier: MIT
#
# What tests/bench/trees.sh runs. Seconds are of the training alone, binning included, reading the
# rows not; of a child's or this process's wall clock and of its processor time.

import resource
import statistics
import subprocess
import sys
import time

import lightgbm as lgb
import numpy as np
import xgboost as xgb

FEATURES = 12


def make_rows(n):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, FEATURES)).astype(np.float32).astype(np.float64)
    x[:, 3] = rng.integers(0, 5, n)
    x[:, 4] = rng.integers(0, 60, n)
    x[:, 5] = np.round(x[:, 5], 1)
    f = x[:, 0] + 0.5 * x[:, 1] * x[:, 2] + 0.3 * x[:, 3] - 0.02 * x[:, 4] + np.sin(x[:, 6])
    return x, (f + rng.logistic(size=n) > 0).astype(np.float64)


def timed(fn):
    start, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    result = fn()
    end = resource.getrusage(resource.RUSAGE_SELF)
    return result, (time.perf_counter() - start, end.ru_utime + end.ru_stime - cpu.ru_utime - cpu.ru_stime)


def loss(p, y):
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def ours(build, work, n, rounds, threads):
    with open(f"{work}/rows", "rb") as rows:
        out = subprocess.run(
            [f"{build}/tests/bench/bench_trees", str(n), str(FEATURES), str(rounds), "5", str(threads), f"{work}/model.gw"],
            stdin=rows, capture_output=True, text=True, check=True).stdout.split()
    return float(out[2]), (float(out[0]), float(out[1])), out[3]


def theirs_xgb(x, y, rounds, threads):
    def fit():
        data = xgb.DMatrix(x, label=y, nthread=threads)
        return xgb.train({"objective": "binary:logistic", "max_depth": 5, "eta": 0.1, "lambda": 1, "min_child_weight": 1,
                          "tree_method": "hist", "nthread": threads}, data, rounds)
    model, t = timed(fit)
    return model, t


def theirs_lgb(x, y, rounds, threads):
    def fit():
        data = lgb.Dataset(x, label=y)
        return lgb.train({"objective": "binary", "num_leaves": 32, "max_depth": 5, "learning_rate": 0.1, "lambda_l2": 1,
                          "min_sum_hessian_in_leaf": 1, "min_data_in_leaf": 1, "num_threads": threads, "verbose": -1},
                         data, rounds)
    return timed(fit)


def one_row(predict, rows):
    """Median microseconds of one call for one row."""
    took = []
    for r in rows:
        start = time.perf_counter()
        predict(r)
        took.append(time.perf_counter() - start)
    return statistics.median(took) * 1e6


def main(build, work, n, rounds, turns):
    n, rounds, turns = int(n), int(rounds), int(turns)
    x, y = make_rows(n)
    np.hstack([x, y[:, None]]).tofile(f"{work}/rows")
    xb = lb = None
    print(f"training, {n} rows x {FEATURES}, depth 5, {rounds} rounds; seconds, median of {turns} turns")
    print(f"XGBoost {xgb.__version__}, LightGBM {lgb.__version__}")
    for threads in (1, 2):
        wall, cpu, final = {}, {}, {}
        for _ in range(turns):
            l, t, sha = ours(build, work, n, rounds, threads)
            final["gridwire"] = l
            xb, tx = theirs_xgb(x, y, rounds, threads)
            lb, tl = theirs_lgb(x, y, rounds, threads)
            for name, (w, c) in (("gridwire", t), ("XGBoost", tx), ("LightGBM", tl)):
                wall.setdefault(name, []).append(w)
                cpu.setdefault(name, []).append(c)
        final["XGBoost"] = loss(xb.predict(xgb.DMatrix(x)), y)
        final["LightGBM"] = loss(lb.predict(x), y)
        for name in wall:
            ratio = statistics.median(a / b for a, b in zip(wall[name], wall["gridwire"]))
            of_cpu = statistics.median(a / b for a, b in zip(cpu[name], cpu["gridwire"]))
            print(f"  {threads} thread(s)  {name:9} {statistics.median(wall[name]):7.2f} s  x{ratio:.2f}"
                  f"   processor {statistics.median(cpu[name]):7.2f} s  x{of_cpu:.2f}   log-loss {final[name]:.5f}")
        print(f"              sha256 of the trees {sha[:16]}")
    some = np.ascontiguousarray(x[:20000])
    some.tofile(f"{work}/some")
    with open(f"{work}/some", "rb") as rows:
        ns = float(subprocess.run([f"{build}/tests/bench/bench_predict", "rows", f"{work}/model.gw", "home_win"], stdin=rows,
                                  capture_output=True, check=True).stdout.split()[0])
    xb.set_param({"nthread": 1})
    t_xgb = one_row(lambda r: xb.inplace_predict(r[None, :]), some[:2000])
    t_lgb = one_row(lambda r: lb.predict(r[None, :], num_threads=1), some[:2000])
    print(f"one row through {rounds} trees, microseconds at the median (theirs through Python)")
    for name, t in (("gridwire", ns / 1e3), ("XGBoost", t_xgb), ("LightGBM", t_lgb)):
        print(f"  {name:9} {t:8.2f}  x{t / (ns / 1e3):.1f}")


main(*sys.argv[1:])
