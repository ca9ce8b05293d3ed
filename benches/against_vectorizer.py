"""Mail to numbered tokens, in turn: `cargo bench --bench pipeline -- read_and_tokenize`, and scikit-learn's CountVectorizer.

    python3 against_vectorizer.py mail.csv [rounds]

Ours reads the file, takes MIME and HTML apart, makes words and clues, numbers them, finds duplicates and near-duplicates, on one thread
and on two. The other side is given the text: either decoded beforehand by `with_scikit_learn.py` (that time stands beside), or,
for a file of plain text, as it is. Both figures are bytes of the file by the least time of all rounds.
"""

import csv
import os
import re
import subprocess
import sys
import time

import measure  # noqa: F401 (it clears what would skew the other side)
import with_scikit_learn

UNIT = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}


def ours(path):
    """Least seconds by number of threads, as divan prints them."""
    command = ["cargo", "bench", "--quiet", "--bench", "pipeline", "--", "read_and_tokenize", "--sample-count", "10"]
    environment = dict(os.environ, SPAMLAB_MAIL=os.path.abspath(path))
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    rows = re.findall(r"[├╰]─ (\d+)\s+([\d.]+) (ns|µs|ms|s)\s", printed)
    return {int(threads): float(number) * UNIT[unit] for threads, number, unit in rows}


def texts_of(path):
    """Every message as it is."""
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        return [row["raw"] for row in csv.DictReader(file)]


def vectorized(given):
    """Seconds of scikit-learn for these texts."""
    from sklearn.feature_extraction.text import CountVectorizer

    start = time.perf_counter()
    CountVectorizer().fit_transform(given)
    return time.perf_counter() - start


def in_turn(path, runs, alone):
    """MB/s of each run, ours by number of threads and `peer`, unless ours is alone; the first round is not counted."""
    size, raw, found = os.path.getsize(path) / 1e6, texts_of(path), {}
    texts = [] if alone else [with_scikit_learn.read_mail(mail) for mail in raw]
    for turn in range(runs + 1):
        times = ours(path)
        if not alone:
            times["peer"] = vectorized(texts)
        for name, seconds in times.items():
            found.setdefault(name, []).extend([size / seconds] if turn else [])
    return found


def main(path, rounds=3):
    size = os.path.getsize(path)
    best = {}

    def keep(name, seconds):
        best[name] = min(seconds, best.get(name, seconds))

    raw = texts_of(path)
    for _ in range(int(rounds)):
        for threads, seconds in ours(path).items():
            keep(f"spamlab, threads: {threads}", seconds)
        start = time.perf_counter()
        texts = [with_scikit_learn.read_mail(mail) for mail in raw]
        keep("Python's email, decoding alone", time.perf_counter() - start)
        keep("CountVectorizer, decoded text", vectorized(texts))
        keep("CountVectorizer, the file as text", vectorized(raw))
    for name, seconds in best.items():
        print(f"{name:36} {seconds * 1e3:8.1f} ms {size / seconds / 1e6:7.1f} MB/s")


if __name__ == "__main__":
    main(*sys.argv[1:])
