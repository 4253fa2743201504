# SPDX-License-Identifier: MIT
#
# What tests/bench/experiments.sh runs: ideas for the win probability that are not in the program,
# each on top of the state model or blended with it, judged as everything here is: every season of
# 2019 to 2023 by what was trained on the other four, paired by game. doc/ml.md keeps the figures.

import json
import os
import subprocess
import sys

import numpy as np

YEARS = [2019, 2020, 2021, 2022, 2023]
LATER = 120		# seconds until the play whose own probability is the label
COLUMNS = ["home_clock", "home_overtime", "home_lead", "home_ball", "home_kick", "home_board",
           "spread_left", "quarterback_r", "expected_late", "kick_off", "down_2", "down_3",
           "down_4", "short_to_go", "beyond_5", "home_share", "away_share",
           "final_home", "final_away"]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(f, y):
    p = np.clip(sigmoid(f), 1e-6, 1 - 1e-6)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


class Fold:
    """All plays as the model sees them that was not trained on one season; f: its log odds."""

    def __init__(self, gridwire, data, work, year):
        name = f"without{year}"
        others = ",".join(str(y) for y in YEARS if y != year)
        subprocess.run([gridwire, "train", "-q", "--data", data, "--models", work, "--name", name,
                        "--seasons", others], check=True, stdout=subprocess.DEVNULL)
        coef = json.loads(subprocess.run(
            [gridwire, "model", "export", f"{name}:1", "--models", work, "--format", "sklearn"],
            check=True, capture_output=True).stdout)
        parts = [self.read(gridwire, data, work, name, y) for y in YEARS]
        header = parts[0][0]
        rows = np.concatenate([p[1] for p in parts])
        self.season = np.concatenate([np.full(len(p[1]), y) for p, y in zip(parts, YEARS)])
        self.test = self.season == year
        names = np.concatenate([p[2] for p in parts])
        self.game = np.cumsum(np.r_[True, names[1:] != names[:-1]]) - 1
        columns = [header.index(c) for c in coef["features"]]
        head, z = coef["heads"]["home_win"], rows[:, columns] - np.array(coef["mean"])
        self.f = z @ (np.array(head["coef"]) / np.array(coef["scale"])) + head["intercept"]
        self.col = {c: rows[:, header.index(c)] for c in COLUMNS}
        c = self.col
        self.margin = c["final_home"] - c["final_away"]
        self.y = (self.margin > 0).astype(float)
        self.side = np.where(c["home_ball"] > 0, 1.0, -1.0)
        self.next = self.later_rows()
        self.odd, self.even = self.inputs()

    @staticmethod
    def read(gridwire, data, work, name, year):
        path = f"{work}/{name}-{year}.csv"
        with open(path, "w") as out:
            subprocess.run([gridwire, "features", "-q", "--model", f"{name}:1", "--models", work,
                            "--from", f"{data}/play_by_play_{year}.csv.gz"], check=True, stdout=out)
        with open(path) as f:
            header = f.readline().strip().split(",")
        games = np.loadtxt(path, delimiter=",", skiprows=1, usecols=0, dtype=str)
        x = np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(1, len(header)))
        os.remove(path)
        return header[1:], x, games

    def later_rows(self):
        c = self.col
        at = np.where(c["home_overtime"] > 0, 4200, 3600) - 3600 * c["home_clock"]
        out = np.full(len(at), -1)
        edges = np.r_[0, np.where(np.diff(self.game))[0] + 1, len(at)]
        for a, b in zip(edges[:-1], edges[1:]):
            j = a
            for i in range(a, b):
                j = max(j, i + 1)
                while j < b and at[j] < at[i] + LATER:
                    j += 1
                out[i] = j if j < b else -1
        return out

    def inputs(self):
        """From the home team: what changes its sign when teams are mirrored, and what does not."""
        c, s = self.col, self.side
        t = c["home_clock"]
        r = np.sqrt(t + 0.01)
        points = c["expected_late"] * np.sqrt(t + 0.001)
        down = c["down_2"] + 2 * c["down_3"] + 3 * c["down_4"] - 1
        lead = c["home_lead"]
        odd = np.c_[lead / 10, lead / r / 30, np.clip(lead, -8, 8) / 8, points / 3, points / r / 10,
                    s, s * c["kick_off"], s * down, s * c["short_to_go"], s * c["beyond_5"],
                    c["home_kick"], c["spread_left"] / 5, c["quarterback_r"],
                    (c["home_share"] - c["away_share"]) * 3]
        even = np.c_[t, r, c["home_overtime"], 60 / (60 + 3600 * t), np.abs(lead) / 10,
                     c["home_share"] + c["away_share"] - 2, np.ones(len(t))]
        return odd.astype(np.float32), even.astype(np.float32)

    def labels(self, f, by_outcome):
        return np.where((self.next < 0) | by_outcome, self.y, sigmoid(f)[self.next])


