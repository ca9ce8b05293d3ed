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

csv.field_size_limit(1 << 30)
MODELS = "multinomial,bernoulli,complement,word-ngram,logistic,svm,nb-svm"
SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99]


def cpu(command):
    with open(os.devnull, "r+b") as nothing:
        process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return 1000 * (used.ru_utime + used.ru_stime)


def peak(command):
    found = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True, check=False)
    return int(found.stderr.split()[-1]) / 1024


def quartiles(values):
    values = sorted(values)
    return [values[len(values) * part // 4] for part in (2, 1, 3)]


def main():
    spamlab, mail, *runs = sys.argv[1:]
    runs = int(runs[0]) if runs else 100
    with open(mail, newline="", encoding="utf-8", errors="surrogateescape") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model, words = str(folder / "mail.spamlab"), str(folder / "words")
        subprocess.run([spamlab, "train", mail, "-q", "-o", model, "--model", MODELS], check=True, stdout=subprocess.DEVNULL)
        os.mkdir(words)
        files = {"spam": [], "ham": []}
        for at, row in enumerate(rows):
            path = folder / f"{at}.eml"
            path.write_bytes(row["raw"].encode("utf-8", "surrogateescape"))
            files["spam" if row["label"] == "spam" else "ham"].append(path)
        for label, option in (("spam", "-s"), ("ham", "-n")):
            listed = "\n".join(map(str, files[label]))
            subprocess.run(["bogofilter", "-C", "-d", words, option, "-b"], input=listed, text=True, check=False)
        by_length = sorted(files["spam"] + files["ham"], key=lambda path: path.stat().st_size)
        print("bytes", "program", "median", "lower", "upper", "of bogofilter", "peak MB", sep="\t")
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
                    times[name].append(cpu(command))
            reference = quartiles(times["bogofilter"])[0]
            for name, command in commands.items():
                found = quartiles(times[name])
                numbers = [f"{value:.2f}" for value in [*found, found[0] / reference]]
                print(os.path.getsize(message), name, *numbers, f"{peak(command):.1f}", sep="\t", flush=True)


if __name__ == "__main__":
    main()
