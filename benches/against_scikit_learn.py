"""spamlab beside scikit-learn, as whole processes in turn (A B A B ...) on the same mail. See benches/README.md.

    python3 benches/against_scikit_learn.py data/spamassassin.csv [--runs 5] [--spamlab target/release/spamlab]

Both sides read the file, decode the mail, learn (or score) and write their result. spamlab trains two naive Bayes models,
logistic regression and an SVM, tunes and calibrates them; scikit-learn one SVM, untuned (`with_scikit_learn.py`).
"""

import argparse
import csv
import os
import sys
import tempfile

from measure import in_turn, peak, seconds, spread

MODELS = "multinomial,bernoulli,logistic,svm"
USER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "with_scikit_learn.py")


def tell(title, found, emails=None):
    print(f"\n{title}")
    print(f"  {'':14}{'min s':>9}{'median s':>10}{'max s':>9}{'peak MB':>9}" + ("  emails/s" if emails else ""))
    medians = {}
    for name, measured in found.items():
        medians[name], least, most = spread(seconds(measured))
        rate = f"{emails / medians[name]:10.0f}" if emails else ""
        print(f"  {name:14}{least:9.3f}{medians[name]:10.3f}{most:9.3f}{peak(measured):9.0f}{rate}")
    if len(medians) == 2:
        ours, theirs = medians.values()
        print(f"  ratio of medians: {theirs / ours:.1f}")


def rows(path):
    csv.field_size_limit(1 << 30)
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        yield from csv.DictReader(file)


def sample(path, to):
    """Counts the emails of a CSV file and writes the one of middle length as a message of its own.

    Never holds more than one: until it becomes another program a process counts the memory of the one that started it.
    """
    lengths = sorted((len(row["raw"]), at) for at, row in enumerate(rows(path)))
    _, middle = lengths[len(lengths) // 2]
    with open(to, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        file.write(next(row["raw"] for at, row in enumerate(rows(path)) if at == middle))
    return len(lengths)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("mail", help="a CSV file with the columns label, id and raw")
    arguments.add_argument("--runs", type=int, default=5, help="how often each command is measured")
    arguments.add_argument("--spamlab", default="target/release/spamlab", help="the program, built with --release")
    given = arguments.parse_args()
    spamlab, mail = os.path.abspath(given.spamlab), os.path.abspath(given.mail)
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, message = (os.path.join(folder, name) for name in ("mail.spamlab", "mail.pickle", "message.eml"))
        emails = sample(mail, message)
        print(f"{emails} emails, {os.cpu_count()} cores, {given.runs} runs in turn")
        user = [sys.executable, USER]

        def beside(title, a, b, times, count=None):
            tell(title, in_turn({"spamlab": [spamlab, "-q", *a], "scikit-learn": [*user, *b]}, times), count)

        beside("train and save", ["train", mail, "--model", MODELS, "-o", ours], ["learn", mail, theirs], given.runs)
        classify = ["classify", "-m", ours]
        beside("classify the file", [*classify, "--csv", mail], ["score", mail, theirs], given.runs, emails)
        beside("classify one message", [*classify, message], ["score", message, theirs], 4 * given.runs)
        compare = [spamlab, "-q", "compare", mail, "--model", MODELS, "-o", os.path.join(folder, "report")]
        tell("compare, 10 folds, learning curve and report", in_turn({"spamlab": compare}, max(1, given.runs // 2)))


if __name__ == "__main__":
    main()