class Net:
    """
    Gated recurrent units over the plays of a game (Cho and others 2014), on top of the state
    model's log odds: f + o(x) - o(mirrored x). Without memory each play is read alone. Trained by
    Adam. Three outputs: win, and, where asked for, two of more tasks: the margin still to come, and
    the lead with its expected points two minutes later.
    """

    def __init__(self, fold, units=12, memory=True, by_outcome=False, tasks=0.0, rate=0.004):
        rng = np.random.default_rng(1)
        self.x = np.c_[fold.odd, fold.even]
        self.mirrored = np.c_[-fold.odd, fold.even]
        self.fold, self.units, self.memory = fold, units, memory
        self.by_outcome, self.tasks, self.rate = by_outcome, tasks, rate
        d = self.x.shape[1]
        scale = 1 / np.sqrt(d + units)
        self.w = [rng.normal(0, scale, (d, 3 * units)), rng.normal(0, scale, (units, 3 * units)),
                  np.zeros((units, 3))]
        self.w = [w.astype(np.float32) for w in self.w]
        self.m = [np.zeros_like(w) for w in self.w]
        self.v = [np.zeros_like(w) for w in self.w]
        self.steps, self.rng = 0, rng
        edges = np.r_[0, np.where(np.diff(fold.game))[0] + 1, len(fold.game)]
        self.games = list(zip(edges[:-1], edges[1:]))
        lead, later = fold.col["home_lead"], fold.next
        gain = fold.odd[later, 3] + (lead[later] - lead) / 3
        self.more = np.c_[(fold.margin - lead) / 10, np.where(later < 0, 0, gain)]

    def pack(self, games):
        """Rows (play, game) and whether there is one."""
        index = np.zeros((max(b - a for a, b in games), len(games)), int)
        there = np.zeros(index.shape, np.float32)
        for j, (a, b) in enumerate(games):
            index[:b - a, j] = np.arange(a, b)
            there[:b - a, j] = 1
        return index, there

    def forward(self, index, tape=None):
        n, h = index.shape[1], np.zeros((2 * index.shape[1], self.units), np.float32)
        u, out = self.units, np.zeros(index.shape + (3,), np.float32)
        for k, rows in enumerate(index):
            if not self.memory:
                h = np.zeros_like(h)
            x = np.r_[self.x[rows], self.mirrored[rows]]
            a, b = x @ self.w[0], h @ self.w[1]
            gates = sigmoid(a[:, :2 * u] + b[:, :2 * u])
            z, r = gates[:, :u], gates[:, u:]
            c = np.tanh(a[:, 2 * u:] + r * b[:, 2 * u:])
            after = (1 - z) * h + z * c
            if tape is not None:
                tape.append((x, h, z, r, c, b[:, 2 * u:], after))
            h = after
            o = h @ self.w[2]
            out[k] = o[:n] - o[n:]
        return out

    def predict(self, games):
        f = self.fold.f.copy()
        for k in range(0, len(games), 256):
            index, there = self.pack(games[k:k + 256])
            f[index[there > 0]] += self.forward(index)[there > 0][:, 0]
        return f

    def step(self, gradients):
        size = np.sqrt(sum((g * g).sum() for g in gradients))
        self.steps += 1
        for w, m, v, g in zip(self.w, self.m, self.v, gradients):
            g = (g + 1e-4 * w) / max(1, size)
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            w -= self.rate * (m / (1 - 0.9 ** self.steps)) / (
                np.sqrt(v / (1 - 0.999 ** self.steps)) + 1e-8)

    def learn(self, games, labels):
        index, there = self.pack(games)
        tape, n, u = [], index.shape[1], self.units
        out = self.forward(index, tape)
        e = np.zeros_like(out)
        e[..., 0] = sigmoid(self.fold.f[index] + out[..., 0]) - labels[index]
        e[..., 1:] = self.tasks * (out[..., 1:] - self.more[index])
        e *= (there / there.sum())[..., None]
        g = [np.zeros_like(w) for w in self.w]
        dh = np.zeros((2 * n, u), np.float32)
        for k in range(len(index) - 1, -1, -1):
            x, h, z, r, c, b, after = tape[k]
            both = np.r_[e[k], -e[k]]
            g[2] += after.T @ both
            dh = (dh if self.memory else 0) + both @ self.w[2].T
            dz, dc = dh * (c - h) * z * (1 - z), dh * z * (1 - c * c)
            dr = dc * b * r * (1 - r)
            db = np.c_[dz, dr, dc * r]
            g[0] += x.T @ np.c_[dz, dr, dc]
            g[1] += h.T @ db
            dh = dh * (1 - z) + db @ self.w[1].T
        self.step(g)

    def fit(self, epochs):
        """Log odds of the season left out, after each epoch."""
        fold = self.fold
        train = [g for g in self.games if not fold.test[g[0]]]
        test = [g for g in self.games if fold.test[g[0]]]
        for _ in range(epochs):
            labels = fold.labels(self.predict(train), self.by_outcome)
            order = self.rng.permutation(len(train))
            for k in range(0, len(order), 64):
                self.learn([train[i] for i in order[k:k + 64]], labels)
            yield self.predict(test)[fold.test]


