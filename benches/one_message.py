"""One message from a cold start, beside bogofilter: python3 benches/one_message.py SPAMLAB mail.csv [RUNS]

Trains seven models of the program and bogofilter on mail.csv, which has the
columns label and raw, and lets both classify messages of it of several lengths, each RUNS times (100) in turn. Prints the CPU time (user and
system) of the process: median and quartiles, in milliseconds; and the peak of its memory, of which most are pages of the program itself,
shared by all processes that run it. Needs GNU time and bogofilter.
"""

import csv
import os
import pathlib
import subprocess
import sys
import tempfile

import measure

csv.field_size_limit(1 << 30)
MODELS = "multinomial,bernoulli,complement,word-ngram,logistic,svm,nb-svm"
SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99]


def peak(command):
    found = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True, check=False)
    return int(found.stderr.split()[-1]) / 1024


def quartiles(values):
    values = sorted(values)
    return [values[len(values) * part // 4] for part in (2, 1, 3)]


def prepare(spamlab, mail, folder):
    """A model file, a word list of bogofilter, and the messages as files, the shortest first."""
    model, words = str(folder / "mail.spamlab"), str(folder / "words")
    subprocess.run([spamlab, "train", mail, "-q", "-o", model, "--model", MODELS], check=True, stdout=subprocess.DEVNULL)
    os.mkdir(words)
    files = {"spam": [], "ham": []}
    with open(mail, newline="", encoding="utf-8", errors="surrogateescape") as file:
        for at, row in enumerate(csv.DictReader(file)):
            path = folder / f"{at}.eml"
            path.write_bytes(row["raw"].encode("utf-8", "surrogateescape"))
            files["spam" if row["label"] == "spam" else "ham"].append(path)
    for label, option in (("spam", "-s"), ("ham", "-n")):
        listed = "\n".join(map(str, files[label]))
        subprocess.run(["bogofilter", "-C", "-d", words, option, "-b"], input=listed, text=True, check=False)
    return model, words, sorted(files["spam"] + files["ham"], key=lambda path: path.stat().st_size)


def measured(spamlab, mail, runs):
    """By message: its length and, by program, milliseconds of processor time of each run and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        model, words, by_length = prepare(spamlab, mail, pathlib.Path(folder))
        for share in SHARES:
            message = str(by_length[int(share * len(by_length))])
            classify = [spamlab, "classify", "-q", "-m", model, message]
            commands = {
                "bogofilter": ["bogofilter", "-C", "-d", words, "-v", "-I", message],
                "seven models": classify,
                "multinomial": [*classify, "--model", "multinomial"],
                "svm": [*classify, "--model", "svm"],
            }
            times = {name: [] for name in commands}
            for _ in range(runs):
                for name, command in commands.items():
                    # bogofilter tells the verdict by its exit code.
                    times[name].append(1000 * measure.run(command, check=False).cpu)
            yield os.path.getsize(message), {name: (times[name], peak(command)) for name, command in commands.items()}


def main():
    spamlab, mail, *runs = sys.argv[1:]
    print("bytes", "program", "median", "lower", "upper", "of bogofilter", "peak MB", sep="\t")
    for length, programs in measured(spamlab, mail, int(runs[0]) if runs else 100):
        reference = quartiles(programs["bogofilter"][0])[0]
        for name, (times, megabytes) in programs.items():
            found = quartiles(times)
            numbers = [f"{value:.2f}" for value in [*found, found[0] / reference]]
            print(length, name, *numbers, f"{megabytes:.1f}", sep="\t", flush=True)


if __name__ == "__main__":
    main()
