"""What the tests have in common: some labelled mail, and the program to compare with."""

import csv
import os
from pathlib import Path

import pytest

import spamlab as sl

ROOT = Path(__file__).resolve().parents[2]
MAIL = ROOT / "data" / "emails.csv"


@pytest.fixture(scope="session")
def rows():
    """The mail that comes with the program, row by row."""
    with open(MAIL, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def texts(rows):
    return [f"{row['subject']}\n{row['body']}" if "subject" in row else row["text"] for row in rows]


@pytest.fixture(scope="session")
def labels(rows):
    return [row["label"] for row in rows]


@pytest.fixture(scope="session")
def model():
    return sl.train(models=["multinomial", "byte-ngram", "svm"], progress=False)


@pytest.fixture(scope="session")
def experiment():
    return sl.compare(models=["multinomial", "svm"], folds=3, resamples=100, progress=False)


@pytest.fixture(scope="session")
def program():
    """The program `spamlab`, of the same source."""
    names = [os.environ.get("SPAMLAB"), ROOT / "target/release/spamlab", ROOT / "target/debug/spamlab"]
    for name in filter(None, names):
        if Path(name).exists():
            return str(name)
    pytest.skip("the program is not built: cargo build --release, or SPAMLAB=path")
