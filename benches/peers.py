"""Other filters on the very folds of a comparison: python3 benches/peers.py mail.csv predictions.csv [OUT.csv]

`spamlab compare mail.csv --predictions predictions.csv` says which message was tested in which fold. On each fold this program trains

- bogofilter (as it is installed; its own headers and tokens, `-s` and `-n` on every training message), and
- scikit-learn (mail decoded as `with_scikit_learn.py` does): `TfidfVectorizer(sublinear_tf=True)` with `LinearSVC` (C = .1, 1, 10),
  `LogisticRegression` (C = 10, 100), `MultinomialNB` (alpha = .01, .1) and `ComplementNB` (alpha = .1),

and prints error, FPR, FNR and (1-ROCA) %, each a mean over folds, of every one of them: so the best line was chosen on these very folds,
in their favour. bogofilter's *unsure* is counted as ham, once by its own threshold and once at a spamicity of one half. OUT.csv has the
probabilities and scores, message by message. The CSV has the columns label, id and raw. Needs scikit-learn; leaves bogofilter out where it
is not installed.
"""

import collections
import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.svm import LinearSVC
from with_scikit_learn import read_mail

csv.field_size_limit(1 << 30)
TFIDF = lambda: TfidfVectorizer(sublinear_tf=True)
BOOLEAN = lambda: CountVectorizer(binary=True)
MODELS = {
    **{f"LinearSVC C={c}": (TFIDF, lambda c=c: LinearSVC(C=c)) for c in (0.1, 1, 10)},
    **{f"LogisticRegression C={c}": (TFIDF, lambda c=c: LogisticRegression(C=c, max_iter=1000)) for c in (10, 100)},
    **{f"MultinomialNB alpha={a}": (BOOLEAN, lambda a=a: MultinomialNB(alpha=a)) for a in (0.01, 0.1)},
    "ComplementNB alpha=0.1": (TFIDF, lambda: ComplementNB(alpha=0.1)),
}


def scores_of(model, rows):
    if hasattr(model, "decision_function"):
        return model.decision_function(rows)
    logs = model.predict_log_proba(rows)
    return logs[:, 1] - logs[:, 0]


def scikit_learn(texts, spam, train, test):
    """Scores of every model on the test messages, above 0 for spam."""
    found, matrices = {}, {}
    for name, (vectorizer, learner) in MODELS.items():
        if vectorizer not in matrices:
            fitted = vectorizer()
            matrices[vectorizer] = fitted.fit_transform([texts[at] for at in train]), fitted.transform([texts[at] for at in test])
        learned, unseen = matrices[vectorizer]
        found[name] = scores_of(learner().fit(learned, spam[train]), unseen)
    return found


def bogofilter(files, spam, train, test):
    """Spamicity less each threshold: the one that it comes with, and one half."""
    with tempfile.TemporaryDirectory() as words:
        run = lambda options, which: subprocess.run(
            ["bogofilter", "-C", "-d", words, *options, "-b"], input="\n".join(files[at] for at in which), text=True, capture_output=True, check=False
        ).stdout
        run(["-s"], [at for at in train if spam[at]])
        run(["-n"], [at for at in train if not spam[at]])
        lines = run(["-TT"], test).splitlines()
    spamicity = np.array([float(line.split()[-1]) for line in lines])
    return {"bogofilter": spamicity - 0.99, "bogofilter at one half": spamicity - 0.5}


def measure(score, spam):
    called = score > 0
    rates = (called != spam).mean(), called[~spam].mean(), (~called[spam]).mean(), 1 - roc_auc_score(spam, score)
    return [100 * rate for rate in rates]


def main():
    mail, predictions, *out = sys.argv[1:]
    with open(mail, newline="", encoding="utf-8", errors="surrogateescape") as file:
        rows = list(csv.DictReader(file))
    with open(predictions, newline="", encoding="utf-8") as file:
        fold_of = {row["id"]: int(row["fold"]) for row in csv.DictReader(file)}
    rows = [row for row in rows if row["id"] in fold_of]
    spam = np.array([row["label"] == "spam" for row in rows])
    fold = np.array([fold_of[row["id"]] for row in rows])
    texts = [read_mail(row["raw"]) for row in rows]
    found, written = collections.defaultdict(list), []
    with tempfile.TemporaryDirectory() as folder:
        files = [str(pathlib.Path(folder, str(at))) for at in range(len(rows))]
        for path, row in zip(files, rows):
            pathlib.Path(path).write_bytes(row["raw"].encode("utf-8", "surrogateescape"))
        for number in sorted(set(fold)):
            train, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
            scores = scikit_learn(texts, spam, train, test)
            if shutil.which("bogofilter"):
                scores |= bogofilter(files, spam, train, test)
            for name, score in scores.items():
                found[name].append(measure(score, spam[test]))
                written += [(rows[at]["id"], name, number, value) for at, value in zip(test, score)]
    print("model\terror %\tFPR %\tFNR %\t(1-ROCA) %")
    for name, values in found.items():
        print(name, *(f"{value:.3f}" for value in np.mean(values, axis=0)), sep="\t")
    if out:
        with open(out[0], "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("id", "model", "fold", "score"), *written])


if __name__ == "__main__":
    main()
