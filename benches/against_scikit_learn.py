"""spamlab beside scikit-learn, as whole processes in turn (A B A B ...) on the same mail. See benches/README.md.

    python3 benches/against_scikit_learn.py data/spamassassin.csv [--runs 5] [--spamlab target/release/spamlab]

Both sides read the file, decode the mail, learn (or score) and write their result. spamlab trains two naive Bayes models,
logistic regression and an SVM, tunes and calibrates them; scikit-learn one SVM, untuned (`with_scikit_learn.py`).
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time

MODELS = "multinomial,bernoulli,logistic,svm"
USER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "with_scikit_learn.py")


def run(command, folder):
    """Seconds and peak megabytes of one process."""
    with open(os.path.join(folder, "output"), "wb") as out, open(os.path.join(folder, "errors"), "w+b") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{errors.read().decode(errors='replace')}")
    # Linux counts kilobytes, macOS bytes.
    return seconds, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def in_turn(commands, times, folder):
    """Each command `times` times, one after the other; the first round warms the file cache and is not counted."""
    found = {name: [] for name in commands}
    for turn in range(times + 1):
        for name, command in commands.items():
            measured = run(command, folder)
            if turn > 0:
                found[name].append(measured)
    return found


def tell(title, found, emails=None):
    print(f"\n{title}")
    print(f"  {'':14}{'min s':>9}{'median s':>10}{'max s':>9}{'peak MB':>9}" + ("  emails/s" if emails else ""))
    medians = {}
    for name, measured in found.items():
        seconds = [second for second, _ in measured]
        medians[name] = statistics.median(seconds)
        rate = f"{emails / medians[name]:10.0f}" if emails else ""
        peak = max(megabytes for _, megabytes in measured)
        print(f"  {name:14}{min(seconds):9.3f}{medians[name]:10.3f}{max(seconds):9.3f}{peak:9.0f}{rate}")
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
    # Both sides use the cores they find; kernels of OpenBLAS chosen by hand would skew one of them.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, message = (os.path.join(folder, name) for name in ("mail.spamlab", "mail.pickle", "message.eml"))
        emails = sample(mail, message)
        print(f"{emails} emails, {os.cpu_count()} cores, {given.runs} runs in turn")
        user = [sys.executable, USER]

        def beside(title, a, b, times, count=None):
            tell(title, in_turn({"spamlab": [spamlab, "-q", *a], "scikit-learn": [*user, *b]}, times, folder), count)

        beside("train and save", ["train", mail, "--model", MODELS, "-o", ours], ["learn", mail, theirs], given.runs)
        classify = ["classify", "-m", ours]
        beside("classify the file", [*classify, "--csv", mail], ["score", mail, theirs], given.runs, emails)
        beside("classify one message", [*classify, message], ["score", message, theirs], 4 * given.runs)
        compare = [spamlab, "-q", "compare", mail, "--model", MODELS, "-o", os.path.join(folder, "report")]
        tell("compare, 10 folds, learning curve and report", in_turn({"spamlab": compare}, max(1, given.runs // 2), folder))


if __name__ == "__main__":
    main()