def trees(fold, rounds, by_outcome=False):
    """Monotone trees on the state model's log odds, seen from who has the ball."""
    import lightgbm as lgb
    s, c = fold.side, fold.col
    x = np.c_[s * c["home_lead"], s * c["spread_left"], s * fold.odd[:, 1], fold.even[:, :4],
              s[:, None] * fold.odd[:, 3:5], fold.odd[:, 6:10] * s[:, None], s * c["home_kick"]]
    rows = np.where(~fold.test)[0]
    at = np.full(len(s), -1)
    at[rows] = np.arange(len(rows))
    later, start = at[fold.next[rows]], s * fold.f

    def gradient(pred, _):
        f = s[rows] * (pred + start[rows])
        p, now = sigmoid(f), np.where((fold.next[rows] < 0) | by_outcome, fold.y[rows],
                                      sigmoid(f)[later])
        return s[rows] * (p - now), np.maximum(p * (1 - p), 0.02)

    options = {"objective": gradient, "learning_rate": 0.05, "num_leaves": 8, "verbose": -1,
               "min_data_in_leaf": 2000, "lambda_l2": 1, "min_sum_hessian_in_leaf": 0,
               "monotone_constraints": [1, 1, 1] + [0] * (x.shape[1] - 3), "num_threads": 1}
    model = lgb.train(options, lgb.Dataset(x[rows], label=fold.y[rows]), rounds)
    for k in range(10, rounds + 1, 10):
        yield fold.f[fold.test] + s[fold.test] * model.predict(x[fold.test], num_iteration=k)


def paired(a, b, game, draws=2000):
    """Mean of a - b, and 95 % when whole games are drawn."""
    d, count = np.bincount(game, a - b), np.bincount(game)
    pick = np.random.default_rng(1).integers(0, len(d), (draws, len(d)))
    means = d[pick].sum(1) / count[pick].sum(1)
    return (a - b).mean(), np.percentile(means, 2.5), np.percentile(means, 97.5)


def newton(x, y, steps=8):
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        p = sigmoid(x @ w)
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.eye(len(w)), x.T @ (p - y))
    return w


def stacked(parts, y, season):
    """Weights by logistic regression on the other seasons' out-of-fold log odds."""
    x, out = np.stack(parts, 1), np.zeros(len(y))
    for year in YEARS:
        test = season == year
        out[test] = x[test] @ newton(x[~test], y[~test])
    return out


def say(name, f, truth):
    mean, lo, hi = paired(loss(f, truth.y), loss(truth.base, truth.y), truth.game)
    verdict = "better" if hi < 0 else "worse" if lo > 0 else "no different"
    print(f"{name:58} {loss(f, truth.y).mean():.5f} {mean:+.5f} ({lo:+.5f}..{hi:+.5f}) {verdict}",
          flush=True)


class Truth:
    def __init__(self, folds):
        first = folds[0]
        self.y, self.season, self.game = first.y, first.season, first.game
        self.base = self.gather([fold.f[fold.test] for fold in folds])

    def gather(self, parts):
        out = np.zeros(len(self.y))
        for year, part in zip(YEARS, parts):
            out[self.season == year] = part
        return out


def tried(name, fits, truth):
    """After each epoch, or ten trees; and the last one stacked with the state model."""
    curve = [truth.gather(parts) for parts in zip(*fits)]
    losses = [loss(f, truth.y).mean() for f in curve]
    best = int(np.argmin(losses))
    print(f"# {name}: {' '.join(f'{x:.5f}' for x in losses)}")
    say(f"{name}, {best + 1} of {len(curve)} steps", curve[best], truth)
    say(f"{name}, all steps, stacked with the state model",
        stacked([truth.base, curve[-1]], truth.y, truth.season), truth)


def main():
    gridwire, data, work = sys.argv[1:4]
    folds = [Fold(gridwire, data, work, year) for year in YEARS]
    truth = Truth(folds)
    clock = 3600 * folds[0].col["home_clock"]
    late = [np.where(m, truth.base, 0) for m in (clock > 2700, (clock <= 2700) & (clock > 900),
                                                 clock <= 900)]
    say("state", truth.base, truth)
    say("state, one temperature", stacked([truth.base], truth.y, truth.season), truth)
    say("state, three temperatures by the clock", stacked(late, truth.y, truth.season), truth)
    for outcome, label in ((False, "own labels"), (True, "outcomes")):
        for memory, kind in ((True, "recurrent"), (False, "feed-forward")):
            tried(f"{kind} net, {label}",
                  [list(Net(f, memory=memory, by_outcome=outcome).fit(12)) for f in folds], truth)
    tried("recurrent net, own labels, two more tasks",
          [list(Net(f, tasks=0.1).fit(12)) for f in folds], truth)
    try:
        for outcome, label in ((False, "own labels"), (True, "outcomes")):
            tried(f"trees, {label}", [list(trees(f, 100, outcome)) for f in folds], truth)
    except ImportError as e:
        print(f"# no trees: {e}")


if __name__ == "__main__":
    main()
