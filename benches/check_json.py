"""Whether an exported model says elsewhere what it says here. See docs/export.md.

    python3 benches/check_json.py mail.spamlab svm data/spamassassin.csv

Exports the model, tokenizes the mail, scores it with numpy, and prints how many verdicts are those of
`classify --jsonl`, and the largest difference from its scores.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = "target/release/spamlab"


def loader():
    """`SpamlabModel` as it stands in the docs."""
    text = Path("docs/export.md").read_text(encoding="utf-8")
    names = {}
    exec(re.search(r"```python\n(.*?)```", text, re.S).group(1), names)
    return names["SpamlabModel"]


def lines(*arguments):
    run = subprocess.run([PROGRAM, *arguments], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def main(model_file, name, mail):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model.json"
        subprocess.run([PROGRAM, "export", "-m", model_file, "--model", name, "-o", path], check=True)
        pipeline = loader()(path)
    tokens = {it["id"]: it["tokens"] for it in lines("tokens", "-q", "-m", model_file, "--jsonl", mail)}
    verdicts = lines("classify", "-q", "-m", model_file, "--jsonl", mail)
    ours = {it["id"]: next(v for v in it["verdicts"] if v["model"] == name) for it in verdicts}
    scores = dict(zip(tokens, pipeline.decision_function(list(tokens.values()))))
    said = dict(zip(tokens, pipeline.predict(list(tokens.values()))))
    worst = max(abs(ours[key]["score"] - scores[key]) for key in ours)
    agree = sum(ours[key]["predicted"] == said[key] for key in ours)
    print(f"{len(ours)} messages: {agree} verdicts agree, the largest difference of two scores is {worst:.1e}")


main(*sys.argv[1:])
