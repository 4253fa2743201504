#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# live_check.py day PLAYS CLEAN: what a bad day told against what a good one tells.
# live_check.py corrections PLAYS CSV CLEAN: the predictions of the first in the second; of each play the
#   newest, unless it was withdrawn, as the third has it (predictions of a good day).
# live_check.py predictions ESPN NFLVERSE: two files of predictions of the same plays.
# Prints what is wrong, or one line of figures.
import csv
import json
import sys


def read(path):
    with open(path) as f:
        if path.endswith(".csv"):
            return list(csv.DictReader(f))
        return [json.loads(line) for line in f]


def state(play):
    return {k: v for k, v in play.items() if k not in ("revision", "play_number")}


def day(bad, good):
    wrong = []
    seen, last, first = set(), {}, []
    for p in bad:
        key = p["play_id"], p.get("revision", 0)
        if key in seen:
            wrong.append("%d is told twice in revision %d" % key)
        seen.add(key)
        if p["play_id"] not in last:
            first.append(p["play_id"])
        elif p.get("revision", 0) != last[p["play_id"]].get("revision", 0) + 1:
            wrong.append("%d: a revision is missing" % p["play_id"])
        last[p["play_id"]] = p
    if first != [p["play_id"] for p in good]:
        wrong.append("the plays, or their order, are not those of the game")
    for p in good:
        if state(last.get(p["play_id"], {})) != state(p):
            wrong.append("%d does not end as it was" % p["play_id"])
    withdrawn = sum(p.get("withdrawn", False) for p in bad)
    if withdrawn != 1:
        wrong.append("%d plays were withdrawn, not 1" % withdrawn)
    print("; ".join(wrong) or "%d messages for %d plays" % (len(bad), len(good)))
    return not wrong


def corrections(plays, predictions, clean):
    wrong, newest = [], {}
    if len(plays) != len(predictions):
        wrong.append("%d predictions of %d messages" % (len(predictions), len(plays)))
    for play, p in zip(plays, predictions):
        if (play["play_id"], play.get("revision", 0)) != (int(p["play_id"]), int(p["revision"] or 0)):
            wrong.append("%d: its prediction is of another message" % play["play_id"])
        if "withdrawn" in p and bool(p["withdrawn"]) != play.get("withdrawn", False):
            wrong.append("%d: its prediction does not say that it was withdrawn" % play["play_id"])
        newest[play["play_id"]] = play, p
    good = {int(p["play_id"]): p for p in clean}
    left = {i: p for i, (play, p) in newest.items() if not play.get("withdrawn")}
    if set(left) != set(good):
        wrong.append("the plays that are left are not those of the game")
    for i in set(left) & set(good):
        if left[i]["home_win_prob"] != good[i]["home_win_prob"]:
            wrong.append("%d: the newest prediction is not that of a good day" % i)
    print("; ".join(wrong[:5]) or "%d predictions, %d of them newest" % (len(predictions), len(left)))
    return not wrong


def predictions(espn, nflverse):
    theirs = {(p["game_id"], p["play_id"]): p for p in nflverse}
    n = near = 0
    worst = 0
    for p in espn:
        q = theirs.get((p["game_id"], p["play_id"]))
        if q is None:
            continue
        n += 1
        d = abs(p["home_win_prob"] - q["home_win_prob"])
        near += d < 0.01
        worst = max(worst, d)
    print("%d of %d predictions differ by less than 0.01, the worst by %.3f" % (near, n, worst))
    return n > 2700 and near >= 0.99 * n


check = {"day": day, "corrections": corrections, "predictions": predictions}[sys.argv[1]]
sys.exit(not check(*(read(path) for path in sys.argv[2:])))
