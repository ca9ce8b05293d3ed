"""Instructions of six fixed jobs, beside those of the baseline: python3 benches/instructions.py [--write]

Counts what the program executes (valgrind's callgrind, one thread, the mail that comes with it), which does not depend on how busy or
how fast the machine is, and prints each count beside that of `benches/baseline.json`. The exit code is 1 if a job takes over 10 % more.
`--write` makes the counts of today the baseline, to be done where a change is meant, or where a job has become cheaper. Set SPAMLAB to the
program if it is not target/release/spamlab. Without valgrind nothing is counted, and it says so.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("SPAMLAB", str(ROOT / "target/release/spamlab"))
BASELINE = ROOT / "benches/baseline.json"
MOST = 1.10
MODELS = "multinomial,bernoulli,complement,word-ngram,logistic,svm,nb-svm"
JOBS = {
    "read, tokenize, fit naive Bayes": "train half.csv --model multinomial -o nb.spamlab",
    "train linear models": "train half.csv --model logistic,svm,nb-svm -o linear.spamlab",
    "train word-ngram": "train half.csv --model word-ngram -o words.spamlab",
    "compare two models": "compare half.csv --model multinomial,svm --folds 5 -o report",
    "classify one message": f"classify {shlex.quote(str(ROOT / 'examples/damaged.eml'))} -m all.spamlab",
    "classify many messages": "classify other.csv -m all.spamlab --csv",
}
# What the jobs need, which is not counted.
BEFORE = ["split --half", f"train builtin-a.csv --model {MODELS} -o all.spamlab"]


def counted(command, folder):
    """The instructions of one run of the program."""
    out = folder / "callgrind.out"
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", PROGRAM, *shlex.split(command), "-q", "--threads", "1"]
    done = subprocess.run(valgrind, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"spamlab {command} failed: {done.stderr[-2000:]}")
    return int(found[1])


def main():
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: LEFT OUT")
        return 0
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for command in BEFORE:
            subprocess.run([PROGRAM, *shlex.split(command), "-q"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (folder / "builtin-a.csv").rename(folder / "half.csv")
        (folder / "builtin-b.csv").rename(folder / "other.csv")
        print(f"{'job':34}{'million':>10}{'baseline':>10}{'change':>9}")
        for job, command in JOBS.items():
            counts[job] = counted(command, folder)
            before = baseline.get(job)
            change = f"{100 * (counts[job] / before - 1):+.1f} %" if before else "new"
            print(f"{job:34}{counts[job] / 1e6:10.1f}{(before or 0) / 1e6:10.1f}{change:>9}", flush=True)
    if "--write" in sys.argv[1:]:
        BASELINE.write_text(json.dumps(counts, indent=2) + "\n")
        return 0
    if baseline.keys() != counts.keys():
        print("the baseline has other jobs: python3 benches/instructions.py --write")
        return 1
    over = [job for job, count in counts.items() if count > MOST * baseline[job]]
    for job in over:
        print(f"{job}: over {100 * (MOST - 1):.0f} % more instructions than the baseline")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
