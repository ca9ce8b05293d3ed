#!/usr/bin/env python3
"""Writes mail larger than a given size: a CSV with the columns label and text, made of real mail.

Each message is the first half of one message and the second half of another one of the same class,
line by line, so that words are as frequent as in mail and no two messages are the same. What is
made is for measuring time and memory, not errors: halves of a message are in many others.

    python3 benches/larger_than_memory.py mail.csv 1000 > large.csv    # about 1000 MB
"""

import csv
import random
import sys

csv.field_size_limit(sys.maxsize)


def main() -> None:
    source, megabytes = sys.argv[1], float(sys.argv[2])
    by_class: dict[str, list[list[str]]] = {}
    with open(source, encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            text = next(row[name] for name in ("raw", "text", "message", "body") if name in row)
            by_class.setdefault(row["label"], []).append(text.splitlines(keepends=True))
    labels = [label for label, messages in by_class.items() for _ in messages]
    draw = random.Random(1)
    out = csv.writer(sys.stdout)
    out.writerow(["label", "text"])
    written = 0
    while written < megabytes * 1e6:
        label = draw.choice(labels)
        first, second = draw.choices(by_class[label], k=2)
        text = "".join(first[: (len(first) + 1) // 2] + second[len(second) // 2 :])
        out.writerow([label, text])
        written += len(text.encode())


main()
