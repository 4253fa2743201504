# SPDX-License-Identifier: MIT
#
# Models of the real libraries, for tests/it/exchange.sh: what they say to real and to random rows is
# kept beside their files, and compared with what gridwire says after importing them.
#
#   exchange.py make DIR TRAIN.csv TEST.csv [xgboost]	models (of all or XGBoost), rows and answers into DIR
#   exchange.py compare WANTED GOT TOLERANCE	files of raw doubles
#   exchange.py reread FORMAT FILE HEAD ROWS OUT	what the library says of a file that gridwire exported

import json
import sys

import numpy as np

RANDOM_ROWS = 20000


def table(path):
    """Features by name, home_won, home_final, out of gridwire features --from."""
    with open(path) as f:
        names = f.readline().strip().split(",")
    data = np.genfromtxt(path, delimiter=",", skip_header=1)
    return names, data


def rows_of(test):
    """Real rows, then random ones around them of which a fifth is missing, and some at a tie."""
    rng = np.random.default_rng(11)
    real = test[:, :]
    pick = real[rng.integers(0, len(real), RANDOM_ROWS)]
    wide = pick + rng.normal(size=pick.shape) * (real.std(axis=0) + 0.1) * rng.integers(0, 3, pick.shape)
    wide[rng.random(wide.shape) < 0.2] = np.nan
    wide[rng.random(wide.shape) < 0.05] = 0
    return np.ascontiguousarray(np.vstack([real, wide]))


def holes(x, seed):
    """A copy with missing values, so that the libraries learn default sides."""
    x = x.copy()
    x[np.random.default_rng(seed).random(x.shape) < 0.05] = np.nan
    return x


def make_xgboost(out, names, x, won, score, rows):
    import xgboost as xgb

    print("XGBoost", xgb.__version__)
    for name, objective, y, extra in [
        ("xgb-win", "binary:logistic", won, {}),
        ("xgb-base", "binary:logistic", won, {"base_score": 0.31, "grow_policy": "lossguide", "max_leaves": 20}),
        ("xgb-exact", "binary:logistic", won, {"tree_method": "exact", "max_depth": 3}),
        ("xgb-score", "reg:squarederror", score, {"base_score": 22.5}),
    ]:
        params = {"objective": objective, "max_depth": 5, "eta": 0.1, "tree_method": "hist", "nthread": 1, "seed": 1}
        params.update(extra)
        data = xgb.DMatrix(holes(x, 1), label=y, feature_names=names)
        booster = xgb.train(params, data, num_boost_round=60)
        booster.save_model(f"{out}/{name}.json")
        booster.save_model(f"{out}/{name}.ubj")
        p = booster.predict(xgb.DMatrix(rows, feature_names=names))
        p.astype(np.float64).tofile(f"{out}/{name}.want")
    early = xgb.XGBClassifier(n_estimators=400, max_depth=5, learning_rate=0.5, early_stopping_rounds=5, n_jobs=1)
    cut = len(x) // 2
    early.fit(x[:cut], won[:cut], eval_set=[(x[cut:], won[cut:])], verbose=False)
    early.get_booster().feature_names = names
    early.save_model(f"{out}/xgb-early.json")
    early.get_booster().feature_names = None
    p = early.predict_proba(rows)[:, 1]
    p.astype(np.float64).tofile(f"{out}/xgb-early.want")
    make_strange_xgboost(out, names, x[:5000], won[:5000])


def make_strange_xgboost(out, names, x, won):
    """What gridwire does not read, in both formats."""
    import xgboost as xgb

    quarter = x[:, names.index("quarter")]
    by_category = ["c" if n in ("quarter", "down") else "q" for n in names]
    for name, y, types, extra in [
        ("dart", won, None, {"booster": "dart", "rate_drop": 0.2}),
        ("linear", won, None, {"booster": "gblinear"}),
        ("multi", np.minimum(quarter, 4) - 1, None, {"objective": "multi:softprob", "num_class": 4}),
        ("category", won, by_category, {"tree_method": "hist", "max_cat_to_onehot": 1}),
    ]:
        params = {"objective": "binary:logistic", "nthread": 1}
        params.update(extra)
        data = xgb.DMatrix(x, label=y, feature_names=names, feature_types=types, enable_categorical=True)
        booster = xgb.train(params, data, 5)
        for ending in ("json", "ubj"):
            booster.save_model(f"{out}/no-{name}.{ending}")


