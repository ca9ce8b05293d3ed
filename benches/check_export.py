"""What `spamlab certify --export FOLDER` wrote, checked by LIBLINEAR: python3 benches/check_export.py FOLDER

Needs `pip install liblinear-official numpy scipy`. For each model file: the objective recomputed in f64 from the weights we wrote, and
from those LIBLINEAR finds on the same problem at the strict options of commands.sh; how far the worse is above the better.
"""

import pathlib
import re
import sys

import numpy as np
import scipy.sparse as sp
from liblinear.commonutil import svm_read_problem
from liblinear.liblinear import parameter, problem
from liblinear.liblinearutil import load_model, train

LOSSES = {
    "0": lambda margins: np.logaddexp(0, -margins),
    "1": lambda margins: np.maximum(0, 1 - margins) ** 2,
    "3": lambda margins: np.maximum(0, 1 - margins),
    "5": lambda margins: np.maximum(0, 1 - margins) ** 2,
    "6": lambda margins: np.logaddexp(0, -margins),
}


def weights(model, columns):
    found = np.array(model.w[: columns + 1])
    return found * (1 if model.get_labels()[0] == 1 else -1)


def main():
    folder = pathlib.Path(sys.argv[1])
    print(f"{'model':28}{'ours':>22}{'LIBLINEAR':>22}  ours above LIBLINEAR's")
    for options, data, theirs in re.findall(r"^train (.*) (\S+\.svm) (\S+)$", (folder / "commands.sh").read_text(), re.M):
        signs, rows = svm_read_problem(str(folder / data), return_scipy=True)
        solver, cost = re.search(r"-s (\d)", options)[1], float(re.search(r"-c (\S+)", options)[1])
        by_class = {sign: float(found[1]) for sign in (1, -1) if (found := re.search(rf"-w{sign} (\S+)", options))}
        costs = cost * np.array([by_class.get(int(sign), 1.0) for sign in signs])
        name = theirs.removeprefix("liblinear-")
        own = load_model(str(folder / name))
        columns = own.nr_feature
        rows = sp.csr_matrix((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], columns))
        with_one = sp.hstack([rows, np.ones((rows.shape[0], 1))]).tocsr()

        def objective(model):
            w = weights(model, columns)
            penalty = np.abs(w).sum() if solver in "56" else w @ w / 2
            return penalty + (costs * LOSSES[solver](signs * (with_one @ w))).sum()

        found = train(problem(signs, rows, bias=1), parameter(options + " -q"))
        ours, best = objective(own), objective(found)
        print(f"{name:28}{ours:22.10f}{best:22.10f}  {ours / best - 1:+.1e}", flush=True)


if __name__ == "__main__":
    main()
