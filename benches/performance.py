"""Every figure of speed beside its peer, written into docs/performance.md. See benches/README.md.

    python3 benches/performance.py target/release/spamlab data/spamassassin.csv enron1.csv ... enron6.csv
        [--only NAME,...] [--runs N] [--large] [--grown FOLDER] [--into docs/performance.md]

The first file is SpamAssassin, the others are pooled; all have the columns label, id and raw. A job whose peer or data is
missing says so in its row, and the next one begins. `--large` adds 262,144 messages to `scaling`. The files that `scaling` and
`size` make of the Enron sets stay in the FOLDER and are used again; each takes its name when it is whole. The jobs `reading`
and `solver` run `cargo bench`. Run it with the Python that has scikit-learn and liblinear-official, where there is one.
"""

import argparse
import importlib.metadata
import importlib.util
import multiprocessing
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

import chart
import mail_files
import measure
import one_message
from measure import HEAD, Failed, figure, in_turn, megabytes, peak, row, seconds, spread, table, told

HERE = pathlib.Path(__file__).resolve().parent
USER = [sys.executable, str(HERE / "with_scikit_learn.py")]
SETS = {"default": one_message.MODELS, "five": "multinomial,bernoulli,complement,logistic,svm", "one, svm": "svm"}
BAGS = "multinomial,bernoulli,complement,fisher,logistic,svm,nb-svm,elastic-net,passive-aggressive"
SIZES = [1024, 4096, 16384, 65536]
LARGE = 262144
# How often the Enron sets are repeated in `size`.
REPEATED = 8


class Missing(Exception):
    """A peer or a file is not there."""


def tried(function, arguments):
    """The result, or the error as text: not every exception passes from one process to another."""
    try:
        return function(*arguments), None
    except Exception as error:
        said = getattr(error, "stderr", None) or ""
        return None, f"{error} {said if isinstance(said, str) else said.decode(errors='replace')}".strip()


