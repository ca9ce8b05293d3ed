"""Every figure of accuracy that the documents quote, measured again: python3 benches/figures.py [--cheap] [--write] [DOCUMENT...]

A table says in a comment above it how it was made, and this program makes it again and shows each figure that is no longer true:

    <!-- figures: compare {corpus} --model multinomial,svm --folds 10 --seed {seed}
    seeds: 2-6
    corpus: SpamAssassin = data/spamassassin.csv; SMS = sms.csv
    columns: corpus, model, error%, svm.one_minus_roca_pct, - -->
    | corpus | model | error, % | (1-ROCA) % of the SVM | wanted |

The first lines are the command, or several with a semicolon between them: what the last one prints counts, and those before it make its
files (`python3` with a script of this folder is one, too). A column whose name stands in braces in the command fills it in, by the list
if there is one, else by what the table holds in backticks; an empty cell means the same as the cell above. `model` names the model of the
row, `MODEL.metric` that of the column (`{model}` within it is that of the row), a metric is called as in experiment.json; `%` after it
means hundred times, `error` one less the accuracy, `-` nothing to check; `ANALYSIS:KEY` is what an analysis of a comparison with `-o`
found of the model. Given several seeds, figures are means over them. A figure
within a sentence has its comment right behind it:

    It makes 0.64 % errors.<!-- figure: error% word-ngram | compare data/spamassassin.csv -->

`change` and the columns `MODEL.errors`, `MODEL.errors_wins`, `MODEL.rank` and `MODEL.rank_wins` are those of `ablate`, and
`errors(CHANGE, MODEL)`, `rank(CHANGE, MODEL)` and `wins(CHANGE, MODEL, COLUMN)` name them in an expression.

A claim that no number tells is a sentence before such a comment, and an expression that must be true:

    More passes bring no change.<!-- claim: not differ(found["a"], found["b"]) | compare data/spamassassin.csv -->

A figure holds if the program's, rounded to as many decimals, is the same. `--write` puts in the new one. `--cheap` measures only what
needs no file, which is what CI does. What needs a file that is not there is named and left out. The exit code is 1 if a figure is false.
Set SPAMLAB to the program if it is not target/release/spamlab; it runs in the folder you are in.
"""

