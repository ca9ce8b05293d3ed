"""What the program said of each message, given back as a model from elsewhere, and one of scikit-learn on the same folds.

    spamlab compare mail.csv --predictions own.csv
    python3 benches/cross_fitted.py mail.csv own.csv
    spamlab compare mail.csv --with scores.csv --with verdicts.csv

It writes `scores.csv`, for every model of `own.csv` its scores as NAME-cross-fitted, which `compare` calibrates by cross-fitting, and
`LinearSVC`, one on tf-idf without tuning; and `verdicts.csv`, that model again as `LinearSVC-at-0`: certain of spam above 0, of ham below.
The columns of the mail are label, id and raw, as `fetch` and `convert` write them. `figures.py` checks the figures of `docs/external.md`
by it.
"""

import csv
import re
import sys

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from with_scikit_learn import read_mail

csv.field_size_limit(1 << 30)
HEADER = re.compile("^(From|Date|Received|Subject):", re.MULTILINE)


def rows_of(path):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file))


def text_of(raw):
    """A message decoded; a text that is none, such as that of a telephone, as it stands."""
    return read_mail(raw) if HEADER.search(raw) else raw


def write(path, column, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "model", "family", "fold", column), *rows])


def main():
    mail, own = sys.argv[1:]
    own = rows_of(own)
    scores = [(row["id"], f"{row['model']}-cross-fitted", row["family"], row["fold"], row["score"]) for row in own]
    fold_of = {row["id"]: row["fold"] for row in own}
    tested = [(row["id"], text_of(row["raw"]), row["label"] == "spam") for row in rows_of(mail) if row["id"] in fold_of]
    ids, texts, spam = zip(*tested)
    spam, folds = np.array(spam), np.array([fold_of[one] for one in ids])
    verdicts = []
    for fold in sorted(set(folds)):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        model = make_pipeline(TfidfVectorizer(sublinear_tf=True), LinearSVC(C=1))
        model.fit([texts[at] for at in train], spam[train])
        for at, score in zip(test, model.decision_function([texts[at] for at in test])):
            scores.append((ids[at], "LinearSVC", "discriminative", fold, score))
            verdicts.append((ids[at], "LinearSVC-at-0", "discriminative", fold, int(score > 0)))
    write("scores.csv", "score", scores)
    write("verdicts.csv", "probability", verdicts)


if __name__ == "__main__":
    main()
