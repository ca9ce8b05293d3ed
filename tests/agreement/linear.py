"""The numbers that tests/agreement/linear holds against ours, from LIBLINEAR: python3 tests/agreement/linear.py

Needs `pip install liblinear-official scikit-learn`. The problem is drawn by a generator of three lines, so that the test draws the very same
one. LIBLINEAR is asked for far more than its defaults, and the objective is computed anew from the weights it returns.
"""

import numpy as np
import scipy.sparse as sp
from liblinear.liblinear import parameter, problem
from liblinear.liblinearutil import train
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

ROWS, COLUMNS = 60, 12


def draw():
    state = 20240229

    def uniform():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 11) / 2**53

    signs, rows = [], np.zeros((ROWS, COLUMNS))
    for row in range(ROWS):
        sign = 1.0 if uniform() < 0.4 else -1.0
        signs.append(sign)
        for column in range(COLUMNS):
            value = np.float32(uniform() - 0.5 + 0.2 * sign)  # as a row holds it
            if uniform() < 0.5:
                rows[row, column] = value
    return np.array(signs), rows


# The hinge at a higher cost runs into LIBLINEAR's limit of 1000 passes: at 4 its objective stays 2e-7 above the optimum.
LOSSES = {
    "Logistic": ("-s 0 -e 1e-12", (0.5, 4.0), lambda margins: np.logaddexp(0, -margins)),
    "SquaredHinge": ("-s 1 -e 1e-9", (0.5, 4.0), lambda margins: np.maximum(0, 1 - margins) ** 2),
    "Hinge": ("-s 3 -e 1e-9", (0.5, 1.0), lambda margins: np.maximum(0, 1 - margins)),
}

signs, rows = draw()
with_one = np.hstack([rows, np.ones((ROWS, 1))])
print(f"{int((signs > 0).sum())} of {ROWS} rows are +1, {np.count_nonzero(rows)} entries, row 1 is {[float(value) for value in rows[0]]}")
for name, (options, costs, loss) in LOSSES.items():
    for cost in costs:
        model = train(problem(signs, sp.csr_matrix(rows), bias=1), parameter(f"{options} -c {cost} -B 1 -q"))
        weights = np.array([model.w[at] for at in range(COLUMNS + 1)]) * (1 if model.get_labels()[0] == 1 else -1)
        values = with_one @ weights
        objective = weights @ weights / 2 + cost * loss(signs * values).sum()
        print(name, cost, "objective", repr(float(objective)), "first weight and bias", [float(weights[0]), float(weights[-1])])
        print("    decision values of the first three rows", values[:3].tolist())

# What the tests of modified Huber, of the lasso and of the elastic net hold against ours: LIBLINEAR's own L1 solvers, scikit-learn's
# saga on rows with a column of ones (its intercept is not penalised), and scipy on the definition of the loss.
PENALISED = {"Logistic": "-s 6 -e 1e-9", "SquaredHinge": "-s 5 -e 1e-9"}
for name, options in PENALISED.items():
    loss = LOSSES[name][2]
    for cost in (0.5, 2.0):
        model = train(problem(signs, sp.csr_matrix(rows), bias=1), parameter(f"{options} -c {cost} -B 1 -q"))
        weights = np.array([model.w[at] for at in range(COLUMNS + 1)]) * (1 if model.get_labels()[0] == 1 else -1)
        objective = np.abs(weights).sum() + cost * loss(signs * (with_one @ weights)).sum()
        print("lasso", name, cost, "objective", repr(float(objective)), "zeros", int((weights == 0).sum()), weights.tolist())

for cost, share in ((1.0, 0.5), (1.0, 0.9)):
    settings = {"C": cost, "l1_ratio": share, "fit_intercept": False, "tol": 1e-13, "max_iter": 1000000}
    model = LogisticRegression(solver="saga", **settings).fit(with_one, signs)
    weights = model.coef_[0]
    penalty = share * np.abs(weights).sum() + (1 - share) / 2 * weights @ weights
    objective = penalty + cost * np.logaddexp(0, -signs * (with_one @ weights)).sum()
    print("elastic net", cost, share, "objective", repr(float(objective)), "zeros", int((weights == 0).sum()), weights.tolist())


# Every fifteenth sign turned round: else no margin lies where modified Huber differs from the squared hinge.
turned = signs * np.where(np.arange(ROWS) % 15 == 0, -1, 1)


def huber(weights, cost):
    margins = turned * (with_one @ weights)
    bent = np.maximum(0, 1 - margins) ** 2
    slope = np.where(margins < -1, -4.0, -2 * np.maximum(0, 1 - margins))
    value = weights @ weights / 2 + cost * np.where(margins < -1, -4 * margins, bent).sum()
    return value, weights + cost * with_one.T @ (slope * turned)


for cost in (1.0, 40.0):
    found = minimize(huber, np.zeros(COLUMNS + 1), (cost,), "BFGS", jac=True, options={"gtol": 1e-10})
    print("ModifiedHuber", cost, "objective", repr(float(found.fun)), "first weight and bias", [float(found.x[0]), float(found.x[-1])])
    print("    decision values of the first three rows", (with_one @ found.x)[:3].tolist())
    print("    margins below -1:", int((turned * (with_one @ found.x) < -1).sum()))
