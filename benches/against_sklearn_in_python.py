#!/usr/bin/env python3
"""Times spamlab for Python beside scikit-learn, from a list of texts in memory.

    python benches/against_sklearn_in_python.py mail.csv [more.csv]

Both get the same list of str and the same labels. Of scikit-learn: TfidfVectorizer and LinearSVC in
a pipeline, as its documentation has them, and the same with CalibratedClassifierCV, since what
SpamClassifier gives is calibrated and its `c` chosen on inner folds. The runs take turns, and each
time is the least of all runs. Both may use every core; scikit-learn uses one here.
"""

import argparse
import csv
import os
import platform
import sys
import time

import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import spamlab as sl
from spamlab.sklearn import SpamClassifier

csv.field_size_limit(1 << 30)


def mail(path):
    """The texts and labels of a data set, as spamlab reads it."""
    read = sl.read(path).to_dict()
    subjects = read.get("subject", [""] * len(read["text"]))
    texts = []
    for subject, text in zip(subjects, read["text"]):
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        texts.append(f"{subject}\n{text}" if subject else text)
    return texts, read["label"]


def timed(times, name, work):
    start = time.perf_counter()
    result = work()
    times.setdefault(name, []).append(time.perf_counter() - start)
    return result


def race(path, runs):
    texts, labels = mail(path)
    train, test, y, truth = train_test_split(
        texts, labels, test_size=0.25, random_state=1, stratify=labels
    )
    size = sum(len(text.encode("utf-8", "replace")) for text in texts) / 1e6
    print(f"\n{os.path.basename(path)}: {len(train)} texts to fit, {len(test)} to score, {size:.1f} MB")
    competitors = {
        "SpamClassifier": lambda: SpamClassifier(model="svm"),
        "SpamClassifier, c=1": lambda: SpamClassifier(model="svm", c=1),
        "Tfidf + LinearSVC": lambda: make_pipeline(TfidfVectorizer(), LinearSVC()),
        "Tfidf + calibrated LinearSVC": lambda: make_pipeline(
            TfidfVectorizer(), CalibratedClassifierCV(LinearSVC(), cv=3)
        ),
    }
    times, right = {}, {}
    for _ in range(runs):
        for name, make in competitors.items():
            estimator = timed(times, (name, "fit"), lambda: make().fit(train, y))
            # The first score also reads the model.
            estimator.predict(test[:1])
            scored = getattr(estimator, "predict_proba", None) or estimator.decision_function
            timed(times, (name, "score"), lambda: scored(test))
            right[name] = accuracy_score(truth, estimator.predict(test))
    least = {key: min(taken) for key, taken in times.items()}
    ours = "SpamClassifier"
    for name in competitors:
        fit, score = least[name, "fit"], least[name, "score"]
        ratio = f"{fit / least[ours, 'fit']:5.1f} x, {score / least[ours, 'score']:5.1f} x"
        print(f"  {name:30} fit {fit:7.3f} s, score {score:7.3f} s ({ratio}); accuracy {right[name]:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mail", nargs="+", help="labelled mail in any form that spamlab reads")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    print(
        f"spamlab {sl.__version__}, scikit-learn {sklearn.__version__}, "
        f"Python {platform.python_version()}, {os.cpu_count()} processors"
    )
    for path in arguments.mail:
        race(path, arguments.runs)


if __name__ == "__main__":
    sys.exit(main())