import functools
import json
import math
import os
import pathlib
import re
import shlex
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("SPAMLAB", str(ROOT / "target/release/spamlab"))
DOCUMENTS = ["README.md", "CHANGELOG.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
NUMBER = re.compile(r"[-+−]?\d*\.?\d+")
GIVEN = re.compile(r"[a-z_]+: ")
TABLE = re.compile(r"<!-- figures: (?P<spec>.*?)-->\n(?P<table>(?:\|[^\n]*\n)+)", re.S)
SENTENCE = re.compile(r"(?P<number>\d*\.?\d+)(?P<after>[ \u00a0]?[^\s<]{0,8})<!-- figure: (?P<what>[^|]*?) ?\| (?P<command>.*?)\s*-->", re.S)
CLAIM = re.compile(r"<!-- claim: (?P<what>[^|]*?) ?\| (?P<command>.*?)\s*-->", re.S)


class NoFile(Exception):
    """A file that a command needs is not there."""


@functools.cache
def run(command):
    """The JSON that a command prints. A comparison without what costs time and changes no figure of its table."""
    *before, command = command.split("; ")
    for one in before:
        run_quietly(shlex.split(one))
    words = shlex.split(command)
    if words[0] == "compare":
        words += ["--no-analysis", "learning_curve", "--resamples", "0"]
    printed = run_quietly([*words, "--json"])
    if words[0] in ("compare", "evaluate") and "-o" in words:
        return json.loads(pathlib.Path(words[words.index("-o") + 1], "experiment.json").read_text())
    return json.loads(printed)


def run_quietly(words):
    """What a command prints."""
    given = [word for before, word in zip(["", *words], words) if before != "--predictions"]
    missing = [word for word in given if word.endswith((".csv", ".eml")) and not pathlib.Path(word).exists()]
    if missing:
        raise NoFile(f"{' '.join(missing)} is not there")
    print(f"... {shlex.join(words)}", file=sys.stderr)
    command = [sys.executable, ROOT / words[1], *words[2:]] if words[0] == "python3" else [PROGRAM, *words, "-q"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{shlex.join(words)}: {done.stderr}")
    return done.stdout


def of_analysis(found, model, analysis, what):
    """What an analysis of models found of one of them: a value, an upper bound, or nothing."""
    (row,) = [one for one in found["analyses"][analysis]["models"] if one["model"] == model]
    return row[what].get("exact", row[what].get("at_most", "–"))


def of_comparison(found, model, what):
    if ":" in what:
        return of_analysis(found, model, *what.split(":"))
    # A comparison that was printed, one that was saved, or what `evaluate` printed.
    models = found if isinstance(found, list) else found["models"]
    metrics = {one.get("model") or one["name"]: one.get("estimates") or one["metrics"] for one in models}[model]
    percent, name = what.endswith("%"), what.removesuffix("%")
    value = 1 - metrics["accuracy"]["value"] if name == "error" else metrics[name]["value"]
    return 100 * value if percent else value


def of_ablation(found, model, what, change):
    """A change that leaves out what one model reads by default brings it to another: `with x / without x`."""
    rows = [one for one in found["changes"] if one["what"] in change.split(" / ") and one["variant"]["model"] == model]
    if change == "as it is":
        rows = [{"variant": one} for one in found["reference"] if one["model"] == model]
    (row,) = rows
    if what == "errors":
        return sum(row["variant"]["errors"])
    if what == "rank":
        return row["variant"]["spread"]["one_minus_roca_pct"]["mean"]
    wins = row.get({"errors_wins": "errors", "rank_wins": "ranking"}[what])
    return "/".join(str(wins[key]) for key in ("won", "tied", "lost")) if wins else ""


def measured(commands, model, what, change):
    values = [of_ablation(run(one), model, what, change) if one.startswith("ablate") else of_comparison(run(one), model, what) for one in commands]
    return values[0] if isinstance(values[0], str) else sum(values) / len(values)


# 97.5 % quantiles of Student's t at 1, 2, … degrees of freedom (NIST handbook of statistical methods, table 1.3.6.7.2).
QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093]


def differ(first, second):
    """Whether values by fold differ, by the corrected resampled t-test of the program at 5 % (Nadeau and Bengio 2003)."""
    folds = len(first)
    if not 2 <= folds <= len(QUANTILES) + 1:
        sys.exit(f"differ: it knows 2 to {len(QUANTILES) + 1} folds, not {folds}")
    quantile = QUANTILES[folds - 2]
    differences = [a - b for a, b in zip(first, second, strict=True)]
    error = math.sqrt((1 / folds + 1 / (folds - 1)) * statistics.variance(differences))
    return abs(statistics.mean(differences)) > quantile * error


def names_of(found):
    """What an expression may name: what was found, and of `ablate` what a change does to a model."""

    def of_change(change, model, what):
        return of_ablation(found, model, what, change)

    errors, rank = (lambda change, model, what=what: of_change(change, model, what) for what in ("errors", "rank"))
    return {"found": found, "errors": errors, "rank": rank, "wins": of_change}


def of_sentence(what, command):
    if command.startswith("ablate") or "found" in what:
        return eval(what, {"mean": statistics.mean, "differ": differ, **names_of(run(command))})
    what, _, model = what.partition(" ")
    return measured([command], model, what, None)


def number_like(old, value):
    """The value with as many decimals as the old text, and with or without a zero before the point, as there."""
    decimals = len(old.partition(".")[2])
    text = f"{value:.{decimals}f}"
    return text.removeprefix("0") if old.startswith(".") else text


def cell_like(cell, value):
    if isinstance(value, str):
        return f" {value} " if value else " "
    return NUMBER.sub(lambda found: number_like(found[0], value), cell, count=1)


class Checked:
    """What was found of one document: its text as it should be, and how often it was not."""

    def __init__(self, name, cheap):
        self.name, self.cheap, self.false, self.true = name, cheap, 0, 0

    def say(self, where, old, new):
        same = old.strip() == new.strip()
        self.true, self.false = self.true + same, self.false + (not same)
        print(f"{'  ' if same else '✗ '}{self.name}: {where}: {old.strip()}{'' if same else ' is now ' + new.strip()}")
        return new

    def left_out(self, command, reason):
        print(f"- {self.name}: {command}: left out, {reason}")

    def sentence(self, found):
        if self.cheap and ".csv" in found["command"]:
            return found[0]
        try:
            value = of_sentence(found["what"], " ".join(found["command"].split()))
        except NoFile as reason:
            self.left_out(found["command"], reason)
            return found[0]
        new = self.say(f"{found['what']} of {found['command']}", found["number"], number_like(found["number"], value))
        return new + found[0][len(found["number"]) :]

    def claim(self, found):
        if self.cheap and ".csv" in found["command"]:
            return
        command = " ".join(found["command"].split())
        try:
            self.say(f"{' '.join(found['what'].split())} of {command}", "True", str(bool(of_sentence(found["what"], command))))
        except NoFile as reason:
            self.left_out(command, reason)

    def table(self, found):
        lines = [line.strip() for line in found["spec"].strip().splitlines()]
        command = " ".join(line for line in lines if not GIVEN.match(line))
        given = dict(line.split(": ", 1) for line in lines if GIVEN.match(line))
        columns = given.pop("columns").split(", ")
        first, _, last = given.pop("seeds", "1").partition("-")
        seeds = range(int(first), int(last or first) + 1)
        pairs = {key: [pair.partition("=") for pair in text.split(";")] for key, text in given.items()}
        names = {key: {name.strip(): means.strip() for name, _, means in found} for key, found in pairs.items()}
        head, rule, *rows = found["table"].splitlines()
        above, out = {}, [head, rule]
        for row in rows:
            cells = row.strip("|").split("|")
            for column, cell in zip(columns, cells):
                text = cell.replace("*", "").strip()
                if column in ("model", "change") or "{" + column + "}" in command:
                    above[column] = text or above.get(column, "")
            filled = command
            for column, text in above.items():
                filled = filled.replace("{" + column + "}", names.get(column, {}).get(text, text.strip("`")))
            commands = tuple(filled.replace("{seed}", str(seed)) for seed in seeds)
            out.append(self.row(cells, columns, commands, above))
        return found[0].replace(found["table"], "\n".join(out) + "\n")

    def row(self, cells, columns, commands, above):
        if self.cheap and ".csv" in commands[0]:
            return f"|{'|'.join(cells)}|"
        for at, column in enumerate(columns[: len(cells)]):
            if column == "-" or column in above or not cells[at].strip():
                continue
            model, _, what = column.rpartition(".")
            of_row = above.get("model", "").strip("`")
            try:
                value = measured(commands, model.replace("{model}", of_row) or of_row, what, above.get("change"))
            except NoFile as reason:
                self.left_out(commands[0], reason)
                break
            where = " ".join([*above.values(), column])
            cells[at] = self.say(where, cells[at], cell_like(cells[at], value))
        return f"|{'|'.join(cells)}|"


def main():
    options = {word for word in sys.argv[1:] if word.startswith("--")}
    if unknown := options - {"--cheap", "--write"}:
        raise SystemExit(f"{' '.join(unknown)}: unknown; {__doc__}")
    documents = [word for word in sys.argv[1:] if not word.startswith("--")] or DOCUMENTS
    true = false = 0
    for name in documents:
        path = ROOT / name
        text = path.read_text()
        checked = Checked(name, "--cheap" in options)
        new = SENTENCE.sub(checked.sentence, TABLE.sub(checked.table, text))
        for found in CLAIM.finditer(text):
            checked.claim(found)
        true, false = true + checked.true, false + checked.false
        if "--write" in options and new != text:
            path.write_text(new)
    print(f"{true} figures are true, {false} are not")
    if not true + false:
        raise SystemExit("no figure was found")
    sys.exit(1 if false and "--write" not in options else 0)


if __name__ == "__main__":
    main()