def apart(function, *arguments):
    """Calls it in a process of its own: what that holds does not count as memory of the programs measured here."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        result, error = pool.submit(tried, function, arguments).result()
    if error is not None:
        raise Failed(error)
    return result


def scikit_learn():
    return importlib.util.find_spec("sklearn") is not None


class Given:
    """The arguments, and the files made of them."""

    def __init__(self, arguments, folder):
        self.spamlab, self.runs, self.large, self.into = arguments.spamlab, arguments.runs, arguments.large, arguments.into
        self.mail, self.folder, self.grown = arguments.mail, folder, arguments.grown or folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def spamassassin(self):
        return self.there(self.mail[:1])[0]

    def enron(self):
        return self.there(self.mail[1:])

    def pooled(self):
        to = self.path("enron.csv")
        return to if os.path.exists(to) else mail_files.together(self.enron(), to)

    def there(self, paths):
        absent = [path for path in paths if not os.path.exists(path)]
        if absent or not paths:
            raise Missing(f"not there: {' '.join(map(os.path.basename, absent)) or 'the Enron sets'}")
        return paths

    def corpora(self):
        """Name and file, or why there is none."""
        for name, file in (("SpamAssassin", self.spamassassin), ("Enron 1 to 6", self.pooled)):
            try:
                yield name, file(), None
            except Missing as reason:
                yield name, None, str(reason)

    def grow(self, sizes):
        """By number of messages, a file of so many made of the Enron sets."""
        files = {size: os.path.join(self.grown, f"grown-{size}.csv") for size in sizes}
        absent = {size: file for size, file in files.items() if not os.path.exists(file)}
        if absent:
            os.makedirs(self.grown, exist_ok=True)
            apart(mail_files.grow, self.enron(), absent)
        return files

    def train(self, mail, models, to="mail.spamlab"):
        return [self.spamlab, "train", mail, "-q", "-o", self.path(to), "--model", models]


def beside(script, function, *arguments):
    """A function of another script, which is imported there because it needs libraries."""
    return getattr(importlib.import_module(script), function)(*arguments)


def one_message_job(given):
    if not shutil.which("bogofilter"):
        raise Missing("bogofilter is not installed")
    rows = []
    wanted = {"seven models": "0.5×, 12 MB"}
    for length, programs in one_message.measured(given.spamlab, given.spamassassin(), 20 * given.runs):
        theirs, _ = programs.pop("bogofilter")
        for name, (times, most) in programs.items():
            rows.append(row(f"{length:,} bytes, {name}", "ms", times, theirs, wanted.get(name, "0.77×, 12 MB"), f"{figure(most)} MB"))
    return table(HEAD, rows)


def bulk(given):
    mail, four, files = given.spamassassin(), given.path("four.csv"), given.path("Maildir")
    emails = apart(mail_files.count, mail)
    mail_files.together([mail] * 4, four)
    apart(mail_files.maildir, mail, files)
    measure.run(given.train(mail, SETS["default"]))
    classify = [given.spamlab, "classify", "-q", "-m", given.path("mail.spamlab"), "--csv", "--model"]
    commands = {("Maildir", 1): [*classify, SETS["default"], files]}
    for name, models in SETS.items():
        commands |= {(name, times): [*classify, models, file] for times, file in ((1, mail), (4, four))}
    if scikit_learn():
        measure.run([*USER, "learn", mail, given.path("mail.pickle")])
        commands["peer", 1] = [*USER, "score", mail, given.path("mail.pickle")]
    found = in_turn(commands, given.runs)
    rate = lambda measured, number: [number / second for second in seconds(measured)]
    theirs = rate(found["peer", 1], emails) if scikit_learn() else "scikit-learn is not installed"
    rows = []
    for name in SETS:
        once, often = found[name, 1], found[name, 4]
        wanted = "40,000 messages/s" if name == "default" else ""
        rows.append(row(f"CSV, {name}", "messages/s", rate(once, emails), theirs, wanted, megabytes(once)))
        more = [3 * emails / (b - a) for a, b in zip(seconds(once), seconds(often)) if b > a]
        if more:
            rows.append(row(f"CSV four times over less once, {name}", "messages/s", more, wanted=wanted, memory=megabytes(often)))
    once = found["Maildir", 1]
    return table(HEAD, [*rows, row("Maildir, default", "files/s", rate(once, emails), wanted="15,000 files/s", memory=megabytes(once))])


def reading(given):
    rows = []
    for name, mail, reason in given.corpora():
        if reason:
            rows.append([name, reason])
            continue
        wanted = ", ".join(["260 MB/s" if name == "SpamAssassin" else "200 MB/s", "10×"])
        found = apart(beside, "against_vectorizer", "in_turn", mail, given.runs, not scikit_learn()) if shutil.which("cargo") else {}
        theirs = found.pop("peer", "cargo or scikit-learn is not installed")
        for threads, rates in found.items():
            rows.append(row(f"{name}, threads: {threads}", "MB/s", rates, theirs, wanted if threads == 2 else ""))
        plain = [*given.train(mail, "multinomial"), "--set", "multinomial.alpha=1", "--calibration", "none"]
        whole = in_turn({name: plain}, given.runs)[name]
        rates = [os.path.getsize(mail) / 1e6 / second for second in seconds(whole)]
        rows.append(row(f"{name}, whole process: naive Bayes once, untuned", "MB/s", rates, theirs, memory=megabytes(whole)))
    return table(HEAD, rows)


def trained(what, mail, found, theirs, wanted):
    """A row with the peak memory for each byte of the file."""
    each = peak(found) * (1 << 20) / os.path.getsize(mail)
    return row(what, "s", seconds(found), theirs, wanted, f"{megabytes(found)}, {figure(each)} bytes per byte")


def learned(name, found):
    """The row of the peer."""
    return [f"{name}, scikit-learn: TfidfVectorizer, one LinearSVC", told(seconds(found), "s"), "", "", "", megabytes(found)]


def training(given):
    wanted = {"SpamAssassin": ["10×, 100 MB", "10×", "10×"], "Enron 1 to 6": ["", "6×, 2.5 bytes per byte", "10×, 2.5 bytes per byte"]}
    rows = []
    for name, mail, reason in given.corpora():
        if reason:
            rows.append([name, reason])
            continue
        commands = {models: given.train(mail, models) for models in SETS.values()}
        if scikit_learn():
            commands["peer"] = [*USER, "learn", mail, given.path("mail.pickle")]
        found = in_turn(commands, given.runs)
        theirs = seconds(found["peer"]) if scikit_learn() else "scikit-learn is not installed"
        rows += [trained(f"{name}, {models}", mail, found[which], theirs, aim) for (models, which), aim in zip(SETS.items(), wanted[name])]
        if scikit_learn():
            rows.append(learned(name, found["peer"]))
            ours, theirs, distance = apart(beside, "against_lasso", "in_turn", given.spamlab, mail, given.runs)
            rows.append(row(f"{name}, the path of the lasso, solver alone; peer within {distance:.0e}", "s", ours, theirs))
    return table(HEAD, rows)


def at_size(given):
    emails = REPEATED * sum(apart(mail_files.count, path) for path in given.enron())
    mail = given.grow([emails])[emails]
    name = f"{emails:,} messages, {figure(os.path.getsize(mail) / 1e6)} MB"
    wanted = {"five": "6×, 2.5 bytes per byte", "one, svm": "10×, 2.5 bytes per byte"}
    commands = {models: given.train(mail, SETS[models]) for models in wanted}
    if scikit_learn():
        commands["peer"] = [*USER, "learn", mail, given.path("mail.pickle")]
    found = in_turn(commands, (given.runs + 1) // 2, warm=False)
    theirs = seconds(found["peer"]) if scikit_learn() else "scikit-learn is not installed"
    rows = [trained(f"{name}, {models}", mail, found[models], theirs, aim) for models, aim in wanted.items()]
    return table(HEAD, rows + [learned(name, found["peer"])] * scikit_learn())


def comparing(given):
    jobs = [
        ("SpamAssassin, default", given.spamassassin, SETS["default"], "8 s"),
        (f"Enron 1 to 6, {BAGS.replace(',', ', ')}", given.pooled, BAGS, "60 s, 2 GB"),
    ]
    rows = []
    for name, mail, models, wanted in jobs:
        try:
            command = [given.spamlab, "compare", mail(), "-q", "--folds", "10", "--model", models, "-o", given.path("report")]
        except Missing as reason:
            rows.append([name, reason])
            continue
        found = in_turn({name: command}, max(1, given.runs // 2), warm=False)[name]
        rows.append(row(name, "s", seconds(found), wanted=wanted, memory=megabytes(found)))
    return table(HEAD, rows)


def growing(given):
    sizes = SIZES + [LARGE] * given.large
    files = given.grow(sizes)
    rows, times, memory = [], {}, {}
    for size in sizes:
        commands = {}
        for models in ("five", "default"):
            for threads in (1, 2):
                commands[models, threads] = [*given.train(files[size], SETS[models]), "--threads", str(threads)]
        for (models, threads), found in in_turn(commands, given.runs).items():
            line = f"{models}, {threads} thread{'s' * (threads > 1)}"
            times.setdefault(line, []).append((size, spread(seconds(found))[0]))
            memory.setdefault(line, []).append((size, peak(found)))
            cpu = told([used.cpu for used in found], "s")
            length = figure(os.path.getsize(files[size]) / 1e6)
            rows.append([f"{size:,}", f"{length} MB", line, told(seconds(found), "s"), cpu, megabytes(found)])
    given.into.with_name("scaling.svg").write_text(chart.chart([*times.items()], [*memory.items()], sizes))
    slopes = [[line, f"{chart.slope(times[line]):.2f}", f"{chart.slope(memory[line]):.2f}"] for line in times]
    head = ["messages", "mail", "models, threads", "wall: median (least to most)", "processor time", "peak memory"]
    alternative = "Seconds and peak memory of training against messages, on logarithmic axes, by models and threads"
    of_slopes = table(["models, threads", f"slope of time, {sizes[-2]:,} to {sizes[-1]:,}", "slope of memory"], slopes)
    return "\n\n".join([table(head, rows), f"Slopes on logarithmic axes (1 is linear):\n\n{of_slopes}", f"![{alternative}](scaling.svg)"])


def solver(given):
    if absent := [name for name in ("sklearn", "liblinear") if importlib.util.find_spec(name) is None]:
        raise Missing(f"not installed: {' '.join(absent)}")
    if not shutil.which("cargo"):
        raise Missing("cargo is not installed")
    rows = []
    for name, mail, reason in given.corpora():
        found = apart(beside, "against_liblinear", "hinge", mail, given.path("problem.svm")) if mail else []
        least = min((objective for _, _, objective, _ in found), default=None)
        rows += [[name, reason]] if reason else []
        for how, milliseconds, objective, gap in found:
            wanted = "at most the 0.58 s of LIBLINEAR" if name != "SpamAssassin" and how == "spamlab, tolerance 1e-6" else ""
            rows.append([f"{name}, {how}", f"{figure(milliseconds)} ms", f"{objective / least - 1:.1e}", gap.split(" ")[-1], wanted])
    return table(["what", "least time", "above the least objective", "proven gap", "wanted"], rows)


JOBS = {
    "one-message": one_message_job,
    "bulk": bulk,
    "reading": reading,
    "training": training,
    "size": at_size,
    "comparing": comparing,
    "scaling": growing,
    "solver": solver,
}


def first_line(*command):
    if not shutil.which(command[0]):
        return f"{command[0]}: not installed"
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition("\n")[0]


def machine(spamlab):
    try:
        model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        model = platform.processor() or platform.machine()
    parts = [f"{os.cpu_count()} cores, {model}", first_line(spamlab, "--version"), first_line("bogofilter", "--version")]
    learn = f"scikit-learn {importlib.metadata.version('scikit-learn')}" if scikit_learn() else "no scikit-learn"
    return "; ".join([*parts, f"Python {platform.python_version()}", learn]) + "."


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("spamlab", type=os.path.abspath, help="the program, built with --release")
    arguments.add_argument("mail", nargs="+", type=os.path.abspath, help="SpamAssassin, then the Enron sets")
    arguments.add_argument("--only", default=",".join(JOBS), help="names of jobs, with commas between them")
    arguments.add_argument("--runs", type=int, default=5, help="how often each command is measured")
    arguments.add_argument("--large", action="store_true", help=f"scaling goes up to {LARGE:,} messages")
    arguments.add_argument("--grown", type=os.path.abspath, help="the folder that keeps the files made for scaling and size")
    arguments.add_argument("--into", type=pathlib.Path, default=HERE.parent / "docs/performance.md", help="the document to write into")
    given = arguments.parse_args()
    names = given.only.split(",")
    if unknown := set(names) - set(JOBS):
        arguments.error(f"no job is called {' '.join(sorted(unknown))}; there are {' '.join(JOBS)}")
    measure.put(given.into, "machine", machine(given.spamlab))
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = JOBS[name](Given(given, folder))
            except Missing as reason:
                found = table(HEAD, [[name, reason]])
            except (Failed, OSError, BrokenExecutor, subprocess.CalledProcessError) as reason:
                print(f"{name} failed: {reason}", file=sys.stderr)
                found = table(HEAD, [[name, "failed"]])
        measure.put(given.into, name, found)


if __name__ == "__main__":
    main()
