"""The path of the lasso beside scikit-learn's LIBLINEAR: python3 benches/against_lasso.py SPAMLAB mail.csv [RUNS]

`spamlab certify --model elastic-net --set elastic-net.l1_ratio=1 --export` solves `|w| + C * sum of the logistic losses`, the bias
among the weights, for each C that training chooses from, and writes the matrix. `LogisticRegression(penalty="l1", solver="liblinear")`
minimises the same function of the same matrix; its tolerance is the loosest of 1e-2 to 1e-5 with which its objective, recomputed here,
comes within 1e-4 of the bound that our duality gap proves, or else the one that comes nearest; how near is printed. We stop at a gap of
1e-4. Both use one thread; times are those of the solvers alone, summed over the values of C.
"""

import json
import subprocess
import sys
import tempfile
import time
import warnings

import measure
import numpy as np
from sklearn.datasets import load_svmlight_file
from sklearn.linear_model import LogisticRegression

TOLERANCES = [1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5]
WITHIN = 1e-4
# It needs a few dozen, but sometimes stops getting better just before its tolerance and goes on for minutes, as it did below 1e-5.
MOST_STEPS = 50


def ours(spamlab, mail, *more):
    """What we solved, C by C."""
    lasso = ["--model", "elastic-net", "--set", "elastic-net.l1_ratio=1"]
    command = [spamlab, "certify", mail, "-q", "--json", "--threads", "1", *lasso, *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def theirs(rows, signs, cost, tolerance):
    """Seconds and objective."""
    start = time.perf_counter()
    model = LogisticRegression(penalty="l1", solver="liblinear", C=cost, tol=tolerance, max_iter=MOST_STEPS, random_state=1).fit(rows, signs)
    seconds = time.perf_counter() - start
    weights, bias = model.coef_[0], model.intercept_[0]
    losses = np.logaddexp(0, -signs * (rows @ weights + bias)).sum()
    return seconds, abs(weights).sum() + abs(bias) + cost * losses


def tolerance_for(rows, signs, problem):
    """How far above the proven bound it ends, and the tolerance."""
    bound, tried = problem["objective"] - problem["gap"], []
    for tolerance in TOLERANCES:
        _, objective = theirs(rows, signs, problem["settings"]["c"], tolerance)
        tried.append((objective / bound - 1, tolerance))
        if tried[-1][0] <= WITHIN:
            break
    return min(tried)


def in_turn(spamlab, mail, runs):
    """Seconds of the whole path of each run, ours and theirs, and how far theirs ends above the proven bound at most."""
    # The option is called otherwise in newer releases, which say so each time.
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        exported = ours(spamlab, mail, "--export", f"{folder}/problem")
        rows, signs = load_svmlight_file(f"{folder}/problem/elastic-net.svm")
    rows.indices, rows.indptr = rows.indices.astype("int32"), rows.indptr.astype("int32")
    tolerances = {problem["settings"]["c"]: tolerance_for(rows, signs, problem) for problem in exported}
    found = [], []
    for _ in range(runs):
        found[0].append(sum(problem["seconds"] for problem in ours(spamlab, mail)))
        found[1].append(sum(theirs(rows, signs, cost, tolerance)[0] for cost, (_, tolerance) in tolerances.items()))
    return *found, max(tolerances.values())[0]


def main():
    spamlab, mail, *runs = sys.argv[1:]
    seconds, peer, distance = in_turn(spamlab, mail, int(runs[0]) if runs else 5)
    print(measure.table(measure.HEAD, [measure.row(f"path of the lasso, peer within {distance:.0e}", "s", seconds, peer)]))


if __name__ == "__main__":
    main()