def make_lightgbm(out, names, x, won, score, rows):
    import lightgbm as lgb

    print("LightGBM", lgb.__version__)
    for name, objective, y, extra in [
        ("lgb-nan", "binary", won, {}),
        ("lgb-zero", "binary", won, {"zero_as_missing": True}),
        ("lgb-none", "binary", won, {"use_missing": False}),
        ("lgb-slope", "binary", won, {"sigmoid": 0.7}),
        ("lgb-score", "regression", score, {}),
    ]:
        params = {"objective": objective, "num_leaves": 31, "verbose": -1, "num_threads": 1, "seed": 1}
        params.update(extra)
        train = lgb.Dataset(holes(x, 2), label=y, feature_name=names)
        booster = lgb.train(params, train, num_boost_round=60)
        booster.save_model(f"{out}/{name}.txt")
        booster.predict(rows, num_threads=1).astype(np.float64).tofile(f"{out}/{name}.want")
    for name, y, category, extra in [
        ("category", won, ["quarter", "down"], {"objective": "binary"}),
        ("multi", np.minimum(x[:, names.index("quarter")], 4) - 1, [], {"objective": "multiclass", "num_class": 4}),
        ("forest", won, [], {"objective": "binary", "boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1}),
        ("leaves", won, [], {"objective": "binary", "linear_tree": True}),
    ]:
        params = {"verbose": -1, "num_threads": 1, "seed": 1}
        params.update(extra)
        train = lgb.Dataset(x[:5000], label=y[:5000], feature_name=names, categorical_feature=category)
        lgb.train(params, train, num_boost_round=5).save_model(f"{out}/no-{name}.txt")


def make_sklearn(out, names, x, won, score, rows):
    import sklearn
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.preprocessing import StandardScaler

    print("scikit-learn", sklearn.__version__)
    scaler = StandardScaler().fit(x)
    win = LogisticRegression(max_iter=1000).fit(scaler.transform(x), won)
    points = LinearRegression().fit(scaler.transform(x), score)
    heads = {"home_win": win, "home_score": points}
    doc = {
        "features": names, "mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist(),
        "heads": {h: {"model": type(m).__name__, "coef": np.ravel(m.coef_).tolist(),
                      "intercept": float(np.ravel(m.intercept_)[0])} for h, m in heads.items()},
    }
    with open(f"{out}/sk.json", "w") as f:
        json.dump(doc, f)
    whole = np.nan_to_num(rows)
    whole.tofile(f"{out}/whole.rows")
    win.predict_proba(scaler.transform(whole))[:, 1].tofile(f"{out}/sk-win.want")
    points.predict(scaler.transform(whole)).tofile(f"{out}/sk-score.want")


def make(out, train_path, test_path, only=None):
    names, train = table(train_path)
    test_names, test = table(test_path)
    assert names == test_names
    keep = [i for i, n in enumerate(names) if n not in ("home_won", "final_home", "final_away", "game_id", "play_id")]
    won = train[:, names.index("home_won")]
    score = train[:, names.index("final_home")]
    features = [names[i] for i in keep]
    x, rows = train[:, keep], rows_of(test[:, keep])
    rows.tofile(f"{out}/rows")
    for one in (make_xgboost, make_lightgbm, make_sklearn) if only is None else (make_xgboost,):
        one(out, features, x, won, score, rows)


def compare(wanted, got, tolerance):
    a, b = np.fromfile(wanted), np.fromfile(got)
    if len(a) != len(b) or not np.all(np.isfinite(b)):
        sys.exit(f"{len(b)} answers for {len(a)}, or one that is no number")
    worst = np.max(np.abs(a - b))
    print(f"greatest difference {worst:.3g} over {len(a)} rows")
    if not worst <= float(tolerance):
        i = int(np.argmax(np.abs(a - b)))
        sys.exit(f"row {i}: {b[i]!r}, the library says {a[i]!r}")


def sklearn_says(doc, head, rows):
    """scikit-learn's own objects with the numbers of the file in them."""
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    scaler.mean_, scaler.scale_ = np.array(doc["mean"]), np.array(doc["scale"])
    scaler.n_features_in_ = len(scaler.mean_)
    one = doc["heads"][head]
    if one["model"] == "LinearRegression":
        line = LinearRegression()
        line.coef_, line.intercept_ = np.array(one["coef"]), one["intercept"]
        return line.predict(scaler.transform(rows))
    win = LogisticRegression()
    win.coef_, win.intercept_ = np.array([one["coef"]]), np.array([one["intercept"]])
    win.classes_ = np.array([0, 1])
    return win.predict_proba(scaler.transform(rows))[:, 1]


def reread(fmt, path, head, rows_path, out):
    doc = json.load(open(path))
    if fmt == "xgboost":
        import xgboost as xgb

        names = doc["learner"]["feature_names"]
        booster = xgb.Booster()
        booster.load_model(path)
        rows = np.fromfile(rows_path).reshape(-1, len(names))
        p = booster.predict(xgb.DMatrix(rows, feature_names=names, feature_types=["float"] * len(names)))
    else:
        rows = np.fromfile(rows_path).reshape(-1, len(doc["features"]))
        p = sklearn_says(doc, head, rows)
    p.astype(np.float64).tofile(out)


{"make": make, "compare": compare, "reread": reread}[sys.argv[1]](*sys.argv[2:])
