"""Our solver beside LIBLINEAR on the same matrix, both in memory, one core. See benches/README.md.

    python3 benches/against_liblinear.py data/spamassassin.csv [spamassassin|enron]

With a name the table goes to `docs/solvers.md`, between the markers of that name.

Writes tf-idf of the mail in LIBSVM's format, times LIBLINEAR at several tolerances (least of up to seven) and recomputes the objective in
f64 from its weights, then runs the bench `liblinear_file`, which solves the same problem and proves its gap. Sorted by distance from the
optimum: that is what to compare times at, for by tolerance the two programs mean different things.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import scipy.sparse as sp
from liblinear.liblinear import parameter, problem
from liblinear.liblinearutil import train
from sklearn.feature_extraction.text import TfidfVectorizer

import measure
import with_scikit_learn

SOLVERS = pathlib.Path(__file__).parent.parent / "docs" / "solvers.md"
# Tolerances that the table of the page has no room for.
LEFT_OUT = ["1e-2", "1e-3", "1e-8"]

LOSSES = {
    "squared hinge": lambda margins: np.maximum(0, 1 - margins) ** 2,
    "logistic": lambda margins: np.logaddexp(0, -margins),
    "hinge": lambda margins: np.maximum(0, 1 - margins),
}
# Loss, LIBLINEAR's number of the solver, cost, tolerances from its default on; the last is for the optimum itself.
RUNS = [
    ("squared hinge", 1, 1, [0.1, 0.01, 0.001, 1e-6]),
    ("squared hinge", 1, 10, [0.1, 0.01, 0.001, 1e-6]),
    ("logistic", 7, 1, [0.1, 0.01, 0.001, 1e-6]),
    ("logistic", 7, 10, [0.1, 0.01, 0.001, 1e-6]),
    ("logistic", 7, 100, [0.1, 0.01, 0.001, 1e-6]),
    ("hinge", 3, 1, [0.1, 0.01, 0.0001, 1e-6]),
]
TIMES = 7
# Fits that take long are not repeated beyond so many seconds in all.
LONGEST = 4


def write(rows, signs, path):
    """The matrix with enough digits to be read back to the same bits."""
    with open(path, "w", encoding="ascii") as file:
        for at, sign in enumerate(signs):
            part = slice(rows.indptr[at], rows.indptr[at + 1])
            entries = (f"{column + 1}:{value!r}" for column, value in zip(rows.indices[part], rows.data[part].tolist()))
            file.write(" ".join([f"{sign:+.0f}", *entries]) + "\n")


def matrix(mail):
    """Tf-idf of the mail and the sign of each message."""
    _, labels, texts = with_scikit_learn.read(mail)
    rows = TfidfVectorizer(sublinear_tf=True).fit_transform(texts).tocsr()
    rows.sort_indices()
    # As our rows hold it, so that both programs solve the very same problem.
    rows.data = rows.data.astype(np.float32).astype(np.float64)
    signs = np.array([1.0 if label == "spam" else -1.0 for label in labels])
    # Neighbours in the file are of one class and one list: what the order of the rows does to a solver is not the question.
    order = np.random.default_rng(1).permutation(len(signs))
    return rows[order], signs[order]


def liblinear(rows, signs, runs=RUNS):
    """Lines of name, cost, how it was asked, milliseconds and objective."""
    with_one = sp.hstack([rows, np.ones((rows.shape[0], 1))]).tocsr()
    given = problem(signs, rows, bias=1)
    for name, solver, cost, tolerances in runs:
        for tolerance in tolerances:
            options = parameter(f"-s {solver} -c {cost} -e {tolerance} -B 1 -q")
            best, spent = float("inf"), 0.0
            for _ in range(TIMES):
                if spent > LONGEST:
                    break
                start = time.perf_counter()
                model = train(given, options)
                seconds = time.perf_counter() - start
                best, spent = min(best, seconds), spent + seconds
            weights = np.array(model.w[: model.nr_feature + 1]) * (1 if model.get_labels()[0] == 1 else -1)
            objective = weights @ weights / 2 + cost * LOSSES[name](signs * (with_one @ weights)).sum()
            yield name, f"{cost}", f"LIBLINEAR -s {solver} -e {tolerance}", best * 1e3, objective, ""


def spamlab(path):
    """The same of ours, and the gap it proves, from the table that the bench `liblinear_file` prints."""
    bench = ["cargo", "bench", "--quiet", "--bench", "liblinear_file"]
    environment = {**os.environ, "SPAMLAB_LIBSVM_FILE": os.path.abspath(path)}
    table = subprocess.run(bench, env=environment, check=True, capture_output=True, text=True).stdout
    for line in table.splitlines()[1:]:
        name, cost, tolerance, milliseconds, objective, gap, _ = line.split("\t")
        yield name, cost, f"spamlab, tolerance {tolerance}", float(milliseconds), float(objective), f"  proven gap {gap}"


def hinge(mail, path):
    """How it was asked, milliseconds, objective and gap at C = 1, of both programs, the nearest to the optimum last."""
    rows, signs = matrix(mail)
    write(rows, signs, path)
    found = [*liblinear(rows, signs, [run for run in RUNS if run[0] == "hinge"]), *spamlab(path)]
    return sorted((row[2:] for row in found if row[:2] == ("hinge", "1")), key=lambda row: -row[2])


def table(heading, problems):
    """Of each problem the least objective found, and what each program reached by when."""
    lines = [heading, "", "| problem | least objective found | spamlab, by tolerance | LIBLINEAR |", "| --- | --- | --- | --- |"]
    for title, least, found in problems:
        ours, theirs = [], []
        for how, milliseconds, objective, gap in found:
            program, _, options = how.partition(" ")
            reached = f"{milliseconds:.0f} ms, {objective / least - 1:.1e}".replace("0.0e+00", "0")
            if program == "LIBLINEAR":
                theirs.append(f"`{options}`: {reached}")
            elif (tolerance := options.split()[-1]) not in LEFT_OUT:
                ours.append(f"{tolerance}: {reached}, {gap.strip().replace(' gap', '')}")
        lines.append(f"| {title} | {least:.10g} | {'; '.join(ours)} | {'; '.join(theirs)} |")
    return "\n".join(lines)


def main():
    rows, signs = matrix(sys.argv[1])
    heading = f"{rows.shape[0]:,} rows, {rows.shape[1]:,} columns, {rows.nnz:,} entries."
    print(heading, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "problem.svm")
        write(rows, signs, path)
        found = [*liblinear(rows, signs), *spamlab(path)]
    problems = []
    for name, _, cost, _ in RUNS:
        of_problem = [row[2:] for row in found if row[:2] == (name, f"{cost}")]
        least = min(objective for _, _, objective, _ in of_problem)
        print(f"\n{name}, C {cost}, least objective found {least:.10g}")
        of_problem.sort(key=lambda row: -row[2])
        problems.append((f"{name}, C = {cost}", least, of_problem))
        for how, milliseconds, objective, gap in of_problem:
            print(f"  {how:28}{milliseconds:9.1f} ms  {objective / least - 1:.1e} above the least{gap}")
    if len(sys.argv) > 2:
        measure.put(SOLVERS, sys.argv[2], table(heading, problems))


if __name__ == "__main__":
    main()
